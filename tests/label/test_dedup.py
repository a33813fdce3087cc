import pytest

from rolenlp.label.dedup import Repeats
from rolenlp.schema import Posting


def ads(*texts: str) -> list[Posting]:
    return [Posting(text, "t") for text in texts]


def asked(repeats: Repeats, *texts: str) -> str:
    """The texts that are new, each answered by itself in capitals; all answers are checked."""
    answers, new, columns = repeats.look_up(ads(*texts))
    assert columns == []
    columns.append([ad.text.upper() for ad in new])
    assert [found[0][row] for found, row in answers] == [text.upper() for text in texts]
    return "".join(ad.text for ad in new)


def test_an_ad_is_asked_about_once_and_answered_in_order() -> None:
    repeats = Repeats()
    assert asked(repeats, "a", "b", "a") == "ab"
    assert asked(repeats, "b", "c") == "c"
    assert asked(repeats) == ""


def test_an_ad_that_waits_for_its_answer_is_not_asked_about_again() -> None:
    repeats = Repeats()
    (first,), new, _ = repeats.look_up(ads("a"))
    (second,), none, _ = repeats.look_up(ads("a"))
    assert new == ads("a")
    assert not none
    assert second is first


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Posting("text", "title"), Posting("text", "other")),
        (Posting("b", "a"), Posting("", "ab")),
        (Posting("a", "b"), Posting("b", "a")),
        (Posting("a\0b"), Posting("b", "a")),
        (Posting("a"), Posting("a ")),
        (Posting("ab"), Posting("\u6261")),  # the same bytes in memory, so the same hash
        (Posting("\ud83d"), Posting("\\ud83d")),
    ],
)
def test_another_title_or_text_is_another_ad(one: Posting, other: Posting) -> None:
    _, new, _ = Repeats().look_up([one, other])
    assert new == [one, other]


def test_the_oldest_are_forgotten() -> None:
    repeats = Repeats(most=2)
    # "a" was gone when it came again, and then "b".
    assert "".join(asked(repeats, text) for text in "abcab") == "abcab"
    assert asked(repeats, "b", "a") == ""


def test_what_is_forgotten_is_answered_all_the_same() -> None:
    assert asked(Repeats(most=2), *"abcda") == "abcd"
