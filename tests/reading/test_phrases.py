from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from spacy.matcher import Matcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from rolenlp.reading.lexicon import BREAK, Lexicon
from rolenlp.reading.phrases import GAP, PhraseFinder, Tree, words_of
from rolenlp.reading.reference import matcher_patterns
from rolenlp.reading.streams import Stream


def stream_of(texts: Sequence[Sequence[str]], lexicon: Lexicon) -> Stream:
    ids = [lexicon.id(word) for text in texts for word in text]
    return Stream(np.array(ids, np.int32), np.cumsum([0, *map(len, texts)]))


def words(text: str) -> list[str]:
    """Words parted by spaces, "/" for a BREAK."""
    return [BREAK if word == "/" else word for word in text.split()]


def find(phrases: Sequence[str], *texts: str) -> list[tuple[int, int, int]]:
    lexicon = Lexicon()
    finder, stream = PhraseFinder(phrases, lexicon), stream_of([words(t) for t in texts], lexicon)
    found = finder.find(stream)
    return list(zip(found.phrase.tolist(), found.start.tolist(), found.end.tolist(), strict=True))


CASES = [
    # phrases, texts, (phrase, start, end) in the order of their places
    (["a b"], ["a b a b"], [(0, 0, 2), (0, 2, 4)]),
    (["a b"], ["a", "b"], []),
    (["a b"], ["a / b"], []),
    (["a b"], ["", "b a", "", "a b", ""], [(0, 2, 4)]),
    (["a"], ["a a"], [(0, 0, 1), (0, 1, 2)]),
    (["a a"], ["a a a"], [(0, 0, 2), (0, 1, 3)]),
    (["a|b c|d"], ["a c b d a b"], [(0, 0, 2), (0, 2, 4)]),
    (["b c", "a b c", "a b"], ["a b c"], [(2, 0, 2), (1, 0, 3), (0, 1, 3)]),
    (["a ~ b"], ["a b"], [(0, 0, 2)]),
    (["a ~ b"], ["a x x x b"], [(0, 0, 5)]),
    (["a ~ b"], ["a x x x x b"], []),
    (["a ~ b"], ["a x / b"], []),
    (["a ~ b"], ["a x", "b"], []),
    (["a ~ b"], ["a b b"], [(0, 0, 2), (0, 0, 3)]),
    (["a ~ b", "a b"], ["a b"], [(0, 0, 2), (1, 0, 2)]),
    (["a ~ b ~ c"], ["a x b x x x c"], [(0, 0, 7)]),
    (["a ~ a|b"], ["a a b"], [(0, 0, 2), (0, 0, 3), (0, 1, 3)]),
    (["a ~ b c", "a ~ b d"], ["a x b d"], [(1, 0, 4)]),
    (["a|a b"], ["a b"], [(0, 0, 2)]),
    (["a", "a"], ["a"], [(0, 0, 1), (1, 0, 1)]),
    ([], ["a b"], []),
    (["a b"], [], []),
    (["a b"], ["", ""], []),
]


@pytest.mark.parametrize(("phrases", "texts", "expected"), CASES)
def test_places_of_phrases(
    phrases: list[str], texts: list[str], expected: list[tuple[int, int, int]]
) -> None:
    assert find(phrases, *texts) == expected


@pytest.mark.parametrize(
    ("phrases", "work"),
    [
        ([], 1),  # the root is looked at
        (["a"], 3),  # and one word, and a phrase is found
        (["a", "a"], 4),
        (["a", "b"], 3),  # the same place holds no two words
        (["a|b", "b"], 4),
        (["a b", "a c"], 4),
        (["a", "a b"], 5),
        (["a ~ b"], 1 + 1 + (GAP + 1) * 3),  # a, then b after none, one, two or three others
        (["a ~ b ~ c"], 1 + 1 + (GAP + 1) * (1 + 1 + (GAP + 1) * 3)),
        (["a|a"], 4),
    ],
)
def test_the_most_work_at_one_place(phrases: list[str], work: int) -> None:
    assert Tree(phrases).most_work() == work


def test_words_learnt_later_are_found() -> None:
    lexicon = Lexicon()
    finder = PhraseFinder(["a b"], lexicon)
    assert len(finder.find(stream_of([["x", "y"]], lexicon)).phrase) == 0
    assert finder.find(stream_of([["x", "a", "b"]], lexicon)).start.tolist() == [1]


def test_unknown_words_fill_gaps_but_are_no_phrase() -> None:
    lexicon = Lexicon(["a", "b"], closed=True)
    finder = PhraseFinder(["a ~ b", "new"], lexicon)
    found = finder.find(stream_of([["a", "new", "b", "new"]], lexicon))
    assert (found.phrase.tolist(), found.start.tolist(), found.end.tolist()) == ([0], [0], [3])


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [("a b", ["a", "b"]), ("a|b ~ c", ["a", "b", "c"]), ("", []), ("p&l", ["p&l"])],
)
def test_words_of(phrase: str, expected: list[str]) -> None:
    assert words_of(phrase) == expected


WORD = st.sampled_from("abcd")
PART = st.lists(WORD, min_size=1, max_size=3).map("|".join)
PHRASE = st.tuples(PART, st.lists(st.tuples(st.sampled_from(["", "~ "]), PART), max_size=3)).map(
    lambda drawn: " ".join([drawn[0], *(gap + part for gap, part in drawn[1])])
)
TEXT = st.lists(st.sampled_from(["a", "b", "c", "d", "x", BREAK]), max_size=14)


def matched(phrases: Sequence[str], text: Sequence[str]) -> list[tuple[int, int, int]]:
    """Places by spaCy's Matcher, in the order of PhraseFinder: start, end, phrase."""
    vocab = Vocab()
    matcher = Matcher(vocab)
    for number, phrase in enumerate(phrases):
        matcher.add(str(number), matcher_patterns(phrase))
    doc = Doc(vocab, words=["\n" if word == BREAK else word for word in text])
    found = {(int(vocab.strings[key]), start, end) for key, start, end in matcher(doc)}
    return sorted(found, key=lambda place: (place[1], place[2], place[0]))


@given(st.lists(PHRASE, min_size=1, max_size=5), st.lists(TEXT, min_size=1, max_size=4))
@example(["a ~ b ~ c", "a ~ a"], [["a", "a", "b", "a", "b", "c", "c"], [], ["c"]])
def test_the_same_places_as_the_matcher(phrases: list[str], texts: list[list[str]]) -> None:
    lexicon = Lexicon()
    stream = stream_of(texts, lexicon)
    found = PhraseFinder(phrases, lexicon).find(stream)
    text = np.searchsorted(stream.bounds, found.start, side="right") - 1
    for number, words_of_text in enumerate(texts):
        at = stream.bounds[number]
        mine = text == number
        places = zip(found.phrase[mine], found.start[mine] - at, found.end[mine] - at, strict=True)
        assert list(places) == matched(phrases, words_of_text)


def test_a_gap_holds_three_words() -> None:
    assert GAP == 3
