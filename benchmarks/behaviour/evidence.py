"""Do verdicts rest on the phrases that they quote? The erasure test.

    python -m benchmarks.behaviour.evidence [DATA] [--model MODEL] [-o docs/behaviour.md]

The quoted phrases are taken out of an ad, and the probability of its verdict is looked at again:
the fall is the evidence's "comprehensiveness" (DeYoung et al., 2020, "ERASER: a benchmark to
evaluate rationalized NLP models", ACL). It is set against the fall when as many other phrases, of
as many words each, are taken out by chance. Only what the texts say is erased, never the title.
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks.behaviour.ads import read_real, read_sample
from benchmarks.behaviour.changes import Ad
from benchmarks.marked import markdown_table, write_between
from rolenlp import RoleClassifier
from rolenlp.metrics import bootstrap, proportion
from rolenlp.predict import Evidence, Prediction, default_model, load, predict_many
from rolenlp.text.clean import clean

DRAWS = 5
TRIES = 200  # to find a place for a phrase that is drawn
MOST_EVIDENCE = 5
SEED = 0
ROLES = ("product", "project", "hybrid")

_WORD = re.compile(r"[^\s<>]+")
_TAG = re.compile(r"<[^<>]+>")

Span = tuple[int, int]


@dataclass(frozen=True)
class Erased:
    """Falls of the verdicts' probabilities, one entry an ad.

    `quoted` is the fall without the evidence, `drawn` the mean fall without as many words drawn
    by chance. `n_verdicts` counts those that were to be tested; the others quote nothing, or
    quote nearly all of the ad.
    """

    n_verdicts: int
    quoted: np.ndarray
    drawn: np.ndarray


def erase(text: str, spans: Iterable[Span]) -> str:
    """The text with a space in the place of each span."""
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return text


def merged(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, those that overlap made one."""
    out: list[Span] = []
    for start, end in sorted(spans):
        if out and start < out[-1][1]:
            out[-1] = out[-1][0], max(end, out[-1][1])
        else:
            out.append((start, end))
    return out


def draw(text: str, quoted: Sequence[Span], rng: random.Random) -> list[Span] | None:
    """As many phrases as are quoted, of as many words, none touching those; None for no room.

    A phrase drawn lies within a line and holds no tag.
    """
    tags = [match.span() for match in _TAG.finditer(text)]
    words = [
        match.span() for match in _WORD.finditer(_TAG.sub(lambda tag: " " * len(tag[0]), text))
    ]
    taken = [*quoted, *tags]
    found: list[Span] = []
    for start, end in sorted(quoted, key=lambda span: span[0] - span[1]):
        n = max(1, len(_WORD.findall(_TAG.sub(" ", text[start:end]))))
        for _ in range(TRIES):
            first = rng.randrange(max(1, len(words) - n + 1))
            span = words[first][0], words[min(first + n, len(words)) - 1][1]
            free = all(span[1] <= low or high <= span[0] for low, high in taken)
            if free and "\n" not in text[slice(*span)]:
                break
        else:
            return None
        found.append(span)
        taken.append(span)
    return found


def erasure(ads: Sequence[Ad], model: RoleClassifier) -> Erased:
    """Erase the evidence of every verdict that quotes some, and as many words by chance."""
    cases: list[tuple[str, float]] = []
    changed: list[tuple[str, str]] = []
    n_verdicts = 0
    for ad, verdict in zip(ads, _judged(ads, model), strict=True):
        if verdict.role not in ROLES:
            continue
        n_verdicts += 1
        quoted = merged((e.start, e.end) for e in verdict.evidence)
        rng = random.Random(f"{SEED} {ad.id}")
        draws = [draw(ad.text, quoted, rng) for _ in range(DRAWS)]
        texts = [erase(ad.text, spans) for spans in (quoted, *draws) if spans]
        if len(texts) == 1 + DRAWS:
            cases.append((verdict.role, verdict.probabilities[verdict.role]))
            changed += [(ad.title, text) for text in texts]
    after = iter(predict_many(changed, model=model))
    falls = []
    for role, before in cases:
        # An ad that cannot be judged any more has lost all of its probability.
        falls.append([before - next(after).probabilities.get(role, 0.0) for _ in range(1 + DRAWS)])
    table = np.array(falls).reshape(-1, 1 + DRAWS)
    return Erased(n_verdicts, table[:, 0], table[:, 1:].mean(axis=1))


