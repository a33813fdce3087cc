"""Judge labelled ads and compare: the figures that `rolenlp evaluate` prints and writes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rolenlp.curves import Bin, Kept, proportion, reliability, risk_by_coverage
from rolenlp.errors import InputError
from rolenlp.labelled import Labelled, roles_from_titles
from rolenlp.layout import aligned
from rolenlp.metrics import Figure, confusion, summary
from rolenlp.output import write_whole
from rolenlp.postings import Posting
from rolenlp.predict import predict_many
from rolenlp.prediction import MIN_PRECISION, Evidence, Prediction

if TYPE_CHECKING:
    from rolenlp.model import RoleClassifier

__all__ = ["MAIN_VIEW", "NOT_JUDGED", "Evaluation", "Mistake", "evaluate", "write_report"]

MAIN_VIEW = "title and duties"
NOT_JUDGED = ""  # the verdict on an ad that could not be judged: always wrong
_MOST_MISTAKES = 20
_ROLE_ORDER = ("product", "project", "hybrid", "other")


@dataclass(frozen=True)
class Mistake:
    """A wrong verdict; `row` numbers the labelled ads from 1."""

    row: int
    title: str
    true_role: str
    verdict: str
    confidence: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Evaluation:
    """How good a model's verdicts on labelled ads are.

    An ad that could not be judged counts as the verdict ``""`` with confidence 0, so as wrong.
    """

    n: int
    with_title: int
    by_role: Mapping[str, int]  # true role -> ads
    status: Mapping[str, int]  # as in the column `status` of `label`
    not_judged: int
    figures: Mapping[str, Mapping[str, Figure]]  # view -> name -> figure
    verdicts: tuple[str, ...]  # the columns of `confusion`; its rows are those of `by_role`
    confusion: tuple[tuple[int, ...], ...]
    min_precision: float
    review: Figure  # the share of all ads that is sent to review
    sure: Figure | None  # the share right of the verdicts that are not; None if there are none
    conflicts: int  # ads whose title and duties disagree
    reliability: tuple[Bin, ...]  # of the ads that were judged
    risk: tuple[Kept, ...]
    mistakes: tuple[Mistake, ...]  # the most confident first, at most 20

    def lines(self) -> list[str]:
        """The figures for a person, with 95% intervals: a row a figure, a column a view."""
        roles = ", ".join(f"{role} {n:,}" for role, n in self.by_role.items())
        names = list(self.figures[MAIN_VIEW])
        figures = [
            [name, *(_short(view.get(name)) for view in self.figures.values())] for name in names
        ]
        counts = [
            [f"true {role}", *map("{:,}".format, row)]
            for role, row in zip(self.by_role, self.confusion, strict=True)
        ]
        return [
            f"{self.n:,} ads ({roles}), {self.with_title:,} with a title",
            *self._doubts(),
            "",
            *aligned([[f"n = {self.n:,}", *self.figures], *figures], "<"),
            "",
            *aligned([["judged", *(v or "(not)" for v in self.verdicts)], *counts], ">"),
        ]

    @property
    def why_not_judged(self) -> str:
        """How many ads of each status were not judged: ``empty 2, too_short 1``."""
        return ", ".join(
            f"{status} {n:,}"
            for status, n in self.status.items()
            if status not in ("ok", "truncated")
        )

    def _doubts(self) -> list[str]:
        out = []
        if self.not_judged:
            out.append(f"not judged, counted as wrong: {self.not_judged:,} ({self.why_not_judged})")
        sure = f"{self.sure.n:,}, right {_short(self.sure)}" if self.sure else "none"
        out.append(
            f"for review at precision {self.min_precision}: {_short(self.review)}; sure: {sure}"
        )
        out.append(f"title and duties disagree: {self.conflicts:,}")
        return out

    def as_json(self) -> dict[str, Any]:
        """All fields by their names, as plain data that `json` writes.

        A figure is a dict of ``value``, ``low``, ``high`` (95% interval) and ``n`` (ads that it
        rests on). ``figures`` holds them by view (``title and duties``; ``duties``, the title
        dropped; ``title rule``, the role that the title names, which has no confidence and so no
        ``calibration_error`` and no coverage) and name. ``confusion`` has a row a role of
        ``by_role`` and a column a verdict of ``verdicts``. ``reliability`` holds bins with
        ``low``, ``high``, mean ``confidence`` and share ``right``; ``risk`` points with
        ``confidence``, ``coverage`` and share ``wrong``. ``mistakes`` hold ``row`` (a number
        among the labelled ads, from 1), ``title``, ``true_role``, ``verdict``, ``confidence``,
        and ``evidence``: ``theme``, ``quote``, ``start``, ``end``, ``weight``.
        """
        return asdict(self)


def evaluate(
    model: RoleClassifier, labelled: Labelled, *, min_precision: float = MIN_PRECISION
) -> Evaluation:
    """Judge labelled ads with and without their titles, and compare with what titles name.

    Raises InputError where there are no ads, ValueError for a precision outside 0.5 to 0.99.
    """
    if not labelled.roles:
        raise InputError("there are no labelled ads to compare with")
    ads = labelled.postings
    truth = np.array(labelled.roles)
    both = list(predict_many(ads, model=model, min_precision=min_precision))
    rule = np.array(roles_from_titles([ad.title for ad in ads]))
    by_title = summary(truth, rule, np.ones(len(ads)), precision=min_precision)
    verdict = np.array([v.role or NOT_JUDGED for v in both])
    confidence = np.array([v.confidence or 0.0 for v in both])
    right = verdict == truth
    judged = verdict != NOT_JUDGED
    by_duties = model.predict_proba([Posting(ad.text) for ad in ads])
    duties = np.where(judged, model.classes_[by_duties.argmax(axis=1)], NOT_JUDGED)
    sure_by_duties = np.where(judged, by_duties.max(axis=1), 0.0)
    sure = np.array([v.review is False for v in both])
    by_role = {role: int(np.sum(truth == role)) for role in _ROLE_ORDER}
    columns = (*_ROLE_ORDER, *([] if judged.all() else [NOT_JUDGED]))
    return Evaluation(
        n=len(ads),
        with_title=sum(bool(ad.title.strip()) for ad in ads),
        by_role=by_role,
        status=dict(Counter(v.status for v in both).most_common()),
        not_judged=int(np.sum(~judged)),
        figures={
            MAIN_VIEW: summary(truth, verdict, confidence, precision=min_precision),
            "duties": summary(truth, duties, sure_by_duties, precision=min_precision),
            "title rule": {
                name: figure
                for name, figure in by_title.items()
                if not name.startswith(("calibration", "coverage"))  # a rule has no confidence
            },
        },
        verdicts=columns,
        confusion=tuple(map(tuple, confusion(truth, verdict, columns)[: len(by_role)])),
        min_precision=min_precision,
        review=proportion(sum(bool(v.review) for v in both), len(ads)),
        sure=proportion(int(right[sure].sum()), int(sure.sum())) if sure.any() else None,
        conflicts=sum(bool(v.conflict) for v in both),
        reliability=reliability(confidence[judged], right[judged]),
        risk=risk_by_coverage(confidence, right),
        mistakes=_mistakes(ads, labelled.roles, both),
    )


def _mistakes(
    ads: Sequence[Posting], roles: Sequence[str], verdicts: Sequence[Prediction]
) -> tuple[Mistake, ...]:
    wrong = [
        Mistake(row, ad.title, role, v.role, v.confidence, v.evidence)
        for row, (ad, role, v) in enumerate(zip(ads, roles, verdicts, strict=True), 1)
        if v.confidence is not None and v.role != role
    ]
    return tuple(sorted(wrong, key=lambda m: -m.confidence)[:_MOST_MISTAKES])


def _short(figure: Figure | None) -> str:
    return f"{figure.value:.2f} [{figure.low:.2f}, {figure.high:.2f}]" if figure else "-"


def write_report(evaluation: Evaluation, directory: str | Path) -> None:
    """Write ``metrics.json`` and ``report.html``, a page that needs no other file, there.

    Raises MissingExtraError, an ImportError, without matplotlib, and InputError where the
    directory cannot be made or written to.
    """
    from rolenlp.report import as_page

    directory = Path(directory)
    page = as_page(evaluation)
    figures = json.dumps(evaluation.as_json(), indent=1, allow_nan=False) + "\n"
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{directory}: cannot be made: {error.strerror}") from None
    write_whole(directory / "metrics.json", figures.encode())
    write_whole(directory / "report.html", page.encode("utf-8", "replace"))
