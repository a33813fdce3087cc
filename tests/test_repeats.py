import pytest

from rolenlp.postings import Posting
from rolenlp.repeats import Repeats


class Judge:
    """Judges an ad by its text in capitals, and keeps a record of what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, ads: list[Posting]) -> list[tuple[str, ...]]:
        self.asked += [ad.text for ad in ads]
        return [(ad.title, ad.text.upper()) for ad in ads]


def ads(*texts: str) -> list[Posting]:
    return [Posting(text, "t") for text in texts]


def test_an_ad_is_judged_once_and_answered_in_order() -> None:
    repeats, judge = Repeats(), Judge()
    assert repeats.rows(ads("a", "b", "a"), judge) == [("t", "A"), ("t", "B"), ("t", "A")]
    assert repeats.rows(ads("b", "c"), judge) == [("t", "B"), ("t", "C")]
    assert judge.asked == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Posting("text", "title"), Posting("text", "other")),
        (Posting("b", "a"), Posting("", "ab")),
        (Posting("a\0b"), Posting("b", "a")),
        (Posting("a"), Posting("a ")),
    ],
)
def test_another_title_or_text_is_another_ad(one: Posting, other: Posting) -> None:
    repeats, judge = Repeats(), Judge()
    repeats.rows([one, other], judge)
    assert len(judge.asked) == 2


def test_the_oldest_are_forgotten() -> None:
    repeats, judge = Repeats(most=2), Judge()
    for text in "abcab":
        assert repeats.rows(ads(text), judge) == [("t", text.upper())]
    assert judge.asked == list("abcab")  # "a" was gone when it came again, and then "b"
    repeats.rows(ads("b"), judge)
    assert len(judge.asked) == 5


def test_a_batch_larger_than_the_memory_is_answered_whole() -> None:
    repeats, judge = Repeats(most=2), Judge()
    assert [row[1] for row in repeats.rows(ads(*"abcd"), judge)] == list("ABCD")


def test_lone_surrogates_do_no_harm() -> None:
    assert Repeats().rows(ads("\ud83d"), Judge()) == [("t", "\ud83d")]
