import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

from rolenlp.clean import clean
from rolenlp.plain import Themes
from rolenlp.priors import PriorFinder, Priors
from rolenlp.tokens import Lexicon, Streamer, build_nlp, english_lemmas, lower

# Theme, phrase, and where it stands in the text.
Hit = tuple[str, str, int, int]

LEMMAS = english_lemmas()
NLP = build_nlp(LEMMAS)
NLP.add_pipe("rolenlp_themes")
PRIORS = Priors.default()
LEXICON = Lexicon(PRIORS.words(), closed=True)
STREAMER = Streamer(LEMMAS, LEXICON)
FINDER = PriorFinder(PRIORS, LEXICON)


def plain(nlp: Language, text: str) -> list[Hit]:
    doc = nlp(lower(text))  # its spans are gone once it is
    spans = doc.spans["themes"]
    return [(span.label_, span.id_, span.start_char, span.end_char) for span in spans]


def quick(texts: list[str]) -> list[list[Hit]]:
    stream = FINDER.mask(STREAMER.streams(texts))
    hits, _ = FINDER.find(stream)
    spans = [STREAMER.offsets(text) for text in texts]
    found: list[list[Hit]] = [[] for _ in texts]
    for number, text, start, end in zip(hits.phrase, hits.text, hits.start, hits.end, strict=True):
        phrase = PRIORS.phrases[number]
        first, last = start - stream.bounds[text], end - stream.bounds[text] - 1
        at = int(spans[text][first, 0]), int(spans[text][last, 1])
        found[text].append((phrase.theme, phrase.text, *at))
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("the and", []),
        ("You own the\nproduct roadmap", [("vision", 12, 27)]),
        ("You do not own the product roadmap", []),
        ("The Product Manager keeps a risk register.", [("risk", 28, 41)]),
    ],
)
def test_themes_of_a_text(text: str, expected: list[tuple[str, int, int]]) -> None:
    assert [(theme, start, end) for theme, _, start, end in plain(NLP, text)] == expected


def test_the_same_hits_as_the_quick_way(ads: list[dict[str, str]]) -> None:
    texts = [clean(ad["description"]).text for ad in ads]
    found = quick(texts)
    assert found == [plain(NLP, text) for text in texts]
    assert sum(map(len, found)) > len(ads)


WORDS = st.sampled_from(
    [*PRIORS.words(), "not", "no", "only", "the", "risks", "roadmaps", "projects", ".", "\n", "x"]
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
    assert quick(texts) == [plain(NLP, text) for text in texts]


def test_own_priors() -> None:
    nlp = build_nlp(LEMMAS)
    themes = Themes(
        nlp.vocab,
        Priors.from_toml(
            "[names]\nphrases = ['pm']\n[titles]\nproduct = ['pm']\nproject = ['pm']\n"
            "[themes.risk]\nexcept = ['no luck']\nphrases = [{phrase = 'luck', weight = 1}]"
        ),
    )
    doc = themes(nlp("luck, pm luck, no luck. luck"))
    assert [(span.start_char, span.label_, span.id_) for span in doc.spans["themes"]] == [
        (0, "risk", "luck"),
        (9, "risk", "luck"),
        (24, "risk", "luck"),
    ]


def test_spacy_knows_the_components_by_name() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("rolenlp_stream")
    nlp.add_pipe("rolenlp_themes")
    doc = nlp("a risk register")
    assert [span.text for span in doc.spans["themes"]] == ["risk register"]
