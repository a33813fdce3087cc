"""What is fitted on what: all that `RoleClassifier.fit` does.

1. The reader learns which words are known, and the features which n-grams. No label is looked at.
2. An ad is seen in three views: as it is, without its title, without its text. In each view a
   classifier is fitted on the features of the labelled ads, of pseudo-postings (see
   `rolenlp.model.pseudo_postings`), of mixtures of a product ad and a project ad, which stand for
   hybrids, and of ads of one side with a title of the other, so that titles do not overrule duties.
3. Ads are answered by fits that went without their sources. On these answers each view's
   temperature is fitted, and the thresholds that keep a promise of precision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression

from rolenlp.model.ads import NO_HITS, AdReader, ReadAds, has_title, made_up, read_ads
from rolenlp.model.ads_seen import ad_hashes, remembered
from rolenlp.model.calibration import (
    inverse_temperature,
    moved,
    precision_thresholds,
    tempered,
)
from rolenlp.model.corrections import going_on
from rolenlp.model.features import as_input, density, role_features, transformed
from rolenlp.model.fitted import Fitted, HeldOut, View
from rolenlp.model.fitting import Rows, answers, crossed_titles, fit, mixed_hybrids
from rolenlp.model.pseudo_postings import prior_probabilities, pseudo_postings
from rolenlp.model.targets import Targets, balance, by_class, shares_of
from rolenlp.model.themes import ThemeOdds
from rolenlp.reading.priors import Hits, Priors
from rolenlp.reading.reader import Reader
from rolenlp.schema import DUTIES_VIEW, MAIN_VIEW, POLES, ROLES, TITLE_VIEW

# Without a title the roles are weighed as a search for product and project managers brings them
# up, with one as they come: that serves best where sources are left out.
DUTIES_MIX = {"hybrid": 0.03, "other": 0.42, "product": 0.25, "project": 0.30}
_USUAL_WORDS = 300  # of the ad in which a phrase is weighed
DEFAULT = LogisticRegression(C=5.0, tol=1e-3, max_iter=1000)
_UNLIKELY = 0.02  # a pseudo-posting does not stand for a class that is less likely than this
_FEWEST_TO_CALIBRATE = 50  # ads held out; below, the calibration of a base is kept

SHOWN: Mapping[str, Callable[[ReadAds], ReadAds]] = {
    MAIN_VIEW: lambda read: read,
    DUTIES_VIEW: ReadAds.without_titles,
    TITLE_VIEW: ReadAds.without_texts,
}


class Settings(Protocol):
    """What a `RoleClassifier` is told of how to learn: its parameters but for `classes`."""

    features: Any
    classifier: Any
    priors: Priors | None
    prior_strength: float
    mixed_hybrids: int
    role_prior: Mapping[str, float] | None
    boilerplate: Mapping[str, float] | None
    min_postings: int
    min_sources: int


def learn(settings: Settings, X: Any, told: Targets, base: Fitted | None = None) -> Fitted:
    """What a model with these settings learns of the ads `X` and of what was told of them.

    With a `base` its words and features stay, and each view goes on from its classifier.
    """
    read, features = _features(settings, X, told, base)
    training = {view: _training(settings, view, read, features, told, base) for view in SHOWN}

    def fitted(view: str, rows: NDArray[np.int64]) -> Any:
        labelled, made_up = training[view]
        labelled = labelled.of(rows)
        if base is not None and not labelled.weight.any():
            return base.views[view].classifier  # nothing speaks against it
        mixed = mixed_hybrids(labelled, told.roles, settings.mixed_hybrids)
        every = labelled.then(mixed).then(made_up)
        if view == MAIN_VIEW:
            duties, titles = (training[part][0].of(rows) for part in (DUTIES_VIEW, TITLE_VIEW))
            every = every.then(crossed_titles(duties, titles, told.roles))
        if base is None:
            return fit(settings.classifier or DEFAULT, every, len(told.classes))
        return going_on(base.views[view].classifier, settings.classifier or DEFAULT, every)

    views: Mapping[str, View] = {view: View(fitted(view, np.arange(len(read)))) for view in SHOWN}
    folds = told.folds()
    if base is not None and sum(map(len, folds)) < _FEWEST_TO_CALIBRATE:
        views = {
            view: View(each.classifier, base.views[view].inverse_temperature)
            for view, each in views.items()
        }
        mix, thresholds = base.role_mix, base.thresholds
        held_out = HeldOut()
    else:
        given = {view: np.zeros((len(read), len(told.classes))) for view in SHOWN}
        for rows in folds:
            others = np.setdiff1d(np.arange(len(read)), rows)
            for view, (labelled, _) in training.items():
                without = fitted(view, others)
                given[view][rows] = answers(without, labelled.X[rows], len(told.classes))
        held = np.concatenate((np.zeros(0, np.int64), *folds))
        held = held[told.calibrating[held] > 0]
        views, mix, thresholds, held_out = _calibrated(
            settings, views, given, held, told, has_title(read)
        )
    themes = None if base is None else base.themes
    if told.stated is not None:
        themes = ThemeOdds.fit(training[DUTIES_VIEW][0].X, told.stated, told.weight)
    return Fitted(
        told.classes,
        told.roles,
        len(read) + (0 if base is None else base.n_postings),
        read.reader,
        features,
        views,
        themes,
        mix,
        thresholds,
        _phrase_effects(features, read.reader, views[DUTIES_VIEW], told.roles),
        held_out,
        remembered(ad_hashes(read.postings), None if base is None else base.ads_seen),
    )


def _features(
    settings: Settings, X: Any, told: Targets, base: Fitted | None
) -> tuple[ReadAds, Any]:
    """The ads as read, and the features fitted on them, or those of the base."""
    if base is not None:
        old = base.reader
        read = X if isinstance(X, ReadAds) else read_ads(X, old.priors, old.boilerplate)
        return read.known_to(old), base.features
    how: dict[str, Any] = {
        "priors": settings.priors,
        "boilerplate": settings.boilerplate,
        "min_postings": settings.min_postings,
        "min_sources": settings.min_sources,
    }
    read = AdReader(**how).fit_transform(X, sources=told.sources)
    features = role_features(**how) if settings.features is None else clone(settings.features)
    return read, features.fit(as_input(features, read))


def _training(
    settings: Settings,
    view: str,
    read: ReadAds,
    features: Any,
    told: Targets,
    base: Fitted | None,
) -> tuple[Rows, Rows]:
    """The labelled ads as a view shows them, and its pseudo-postings."""
    X = transformed(features, as_input(features, SHOWN[view](read)))
    weight = told.weight * (has_title(read) if view == TITLE_VIEW else 1)
    if view != MAIN_VIEW and any(told.roles) and len(read):
        weight = weight * balance(told.label, weight, shares_of(DUTIES_MIX, told.roles))
    labelled = Rows(X, told.label, weight)
    pseudo = SHOWN[view](pseudo_postings(read.reader))
    if not settings.prior_strength or as_input(features, pseudo) is not pseudo:
        return labelled, labelled.of(np.zeros(0, np.int64))
    X = transformed(features, pseudo)
    if base is None:
        likely = prior_probabilities(pseudo) @ by_class(told.roles)
    else:
        likely = answers(base.views[view].classifier, X, len(told.classes))
    row, label = np.nonzero(likely > _UNLIKELY)
    strength = settings.prior_strength if labelled.weight.any() else 1.0  # against no label
    return labelled, Rows(X[row], label, strength * likely[row, label])


def _calibrated(
    settings: Settings,
    views: Mapping[str, View],
    given: Mapping[str, NDArray[np.float64]],
    held: NDArray[np.int64],
    told: Targets,
    has_title: NDArray[np.bool_],
) -> tuple[Mapping[str, View], NDArray[np.float64], NDArray[np.float64], HeldOut]:
    """Views with their temperatures, the mix of roles that they hold for, thresholds, and answers.

    `given` are the probabilities, by view, that the ads `held` got from fits without them.
    """
    label, weight, titled = told.label[held], told.calibrating[held], has_title[held]
    inverse = {
        view: inverse_temperature(each[held], label, weight * (titled | (view == DUTIES_VIEW)))
        for view, each in given.items()
    }
    mix = told.shares()
    duties, both = (tempered(given[view][held], inverse[view]) for view in (DUTIES_VIEW, MAIN_VIEW))
    if settings.role_prior is not None:
        asked = shares_of(settings.role_prior, told.roles)
        duties, both = (moved(each, mix, asked) for each in (duties, both))
        weight = weight * balance(label, weight, asked)
    thresholds = np.stack(
        [
            precision_thresholds(duties, label, weight),
            precision_thresholds(both[titled], label[titled], weight[titled]),
        ]
    )
    both = np.where(titled[:, None], both, duties)
    views = {view: View(each.classifier, inverse[view]) for view, each in views.items()}
    return views, mix, thresholds, HeldOut(held, duties, both)


def _phrase_effects(
    features: Any, reader: Reader, view: View, roles: Sequence[str]
) -> NDArray[np.float64]:
    """How far each phrase, as dense as 1, moves the log-odds of product against project.

    Asked of the classifier, whatever its kind: by ads of a usual length that state one phrase
    each, against an ad that states none. What its weight says where it cannot be asked.
    """
    priors = reader.priors
    n = len(priors.phrases)
    by_weight = np.array(
        [p.weight * (1 if POLES[p.theme] == "product" else -1) for p in priors.phrases]
    )
    each = np.arange(n)
    ads = made_up(reader, Hits(each, each, each, each), NO_HITS, np.full(n + 1, _USUAL_WORDS))
    if as_input(features, ads) is not ads or not {"product", "project"} <= set(roles):
        return by_weight
    given = answers(view.classifier, transformed(features, ads), len(roles))
    sides = np.log(np.maximum(given @ by_class(roles).T, 1e-12))
    odds = sides[:, ROLES.index("product")] - sides[:, ROLES.index("project")]
    return np.asarray((odds[:n] - odds[n]) / density(np.array([_USUAL_WORDS])))
