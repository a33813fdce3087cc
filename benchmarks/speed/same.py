"""Does the quick way give what the plain way gives, on all real postings?

    python -m benchmarks.speed.same DATA [--rows N] [-o docs/benchmarks.md]

The plain way is spaCy's pipeline, one text at a time, its Matcher, scikit-learn's vectorizer,
and the standard library's parser for HTML. `tests/test_same.py` does the same on made-up texts.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.marked import markdown_table, write_between
from benchmarks.speed.data import read_ads
from benchmarks.speed.plain_way import Hit, PlainWay, tfidf
from rolenlp import Posting
from rolenlp.predict import default_model
from rolenlp.reading.lexicon import BREAK, Lexicon
from rolenlp.reading.pipeline import Word, english_lemmas
from rolenlp.reading.reader import Reading
from rolenlp.reading.streams import Streamer
from rolenlp.text.html import _strip_plain_tags, _strip_with_parser, has_tags

__all__ = ["Compared", "compare", "quick_words", "same_markup"]

BATCH = 256
MEMORY = 300_000  # chunks
SMALL_MEMORY = 50  # what is forgotten all the time must change nothing


@dataclass
class Compared:
    """How far the two ways differ on some ads."""

    ads: int = 0
    words: int = 0
    other_streams: int = 0  # ads with a word, or its place, that is another
    other_hits: int = 0  # ads with a phrase, or its place, that is another
    tfidf: float = 0.0  # the largest difference
    probability: float = 0.0
    html: int = 0
    quick_html: int = 0
    other_html: int = 0

    def add(self, other: Compared) -> None:
        """Count other ads in."""
        for name, value in vars(other).items():
            mine = getattr(self, name)
            setattr(self, name, mine + value if isinstance(value, int) else max(mine, value))


def same_markup(text: str) -> bool | None:
    """Whether the quick way and the parser make the same of HTML; None where it declines."""
    quick = _strip_plain_tags(text)
    if quick is None:
        return None
    parsed, length = _strip_with_parser(text), len(quick.text())
    return quick.text() == parsed.text() and all(
        quick.source_span(at, at + 1) == parsed.source_span(at, at + 1) for at in range(length)
    )


def quick_words(streamer: Streamer, texts: Sequence[str]) -> list[list[Word]]:
    """The streams of clean texts, read at once. A BREAK stands before the word after it."""
    stream, places = streamer.read(texts)
    streams = []
    for text in range(len(texts)):
        at = np.arange(stream.bounds[text], stream.bounds[text + 1])
        spans = places.of(text, at).tolist()
        words = [
            Word(streamer.chunks.lexicon.words[number], start, end)
            for number, (start, end) in zip(stream.ids[at], spans, strict=True)
        ]
        for place, word in enumerate(words):
            if word.lemma == BREAK:
                words[place] = Word(BREAK, words[place + 1].start, words[place + 1].start)
        streams.append(words)
    return streams


def compare(plain: PlainWay, streamers: Sequence[Streamer], ads: Sequence[Posting]) -> Compared:
    """Read ads both ways; their streams by several streamers, of open lexicons."""
    model = plain.model
    reading = model.reader_.read(ads)
    expected = plain.read(ads)
    texts = [cleaned.text for cleaned in reading.cleaned]
    streams = [quick_words(streamer, texts) for streamer in streamers]
    html = [same_markup(ad.text) for ad in ads if has_tags(ad.text)]
    return Compared(
        ads=len(ads),
        words=sum(map(len, expected.streams)),
        other_streams=sum(
            any(words != its for words in mine)
            for *mine, its in zip(*streams, expected.streams, strict=True)
        ),
        other_hits=sum(
            mine != its for mine, its in zip(_quick_hits(reading), expected.hits, strict=True)
        ),
        tfidf=_most(tfidf(model, reading) - expected.tfidf),
        probability=_most(model.predict_proba(ads) - expected.probabilities),
        html=len(html),
        quick_html=sum(same is not None for same in html),
        other_html=sum(same is False for same in html),
    )


def _quick_hits(reading: Reading) -> list[list[Hit]]:
    hits = reading.hits
    found: list[list[Hit]] = [[] for _ in range(len(reading))]
    for number, text, start, end in zip(hits.phrase, hits.text, hits.start, hits.end, strict=True):
        (first, _), (_, last) = reading.places.of(text, np.array([start, end - 1])).tolist()
        found[text].append((int(number), first, last))
    return found


def _most(difference: sparse.csr_matrix | NDArray[np.float64]) -> float:
    return float(abs(difference).max()) if min(difference.shape) else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rows", type=int, help="so many ads; else all")
    parser.add_argument("-o", "--output", type=Path)
    args = parser.parse_args()
    ads = [Posting(text, title) for title, text in read_ads(args.data)[: args.rows]]
    plain = PlainWay(default_model())
    lemmas = english_lemmas()
    streamers = [Streamer(lemmas, Lexicon(), memory=memory) for memory in (MEMORY, SMALL_MEMORY)]
    total = Compared()
    for start in range(0, len(ads), BATCH):
        total.add(compare(plain, streamers, ads[start : start + BATCH]))
        print(f"{total.ads:,} of {len(ads):,}", end="\r", file=sys.stderr, flush=True)
    text = markdown_table(
        ["", "compared", "differ"],
        [
            ["streams of lemmas and their places", _ads(total), f"{total.other_streams:,} ads"],
            ["phrases and their places", _ads(total), f"{total.other_hits:,} ads"],
            ["TF-IDF of 1-2-grams", _ads(total), f"at most {total.tfidf:.1e}"],
            ["probabilities", _ads(total), f"at most {total.probability:.1e}"],
            [
                "text of HTML, and where it came from",
                f"{total.quick_html:,} of {total.html:,} with tags",
                f"{total.other_html:,} ads",
            ],
        ],
    )
    print(text)
    if args.output:
        write_between(args.output, "same", text)


def _ads(total: Compared) -> str:
    return f"{total.ads:,} ads, {total.words:,} words"


if __name__ == "__main__":
    main()
