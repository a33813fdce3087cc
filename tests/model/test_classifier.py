from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from rolenlp.model.calibration import moved, precision_thresholds
from rolenlp.model.classifier import RoleClassifier
from rolenlp.model.learning import SHOWN
from rolenlp.reading.lexicon import UNKNOWN_ID
from rolenlp.reading.masks import boilerplate_words
from rolenlp.reading.priors import Priors
from rolenlp.schema import Posting
from tests.examples import TIMES
from tests.model.conftest import small
from tests.small_ads import (
    ADS,
    OTHER,
    PRODUCT,
    PROJECT,
    ROLES,
    fitted,
    shipped_phrases,
    small_phrases,
    small_priors,
)

TEXTS = [text for _, text in ADS]
CLASSES = ["hybrid", "other", "product", "project"]


def test_parameters_are_kept_as_they_were_given():
    shares = {"hybrid": 0.1, "other": 0.3, "product": 0.3, "project": 0.3}
    model = RoleClassifier(priors=small_priors(), role_prior=shares, prior_strength=2.0)
    params = model.get_params()
    assert params["priors"] is small_priors()
    assert params["role_prior"] is shares
    assert params["prior_strength"] == 2.0
    assert model.set_params(min_postings=7) is model
    assert model.min_postings == 7
    with pytest.raises(ValueError, match="colour"):
        model.set_params(colour="red")


def test_fit_returns_itself_and_leaves_parameters_and_data_alone():
    model = small()
    before = model.get_params()
    ads, roles = list(ADS), list(ROLES)
    assert model.fit(ads, roles) is model
    assert model.get_params() == before
    assert (ads, roles) == (ADS, ROLES)


@pytest.mark.parametrize("make", [small, lambda: clone(fitted())])
def test_a_clone_is_not_fitted_and_fits_to_the_same(make):
    model = make()
    with pytest.raises(NotFittedError):
        model.predict(TEXTS)
    one, two = model.fit(ADS, ROLES), clone(model).fit(ADS, ROLES)
    assert one.predict_proba(ADS).tolist() == two.predict_proba(ADS).tolist()


def test_a_second_fit_forgets_the_first():
    model = small().fit(ADS, ROLES).fit(ADS[:20], ROLES[:20])
    assert model.n_postings_ == 20
    again = small().fit(ADS[:20], ROLES[:20])
    assert model.predict_proba(ADS).tolist() == again.predict_proba(ADS).tolist()


@pytest.mark.parametrize("method", ["predict", "predict_proba"])
def test_what_needs_a_fit_says_so(method):
    with pytest.raises(NotFittedError, match="not fitted yet"):
        getattr(RoleClassifier(), method)(TEXTS)


def test_classes_and_shapes():
    model = fitted()
    assert model.classes_.tolist() == CLASSES
    probabilities = model.predict_proba(ADS)
    assert probabilities.shape == (len(ADS), 4)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert (probabilities >= 0).all()
    roles = model.predict(ADS)
    assert roles.shape == (len(ADS),)
    assert roles.tolist() == model.classes_[probabilities.argmax(axis=1)].tolist()
    assert model.predict([]).shape == (0,)
    assert model.predict_proba([]).shape == (0, 4)


def test_it_learns_its_ads():
    assert fitted().score(ADS, ROLES) > 0.9


@pytest.mark.parametrize(
    "ads",
    [
        [Posting(text, title) for title, text in ADS],
        [{"text": text, "title": title} for title, text in ADS],
        tuple(ADS),
        pd.DataFrame(ADS, columns=["title", "text"]),
        pd.DataFrame(ADS, columns=["title", "text"]).assign(n=1).set_index("n"),
        pd.DataFrame(ADS, columns=["title", "text"]).astype("category"),
    ],
    ids=["Posting", "dict", "tuple", "DataFrame", "index", "category"],
)
def test_ads_come_in_many_forms(ads):
    expected = fitted().predict_proba(ADS)
    np.testing.assert_array_equal(fitted().predict_proba(ads), expected)
    np.testing.assert_array_equal(
        RoleClassifier(min_postings=2).fit(ads, ROLES).predict_proba(ads), expected
    )


