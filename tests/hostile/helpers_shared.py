"""Made-up ads of new words, verdicts to compare, and interruptions at a place of choice."""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import spacy

import rolenlp
from rolenlp.schema import Prediction

_DUTIES = (
    "keep the project plan, own the product roadmap, interview customers, track risks and issues, "
    "agree scope and budget, coordinate contractors, rank the backlog, answer calls at the desk"
).split(", ")
# Chunks that rules read, and such as spaCy is asked about.
_SHAPES = ("{}", "{}s.", "({})", "{}-{}", "{}'s", "10{}", "{}@2:", "é{}", "{}…")


def new_ads(n: int, seed: object) -> list[tuple[str, str]]:
    """Titles and texts; those of two seeds share duties, and hardly any other word."""
    chance = random.Random(str(seed))

    def word() -> str:
        made = "".join(chance.choice("bcdfgklmnprst") + chance.choice("aeiou") for _ in range(4))
        return chance.choice(_SHAPES).format(made, made[:4])

    def ad() -> str:
        duties = ", ".join(chance.sample(_DUTIES, 3))
        strange = [" ".join(word() for _ in range(6)) for _ in range(2)]
        return (
            f"Our firm {strange[0]} hires. You will {duties} for the team and {strange[1]} with it."
        )

    return [(chance.choice(("", "Product Manager", "Clerk")), ad()) for _ in range(n)]


def brief(verdict: Prediction) -> tuple[Any, ...]:
    """What two verdicts on one ad must share, whatever ads stood beside it."""
    quotes = tuple(each.quote for each in verdict.evidence)
    return verdict.status, verdict.role, round(verdict.confidence or 0, 9), quotes


_OURS = tuple(str(Path(module.__file__ or "").parent) for module in (rolenlp, spacy))


def interrupted(call: Callable[[], object], after: int) -> bool:
    """Whether a Ctrl-C after so many steps in rolenlp or spaCy came before a call was done.

    It comes where Python looks for signals: as a function starts, or one of C has come back.
    """
    try:
        return steps(call, after) > after
    except KeyboardInterrupt:
        return True


def steps(call: Callable[[], object], most: float = math.inf) -> int:
    """How many steps a call takes; KeyboardInterrupt after so many at the most."""
    done = 0

    def step(frame: FrameType, event: str, _: object) -> None:
        nonlocal done
        if event in ("call", "c_return") and frame.f_code.co_filename.startswith(_OURS):
            done += 1
            if done > most:
                sys.setprofile(None)
                raise KeyboardInterrupt

    sys.setprofile(step)
    try:
        call()
    finally:
        sys.setprofile(None)
    return done
