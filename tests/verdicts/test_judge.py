import csv
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from rolenlp.model.classifier import RoleClassifier
from rolenlp.reading.priors import Priors
from rolenlp.reading.reader import MAX_CHARACTERS
from rolenlp.schema import FEW_WORDS, NO_PHRASE, POLES, THEMES, Evidence, Posting, Prediction
from rolenlp.text.clean import clean
from rolenlp.verdicts.judge import judge
from tests.examples import TIMES
from tests.small_ads import fitted, shipped_phrases, small_phrases, small_priors

PRODUCT = "Own the product roadmap, share the vision and study each customer need with care."
PROJECT = "Keep the project plan and the risk register, and end on time with subcontractors."
BAKER = "Bake bread and pastries from four in the morning in a small village shop."


def one(text, title="", model=None, **options):
    (verdict,) = judge(model or small_phrases(), [Posting(text, title)], **options)
    return verdict


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("", "empty"),
        (" \n\t\xa0", "empty"),
        ("<p><br/></p>", "empty"),
        ("&nbsp;", "empty"),
        ("\u200b\x00", "empty"),
        ("Own the product roadmap.", "too_short"),  # the, and such words do not count
        ("12 34 56 78 90 12 34", "too_short"),
        ("... --- ...", "too_short"),
        ("Own the product roadmap here today.", "ok"),
        (BAKER, "ok"),
        (
            "Wir suchen für unser Team in München einen erfahrenen Projektleiter, der die Planung "
            "und Steuerung unserer Bauprojekte übernimmt und Kunden sowie Partner betreut.",
            "not_english",
        ),
        (
            "Nous recherchons un chef de projet pour gérer le planning, le budget et les risques "
            "de nos chantiers, avec une équipe de dix personnes basée à Lyon depuis 1990.",
            "not_english",
        ),
        (PRODUCT * (MAX_CHARACTERS // len(PRODUCT) + 1), "truncated"),
        ("x" * MAX_CHARACTERS, "not_english"),
        (" " * MAX_CHARACTERS + PRODUCT, "empty"),
    ],
)
def test_status(text, status):
    verdict = one(text)
    assert verdict.status == status
    assert bool(verdict.role) == (status in ("ok", "truncated"))


@pytest.mark.parametrize(
    "text", ["", "Bake bread.", "管理项目计划和预算 协调资源 管理 项目 计划 预算"]
)
def test_what_is_not_judged_says_nothing(text):
    verdict = one(text, "Product Manager")
    assert verdict == Prediction(status=verdict.status)
    assert (verdict.role, verdict.title_role, verdict.confidence) == ("", "", None)
    assert (verdict.review, verdict.conflict, verdict.orientation) == (True, None, None)
    assert (verdict.probabilities, verdict.themes) == ({}, {})
    assert (verdict.evidence, verdict.stray) == ((), ())


def test_the_text_is_judged_as_far_as_it_is_read():
    long = PRODUCT.ljust(MAX_CHARACTERS) + PROJECT
    assert one(long).status == "truncated"
    assert {e.theme for e in one(long).evidence + one(long).stray} == {"vision", "customer"}
    assert one(PRODUCT.ljust(MAX_CHARACTERS)).status == "ok"


@pytest.mark.parametrize(("text", "role"), [(PRODUCT, "product"), (PROJECT, "project")])
def test_role_probabilities_and_confidence(text, role):
    verdict = one(text)
    assert verdict.role == role
    assert list(verdict.probabilities) == ["hybrid", "other", "product", "project"]
    assert sum(verdict.probabilities.values()) == pytest.approx(1)
    assert verdict.confidence == verdict.probabilities[role] == max(verdict.probabilities.values())


