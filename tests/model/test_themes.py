"""Which themes an ad states: by the weight of its phrases, or as a model has learned."""

import numpy as np
import pytest

from rolenlp.model.classifier import RoleClassifier
from rolenlp.model.themes import LIKELY, STATED, theme_counts, theme_table
from rolenlp.model_file.bundle import load, save
from rolenlp.reading.priors import Hits
from rolenlp.schema import THEMES, Posting
from rolenlp.verdicts.judge import judge
from tests.small_ads import small_priors

RISK, SCOPE, VISION = (THEMES.index(theme) for theme in ("risk", "scope", "vision"))


def hits(texts):
    """Hits whose texts alone are looked at."""
    text = np.array(texts, np.int64)
    return Hits(np.zeros_like(text), text, np.zeros_like(text), np.zeros_like(text))


def counts(rows, n=2, answers=None):
    """Rows are (text, theme, weight of the phrase)."""
    texts, themes, weights = zip(*rows, strict=True) if rows else ((), (), ())
    found = theme_counts(
        hits(texts), np.array(themes, np.int64), np.array(weights, float), n, answers
    )
    assert found.shape == (n, len(THEMES))
    return {(i, j): int(found[i, j]) for i, j in zip(*np.nonzero(found), strict=True)}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], {}),
        ([(0, RISK, 3.0)], {(0, RISK): 1}),
        ([(0, RISK, 2.5)], {}),
        ([(0, RISK, 2.5), (0, RISK, 0.5)], {(0, RISK): 2}),
        # Neither another theme nor another ad helps.
        ([(0, RISK, 2.5), (0, SCOPE, 0.5), (1, RISK, 0.5)], {}),
        ([(1, VISION, 2.0)] * 2 + [(0, SCOPE, 3.0)], {(1, VISION): 2, (0, SCOPE): 1}),
    ],
)
def test_phrases_state_a_theme_where_they_weigh_so_much(rows, expected):
    assert STATED == 3.0
    assert counts(rows) == expected


def test_where_a_model_has_learned_its_answer_counts():
    answers = np.full((2, len(THEMES)), -9.0)
    answers[0, RISK], answers[0, SCOPE], answers[1, VISION] = LIKELY + 0.01, LIKELY, 5.0
    rows = [(0, RISK, 0.5), (0, RISK, 0.5), (0, SCOPE, 9.0), (1, RISK, 9.0)]
    # The vision of the second ad is likely, but there is no phrase of it to be counted.
    assert counts(rows, answers=answers) == {(0, RISK): 2}


def test_a_table_of_themes():
    table = theme_table([["risk", "vision"], [], {"scope"}])
    assert table.dtype == bool
    assert [[THEMES[i] for i in np.flatnonzero(row)] for row in table] == [
        ["risk", "vision"],
        [],
        ["scope"],
    ]
    assert theme_table([]).shape == (0, len(THEMES))


def test_a_name_that_is_no_theme_is_an_error():
    with pytest.raises(ValueError, match="theme 'luck' of ad 1: themes are risk, resource"):
        theme_table([[], ["luck"]])


# The same words, stated in ads of one trade alone.
BUILDERS = ["Solder the wires of quilting robots and keep each of them on time."] * 20
BAKERS = ["Bake bread in the village for the early bus that comes on time."] * 20


@pytest.fixture(scope="module")
def model():
    roles = ["project"] * 20 + ["other"] * 20
    themes = [THEMES] * 20 + [[]] * 20
    known = RoleClassifier(priors=small_priors(), boilerplate={}, min_postings=2)
    return known.fit(BUILDERS + BAKERS, roles, themes=themes)


def scope(model, text):
    (verdict,) = judge(model, [Posting(text)])
    return verdict.themes["scope"]


def test_a_model_learns_which_themes_are_stated(model):
    assert (scope(model, BUILDERS[0]), scope(model, BAKERS[0])) == (1, 0)
    untold = RoleClassifier(priors=small_priors(), boilerplate={}, min_postings=2)
    untold.fit(BUILDERS + BAKERS, ["project"] * 20 + ["other"] * 20)
    assert untold.themes_ is None
    assert (scope(untold, BUILDERS[0]), scope(untold, BAKERS[0])) == (0, 0)  # 1.5 is a hint


def test_themes_do_not_touch_the_roles(model):
    untold = RoleClassifier(priors=small_priors(), boilerplate={}, min_postings=2)
    untold.fit(BUILDERS + BAKERS, ["project"] * 20 + ["other"] * 20)
    ads = [BUILDERS[0], BAKERS[0], "Own the product roadmap."]
    np.testing.assert_array_equal(model.predict_proba(ads), untold.predict_proba(ads))


def test_what_was_learned_is_saved(model, tmp_path):
    save(model, tmp_path / "it.joblib", {})
    again = load(tmp_path / "it.joblib")
    np.testing.assert_allclose(again.themes_.coef, model.themes_.coef, rtol=1e-6, atol=1e-30)
    assert (scope(again, BUILDERS[0]), scope(again, BAKERS[0])) == (1, 0)


def test_themes_of_every_ad_are_needed():
    with pytest.raises(ValueError, match="2 ads but 1 entries of themes"):
        RoleClassifier(priors=small_priors()).fit(BAKERS[:2], ["other"] * 2, themes=[[]])


@pytest.mark.parametrize("stated", [["scope"], []])
def test_a_theme_of_no_ad_cannot_be_learned(stated):
    known = RoleClassifier(priors=small_priors(), boilerplate={}, min_postings=2)
    model = known.fit(BUILDERS[:2] + BAKERS[:2], ["other"] * 4, themes=[stated] * 2 + [[]] * 2)
    assert model.themes_ is None
