import numpy as np
import pytest

from rolenlp.model.classifier import RoleClassifier
from rolenlp.model.heads import (
    CUT,
    QUESTIONS,
    SLOPE,
    THEME_FACTOR,
    TITLE_CLAIM,
    TITLE_REACH,
    TITLE_START,
    Blocks,
    LogOdds,
    Scales,
    fit_heads,
    neighbour_starts,
    phrase_starts,
    theme_weights,
)
from rolenlp.reading.priors import Priors
from rolenlp.schema import THEMES, Posting
from rolenlp.verdicts.judge import judge
from tests.small_ads import PRIORS, small_phrases, small_priors

PHRASES = [phrase.text for phrase in small_priors().phrases]


def blocks_of(*postings):
    model = small_phrases()
    reading = model.reader_.read([Posting(text, title) for title, text in postings])
    return Blocks.of(reading, model.body_grams_, model.title_grams_, small_priors())


def fit(blocks, core, weight=None):
    (heads,) = fit_heads(
        blocks,
        np.array(core, bool).reshape(-1, 2),
        np.ones((len(core), 1)) if weight is None else np.array(weight, float)[:, None],
        small_priors(),
        (0, 0),
        Scales(words=1.0, pairs=1.0, phrases=1.0),
    )
    return heads


def test_questions_are_of_product_then_project():
    assert QUESTIONS == ("product", "project")


@pytest.mark.parametrize(
    ("phrase", "theme", "question", "weight"),
    [
        ("risk register", "risk", "project", 3),
        ("subcontractor", "resource", "project", 1),
        ("on time", "scope", "project", 1.5),
        ("product roadmap", "vision", "product", 3),
        ("customer need", "customer", "product", 2),
        ("sale marketing", "crossfunctional", "product", 1),
    ],
)
def test_a_phrase_starts_from_its_weight_in_the_question_of_its_pole(
    phrase, theme, question, weight
):
    column = phrase_starts(small_priors())[:, PHRASES.index(phrase)]
    number = QUESTIONS.index(question)
    assert column[number] == pytest.approx(SLOPE * THEME_FACTOR[theme] * weight)
    assert column[1 - number] == 0


def test_a_neighbours_phrase_speaks_against_both_roles():
    table = '[neighbours]\nphrases = [{ phrase = "bake|knead", weight = 1.5 }]\n'
    model = RoleClassifier(priors=Priors.from_toml(PRIORS + table)).fit([], [])
    assert neighbour_starts(model.reader_.priors).tolist() == [[-SLOPE * 1.5]] * 2
    reading = model.reader_.read([Posting("Bake bread. Knead dough. Share the vision.")])
    (duties,) = model.log_odds(reading).duties
    # Six words: bake, bread, knead, dough, share, vision; 30 more are added.
    against = 2 * 1.5 / 36**0.5
    vision = THEME_FACTOR["vision"] / 36**0.5
    np.testing.assert_allclose(duties, [SLOPE * (vision - against - CUT), SLOPE * (-against - CUT)])
    assert model.phrase_coefficients().shape == (2, len(PHRASES))
    (verdict,) = judge(model, [Posting("Bake bread. Knead dough. Share the vision.")])
    assert [e.quote for e in verdict.evidence] == ["vision"]


def test_a_phrase_weighs_in_its_theme_alone():
    weights = theme_weights(small_priors())
    assert weights.shape == (len(PHRASES), len(THEMES))
    assert weights[PHRASES.index("on time")].tolist() == [0, 0, 1.5, 0, 0, 0]
    assert weights.sum(axis=0).tolist() == [5, 1, 4.5, 2, 4, 1]


def test_without_rows_the_coefficients_are_the_starts():
    heads = fit(blocks_of(), [])
    themes = np.zeros((2, len(THEMES)))
    np.testing.assert_array_equal(
        heads.duties,
        np.column_stack((phrase_starts(small_priors()), themes, [-SLOPE * CUT] * 2)),
    )
    np.testing.assert_array_equal(
        heads.title, [[TITLE_CLAIM, 0, TITLE_START], [0, TITLE_CLAIM, TITLE_START]]
    )


@pytest.mark.parametrize(
    ("text", "vision", "risk", "scope"),
    [
        ("Bake bread daily.", 0, 0, 0),  # 3 words
        ("Keep the risk register.", 0, 3 / 33**0.5, 0),  # keep, risk, register
        ("Own the product roadmap and the vision.", 4 / 34**0.5, 0, 0),
        ("Vision, vision, vision.", 3 / 33**0.5, 0, 0),
        ("Share the vision and the project plan.", 1 / 34**0.5, 0, 3 / 34**0.5),
        ("The risk register, on time.", 0, 3 / 34**0.5, 1.5 / 34**0.5),
    ],
)
def test_the_answer_of_duties_by_hand(text, vision, risk, scope):
    answers = small_phrases().heads_.log_odds(blocks_of(("", text)))
    product = THEME_FACTOR["vision"] * vision
    project = THEME_FACTOR["risk"] * risk + THEME_FACTOR["scope"] * scope
    np.testing.assert_allclose(answers.duties, [[SLOPE * (product - CUT), SLOPE * (project - CUT)]])