def _judged(ads: Sequence[Ad], model: RoleClassifier) -> list[Prediction]:
    return list(predict_many([(ad.title, ad.text) for ad in ads], model=model))


def _squeezed(text: str) -> str:
    return re.sub(r"[\s•]+", "", clean(text).text)


def _is_whole(text: str, evidence: Evidence) -> bool:
    """Whether a quote starts and ends where words do, or where lines that were run together do."""
    before = text[evidence.start - 1] if evidence.start else " "
    after = text[evidence.end] if evidence.end < len(text) else " "
    first, last = text[evidence.start], text[evidence.end - 1]
    starts = not (before.isalnum() and first.isalnum()) or (before.islower() and first.isupper())
    ends = not (after.isalnum() and last.isalnum()) or (last.islower() and after.isupper())
    return starts and ends


def checks(ads: Sequence[Ad], model: RoleClassifier) -> dict[str, tuple[int, int]]:
    """How many quotes and verdicts break their promise, and of how many."""
    judged = [(ad.text, v) for ad, v in zip(ads, _judged(ads, model), strict=True) if v.role]
    lists = [quotes for _, verdict in judged for quotes in (verdict.evidence, verdict.stray)]
    quotes = [(text, e) for text, v in judged for e in (*v.evidence, *v.stray)]
    return {
        "at most five quotes": (sum(len(q) > MOST_EVIDENCE for q in lists), len(lists)),
        "strongest first": (
            # Once they may rise: what the holder does comes before what the ad requires.
            sum(max(0, sum(a.weight < b.weight for a, b in pairwise(q)) - 1) for q in lists),
            sum(len(q) - 1 for q in lists if q),
        ),
        "offsets give the quote": (
            sum(_squeezed(text[e.start : e.end]) != _squeezed(e.quote) for text, e in quotes),
            len(quotes),
        ),
        "whole words": (sum(not _is_whole(text, e) for text, e in quotes), len(quotes)),
    }


def erasure_row(name: str, erased: Erased) -> list[str]:
    """A row of the table: falls, their difference with its interval, how often it is above 0."""
    n = len(erased.quoted)
    more = proportion(int(np.sum(erased.quoted > erased.drawn)), n)
    difference = erased.quoted - erased.drawn
    gap = bootstrap(lambda i: float(difference[i].mean()), n)
    return [
        name,
        f"{n} of {erased.n_verdicts}",
        f"{erased.quoted.mean():.3f}",
        f"{erased.drawn.mean():.3f}",
        str(gap),
        f"{more.value:.1%} [{more.low:.1%}, {more.high:.1%}]",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--model", type=Path)
    parser.add_argument("-o", "--output", type=Path)
    args = parser.parse_args()
    model = load(args.model) if args.model else default_model()
    kinds = {"sample": read_sample()}
    if args.data:
        kinds["real"] = read_real(args.data)
    falls, broken = [], []
    for where, ads in kinds.items():
        bare = [Ad(ad.id, "", ad.text) for ad in ads]
        falls.append(erasure_row(f"{where}, with title", erasure(ads, model)))
        falls.append(erasure_row(f"{where}, no title", erasure(bare, model)))
        broken += [
            [f"{where}: {name}", f"{n:,}", str(count)]
            for name, (count, n) in checks(ads, model).items()
        ]
    head = (
        *("ads", "verdicts", "fall without evidence", "fall without others"),
        *("difference [95% interval]", "fall is larger [95% interval]"),
    )
    text = "\n\n".join(
        (markdown_table(head, falls), markdown_table(("promise", "cases", "broken"), broken))
    )
    print(text)
    if args.output:
        write_between(args.output, "evidence", text)


if __name__ == "__main__":
    main()
