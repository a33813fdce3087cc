"""A plot of how rate and memory of `rolenlp label` go with the length of the table."""

from __future__ import annotations

from pathlib import Path

from benchmarks.speed.tables import Size

_BLUE = "#1f5a8a"


def plot_sizes(found: list[Size], path: Path) -> None:
    """Rate and peak memory over rows, side by side, as a PNG."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import StrMethodFormatter

    figure = Figure(figsize=(8, 3), layout="constrained")
    rows = [n for n, _ in found]
    panels = {
        "rows a second": [n / cost.cpu for n, cost in found],
        "peak memory, MB": [cost.peak / 1e6 for _, cost in found],
    }
    for axes, (name, values) in zip(figure.subplots(1, 2), panels.items(), strict=True):
        axes.plot(rows, values, "o-", color=_BLUE)
        axes.set_xscale("log")
        axes.set_ylim(0, 1.15 * max(values))
        axes.set_xlabel("rows")
        axes.set_title(name, fontsize=10)
        axes.spines[["top", "right"]].set_visible(False)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150)
