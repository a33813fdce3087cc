"""What an evaluation holds, in lines for a person and as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from rolenlp.evaluate.breakdowns import Group, TitleRow
from rolenlp.evaluate.compare import Comparison, on_training
from rolenlp.evaluate.phrase_use import PhraseUse
from rolenlp.metrics import JUDGED, Bin, Figure, Kept
from rolenlp.model_file.card import aligned
from rolenlp.schema import MAIN_VIEW, Evidence
from rolenlp.train.labels import limits
from rolenlp.verdicts.explain import Piece

_IN_THE_REPORT_ONLY = ("precision_", "recall_")  # lines would be too many


@dataclass(frozen=True)
class Mistake:
    """A wrong verdict; `row` numbers the labelled ads from 1.

    `excerpt` is what the ad says around the evidence, personal data hidden.
    """

    row: int
    title: str
    true_role: str
    verdict: str
    confidence: float
    evidence: tuple[Evidence, ...]
    excerpt: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class Evaluation:
    """How good a model's verdicts on labelled ads are.

    An ad that could not be judged counts as the verdict ``""`` with confidence 0, so as wrong.
    """

    n: int
    with_title: int
    by_role: Mapping[str, int]  # true role -> ads
    status: Mapping[str, int]  # as in the column `status` of `label`
    not_judged: int
    figures: Mapping[str, Mapping[str, Figure]]  # view -> name -> figure
    verdicts: tuple[str, ...]  # the columns of `confusion`; its rows are those of `by_role`
    confusion: tuple[tuple[int, ...], ...]
    min_precision: float
    review: Figure  # the share of all ads that is sent to review
    sure: Figure | None  # the share right of the verdicts that are not; None if there are none
    conflicts: int  # ads whose title and duties disagree
    reliability: tuple[Bin, ...]  # of the ads that were judged
    risk: tuple[Kept, ...]
    thresholds: Mapping[str, Mapping[str, float | None]]  # view -> role -> least sure confidence
    groups: Mapping[str, tuple[Group, ...]]  # by source, length, kind of title
    titles: tuple[TitleRow, ...]
    with_phrase: Figure  # the share of the ads that hold a phrase of the priors
    phrases: tuple[PhraseUse, ...]
    mistakes: tuple[Mistake, ...]  # the most confident first, at most 20
    compared: Comparison | None = None  # with the model before
    macro_f1_over: tuple[str, ...] = JUDGED  # roles: those of product, project, other that occur
    about: Mapping[str, Any] = field(default_factory=dict)  # what was judged, by what, and when
    trained_on: int | None = None  # of the ads; None where the model does not remember them

    def lines(self) -> list[str]:
        """The figures for a person, with 95% intervals: a row a figure, a column a view."""
        roles = ", ".join(f"{role} {n:,}" for role, n in self.by_role.items())
        names = [n for n in self.figures[MAIN_VIEW] if not n.startswith(_IN_THE_REPORT_ONLY)]
        figures = [
            [name, *(_short(view.get(name)) for view in self.figures.values())] for name in names
        ]
        counts = [
            [f"true {role}", *map("{:,}".format, row)]
            for role, row in zip(self.by_role, self.confusion, strict=True)
        ]
        return [
            f"{self.n:,} ads ({roles}), {self.with_title:,} with a title",
            *self.warnings(),
            *self._doubts(),
            "",
            *aligned([[f"n = {self.n:,}", *self.figures], *figures], "<"),
            "",
            *aligned([["judged", *(v or "(not)" for v in self.verdicts)], *counts], ">"),
            *(["", *self.compared.lines()] if self.compared else []),
        ]

    @property
    def why_not_judged(self) -> str:
        """How many ads of each status were not judged: ``empty 2, too_short 1``."""
        return ", ".join(
            f"{status} {n:,}"
            for status, n in self.status.items()
            if status not in ("ok", "truncated")
        )

    def warnings(self) -> list[str]:
        """What the figures cannot say of these ads, and whether they flatter the model."""
        return [*limits(self.by_role), on_training(self.trained_on, self.n, "the model")]

    def _doubts(self) -> list[str]:
        out = []
        if self.not_judged:
            out.append(f"not judged, counted as wrong: {self.not_judged:,} ({self.why_not_judged})")
        sure = f"{self.sure.n:,}, right {_short(self.sure)}" if self.sure else "none"
        out.append(
            f"for review at precision {self.min_precision}: {_short(self.review)}; sure: {sure}"
        )
        out.append(f"title and duties disagree: {self.conflicts:,}")
        return out

    def as_json(self) -> dict[str, Any]:
        """All fields by their names, as plain data that `json` writes; no text but quotes.

        ``docs/metrics.md`` says what each holds.
        """
        data = asdict(self)
        for entry in (*data["mistakes"], *(data["compared"] or {}).get("flips", ())):
            del entry["excerpt"]
        return data


def _short(figure: Figure | None) -> str:
    return f"{figure.value:.2f} [{figure.low:.2f}, {figure.high:.2f}]" if figure else "-"
