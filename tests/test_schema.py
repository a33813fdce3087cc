from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rolenlp.schema import Posting, as_posting, as_postings

AD = Posting("Own the roadmap", "Product Owner")


@pytest.mark.parametrize(
    ("ad", "expected"),
    [
        (AD, AD),
        ("Own the roadmap", Posting("Own the roadmap", "")),
        ("", Posting("")),
        (("Product Owner", "Own the roadmap"), AD),
        ((None, "Own the roadmap"), Posting("Own the roadmap")),
        (("Product Owner", None), Posting("", "Product Owner")),
        ({"text": "Own the roadmap", "title": "Product Owner", "id": 7}, AD),
        ({"text": "Own the roadmap"}, Posting("Own the roadmap")),
        ({"text": None, "title": float("nan")}, Posting("")),
        ({"text": pd.NA, "title": pd.NaT}, Posting("")),
        ({"text": 42, "title": np.float32("nan")}, Posting("42")),
        ({"text": "nan", "title": "None"}, Posting("")),
        (None, Posting("")),
        (float("nan"), Posting("")),
        (pd.NA, Posting("")),
        (Decimal("NaN"), Posting("")),
    ],
)
def test_as_posting(ad: Any, expected: Posting) -> None:
    assert as_posting(ad) == expected


@pytest.mark.parametrize(
    "ad", [7, b"text", ["title", "text"], ("text",), ("a", "b", "c"), {"title": "PM"}, np.ones(2)]
)
def test_what_is_no_ad(ad: Any) -> None:
    with pytest.raises(TypeError, match=rf"an ad is a text.* got {type(ad).__name__}"):
        as_posting(ad)


def test_many_ads_of_all_kinds() -> None:
    assert list(as_postings(["a", ("T", "b"), {"text": "c"}, AD])) == [
        Posting("a"),
        Posting("b", "T"),
        Posting("c"),
        AD,
    ]


def test_ads_are_taken_lazily() -> None:
    taken = []

    def endless() -> Any:
        while True:
            taken.append("x")
            yield "x"

    ads = as_postings(endless())
    assert [next(ads), next(ads)] == [Posting("x"), Posting("x")]
    assert len(taken) == 2


@pytest.mark.parametrize("dtype", [object, "string", "str"])
def test_a_table(dtype: Any) -> None:
    table = pd.DataFrame(
        {"text": ["a", None, "c"], "title": [None, "T", "U"], "n": 1}, index=[5, 5, 9]
    ).astype({"text": dtype, "title": dtype})
    expected = [Posting("a"), Posting("", "T"), Posting("c", "U")]
    assert list(as_postings(table)) == expected
    assert list(as_postings(table.drop(columns="title"))) == [Posting(ad.text) for ad in expected]
    assert list(as_postings(table["text"])) == [Posting(ad.text) for ad in expected]
    assert list(as_postings(table.head(0))) == []


def test_a_table_without_texts() -> None:
    with pytest.raises(ValueError, match="needs a column 'text'; it has body, 3"):
        as_postings(pd.DataFrame({"body": ["a"], 3: ["b"]}))


@pytest.mark.parametrize("ads", ["one text", {"text": "one ad"}, AD])
def test_one_ad_is_not_many(ads: Any) -> None:
    with pytest.raises(TypeError, match="put it in a list"):
        as_postings(ads)