def test_a_verdict_is_the_models_own():
    ads = [Posting(PRODUCT), Posting(PROJECT, "Project Manager"), Posting(BAKER, "Baker")]
    model = fitted()
    found = judge(model, ads)
    np.testing.assert_array_equal(
        [list(verdict.probabilities.values()) for verdict in found], model.predict_proba(ads)
    )
    assert [verdict.role for verdict in found] == model.predict(ads).tolist()


def test_verdicts_are_of_built_in_types():
    verdict = one(PROJECT, "Product Manager")
    assert type(verdict.confidence) is type(verdict.orientation) is float
    assert type(verdict.review) is type(verdict.conflict) is bool
    assert {type(value) for value in verdict.probabilities.values()} == {float}
    assert {type(value) for value in verdict.themes.values()} == {int}
    assert {type(x) for e in verdict.evidence for x in (e.start, e.end)} == {int}
    assert {type(e.weight) for e in verdict.evidence} == {float}


def test_no_ads_no_verdicts():
    assert list(judge(small_phrases(), [])) == []


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("", ""),
        ("Product Manager", "product"),
        ("Senior Project Manager - Rail", "project"),
        ("Project Manager / Product Owner", "hybrid"),
        ("Baker", ""),  # nothing was learnt of bakers
        ("<b>Product</b>&nbsp;Owner", "product"),
    ],
)
def test_what_the_title_says(title, role):
    assert one(BAKER, title).title_role == role


def test_a_title_that_is_plainly_neither_is_other():
    texts = [BAKER] * 30 + [PRODUCT] * 30
    titles = ["Village Baker"] * 30 + ["Product Manager"] * 30
    model = RoleClassifier(priors=small_priors(), min_postings=2).fit(
        list(zip(titles, texts, strict=True)), ["other"] * 30 + ["product"] * 30
    )
    assert one(PRODUCT, "Village Baker", model).title_role == "other"
    assert one(PRODUCT, "Product Manager", model).title_role == "product"
    assert one(PRODUCT, "", model).title_role == ""


SURE_PRODUCT = "Own the product roadmap. Share the vision. " * 6
SURE_PROJECT = "Keep the project plan. Keep the risk register. " * 6


@pytest.mark.parametrize(
    ("title", "text", "conflict"),
    [
        ("Product Manager", SURE_PROJECT, True),
        ("Project Manager", SURE_PRODUCT, True),
        ("Product Manager", SURE_PRODUCT, False),
        ("Project Manager", SURE_PROJECT, False),
        ("Project Manager", BAKER, False),  # no duty is found that could contradict it
        ("Project Manager", BAKER + " We share a vision.", False),  # 0.38 project, 0.58 other
        ("Project Manager", BAKER + " Share the vision." * 3, True),  # 0.23, 0.39 product
        ("", SURE_PROJECT, False),
        ("Baker", SURE_PROJECT, False),
        ("Project Manager / Product Owner", SURE_PROJECT + SURE_PRODUCT, False),
        ("Project Manager / Product Owner", SURE_PROJECT, True),
    ],
)
def test_title_and_duties_disagree(title, text, conflict):
    assert one(text, title).conflict is conflict


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BAKER, 0.0),
        ("Own the product roadmap in this bakery.", 9 / 12),
        ("Keep the project plan in this bakery.", -9 / 12),
        ("Keep the product roadmap and the project plan here.", 0.0),
        ("Share the vision and the project plan of this bakery.", (3 - 9) / 15),
        ("The vision of this bakery: bread on time, on time.", (3 - 9) / 15),
        ("Keep the risk register of this small bakery.", -4.5 / 7.5),
        ("The sales and marketing of this small bakery.", 0.5 / 3.5),
    ],
)
def test_orientation_by_hand(text, expected):
    # Weights of product phrases less those of project phrases, over all and 3; a phrase of
    # vision or scope weighs three times its weight, of risk one and a half, of the last half.
    assert one(text).orientation == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BAKER, {}),
        ("Keep the risk register of this small bakery.", {"risk": 1}),
        # Phrases that together weigh less than 3 are a hint, no statement.
        ("A vision of bread, on time, for the bakery.", {}),
        ("A vision, a vision, on time, on time.", {"scope": 2}),
        ("A vision, a vision and a vision of bread.", {"vision": 3}),
        ("The product roadmap, the vision, subcontractors of bread.", {"vision": 2}),
    ],
)
def test_themes_count_phrases_where_together_they_state_the_theme(text, expected):
    verdict = one(text)
    assert verdict.themes == {**dict.fromkeys(THEMES, 0), **expected}
    assert list(verdict.themes) == list(THEMES)


