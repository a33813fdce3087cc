"""Twice the text takes twice the work, in each step that a text goes through."""

from __future__ import annotations

import pytest

from tests.hostile.work_texts import FLOODS, STEPS_OF_READING, ends, steps

_SHORT, _SLACK = 800, 400
_LONG = 100_000  # as long as an ad can be; the square of it is 10 billion steps
_SHORTER = {"quotes": 50_000, "explain": 20_000}  # what they take again is tried at length
_SECONDS = 20


@pytest.mark.parametrize("step", STEPS_OF_READING)
def test_twice_the_text_takes_twice_the_lines(step: str) -> None:
    work = STEPS_OF_READING[step]
    more = {}
    for name, make in FLOODS.items():
        work(make(2 * _SHORT))  # what is remembered from then on is no work of a text
        once, twice = steps(work, make(_SHORT)), steps(work, make(2 * _SHORT))
        if twice > 2.1 * once + _SLACK:
            more[name] = (once, twice)
    assert more == {}


@pytest.mark.parametrize("step", STEPS_OF_READING)
def test_a_long_text_ends(step: str) -> None:
    texts = {name: make(_SHORTER.get(step, _LONG)) for name, make in FLOODS.items()}
    assert ends(STEPS_OF_READING[step], texts, _SECONDS) == ""


def test_what_takes_the_square_is_seen() -> None:
    def pairs(text: str) -> int:
        return sum(one == other for one in text for other in text)

    assert steps(pairs, "a" * 400) > 3 * steps(pairs, "a" * 200)
    assert ends(lambda text: [text.count("a") for _ in text], {"a": "a" * _LONG * 20}, 1) == "a"
