"""A judged table summed up, as one page that needs no other file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rolenlp.evaluate.report.headlines import share
from rolenlp.evaluate.report.plots import COLOURS, FAINT, RIGHT, WRONG, group_label, name_rows, svg
from rolenlp.schema import POLES, ROLE_ORDER, THEMES
from rolenlp.verdicts.render import render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from rolenlp.evaluate.judged import Group, JudgedTable

_ROW, _WIDE = 0.3, 6.5  # inches
_COLOUR = {role: COLOURS.get(role, FAINT) for role in ROLE_ORDER}


def as_judged_page(table: JudgedTable) -> str:
    """The page: roles, orientation, themes, and what is for review, as a whole and by group."""
    return render(
        "rolenlp.evaluate.report",
        "judged.html",
        table=table,
        whole=table.everything,
        roles=ROLE_ORDER,
        themes=THEMES,
        poles=POLES,
        share=share,
        roles_plot=_roles_plot(table),
        orientation_plot=_orientation_plot(table.everything),
        themes_plot=_themes_plot(table.everything),
        review_plot=_review_plot(table),
    )


def _finish(axes: Axes, groups: Sequence[Group]) -> None:
    """What both plots of groups have around their bars."""
    name_rows(axes, range(len(groups)), [group_label(each.name, each.judged) for each in groups])
    axes.set(ylim=(len(groups) - 0.5, -0.5), xlim=(0, 1), xlabel="share of the ads judged")
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False)


def _roles_plot(table: JudgedTable) -> str:
    groups = [*table.groups, table.everything]

    def draw(axes: Axes) -> None:
        left = np.zeros(len(groups))
        for role in ROLE_ORDER:
            width = np.array([group.share(group.roles[role]) for group in groups])
            axes.barh(range(len(groups)), width, left=left, color=_COLOUR[role], label=role)
            left += width
        _finish(axes, groups)

    size = (_WIDE, 1.5 + _ROW * len(groups))
    return svg("roles", "Shares of the roles in each group", draw, size)


def _review_plot(table: JudgedTable) -> str:
    groups = [*table.groups, table.everything]

    def draw(axes: Axes) -> None:
        places = np.arange(len(groups))
        review = [group.share(group.review) for group in groups]
        conflict = [group.share(group.conflicts) for group in groups]
        axes.barh(places - 0.2, review, 0.4, color=RIGHT, label="for review")
        axes.barh(places + 0.2, conflict, 0.4, color=WRONG, label="title and duties disagree")
        _finish(axes, groups)

    size = (_WIDE, 1.5 + 1.3 * _ROW * len(groups))
    return svg("review", "Shares for review and of conflicts in each group", draw, size)


def _orientation_plot(whole: Group) -> str:
    def draw(axes: Axes) -> None:
        edges = np.linspace(-1, 1, len(whole.orientations) + 1)
        middle = (edges[:-1] + edges[1:]) / 2
        colours = [COLOURS["product"] if x > 0 else COLOURS["project"] for x in middle]
        colours[len(middle) // 2] = FAINT  # around 0, where ads without a phrase are
        axes.bar(middle, whole.orientations, 0.9 * (edges[1] - edges[0]), color=colours)
        if whole.orientation is not None:
            axes.axvline(whole.orientation, color=FAINT, linestyle="--", linewidth=1)
        axes.set(xlim=(-1, 1), xlabel="internal ← orientation → customers, market", ylabel="ads")

    return svg("orientation", "Ads by their orientation", draw)


def _themes_plot(whole: Group) -> str:
    def draw(axes: Axes) -> None:
        width = [whole.share(whole.themes[theme]) for theme in THEMES]
        colours = [COLOURS[POLES[theme]] for theme in THEMES]
        axes.barh(range(len(THEMES)), width, color=colours)
        name_rows(axes, range(len(THEMES)), THEMES)
        axes.set(ylim=(len(THEMES) - 0.5, -0.5), xlim=(0, None), xlabel="share of the ads judged")

    return svg("themes", "Shares of the ads with each theme", draw)
