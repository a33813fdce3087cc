"""How many examples hypothesis tries of a law.

A run takes as many as find a fault soon; with `ROLENLP_EXAMPLES=3` three times as many, as the
checks before a change is taken do.
"""

import os

TIMES = int(os.environ.get("ROLENLP_EXAMPLES", "1"))