def test_evidence_weighs_what_its_phrase_moves_in_an_ad_of_that_length():
    text = "Keep the project plan, the risk register and a vision."
    # Six words count: keep, project, plan, risk, register, vision; 30 more are added.
    model = small_phrases()
    effect = {
        phrase.text: abs(of) / 36**0.5
        for phrase, of in zip(
            model.reader_.priors.phrases, model.phrase_effects_.tolist(), strict=True
        )
    }
    verdict = one(text)
    assert verdict.role == "project"
    assert verdict.evidence == (
        Evidence("scope", "project plan", 9, 21, pytest.approx(effect["project plan"])),
        Evidence("risk", "risk register", 27, 40, pytest.approx(effect["risk register"])),
    )
    vision = pytest.approx(effect["vision"])
    assert verdict.stray == (Evidence("vision", "vision", 47, 53, vision),)


@pytest.mark.parametrize(
    ("text", "role", "evidence", "stray"),
    [
        (PRODUCT, "product", {"vision", "customer"}, set()),
        (SURE_PROJECT + "Vision.", "project", {"scope", "risk"}, {"vision"}),
        (SURE_PRODUCT + "On time.", "product", {"vision"}, {"scope"}),
        (SURE_PROJECT + SURE_PRODUCT, "hybrid", {"scope", "risk", "vision"}, set()),
        (BAKER + " We share a vision.", "other", {"vision"}, set()),
        (BAKER, "other", set(), set()),
    ],
)
def test_evidence_speaks_for_the_role_and_stray_for_the_other(text, role, evidence, stray):
    verdict = one(text)
    assert verdict.role == role
    assert {e.theme for e in verdict.evidence} == evidence
    assert {e.theme for e in verdict.stray} == stray


def test_a_phrase_is_quoted_once_and_at_most_five_are():
    verdict = one("A vision. A Vision. A VISION. " + PRODUCT)
    assert [e.quote.lower() for e in verdict.evidence].count("vision") == 1
    assert {e.start for e in verdict.evidence if e.quote == "vision"} == {2}  # the first of them
    phrases = "roadmap backlog epic persona waterfall gantt smartsheet subcontractor pmo mvp prd"
    verdict = one(f"Here we use {phrases.replace(' ', ', ')}.", model=shipped_phrases())
    assert len(verdict.evidence) <= 5
    assert len(verdict.stray) <= 5


