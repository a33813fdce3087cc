"""RoleClassifier: postings in, calibrated probabilities of the four roles out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from rolenlp.model.calibration import PRECISIONS
from rolenlp.model.features import Grams
from rolenlp.model.fitted import Calibrators, Fitted, HeldOut
from rolenlp.model.heads import Blocks, Heads, LogOdds
from rolenlp.reading.priors import Priors
from rolenlp.reading.reader import Reader, Reading
from rolenlp.schema import ROLES, Posting, as_postings

if TYPE_CHECKING:
    from rolenlp.model.cache import ReadAds

__all__ = ["ROLE_PRIOR", "RoleClassifier"]

# The shares of the roles that probabilities are calibrated for, unless other ones are given:
# those of a table that a search for product and project managers brings up.
ROLE_PRIOR = {"hybrid": 0.03, "other": 0.42, "product": 0.25, "project": 0.30}

_BATCH = 1024  # ads read at a time, where nothing of a table waits for them


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
        `rolenlp.reading.masks`); None for the table that ships with rolenlp, {} to read all.
    gram_scale, pair_scale, phrase_scale
        Prior standard deviations of the coefficients of words, of pairs of words (around 0) and
        of phrases (around their weights); larger ones let labels move them further.
    remember
        How many ads a process keeps what it read of, so that a search of settings or a
        cross-validation does not read them again for each fit and judgement: all ads of the
        search, or none where there are more. 0 keeps none. It changes no answer.
    """

    # What learning, or a model file, sets.
    classes_: NDArray[np.str_]
    n_postings_: int
    reader_: Reader
    lemmas_: Mapping[str, str]
    body_grams_: Grams
    title_grams_: Grams
    heads_: Heads
    theme_heads_: NDArray[np.float64] | None
    calibrators_: Calibrators
    thresholds_: NDArray[np.float64]
    held_out_: HeldOut

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
        base: RoleClassifier | None = None,
    ) -> Self:
        """Fit on ads and their roles. No ads at all leave a model that knows the phrases alone.

        `X` is a DataFrame with ``text`` and perhaps ``title``, or any sequence of ads; `y` holds
        `ROLES`. Where `sources` (one value an ad: its board, say) has three or more values,
        calibration and thresholds come from sources that were left out of the fit, otherwise
        from random folds. `calibration_weight` says how much each ad counts there, in place of
        `sample_weight`: 0 for ads that were drawn because they are hard, where the others are as
        ads come, and the full weight for ads whose label is unsure, or a promise of precision
        would be one for clear ads only. `themes` names the themes that each ad states, for a
        model whose theme counts tell a theme stated from one whose words are used. `base` is a
        fitted model to go on from, see `rolenlp.model.warm_start`; phrases and boilerplate are then
        its. Raises ValueError for roles, weights, sources, themes or a `role_prior` that do not fit
        the ads.
        """
        # Who judges has no use for what learning takes to load.
        from rolenlp.model.learning import Targets, learn

        postings = list(as_postings(X))
        told = Targets.of(
            len(postings),
            y,
            sources,
            sample_weight,
            calibration_weight,
            themes,
            self.role_prior or ROLE_PRIOR,
        )
        return self.take(learn(self, postings, told, base))

    def take(self, fitted: Fitted) -> Self:
        """Be the model that was fitted, or read from a file."""
        for field in fields(fitted):
            setattr(self, f"{field.name}_", getattr(fitted, field.name))
        return self

    def read_ads(
        self, postings: Sequence[Posting], priors: Priors, boilerplate: Mapping[str, float]
    ) -> ReadAds:
        """What is remembered of ads, or read now, with a lexicon that knows all their words."""
        from rolenlp.model.cache import ReadingCache

        make = ReadingCache.of_process if self.remember else ReadingCache
        return make(priors, boilerplate).read(postings, self.remember)

    def log_odds(self, reading: Reading | ReadAds) -> LogOdds:
        """The two questions answered for a batch that `reader_` has read, and its themes' too."""
        blocks = self._blocks(reading)
        answers = self.heads_.log_odds(blocks)
        if self.theme_heads_ is None:
            return answers
        return replace(answers, themes=blocks.duties @ self.theme_heads_.T)

    def _blocks(self, reading: Reading | ReadAds) -> Blocks:
        return Blocks.of(reading, self.body_grams_, self.title_grams_, self.reader_.priors)

    def probabilities(self, answers: LogOdds) -> NDArray[np.float64]:
        """The roles by duties and title, or by one of them where the other is not there."""
        return self.calibrators_.probabilities(answers)

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
            read_ads = self.read_ads(postings, self.reader_.priors, self.reader_.boilerplate)
            return self.probabilities(self.log_odds(read_ads.known_to(self.reader_.lexicon)))
        parts = [
            self.probabilities(self.heads_.log_odds(self._blocks(self.reader_.read(batch))))
            for batch in _batches(postings)
        ]
        return np.vstack([np.zeros((0, len(ROLES))), *parts])

    def predict(self, X: Any) -> NDArray[np.str_]:
        """The most probable role of each ad."""
        probabilities = self.predict_proba(X)
        return np.asarray(self.classes_[probabilities.argmax(axis=1)])


def _batches(postings: Sequence[Posting]) -> Iterator[Sequence[Posting]]:
    return (postings[i : i + _BATCH] for i in range(0, len(postings), _BATCH))
