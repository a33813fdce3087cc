"""Learning from labelled ads: everything that `RoleClassifier.fit` does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rolenlp.model.calibration import Calibrator, precision_thresholds
from rolenlp.model.features import Grams, words_of_keys
from rolenlp.model.fitted import Calibrators, Fitted, HeldOut
from rolenlp.model.heads import Blocks, Heads, LogOdds, Scales, fit_heads
from rolenlp.model.targets import Targets, log_odds_without, weights_without
from rolenlp.model.themes import fit_stated
from rolenlp.model.vocabulary import vocabulary
from rolenlp.model.warm_start import FEWEST_TO_CALIBRATE, Start, held
from rolenlp.reading.lexicon import UNKNOWN_ID, Lexicon
from rolenlp.reading.masks import boilerplate_words, mask_words
from rolenlp.reading.pipeline import american, english_lemmas
from rolenlp.reading.priors import Priors
from rolenlp.reading.reader import Reader
from rolenlp.schema import ROLES, Posting

if TYPE_CHECKING:
    from rolenlp.model.classifier import RoleClassifier

__all__ = ["TITLE_SHARE", "Targets", "learn"]

TITLE_SHARE = 1.25  # how much a title counts against duties


def learn(
    settings: RoleClassifier,
    postings: Sequence[Posting],
    told: Targets,
    base: RoleClassifier | None = None,
) -> Fitted:
    """What a model with these settings learns from what its ads hold and what was told of them.

    With a `base` its coefficients are where those of the model start, and the phrases and the
    boilerplate are its.
    """
    if base is not None:
        priors, boilerplate = base.reader_.priors, base.reader_.boilerplate
    else:
        priors = settings.priors or Priors.default()
        table = settings.boilerplate
        boilerplate = boilerplate_words() if table is None else table
    read_ads = settings.read_ads(postings, priors, boilerplate)
    lemmas = english_lemmas()
    body, titles = vocabulary(
        read_ads,
        told.sources,
        priors,
        lemmas,
        min_postings=settings.min_postings,
        min_sources=settings.min_sources,
    )
    scales = Scales(settings.gram_scale, settings.pair_scale, settings.phrase_scale)
    start = None
    if base is not None:
        start = Start.of(base, read_ads.lexicon, body, titles)
        body, titles, scales = start.body, start.titles, held(scales)
    blocks = Blocks.of(read_ads, body, titles, priors)
    folds = told.folds()
    heads, *without = fit_heads(
        blocks,
        told.core,
        weights_without(told.weight, folds),
        priors,
        (body.n_single, titles.n_single),
        scales,
        None if start is None else start.heads,
    )
    theme_heads = None if start is None else start.theme_heads
    if told.stated is not None:
        theme_heads = fit_stated(
            blocks.duties, told.stated, told.weight, priors, body.n_single, scales
        )
    held_out, answers = log_odds_without(blocks, folds, without, told.calibrating > 0)
    if base is None or len(held_out) >= FEWEST_TO_CALIBRATE:
        calibrators, thresholds = _calibrated(told, held_out, answers)
    else:
        calibrators, thresholds = base.calibrators_, base.thresholds_
    by_duties = calibrators.by_duties.probabilities(answers.duties)
    closed = _closed(priors, boilerplate, read_ads.lexicon, body, titles)
    new_id = np.array([closed.id(word) for word in read_ads.lexicon.words], np.int64)
    body, body_order = body.renumbered(new_id)
    titles, title_order = titles.renumbered(new_id)
    known = set(closed.words)
    lemmas = {
        form: lemma
        for form, lemma in lemmas.items()
        if american(lemma) in known or american(form) in known
    }
    return Fitted(
        classes=np.array(ROLES),
        n_postings=len(postings) + (base.n_postings_ if base else 0),
        reader=Reader(priors, closed, lemmas, boilerplate),
        lemmas=lemmas,
        body_grams=body,
        title_grams=titles,
        heads=Heads(_reorder(heads.duties, body_order), _reorder(heads.title, title_order)),
        theme_heads=None if theme_heads is None else _reorder(theme_heads, body_order),
        calibrators=calibrators,
        thresholds=thresholds,
        held_out=HeldOut(held_out, by_duties, calibrators.probabilities(answers)),
    )


def _calibrated(
    told: Targets, held_out: NDArray[np.int64], answers: LogOdds
) -> tuple[Calibrators, NDArray[np.float64]]:
    """Calibrators and thresholds from answers that each ad got from a fit without it."""
    role, weight = told.role[held_out], told.calibrating[held_out]
    titled = answers.has_title
    found = Calibrators(
        Calibrator.fit(answers.duties, role, weight, (1.0,)),
        Calibrator.fit(answers.both[titled], role[titled], weight[titled], (1.0, TITLE_SHARE)),
        Calibrator.fit(answers.title[titled], role[titled], weight[titled], (1.0,)),
    )
    by_duties = found.by_duties.probabilities(answers.duties)
    both = found.probabilities(answers)
    return found, np.stack(
        [
            precision_thresholds(by_duties, role, weight),
            precision_thresholds(both[titled], role[titled], weight[titled]),
        ]
    )


def _closed(
    priors: Priors,
    boilerplate: Mapping[str, float],
    lexicon: Lexicon,
    body: Grams,
    titles: Grams,
) -> Lexicon:
    """Only the words that the model knows; all others are unknown."""
    used = np.unique(np.concatenate([words_of_keys(g.keys).ravel() for g in (body, titles)]))
    words = [lexicon.words[i] for i in used if i > UNKNOWN_ID]
    return Lexicon([*priors.words(), *mask_words(), *boilerplate, *words], closed=True)


def _reorder(coefficients: NDArray[np.float64], order: NDArray[np.int64]) -> NDArray[np.float64]:
    """Coefficients with those of the n-grams, which come first, in a new order."""
    return np.hstack((coefficients[:, order], coefficients[:, len(order) :]))
