from collections.abc import Callable
from xml.etree import ElementTree

import matplotlib
import pytest

from rolenlp.evaluate.report.plots import (
    COLOURS,
    confusion_plot,
    forest_plot,
    reliability_plot,
    risk_plot,
)
from rolenlp.evaluate.result import Evaluation
from rolenlp.metrics import proportion
from tests.evaluate.helpers import group, made_up

PLOTS = pytest.mark.parametrize("plot", [confusion_plot, reliability_plot, risk_plot, forest_plot])
NOBODY_JUDGED = made_up(
    not_judged=10,
    verdicts=("product", "project", "hybrid", "other", ""),
    confusion=((0, 0, 0, 0, 4), (0, 0, 0, 0, 3), (0, 0, 0, 0, 1), (0, 0, 0, 0, 2)),
    sure=None,
    reliability=(),
)


def texts(svg: str) -> list[str]:
    return [e.text or "" for e in ElementTree.fromstring(svg).iter() if e.tag.endswith("}text")]


@PLOTS
@pytest.mark.parametrize("evaluation", [made_up(), NOBODY_JUDGED])
def test_an_element_that_fills_its_place(
    plot: Callable[[Evaluation], str], evaluation: Evaluation
) -> None:
    svg = plot(evaluation)
    element = ElementTree.fromstring(svg)
    assert {"width", "height"}.isdisjoint(element.attrib)
    assert element.attrib["viewBox"]
    assert element.attrib["aria-label"]
    assert "var(--ink)" in svg
    assert not [colour for colour in COLOURS.values() if colour in svg]
    assert "<style" not in svg
    assert "<metadata" not in svg


@PLOTS
def test_same_evaluation_same_drawing(plot: Callable[[Evaluation], str]) -> None:
    before = dict(matplotlib.rcParams)
    assert plot(made_up()) == plot(made_up())
    assert dict(matplotlib.rcParams) == before


def test_confusion_shows_every_count_that_is_not_zero() -> None:
    written = texts(confusion_plot(made_up()))
    assert sorted(t for t in written if t.isdigit()) == ["1", "1", "2", "2", "4"]
    assert "judged" not in written


def test_confusion_has_a_column_of_ads_not_judged() -> None:
    written = texts(confusion_plot(NOBODY_JUDGED))
    assert written.index("not") + 1 == written.index("judged")
    assert sorted(t for t in written if t.isdigit()) == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("right", "colour"), [(8, "right"), (10, "right"), (3, "wrong"), (1, "wrong")]
)
def test_reliability_marks_what_misses_the_diagonal(right: int, colour: str) -> None:
    (bin_,) = made_up().reliability
    marked = type(bin_)(bin_.low, bin_.high, bin_.confidence, proportion(right, 10))
    svg = reliability_plot(made_up(reliability=(marked,)))
    assert f"stroke: var(--{colour})" in svg
    assert f"stroke: var(--{'wrong' if colour == 'right' else 'right'})" not in svg


@pytest.mark.parametrize(
    ("sure", "shown"),
    [
        (proportion(6, 6), True),
        (proportion(0, 1), True),
        (proportion(8, 10), True),
        (None, False),
    ],
)
def test_risk_shows_where_review_begins(sure: object, shown: bool) -> None:
    written = texts(risk_plot(made_up(sure=sure)))
    assert ({"← no review", "review →"} & set(written) != set()) == shown
    assert written[written.index("allowed") - 1] == "5%"


def test_forest_names_groups_and_marks_those_surely_below_all() -> None:
    svg = forest_plot(made_up())
    assert "board <1>  (30)" in texts(svg)
    assert "stroke: var(--wrong)" in svg
    assert "stroke: var(--right)" in svg
    few = forest_plot(made_up(groups={"source": (group("a$b$", 9, 10), group("few", 0, 9))}))
    assert "a$b$  (10)" in texts(few)
    assert not [text for text in texts(few) if "few" in text]
