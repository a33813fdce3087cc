"""A made-up evaluation, so that plots and page are tested without a model."""

from dataclasses import replace
from typing import Any

import numpy as np

from rolenlp.evaluate.breakdowns import Group, TitleRow
from rolenlp.evaluate.compare import Change, Comparison, Flip
from rolenlp.evaluate.phrase_use import PhraseUse
from rolenlp.evaluate.result import Evaluation, Mistake
from rolenlp.metrics import Figure, proportion, reliability, risk_by_coverage
from rolenlp.schema import Evidence
from rolenlp.verdicts.explain import Piece


def group(name: str, right: int, n: int) -> Group:
    """Ads of a source, `right` of which are judged right."""
    share = proportion(right, n)
    return Group(name, n, share, share, proportion(3, n), ("product", "other"), Figure(1, 1, 1, n))


def compared(low: float = -0.1, high: float = 0.2, now: str = "project") -> Comparison:
    """A model whose macro-F1 changed by 0.05 and which judges one ad otherwise."""
    change = Change(
        Figure(0.7, 0.6, 0.8, 10), Figure(0.75, 0.6, 0.9, 10), Figure(0.05, low, high, 10), 2, 1, 0
    )
    evidence = (Evidence("risk", "risk log", 3, 11, 1.5),)
    excerpt = (Piece("Keep the "), Piece("risk log", ("risk",), "project"), Piece(" <b>daily</b>"))
    return Comparison(
        10,
        {"title and duties": change, "duties": change},
        1,
        (Flip(3, "PM", "project", "other", 0.98, now, 0.51, evidence, excerpt),),
    )


def made_up(**changes: Any) -> Evaluation:
    """Ten ads, eight judged right, all of confidence 0.8; `changes` replace fields."""
    confidence, right = np.full(10, 0.8), np.arange(10) < 8
    usual = ((4, 0, 0, 0), (0, 2, 0, 1), (1, 0, 0, 0), (0, 0, 0, 2))
    confusion = changes.get("confusion", usual)
    accuracy = proportion(sum(row[at] for at, row in enumerate(confusion)), 10)
    figures = {"macro_f1": Figure(0.75, 0.6, 0.9, 10), "accuracy": accuracy}
    evaluation = Evaluation(
        n=10,
        with_title=9,
        by_role={"product": 4, "project": 3, "hybrid": 1, "other": 2},
        status={"ok": 10},
        not_judged=0,
        figures={"title and duties": figures, "duties": figures, "title rule": figures},
        verdicts=("product", "project", "hybrid", "other"),
        confusion=usual,
        min_precision=0.95,
        review=proportion(4, 10),
        sure=proportion(6, 6),
        conflicts=2,
        reliability=reliability(confidence, right),
        risk=risk_by_coverage(confidence, right),
        thresholds={
            view: {"product": 0.5, "project": 0.61, "hybrid": None, "other": 0.7}
            for view in ("title and duties", "duties")
        },
        groups={"source": (group("board <1>", 6, 30), group("board 2", 29, 30))},
        titles=(
            TitleRow("title names product", "product", {"product": 4}),
            TitleRow("title names product", "project", {"project": 2, "other": 1}),
            TitleRow("title names neither", "other", {"other": 2}),
            TitleRow("no title", "hybrid", {"product": 1}),
        ),
        with_phrase=proportion(9, 10),
        phrases=(
            PhraseUse("risk", "risk log|register", 2.0, 30, proportion(28, 30), 0.4, 1),
            PhraseUse("vision", "set|own|drive|shape ~ vision", 3.0, 40, proportion(2, 40), 0.5, 9),
        ),
        mistakes=(
            Mistake(7, "PM", "project", "other", 0.8, (Evidence("risk", "risk log", 3, 11, 1.5),)),
        ),
    )
    return replace(evaluation, **changes)
