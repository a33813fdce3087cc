import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolenlp.reading.lexicon import Lexicon
from rolenlp.reading.masks import AFFIRMED, ENDS, NEGATIONS, Masks, boilerplate_words, mask_words
from rolenlp.reading.pipeline import build_nlp, english_lemmas, lower
from rolenlp.reading.priors import PriorFinder, Priors
from rolenlp.reading.reference import Themes
from rolenlp.reading.streams import Streamer
from rolenlp.text.clean import clean

# Theme, phrase, and where it stands in the text.
Hit = tuple[str, str, int, int]

LEMMAS = english_lemmas()
NLP = build_nlp(LEMMAS)
PRIORS = Priors.default()
BOILERPLATE = boilerplate_words()
THEMES = Themes(NLP.vocab, PRIORS, BOILERPLATE)
LEXICON = Lexicon([*PRIORS.words(), *mask_words(), *BOILERPLATE], closed=True)
STREAMER = Streamer(LEMMAS, LEXICON)
MASKS = Masks(PRIORS.names, BOILERPLATE, LEXICON)
FINDER = PriorFinder(PRIORS, LEXICON)


def plain(text: str) -> list[Hit]:
    return THEMES(NLP(lower(text)))


def quick(texts: list[str]) -> list[list[Hit]]:
    read, places = STREAMER.read(texts)
    stream, _ = MASKS(read)
    hits, _ = FINDER.find(stream)
    found: list[list[Hit]] = [[] for _ in texts]
    for number, text, start, end in zip(hits.phrase, hits.text, hits.start, hits.end, strict=True):
        phrase = PRIORS.phrases[number]
        (at, _), (_, to) = places.of(text, np.array([start, end - 1])).tolist()
        found[text].append((phrase.theme, phrase.text, at, to))
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("the and", []),
        ("You own the\nproduct roadmap", [("vision", 12, 27)]),
        ("You do not own the product roadmap", []),
        ("Not only the product roadmap", [("vision", 13, 28)]),
        ("You own no budget but the product roadmap", [("vision", 26, 41)]),
        ("The Product Manager keeps a risk register.", [("risk", 28, 41)]),
    ],
)
def test_themes_of_a_text(text: str, expected: list[tuple[str, int, int]]) -> None:
    assert [(theme, start, end) for theme, _, start, end in plain(text)] == expected


def test_the_same_hits_as_the_quick_way(ads: list[dict[str, str]]) -> None:
    texts = [clean(ad["description"]).text for ad in ads]
    found = quick(texts)
    assert found == [plain(text) for text in texts]
    assert sum(map(len, found)) > len(ads)


TURNING = sorted(NEGATIONS | AFFIRMED | ENDS)
# What a benefits paragraph is made of, and what speaks against one.
HEAVY = sorted(word for word, weight in BOILERPLATE.items() if abs(weight) > 2 and word.isalpha())
WORDS = (
    st.sampled_from(PRIORS.words())
    | st.sampled_from(TURNING)
    | st.sampled_from(HEAVY)
    | st.sampled_from(["the", "risks", "roadmaps", "projects", ".", "\n", "x"])
)
PHRASES = st.sampled_from(
    [*(p.text for p in PRIORS.phrases), *(c for _, c in PRIORS.exceptions), *PRIORS.names]
).flatmap(
    lambda phrase: st.tuples(
        *(WORDS if part == "~" else st.sampled_from(part.split("|")) for part in phrase.split())
    ).map(" ".join)
)


@given(st.lists(st.lists(PHRASES | WORDS, max_size=10).map(" ".join), max_size=3))
def test_the_same_hits_in_made_up_texts(texts: list[str]) -> None:
    assert quick(texts) == [plain(text) for text in texts]


# Every word is a phrase, so that the phrases that count tell which words were masked.
LETTERS = ["b", "c", "d", "e"]
BARE = Priors.from_toml(
    "[names]\nphrases = ['b c', 'd ~ e']\n[titles]\nproduct = ['b']\nproject = ['c']\n"
    "[themes.risk]\nexcept = ['e b']\nphrases = ["
    + ", ".join(f"{{phrase = '{word}', weight = 1}}" for word in [*LETTERS, *TURNING])
    + "]"
)
FEW = {"b": 0.75, "c": 2.0, "d": -1.0, "never": 0.5}
BARE_LEXICON = Lexicon([*BARE.words(), *mask_words(), *FEW], closed=True)
BARE_STREAMER = Streamer(LEMMAS, BARE_LEXICON)
BARE_MASKS = Masks(BARE.names, FEW, BARE_LEXICON)
BARE_FINDER = PriorFinder(BARE, BARE_LEXICON)
BARE_NLP = build_nlp(LEMMAS)
BARE_THEMES = Themes(BARE_NLP.vocab, BARE, FEW)
RUNS = st.tuples(st.sampled_from([*LETTERS, *TURNING, ".", "\n", "x"]), st.integers(1, 12)).map(
    lambda run: " ".join([run[0]] * run[1])
)


@given(st.lists(st.lists(RUNS, max_size=12).map(" ".join), max_size=3))
def test_the_same_words_are_masked(texts: list[str]) -> None:
    read, places = BARE_STREAMER.read(texts)
    stream, _ = BARE_MASKS(read)
    hits, _ = BARE_FINDER.find(stream)
    quickly: list[list[tuple[int, str]]] = [[] for _ in texts]
    for number, text, start in zip(hits.phrase, hits.text, hits.start, strict=True):
        ((at, _),) = places.of(text, np.array([start])).tolist()
        quickly[text].append((at, BARE.phrases[number].text))
    hits_of = [BARE_THEMES(BARE_NLP(lower(text))) for text in texts]
    plainly = [[(start, phrase) for _, phrase, start, _ in found] for found in hits_of]
    assert quickly == plainly


def test_own_priors() -> None:
    nlp = build_nlp(LEMMAS)
    themes = Themes(
        nlp.vocab,
        Priors.from_toml(
            "[names]\nphrases = ['pm']\n[titles]\nproduct = ['pm']\nproject = ['pm']\n"
            "[themes.risk]\nexcept = ['no luck']\nphrases = [{phrase = 'luck', weight = 1}]"
        ),
        {},
    )
    assert themes(nlp("luck, pm luck, no luck. luck")) == [
        ("risk", "luck", 0, 4),
        ("risk", "luck", 9, 13),
        ("risk", "luck", 24, 28),
    ]
