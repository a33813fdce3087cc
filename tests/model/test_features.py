"""Transformers of ads: counts and densities by hand, and their places in scikit-learn's parts."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, make_pipeline

from rolenlp.model.ads import AdReader, ReadAds
from rolenlp.model.features import (
    LemmaCounts,
    LemmaTfidf,
    PriorFeatures,
    TitleClaims,
    as_input,
    role_features,
)
from rolenlp.schema import THEMES
from tests.small_ads import ADS, ROLES, small_priors

SMALL: dict[str, Any] = {"priors": small_priors(), "boilerplate": {}}
EVERY: dict[str, Any] = {**SMALL, "min_postings": 1}
TABLE = pd.DataFrame(ADS, columns=["title", "text"])
FEATURES = [
    LemmaCounts(**EVERY),
    LemmaTfidf("title", 2, **EVERY),
    PriorFeatures(**SMALL),
    TitleClaims(**SMALL),
]


def cells(features: Any, ads: Any, row: int = 0) -> dict[str, float]:
    """What is not 0 in a row of the fitted features, by column."""
    made = features.transform(ads).toarray()[row]
    names = features.get_feature_names_out()
    return {name: pytest.approx(value) for name, value in zip(names, made, strict=True) if value}


@pytest.mark.parametrize(
    ("text", "n", "expected"),
    [
        ("Bake the bread of rye", 1, {"bake": 1, "bread": 1, "rye": 1}),
        ("Bakes bread, bake breads", 1, {"bake": 2, "bread": 2}),
        ("rye bread. Rye bread", 2, {"rye bread": 2}),
        ("bake bread. Rye\nbread; rye", 2, {"bake bread": 1}),  # a break is between two words
        ("bake the bread", 2, {"bake bread": 1}),  # articles are not read
        ("bread of us", 2, {"bread of": 1}),  # neither word of "of us" carries anything
        ("of us", 1, {}),
        ("", 1, {}),
    ],
)
def test_counts_by_hand(text: str, n: int, expected: dict[str, int]) -> None:
    assert cells(LemmaCounts(n=n, **EVERY).fit([text]), [text]) == expected


@pytest.mark.parametrize(
    ("ads", "expected"),
    [
        ([("Rye baker", "Sell bread")], {"rye": 1, "baker": 1}),
        (TABLE.iloc[:1], {"product": 1, "manager": 1}),
        (["Rye baker"], {"rye": 1, "baker": 1}),  # plain texts are taken for this part
        (pd.Series(["Rye baker"]), {"rye": 1, "baker": 1}),
    ],
)
def test_words_of_titles(ads: Any, expected: dict[str, int]) -> None:
    assert cells(LemmaCounts("title", **EVERY).fit(ads), ads) == expected


def test_words_of_a_table_that_has_no_titles() -> None:
    """Its texts are texts: a column that is not there is no reason to take another for it."""
    ads = pd.DataFrame({"title": ["", "Baker"], "text": ["Sell bread", "Bake rye"]})
    features = LemmaCounts("title", **EVERY).fit(ads)
    assert features.get_feature_names_out().tolist() == ["baker"]
    assert features.transform(ads).toarray().tolist() == [[0], [1]]


@pytest.mark.parametrize("settings", [{"n": 3}, {"n": 0}, {"field": "body"}])
def test_what_cannot_be_counted(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="field is 'text' or 'title' and n 1 or 2; got"):
        LemmaCounts(**settings, **SMALL).fit(["x"])


WORDS = st.lists(st.sampled_from("bake bread rye sell oven wheat".split()), max_size=12)


@given(st.lists(WORDS, min_size=1, max_size=5), st.sampled_from([1, 2]))
def test_tf_idf_is_scikit_learns(texts: list[list[str]], n: int) -> None:
    ads = [" ".join(words) for words in texts]
    counts = LemmaCounts(n=n, **EVERY).fit_transform(ads)
    found = LemmaTfidf(n=n, **EVERY).fit(ads).transform(ads)
    if counts.size:
        counts = TfidfTransformer(sublinear_tf=True).fit_transform(counts)
    np.testing.assert_allclose(found.toarray(), counts.toarray())


def test_tf_idf_by_hand() -> None:
    ads = ["rye rye bread", "bread"]
    row = np.array([1.0, (1 + np.log(2)) * (np.log(3 / 2) + 1)])  # idf: ln((1 + n) / (1 + df)) + 1
    found = LemmaTfidf(**EVERY).fit_transform(ads)
    np.testing.assert_allclose(found.toarray(), [row / np.linalg.norm(row), [1, 0]])


def test_densities_by_hand() -> None:
    ad = "Own the product roadmap. The product roadmap is a vision."  # 7 words and articles
    one = 1 / np.sqrt(7 + 30)  # of a mention
    weighed = one * (2 * 3 + 1 * 1)  # twice a phrase of weight 3, once one of 1
    assert cells(PriorFeatures(**SMALL).fit([ad]), [ad]) == {
        "vision: product roadmap": 2 * one,
        "vision: vision": one,
        "theme: vision": np.log1p(3 * weighed),
        "phrases: product": 1.5 * 3 * weighed,  # the factor of the theme
    }


def test_names_of_prior_features() -> None:
    names = PriorFeatures(**SMALL).fit([]).get_feature_names_out().tolist()
    assert names[:2] == ["risk: risk register", "risk: manage ~ risk"]
    assert names[-9:-3] == [f"theme: {theme}" for theme in THEMES]
    assert names[-3:] == ["phrases: product", "phrases: project", "phrases: neighbours"]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Product Owner", [1, 0]),
        ("Project Manager", [0, 1]),
        ("Product Owner / Project Manager", [1, 1]),
        ("Baker", [0, 0]),
        ("", [0, 0]),
    ],
)
def test_claims_of_titles(title: str, expected: list[int]) -> None:
    claims = TitleClaims(**SMALL).fit([])
    assert claims.transform([(title, "Project manager.")]).toarray().tolist() == [expected]
    assert claims.get_feature_names_out().tolist() == [
        "title names product",
        "title names project",
    ]


@pytest.mark.parametrize("features", FEATURES, ids=lambda f: type(f).__name__)
def test_each_stands_alone(features: Any) -> None:
    with pytest.raises(NotFittedError):
        clone(features).transform(ADS)
    fitted = clone(features)
    made = fitted.fit_transform(TABLE)
    assert made.shape == (32, len(fitted.get_feature_names_out()))
    assert fitted.transform([]).shape == (0, made.shape[1])
    for again in (fitted, pickle.loads(pickle.dumps(fitted)), clone(fitted).fit(ADS)):
        np.testing.assert_array_equal(again.transform(ADS).toarray(), made.toarray())
    params = fitted.get_params()
    assert clone(fitted).get_params() == params


@pytest.mark.parametrize(("library", "kind"), [("pandas", pd.DataFrame), ("polars", pl.DataFrame)])
@pytest.mark.parametrize("features", FEATURES, ids=lambda f: type(f).__name__)
def test_a_data_frame_comes_out(features: Any, library: str, kind: type) -> None:
    dense = clone(features).set_params(sparse_output=False).set_output(transform=library)
    made = dense.fit_transform(TABLE)
    assert isinstance(made, kind)
    assert list(made.columns) == dense.get_feature_names_out().tolist()
    np.testing.assert_array_equal(made, clone(features).fit_transform(ADS).toarray())


@pytest.mark.parametrize("features", [TitleClaims(**SMALL), LemmaCounts("title", **EVERY)], ids=str)
@pytest.mark.parametrize(
    "titles", [TABLE[["title"]], TABLE["title"], TABLE["title"].tolist()], ids=lambda t: type(t)
)
def test_titles_alone(features: Any, titles: Any) -> None:
    made = clone(features).fit_transform(TABLE)
    assert made.sum() > 0
    np.testing.assert_array_equal(clone(features).fit_transform(titles).toarray(), made.toarray())


def test_in_a_pipeline() -> None:
    pipeline = make_pipeline(LemmaTfidf(**EVERY), LogisticRegression(C=100)).fit(ADS, ROLES)
    assert pipeline.score(ADS, ROLES) == 1
    reading = make_pipeline(AdReader(**EVERY), LemmaTfidf(**EVERY), LogisticRegression(C=100))
    np.testing.assert_allclose(
        reading.fit(ADS, ROLES).predict_proba(ADS), pipeline.predict_proba(ADS)
    )


def test_in_a_column_transformer() -> None:
    columns = ColumnTransformer(
        [("words", LemmaCounts(**EVERY), "text"), ("title", LemmaCounts("title", **EVERY), "title")]
    )
    made = columns.fit_transform(TABLE)
    both = [LemmaCounts(field, **EVERY).fit_transform(TABLE) for field in ("text", "title")]
    np.testing.assert_array_equal(made.toarray(), np.hstack([part.toarray() for part in both]))
    names = columns.get_feature_names_out()
    assert names[0].startswith("words__") and "title__manager" in names


def test_in_a_union() -> None:
    union = FeatureUnion([("claims", TitleClaims(**SMALL)), ("words", LemmaCounts(**EVERY))])
    made = union.fit_transform(ADS)
    assert (
        made[:, :2].toarray().tolist() == TitleClaims(**SMALL).fit_transform(ADS).toarray().tolist()
    )
    names = union.get_feature_names_out().tolist()
    assert names[:2] == ["claims__title names product", "claims__title names project"]
    assert "words__roadmap" in names


def test_the_features_of_the_classifier(read: ReadAds) -> None:
    features = role_features(**EVERY).fit(read)
    made = features.transform(read)
    sizes = {name: len(part.get_feature_names_out()) for name, part in features.transformer_list}
    assert list(sizes) == ["words", "pairs", "priors", "title_words", "title_pairs", "title_claims"]
    assert made.shape == (32, sum(sizes.values()))
    ends = np.cumsum([0, *sizes.values()])
    lengths = {
        name: np.linalg.norm(made[0, a:b].toarray())
        for name, a, b in zip(sizes, ends, ends[1:], strict=False)
    }
    for name, length in {"words": 1, "pairs": 1, "title_words": 0.5, "title_pairs": 0.5}.items():
        assert lengths[name] == pytest.approx(length)


@pytest.mark.parametrize(
    ("features", "as_read"),
    [
        (LemmaCounts(), True),
        (FeatureUnion([("a", make_pipeline(AdReader(), PriorFeatures()))]), True),
        (ColumnTransformer([("a", TfidfTransformer(), "text")]), False),
    ],
)
def test_features_of_another_kind_get_a_table(read: ReadAds, features: Any, as_read: bool) -> None:
    given_ = as_input(features, read[:2])
    if as_read:
        assert isinstance(given_, ReadAds)
    else:
        pd.testing.assert_frame_equal(given_, TABLE.iloc[:2].astype("str"))
