"""Does a model know the job boards by their words, rather than the jobs?

    python -m benchmarks.behaviour.shortcuts DATA [--model MODEL] [-o docs/behaviour.md]

A board's own word stands in more than 5% of its ads, and more than 20 times as often there as on
the other boards (the mean of their shares of ads). Words of rolenlp's own phrases are left out:
the jobs themselves are shared out unevenly, and "backlog" is a product ad's word wherever it
stands. DATA holds `postings.parquet`.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.marked import markdown_table, write_between
from rolenlp import RoleClassifier
from rolenlp.predict import default_model, load
from rolenlp.reading.pipeline import american, english_lemmas
from rolenlp.reading.priors import Priors
from rolenlp.schema import DUTIES_VIEW
from rolenlp.text.clean import clean

__all__ = ["HEAVIEST", "Shortcut", "board_words", "features", "read_boards", "shortcuts"]

HEAVIEST = 200
LEAST_SHARE = 0.05
RATIO = 20.0
SIDES = ("product", "project")
MOST_OF_A_BOARD = 500  # ads read, at most
_WORD = re.compile(r"[a-z][a-z&'-]*[a-z]")


@dataclass(frozen=True)
class Shortcut:
    """A feature with a board's own word in it; rank 1 has the largest coefficient."""

    role: str
    rank: int
    feature: str
    coefficient: float
    board: str


def features(model: RoleClassifier) -> dict[str, list[tuple[str, float]]]:
    """The words and pairs of the body with their weights for each role, the heaviest first.

    A weight is a feature's coefficient for the role, less the mean of those for the other roles.
    The only place here that knows how a fitted model is built.
    """
    parts = [str(name).split("__", 1) for name in model.features_.get_feature_names_out()]
    columns = [at for at, (part, _) in enumerate(parts) if part in ("words", "pairs")]
    coefficients = model.views_[DUTIES_VIEW].classifier.coef_[:, columns]
    out = {}
    for role in SIDES:
        row = model.roles_.index(role)
        weights = coefficients[row] - np.delete(coefficients, row, axis=0).mean(axis=0)
        order = np.argsort(-np.abs(weights), kind="stable")
        out[role] = [(parts[columns[i]][1], float(weights[i])) for i in order]
    return out


def read_boards(data: Path) -> dict[str, list[str]]:
    """Up to 500 texts of each source of `postings.parquet`."""
    postings = pd.read_parquet(data / "postings.parquet", columns=["source", "description"])
    return {
        str(board): rows.sample(min(len(rows), MOST_OF_A_BOARD), random_state=0).tolist()
        for board, rows in postings.groupby("source").description
    }


def _words(text: str, lemmas: Mapping[str, str]) -> set[str]:
    forms = set(_WORD.findall(clean(text).text.lower()))
    return {american(lemmas.get(form, form)) for form in forms}


def board_words(boards: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Each board's own words, as the lemmas that a model knows; boards count alike."""
    lemmas, ours = english_lemmas(), set(Priors.default().words())
    shares: dict[str, Counter[str]] = {}
    for board, texts in boards.items():
        read = [_words(text, lemmas) for text in texts]
        counts = Counter(word for words in read for word in words)
        shares[board] = Counter({word: n / len(read) for word, n in counts.items()})
    out: dict[str, list[str]] = {}
    for board, share in shares.items():
        others = [shares[other] for other in shares if other != board]
        out[board] = sorted(
            word
            for word, here in share.items()
            if word not in ours
            and here > LEAST_SHARE
            and here > RATIO * sum(other[word] for other in others) / len(others)
        )
    return out


def shortcuts(model: RoleClassifier, own: Mapping[str, Sequence[str]]) -> list[Shortcut]:
    """Every feature that holds a board's own word, by role, the heaviest first."""
    board_of = {word: board for board, words in own.items() for word in words}
    found = []
    for role, weighed in features(model).items():
        for rank, (feature, coefficient) in enumerate(weighed, start=1):
            board = next((board_of[word] for word in feature.split() if word in board_of), "")
            if board:
                found.append(Shortcut(role, rank, feature, coefficient, board))
    return found


def report(model: RoleClassifier, boards: Mapping[str, Iterable[str]]) -> str:
    """How many of the heaviest features, and of all, hold a board's own word; and which."""
    found = shortcuts(model, board_words(boards))
    counts = []
    for role, weighed in features(model).items():
        mine = [shortcut for shortcut in found if shortcut.role == role]
        heavy = sum(shortcut.rank <= HEAVIEST for shortcut in mine)
        shares = ((heavy, HEAVIEST), (len(mine), len(weighed)))
        counts.append([role, *(f"{k} of {n:,} ({k / n:.1%})" for k, n in shares)])
    named = [
        [s.role, s.feature, s.board, str(s.rank), f"{s.coefficient:+.1f}"]
        for s in found
        if s.rank <= HEAVIEST
    ]
    return "\n\n".join(
        (
            markdown_table(("role", f"of the {HEAVIEST} heaviest", "of all features"), counts),
            markdown_table(("role", "feature", "board", "rank", "coefficient"), named),
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("-o", "--output", type=Path)
    args = parser.parse_args()
    model = load(args.model) if args.model else default_model()
    text = report(model, read_boards(args.data))
    print(text)
    if args.output:
        write_between(args.output, "shortcuts", text)


if __name__ == "__main__":
    main()