@pytest.mark.parametrize(
    "ads",
    [
        np.array(TEXTS),
        pd.Series(TEXTS, index=range(5, 5 + len(TEXTS))),
        pd.DataFrame({"text": TEXTS}),
        pd.DataFrame({"text": TEXTS, "title": None}),
        [Posting(text) for text in TEXTS],
        [("", text) for text in TEXTS],
    ],
    ids=["array", "Series", "DataFrame", "no titles", "Posting", "tuple"],
)
def test_ads_without_a_title_come_in_many_forms(ads):
    expected = fitted().predict_proba(TEXTS)
    np.testing.assert_array_equal(fitted().predict_proba(ads), expected)
    assert fitted().predict(ads).tolist() == fitted().predict(TEXTS).tolist()


@pytest.mark.parametrize(
    "ads", ["one text", np.zeros((2, 2)), [1, 2], [("a", "b", "c")], [{"body": "x"}], 7]
)
def test_what_is_no_sequence_of_ads_is_a_type_error(ads):
    with pytest.raises(TypeError):
        fitted().predict(ads)
    with pytest.raises(TypeError):
        small().fit(ads, ["other", "other"])


def test_a_table_without_texts_is_an_error_that_names_its_columns():
    with pytest.raises(ValueError, match=r"'text'.*body, title"):
        fitted().predict(pd.DataFrame({"body": ["x"], "title": ["y"]}))


@pytest.mark.parametrize(
    ("roles", "options", "message"),
    [
        (None, {}, "requires y to be passed"),
        (["product"], {}, "2 ads but labels of shape"),
        (["product", "manager"], {}, "'manager' of ad 1: roles are hybrid, other, product"),
        (["product", None], {}, "'None' of ad 1"),
        ([0, 1], {}, "'0' of ad 0"),
        (["product", "Project"], {}, "'Project'"),
        (["product", "project"], {"sample_weight": [1.0]}, "2 ads but sample weights of shape"),
        (["product", "project"], {"sample_weight": [1.0, -1.0]}, "from 0 up"),
        (["product", "project"], {"sample_weight": [1.0, np.nan]}, "from 0 up"),
        (["product", "project"], {"sample_weight": [1.0, np.inf]}, "from 0 up"),
        (
            ["product", "project"],
            {"calibration_weight": [1.0]},
            "2 ads but calibration weights of shape",
        ),
        (["product", "project"], {"calibration_weight": [1.0, -1.0]}, "calibration weights must"),
        (["product", "project"], {"sources": ["a"]}, "2 ads but 1 sources"),
    ],
)
def test_what_does_not_fit_the_ads_is_a_value_error(roles, options, message):
    with pytest.raises(ValueError, match=message):
        small().fit(TEXTS[:2], roles, **options)


MIX = {"hybrid": 0.1, "other": 0.3, "product": 0.4, "project": 0.2}


@pytest.mark.parametrize(
    ("shares", "message"),
    [
        ({"manager": 1}, "from 0 up for any of hybrid, other, product, project"),
        ({**MIX, "manager": 0.1}, "from 0 up for any of"),
        ({**MIX, "hybrid": -0.1}, "from 0 up for any of"),
        ({**MIX, "hybrid": float("nan")}, "from 0 up for any of"),
        ({**MIX, "hybrid": float("inf")}, "from 0 up for any of"),
        ({}, "no share for any role that the model knows"),
        ({"project": 1}, "no share for any role that the model knows"),
        ({**MIX, "product": 0}, "no share for any role that the model knows"),
    ],
)
def test_the_shares_of_the_roles_must_be_there(shares, message):
    model = small().fit(TEXTS[:1], ["product"])
    with pytest.raises(ValueError, match=message):
        small(role_prior=shares).fit(TEXTS[:1], ["product"])
    with pytest.raises(ValueError, match=message):
        model.predict_proba(TEXTS[:1], role_prior=shares)