SPREAD = """
[names]
phrases = []
[themes.vision]
pole = "product"
phrases = [
  { phrase = "product roadmap", weight = 3 },
  { phrase = "set|change ~ roadmap|direction", weight = 2 },
  { phrase = "roadmap|vision|backlog", weight = 1 },
]
[themes.customer]
pole = "product"
phrases = [
  { phrase = "customer", weight = 2 },
  { phrase = "vision customer", weight = 2.5 },
  { phrase = "persona|segment", weight = 0.5 },
  { phrase = "buyer seller", weight = 1 },
  { phrase = "seller buyer", weight = 1 },
]
[titles]
product = []
project = []
"""


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        # Of those of a theme that end in the same word the heaviest.
        ("Set the roadmap. Own the product roadmap. Bake. Roadmaps.", ["product roadmap"]),
        ("Set the roadmap. Change the direction.", ["Set the roadmap", "Change the direction"]),
        ("Set a vision. Ask customers. Ask a customer.", ["vision", "customers"]),
        # Nor twice the same words.
        ("Watch buyers and sellers. Then sellers, buyers.", ["buyers and sellers"]),
        # None that shares words with a more telling one.
        ("Know the vision and the customers.", ["vision"]),
        # What the holder does before what is required, however heavy that is.
        ("Experience of a product roadmap. Groom the backlog.", ["backlog", "product roadmap"]),
        (
            "Backlog.\nSkills\nproduct roadmap\nWhat you will do\nSet directions. Vision.",
            ["Set directions", "Backlog", "Vision", "product roadmap"],
        ),
        # From many sentences rather than from one: the words of the first count 9, 6 / 2, 3 / 8,
        # 3 / 16 and 2 / 16, those behind it 0.5 and 0.5 / 2.
        (
            "Product roadmap, set direction, vision, backlog, customer. Personas. Segments.",
            ["Product roadmap", "set direction", "vision", "Personas", "Segments"],
        ),
    ],
)
def test_evidence_is_spread(text, quotes):
    model = RoleClassifier(priors=Priors.from_toml(SPREAD)).fit([], [])
    verdict = one(f"{text} Bread is baked in this village.", model=model)
    assert [e.quote for e in verdict.evidence] == quotes


def test_phrases_that_labels_turned_round_are_no_evidence():
    ads = [f"{BAKER} Keep the risk register."] * 60
    ads += [f"{BAKER} We share a vision, a vision and a vision."] * 60
    free = LogisticRegression(C=1000, max_iter=1000)
    model = RoleClassifier(priors=small_priors(), classifier=free, prior_strength=0).fit(
        ads, ["product"] * 60 + ["project"] * 60
    )
    vision = [phrase.text for phrase in small_priors().phrases].index("vision")
    assert model.phrase_effects_[vision] < 0
    verdict = one(ads[-1], model=model)
    assert "vision" not in {e.theme for e in verdict.evidence + verdict.stray}
    assert verdict.themes["vision"] == 3


def test_review_is_where_the_confidence_is_under_the_threshold():
    product, project = f"{PRODUCT} {PRODUCT} {BAKER}", f"{PROJECT} {PROJECT} {BAKER}"
    assert one(product).review is True  # nothing was promised by phrases alone
    ads = [product] * 40 + [project] * 40
    model = RoleClassifier(priors=small_priors()).fit(ads, ["product"] * 40 + ["project"] * 40)
    assert one(product, model=model).review is False
    assert one(product, "Baker", model=model).review is True  # no titled ad was seen
    assert one(f"{BAKER} {BAKER} {BAKER}", model=model).review is True
    (threshold,) = model.thresholds(0.95)[:1, 2]
    assert one(product, model=model).confidence >= threshold
    assert one(product, model=model, min_precision=0.99).review is True  # 40 cannot promise it


