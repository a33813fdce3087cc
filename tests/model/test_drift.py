"""Is a table like the training ads? Ranges and margins with answers worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from rolenlp.model.drift import Seen, compared, of_training, unlike
from rolenlp.schema import ROLES, as_posting
from tests.small_ads import ADS, fitted

RANGES = {
    "ads": 500,
    "words": {"mean": 200.0, "low": 100.0, "high": 300.0},
    "unknown_words": {"mean": 0.1, "low": 0.05, "high": 0.15},
    "confidence": {"mean": 0.8, "low": 0.75, "high": 0.9},
    **{f"share_{role}": {"mean": 0.25, "low": 0.2, "high": 0.3} for role in ROLES},
}
CARD = {"training_ads": RANGES}


def seen(n: int = 100, **changed: Any) -> Seen:
    """Ads alike, whose roles take turns unless one is given."""
    of = {"words": 200, "unknown_words": 0.1, "confidence": 0.8, "role": ""} | changed
    out = Seen()
    for number in range(n):
        role = of["role"] or ROLES[number % len(ROLES)]
        out.add(of["words"], of["unknown_words"], of["confidence"], role)
    return out


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({}, []),
        ({"words": 450}, []),  # 300 times 1.5
        ({"words": 451}, ["451 words an ad (there 100 to 300)"]),
        ({"words": 67}, []),  # 100 over 1.5
        ({"words": 66}, ["66 words an ad (there 100 to 300)"]),
        ({"unknown_words": 0.19}, []),
        ({"unknown_words": 0.21}, ["21% unknown words (there 5% to 15%)"]),
        ({"confidence": 0.66}, []),
        ({"confidence": 0.64}, ["confidence 0.64 on average (there 0.75 to 0.90)"]),
        (
            {"role": "product"},
            ["0% hybrid (there 20% to 30%)", "0% other", "100% product", "0% project"],
        ),
        ({"n": 40, "words": 900}, []),  # too few ads to tell
        ({"n": 0}, []),
    ],
)
def test_what_is_unlike(changed: dict[str, Any], says: list[str]) -> None:
    line = unlike(seen(**changed), CARD)
    assert bool(line) == bool(says)
    assert line.count("(there ") == len(says)
    for part in says:
        assert part in line


@pytest.mark.parametrize(
    "card",
    [{}, {"training_ads": None}, {"training_ads": {"words": 3}}, {"training_ads": {"x": {}}}],
)
def test_a_card_that_does_not_say(card: dict[str, Any]) -> None:
    assert unlike(seen(words=10_000), card) == ""
    assert compared(seen(), card)["measures"]["words"] == {"table": 200.0, "unlike": False}


def test_the_figures_side_by_side() -> None:
    figures = compared(seen(words=500), CARD)
    assert figures["ads"] == 100
    assert list(figures["measures"])[:3] == ["unknown_words", "words", "confidence"]
    assert figures["measures"]["words"] == {
        "table": 500.0,
        "mean": 200.0,
        "low": 100.0,
        "high": 300.0,
        "unlike": True,
    }


def test_the_ranges_are_those_of_sources_with_enough_ads() -> None:
    model = fitted()
    many = [as_posting(ADS[number % len(ADS)]) for number in range(130)]
    sources = ["long"] * 60 + ["short"] * 60 + ["few"] * 10
    sure = {place: ("product", 0.9 if place < 60 else 0.7) for place in range(130)}
    told = of_training(model, many, sources, sure)
    assert told["ads"] == 130
    assert told["confidence"] == {"mean": pytest.approx(0.7923, abs=1e-4), "low": 0.7, "high": 0.9}
    assert told["share_product"] == {"mean": 1.0, "low": 1.0, "high": 1.0}
    assert of_training(model, many, sources, {}) == {"ads": 0}