def test_the_mix_of_roles_is_the_users(base):
    plain = base.predict_proba(ADS)
    found = base.predict_proba(ADS, role_prior=MIX)
    expected = moved(plain, base.role_mix_, np.array([MIX[role] for role in CLASSES]))
    np.testing.assert_allclose(found, expected)
    assert base.predict(ADS, role_prior=MIX).tolist() == (
        base.classes_[found.argmax(axis=1)].tolist()
    )
    twice = {role: 2 * share for role, share in MIX.items()}  # shares, whatever their sum
    np.testing.assert_allclose(base.predict_proba(ADS, role_prior=twice), found)
    assert base.role_mix == dict.fromkeys(CLASSES, 0.25)
    np.testing.assert_allclose(base.predict_proba(ADS, role_prior=base.role_mix), plain)


def test_a_mix_that_a_model_was_made_for_can_be_changed(base, read):
    model = small(role_prior=MIX).fit(read, ROLES)
    assert model.role_mix == pytest.approx(MIX)
    np.testing.assert_allclose(
        model.predict_proba(ADS), base.predict_proba(ADS, role_prior=MIX), atol=1e-9
    )
    np.testing.assert_allclose(
        model.predict_proba(ADS, role_prior=base.role_mix), base.predict_proba(ADS), atol=1e-9
    )


def test_the_mix_of_a_table_is_estimated(base):
    ads = ADS[:8] * 3 + ADS[24:]
    mix = base.estimate_role_mix(ads)
    assert list(mix) == CLASSES
    assert sum(mix.values()) == pytest.approx(1)
    assert mix["product"] == pytest.approx(0.75, abs=0.1)
    assert base.estimate_role_mix([]) == pytest.approx(base.role_mix)


@pytest.mark.parametrize(
    ("classes", "labels", "roles"),
    [
        (["other", "product", None], [1, 2, 0], ("other", "product", "")),
        ({"pm": "product", "pj": "project", "x": None}, ["pm", "x", "pm"], ("product", "")),
        ({True: "product", False: "other"}, [True, False, True], ("other", "product")),
        ({"a": "product", "b": "product"}, ["a", "b", "a"], ("product", "product")),
        ("any", ["product", "nurse", "nurse"], ("", "product")),
        ("any", [3, 5, 3], ("", "")),
        (None, ["product", "other", "product"], ("other", "product")),
    ],
)
def test_labels_stand_for_roles(classes, labels, roles):
    model = small(classes=classes, prior_strength=0).fit(ADS[:3], labels)
    assert model.classes_.tolist() == sorted(set(labels))
    assert model.roles_ == roles
    assert set(model.predict(ADS).tolist()) <= set(labels)
    answers = model.answer(model.reader_.read([Posting(text) for text in TEXTS]))
    assert answers.probabilities.shape == (32, 4)
    for number, role in enumerate(CLASSES):  # a role has what its classes have
        own = [at for at, of in enumerate(roles) if of == role]
        np.testing.assert_allclose(
            answers.probabilities[:, number], model.predict_proba(TEXTS)[:, own].sum(axis=1)
        )


@pytest.mark.parametrize(
    ("classes", "labels", "message"),
    [
        (["other", "nurse"], [0, 1], "classes has the role 'nurse': roles are hybrid, other, pr"),
        (["other", "product"], [0, 2], "'2' of ad 1: classes does not name it"),
        ({"pm": "product"}, ["pm", "product"], "'product' of ad 1: classes does not name it"),
        ("any", [0.1, 0.25], "Unknown label type: continuous"),
        (None, ["Boss", "Boss"], "'Boss' of ad 0: roles are .*; for other labels see classes$"),
        (None, [1, 2], "'1' of ad 0: roles are .* see classes, like classes={0: 'hybrid', 1: 'o"),
    ],
)
def test_labels_that_classes_does_not_name(classes, labels, message):
    with pytest.raises(ValueError, match=message):
        small(classes=classes).fit(TEXTS[:2], labels)


