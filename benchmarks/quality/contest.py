"""Contenders side by side: what each made of the gold ads, and how far apart they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from benchmarks.data import Ads
from benchmarks.quality.measures import contest, difference
from benchmarks.quality.page import cell, table
from benchmarks.quality.views import VIEWS
from rolenlp.metrics import Figure

__all__ = ["OURS", "PHRASES", "TITLE_RULE", "UNTRAINED", "Contest"]

OURS, PHRASES, TITLE_RULE = "rolenlp", "rolenlp, no labels", "title rule"
UNTRAINED = "-"
Key = tuple[str, str, str]  # contender, what it learned from, view


@dataclass
class Contest:
    """Probabilities for the gold ads by contender, and the figures of each."""

    gold: Ads
    probabilities: dict[Key, np.ndarray] = field(default_factory=dict)
    figures: dict[Key, dict[str, Figure]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)  # contender -> the module it would need

    def add(self, name: str, learned: str, by_view: Mapping[str, np.ndarray]) -> None:
        """Take a contender's probabilities by view and measure them."""
        for view, probabilities in by_view.items():
            key = name, learned, view
            self.probabilities[key] = probabilities
            self.figures[key] = contest(self.gold, probabilities, confident=name != TITLE_RULE)

    def rows(self) -> list[tuple[str, str]]:
        """Contenders and what they learned from, as they were added."""
        return list(dict.fromkeys((name, learned) for name, learned, _ in self.figures))

    def rivals(self, learned: str, view: str) -> list[str]:
        """The other contenders trained on these labels, the best macro-F1 first."""
        rivals = [n for n, *rest in self.figures if rest == [learned, view] and n != OURS]
        return sorted(rivals, key=lambda n: -self.figures[n, learned, view]["macro-F1"].value)

    def _difference(self, rival: str, learned: str, view: str) -> Figure | None:
        """rolenlp's macro-F1 less a rival's; a rival without training meets labels of duties."""
        if (rival, learned, view) not in self.probabilities:
            return None
        ours = self.probabilities[OURS, "duties" if learned == UNTRAINED else learned, view]
        return difference(self.gold, ours, self.probabilities[rival, learned, view])

    def table(self, view: str) -> str:
        """Every contender in one view."""
        rows = {(n, learned): f for (n, learned, v), f in self.figures.items() if v == view}
        longest = max(rows.values(), key=len, default={})
        head = [f"{name} (n = {figure.n})" for name, figure in longest.items()]
        lines = [
            [name, learned, *(cell(figures.get(measure)) for measure in longest)]
            for (name, learned), figures in rows.items()
        ]
        lines += [
            [f"{name}: not measured, `{module}` is not installed", *["-"] * (1 + len(head))]
            for name, module in self.missing.items()
        ]
        return table(["", "trained on", *head], lines)

    def differences(self) -> str:
        """rolenlp less each rival; the best rival trained on the same labels is marked."""
        both = {"duties": "both on duties", "titles": "both on titles", UNTRAINED: "rolenlp alone"}
        lines = []
        for learned, trained in both.items():
            best = {view: self.rivals(learned, view)[:1] for view in VIEWS}
            for name in [n for n, kind in self.rows() if kind == learned and n != OURS]:
                cells = [
                    cell(self._difference(name, learned, view))
                    + " *" * (learned != UNTRAINED and name in best[view])
                    for view in VIEWS
                ]
                lines.append([f"less {name}", trained, *cells])
        return table([self._measure(), "trained", *VIEWS], lines)

    def short(self) -> str:
        """rolenlp beside the best rival trained on the same labels, by view."""
        lines = []
        for view in VIEWS:
            line = [view, cell(self.figures[OURS, "duties", view]["macro-F1"])]
            if rivals := self.rivals("duties", view):
                best = rivals[0]
                theirs = self.figures[best, "duties", view]["macro-F1"]
                line += [f"{cell(theirs)}, {best}", cell(self._difference(best, "duties", view))]
            lines.append(line + ["-"] * (4 - len(line)))
        return table([self._measure(), "rolenlp", "the best other way", "difference"], lines)

    def _measure(self) -> str:
        return f"macro-F1 (n = {next(iter(self.figures.values()))['macro-F1'].n})"
