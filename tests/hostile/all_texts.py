"""Judges each hostile text, of so many characters; with ``-v`` prints milliseconds.

python -m tests.hostile.all_texts 100000 -v
"""

from __future__ import annotations

import sys
from time import process_time

from rolenlp.model_file.bundle import load
from rolenlp.model_file.card import default_model_path
from rolenlp.schema import Posting
from rolenlp.verdicts.judge import judge
from tests.hostile.texts import HOSTILE


def main() -> None:
    """Each on its own."""
    model = load(default_model_path())
    for name, make in {"warm": str, **HOSTILE}.items():
        ad = Posting(make(int(sys.argv[1])))
        start = process_time()
        (verdict,) = judge(model, [ad])
        if "-v" in sys.argv:
            print(f"{1000 * (process_time() - start):8.1f}  {verdict.status:11}  {name}")


main()