@pytest.mark.parametrize(("n", "review"), [(FEW_WORDS - 1, True), (FEW_WORDS, False)])
def test_an_ad_of_few_words_is_for_review_however_sure(n, review):
    product, project = ("Own the product roadmap.", "Keep the project plan.")
    ads = [product * 9] * 40 + [project * 9] * 40
    model = RoleClassifier(priors=small_priors()).fit(ads, ["product"] * 40 + ["project"] * 40)
    text = " ".join((["own product roadmap"] * (n // 3)) + ["roadmap"] * (n % 3))
    verdict = one(text, model=model)
    assert verdict.words == n
    assert verdict.confidence >= model.thresholds(0.95)[0, 2]
    assert verdict.review is review


@pytest.mark.parametrize("min_precision", [0.49, 1, float("nan"), -1])
def test_a_precision_that_cannot_be_promised(min_precision):
    with pytest.raises(ValueError, match=r"0\.5 to 0\.99"):
        one(PRODUCT, min_precision=min_precision)


def assert_evidence_holds(text, verdict):
    for evidence in (verdict.evidence, verdict.stray):
        assert len({e.quote.lower() for e in evidence}) == len(evidence)
        places = sorted((e.start, e.end) for e in evidence)
        assert all(end <= start for (_, end), (start, _) in pairwise(places))
        for e in evidence:
            assert 0 <= e.start < e.end <= len(text)
            assert e.weight > 0
            assert e.theme in POLES
            assert " ".join(clean(text[e.start : e.end]).text.split()) == e.quote


def own_ads():
    path = Path(__file__).parents[2] / "data" / "postings.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return [Posting(row["description"], row["title"]) for row in csv.DictReader(stream)]


def as_html(text):
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace("risk", "<b>ri</b>sk")
    text = text.replace("project ", "project&nbsp;").replace("roadmap", "<i>roadmap</i>")
    return "<div><p>" + text.replace("\n", "<br/>\n") + "</p></div>"


def as_escaped_html(text):
    text = text.replace("&", "").replace("<", "")
    return "&lt;p&gt;" + text.replace("\n\n", "&lt;/p&gt;&lt;p&gt;") + "&lt;/p&gt;"


@pytest.mark.parametrize("dress", [str, as_html, as_escaped_html], ids=lambda f: f.__name__)
def test_evidence_points_into_the_text_that_was_passed_in(dress):
    ads = [Posting(dress(ad.text), ad.title) for ad in own_ads()]
    if dress is not str:  # text that was escaped twice cannot be cut out and read
        ads = [ad for ad in ads if "&amp;amp;" not in ad.text]
    verdicts = judge(shipped_phrases(), ads)
    assert sum(len(verdict.evidence) for verdict in verdicts) > 200
    for ad, verdict in zip(ads, verdicts, strict=True):
        assert_evidence_holds(ad.text, verdict)


def test_evidence_in_html_by_hand():
    text = "<p>Keep the <b>project</b> \t plan &amp; end it <i>on&nbsp;time</i>, bread.</p>"
    verdict = one(text)
    assert [(e.quote, text[e.start : e.end]) for e in verdict.evidence] == [
        ("project plan", "project</b> \t plan"),
        ("on time", "on&nbsp;time"),
    ]


pieces = st.sampled_from(
    "vision project plan risk register on time <b> </b> <p> </p> <br> &amp; &nbsp; &lt; • * ** # "
    "| - . ; _ ` \u200b \xa0 É İ ǅ 😀 \r\n \n \t \x00 manage bread the product roadmap sales, "
    "marketing not no &#118;ision <li> [a](b) *** \u2003 \u2028 \u3000 \x85 \x1f".split(" ")
)


@settings(max_examples=50 * TIMES, deadline=None)
@given(st.lists(st.tuples(pieces, st.sampled_from(["", " ", "\n"])), max_size=40))
def test_any_text_gets_a_verdict_with_offsets_that_lie_in_it(parts):
    text = "".join(piece + gap for piece, gap in parts)
    verdict = one(text)
    assert verdict.status in ("ok", "empty", "too_short", "not_english")
    for e in verdict.evidence + verdict.stray:
        assert 0 <= e.start < e.end <= len(text)
        assert e.quote
        assert "\n" not in e.quote


def test_a_notebook_shows_the_verdict_and_escapes_the_ad():
    shown = Prediction(
        role="product", confidence=0.876, evidence=(Evidence("vision", "a <b> & c", 0, 9, 1.0),)
    )._repr_html_()
    assert "<b>product</b> 88%" in shown
    assert NO_PHRASE not in shown
    assert NO_PHRASE in Prediction(role="other", confidence=0.6)._repr_html_()
    assert "<small>vision</small> <mark>a &lt;b&gt; &amp; c</mark>" in shown
    assert Prediction(status="empty")._repr_html_() == "<p>not judged: empty</p>"
