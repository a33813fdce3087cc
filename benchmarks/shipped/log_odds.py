"""Which words and phrases tell a role or a theme? Candidates for `rolenlp/reading/priors.toml`.

    python -m benchmarks.shipped.log_odds DATA [--target project] [--top 60]

Log-odds ratios with an informative Dirichlet prior (Monroe, Colaresi and Quinn, 2008, "Fightin'
Words", Political Analysis 16(4), 3.5), of lemma 1-3-grams as the model reads them from duties.
They are taken within each source, so that no n-gram scores by telling one job board from another,
and pooled by their variances. An n-gram is shown where it tells the two sides apart in three
sources or more. They are to be reviewed one by one, not copied.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse

from benchmarks.data import Ads, read_labels, read_themes
from rolenlp.reading.lexicon import UNKNOWN_ID, Lexicon
from rolenlp.reading.pipeline import english_lemmas
from rolenlp.reading.priors import Priors
from rolenlp.reading.reader import Reader
from rolenlp.reading.streams import Stream
from rolenlp.schema import THEMES, Posting

FEWEST_ADS = 12  # that hold an n-gram
FEWEST_SOURCES = 3
TELLS = 1.0  # the z-score within a source from which an n-gram tells the sides apart
PRIOR_ADS = 10  # the prior weighs as much as so many ads of the source
_BASE = 2**21  # more than there are words: an n-gram's number has a digit a word


@dataclass(frozen=True)
class Grams:
    """Which ad (row) holds which n-gram (column), the n-grams' numbers, and the words."""

    held: sparse.csr_matrix
    numbers: np.ndarray
    words: list[str]

    @classmethod
    def of(cls, ads: Ads) -> Grams:
        """The n-grams of the ads' duties that enough ads hold."""
        priors, lexicon = Priors.default(), Lexicon()
        reading = Reader(priors, lexicon, english_lemmas(), {}).read(
            [Posting(t) for t in ads.texts]
        )
        number, ad = np.concatenate(list(_numbers(reading.body)), axis=1)
        numbers, column = np.unique(number, return_inverse=True)
        held = sparse.csr_matrix((np.ones(len(ad)), (ad, column)), (len(ads), len(numbers)))
        held.data[:] = 1
        often = np.asarray(held.sum(axis=0)).ravel() >= FEWEST_ADS
        return cls(held[:, often], numbers[often], lexicon.words)

    def text(self, column: int) -> str:
        """An n-gram in words."""
        number, words = int(self.numbers[column]), []
        while number:
            number, word = divmod(number, _BASE)
            words.append(self.words[word])
        return " ".join(reversed(words))


def _numbers(stream: Stream) -> Iterator[np.ndarray]:
    """For each length the n-grams' numbers and ads, shape (2, n); none spans a break or a name."""
    ids, ad = stream.ids.astype(np.int64), stream.text_of
    number, good = np.zeros(len(ids), np.int64), np.ones(len(ids), bool)
    for n in range(3):
        last = np.roll(ids, -n)
        good &= (last > UNKNOWN_ID) & (np.roll(ad, -n) == ad)
        good[len(ids) - n :] = False
        number = number * _BASE + last
        yield np.stack((number[good], ad[good]))


def log_odds(held: sparse.csr_matrix, side: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The log-odds ratio of every n-gram, `side` against the rest, and its variance."""
    yes = np.asarray(held[side].sum(axis=0)).ravel()
    no = np.asarray(held[~side].sum(axis=0)).ravel()
    both = yes + no
    prior = both / both.sum() * (both.sum() / len(side)) * PRIOR_ADS + 1e-3
    odds = [(count + prior) / (count.sum() + prior.sum() - count - prior) for count in (yes, no)]
    return np.log(odds[0]) - np.log(odds[1]), 1 / (yes + prior) + 1 / (no + prior)


def pooled(grams: Grams, side: np.ndarray, sources: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The z-score of every n-gram over all sources, and in how many it tells the sides apart."""
    top, bottom = np.zeros((2, len(grams.numbers)))
    tells = np.zeros(len(grams.numbers), int)
    for source in sorted(set(sources)):
        rows = np.flatnonzero(sources == source)
        if min(side[rows].sum(), (~side[rows]).sum()) < 3:
            continue
        ratio, variance = log_odds(grams.held[rows], side[rows])
        top, bottom = top + ratio / variance, bottom + 1 / variance
        tells += ratio / np.sqrt(variance) >= TELLS
    return top / np.sqrt(bottom), tells


def candidates(grams: Grams, side: np.ndarray, sources: np.ndarray, top: int) -> list[str]:
    """The n-grams that tell `side` best, as rows of a Markdown table."""
    z, tells = pooled(grams, side, sources)
    chosen = [c for c in np.argsort(-z) if tells[c] >= FEWEST_SOURCES][:top]
    rows = ["| n-gram | z | sources | ads | on this side |", "| --- | --- | --- | --- | --- |"]
    for column in chosen:
        ads = np.asarray(grams.held[:, column].todense()).ravel() > 0
        rows.append(
            f"| {grams.text(column)} | {z[column]:.1f} | {tells[column]} | {ads.sum()} | "
            f"{side[ads].mean():.0%} |"
        )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--target", choices=("product", "project", "other", *THEMES))
    parser.add_argument("--top", type=int, default=60)
    args = parser.parse_args()
    ads = read_labels(args.data).duties_only()
    grams = Grams.of(ads)
    sides = {role: ads.roles == role for role in ("product", "project", "other")}
    sides |= dict(zip(THEMES, read_themes(args.data)[0].T, strict=True))
    for name, side in sides.items():
        if args.target in (None, name):
            print(f"\n## {name}\n")
            print("\n".join(candidates(grams, side, ads.sources, args.top)))


if __name__ == "__main__":
    main()
