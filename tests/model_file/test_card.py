from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rolenlp.errors import ModelError
from rolenlp.model_file.card import (
    FORMAT_VERSION,
    aligned,
    card_lines,
    card_path,
    default_model_path,
    read_card,
)

CARD = {"format_version": FORMAT_VERSION, "rolenlp": "9.8", "sha256": "0"}


def with_card(folder: Path, card: Any) -> Path:
    path = folder / "mine.joblib"
    path.write_bytes(b"never read")
    text = card if isinstance(card, str) else json.dumps(card)
    card_path(path).write_text(text)
    return path


def test_a_card_lies_beside_its_model() -> None:
    assert card_path("a/mine.joblib") == Path("a/mine.json")


def test_the_default_model_and_its_card_are_there() -> None:
    path = default_model_path()
    assert path.stat().st_size < 10_000_000
    assert {"labels", "training", "metrics_out_of_fold", "data"} <= set(read_card(path))


def test_a_card_is_read_without_the_model(tmp_path: Path) -> None:
    assert read_card(with_card(tmp_path, CARD)) == CARD


@pytest.mark.parametrize(
    ("card", "says"),
    [
        ("{", "is not a readable card; get both files again"),
        ("[" * 100_000, "is not a readable card"),
        ([], "is not the card of a rolenlp model"),
        ({"sha256": "0"}, "is not the card of a rolenlp model"),
        ({"format_version": 1}, "is not the card of a rolenlp model"),
        (
            {**CARD, "format_version": 99},
            f"has format 99, this rolenlp reads {FORMAT_VERSION}; train it again, or install the "
            "rolenlp that wrote it (9.8)",
        ),
    ],
)
def test_a_card_that_cannot_be_used(tmp_path: Path, card: Any, says: str) -> None:
    path = with_card(tmp_path, card)
    with pytest.raises(ModelError) as caught:
        read_card(path)
    assert says in str(caught.value)
    assert str(path.with_suffix("")) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_model_or_a_card_that_is_not_there(tmp_path: Path) -> None:
    path = with_card(tmp_path, CARD)
    card_path(path).unlink()
    with pytest.raises(ModelError, match=r"its card mine.json is missing"):
        read_card(path)
    path.unlink()
    with pytest.raises(ModelError, match="no such model"):
        read_card(path)
    with pytest.raises(ModelError, match="is a directory"):
        read_card(tmp_path)


def test_a_card_for_a_person() -> None:
    card = {
        **CARD,
        "training": {"by_source": {"boards": {"product": 1200, "other": 3}, "b": {"hybrid": 7}}},
        "metrics_out_of_fold": {
            "n": 1210,
            "duties": {"accuracy": [0.5, 0.25, 0.75]},
            "title and duties": {"accuracy": [0.75, 0.7, 0.8], "kappa": [0.1, 0, 0.2]},
        },
        "thresholds_at_0.95": {
            "duties": {"product": 0.9, "project": 0.85, "hybrid": None, "other": 0.8},
            "title and duties": {"product": 0.7, "project": 0.6, "hybrid": None, "other": 0.5},
        },
        "data": "Ads of two boards.",
        "licence": "Free.",
    }
    assert card_lines(card) == [
        f"written by rolenlp 9.8, format {FORMAT_VERSION}",
        "",
        "trained on  product  project  hybrid  other",
        "boards        1,200        0       0      3",
        "b                 0        0       7      0",
        "",
        "1,210 ads, each judged by a fit without it; 95% intervals:",
        "judged by  title and duties      duties",
        "accuracy   0.750 [0.700, 0.800]  0.500 [0.250, 0.750]",
        "kappa      0.100 [0.000, 0.200]  -",
        "",
        "not for review at precision 0.95 from a confidence of:",
        "judged by         product  project  hybrid  other",
        "title and duties  0.70     0.60     never   0.50",
        "duties            0.90     0.85     never   0.80",
        "",
        "data: Ads of two boards.",
        "licence: Free.",
    ]


def test_a_card_that_says_little() -> None:
    assert card_lines(CARD) == [
        f"written by rolenlp 9.8, format {FORMAT_VERSION}",
        "trained on no ads: it knows the phrases alone",
    ]


@pytest.mark.parametrize(
    ("rows", "side", "expected"),
    [
        ([["a", "bb"], ["ccc", "d"]], "<", ["a    bb", "ccc  d"]),
        ([["a", "bb"], ["ccc", "d"]], ">", ["a    bb", "ccc   d"]),
        ([["a"]], ">", ["a"]),
        ([], "<", []),
    ],
)
def test_cells_stand_in_columns(rows: list[list[str]], side: str, expected: list[str]) -> None:
    assert aligned(rows, side) == expected
