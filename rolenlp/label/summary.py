"""What a batch run did, for a person and as plain data."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rolenlp.errors import RolenlpError
from rolenlp.model.drift import Seen, compared, unlike

_MOST_ERRORS = 0.01  # of all rows, in a run that went well


@dataclass
class Summary:
    """What a run did: rows, seconds, and how many of each role, status and doubt.

    `rows` were read, and judged where they have a role; `rejected` could not be parsed; `where`
    says where those are. `resumed` counts the ads that the journal of an earlier run had verdicts
    on. `review` and `conflicts` are of rows that got a role. `seen` sums up the ads that were
    judged, to be compared with the model's `card`.
    """

    rows: int = 0
    rejected: int = 0
    where: list[str] = field(default_factory=list)
    seconds: float = 0.0
    resumed: int = 0
    review: int = 0
    conflicts: int = 0
    seen: Seen = field(default_factory=Seen)
    card: Mapping[str, Any] = field(default_factory=dict)
    roles: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)

    def lines(self) -> list[str]:
        """The summary for a person, a fact a line."""

        def counts(of: Counter[str]) -> str:
            return ", ".join(f"{name} {n:,}" for name, n in of.most_common()) or "none"

        judged = self.roles.total()
        unjudged = f", not judged {self.rows - judged:,}" if self.rows > judged else ""
        rate = self.rows / self.seconds if self.seconds else 0.0
        resumed = f"{self.resumed:,} ads had been judged before the run was cut off"
        return [
            *([resumed] if self.resumed else []),
            f"{self.rows:,} rows in {self.seconds:.1f} s ({rate:,.0f} a second)",
            f"read: {self.rows + self.rejected:,}, of them judged {judged:,}, "
            f"rejected {self.rejected:,}{unjudged}",
            *self.where,
            f"roles: {counts(self.roles)}",
            f"for review: {self.review:,} of {judged:,} judged; "
            f"title and duties disagree: {self.conflicts:,}",
            f"status: {counts(self.statuses)}",
            *filter(None, [unlike(self.seen, self.card)]),
        ]

    def next_steps(self, output: str | Path, model: Path | None = None) -> list[str]:
        """The commands that go on from a table at `output`, judged by `model`; none from stdout."""
        if str(output) == "-" or not self.roles:
            return []
        table, by = shlex.quote(str(output)), f" --model {shlex.quote(str(model))}" if model else ""
        review = f"next: rolenlp review {table}{by} -o review.html"
        return [*([review] if self.review else []), f"next: rolenlp summary {table}"]

    def stats(self) -> dict[str, Any]:
        """The figures as plain data: the counts, and how the table compares with training ads."""
        return {
            "rows": self.rows,
            "rejected": self.rejected,
            "resumed": self.resumed,
            "review": self.review,
            "conflicts": self.conflicts,
            "roles": dict(self.roles.most_common()),
            "status": dict(self.statuses.most_common()),
            "compared_with_training": compared(self.seen, self.card),
        }

    def check_errors(self, output: str | Path) -> None:
        """Raise RolenlpError where so many rows could not be judged that the ads are not why."""
        if self.rejected and not self.rows:
            raise RolenlpError(
                f"none of the {self.rejected:,} rows could be read; see the reasons above, and "
                "check --delimiter and --encoding"
            )
        errors = self.statuses["error"]
        if errors > _MOST_ERRORS * self.rows:
            where = "what went to stdout" if str(output) == "-" else output
            raise RolenlpError(
                f"{errors:,} of {self.rows:,} rows have the status error, more than "
                f"{_MOST_ERRORS:.0%}; {where} is whole all the same; run again with --debug for "
                "the first of the errors"
            )

    def count(self, verdicts: Mapping[str, Sequence[Any]]) -> None:
        """Count rows in, by the columns of their verdicts and what was measured of the ads."""
        roles = verdicts["role"]
        self.rows += len(roles)
        self.roles.update(filter(None, roles))
        self.statuses.update(verdicts["status"])
        reviews = zip(verdicts["review"], roles, strict=True)
        self.review += sum(bool(review and role) for review, role in reviews)
        self.conflicts += sum(map(bool, verdicts["conflict"]))
        measures = (verdicts[name] for name in ("words", "unknown_words", "confidence", "role"))
        for each in zip(*measures, strict=True):
            if each[-1]:
                self.seen.add(*each)
