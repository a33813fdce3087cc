"""The plots of the quality page, as PNG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import PercentFormatter

from benchmarks.quality.curve import Point
from benchmarks.quality.views import VIEWS
from rolenlp.metrics import Figure, reliability, risk_by_coverage

__all__ = ["Certainty", "bars", "learning", "reliabilities", "risks"]

INK, FAINT, OURS, THEIRS, MORE = "#222222", "#999999", "#1f5fa8", "#d1742a", "#4d8f4a"
LIGHT = {OURS: "#a9c6e6", FAINT: "#d8d8d8"}

Certainty = tuple[np.ndarray, np.ndarray]  # the confidence of verdicts, and which are right


def _save(canvas: Canvas, path: Path) -> None:
    for axes in canvas.axes:
        axes.spines[["top", "right"]].set_visible(False)
    canvas.savefig(path, dpi=110, metadata={"Software": None})


def bars(
    path: Path, rows: Sequence[tuple[str, str]], figures: Mapping[tuple[str, str, str], Figure]
) -> None:
    """Macro-F1 by contender and view: light where trained on titles, dark on duties.

    `rows` are contenders and what each learned from, from the top; `figures` adds the view.
    """
    views = list(VIEWS)
    canvas = Canvas(figsize=(10, 0.33 * len(rows) + 1.4), layout="constrained")
    grid = canvas.subplots(1, len(views), sharey=True)
    places = _places(rows)
    for axes, view in zip(grid, views, strict=True):
        for place, (name, learned) in zip(places, rows, strict=True):
            figure = figures.get((name, learned, view))
            if figure is None:
                continue
            dark = OURS if name.startswith("rolenlp") else FAINT
            colour = LIGHT[dark] if learned == "titles" else dark
            axes.barh(place, figure.value, 0.9, color=colour)
            axes.plot([figure.low, figure.high], [place, place], color=INK, linewidth=1.2)
            ink = "white" if colour == OURS else INK
            axes.text(0.02, place, f"{figure.value:.2f}", va="center", fontsize=8, color=ink)
        axes.set_title(view, fontsize=11)
        axes.set(xlim=(0, 1), xticks=[0, 0.25, 0.5, 0.75, 1])
        axes.set_xticklabels(["0", "", "0.5", "", "1"])
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x", color="#eeeeee")
        axes.set_axisbelow(True)
    marks = {"titles": " (titles)", "duties": " (duties)"}
    grid[0].set_yticks(places, [name + marks.get(learned, "") for name, learned in rows])
    grid[0].invert_yaxis()
    canvas.supxlabel("macro-F1 on sources held out, with 95% intervals", fontsize=10)
    _save(canvas, path)


def _places(rows: Sequence[tuple[str, str]]) -> list[float]:
    """Where the rows stand: those of one contender touch."""
    out, place = [], 0.0
    for before, row in zip([rows[0], *rows], rows, strict=False):
        place += 0.0 if row == rows[0] else 1.0 if before[0] == row[0] else 1.35
        out.append(place)
    return out


def reliabilities(path: Path, panels: Mapping[str, Mapping[str, Certainty]]) -> None:
    """The share right by confidence, a panel for each set of ads, a colour for each view."""
    canvas = Canvas(figsize=(9, 4.6), layout="constrained")
    grid = canvas.subplots(1, len(panels), sharey=True)
    for axes, (title, views) in zip(grid, panels.items(), strict=True):
        axes.plot([0, 1], [0, 1], color=FAINT, linestyle="--", linewidth=1)
        for shift, colour, (view, certainty) in zip(
            (-0.006, 0.006), (OURS, THEIRS), views.items(), strict=True
        ):
            bins = reliability(*certainty)
            most = max(b.right.n for b in bins)
            at = [b.confidence + shift for b in bins]
            axes.vlines(
                at, [b.right.low for b in bins], [b.right.high for b in bins], colour, alpha=0.6
            )
            sizes = [15 + 120 * b.right.n / most for b in bins]
            axes.scatter(at, [b.right.value for b in bins], sizes, colour, label=view, zorder=3)
        axes.set_title(title, fontsize=11)
        axes.set(xlim=(0.2, 1.02), ylim=(0, 1.02), xlabel="confidence of the verdicts")
        _percent(axes)
    grid[0].set_ylabel("share of them that is right")
    grid[0].legend(loc="lower right", frameon=False, fontsize=10)
    grid[-1].text(1.0, 0.03, "below the line: too sure", ha="right", color=INK, fontsize=10)
    _save(canvas, path)


def risks(path: Path, panels: Mapping[str, Mapping[str, Certainty]]) -> None:
    """The share wrong among the surest ads by how many are kept; the first of a panel is ours."""
    canvas = Canvas(figsize=(9, 4.6), layout="constrained")
    grid = canvas.subplots(1, len(panels), sharey=True)
    for axes, (title, contenders) in zip(grid, panels.items(), strict=True):
        for colour, (name, certainty) in zip(
            (OURS, THEIRS, MORE), contenders.items(), strict=False
        ):
            # The few surest ads make leaps that say nothing.
            points = [p for p in risk_by_coverage(*certainty) if p.coverage >= 0.05]
            kept = [point.coverage for point in points]
            if colour == OURS:
                low, high = [p.wrong.low for p in points], [p.wrong.high for p in points]
                axes.fill_between(kept, low, high, color=colour, alpha=0.15, linewidth=0)
            axes.plot(kept, [p.wrong.value for p in points], color=colour, linewidth=2, label=name)
        axes.axhline(0.05, color=FAINT, linestyle="--", linewidth=1)
        axes.text(0.99, 0.04, "5% wrong", color=INK, fontsize=9, ha="right", va="top")
        axes.set_title(title, fontsize=11)
        axes.set(xlim=(0, 1), ylim=(0, 0.45), xlabel="share of the ads kept, surest first")
        axes.legend(loc="upper left", bbox_to_anchor=(0.03, 1), frameon=False, fontsize=9)
        _percent(axes)
    grid[0].set_ylabel("share of them that is wrong")
    _save(canvas, path)


def learning(path: Path, curves: Mapping[str, Sequence[Point]]) -> None:
    """Macro-F1 by number of labels: means with intervals, and the single draws as dots."""
    canvas = Canvas(figsize=(8, 4.6), layout="constrained")
    axes = canvas.subplots()
    sizes = [point.n_labels for point in next(iter(curves.values()))]
    places = np.arange(len(sizes))
    for shift, colour, (name, points) in zip(
        (-0.05, 0.05), (OURS, THEIRS), curves.items(), strict=True
    ):
        at = places + shift
        axes.vlines(at, [p.mean.low for p in points], [p.mean.high for p in points], colour)
        axes.plot(at, [p.mean.value for p in points], "o-", color=colour, label=name, linewidth=2)
        for place, point in zip(at, points, strict=True):
            if len(point.draws) > 1:
                draws = [place + 2.2 * shift] * len(point.draws)
                axes.scatter(draws, point.draws, 10, colour, alpha=0.5, linewidths=0)
    axes.set_xticks(places, [f"{n:,}" for n in sizes[:-1]] + [f"all\n({sizes[-1]:,})"])
    axes.set(ylim=(0, 1), xlabel="labelled ads", ylabel="macro-F1, duties only")
    axes.grid(axis="y", color="#eeeeee")
    axes.set_axisbelow(True)
    axes.legend(loc="lower right", frameon=False)
    _save(canvas, path)


def _percent(axes: Axes) -> None:
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
