"""Priors as pseudo-postings: made-up ads that state phrases, labelled by what the phrases weigh.

A classifier that is fitted on some of them knows the distinction before any label is there, and
with few labels it still does. Their labels are probabilities: an ad stands there once for each
role that it may be, with the role's probability for its weight.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from rolenlp.model.ads import ReadAds, made_up
from rolenlp.model.features import SIDES, densities, prior_weights
from rolenlp.reading.priors import Hits
from rolenlp.reading.reader import Reader
from rolenlp.schema import ROLES

N_POSTINGS = 400
# How many phrases of product, of project and of neighbours an ad of each role states on average.
_STATED = {
    "hybrid": (4.0, 4.0, 0.5),
    "other": (0.5, 0.5, 2.0),
    "product": (6.0, 1.0, 0.5),
    "project": (1.0, 6.0, 0.5),
}
_WORDS = 300
_CLAIMS, _CLAIMS_ELSE = 0.64, 0.04  # the share of titles that name a role, of its ads and of others

# The log-odds of each side's duties against neither: SLOPE * (the density of its phrases, less that
# of neighbours', less CUT), and what the title says, which is never so much that plain duties do
# not outweigh it.
_SLOPE, _CUT = 3.0, 0.7
_TITLE_SHARE, _TITLE_CLAIM, _TITLE_START = 1.25, 3.0, -1.5
_BOTH = -2.0  # how much rarer both are than either


def pseudo_postings(reader: Reader, *, seed: int = 0) -> ReadAds:
    """Ads made up of phrases, in equal parts such as each of `ROLES` might be.

    Phrases are drawn by their weights in the priors.
    """
    random = np.random.default_rng(seed)
    role = np.arange(N_POSTINGS) % len(ROLES)
    mean = np.array([_STATED[name] for name in ROLES])[role]
    count = random.poisson(mean * random.gamma(2, 0.5, (N_POSTINGS, 1)))
    _, by_pole, against = prior_weights(reader.priors)
    product, project = (_drawn(random, count[:, side], by_pole[:, side]) for side in (0, 1))
    themed = [np.concatenate(parts) for parts in zip(_parts(product), _parts(project), strict=True)]
    order = np.argsort(themed[1], kind="stable")
    ads = made_up(
        reader,
        Hits(*(part[order] for part in themed)),
        _drawn(random, count[:, 2], against),
        random.lognormal(np.log(_WORDS), 0.5, N_POSTINGS).astype(np.int64),
    )
    names = [[name in (side, "hybrid") for side in SIDES] for name in ROLES]
    share = np.where(np.array(names)[role], _CLAIMS, _CLAIMS_ELSE)
    return replace(ads, title_hits=random.random(share.shape) < share)


def prior_probabilities(ads: ReadAds) -> NDArray[np.float64]:
    """The roles by the weights of phrases and the claims of titles alone: shape (n_ads, 4)."""
    _, by_pole, against = prior_weights(ads.reader.priors)
    phrases, neighbours = densities(ads, ads.reader.priors)
    sides = _SLOPE * (phrases @ by_pole - (neighbours @ against)[:, None] - _CUT)
    sides = sides * (ads.n_words > 0)[:, None]  # what has no text says nothing by it
    if ads.title_hits.any():
        sides = sides + _TITLE_SHARE * (_TITLE_CLAIM * ads.title_hits + _TITLE_START)
    product, project = sides.T
    each = {
        "hybrid": product + project + _BOTH,
        "other": np.zeros(len(ads)),
        "product": product,
        "project": project,
    }
    return np.asarray(softmax(np.column_stack([each[name] for name in ROLES]), axis=1))


def _drawn(
    random: np.random.Generator, count: NDArray[np.int64], weight: NDArray[np.float64]
) -> Hits:
    """So many phrases for each ad, each drawn as often as its weight says; none without weights."""
    if not weight.sum():
        count = np.zeros_like(count)
        weight = np.ones(1)
    phrase = random.choice(len(weight), int(count.sum()), p=weight / weight.sum())
    nowhere = np.zeros(len(phrase), np.int64)
    return Hits(phrase, np.repeat(np.arange(len(count)), count), nowhere, nowhere)


def _parts(hits: Hits) -> tuple[NDArray[np.int64], ...]:
    return hits.phrase, hits.text, hits.start, hits.end
