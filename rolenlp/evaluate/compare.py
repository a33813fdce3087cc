"""What changes from one model to another, on the same labelled ads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from rolenlp.evaluate.predictions import Trial
from rolenlp.metrics import Figure, Labels, interval, resampled_confusion
from rolenlp.schema import DUTIES_VIEW, MAIN_VIEW, Evidence
from rolenlp.text.personal import mask_personal
from rolenlp.verdicts.columns import quoted
from rolenlp.verdicts.excerpts import excerpt
from rolenlp.verdicts.explain import Piece

_MOST_FLIPS = 50
_FLIPS_IN_LINES = 10


@dataclass(frozen=True)
class Change:
    """Macro-F1 before and now, their difference, and what became of verdicts.

    The difference is from a paired bootstrap: both models are judged on the same resamples.
    """

    before: Figure
    now: Figure
    difference: Figure
    made_right: int
    made_wrong: int
    wrong_otherwise: int  # wrong before and now, with another role


@dataclass(frozen=True)
class Flip:
    """An ad whose verdict changed; `row` numbers the labelled ads from 1, evidence is today's."""

    row: int
    title: str
    true_role: str
    before: str
    before_confidence: float
    now: str
    now_confidence: float
    evidence: tuple[Evidence, ...]
    excerpt: tuple[Piece, ...]

    @property
    def says(self) -> str:
        """``was other (98%, wrong), is hybrid (51%, right)``."""
        then = self._said(self.before, self.before_confidence)
        return f"was {then}, is {self._said(self.now, self.now_confidence)}"

    def _said(self, role: str, confidence: float) -> str:
        right = "right" if role == self.true_role else "wrong"
        return f"{role} ({confidence:.0%}, {right})" if role else "not judged"


@dataclass(frozen=True)
class Comparison:
    """A model against the one before: changes by view; the ads that flipped, at most 50.

    `trained_on` counts the ads that the model before was fitted on, None where it does not tell.
    """

    n: int
    changes: Mapping[str, Change]
    flipped: int
    flips: tuple[Flip, ...]  # those whose true role gained or lost most probability first
    trained_on: int | None = None

    def lines(self) -> Iterator[str]:
        """What changed, for a person; the first ten flips."""
        yield f"compared with the model before, on the same {self.n:,} ads:"
        yield f"  {on_training(self.trained_on, self.n, 'the model before')}"
        for view, change in self.changes.items():
            gap = change.difference
            yield (
                f"  {view}: macro-F1 {change.before.value:.3f} before, {change.now.value:.3f} now, "
                f"{gap.value:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}]; made right "
                f"{change.made_right:,}, made wrong {change.made_wrong:,}, wrong in another way "
                f"{change.wrong_otherwise:,}"
            )
        for flip in self.flips[:_FLIPS_IN_LINES]:
            yield f"  ad {flip.row:,} {flip.title!r}, {flip.true_role}: {flip.says}"
            yield f"    {quoted(flip.evidence) or 'no phrase'}"
        if self.flipped > _FLIPS_IN_LINES:
            yield f"  and {self.flipped - _FLIPS_IN_LINES:,} more ads flipped"


def on_training(trained_on: int | None, n: int, model: str) -> str:
    """How many of the ads that are judged a model was fitted on, and what that means."""
    if trained_on is None:
        return f"{model} does not remember its training ads: these may be among them"
    if not trained_on:
        return f"{model} was trained on none of these ads"
    return f"{model} was trained on {trained_on:,} of these {n:,} ads: its figures flatter it"


def compare(trial: Trial, before: Trial) -> Comparison:
    """The verdicts of one model against those of the model before, on the same ads."""
    flipped = np.flatnonzero(trial.role != before.role)
    return Comparison(
        len(trial),
        {
            MAIN_VIEW: _change(trial.truth, before.role, trial.role),
            DUTIES_VIEW: _change(trial.truth, before.by_duties, trial.by_duties),
        },
        len(flipped),
        _flips(trial, before, flipped.tolist()),
        before.trained_on,
    )


def _change(truth: Labels, before: Labels, now: Labels) -> Change:
    n = len(truth)
    then, today = (resampled_confusion(truth, each).macro_f1() for each in (before, now))
    was, is_ = before == truth, now == truth
    return Change(
        interval(then, n),
        interval(today, n),
        interval(today - then, n),
        int(np.sum(~was & is_)),
        int(np.sum(was & ~is_)),
        int(np.sum(~was & ~is_ & (before != now))),
    )


def _flips(trial: Trial, before: Trial, rows: list[int]) -> tuple[Flip, ...]:
    def moved(row: int) -> float:
        share = f"p_{trial.truth[row]}"
        now, then = (float(t.verdicts.values[share][row] or 0) for t in (trial, before))
        return -abs(now - then)

    return tuple(
        Flip(
            row + 1,
            mask_personal(trial.ads[row].title),
            str(trial.truth[row]),
            str(before.role[row]),
            float(before.confidence[row]),
            str(trial.role[row]),
            float(trial.confidence[row]),
            trial.verdicts[row].evidence,
            excerpt(trial.ads[row].text, trial.verdicts[row]),
        )
        for row in sorted(rows, key=moved)[:_MOST_FLIPS]
    )