@pytest.mark.parametrize(
    ("classes", "found"),
    [
        (None, CLASSES),
        ("any", CLASSES),
        (["product", None], [0, 1]),
        ({"b": "other", "a": None}, ["a", "b"]),
    ],
)
def test_classes_of_a_model_without_ads(classes, found):
    model = small(classes=classes).fit([], [])
    assert model.classes_.tolist() == found
    assert np.isfinite(model.predict_proba(ADS)).all()


@pytest.mark.parametrize(
    "roles", [["product"] * 3, ["other", "project", "hybrid"], np.array(ROLES[:3])]
)
def test_a_few_ads_and_not_all_roles_are_enough(roles):
    model = small().fit(TEXTS[:3], roles)
    assert model.classes_.tolist() == sorted(set(roles))
    assert np.isfinite(model.predict_proba(TEXTS)).all()
    assert np.isinf(model.thresholds(0.5)).all()  # too few to promise anything


def test_ads_that_say_nothing_can_be_fitted():
    model = small().fit([""] * 30, ["other"] * 15 + ["product"] * 15)
    assert np.isfinite(model.predict_proba(["", "Own the product roadmap."])).all()


def test_an_ad_is_judged_alike_alone_and_among_others():
    ads = (ADS * 10)[:300]  # more than one batch
    order = np.random.default_rng(0).permutation(len(ads))
    together = fitted().predict_proba(ads)
    np.testing.assert_allclose(
        fitted().predict_proba([ads[i] for i in order]), together[order], atol=1e-12
    )
    for i in (0, 255, 256, 299):
        np.testing.assert_allclose(fitted().predict_proba([ads[i]])[0], together[i], atol=1e-12)


def test_no_ads_leave_a_model_that_knows_the_phrases():
    model = small_phrases()
    assert model.n_postings_ == 0
    ads = ["Own the product roadmap; share a vision.", "Keep the project plan on time.", OTHER[0]]
    assert model.predict(ads).tolist() == ["product", "project", "other"]
    assert model.held_out_.rows.tolist() == []
    assert np.isinf(model.thresholds_).all()


def test_labels_teach_words_that_no_phrase_holds():
    ads = ["Solder the wires of quilting robots."] * 60 + ["Bake bread in the village."] * 60
    model = small().fit(ads, ["project"] * 60 + ["other"] * 60)
    assert model.predict(["Solder robots.", "Bake bread."]).tolist() == ["project", "other"]
    assert small_phrases().predict(["Solder robots."]).tolist() == ["other"]


def words(model):
    return set(model.reader_.lexicon.words)


def test_weights_move_the_model_and_none_takes_an_ad_out():
    ads = ["Bake bread in the village."] * 20
    roles = ["project", "other"] * 10
    plain = small().fit(ads, roles)
    heavy = small().fit(ads, roles, sample_weight=np.array([0.0, 1.0] * 10))
    project = plain.classes_.tolist().index("project")
    assert heavy.predict_proba(ads[:1])[0, project] < plain.predict_proba(ads[:1])[0, project]
    assert heavy.predict(ads[:1]).tolist() == ["other"]


def test_labels_without_any_weight_teach_nothing(read):
    model = small().fit(read, ROLES, sample_weight=[0.0] * 32)
    np.testing.assert_allclose(model.predict_proba(ADS), small_phrases().predict_proba(ADS))


def test_probabilities_are_calibrated_for_the_shares_that_were_given():
    shares = {"hybrid": 0.01, "other": 0.9, "product": 0.05, "project": 0.04}
    ads = ["The team meets on Monday."] * 200
    roles = CLASSES * 50
    found = small(role_prior=shares).fit(ads, roles).predict_proba(ads[:1])[0]
    np.testing.assert_allclose(found, [shares[name] for name in CLASSES], atol=0.03)


