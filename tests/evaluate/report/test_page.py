import html
import re
from html.parser import HTMLParser

import pytest

from rolenlp.evaluate.report.page import as_page
from rolenlp.evaluate.result import Mistake
from rolenlp.metrics import Bin, proportion
from rolenlp.schema import Evidence
from tests.evaluate.helpers import compared, group, made_up


class Page(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.data: list[str] = []
        self.feed(page)
        self.words = " ".join(" ".join(self.data).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.data.append(data)


PAGE = as_page(made_up(compared=compared()))


def test_needs_no_other_file() -> None:
    tags = Page(PAGE).tags
    assert {"script", "link", "img", "iframe", "object"}.isdisjoint(tag for tag, _ in tags)
    assert not [attrs for _, attrs in tags if "src" in attrs]
    links = [v or "" for _, attrs in tags for k, v in attrs.items() if k.endswith("href")]
    assert all(link.startswith("#") for link in links)
    assert set(re.findall(r"url\((.)", PAGE)) <= {"#"}
    assert "default-src 'none'" in PAGE
    assert "@import" not in PAGE


def test_ids_are_one_of_a_kind_and_are_there() -> None:
    ids = re.findall(r'\bid="([^"]*)"', PAGE)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:url\(|href=")#([^")]*)', PAGE)) <= set(ids)


def test_every_colour_is_defined_light_and_dark() -> None:
    for name in set(re.findall(r"var\(--(\w+)\)", PAGE)):
        assert PAGE.count(f"--{name}: #") == 2


def test_text_of_ads_is_escaped() -> None:
    hostile = "</b><script>alert(1)</script>&\"'"
    mistake = Mistake(3, hostile, "other", "product", 0.9, (Evidence("risk", hostile, 0, 1, 1.0),))
    page = as_page(made_up(mistakes=(mistake,)))
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;" in page
    assert Page(page).words.count(hostile) == 2


@pytest.mark.parametrize(
    ("mistake", "words"),
    [
        (
            Mistake(7, "PM", "project", "other", 0.8, (Evidence("risk", "risk log", 3, 11, 1.5),)),
            'PM true role project, judged other, 80% sure ad 7; risk: "risk log"',
        ),
        (
            Mistake(1234, "", "other", "hybrid", 0.999, ()),
            "(no title) true role other, judged hybrid, over 99% sure ad 1,234; no phrase",
        ),
    ],
)
def test_mistakes(mistake: Mistake, words: str) -> None:
    assert words in Page(as_page(made_up(mistakes=(mistake,)))).words


def test_no_mistake() -> None:
    assert "None: no ad was judged wrongly." in as_page(made_up(mistakes=()))


def test_ads_not_judged_are_stated() -> None:
    page = as_page(made_up(status={"ok": 7, "empty": 2, "too_short": 1}, not_judged=3))
    assert "3 could not be judged and count as wrong (empty 2, too_short 1)." in page
    assert "could not be judged" not in PAGE


@pytest.mark.parametrize(
    ("confusion", "heading"),
    [
        (
            ((4, 0, 0, 0), (0, 1, 0, 2), (1, 0, 0, 0), (0, 0, 0, 2)),
            "70% of the ads are judged right; most often project is taken for other (2)",
        ),
        (
            ((4, 0, 0, 0), (0, 3, 0, 0), (0, 0, 1, 0), (0, 0, 0, 2)),
            "100% of the ads are judged right",
        ),
    ],
)
def test_heading_of_the_confusion_matrix(
    confusion: tuple[tuple[int, ...], ...], heading: str
) -> None:
    assert f"<h3>{heading}</h3>" in as_page(made_up(confusion=confusion))


def test_ads_not_judged_are_not_taken_for_a_role() -> None:
    page = as_page(
        made_up(
            verdicts=("product", "project", "hybrid", "other", ""),
            confusion=((2, 0, 0, 0, 2), (0, 2, 0, 1, 0), (0, 0, 1, 0, 0), (0, 0, 0, 2, 0)),
        )
    )
    assert "<h3>70% of the ads are judged right; most often project is taken for other (1)" in page


@pytest.mark.parametrize(
    ("right", "heading"),
    [
        (80, "Confidence is honest: 80% sure on average, 80% right"),
        (87, "Confidence is honest: 80% sure on average, 87% right"),
        (60, "Too sure: 80% sure on average, 60% right"),
        (95, "Not sure enough: 80% sure on average, 95% right"),
    ],
)
def test_heading_of_the_reliability_diagram(right: int, heading: str) -> None:
    bins = (Bin(0.8, 0.9, 0.8, proportion(right, 100)),)
    assert f"<h3>{heading}</h3>" in as_page(made_up(reliability=bins))


