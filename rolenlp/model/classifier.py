"""RoleClassifier: postings in, calibrated probabilities of the four roles out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import islice
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from rolenlp.model.ads import ReadAds, TakesAds, has_title
from rolenlp.model.calibration import PRECISIONS, estimated_mix, moved, tempered
from rolenlp.model.features import as_input, transformed
from rolenlp.model.fitted import Fitted, HeldOut, View
from rolenlp.model.fitting import answers
from rolenlp.model.targets import by_class, shares_of
from rolenlp.model.themes import ThemeOdds
from rolenlp.reading.priors import Priors
from rolenlp.reading.reader import Reader, Reading
from rolenlp.schema import DUTIES_VIEW, MAIN_VIEW, ROLES, TITLE_VIEW, as_postings

_BATCH = 1024  # ads read at a time, where nothing of a table waits for them


@dataclass(frozen=True)
class Answers:
    """What a model says of some ads: probabilities of `ROLES`, shape (n_ads, 4), and more.

    `title` are those by the title alone, `themes`, shape (n_ads, 6), the log-odds that each theme
    is stated, None where the model was not told themes.
    """

    probabilities: NDArray[np.float64]
    title: NDArray[np.float64]
    has_title: NDArray[np.bool_]
    themes: NDArray[np.float64] | None


class RoleClassifier(TakesAds, ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Which role does a job ad describe, by its duties first and its title second?

    What is fitted on what stands in `rolenlp.model.learning`.

    Parameters
    ----------
    features
        A transformer of ads into numbers that looks at no label; None for
        `rolenlp.model.features.role_features`. Where a part of it is one of
        `rolenlp.model.features` it is given `ReadAds`, else a DataFrame with ``title`` and
        ``text``.
    classifier
        Any classifier of scikit-learn's kind with ``predict_proba``; None for a
        `LogisticRegression`. One that takes no ``sample_weight`` is fitted without weights.
    classes
        What labels stand for. None: labels are roles. A mapping from label to role, or a sequence,
        whose item `i` is the role of the label `i`; None in it for a label that is no role.
        ``"any"``: every label will do, and those that are spelt as roles are roles.
    priors
        Phrases of the themes; None for those that ship with rolenlp.
    prior_strength
        The weight of each of 400 pseudo-postings made of the phrases, where a labelled ad has 1; 0
        leaves them out.
    mixed_hybrids
        How many hybrids, at most, are made by adding up a product ad and a project ad.
    role_prior
        Role -> share of the roles where the model will be used; None for the shares of the ads
        that it is calibrated on.
    boilerplate
        Word -> how far it speaks for what ads say beside the job, which is not read (see
        `rolenlp.reading.masks`); None for the table that ships with rolenlp, {} to read all.
    min_postings
        How many postings must hold a word or a pair of words for it to be used.
    min_sources
        Of how many sources these must be, where `fit` is told sources.

    Attributes
    ----------
    classes_
        The labels that were seen, sorted; the four roles where there was no ad.
    roles_
        The role of each, "" for none.
    features_
        The fitted features.
    views_
        For each view of an ad its classifier and inverse temperature.
    role_mix_
        The shares of `classes_` that probabilities hold for, unless others are asked for.
    held_out_
        What ads of the fit were answered by fits without them.
    ads_seen_
        Hashes of the ads of the fit and of its base, see `rolenlp.model.ads_seen`; None where a
        file does not tell.

    Examples
    --------
    >>> model = RoleClassifier().fit([], [])
    >>> str(model.predict(["You own the product vision, the roadmap and its strategy."])[0])
    'product'
    """

    # What learning, or a model file, sets.
    classes_: NDArray[Any]
    roles_: tuple[str, ...]
    n_postings_: int
    reader_: Reader
    features_: Any
    views_: Mapping[str, View]
    themes_: ThemeOdds | None
    role_mix_: NDArray[np.float64]
    thresholds_: NDArray[np.float64]
    phrase_effects_: NDArray[np.float64]
    held_out_: HeldOut
    ads_seen_: NDArray[np.uint64] | None

    def __init__(
        self,
        *,
        features: Any = None,
        classifier: Any = None,
        classes: Mapping[Any, str | None] | Sequence[str | None] | str | None = None,
        priors: Priors | None = None,
        prior_strength: float = 0.5,
        mixed_hybrids: int = 300,
        role_prior: Mapping[str, float] | None = None,
        boilerplate: Mapping[str, float] | None = None,
        min_postings: int = 8,
        min_sources: int = 3,
    ) -> None:
        self.features = features
        self.classifier = classifier
        self.classes = classes
        self.priors = priors
        self.prior_strength = prior_strength
        self.mixed_hybrids = mixed_hybrids
        self.role_prior = role_prior
        self.boilerplate = boilerplate
        self.min_postings = min_postings
        self.min_sources = min_sources

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Sequence[float] | None = None,
        *,
        sources: Sequence[object] | None = None,
        calibration_weight: Sequence[float] | None = None,
        themes: Sequence[Collection[str]] | None = None,
        base: RoleClassifier | None = None,
    ) -> Self:
        """Fit on ads and their roles. No ads at all leave a model that knows the phrases alone.

        `X` is a DataFrame with ``text`` and perhaps ``title``, any sequence of ads, or
        `rolenlp.model.ads.ReadAds`; `y` holds a label an ad. Where `sources` (one value an ad: its
        board, say) has three or more values, calibration and thresholds come from sources that
        were left out of the fit, otherwise from random folds. `calibration_weight` says how much
        each ad counts there, in place of `sample_weight`: 0 for ads that were drawn because they
        are hard, where the others are as ads come, and the full weight for ads whose label is
        unsure, or a promise of precision would be one for clear ads only. `themes` names the
        themes that each ad states, for a model whose theme counts tell a theme stated from one
        whose words are used. `base` is a fitted model to go on from, see
        `rolenlp.model.corrections`; words, phrases and features are then its. Raises ValueError
        for labels, weights, sources, themes or a `role_prior` that do not fit the ads.
        """
        # Who judges has no use for what learning takes to load.
        from rolenlp.model.learning import learn
        from rolenlp.model.targets import Targets

        start = None if base is None else base.fitted
        ads = X if isinstance(X, ReadAds) else list(as_postings(X))
        told = Targets.of(
            len(ads),
            y,
            self.classes,
            sources=sources,
            sample_weight=sample_weight,
            calibration_weight=calibration_weight,
            themes=themes,
            base=start,
        )
        if self.role_prior is not None:
            shares_of(self.role_prior, told.roles)
        with _own_output():
            return self.take(learn(self, ads, told, start))

    @property
    def fitted(self) -> Fitted:
        """What was fitted, or read from a file, without the parameters."""
        return Fitted(**{field.name: getattr(self, f"{field.name}_") for field in fields(Fitted)})

    def take(self, fitted: Fitted) -> Self:
        """Be the model that was fitted, or read from a file."""
        for field in fields(fitted):
            setattr(self, f"{field.name}_", getattr(fitted, field.name))
        return self

    def answer(
        self, read: Reading | ReadAds, role_prior: Mapping[str, float] | None = None
    ) -> Answers:
        """What is said of ads that were read with `reader_`; `role_prior` as in `predict_proba`."""
        X = self._rows(read)
        title = self._view(TITLE_VIEW, self._rows(self._kept(read).without_texts()))
        return Answers(
            self._by_role(self._probabilities(X, read, role_prior)),
            self._by_role(title),
            has_title(read),
            None if self.themes_ is None else self.themes_.log_odds(X),
        )

    def _rows(self, read: Reading | ReadAds) -> Any:
        with _own_output():
            return transformed(self.features_, as_input(self.features_, read))

    def _kept(self, read: Reading | ReadAds) -> ReadAds:
        return read if isinstance(read, ReadAds) else ReadAds.of(read, self.reader_)

    def _view(self, view: str, X: Any) -> NDArray[np.float64]:
        used = self.views_[view]
        with _own_output():
            given = answers(used.classifier, X, len(self.classes_))
        return tempered(given, used.inverse_temperature)

    def _probabilities(
        self, X: Any, read: Reading | ReadAds, role_prior: Mapping[str, float] | None
    ) -> NDArray[np.float64]:
        """By the view of each ad: with its title, or without where it has none."""
        titled = has_title(read)
        out = np.zeros((X.shape[0], len(self.classes_)))
        for view, rows in ((MAIN_VIEW, titled), (DUTIES_VIEW, ~titled)):
            if rows.any():
                out[rows] = self._view(view, X if rows.all() else X[np.flatnonzero(rows)])
        prior = self.role_prior if role_prior is None else role_prior
        return out if prior is None else moved(out, self.role_mix_, shares_of(prior, self.roles_))

    def _by_role(self, by_class_: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities of `ROLES` from those of the classes."""
        if self.roles_ == ROLES:
            return by_class_
        return by_class_ @ (by_class(self.roles_).T > 0)

    def thresholds(self, min_precision: float) -> NDArray[np.float64]:
        """The least confidence that keeps a precision: shape (2, 4), without and with a title.

        Columns as in `ROLES`, infinite for a role that the model does not know. Raises ValueError
        outside 0.5 to 0.99.
        """
        if not PRECISIONS[0] <= min_precision <= PRECISIONS[-1]:
            raise ValueError(
                f"min_precision is {min_precision}; it can be {PRECISIONS[0]} to {PRECISIONS[-1]}"
            )
        least = self.thresholds_[:, :, np.searchsorted(PRECISIONS, min_precision - 1e-9)]
        of_role = [[at for at, of in enumerate(self.roles_) if of == role] for role in ROLES]
        return np.column_stack(
            [least[:, at].max(axis=1, initial=0) if at else [np.inf] * 2 for at in of_role]
        )

    def predict_proba(
        self, X: Any, *, role_prior: Mapping[str, float] | None = None
    ) -> NDArray[np.float64]:
        """Calibrated probabilities, shape (n_ads, n_classes), columns as in `classes_`.

        `role_prior` are the shares of the roles among the ads, in place of those that the model
        was calibrated for; probabilities are moved to them by Bayes' rule.
        """
        check_is_fitted(self, "classes_")
        parts = [np.zeros((0, len(self.classes_)))]
        for read in self._read(X):
            parts.append(self._probabilities(self._rows(read), read, role_prior))
        return np.vstack(parts)

    def predict(self, X: Any, *, role_prior: Mapping[str, float] | None = None) -> NDArray[Any]:
        """The most probable class of each ad."""
        probabilities = self.predict_proba(X, role_prior=role_prior)
        return np.asarray(self.classes_[probabilities.argmax(axis=1)])

    @property
    def role_mix(self) -> dict[str, float]:
        """The shares of the roles that probabilities hold for, unless others are asked for."""
        prior = self.role_prior
        mix = self.role_mix_ if prior is None else shares_of(prior, self.roles_)
        return dict(zip(ROLES, self._by_role(mix[None])[0].tolist(), strict=True))

    def estimate_role_mix(self, X: Any) -> dict[str, float]:
        """The shares of the roles among the ads, as `rolenlp.model.calibration.estimated_mix` says.

        They can be passed on as ``role_prior``.
        """
        known = shares_of(self.role_mix, self.roles_)
        mix = estimated_mix(self.predict_proba(X), known)
        return dict(zip(ROLES, self._by_role(mix[None])[0].tolist(), strict=True))

    def _read(self, X: Any) -> Iterator[Reading | ReadAds]:
        if isinstance(X, ReadAds):
            yield X.known_to(self.reader_)
            return
        ads = iter(as_postings(X))
        while batch := list(islice(ads, _BATCH)):
            yield self.reader_.read(batch)


def _own_output() -> Any:
    """What transformers within give is theirs, whatever ``sklearn.set_config`` asks of others."""
    return config_context(transform_output="default")
