"""Times of things that do the same work, taken in turns, so that what slows one slows all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import median

__all__ = ["Measure", "in_turns", "ratio", "ratios"]

# Does its work and says how many seconds a unit of it took. It is told the round: 0 is a warm-up.
Measure = Callable[[int], float]


def in_turns(measures: Mapping[str, Measure], rounds: int) -> dict[str, list[float]]:
    """The seconds of each for so many rounds, A B C A B C ..., after one that does not count."""
    seconds: dict[str, list[float]] = {name: [] for name in measures}
    for number in range(rounds + 1):
        for name, measure in measures.items():
            took = measure(number)
            if number:
                seconds[name].append(took)
    return seconds


def ratios(seconds: Sequence[float], reference: Sequence[float]) -> list[float]:
    """How many times the reference's seconds, round by round."""
    return [mine / its for mine, its in zip(seconds, reference, strict=True)]


def ratio(seconds: Sequence[float], reference: Sequence[float]) -> str:
    """The median of the rounds' ratios, and the least and the greatest."""
    found = ratios(seconds, reference)
    return f"{median(found):.2f} [{min(found):.2f}, {max(found):.2f}]"
