"""Which words speak for boilerplate? Learned from ads that name their sections in headings.

    python -m benchmarks.shipped.boilerplate DATA -o rolenlp/reading/boilerplate.json

Every line under a heading such as "Responsibilities", "Requirements" or "Benefits" is labelled by
it; a logistic regression on the words of the lines tells employer, pay and applying from duties
and requirements. No role is looked at. Words are kept that occur in many lines of several sources.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from rolenlp.model.ads import spread
from rolenlp.model.proper_nouns import proper_nouns_in
from rolenlp.reading.lexicon import UNKNOWN_ID, Lexicon
from rolenlp.reading.pipeline import english_lemmas
from rolenlp.reading.streams import Streamer
from rolenlp.text.clean import clean

MIN_LINES, MIN_SOURCES = 30, 4
_LONGEST = 60  # characters of a heading

# Kind of section -> what its headings say; the first that fits counts.
_SECTIONS = {
    "work": re.compile(
        r"responsib|dut(y|ies)|what you('ll| will) (do|be doing)|you will do|"
        r"your (impact|role|tasks)|in this role|essential function|accountabilit|"
        r"day.to.day|the role|about the (role|job)|"
        r"(role|position|job) (overview|summary|purpose|description|profile)|"
        r"main tasks|what you'll own"
    ),
    "person": re.compile(
        r"qualif|requirement|skills|experience|education|who you are|about you|"
        r"you('ll)? (bring|have)|looking for|nice to have|preferred|must have|"
        r"knowledge|person spec|candidate|competenc"
    ),
    "rest": re.compile(
        r"about (us|the company|[a-z]+)$|who we are|our (company|mission|values|culture|story)|"
        r"company (description|overview)|why (join|work|choose|us)|benefit|we offer|perks|"
        r"compensation|salary|pay|equal|eeo|diversity|how to apply|appl(y|ication)|insurance|"
        r"additional information|disclaimer|privacy|closing date|contact|agency|accommodat"
    ),
}


def section_of(line: str) -> str | None:
    """The kind of section that a heading opens; None for any other line."""
    text = line.strip().strip("*#:•-– ").lower().replace("’", "'")
    if not text or len(text) > _LONGEST or len(text.split()) > 7:
        return None
    if line.strip().endswith((".", ";", ",")) or line.strip().startswith(("•", "- ", "* ")):
        return None
    return next((kind for kind, said in _SECTIONS.items() if said.search(text)), None)


def lines_of(text: str) -> Iterator[tuple[str, str]]:
    """The lines under headings, each with the kind of its section."""
    kind = None
    for line in text.split("\n"):
        opened = section_of(line)
        if opened:
            kind = opened
        elif kind and len(line.split()) > 3:
            yield kind, line


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    table = Path("rolenlp/reading/boilerplate.json")
    parser.add_argument("-o", "--output", type=Path, default=table)
    args = parser.parse_args()
    ads = pd.read_parquet(args.data / "postings.parquet")
    texts = [clean(text).text for text in ads.description]
    lines: dict[str, tuple[str, str]] = {}  # what stands in many ads counts once
    for source, text in zip(ads.source, texts, strict=True):
        for kind, line in lines_of(text):
            lines.setdefault(line.strip().lower()[:80], (kind, source))
    target = np.array([kind == "rest" for kind, _ in lines.values()])
    sources = np.array([source for _, source in lines.values()])
    lexicon, lemmas = Lexicon(), english_lemmas()
    stream = Streamer(lemmas, lexicon).streams(list(lines))
    names = {lemmas.get(name, name) for name in proper_nouns_in(texts)}
    known = stream.ids > UNKNOWN_ID
    ids, line = stream.ids[known], stream.text_of[known]
    often, _ = spread(ids, line, list(sources), min_postings=MIN_LINES, min_sources=MIN_SOURCES)
    words = often[[lexicon.words[i] not in names for i in often]]
    counts = np.isin(ids, words)
    cells = (line[counts], np.searchsorted(words, ids[counts]))
    held = sparse.csr_matrix((np.ones(len(cells[0])), cells), (len(lines), len(words)))
    held.data[:] = 1
    rows = sparse.diags(1 / np.sqrt(np.asarray(held.sum(axis=1)).ravel() + 1)) @ held
    # Sources weigh by the root of their lines, and both answers alike.
    size = pd.Series(sources).value_counts()
    weight = np.array([size[source] ** -0.5 for source in sources])
    for answer in (True, False):
        weight[target == answer] /= weight[target == answer].sum()
    weight *= len(weight)
    order = np.random.default_rng(0).permutation(len(target))
    held, fitted = order[: len(order) // 5], order[len(order) // 5 :]
    model = LogisticRegression(C=0.5, max_iter=300)
    model.fit(rows[fitted], target[fitted], sample_weight=weight[fitted])
    area = roc_auc_score(target[held], model.decision_function(rows[held]))
    print(f"{len(lines):,} lines, {target.mean():.0%} boilerplate, {len(words):,} words")
    print(f"area under the curve on a fifth of the lines: {area:.3f} (n = {len(held):,})")
    model.fit(rows, target, sample_weight=weight)
    table = {
        lexicon.words[word]: round(float(value), 2)
        for word, value in zip(words, model.coef_[0], strict=True)
        if abs(value) >= 0.05
    }
    args.output.write_text(
        json.dumps(dict(sorted(table.items())), indent=0, ensure_ascii=False) + "\n", "utf-8"
    )


if __name__ == "__main__":
    main()
