from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolenlp.model.classifier import RoleClassifier
from rolenlp.predict import predict
from rolenlp.schema import Evidence, Posting, Prediction
from rolenlp.text.clean import clean
from rolenlp.text.personal import mask_personal
from rolenlp.verdicts.evidence import every_phrase
from rolenlp.verdicts.explain import Piece, as_text, how_sure, marked, why_not

SHARES = {"product": 0.1, "project": 0.875, "hybrid": 0.02, "other": 0.005}


def evidence(text: str, quoted: str, theme: str, weight: float = 1.0) -> Evidence:
    start = text.index(quoted)
    return Evidence(theme, quoted, start, start + len(quoted), weight)


def verdict(*found: Evidence, stray: tuple[Evidence, ...] = (), **changes: object) -> Prediction:
    fields = {"role": "project", "confidence": 0.875, "review": False, "probabilities": SHARES}
    fields |= {"orientation": -0.5, "conflict": False, "evidence": found, "stray": stray}
    return Prediction(**{**fields, **changes})  # type: ignore[arg-type]


AD = "Keep the risk register.\nTalk to customers on time."
RISK = evidence(AD, "risk register", "risk", 1.25)
TIME = evidence(AD, "on time", "scope", 0.5)
TALK = evidence(AD, "Talk to customers", "customer", 0.75)


def test_a_verdict_as_text() -> None:
    assert as_text(AD, verdict(RISK, TIME, stray=(TALK,))).splitlines() == [
        "role           project, 87% sure",
        "probabilities  project 0.875, product 0.100, hybrid 0.020, other 0.005",
        "orientation    -0.50 (-1 internal and tactical, +1 customers and market)",
        "",
        "evidence (theme, weight: how far it moved the verdict, quote)",
        '  risk            1.25  "risk register"',
        '  scope           0.50  "on time"',
        "stray duties, which belong to a product manager (theme, weight: how far it moved the "
        "verdict, quote)",
        '  customer        0.75  "Talk to customers"',
        "",
        "the ad, every phrase quoted in [brackets] with its theme (theme, phrases, about)",
        "  risk              1  risks are found and managed (project)",
        "  resource          0  the team has what it needs (project)",
        "  scope             1  scope, time and cost are kept (project)",
        "  customer          1  what clients expect is found out (product)",
        "  vision            0  vision and strategy of the product (product)",
        "  crossfunctional   0  sales, engineering and marketing work together (product)",
        "",
        "Keep the [risk: risk register].",
        "[customer: Talk to customers] [scope: on time].",
    ]


def test_colour_tells_the_themes() -> None:
    text = as_text(AD, verdict(RISK, stray=(TALK,)), colour=True)
    assert "Keep the \x1b[1;4;31mrisk register\x1b[0m." in text
    assert "\x1b[1;36mTalk to customers\x1b[0m on time." in text
    assert text.count("\x1b[1;4;31m") == 2  # with the legend
    assert "\x1b[1;4;33mscope\x1b[0m             0" in text
    assert "[risk" not in text


def test_all_phrases_are_marked_and_counted_but_not_quoted() -> None:
    text = as_text(AD, verdict(RISK), (RISK, TALK, TIME))
    assert "[customer: Talk to customers] [scope: on time]." in text
    assert "the ad, every phrase that counts in [brackets]" in text
    assert "  scope             1  " in text
    assert text.count('"') == 2


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            {"review": True, "words": 25},
            "review         a person should look: less sure than promised",
        ),
        (
            {"review": True, "words": 24},
            "review         a person should look: only 24 words that count",
        ),
        (
            {"review": True, "conflict": True},
            "review         a person should look: title and duties disagree",
        ),
        ({"title_role": "product", "conflict": True}, "title          says product; the duties di"),
        ({"title_role": "project"}, "title          says project; the duties do not contradict it"),
        ({"status": "truncated"}, "length         very long: judged on its first 100,000 char"),
        ({"role": "product"}, "stray duties, which belong to a project manager: none"),
        ({}, "evidence: no phrase can be quoted for this verdict"),
    ],
)
def test_what_else_is_said(changes: dict[str, object], line: str) -> None:
    assert any(said.startswith(line) for said in as_text(AD, verdict(**changes)).splitlines())


@pytest.mark.parametrize("role", ["hybrid", "other"])
def test_only_the_two_managers_have_stray_duties(role: str) -> None:
    assert "stray" not in as_text(AD, verdict(role=role))


@pytest.mark.parametrize("status", ["empty", "too_short", "not_english", "error"])
def test_an_ad_that_was_not_judged(status: str) -> None:
    text = as_text("", Prediction(status=status))
    assert text == why_not(Prediction(status=status))
    assert re.fullmatch(rf"not judged: .+ \(status {status}\)", text)


@pytest.mark.parametrize(
    ("confidence", "said"),
    [(0.999_9, "99% sure"), (1.0, "100% sure"), (0.29, "29% sure"), (0.288, "28% sure")],
)
def test_how_sure_is_rounded_down(confidence: float, said: str) -> None:
    assert how_sure(Prediction(confidence=confidence)) == said


