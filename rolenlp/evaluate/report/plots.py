"""An evaluation as four SVG plots that take their colours from the page around them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from rolenlp.errors import MissingExtraError
from rolenlp.evaluate.report.headlines import plotted, right_of_all

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

    from rolenlp.evaluate.result import Evaluation

# What the page calls a colour, and the one drawn with, for which ``var(--name)`` is put.
COLOURS = {
    "ink": "#010101",
    "faint": "#020202",
    "right": "#030303",
    "wrong": "#040404",
    "product": "#050505",
    "project": "#060606",
    "hybrid": "#070707",
}
INK, FAINT, RIGHT, WRONG, *_ = COLOURS.values()
_LONGEST = 24  # characters of a group's name
_ROW = 0.27  # inches
_SIZE = (4.6, 4.1)  # inches; a unit of the picture is near a pixel on a telephone


def check_matplotlib() -> None:
    """Raises MissingExtraError, an ImportError, without matplotlib."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise MissingExtraError('plots need matplotlib: pip install "rolenlp[report]"') from None


def svg(
    name: str,
    says: str,
    draw: Callable[[Axes], None],
    size: tuple[float, float] = _SIZE,
) -> str:
    """What `draw` puts on a pair of axes, as an element for a page."""
    check_matplotlib()
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    style: dict[Any, Any] = {
        "svg.fonttype": "none",  # text stays text: it can be searched, read aloud, restyled
        "svg.hashsalt": name,  # the same drawing is the same file
        "font.size": 12,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": FAINT,
        "axes.labelcolor": INK,
        "text.color": INK,
        "xtick.color": FAINT,
        "ytick.color": FAINT,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
    }
    with rc_context(style):
        figure = Figure(figsize=size, layout="constrained")
        draw(figure.add_subplot())
        stream = io.StringIO()
        figure.savefig(stream, format="svg", transparent=True, metadata={"Date": None})
    return _for_page(stream.getvalue(), name, says)


def _for_page(drawn: str, name: str, says: str) -> str:
    """An SVG file as an element of a page: it fills its place, and its ids are its own."""
    text = drawn[drawn.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>", "", text, flags=re.DOTALL)
    text = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", text, count=1)
    text = re.sub(
        r'(<svg[^>]*?) width="[^"]*"', rf'\1 role="img" aria-label="{says}"', text, count=1
    )
    text = re.sub(r'(\bid="|url\(#|href="#)', rf"\1{name}-", text)
    for colour, put in COLOURS.items():
        text = text.replace(put, f"var(--{colour})")
    return text


def confusion_plot(evaluation: Evaluation) -> str:
    """How many ads of each true role got each verdict; the fuller a cell, the larger the share."""

    def draw(axes: Axes) -> None:
        columns = [verdict or "not judged" for verdict in evaluation.verdicts]
        roles = list(evaluation.by_role)
        for y, counts in enumerate(evaluation.confusion):
            for x, count in enumerate(counts):
                colour = RIGHT if columns[x] == roles[y] else WRONG
                _cell(axes, x, y, FAINT, 0.08)
                if count:
                    _cell(axes, x, y, colour, 0.1 + 0.6 * count / sum(counts))
                    axes.text(x, y, f"{count:,}", ha="center", va="center", fontsize=15)
        axes.set_xlim(-0.5, len(columns) - 0.5)
        axes.set_ylim(len(roles) - 0.5, -0.5)
        axes.set_xticks(range(len(columns)), [c.replace(" ", "\n") for c in columns])
        axes.set_yticks(range(len(roles)), roles)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        axes.set(xlabel="verdict", ylabel="true role")

    return svg("confusion", "Confusion matrix: true roles against verdicts", draw)


def _cell(axes: Axes, x: int, y: int, colour: str, alpha: float) -> None:
    from matplotlib.patches import Rectangle

    place, side = (x - 0.47, y - 0.47), 0.94
    axes.add_patch(Rectangle(place, side, side, facecolor=colour, alpha=alpha))


def reliability_plot(evaluation: Evaluation) -> str:
    """The share right by confidence, with 95% intervals; on the diagonal it is as promised."""

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=FAINT, linestyle="--", linewidth=1)
        axes.fill_between([0, 1], [0, 1], color=WRONG, alpha=0.08, linewidth=0)
        axes.text(0.21, 1.0, "not sure enough", va="top")
        axes.text(0.99, 0.03, "too sure", ha="right")
        most = max((b.right.n for b in evaluation.reliability), default=1)
        for b in evaluation.reliability:
            honest = b.right.low <= b.confidence <= b.right.high
            colour = RIGHT if honest else WRONG
            axes.plot([b.confidence] * 2, [b.right.low, b.right.high], color=colour, linewidth=2)
            area = 30 + 170 * b.right.n / most
            axes.scatter(b.confidence, b.right.value, s=area, color=colour, zorder=3, clip_on=False)
        axes.set(xlim=(0.2, 1), ylim=(0, 1))
        axes.set(xlabel="confidence of the verdicts", ylabel="share of them that is right")
        as_percent(axes.xaxis, axes.yaxis)

    return svg("reliability", "Reliability diagram: share right by confidence", draw)


