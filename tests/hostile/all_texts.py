"""Judges each hostile text as long as one can be, both ways; with ``-v`` prints milliseconds."""

from __future__ import annotations

import sys
from time import process_time

from texts import HOSTILE

from rolenlp.bundle import load
from rolenlp.card import default_model_path
from rolenlp.decide import judge
from rolenlp.postings import Posting
from rolenlp.reading import MAX_CHARACTERS


def main() -> None:
    """Plain way, then kernels."""
    for seen in (0, 1_000_000):
        model = load(default_model_path())
        for name, make in {"warm": str, **HOSTILE}.items():
            ad = Posting(make(MAX_CHARACTERS))
            model.reader_._seen = seen
            start = process_time()
            (verdict,) = judge(model, [ad])
            if "-v" in sys.argv:
                took = 1000 * (process_time() - start)
                print(f"{took:8.1f}  {verdict.status:11}  {name}{', kernels' if seen else ''}")


main()