@pytest.mark.parametrize(
    ("ad", "quoted", "shown"),
    [
        ("own the roadmap", "roadmap", "own the [roadmap]"),
        ("roadmap", "roadmap", "[roadmap]"),
        ("<p>own the <b>road</b>map &amp; plan</p>", "road</b>map", "own the [roadmap] & plan"),
        ("<li>risk &amp; issue</li>now", "risk &amp; issue", "• [risk & issue]\nnow"),
        ("**own** the *roadmap*.", "roadmap", "own the [roadmap]."),
        ("a\n\n\n \n\nroadmap", "roadmap", "a\n\n[roadmap]"),
    ],
)
def test_phrases_are_marked_in_the_clean_text(ad: str, quoted: str, shown: str) -> None:
    pieces = marked(ad, verdict(evidence(ad, quoted, "vision")))
    text = "".join(f"[{piece.text}]" if piece.pole else piece.text for piece in pieces)
    assert text.strip() == shown


def test_phrases_that_overlap_are_one() -> None:
    ad = "schedule, cost and customers"
    found = (
        evidence(ad, "schedule, cost", "scope", 0.5),
        evidence(ad, "cost and customers", "customer", 0.7),
    )
    assert marked(ad, verdict(*found)) == [
        Piece(""),
        Piece(ad, ("customer", "scope"), "product"),
        Piece(""),
    ]


@pytest.mark.parametrize(
    ("ad", "shown"),
    [
        ("<h2>Your duties</h2><p>Own the roadmap.</p>", "*Your duties*\nOwn the [roadmap]."),
        ("<b>Own the roadmap</b> now", "*Own the *[*roadmap*] now"),
        ("&lt;strong&gt;Duties&lt;/strong&gt; the roadmap", "*Duties* the [roadmap]"),
        ("**Duties**\n\n\nthe roadmap", "*Duties*\n\nthe [roadmap]"),
        ("# Duties\nthe roadmap", "*Duties*\nthe [roadmap]"),
        ("the roadmap <b>never closed", "the [roadmap] never closed"),
        ("2 ** 3 ** 4, the roadmap", "2 ** 3 ** 4, the [roadmap]"),
    ],
)
def test_bold_survives(ad: str, shown: str) -> None:
    pieces = marked(ad, verdict(evidence(ad, "roadmap", "vision")), bold=True)
    bold = [(f"*{piece.text}*" if piece.bold else piece.text, piece.pole) for piece in pieces]
    assert "".join(f"[{text}]" if pole else text for text, pole in bold).strip() == shown


@given(st.text("ab \n<b></b>**# ", max_size=60))
def test_bold_changes_no_text(ad: str) -> None:
    whole = "".join(piece.text for piece in marked(ad, Prediction(), bold=True))
    assert whole.split() == clean(ad).text.split()


@given(st.text("ab \n<p>&;*_•", max_size=60))
def test_marking_nothing_gives_the_clean_text(ad: str) -> None:
    (piece,) = marked(ad, Prediction())
    assert piece.text.split() == clean(ad).text.split()
    assert not re.search(r"\n[^\S\n]*\n[^\S\n]*\n", piece.text)


def test_every_phrase_holds_those_quoted(
    phrase_model: RoleClassifier, ads: list[dict[str, str]]
) -> None:
    more = 0
    for ad in ads[:60]:
        judged = predict(ad["description"], ad["title"], model=phrase_model)
        every = every_phrase(phrase_model, Posting(ad["description"], ad["title"]))
        assert set(every) >= {*judged.evidence, *judged.stray}
        assert all(e.weight > 0 for e in every)
        assert [e.start for e in every] == sorted(e.start for e in every)
        more += len(every) - len({*judged.evidence, *judged.stray})
    assert more > 20


def test_every_phrase_of_an_ad_worked_by_hand(phrase_model: RoleClassifier) -> None:
    ad = "Keep the risk register. Bake. Update the <b>risk</b> register, own the product roadmap."
    found = every_phrase(phrase_model, Posting(ad))
    quotes = [(e.theme, e.quote, ad[e.start : e.end]) for e in found]
    assert quotes.count(("risk", "risk register", "risk register")) == 1
    assert ("risk", "risk register", "risk</b> register") in quotes  # though it says it again
    assert ("vision", "product roadmap", "product roadmap") in quotes
    assert every_phrase(phrase_model, Posting("Bake bread for the town.")) == ()


def test_what_is_marked_is_what_is_quoted(
    phrase_model: RoleClassifier, ads: list[dict[str, str]]
) -> None:
    for ad in ads[:60]:
        judged = predict(ad["description"], ad["title"], model=phrase_model)
        pieces = marked(ad["description"], judged)
        shown = [" ".join(piece.text.split()) for piece in pieces if piece.pole]
        for e in (*judged.evidence, *judged.stray):
            assert any(e.quote in text for text in shown), ad["id"]
        whole = "".join(piece.text for piece in pieces)
        assert whole.split() == mask_personal(clean(ad["description"]).text).split()
