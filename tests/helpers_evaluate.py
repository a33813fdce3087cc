"""A made-up evaluation, so that plots and page are tested without a model."""

from dataclasses import replace
from typing import Any

import numpy as np

from rolenlp.curves import proportion, reliability, risk_by_coverage
from rolenlp.evaluate import Evaluation, Mistake
from rolenlp.metrics import Figure
from rolenlp.prediction import Evidence


def made_up(**changes: Any) -> Evaluation:
    """Ten ads, eight judged right, all of confidence 0.8; `changes` replace fields."""
    confidence, right = np.full(10, 0.8), np.arange(10) < 8
    figures = {"macro_f1": Figure(0.75, 0.6, 0.9, 10), "accuracy": proportion(8, 10)}
    evaluation = Evaluation(
        n=10,
        with_title=9,
        by_role={"product": 4, "project": 3, "hybrid": 1, "other": 2},
        status={"ok": 10},
        not_judged=0,
        figures={"title and duties": figures, "duties": figures, "title rule": figures},
        verdicts=("product", "project", "hybrid", "other"),
        confusion=((4, 0, 0, 0), (0, 2, 0, 1), (1, 0, 0, 0), (0, 0, 0, 2)),
        min_precision=0.95,
        review=proportion(4, 10),
        sure=proportion(6, 6),
        conflicts=2,
        reliability=reliability(confidence, right),
        risk=risk_by_coverage(confidence, right),
        mistakes=(
            Mistake(7, "PM", "project", "other", 0.8, (Evidence("risk", "risk log", 3, 11, 1.5),)),
        ),
    )
    return replace(evaluation, **changes)