def risk_plot(evaluation: Evaluation) -> str:
    """The share wrong among the surest ads, by how many are kept, and where review begins."""

    def draw(axes: Axes) -> None:
        kept = [point.coverage for point in evaluation.risk]
        wrong = [point.wrong for point in evaluation.risk]
        axes.fill_between(
            kept, [w.low for w in wrong], [w.high for w in wrong], color=RIGHT, alpha=0.2, lw=0
        )
        axes.plot(kept, [w.value for w in wrong], color=RIGHT, linewidth=2.5)
        allowed = 1 - evaluation.min_precision
        # The few surest ads have wide intervals, which would flatten the rest.
        seen = [w.high for c, w in zip(kept, wrong, strict=True) if c > 0.1] + [2 * allowed]
        axes.axhline(allowed, color=WRONG, linestyle="--", linewidth=1.5)
        axes.text(1.02, allowed, f"{allowed * 100:.3g}%\nallowed", color=WRONG, va="center")
        if sure := evaluation.sure:
            place = (sure.n / evaluation.n, 1 - sure.value)
            axes.scatter(*place, s=110, color=INK, zorder=3, clip_on=False)
            axes.axvline(place[0], color=INK, linestyle=":", linewidth=1.5)
            seen.append(place[1])
            left = place[0] < 0.3  # above the curve, which rises to the right
            axes.annotate(
                "review →" if left else "← no review",
                (place[0], 1),
                (4 if left else -4, -4),
                xycoords=("data", "axes fraction"),
                textcoords="offset points",
                ha="left" if left else "right",
                va="top",
                fontsize=11,
            )
        axes.set(xlim=(0, 1), ylim=(0, min(1.0, 1.1 * max(seen))))
        axes.set(xlabel="share of the ads kept, surest first", ylabel="share of them that is wrong")
        as_percent(axes.xaxis, axes.yaxis)

    return svg("risk", "Risk-coverage curve: share wrong by share of ads kept", draw)


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
                names.append(group_label(group.name, group.n))
                places.append(y)
                y += 1
            y += 1
        name_rows(axes, places, names)
        axes.set(ylim=(y - 1.4, -0.6), xlabel="share of the ads that is right")
        axes.set_xlim(right=1)

    says = "Share right by source, length and kind of title"
    return svg("forest", says, draw, (5.0, 0.7 + _ROW * rows))


def group_label(name: str, n: int) -> str:
    """A group's name, cut where it is long, with its number of ads; no formula to matplotlib."""
    short = name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
    return short.replace("$", r"\$") + f"  ({n:,})"


def name_rows(axes: Axes, places: Sequence[int], names: Sequence[str]) -> None:
    """Names down the side, and shares along the foot."""
    axes.set_yticks(places, names)
    axes.tick_params(axis="y", length=0)
    as_percent(axes.xaxis)


def as_percent(*axes: Axis) -> None:
    """Round percentages along axes of shares."""
    from matplotlib.ticker import MaxNLocator

    for axis in axes:
        axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
        axis.set_major_formatter(lambda share, _: f"{100 * share:.3g}%")