def test_every_ad_is_held_out_once():
    model = fitted()
    assert sorted(model.held_out_.rows.tolist()) == list(range(len(ADS)))
    for probabilities in (model.held_out_.duties, model.held_out_.both):
        assert probabilities.shape == (len(ADS), 4)
        np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    sources = ["a", "b", "c", "d"] * 8
    model = small().fit(ADS, ROLES, sources=sources)
    assert sorted(model.held_out_.rows.tolist()) == list(range(len(ADS)))
    folds = [sources[row] for row in model.held_out_.rows]
    assert len([i for i in range(1, len(folds)) if folds[i] != folds[i - 1]]) == 3  # by source


def test_a_calibration_weight_of_zero_leaves_ads_out_of_calibration_alone(base, read):
    counts = np.array(([1.0] * 3 + [0.0]) * 8)
    model = small().fit(read, ROLES, calibration_weight=counts)
    assert sorted(model.held_out_.rows.tolist()) == np.flatnonzero(counts).tolist()
    assert model.held_out_.duties.shape == model.held_out_.both.shape == (24, 4)
    for view in SHOWN:  # what was learned does not change
        one, other = (each.views_[view].classifier.coef_ for each in (model, base))
        np.testing.assert_array_equal(one, other)
    inverse = [[each.views_[view].inverse_temperature for view in SHOWN] for each in (model, base)]
    assert inverse[0] != inverse[1]
    weighted = small().fit(read, ROLES, calibration_weight=5 * counts)
    np.testing.assert_allclose(weighted.predict_proba(ADS), model.predict_proba(ADS), atol=1e-6)


def test_calibration_weights_take_the_place_of_sample_weights(read):
    counts = np.array([1.0, 1.0, 3.0, 3.0] * 8)
    model = small().fit(read, ROLES, sample_weight=[1.0, 0.5] * 16, calibration_weight=counts)
    held_out = model.held_out_
    label = np.array([CLASSES.index(ROLES[row]) for row in held_out.rows])
    found = precision_thresholds(held_out.duties, label, counts[held_out.rows])
    np.testing.assert_allclose(model.thresholds_[0], found)
    assert model.role_mix == dict.fromkeys(CLASSES, 0.25)


@pytest.mark.parametrize(
    ("title", "role"), [("Product Manager", "product"), ("Project Manager", "project")]
)
def test_a_title_answers_for_itself(title, role):
    model = small_phrases()
    alone, titled = (
        model.answer(model.reader_.read([Posting(text, title)])).title[0] for text in ("", "Bake.")
    )
    assert CLASSES[alone.argmax()] == role
    np.testing.assert_array_equal(alone, titled)  # whatever the text is


def test_without_an_ad_to_calibrate_on_nothing_is_promised():
    model = small().fit(ADS, ROLES, calibration_weight=[0.0] * len(ADS))
    assert model.held_out_.rows.tolist() == []
    assert np.isinf(model.thresholds_).all()
    assert [model.views_[view].inverse_temperature for view in SHOWN] == [1.0] * 3
    assert np.isfinite(model.predict_proba(ADS)).all()


SALARY = {"salary": 5.0, "pension": 5.0}


def test_boilerplate_is_not_read():
    duties = "Solder the wires of quilting robots and test them. " * 10
    ads = [duties + "The salary and the pension are good. " * 3] * 2
    assert {"solder", "salary", "good"} <= words(small().fit(ads, ["other"] * 2))
    model = small(boilerplate=SALARY).fit(ads, ["other"] * 2)
    assert "good" not in words(model)
    body = model.reader_.read([Posting(ads[0])]).body
    read = {model.reader_.lexicon.words[number] for number in body.ids if number > UNKNOWN_ID}
    assert read == {"solder", "wire", "of", "quilt", "robot", "test", "them"}
    one, other = model.predict_proba([ads[0], ads[0].replace("salary", "salary salary")])
    np.testing.assert_allclose(one, other)


