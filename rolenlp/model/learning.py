"""Learning from labelled ads: everything that `RoleClassifier.fit` does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rolenlp.model.calibration import Calibrator, precision_thresholds
from rolenlp.model.features import Grams, words_of_keys
from rolenlp.model.heads import Answers, Blocks, Heads, Scales, fit_heads
from rolenlp.model.targets import HeldOut, Told, answers_without, weights_without
from rolenlp.model.themes import fit_stated
from rolenlp.model.vocabulary import vocabulary
from rolenlp.model.warm_start import FEWEST_TO_CALIBRATE, Start, held, keep_calibration
from rolenlp.reading.lexicon import UNKNOWN_ID, Lexicon
from rolenlp.reading.masks import boilerplate_words, mask_words
from rolenlp.reading.pipeline import english_lemmas
from rolenlp.reading.priors import Priors
from rolenlp.reading.reader import Reader
from rolenlp.reading.spelling import american
from rolenlp.schema import ROLES, Posting

if TYPE_CHECKING:
    from rolenlp.model.classifier import RoleClassifier

__all__ = ["TITLE_SHARE", "Told", "learn"]

TITLE_SHARE = 1.25  # how much a title counts against duties


def learn(
    model: RoleClassifier,
    postings: Sequence[Posting],
    told: Told,
    base: RoleClassifier | None = None,
) -> None:
    """Set the fitted attributes of a model by what its ads hold and what was told of them.

    With a `base` its coefficients are where those of the model start.
    """
    if base is not None:
        model.priors, model.boilerplate = base.reader_.priors, base.reader_.boilerplate
    priors = model.priors or Priors.default()
    boilerplate = boilerplate_words() if model.boilerplate is None else model.boilerplate
    gist = model.gist(postings, priors, boilerplate)
    lemmas = english_lemmas()
    body, titles = vocabulary(
        gist,
        told.sources,
        priors,
        lemmas,
        min_postings=model.min_postings,
        min_sources=model.min_sources,
    )
    scales = Scales(model.gram_scale, model.pair_scale, model.phrase_scale)
    start = None
    if base is not None:
        start = Start.of(base, gist.lexicon, body, titles)
        body, titles, scales = start.body, start.titles, held(scales)
    blocks = Blocks.of(gist, body, titles, priors)
    folds = told.folds()
    model.heads_, *without = fit_heads(
        blocks,
        told.core,
        weights_without(told.weight, folds),
        priors,
        (body.n_single, titles.n_single),
        scales,
        None if start is None else start.heads,
    )
    model.theme_heads_ = None if start is None else start.theme_heads
    if told.stated is not None:
        model.theme_heads_ = fit_stated(
            blocks.duties, told.stated, told.weight, priors, body.n_single, scales
        )
    held_out, answers = answers_without(blocks, folds, without, told.calibrating > 0)
    if base is None or len(held_out) >= FEWEST_TO_CALIBRATE:
        _calibrate(model, told, held_out, answers)
    else:
        keep_calibration(model, base)
    model.held_out_ = HeldOut(
        held_out,
        model.by_duties_.probabilities(answers.duties),
        model.probabilities(answers),
    )
    _close(model, priors, boilerplate, gist.lexicon, lemmas, body, titles)
    model.n_postings_ = len(postings) + (base.n_postings_ if base else 0)
    model.classes_ = np.array(ROLES)


def _calibrate(
    model: RoleClassifier, told: Told, held_out: NDArray[np.int64], answers: Answers
) -> None:
    """Calibrators and thresholds from answers that each ad got from a fit without it."""
    role, weight = told.role[held_out], told.calibrating[held_out]
    titled = answers.has_title
    model.by_duties_ = Calibrator.fit(answers.duties, role, weight, (1.0,))
    model.by_both_ = Calibrator.fit(
        answers.both[titled], role[titled], weight[titled], (1.0, TITLE_SHARE)
    )
    model.by_title_ = Calibrator.fit(answers.title[titled], role[titled], weight[titled], (1.0,))
    by_duties = model.by_duties_.probabilities(answers.duties)
    both = model.probabilities(answers)
    model.thresholds_ = np.stack(
        [
            precision_thresholds(by_duties, role, weight),
            precision_thresholds(both[titled], role[titled], weight[titled]),
        ]
    )


def _close(
    model: RoleClassifier,
    priors: Priors,
    boilerplate: Mapping[str, float],
    lexicon: Lexicon,
    lemmas: Mapping[str, str],
    body: Grams,
    titles: Grams,
) -> None:
    """Keep only the words that the model knows; from now on all others are unknown."""
    used = np.unique(np.concatenate([words_of_keys(g.keys).ravel() for g in (body, titles)]))
    words = [lexicon.words[i] for i in used if i > UNKNOWN_ID]
    closed = Lexicon([*priors.words(), *mask_words(), *boilerplate, *words], closed=True)
    new_id = np.array([closed.id(word) for word in lexicon.words], np.int64)
    model.body_grams_, body_order = body.renumbered(new_id)
    model.title_grams_, title_order = titles.renumbered(new_id)
    model.heads_ = Heads(
        _reorder(model.heads_.duties, body_order), _reorder(model.heads_.title, title_order)
    )
    if model.theme_heads_ is not None:
        model.theme_heads_ = _reorder(model.theme_heads_, body_order)
    known = set(closed.words)
    model.lemmas_ = {
        form: lemma
        for form, lemma in lemmas.items()
        if american(lemma) in known or american(form) in known
    }
    model.reader_ = Reader(priors, closed, model.lemmas_, boilerplate)


def _reorder(coefficients: NDArray[np.float64], order: NDArray[np.int64]) -> NDArray[np.float64]:
    """Coefficients with those of the n-grams, which come first, in a new order."""
    return np.hstack((coefficients[:, order], coefficients[:, len(order) :]))
