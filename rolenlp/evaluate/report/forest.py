"""Groups of ads beside each other: the share right of each, with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rolenlp.evaluate.report.headlines import plotted, right_of_all
from rolenlp.evaluate.report.plots import FAINT, RIGHT, WRONG, as_percent, svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from rolenlp.evaluate.result import Evaluation

_LONGEST = 24  # characters of a group's name
_ROW = 0.27  # inches


def forest_plot(evaluation: Evaluation) -> str:
    """The share right of each source, length and kind of title; orange where surely below all."""
    right = right_of_all(evaluation)
    chosen = plotted(evaluation)
    rows = len(chosen) + len(evaluation.groups)

    def draw(axes: Axes) -> None:
        names, places, y = [], [], 0
        axes.axvline(right, color=FAINT, linestyle="--", linewidth=1)
        for groups in evaluation.groups.values():
            for group in filter(chosen.__contains__, groups):
                share = group.right
                colour = WRONG if share.high < right else RIGHT
                axes.plot([share.low, share.high], [y, y], color=colour, linewidth=2)
                axes.scatter(share.value, y, s=45, color=colour, zorder=3, clip_on=False)
                name = group.name
                short = name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
                names.append(f"{_plain(short)}  ({group.n:,})")
                places.append(y)
                y += 1
            y += 1
        axes.set_yticks(places, names)
        axes.set(ylim=(y - 1.4, -0.6), xlabel="share of the ads that is right")
        axes.set_xlim(right=1)
        axes.tick_params(axis="y", length=0)
        as_percent(axes.xaxis)

    says = "Share right by source, length and kind of title"
    return svg("forest", says, draw, (5.0, 0.7 + _ROW * rows))


def _plain(name: str) -> str:
    """A name that matplotlib takes for no formula."""
    return name.replace("$", r"\$")
