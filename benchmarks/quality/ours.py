"""rolenlp in the benchmark, by what its users call: fit, predict_proba, predict_many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np

from benchmarks.data import Ads
from benchmarks.quality.views import DUTIES, ROLES, TITLED, VIEWS, learned_roles, weights
from rolenlp import Posting, RoleClassifier
from rolenlp.predict import Prediction, predict_many

__all__ = [
    "MIN_PRECISION",
    "SPOKEN",
    "Judged",
    "fit",
    "held_out",
    "phrases_alone",
    "probabilities",
]

MIN_PRECISION = 0.95
SPOKEN = (TITLED, DUTIES)  # the views in which an ad has a text


@dataclass(frozen=True)
class Judged:
    """Ads judged by fits without their source.

    `probabilities` are of `ROLES`, by view; `verdicts` are what a user gets to see.
    """

    ads: Ads
    probabilities: dict[str, np.ndarray]
    verdicts: dict[str, list[Prediction]]

    def where(self, rows: np.ndarray) -> Judged:
        """The ads for which `rows`, an array of truths, is true."""
        return Judged(
            self.ads.where(rows),
            {view: every[rows] for view, every in self.probabilities.items()},
            {view: list(compress(every, rows)) for view, every in self.verdicts.items()},
        )


def postings(ads: Ads) -> list[Posting]:
    """The ads as rolenlp takes them."""
    return [Posting(text, title) for title, text in zip(ads.titles, ads.texts, strict=True)]


def fit(
    ads: Ads,
    learned: str = "duties",
    *,
    by_source: bool = True,
    model: RoleClassifier | None = None,
) -> RoleClassifier:
    """rolenlp, fitted on the ads with one kind of labels.

    As the model that ships: calibrated on the first draw alone, told the themes of duties.
    """
    told = learned == "duties"
    return (model or RoleClassifier()).fit(
        postings(ads),
        [str(role) for role in learned_roles(ads, learned)],
        sources=list(ads.sources) if by_source else None,
        sample_weight=list(weights(ads, learned)),
        calibration_weight=list(ads.first_draw.astype(float)) if told else None,
        themes=[cell.split(";") if cell else [] for cell in ads.themes] if told else None,
    )


def probabilities(model: RoleClassifier, ads: Ads) -> np.ndarray:
    """Probabilities of `ROLES`, a row an ad."""
    order = [list(model.classes_).index(role) for role in ROLES]
    return model.predict_proba(postings(ads))[:, order]


def phrases_alone(gold: Ads) -> dict[str, np.ndarray]:
    """Probabilities by view from a model that has seen no ad at all."""
    model = RoleClassifier().fit([], [])
    return {view: probabilities(model, shown(gold)) for view, shown in VIEWS.items()}


def held_out(labels: Ads, tables: Sequence[Ads], learned: str) -> list[Judged]:
    """Every table judged source by source, each by a fit on the labelled ads of the others."""
    shown = [{view: show(ads) for view, show in VIEWS.items()} for ads in tables]
    out = [
        Judged(
            ads,
            {view: np.zeros((len(ads), len(ROLES))) for view in VIEWS},
            {view: [Prediction()] * len(ads) for view in SPOKEN},
        )
        for ads in tables
    ]
    for source in sorted({source for ads in tables for source in ads.sources}):
        model = fit(labels.where(labels.sources != source), learned)
        for views, judged in zip(shown, out, strict=True):
            rows = np.flatnonzero(judged.ads.sources == source)
            for view, ads in views.items():
                judged.probabilities[view][rows] = probabilities(model, ads.where(rows))
            for view, verdicts in judged.verdicts.items():
                asked = postings(views[view].where(rows))
                answers = predict_many(asked, model=model, min_precision=MIN_PRECISION)
                for row, verdict in zip(rows, answers, strict=True):
                    verdicts[row] = verdict
    return out
