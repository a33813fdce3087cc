"""Feeds the cleaner and the reader what atheris makes up: ``python fuzz_cleaner.py [CORPUS] ...``.

Needs ``pip install 'rolenlp[fuzz]'``. Options are libFuzzer's: ``-max_total_time=120``. What fails
is written to a file ``crash-...`` and belongs among the cases of ``tests/hostile``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pkgutil import iter_modules

import numpy as np

Check = Callable[[bytes], None]


def checker() -> Check:
    """A check that a text is cleaned and read without error, both ways alike, offsets within it."""
    from rolenlp.reading.lexicon import Lexicon
    from rolenlp.reading.pipeline import english_lemmas
    from rolenlp.reading.streams import Streamer
    from rolenlp.text.clean import Cleaned, clean_many
    from rolenlp.text.personal import find_personal

    lemmas = english_lemmas()
    by_hand, by_kernels = Streamer(lemmas, Lexicon()), Streamer(lemmas, Lexicon())
    by_kernels.compile()

    def origins(cleaned: Cleaned) -> list[tuple[int, int]]:
        return [cleaned.source_span(at, at + 1) for at in range(len(cleaned.text))]

    def words(streamer: Streamer, text: str) -> list[tuple[str, list[int]]]:
        stream, places = streamer.read([text])
        spans = places.of(0, np.arange(len(stream.ids))).tolist()
        lexicon = streamer.chunks.lexicon.words
        return [(lexicon[n], span) for n, span in zip(stream.ids.tolist(), spans, strict=True)]

    def check(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        if data[:1] == b"\xff":  # any characters, lone surrogates too
            text = data[1 : len(data) - (len(data) - 1) % 2].decode("utf-16-le", "surrogatepass")
        plain, quick = (clean_many([text], compiled)[0] for compiled in (False, True))
        assert plain.text == quick.text, "cleaned otherwise by kernels"
        spans = origins(plain)
        assert spans == origins(quick), "other offsets by kernels"
        assert all(0 <= start <= end <= len(text) for start, end in spans), "offsets outside"
        assert words(by_hand, plain.text) == words(by_kernels, plain.text), "read otherwise"
        for start, end, _ in find_personal(plain.text):
            assert 0 <= start < end <= len(plain.text), "masked outside"

    return check


def main() -> None:
    """Run until something fails, or for ``-max_total_time`` seconds."""
    import atheris

    import rolenlp.reading.kernels

    # Kernels are compiled by numba, which needs them as they are.
    found = iter_modules(rolenlp.reading.kernels.__path__, "rolenlp.reading.kernels.")
    names = [module.name for module in found]
    with atheris.instrument_imports(include=["rolenlp"], exclude=names):
        check = checker()
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
