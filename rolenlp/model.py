"""RoleClassifier: postings in, calibrated probabilities of the four roles out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from rolenlp.calibrate import PRECISIONS, ROLES, Calibrator, precision_thresholds
from rolenlp.features import Grams, words_of_keys
from rolenlp.fitting import HeldOut, Told, answers_without, weights_without
from rolenlp.gist import Gist, Memory
from rolenlp.heads import Answers, Blocks, Heads, Scales, fit_heads
from rolenlp.masks import boilerplate_words, mask_words
from rolenlp.postings import Posting, as_postings
from rolenlp.priors import Priors
from rolenlp.reading import Reader, Reading
from rolenlp.spelling import american
from rolenlp.state import read_state, write_state
from rolenlp.stated import fit_stated
from rolenlp.tokens import UNKNOWN_ID, Lexicon, english_lemmas
from rolenlp.vocabulary import vocabulary

__all__ = ["ROLE_PRIOR", "RoleClassifier"]

# The shares of the roles that probabilities are calibrated for, unless other ones are given:
# those of a table that a search for product and project managers brings up.
ROLE_PRIOR = {"hybrid": 0.03, "other": 0.42, "product": 0.25, "project": 0.30}

_BATCH = 512

TITLE_SHARE = 1.25  # how much a title counts against duties


class RoleClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Which role does a job ad describe, by its duties first and its title second?

    Parameters
    ----------
    priors
        Phrases of the themes; None for those that ship with rolenlp.
    role_prior
        Role -> share of the roles where the model will be used; probabilities are calibrated
        for it. None for `ROLE_PRIOR`.
    min_postings, min_sources
        An n-gram is used where so many postings of so many sources hold it (sources only count
        where `fit` is told them).
    boilerplate
        Word -> how far it speaks for what ads say beside the job, which is not read (see
        `rolenlp.masks`); None for the table that ships with rolenlp, {} to read all.
    gram_scale, pair_scale, phrase_scale
        Prior standard deviations of the coefficients of words, of pairs of words (around 0) and
        of phrases (around their weights); larger ones let labels move them further.
    remember
        How many ads a process keeps what it read of, so that a search of settings or a
        cross-validation does not read them again for each fit and judgement: all ads of the
        search, or none where there are more. 0 keeps none. It changes no answer.
    """

    def __init__(
        self,
        *,
        priors: Priors | None = None,
        role_prior: Mapping[str, float] | None = None,
        min_postings: int = 8,
        min_sources: int = 3,
        boilerplate: Mapping[str, float] | None = None,
        gram_scale: float = 4.0,
        pair_scale: float = 2.0,
        phrase_scale: float = 4.0,
        remember: int = 0,
    ) -> None:
        self.priors = priors
        self.role_prior = role_prior
        self.min_postings = min_postings
        self.min_sources = min_sources
        self.boilerplate = boilerplate
        self.gram_scale = gram_scale
        self.pair_scale = pair_scale
        self.phrase_scale = phrase_scale
        self.remember = remember

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags

    def fit(
        self,
        X: Any,
        y: Sequence[str],
        *,
        sources: Sequence[object] | None = None,
        sample_weight: Sequence[float] | None = None,
        calibration_weight: Sequence[float] | None = None,
        themes: Sequence[Collection[str]] | None = None,
    ) -> Self:
        """Fit on ads and their roles. No ads at all leave a model that knows the phrases alone.

        `X` is a DataFrame with ``text`` and perhaps ``title``, or any sequence of ads; `y` holds
        `ROLES`. Where `sources` (one value an ad: its board, say) has three or more values,
        calibration and thresholds come from sources that were left out of the fit, otherwise
        from random folds. `calibration_weight` says how much each ad counts there, in place of
        `sample_weight`: 0 for ads that were drawn because they are hard, where the others are as
        ads come, and the full weight for ads whose label is unsure, or a promise of precision
        would be one for clear ads only. `themes` names the themes that each ad states, for a
        model whose theme counts tell a theme stated from one whose words are used. Raises
        ValueError for roles, weights, sources, themes or a `role_prior` that do not fit the ads.
        """
        postings = list(as_postings(X))
        told = Told.of(
            len(postings),
            y,
            sources,
            sample_weight,
            calibration_weight,
            themes,
            self.role_prior or ROLE_PRIOR,
        )
        priors = self.priors or Priors.default()
        boilerplate = boilerplate_words() if self.boilerplate is None else self.boilerplate
        gist = self._gist(postings, priors, boilerplate)
        lemmas = english_lemmas()
        body, titles = vocabulary(
            gist,
            told.sources,
            priors,
            lemmas,
            min_postings=self.min_postings,
            min_sources=self.min_sources,
        )
        blocks = Blocks.of(gist, body, titles, priors)
        folds, scales = told.folds(), Scales(self.gram_scale, self.pair_scale, self.phrase_scale)
        self.heads_, *without = fit_heads(
            blocks,
            told.core,
            weights_without(told.weight, folds),
            priors,
            (body.n_single, titles.n_single),
            scales,
        )
        self.theme_heads_ = None
        if told.stated is not None:
            self.theme_heads_ = fit_stated(
                blocks.duties, told.stated, told.weight, priors, body.n_single, scales
            )
        self._calibrate(told, *answers_without(blocks, folds, without, told.calibrating > 0))
        self._close(priors, boilerplate, gist.lexicon, lemmas, body, titles)
        self.n_postings_ = len(postings)
        self.classes_ = np.array(ROLES)
        return self

    def _gist(
        self, postings: Sequence[Posting], priors: Priors, boilerplate: Mapping[str, float]
    ) -> Gist:
        """What is remembered of ads, or read now, with a lexicon that knows all their words."""
        make = Memory.of_process if self.remember else Memory
        return make(priors, boilerplate).read(postings, self.remember)

    def _calibrate(self, told: Told, held_out: NDArray[np.int64], answers: Answers) -> None:
        """Calibrators and thresholds from answers that each ad got from a fit without it."""
        role, weight = told.role[held_out], told.calibrating[held_out]
        titled = answers.has_title
        self.by_duties_ = Calibrator.fit(answers.duties, role, weight, (1.0,))
        self.by_both_ = Calibrator.fit(
            answers.both[titled], role[titled], weight[titled], (1.0, TITLE_SHARE)
        )
        self.by_title_ = Calibrator.fit(answers.title[titled], role[titled], weight[titled], (1.0,))
        by_duties = self.by_duties_.probabilities(answers.duties)
        both = self.probabilities(answers)
        self.held_out_ = HeldOut(held_out, by_duties, both)
        self.thresholds_ = np.stack(
            [
                precision_thresholds(by_duties, role, weight),
                precision_thresholds(both[titled], role[titled], weight[titled]),
            ]
        )

    def _close(
        self,
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
        self.body_grams_, body_order = body.renumbered(new_id)
        self.title_grams_, title_order = titles.renumbered(new_id)
        self.heads_ = Heads(
            _reorder(self.heads_.duties, body_order), _reorder(self.heads_.title, title_order)
        )
        if self.theme_heads_ is not None:
            self.theme_heads_ = _reorder(self.theme_heads_, body_order)
        known = set(closed.words)
        self.lemmas_ = {
            form: lemma
            for form, lemma in lemmas.items()
            if american(lemma) in known or american(form) in known
        }
        self.reader_ = Reader(priors, closed, self.lemmas_, boilerplate)

    def answers(self, reading: Reading | Gist) -> Answers:
        """The two questions answered for a batch that `reader_` has read, and its themes' too."""
        blocks = Blocks.of(reading, self.body_grams_, self.title_grams_, self.reader_.priors)
        answers = self.heads_.answers(blocks)
        if self.theme_heads_ is None:
            return answers
        return replace(answers, themes=blocks.duties @ self.theme_heads_.T)

    def probabilities(self, answers: Answers) -> NDArray[np.float64]:
        """The roles by duties and title, or by one of them where the other is not there."""
        titled = np.where(
            answers.has_duties[:, None],
            self.by_both_.probabilities(answers.both),
            self.by_title_.probabilities(answers.title),
        )
        by_duties = self.by_duties_.probabilities(answers.duties)
        return np.where(answers.has_title[:, None], titled, by_duties)

    def state(self) -> dict[str, Any]:
        """The fitted model as built-in types only, for `rolenlp.bundle`."""
        check_is_fitted(self, "classes_")
        return write_state(self)

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """A fitted model from what `state` gave; KeyError, TypeError, ValueError if it is not."""
        model = cls()
        read_state(model, state)
        return model

    def phrase_coefficients(self) -> NDArray[np.float64]:
        """The phrases' coefficients for the two questions, shape (2, n_phrases)."""
        first = len(self.body_grams_)
        return self.heads_.duties[:, first : first + len(self.reader_.priors.phrases)]

    def thresholds(self, min_precision: float) -> NDArray[np.float64]:
        """The least confidence that keeps a precision: shape (2, 4), without and with a title.

        Columns as in `classes_`. Raises ValueError outside 0.5 to 0.99.
        """
        if not PRECISIONS[0] <= min_precision <= PRECISIONS[-1]:
            raise ValueError(
                f"min_precision is {min_precision}; it can be {PRECISIONS[0]} to {PRECISIONS[-1]}"
            )
        return self.thresholds_[:, :, np.searchsorted(PRECISIONS, min_precision - 1e-9)]

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Calibrated probabilities, shape (n_ads, 4), columns in the order of `classes_`."""
        check_is_fitted(self, "classes_")
        postings = list(as_postings(X))
        if self.remember:
            gist = self._gist(postings, self.reader_.priors, self.reader_.boilerplate)
            return self.probabilities(self.answers(gist.known_to(self.reader_.lexicon)))
        parts = [
            self.probabilities(self.answers(self.reader_.read(batch)))
            for batch in _batches(postings)
        ]
        return np.vstack([np.zeros((0, len(ROLES))), *parts])

    def predict(self, X: Any) -> NDArray[np.str_]:
        """The most probable role of each ad."""
        probabilities = self.predict_proba(X)
        return np.asarray(self.classes_[probabilities.argmax(axis=1)])


def _batches(postings: Sequence[Posting]) -> Iterator[Sequence[Posting]]:
    return (postings[i : i + _BATCH] for i in range(0, len(postings), _BATCH))


def _reorder(coefficients: NDArray[np.float64], order: NDArray[np.int64]) -> NDArray[np.float64]:
    """Coefficients with those of the n-grams, which come first, in a new order."""
    return np.hstack((coefficients[:, order], coefficients[:, len(order) :]))
