"""Judge labelled ads and compare: the figures that `rolenlp evaluate` prints and writes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import confusion_matrix

from rolenlp import __version__
from rolenlp.errors import InputError
from rolenlp.evaluate.breakdowns import groups, title_rows
from rolenlp.evaluate.compare import compare
from rolenlp.evaluate.phrase_use import phrase_uses
from rolenlp.evaluate.predictions import NOT_JUDGED, Trial
from rolenlp.evaluate.result import Evaluation, Mistake
from rolenlp.files.atomic import write_whole
from rolenlp.files.use import check_files, report_files
from rolenlp.metrics import (
    Figure,
    Labels,
    judged_roles,
    precision_and_recall,
    proportion,
    reliability,
    risk_by_coverage,
    summary,
)
from rolenlp.schema import DUTIES_VIEW, MAIN_VIEW, MIN_PRECISION, ROLE_ORDER, ROLES
from rolenlp.text.personal import mask_personal
from rolenlp.train.labelled import Labelled
from rolenlp.verdicts.excerpts import excerpt

if TYPE_CHECKING:
    from rolenlp.model.classifier import RoleClassifier

_MOST_MISTAKES = 20


def evaluate(
    model: RoleClassifier,
    labelled: Labelled,
    *,
    min_precision: float = MIN_PRECISION,
    before: RoleClassifier | None = None,
    role_mix: Mapping[str, float] | None = None,
    about: Mapping[str, Any] | None = None,
) -> Evaluation:
    """Judge labelled ads with and without their titles, and compare with what titles name.

    With the model `before`, say what changed from it. `role_mix` is the `role_prior` of
    `RoleClassifier.predict_proba`, `about` what the report is to say of table and model, beside the
    number of rows, rolenlp's version and the date. Raises InputError where there are no ads,
    ValueError for a precision outside 0.5 to 0.99.
    """
    if not labelled.roles:
        raise InputError("there are no labelled ads to compare with")
    trial = Trial.of(model, labelled, min_precision=min_precision, role_prior=role_mix)
    then = before and Trial.of(before, labelled, min_precision=min_precision, role_prior=role_mix)
    truth, role = trial.truth, trial.role
    judged, right = role != NOT_JUDGED, role == truth
    sure = judged & ~trial.review
    by_role = {name: int(np.sum(truth == name)) for name in ROLE_ORDER}
    columns = (*ROLE_ORDER, *([] if judged.all() else [NOT_JUDGED]))
    counts = confusion_matrix(truth, role, labels=columns)
    by_title = _figures(truth, trial.by_title, np.ones(len(trial)), min_precision)
    return Evaluation(
        n=len(trial),
        with_title=sum(bool(ad.title.strip()) for ad in trial.ads),
        by_role=by_role,
        status=dict(Counter(trial.verdicts.values["status"]).most_common()),
        not_judged=int(np.sum(~judged)),
        figures={
            MAIN_VIEW: _figures(truth, role, trial.confidence, min_precision),
            DUTIES_VIEW: _figures(truth, trial.by_duties, trial.duties_confidence, min_precision),
            "title rule": {
                name: figure
                for name, figure in by_title.items()
                if not name.startswith(("calibration", "coverage"))  # a rule has no confidence
            },
        },
        verdicts=columns,
        confusion=tuple(map(tuple, counts[: len(by_role)].tolist())),
        min_precision=min_precision,
        review=proportion(int(trial.review.sum()), len(trial)),
        sure=proportion(int(right[sure].sum()), int(sure.sum())) if sure.any() else None,
        conflicts=sum(map(bool, trial.verdicts.values["conflict"])),
        reliability=reliability(trial.confidence[judged], right[judged]),
        risk=risk_by_coverage(trial.confidence, right),
        thresholds=_thresholds(model, min_precision),
        groups=groups(trial),
        titles=title_rows(trial, columns),
        with_phrase=proportion(len(np.unique(trial.held[:, 1])), len(trial)),
        phrases=phrase_uses(trial),
        mistakes=_mistakes(trial),
        compared=compare(trial, then) if then else None,
        macro_f1_over=judged_roles(truth.tolist()),
        about={
            **(about or {}),
            "rows": len(trial),
            "rolenlp": __version__,
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
        },
        trained_on=trial.trained_on,
    )


def _figures(
    truth: Labels, verdict: Labels, confidence: np.ndarray, precision: float
) -> dict[str, Figure]:
    return {
        **summary(truth, verdict, confidence, precision=precision),
        **precision_and_recall(truth, verdict),
    }


def _thresholds(model: RoleClassifier, precision: float) -> dict[str, dict[str, float | None]]:
    least = model.thresholds(precision).tolist()
    return {
        view: {
            role: None if np.isinf(row[ROLES.index(role)]) else row[ROLES.index(role)]
            for role in ROLE_ORDER
        }
        for view, row in ((MAIN_VIEW, least[1]), (DUTIES_VIEW, least[0]))
    }


def _mistakes(trial: Trial) -> tuple[Mistake, ...]:
    judged = trial.role != NOT_JUDGED
    wrong = np.flatnonzero(judged & (trial.role != trial.truth)).tolist()
    wrong.sort(key=lambda row: -trial.confidence[row])
    worst = [(row, trial.ads[row], trial.verdicts[row]) for row in wrong[:_MOST_MISTAKES]]
    return tuple(
        Mistake(
            row + 1,
            mask_personal(ad.title),
            str(trial.truth[row]),
            verdict.role,
            float(trial.confidence[row]),
            verdict.evidence,
            excerpt(ad.text, verdict),
        )
        for row, ad, verdict in worst
    )


def write_report(evaluation: Evaluation, directory: str | Path) -> None:
    """Write ``metrics.json`` and ``report.html``, a page that needs no other file, there.

    Raises MissingExtraError, an ImportError, without matplotlib, and InputError where the
    directory cannot be made or written to, or holds files of these names that no report wrote.
    """
    from rolenlp.evaluate.report.page import as_page

    directory = Path(directory)
    check_files([], report_files(directory))
    page = as_page(evaluation)
    figures = json.dumps(evaluation.as_json(), indent=1, allow_nan=False) + "\n"
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{directory}: cannot be made: {error.strerror}") from None
    write_whole(directory / "metrics.json", figures.encode())
    write_whole(directory / "report.html", page.encode("utf-8", "replace"))
