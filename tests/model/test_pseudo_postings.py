"""Priors as made-up ads: drawn by their weights, labelled by what they weigh."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rolenlp.model.ads import AdReader, ReadAds
from rolenlp.model.pseudo_postings import N_POSTINGS, prior_probabilities, pseudo_postings
from rolenlp.schema import ROLES
from tests.model.conftest import small
from tests.small_ads import HYBRID, OTHER, PRODUCT, PROJECT, shipped_phrases, small_priors


def made(**settings: Any) -> ReadAds:
    reader = AdReader(priors=small_priors(), boilerplate={}).fit([]).reader_
    return pseudo_postings(reader, **settings)


def test_they_are_drawn_by_chance_but_the_same_each_time() -> None:
    one, same, other = made(), made(), made(seed=1)
    assert one.shape == (N_POSTINGS,)
    assert one.hits.phrase.tolist() == same.hits.phrase.tolist() != other.hits.phrase.tolist()
    assert np.all(np.diff(one.hits.text) >= 0)


def test_phrases_are_drawn_by_their_weights() -> None:
    phrases = small_priors().phrases
    counts = np.bincount(made().hits.phrase, minlength=len(phrases))
    of = {phrase.text: n for phrase, n in zip(phrases, counts, strict=True)}
    # 3 * 3 against 1 * 3 of vision: weights times the factor of the theme
    assert of["product roadmap"] / of["vision"] == pytest.approx(3, rel=0.25)


@pytest.mark.parametrize(
    ("role", "most", "least"),
    [("product", "product", "project"), ("project", "project", "product")],
)
def test_a_role_states_its_own_phrases(role: str, most: str, least: str) -> None:
    ads = made()
    own = np.arange(N_POSTINGS) % 4 == ROLES.index(role)
    likely = prior_probabilities(ads)[own].mean(axis=0)
    assert likely.argmax() == ROLES.index(most)
    assert likely[ROLES.index(most)] > 5 * likely[ROLES.index(least)]
    sides = ads.title_hits[own].mean(axis=0)  # 64% of its titles claim it, 4% claim the other
    assert sides[("product", "project").index(role)] == pytest.approx(0.64, abs=0.15)
    assert sides.min() < 0.12


def test_the_prior_of_ads_that_state_no_phrase_is_other() -> None:
    reader = AdReader(priors=small_priors(), boilerplate={}).fit([])
    (given,) = prior_probabilities(reader.transform(["Bake the bread of a village."]))
    # each side at 3 * (0 - 0.7), both at twice that less 2, against 0
    odds = np.exp([-2.1 - 2.1 - 2, 0, -2.1, -2.1])
    np.testing.assert_allclose(given, odds / odds.sum())


def test_phrases_alone_know_the_roles() -> None:
    model = shipped_phrases()
    for role, texts in (("product", PRODUCT), ("project", PROJECT), ("other", OTHER)):
        assert np.mean(model.predict(texts) == role) >= 0.75, role
    both = model.predict_proba(["\n".join(HYBRID)])[0]
    assert both[[ROLES.index("hybrid"), ROLES.index("product"), ROLES.index("project")]].sum() > 0.9


def test_their_strength_is_a_setting() -> None:
    """Labels that say the contrary of the phrases win the sooner the less these weigh."""
    ads = ["Own the product roadmap.", "Keep the risk register."] * 8
    roles = ["project", "product"] * 8
    project = [
        small(prior_strength=strength).fit(ads, roles).predict_proba(ads[:1])[0, -1]
        for strength in (10.0, 0.1, 0.0)
    ]
    assert project[0] < project[1] < project[2]
