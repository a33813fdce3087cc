"""Feeds the cleaner and the reader what atheris makes up.

    python -m tests.fuzz.fuzz_cleaner [CORPUS] ...

Needs ``pip install 'rolenlp[fuzz]'``. Options are libFuzzer's: ``-max_total_time=120``. What fails
is written to a file ``crash-...`` and belongs among the cases of ``tests/hostile``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

Check = Callable[[bytes], None]


def checker() -> Check:
    """A check that a text is cleaned and read as by the reference, offsets within it."""
    from rolenlp.reading.lexicon import Lexicon
    from rolenlp.reading.pipeline import build_nlp, doc_stream, english_lemmas, lower
    from rolenlp.reading.streams import Streamer
    from rolenlp.text.clean import clean
    from rolenlp.text.personal import find_personal

    lemmas = english_lemmas()
    streamer, nlp = Streamer(lemmas, Lexicon()), build_nlp(lemmas)

    def words(text: str) -> list[str]:
        ids = streamer.streams([text]).ids.tolist()
        return [streamer.chunks.lexicon.words[number] for number in ids]

    def check(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        if data[:1] == b"\xff":  # any characters, lone surrogates too
            text = data[1 : len(data) - (len(data) - 1) % 2].decode("utf-16-le", "surrogatepass")
        cleaned = clean(text)
        spans = [cleaned.source_span(at, at + 1) for at in range(len(cleaned.text))]
        assert all(0 <= start <= end <= len(text) for start, end in spans), "offsets outside"
        by_reference = doc_stream(nlp(lower(cleaned.text)))
        assert words(cleaned.text) == [word.lemma for word in by_reference], "read otherwise"
        for start, end, _ in find_personal(cleaned.text):
            assert 0 <= start < end <= len(cleaned.text), "masked outside"

    return check


def main() -> None:
    """Run until something fails, or for ``-max_total_time`` seconds."""
    import atheris

    with atheris.instrument_imports(include=["rolenlp"]):
        check = checker()
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
