from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from rolenlp.schema import NO_PHRASE, Evidence, Prediction
from rolenlp.verdicts.page import as_page

AD = "Own the <roadmap> & keep the risk register."
SHARES = {"product": 0.5, "project": 0.25, "hybrid": 0.15, "other": 0.1}
VERDICT = Prediction(
    role="product",
    confidence=0.5,
    review=True,
    probabilities=SHARES,
    orientation=0.25,
    title_role="project",
    conflict=True,
    evidence=(Evidence("vision", "<roadmap>", 8, 17, 1.5),),
    stray=(Evidence("risk", "risk register", 29, 42, 0.5),),
)


class Page(HTMLParser):
    """Collects the tags and, by tag and class, the texts; knows which tags are still open."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.texts: dict[str, list[str]] = {}
        self._into: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        kind = dict(attrs).get("class")
        if tag != "meta":
            self.open.append(tag)
            self._into.append(f"{tag}.{kind}" if kind else tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self._into.pop()

    def handle_data(self, data: str) -> None:
        if self._into:
            self.texts.setdefault(self._into[-1], []).append(data)


def test_a_page_holds_the_verdict_and_the_marked_ad() -> None:
    page = Page(as_page(AD, "Manager <b>", VERDICT))
    assert page.open == []
    assert page.texts["h1"] == ["Manager <b>"]
    assert page.texts["title"] == ["Manager <b>: product"]
    assert page.texts["b.product"] == ["product"]
    assert page.texts["mark.product"] == ["<roadmap>", "<roadmap>"]  # in the list, in the ad
    assert page.texts["mark.project"] == ["risk register", "risk register"]
    assert page.texts["div.ad"] == ["Own the ", " ", " & keep the ", " ", "."]
    assert page.texts["td.number"] == ["0.500", "0.250", "0.150", "0.100", "1.50", "0.50"]
    said = " ".join(page.texts["p"])
    assert "For review, a person should look: title and duties disagree." in said
    assert "The title says project; the duties disagree." in said


def test_a_page_marks_every_phrase_and_keeps_bold() -> None:
    ad = "<h2>Duties</h2>Own the <b>roadmap</b>, keep the risk register."
    register = Evidence("risk", "risk register", ad.index("risk"), len(ad) - 1, 0.5)
    roadmap = Evidence("vision", "roadmap", ad.index("roadmap"), ad.index("</b>"), 1.0)
    shown = Page(as_page(ad, "", replace(VERDICT, evidence=(), stray=()), (roadmap, register)))
    assert shown.texts["mark.project"] == ["risk register"]
    assert shown.texts["b"] == ["Duties", "roadmap"]
    assert shown.texts["mark.project key"] == ["risk", "resource", "scope"]
    assert shown.texts["mark.product key"] == ["customer", "vision", "crossfunctional"]
    assert shown.texts["td.count"] == ["1", "0", "0", "0", "1", "0"]
    assert "every phrase that counts" in " ".join(shown.texts["small"])


@pytest.mark.parametrize("verdict", [VERDICT, Prediction(status="empty")])
def test_a_page_needs_nothing_else_and_runs_nothing(verdict: Prediction) -> None:
    page = as_page("<script>alert(1)</script>text", '"><script>', verdict)
    assert "script" not in Page(page).tags
    assert "link" not in Page(page).tags
    assert "http" not in page.replace('http-equiv="Content-Security-Policy"', "")


def test_an_ad_that_was_not_judged() -> None:
    page = Page(as_page("", "", Prediction(status="empty")))
    assert page.texts["h1"] == ["Job ad"]
    assert page.texts["p"] == ["not judged: there is no text (status empty)"]
    assert page.texts["title"] == ["Job ad: not judged"]


def test_a_page_says_that_nothing_is_quoted() -> None:
    page = Page(as_page(AD, "", replace(VERDICT, evidence=(), stray=())))
    said = " ".join(page.texts["p"])
    assert NO_PHRASE in said
    assert "none" in said.split()  # of the stray duties
