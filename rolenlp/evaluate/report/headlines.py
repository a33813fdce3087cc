"""What the plots and tables of an evaluation show, each in one sentence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rolenlp.evaluate.predictions import TITLES
from rolenlp.metrics import proportion
from rolenlp.schema import MAIN_VIEW

if TYPE_CHECKING:
    from rolenlp.evaluate.breakdowns import Group
    from rolenlp.evaluate.compare import Comparison
    from rolenlp.evaluate.result import Evaluation

_FEWEST = 10  # ads of a group that says something
_CLAIMS = {TITLES[role]: role for role in ("product", "project", "hybrid")}


def sentences(e: Evaluation) -> Iterable[str]:
    """Which ads were judged."""
    roles = ", ".join(f"{n:,} {role}" for role, n in e.by_role.items())
    yield (
        f"{e.n:,} labelled ads ({roles}), {e.with_title:,} of them with a title. "
        f"Title and duties disagree in {e.conflicts:,}."
    )
    if e.not_judged:
        yield f"{e.not_judged:,} could not be judged and count as wrong ({e.why_not_judged})."
    for warning in e.warnings():
        yield f"{warning[0].upper()}{warning[1:]}."


def on_confusion(e: Evaluation) -> str:
    """How many are right, and which roles are mixed up."""
    cells = [
        (count, role, verdict)
        for role, row in zip(e.by_role, e.confusion, strict=True)
        for verdict, count in zip(e.verdicts, row, strict=True)
    ]
    says = f"{share(right_of_all(e))} of the ads are judged right"
    count, role, verdict = max(cell for cell in cells if cell[2] not in ("", cell[1]))
    return f"{says}; most often {role} is taken for {verdict} ({count:,})" if count else says


def on_reliability(e: Evaluation) -> str:
    """Whether confidence is honest."""
    n = sum(b.right.n for b in e.reliability)
    if not n:
        return "No ad could be judged"
    sure = sum(b.confidence * b.right.n for b in e.reliability) / n
    right = proportion(round(sum(b.right.value * b.right.n for b in e.reliability)), n)
    says = "Confidence is honest"
    if sure > right.high:
        says = "Too sure"
    elif sure < right.low:
        says = "Not sure enough"
    return f"{says}: {share(sure)} sure on average, {share(right.value)} right"


def on_risk(e: Evaluation) -> str:
    """How many ads need no review, and whether the promise is kept."""
    promised = f"{e.min_precision * 100:.3g}%"
    if not e.sure:
        return f"All ads need review: none reaches the model's threshold for {promised}"
    return (
        f"{share(e.sure.n / e.n)} of the ads need no review, and {share(e.sure.value)} of them "
        f"are right ({promised} promised)"
    )


def on_roles(e: Evaluation) -> str:
    """Which role is judged best, and which worst, by F1."""
    scored = {
        role: figure.value
        for role in e.by_role
        if (figure := e.figures[MAIN_VIEW].get(f"f1_{role}")) is not None
    }
    if len(scored) < 2:
        return "How good each role is"
    best, worst = max(scored, key=scored.__getitem__), min(scored, key=scored.__getitem__)
    return (
        f"Best judged: {best} (F1 {scored[best]:.2f}); worst: {worst} (F1 {scored[worst]:.2f}, "
        f"{e.by_role[worst]:,} ads)"
    )


def on_groups(e: Evaluation) -> str:
    """Which group is judged worse than the rest, surely."""
    right = right_of_all(e)
    below = [group for group in plotted(e) if group.right.high < right]
    if not below:
        return "No source, length or kind of title is surely worse than the rest"
    worst = min(below, key=lambda group: group.right.value)
    return (
        f"Worst where: {worst.name}, {share(worst.right.value)} right of {worst.n:,} ads "
        f"({share(right)} of all)"
    )


def right_of_all(e: Evaluation) -> float:
    """The share of all ads that is judged right."""
    return e.figures[MAIN_VIEW]["accuracy"].value


def plotted(e: Evaluation) -> list[Group]:
    """The groups of ten ads or more, of all divisions one after the other."""
    return [group for groups in e.groups.values() for group in groups if group.n >= _FEWEST]


def on_titles(e: Evaluation) -> str:
    """How often duties put a wrong title right."""
    wrong = right = 0
    for row in e.titles:
        if row.title in _CLAIMS and _CLAIMS[row.title] != row.true_role:
            wrong += sum(row.counts.values())
            right += row.counts.get(row.true_role, 0)
    if not wrong:
        return "No title names a wrong role"
    return (
        f"{wrong:,} titles name a wrong role; in {right:,} of these ads ({share(right / wrong)}) "
        "the duties alone are judged right"
    )


def on_phrases(e: Evaluation) -> str:
    """How many ads hold a phrase, and how many phrases mislead."""
    below = sum(use.of_its_pole.high < use.base for use in e.phrases)
    says = "none surely misleads" if not below else f"{below:,} surely mislead{'s' * (below == 1)}"
    return (
        f"{share(e.with_phrase.value)} of the ads hold a phrase; of {len(e.phrases):,} phrases "
        f"in use {says}"
    )


def on_comparison(comparison: Comparison) -> str:
    """Whether the model is better than the one before."""
    change = comparison.changes[MAIN_VIEW]
    gap = change.difference
    says = "No sure difference from the model before"
    if gap.low > 0:
        says = "Better than the model before"
    elif gap.high < 0:
        says = "Worse than the model before"
    return (
        f"{says}: macro-F1 {gap.value:+.3f}, {change.made_right:,} made right, "
        f"{change.made_wrong:,} made wrong"
    )


def share(value: float) -> str:
    """As a percentage that says 0% and 100% only of none and all."""
    text = f"{value:.0%}"
    if text in ("0%", "100%") and value not in (0, 1):
        return "under 1%" if value < 0.5 else "over 99%"
    return text
