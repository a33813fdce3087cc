"""Judges each hostile text as long as one can be, both ways; with ``-v`` prints milliseconds."""

from __future__ import annotations

import sys
from time import process_time

from texts import HOSTILE

from rolenlp.model_file.bundle import load
from rolenlp.model_file.card import default_model_path
from rolenlp.reading.reader import MAX_CHARACTERS
from rolenlp.schema import Posting
from rolenlp.verdicts.judge import judge


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
