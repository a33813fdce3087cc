import pytest

from rolenlp.model_file.card import aligned


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
