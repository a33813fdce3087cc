"""rolenlp in the benchmark, by what its users call: fit, predict_proba, predict_many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data import Ads
from rolenlp import Posting, RoleClassifier
from rolenlp.predict import Prediction, predict_many
from views import DUTIES, ROLES, TITLED, VIEWS, learned_roles, weights

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


@dataclass
class Judged:
    """Ads judged by fits without their source.

    `gold` and `labelled` hold probabilities by view, `verdicts` what a user gets to see.
    """

    gold: dict[str, np.ndarray]
    labelled: dict[str, np.ndarray]
    verdicts: dict[str, list[Prediction]]


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
    """rolenlp, fitted on the ads with one kind of labels."""
    return (model or RoleClassifier()).fit(
        postings(ads),
        [str(role) for role in learned_roles(ads, learned)],
        sources=list(ads.sources) if by_source else None,
        sample_weight=list(weights(ads, learned)),
    )


def probabilities(model: RoleClassifier, ads: Ads) -> np.ndarray:
    """Probabilities of `ROLES`, a row an ad."""
    order = [list(model.classes_).index(role) for role in ROLES]
    return model.predict_proba(postings(ads))[:, order]


def phrases_alone(gold: Ads) -> dict[str, np.ndarray]:
    """Probabilities by view from a model that has seen no ad at all."""
    model = RoleClassifier().fit([], [])
    return {view: probabilities(model, shown(gold)) for view, shown in VIEWS.items()}


def held_out(labels: Ads, gold: Ads, learned: str) -> Judged:
    """Both tables judged source by source; labelled ads and verdicts by labels of duties alone."""
    full = learned == "duties"
    tests = {view: shown(gold) for view, shown in VIEWS.items()}
    pool = {view: VIEWS[view](labels) for view in SPOKEN} if full else {}
    out = Judged(
        {view: np.zeros((len(gold), len(ROLES))) for view in tests},
        {view: np.zeros((len(labels), len(ROLES))) for view in pool},
        {view: [Prediction()] * len(gold) for view in pool},
    )
    for source in sorted(set(labels.sources if full else gold.sources)):
        model = fit(labels.where(labels.sources != source), learned)
        rows, own = gold.sources == source, labels.sources == source
        for view, ads in tests.items():
            out.gold[view][rows] = probabilities(model, ads.where(rows))
        for view, ads in pool.items():
            out.labelled[view][own] = probabilities(model, ads.where(own))
            asked = postings(tests[view].where(rows))
            verdicts = predict_many(asked, model=model, min_precision=MIN_PRECISION)
            for place, verdict in zip(np.flatnonzero(rows), verdicts, strict=True):
                out.verdicts[view][place] = verdict
    return out
