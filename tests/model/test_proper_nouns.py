import pytest

from rolenlp.model.proper_nouns import proper_nouns_in


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([], set()),
        (["we ship from Cork to Galway, Ireland daily"], {"cork", "galway", "ireland"}),
        (["Plan the work. Build it."], set()),  # capitals that start a sentence
        (["\nDublin\n(Berlin) Paris"], set()),  # nothing before them tells
        (["we use SQL and AWS, IBM too"], set()),  # acronyms
        (["a plan, Smith, is x1 Y2 O a"], {"smith"}),
        # Four capitals of five mentions are enough, four of six are not.
        (["in May, in May, in May, in May, you may"], {"may"}),
        (["in May, in May, in May, in May, you may, it may"], set()),
        # All texts count together.
        (["the Board", "the board", "the board"], set()),
    ],
)
def test_names(texts: list[str], expected: set[str]) -> None:
    assert set(proper_nouns_in(texts)) == expected


def test_names_come_in_the_order_of_their_first_mention() -> None:
    assert list(proper_nouns_in(["to Oslo, to Bergen", "to Oslo, to Aalborg"])) == [
        "oslo",
        "bergen",
        "aalborg",
    ]