@pytest.mark.parametrize(
    ("title", "product", "project"),
    [
        ("", 0, 0),
        ("Baker", 0, 0),
        ("Senior Product Manager", 1, 0),
        ("Project Manager (m/f/d)", 0, 1),
        ("Project Manager / Product Owner", 1, 1),
        ("Product Marketing Manager", 0, 0),
    ],
)
def test_the_answer_of_a_title_by_hand(title, product, project):
    answers = small_phrases().heads_.log_odds(blocks_of((title, "Bake bread.")))
    expected = TITLE_START + TITLE_CLAIM * np.array([[product, project]])
    np.testing.assert_allclose(answers.title, expected)
    assert answers.has_title.tolist() == [bool(title)]


def test_both_puts_duties_before_the_title():
    answers = LogOdds(
        np.array([[1.0, 2.0]]), np.array([[-0.5, 0.5]]), np.array([True]), np.array([True])
    )
    assert answers.both.tolist() == [[1.0, 2.0, -0.5, 0.5]]


def test_a_title_reaches_so_far_and_duties_as_far_as_they_do():
    assert TITLE_REACH == 2.0
    title = np.array([[1.9, 2.1], [-2.1, -1.9], [40.0, -40.0]])
    answers = LogOdds(
        np.array([[9.0, -9.0]] * 3), title, np.array([True] * 3), np.array([True] * 3)
    )
    assert answers.both.tolist() == [
        [9.0, -9.0, 1.9, 2.0],
        [9.0, -9.0, -2.0, -1.9],
        [9.0, -9.0, 2.0, -2.0],
    ]
    assert answers.title.tolist() == title.tolist()  # what it says for itself is kept


def test_rows_picks_postings():
    blocks = blocks_of(("Baker", "Share the vision."), ("", "On time."), ("Cook", "Risk register"))
    some = blocks.rows(np.array([2, 0]))
    np.testing.assert_array_equal(some.duties.toarray(), blocks.duties.toarray()[[2, 0]])
    np.testing.assert_array_equal(some.title.toarray(), blocks.title.toarray()[[2, 0]])
    assert blocks.has_title.tolist() == [True, False, True]
    assert some.has_title.tolist() == [True, True]


def test_labels_move_the_phrases_that_their_ads_hold():
    blocks = blocks_of(*[("", "Share the vision.")] * 9, *[("", "Bake bread.")] * 9)
    heads = fit(blocks, [(False, False)] * 18)
    moved = heads.duties[:, : len(PHRASES)] - phrase_starts(small_priors())
    vision = PHRASES.index("vision")
    assert moved[0, vision] < -0.01  # ads with a vision were no product ads
    np.testing.assert_allclose(np.delete(moved[0], vision), 0, atol=1e-6)


def test_ads_without_a_title_do_not_move_the_title():
    blocks = blocks_of(*[("", "Share the vision.")] * 5)
    heads = fit(blocks, [(True, False)] * 5)
    np.testing.assert_array_equal(heads.title[:, 2], [TITLE_START] * 2)


def test_words_of_titles_move_less_than_those_of_duties():
    scales = Scales(words=4.0, pairs=2.0, phrases=4.0)
    assert (scales.title_words, scales.title_pairs, scales.claims) == (0.5, 0.25, 1.0)
    ads = [("Baker", "Baker.")] * 20 + [("Cook", "Cook.")] * 20
    model = RoleClassifier(priors=small_priors(), boilerplate={}, min_postings=2)
    heads = model.fit(ads, ["project"] * 20 + ["other"] * 20).heads_
    # Both hold "baker" and "cook", in this order, as their only n-grams.
    project = QUESTIONS.index("project")
    assert heads.duties[project, 0] > 2 * heads.title[project, 0] > 0
    assert heads.duties[project, 1] < 2 * heads.title[project, 1] < 0


def test_titles_that_lie_are_believed_less():
    blocks = blocks_of(*[("Product Manager", "Bake bread.")] * 40)
    heads = fit(blocks, [(False, False)] * 40)
    assert heads.log_odds(blocks).title[0, 0] < -1
    assert TITLE_CLAIM + TITLE_START > 1