def test_heading_where_nothing_was_judged() -> None:
    assert "<h3>No ad could be judged</h3>" in as_page(made_up(reliability=()))


@pytest.mark.parametrize(
    ("changes", "heading"),
    [
        (
            {},
            "60% of the ads need no review, and 100% of them are right (95% promised)",
        ),
        (
            {"n": 2000, "sure": proportion(1999, 2000), "min_precision": 0.975},
            "100% of the ads need no review, and over 99% of them are right (97.5% promised)",
        ),
        (
            {"n": 2000, "sure": proportion(0, 1)},
            "under 1% of the ads need no review, and 0% of them are right (95% promised)",
        ),
        (
            {"sure": None, "min_precision": 0.9},
            "All ads need review: none reaches the model's threshold for 90%",
        ),
    ],
)
def test_heading_of_the_risk_coverage_curve(changes: dict[str, object], heading: str) -> None:
    page = as_page(made_up(**changes))
    assert f"<h3>{heading}</h3>" in html.unescape(page)
    assert ("The dot and the dotted line are where review begins" in page) == (
        changes.get("sure", 1) is not None
    )


def test_table_of_figures() -> None:
    accuracy = "accuracy 0.800 0.490 – 0.943"
    words = Page(PAGE).words
    assert "title and duties duties title rule macro F1 0.750 0.600 – 0.900" in words
    assert accuracy in words
    views = dict(made_up().figures) | {"title rule": {}}
    assert f"{accuracy} 0.800 0.490 – 0.943 –" in Page(as_page(made_up(figures=views))).words


def test_what_changed_is_only_there_where_models_are_compared() -> None:
    words = Page(PAGE).words
    assert (
        "title and duties 0.700 0.600 – 0.800 0.750 0.600 – 0.900 +0.050 -0.100 – +0.200" in words
    )
    assert "true role project; was other (98%, wrong), is project (51%, right)" in words
    assert "What changed" not in as_page(made_up())


@pytest.mark.parametrize(
    ("low", "high", "says"),
    [
        (-0.1, 0.2, "No sure difference from the model before: macro-F1 +0.050, 2 made right"),
        (0.01, 0.2, "Better than the model before"),
        (-0.2, -0.01, "Worse than the model before"),
    ],
)
def test_heading_of_what_changed(low: float, high: float, says: str) -> None:
    assert f"<h2>{says}" in as_page(made_up(compared=compared(low, high)))


def test_evidence_is_marked_in_its_ad() -> None:
    assert 'Keep the <mark class="project" title="risk">risk log</mark> &lt;b&gt;daily' in PAGE


@pytest.mark.parametrize(
    ("groups", "heading"),
    [
        ((("a", 10, 30), ("b", 29, 30)), "Worst where: a, 33% right of 30 ads (80% of all)"),
        ((("a", 0, 9), ("b", 29, 30)), "No source, length or kind of title is surely worse"),
        ((("a", 24, 30), ("b", 29, 30)), "No source, length or kind of title is surely worse"),
    ],
)
def test_heading_of_groups(groups: tuple[tuple[str, int, int], ...], heading: str) -> None:
    page = as_page(made_up(groups={"source": tuple(group(*each) for each in groups)}))
    assert f"<h2>{heading}" in page


def test_names_of_groups_are_text() -> None:
    attack = "</h2><img src=x>"
    page = as_page(made_up(groups={"source": (group(attack, 10, 30), group("b", 29, 30))}))
    assert "<img" not in page
    assert f"Worst where: {attack}, 33% right of 30 ads" in Page(page).words


def test_no_groups_no_section() -> None:
    assert "forest" not in as_page(made_up(groups={})).split("</style>")[1]


def test_heading_of_titles() -> None:
    # of seven titles that name product three are wrong; duties put two of them right
    assert "<h2>3 titles name a wrong role; in 2 of these ads (67%) the duties alone" in PAGE
    none = as_page(made_up(titles=made_up().titles[:1]))
    assert "<h2>No title names a wrong role" in none


def test_phrases_that_help_and_mislead() -> None:
    helps, misleads = PAGE.split("The most misleading")
    assert "risk log|register <small>risk</small>" in helps
    assert "set|own|drive|… ~ vision <small>vision</small>" in misleads
    assert "90% of the ads hold a phrase; of 2 phrases in use 1 surely misleads" in PAGE


def test_roles_and_thresholds() -> None:
    words = Page(PAGE).words
    assert "product 4 5 – – – project 3 2 – – –" in words  # ads, verdicts
    assert "title and duties 0.50 0.61 never 0.70" in words
