"""Which ads need a person: kinds in turns, doubt first, repeats once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolenlp.schema import Prediction
from rolenlp.train.active_learning import Candidate, Shortlist, choose, doubt, kind, signature

# Texts that share no four words in a row.
WORDS = "own plan sell build teach drive bake audit repair greet".split()


def shares(**given: float) -> Prediction:
    every = dict.fromkeys(("product", "project", "hybrid", "other"), 0.0) | given
    return Prediction(role=max(every, key=lambda role: every[role]), probabilities=every)


def ad(row: int, verdict: Prediction, text: str = "", source: str = "") -> Candidate:
    own = " ".join(f"{word}{row}" for word in WORDS)
    return Candidate(row, "", text or own, source, verdict)


TORN = shares(product=0.45, other=0.4, project=0.15)  # by 0.05
CLEAR = shares(product=0.8, other=0.15, project=0.05)
PLANS = shares(project=0.6, other=0.35, product=0.05)
BOTH = shares(project=0.5, product=0.3, hybrid=0.2)


@pytest.mark.parametrize(
    ("verdict", "roles"),
    [
        (TORN, ("other", "product")),
        (PLANS, ("other", "project")),
        (BOTH, ("product", "project")),
        (shares(other=1.0), ("hybrid", "other")),  # ties by the alphabet
    ],
)
def test_a_kind_is_the_two_roles_in_question(verdict: Prediction, roles: tuple[str, str]) -> None:
    assert kind(verdict) == roles


def test_doubt_is_the_margin_and_less_where_title_and_duties_disagree() -> None:
    assert doubt(TORN) == pytest.approx(0.05)
    against = Prediction(role="product", probabilities=TORN.probabilities, conflict=True)
    assert doubt(against) < doubt(TORN)


@pytest.mark.parametrize(
    ("ads", "limit", "rows"),
    [
        ([], 3, []),
        ([ad(1, CLEAR), ad(2, TORN)], 9, [2, 1]),
        ([ad(1, CLEAR), ad(2, TORN)], 1, [2]),
        # Kinds take turns, though the second ad of the first kind is more in doubt.
        ([ad(1, TORN), ad(2, TORN), ad(3, PLANS), ad(4, BOTH)], 4, [1, 4, 3, 2]),
        ([ad(1, TORN, "the same"), ad(2, TORN, "The same!"), ad(3, CLEAR)], 3, [1, 3]),
        # Of one kind and nearly one doubt, another source comes first.
        ([ad(1, TORN, "", "a"), ad(2, TORN, "", "a"), ad(3, TORN, "", "b")], 3, [1, 3, 2]),
    ],
)
def test_what_is_chosen(ads: list[Candidate], limit: int, rows: list[int]) -> None:
    assert [each.row for each in choose(ads, limit)] == rows


def test_the_order_of_a_table_does_not_matter() -> None:
    ads = [ad(row, verdict) for row, verdict in enumerate([TORN, CLEAR, PLANS, BOTH] * 5)]
    assert choose(ads, 12) == choose(ads[::-1], 12)


def test_a_shortlist_is_bounded_and_keeps_what_is_most_in_doubt() -> None:
    kept = Shortlist(2)
    for row in range(1000):
        kept.add(ad(row, shares(product=0.5 + row / 3000, other=0.5 - row / 3000)))
        kept.add(ad(-row, shares(product=0.5, other=0.5), "the same each time"))
    rows = [each.row for each in kept]
    assert len(rows) == 16
    assert set(range(1, 10)) <= set(rows)
    assert sum(each.text == "the same each time" for each in kept) == 1


@given(st.text(), st.text())
def test_signatures_tell_equal_from_different(one: str, other: str) -> None:
    assert (signature(one) == signature(one.upper().lower())).mean() >= 0  # takes any text
    if one.lower().split() == other.lower().split():
        assert (signature(one) == signature(other)).all()


def test_signatures_measure_what_is_in_common() -> None:
    words = [f"word{number}" for number in range(400)]
    first, second = words[:300], words[100:]  # 197 of 397 shingles in common
    alike = (signature(" ".join(first)) == signature(" ".join(second))).mean()
    assert alike == pytest.approx(197 / 397, abs=0.15)
