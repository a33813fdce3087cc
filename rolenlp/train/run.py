"""Fit a model on labelled ads and say on its card what it is made of and how good it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import clone

from rolenlp.files.use import Written, check_files
from rolenlp.metrics import summary
from rolenlp.model.classifier import RoleClassifier
from rolenlp.model.drift import of_training
from rolenlp.model.features import LemmaCounts
from rolenlp.model_file.bundle import check_output, load, save
from rolenlp.model_file.card import model_files, read_card, saved_files
from rolenlp.schema import DUTIES_VIEW, MAIN_VIEW, ROLES
from rolenlp.train.label_issues import find_label_issues, write_label_issues
from rolenlp.train.labelled import Labelled

__all__ = ["train"]


def train(
    labelled: Labelled,
    output: str | Path,
    *,
    model: RoleClassifier | None = None,
    base: str | Path | None = None,
    doubts: str | Path | None = None,
    sample_weight: Sequence[float] | None = None,
    calibration_weight: Sequence[float] | None = None,
    themes: Sequence[Collection[str]] | None = None,
    notes: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Fit `model` (or a new one) on labelled ads, write it with its card, return the card.

    `base` is the file of a model to go on from (see `rolenlp.model.corrections`), whose settings a
    new model takes; `doubts` a file to list the labels in (see `rolenlp.train.label_issues`) that
    fits without the ad contradict. Weights and themes are those of `RoleClassifier.fit`.

    `notes` are further entries of the card, such as a licence note or how labels were weighted.
    The card's metrics come from answers that each ad got from a fit without it; those of ads with
    a `calibration_weight` of 0 are left out. Unless weights are given, ads whose labels come from
    the review page have that one, where there are others.
    """
    check_output(output)
    check_files(
        [] if base is None else model_files("--base", base),
        [*saved_files(output), *([] if doubts is None else [Written("--doubts", doubts)])],
    )
    from_model = None if base is None else load(base)
    if model is None:
        model = RoleClassifier() if from_model is None else clone(from_model)
    # Files are no sources; and of two sources no word would be of three.
    several = all(labelled.told) and len(set(labelled.sources)) >= 3
    if calibration_weight is None and any(labelled.reviewed) and not all(labelled.reviewed):
        # Ads that were chosen because they are doubtful say nothing of how often others are right.
        calibration_weight = [0.0 if reviewed else 1.0 for reviewed in labelled.reviewed]
    model.fit(
        labelled.postings,
        labelled.roles,
        sources=labelled.sources if several else None,
        sample_weight=sample_weight,
        calibration_weight=calibration_weight,
        themes=themes,
        base=from_model,
    )
    in_doubt = find_label_issues(model.held_out_, labelled.roles, model.classes_.tolist())
    if doubts is not None:
        write_label_issues(in_doubt, labelled, doubts)
    known = {} if base is None else {"based_on": _based_on(read_card(base))}
    notes = {**known, "labels_in_doubt": len(in_doubt), **(notes or {})}
    return save(model, output, {**card_of(model, labelled), **notes})


def card_of(model: RoleClassifier, labelled: Labelled) -> dict[str, Any]:
    """What the card of a fitted model says of its training."""
    views = (DUTIES_VIEW, MAIN_VIEW)
    return {
        "role_mix": {role: round(share, 4) for role, share in model.role_mix.items()},
        "training": {
            "sha256": labelled.sha256(),
            "rows": len(labelled.roles),
            "by_source": labelled.counts(),
        },
        "training_ads": _training_ads(model, labelled),
        "vocabulary": _vocabulary(model),
        "metrics_out_of_fold": _metrics(model, labelled),
        "thresholds_at_0.95": {
            view: {
                role: None if np.isinf(value) else round(float(value), 4)
                for role, value in zip(ROLES, row, strict=True)
            }
            for view, row in zip(views, model.thresholds(0.95), strict=True)
        },
        "licence": "Weights and vocabulary only; the ads that it was trained on are not included.",
    }


def _based_on(card: dict[str, Any]) -> dict[str, Any]:
    """What the card of a model says of the one that it goes on from."""
    training = card.get("training", {})
    return {
        "sha256": card["sha256"],
        "training_sha256": training.get("sha256"),
        "rows": training.get("rows", 0),
        **({"based_on": card["based_on"]} if "based_on" in card else {}),
    }


def _vocabulary(model: RoleClassifier) -> dict[str, int]:
    """How many words and pairs each part of the default features knows; nothing of others."""
    parts = [] if model.features is not None else model.features_.transformer_list
    return {name: len(part.ngrams_) for name, part in parts if isinstance(part, LemmaCounts)}


def _training_ads(model: RoleClassifier, labelled: Labelled) -> dict[str, Any]:
    """What `label` compares tables with, see `rolenlp.model.drift`."""
    held_out = model.held_out_
    roles = model.classes_[held_out.both.argmax(axis=1)].tolist() if len(held_out.rows) else []
    confidences = held_out.both.max(axis=1).tolist() if roles else []
    verdicts = dict(zip(held_out.rows.tolist(), zip(roles, confidences, strict=True), strict=True))
    return of_training(model, labelled.postings, labelled.sources, verdicts)


def _metrics(model: RoleClassifier, labelled: Labelled) -> dict[str, Any]:
    held_out = model.held_out_
    if not len(held_out.rows):
        return {}
    truth = np.array(labelled.roles)[held_out.rows]
    out = {}
    for view, probabilities in ((DUTIES_VIEW, held_out.duties), (MAIN_VIEW, held_out.both)):
        verdict = model.classes_[probabilities.argmax(axis=1)]
        figures = summary(truth, verdict, probabilities.max(axis=1))
        out[view] = {
            name: [round(v, 4) for v in (f.value, f.low, f.high)] for name, f in figures.items()
        }
    return {"n": len(held_out.rows), **out}
