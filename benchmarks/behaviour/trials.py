"""The behaviour tests: what is changed, what the verdict may do then, and what it did."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from benchmarks.behaviour.cases import DUTIES, NEAR_MISSES, NOT_PRODUCT, NOT_PROJECT
from benchmarks.behaviour.changes import INVARIANT, Ad, Change, add_duties, add_sentence
from rolenlp import RoleClassifier
from rolenlp.predict import Prediction, predict_many
from rolenlp.schema import POLES

__all__ = ["DIRECTIONS", "INVARIANCES", "Outcome", "Trial", "run", "sentences", "three_duties"]

SEED = 0
FLAT = 0.005  # a fall of a probability by less is none
NEGATED = 0.02  # the most that denied duties may raise their role
SURE = 0.9  # duties so sure must not give way to a title

# Whether a changed ad's verdict is wrong, seen beside the verdict before; None: not to be asked.
Judge = Callable[[Prediction, Prediction], bool | None]


@dataclass(frozen=True)
class Trial:
    """One test: a change to be made (to an ad that was first brought to its start), and a judge."""

    name: str
    change: Change
    judge: Judge
    start: Change = lambda ad, rng: ad


@dataclass(frozen=True)
class Outcome:
    """What came of a test: per case the ad (or sentence), and whether it failed.

    Of ads also the shift, how much probability went from roles to others (0 to 1), and whether
    the verdict before was sure, that is not marked for review.
    """

    name: str
    cases: tuple[str, ...]
    failed: tuple[bool, ...]
    shift: tuple[float, ...] = ()
    sure: tuple[bool, ...] = ()


def _p(verdict: Prediction, *roles: str) -> float:
    return sum(verdict.probabilities[role] for role in roles)


def _changed(before: Prediction, after: Prediction) -> bool:
    return after.role != before.role


def _fell(before: Prediction, after: Prediction, *, pole: str) -> bool:
    return any(
        _p(after, *roles) < _p(before, *roles) - FLAT for roles in ((pole,), (pole, "hybrid"))
    )


def _rose(before: Prediction, after: Prediction, *, pole: str) -> bool:
    return _p(after, pole) > _p(before, pole) + NEGATED


def _wrong_way(before: Prediction, after: Prediction, *, pole: str, other: str) -> bool:
    return _p(after, pole) - _p(after, other) < _p(before, pole) - _p(before, other) - FLAT


def _gave_way(before: Prediction, after: Prediction, *, pole: str) -> bool | None:
    if before.role != pole or _p(before, pole) <= SURE:
        return None
    return after.role != pole


def _denied(ad: Ad, rng: random.Random, *, sentences: Sequence[str]) -> Ad:
    return add_sentence(ad, rng.choice(sentences))


def _titled(ad: Ad, rng: random.Random, *, title: str) -> Ad:
    return replace(ad, title=title)


def _retitled(ad: Ad, rng: random.Random, *, old: str, new: str) -> Ad | None:
    """The other role's name in the title; None where the title does not name just the one."""
    names = re.compile(rf"\b{old}(?=\s+(?:manager|owner|lead|director|coordinator))", re.IGNORECASE)
    title = names.sub(new, ad.title)
    if title == ad.title or new.lower() in ad.title.lower():
        return None
    return replace(ad, title=title)


def _directions() -> Iterator[Trial]:
    for pole, other, denials in (
        ("project", "product", NOT_PROJECT),
        ("product", "project", NOT_PRODUCT),
    ):
        yield Trial(
            f"three {pole} duties added", partial(add_duties, pole=pole), partial(_fell, pole=pole)
        )
        yield Trial(
            f"{pole} duties denied",
            partial(_denied, sentences=denials),
            partial(_rose, pole=pole),
        )
        yield Trial(
            f"title from {other} to {pole}",
            partial(_retitled, old=other, new=pole.capitalize()),
            partial(_wrong_way, pole=pole, other=other),
        )
        yield Trial(
            f"sure {other} duties titled {pole.capitalize()} Manager",
            partial(_titled, title=f"{pole.capitalize()} Manager"),
            partial(_gave_way, pole=other),
            partial(_titled, title=""),
        )


INVARIANCES = [Trial(name, change, _changed) for name, change in INVARIANT.items()]
DIRECTIONS = list(_directions())


def run(trial: Trial, ads: Sequence[Ad], model: RoleClassifier) -> Outcome:
    """Make the trial's change to every ad that it applies to, and judge the ad both ways."""
    names, starts, ends = [], [], []
    for ad in ads:
        rng = random.Random(f"{SEED} {trial.name} {ad.id}")
        start = trial.start(ad, rng)
        end = start and trial.change(start, rng)
        if start and end:
            names.append(ad.id)
            starts.append((start.title, start.text))
            ends.append((end.title, end.text))
    found = []
    for name, before, after in zip(
        names, predict_many(starts, model=model), predict_many(ends, model=model), strict=True
    ):
        if before.role:  # else it could not be judged to begin with
            failed = trial.judge(before, after) if after.role else True
            if failed is not None:
                found.append((name, failed, _shift(before, after), not before.review))
    return Outcome(trial.name, *(zip(*found, strict=True) if found else ((), (), (), ())))


def _shift(before: Prediction, after: Prediction) -> float:
    if not after.role:
        return 1.0
    return sum(abs(p - after.probabilities[role]) for role, p in before.probabilities.items()) / 2


def three_duties(pole: str) -> list[str]:
    """Ads made of three plain duties, one of each theme of a pole."""
    first, second, third = (DUTIES[theme] for theme in DUTIES if POLES[theme] == pole)
    return [
        " ".join((first[i], second[(i + a) % len(second)], third[(i + b) % len(third)]))
        for a, b in ((0, 0), (3, 6), (7, 4))
        for i in range(len(first))
    ]


def sentences(model: RoleClassifier) -> Iterator[Outcome]:
    """What single sentences, and ads of three of them, must do."""
    for theme, duties in DUTIES.items():
        verdicts = list(predict_many(duties, model=model))
        sign = 1 if POLES[theme] == "product" else -1
        missed = (
            not verdict.themes.get(theme) or (verdict.orientation or 0) * sign <= 0
            for verdict in verdicts
        )
        yield Outcome(f"{theme}: counted, and orientation has its sign", duties, tuple(missed))
    for pole in ("project", "product"):
        ads = tuple(three_duties(pole))
        wrong = tuple(verdict.role != pole for verdict in predict_many(ads, model=model))
        yield Outcome(f"three {pole} duties make the role", ads, wrong)
    fired = tuple(any(v.themes.values()) for v in predict_many(NEAR_MISSES, model=model))
    yield Outcome("near-misses count no theme", NEAR_MISSES, fired)
