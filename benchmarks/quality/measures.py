"""What is measured of verdicts on ads. Intervals are 95%, by bootstrap over ads; of plain shares
Wilson's, which stays wide where a few are all right."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.data import THEMES, Ads
from benchmarks.quality.views import ROLES, from_title
from rolenlp.metrics import (
    JUDGED,
    Figure,
    bootstrap,
    calibration_error,
    coverage,
    interval,
    proportion,
    resampled_confusion,
)
from rolenlp.predict import Prediction

__all__ = [
    "Shares",
    "conflicts",
    "contest",
    "difference",
    "kept",
    "named",
    "right",
    "share",
    "themes",
]

Shares = tuple[Figure | None, Figure | None]


def named(probabilities: np.ndarray) -> np.ndarray:
    """The most probable roles."""
    return np.array(ROLES)[probabilities.argmax(axis=1)]


def right(ads: Ads, probabilities: np.ndarray) -> np.ndarray:
    """Which of the ads get their true role."""
    return named(probabilities) == ads.roles.astype(str)


def share(rows: np.ndarray) -> Figure | None:
    """The share of rows that are true; None where there is no row."""
    return proportion(int(rows.sum()), len(rows)) if len(rows) else None


def contest(gold: Ads, probabilities: np.ndarray, *, confident: bool = True) -> dict[str, Figure]:
    """The figures that contenders are compared by; `confident` where they give probabilities."""
    truth, verdict = gold.roles.astype(str), named(probabilities)
    judged = np.isin(truth, JUDGED)
    sure = judged & gold.sure.astype(bool)
    side = np.isin(truth, ("product", "project"))
    ok, confidence = truth == verdict, probabilities.max(axis=1)
    on_side = _on_side(truth[side], probabilities[side])
    figures = {
        "macro-F1": _macro_f1(truth[judged], verdict[judged]),
        "macro-F1, sure ads": _macro_f1(truth[sure], verdict[sure]),
        "kappa": interval(resampled_confusion(truth, verdict).kappa(), len(gold)),
        "product or project": bootstrap(lambda i: float(on_side[i].mean()), len(on_side)),
    }
    if confident:
        figures["ECE"] = bootstrap(lambda i: calibration_error(confidence[i], ok[i]), len(gold))
        figures["coverage at 95%"] = bootstrap(
            lambda i: coverage(confidence[i], ok[i], 0.95), len(gold)
        )
    return figures


def _macro_f1(truth: np.ndarray, verdict: np.ndarray) -> Figure:
    return interval(resampled_confusion(truth, verdict).macro_f1(), len(truth))


def _on_side(truth: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """1 where the true role of product and project is the likelier, 0.5 where they are equal."""
    lead = probabilities[:, ROLES.index("product")] - probabilities[:, ROLES.index("project")]
    return 0.5 + 0.5 * np.sign(np.where(truth == "product", lead, -lead))


def difference(ads: Ads, ours: np.ndarray, theirs: np.ndarray) -> Figure:
    """Macro-F1 by some probabilities less that by others, on the same resamples of ads."""
    rows = np.isin(ads.roles.astype(str), JUDGED)
    truth = ads.roles.astype(str)[rows]
    a, b = (resampled_confusion(truth, named(p)[rows]).macro_f1() for p in (ours, theirs))
    return interval(a - b, len(truth))


def kept(gold: Ads, verdicts: Sequence[Prediction]) -> Shares:
    """The share of ads that are not sent to review, and how many of these are right."""
    rows = np.array([verdict.review is False for verdict in verdicts])
    ok = np.array([verdict.role for verdict in verdicts]) == gold.roles.astype(str)
    return share(rows), share(ok[rows])


def conflicts(gold: Ads, verdicts: Sequence[Prediction]) -> Shares:
    """Precision and recall of `conflict`, over the ads whose title names one of the two roles.

    The truth is a conflict where the ad's role is not the one that its title names.
    """
    title = from_title(gold)
    rows = np.isin(title.astype(str), ("product", "project"))
    true = (title != gold.roles)[rows]
    said = np.array([bool(verdict.conflict) for verdict in verdicts])[rows]
    return share(true[said]), share(said[true])


def themes(
    first: np.ndarray, second: np.ndarray, verdicts: Sequence[Prediction]
) -> tuple[dict[str, tuple[int, Figure]], Figure]:
    """By theme, how many ads truly have it and the F1 of finding a phrase of it; and the mean F1.

    An ad truly has a theme where both annotators say so; where they differ it is left out.
    """
    said = np.array(
        [[verdict.themes.get(theme, 0) > 0 for theme in THEMES] for verdict in verdicts]
    )
    agreed, true = first == second, first & second
    found = {}
    for number, theme in enumerate(THEMES):
        rows = agreed[:, number]
        a, b = true[rows, number], said[rows, number]
        found[theme] = int(a.sum()), bootstrap(_f1_of(a, b), len(a))

    def mean(i: np.ndarray) -> float:
        both = (true & said & agreed)[i].sum(axis=0)
        either = (true & agreed)[i].sum(axis=0) + (said & agreed)[i].sum(axis=0)
        return float(np.mean(2 * both / np.maximum(1, either)))

    return found, bootstrap(mean, len(said))


def _f1_of(true: np.ndarray, said: np.ndarray) -> Callable[[np.ndarray], float]:
    return lambda i: float(2 * (true & said)[i].sum() / max(1, true[i].sum() + said[i].sum()))