def test_the_boilerplate_that_ships_is_the_default():
    assert dict(shipped_phrases().reader_.boilerplate) == boilerplate_words()
    assert RoleClassifier().get_params()["boilerplate"] is None
    assert small_phrases().reader_.boilerplate == {}


def test_held_out_ads_are_not_judged_by_fits_that_saw_them():
    # The labels of these ads are chance, so that only a fit that saw an ad could know its own.
    rng = np.random.default_rng(0)
    letters = [f"w{chr(97 + i // 26)}{chr(97 + i % 26)}x" for i in range(400)]
    ads = [" ".join(rng.choice(letters, 30)) + "." for _ in range(200)]
    roles = rng.choice(["product", "other"], 200)
    model = small().fit(ads, roles)
    seen = model.predict_proba(ads)[:, 1]
    assert np.corrcoef(seen, roles == "product")[0, 1] > 0.8
    held_out = model.held_out_.duties[:, 1]
    assert np.corrcoef(held_out, roles[model.held_out_.rows] == "product")[0, 1] < 0.2


@pytest.mark.parametrize(
    ("asked", "given"),
    [(0.5, 0.5), (0.95, 0.95), (0.951, 0.96), (0.95 - 1e-12, 0.95), (0.95 + 1e-12, 0.95)],
)
def test_a_promise_between_two_is_kept_as_the_higher(asked, given):
    model = fitted()
    assert model.thresholds(asked).tolist() == model.thresholds(given).tolist()
    assert model.thresholds(asked).shape == (2, 4)


def test_thresholds_rise_with_the_promise():
    model = small().fit(ADS * 5, ROLES * 5)
    some = [model.thresholds(p) for p in (0.5, 0.7, 0.9, 0.99)]
    assert np.isfinite(some[0]).any()
    for low, high in pairwise(some):
        assert (low <= high).all()


@pytest.mark.parametrize("asked", [0.4, 0.999, 1.0, float("nan")])
def test_a_promise_out_of_range_is_an_error(asked):
    with pytest.raises(ValueError, match=r"it can be 0\.5 to 0\.99"):
        fitted().thresholds(asked)


def test_the_priors_that_ship_are_the_default():
    assert shipped_phrases().reader_.priors == Priors.default()
    assert shipped_phrases().priors is None


bases = st.lists(st.sampled_from(PRODUCT + PROJECT + OTHER), max_size=8)
plain_project = st.lists(
    st.sampled_from(
        [
            "Manage the project plan.",
            "Keep the risk register.",
            "Track project milestones.",
            "Report project status.",
            "Deliver on time and within budget.",
            "Coordinate subcontractors.",
            "Manage project risks.",
        ]
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=50 * TIMES, deadline=None)
@given(bases, plain_project, st.sampled_from(["", "Product Manager", "Project Manager", "Baker"]))
def test_plain_project_phrases_never_lower_project(base, added, title):
    assume(base)  # without a text the title answers alone
    before, after = shipped_phrases().predict_proba(
        [(title, "\n".join(base)), (title, "\n".join(base + added))]
    )
    project = CLASSES.index("project")
    # More words thin out what speaks for other jobs, and that lets hybrid in by a hair; a title
    # that claims product speaks for hybrid the more, the surer the duties are (0.026 at most, where
    # all duties are one sentence, one to eight times, and all that can be added is).
    hair = 0.03 if title == "Product Manager" else 0.005
    assert after[project] >= before[project] - hair


@settings(max_examples=16 * TIMES, deadline=None)
@given(bases, st.sampled_from(["", "Baker"]))
def test_the_claim_of_a_title_never_lowers_its_role(base, title):
    text = "\n".join(base)
    for claim, role in (("Product Manager", "product"), ("Project Manager", "project")):
        before, after = shipped_phrases().predict_proba([(title or "Baker", text), (claim, text)])
        assert after[CLASSES.index(role)] >= before[CLASSES.index(role)] - 1e-9
