"""How many examples hypothesis tries of a law.

A run takes as many as find a fault soon; with `ROLENLP_EXAMPLES=3` three times as many.
"""

import os

TIMES = int(os.environ.get("ROLENLP_EXAMPLES", "1"))
