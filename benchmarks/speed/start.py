"""Start-up and training, against the least that others need for the same."""

from __future__ import annotations

import csv
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from benchmarks.marked import markdown_table
from benchmarks.shipped.default_model import read
from benchmarks.speed.child import cost_of
from benchmarks.speed.data import read_ads
from benchmarks.speed.tables import label
from benchmarks.speed.turns import in_turns, ratio
from rolenlp import RoleClassifier
from rolenlp.model.targets import Targets
from rolenlp.schema import THEMES

_ROWS = 10
_VIEWS = 3  # of an ad: whole, duties, title


def start_section(data: Path, rounds: int) -> tuple[str, list[str]]:
    """Two tables: each of our commands and the bare import that it is held against."""
    with tempfile.TemporaryDirectory() as place:
        file = Path(place, "ten.csv")
        with file.open("w", encoding="utf-8", newline="") as opened:
            csv.writer(opened).writerows([("title", "description"), *read_ads(data)[:_ROWS]])
        pairs = {
            "**`rolenlp --help`**": [sys.executable, "-m", "rolenlp", "--help"],
            "`import click`": [sys.executable, "-c", "import click"],
            f"**`rolenlp label`, {_ROWS} rows**": label(file),
            "`import spacy, sklearn.linear_model`": [
                sys.executable,
                "-c",
                "import spacy, sklearn.linear_model",
            ],
        }
        seconds = in_turns(
            {name: lambda _, c=command: cost_of(c).cpu for name, command in pairs.items()}, rounds
        )
    names = list(pairs)
    references = {names[0]: names[1], names[2]: names[3]}
    table = markdown_table(
        ["from the shell", "CPU seconds", "time, the import = 1 [least, most]"],
        [
            [
                name,
                f"{median(took):.3f}",
                ratio(took, seconds[references[name]]) if name in references else "",
            ]
            for name, took in seconds.items()
        ],
    )
    first = f"- **Start-up: {median(seconds[names[2]]):.1f} s** to the end of {_ROWS} ads."
    help_ratio = ratio(seconds[names[0]], seconds[names[1]])
    second = f"- **`rolenlp --help`: {help_ratio} times `import click`.**"
    return f"{table}\n\n{rounds} rounds and a warm-up.", [first, second]


def training_section(data: Path, rounds: int) -> tuple[str, list[str]]:
    """Training on all labels, against as many fits on scikit-learn's own TF-IDF."""
    labelled, told = read(data)
    told_of = Targets.of(len(labelled.roles), labelled.roles, None, sources=labelled.sources)
    folds = told_of.folds()
    themes = [[theme in stated for theme in THEMES] for stated in told["themes"]]

    def ours(number: int) -> float:
        started = time.process_time()
        RoleClassifier().fit(labelled.postings, labelled.roles, sources=labelled.sources, **told)
        return time.process_time() - started

    def plain(number: int) -> float:
        started = time.process_time()
        columns = [[p.text for p in labelled.postings], [p.title for p in labelled.postings]]
        duties, titles = (
            TfidfVectorizer(ngram_range=(1, 2), min_df=8, sublinear_tf=True).fit_transform(column)
            for column in columns
        )
        _fit_all(duties, titles, np.array(labelled.roles), np.array(themes), folds)
        return time.process_time() - started

    seconds = in_turns({"**rolenlp**": ours, "scikit-learn": plain}, rounds)
    table = markdown_table(
        ["training", "CPU seconds", "time, scikit-learn = 1 [least, most]"],
        [
            [name, f"{median(took):.1f}", ratio(took, seconds["scikit-learn"])]
            for name, took in seconds.items()
        ],
    )
    n_fits = _VIEWS * (len(folds) + 1) + len(THEMES)
    note = (
        f"{len(labelled.roles):,} labelled ads; {n_fits} logistic regressions each. scikit-learn: "
        "`TfidfVectorizer`, 1-2-grams in 8 ads or more, and `LogisticRegression` as it comes. "
        f"{rounds} rounds and a warm-up."
    )
    first = (
        f"- **Training on {len(labelled.roles):,} ads: {median(seconds['**rolenlp**']):.0f} s.**"
    )
    return f"{table}\n\n{note}", [first]


def _fit_all(
    duties: sparse.csr_matrix,
    titles: sparse.csr_matrix,
    roles: np.ndarray,
    themes: np.ndarray,
    folds: Sequence[np.ndarray],
) -> None:
    """As many fits as ours: three views, each without a fold and on all, and themes."""
    every = np.arange(len(roles))
    for left_out in (*folds, []):
        rows = np.setdiff1d(every, left_out)
        for features in (sparse.hstack((duties, titles)).tocsr(), duties, titles):
            LogisticRegression().fit(features[rows], roles[rows])
    for theme in themes.T:
        LogisticRegression().fit(duties, theme)
