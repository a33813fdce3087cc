from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from spacy.language import Language

from rolenlp.lexicon import BREAK, BREAK_ID, UNKNOWN, UNKNOWN_ID, Lexicon
from rolenlp.streams import Stream, Streamer
from rolenlp.tokens import Word, build_nlp, doc_stream, english_lemmas, lower

LEMMAS = english_lemmas()
NLP = build_nlp(LEMMAS)
QUICK = Streamer(LEMMAS, Lexicon())
TINY = Streamer(LEMMAS, Lexicon(), memory=5)


def plain(text: str) -> list[Word]:
    return placed(doc_stream(NLP(lower(text))))


def placed(words: Sequence[Word]) -> list[Word]:
    """The words as they are; where a BREAK stands, nobody asks."""
    return [word if word.lemma else Word(BREAK, -1, -1) for word in words]


def quick(streamer: Streamer, texts: Sequence[str]) -> list[list[Word]]:
    """The streams of a batch, with offsets, by the quick way."""
    batch, places = streamer.read(texts)
    streams = []
    for number in range(len(texts)):
        words = np.arange(batch.bounds[number], batch.bounds[number + 1])
        ids, spans = batch.ids[words], places.of(number, words)
        assert spans.shape == (len(ids), 2)
        streams.append(
            placed(
                [
                    Word(streamer.chunks.lexicon.words[i], start, end)
                    for i, (start, end) in zip(ids, spans.tolist(), strict=True)
                ]
            )
        )
    return streams


# Text, and the lemmas of its stream ("/" for a BREAK).
STREAMS = [
    ("", ""),
    (" \n\t ", ""),
    ("!? ... 2024 – 50%", ""),
    ("the and our", ""),
    ("Manage projects", "manage project"),
    ("You'll be managing our projects.", "you will be manage project"),
    ("Plan. Then build!", "plan / then build"),
    ("plan; build: ship", "plan / build / ship"),
    ("plan, build (and ship)", "plan build ship"),
    ("plan\nbuild", "plan / build"),
    ("plan\n\n • \n build", "plan / build"),
    ("plan - build", "plan build"),
    ("plan – build | ship", "plan / build / ship"),
    ("\n. Plan .\n", "plan"),
    ("end-to-end delivery", "end to end delivery"),
    ("Product/Project Manager", "product project manager"),
    ("prioritise the programme's backlog", "prioritize program backlog"),
    ("Don't; can't", "do not / ca not"),
    ("e.g. Jira", "e.g. jira"),
    ("plan-and/or-build Sales-Co. (up-vs.)", "plan and/or build sale co. up vs."),
    ("roadmap.Own it", "roadmap.own it"),
    ("see https://example.com/a?b=1 now", "see https://example.com/a?b=1 now"),
    ("write to jo@example.com", "write to jo@example.com"),
    ("we 🚀 ship 🎉", "we ship"),
    ("C++ 3D B2B", "c++ 3d b2b"),
    ("on a 5 km run", "on km run"),
    ("Product (B2B): own it", "product b2b / own it"),
    ("marketing meetings, pricing data", "marketing meeting pricing data"),
    ("Straße und Größe", "straße und größe"),
    ("I\u0307stanbul İzmir", "i\u0307stanbul İzmir"),
    ("plan\u00a0build\u2028ship\u3000it", "plan build ship it"),
]


@pytest.mark.parametrize(("text", "expected"), STREAMS)
def test_the_stream_of_a_text(text: str, expected: str) -> None:
    words = [BREAK if word == "/" else word for word in expected.split()]
    assert [word.lemma for word in plain(text)] == words
    assert [word.lemma for word in quick(QUICK, [text])[0]] == words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Own  it.\nShip",
            [Word("own", 0, 3), Word("it", 5, 7), Word(BREAK, -1, -1), Word("ship", 9, 13)],
        ),
        ("the teams' plan", [Word("team", 4, 9), Word("plan", 11, 15)]),
        ("İ plans", [Word("İ", 0, 1), Word("plan", 2, 7)]),
        ("🚀 (plans)", [Word("plan", 3, 8)]),
        (
            "plan ; \n – build",
            [Word("plan", 0, 4), Word(BREAK, -1, -1), Word("build", 11, 16)],
        ),
        ("won't", [Word("wo", 0, 2), Word("not", 2, 5)]),
    ],
)
def test_where_words_stand(text: str, expected: list[Word]) -> None:
    assert plain(text) == expected
    assert quick(QUICK, [text]) == [expected]


PIECES = st.sampled_from(
    "managing projects Roadmap's the and we're don't can’t isn't 'cause i'm U.S. e.g. a.m. 8a.m. "
    "10km $5 50% C++ R&D P&L B2B. end-to-end and/or ship-it. roadmap.Own (B2B): ): (: :-) :) 8) "
    "<3 xD o.O :' ' ’ . .. ... … ; : ! ? • ▪ – — - -- | / \\ ( ) [ ] \" “ ” , & # * _ __init__ "
    "https://example.com/a?b=1 www.example.com/x. jo@example.com 😀 👩‍💻 🇮🇪 é ß İ Σας ﬁt 日本語 "
    "ПРОЕКТ q1:q2 a:b St. vs. 2024-25 Ph.D. let's how’s o'clock".split()
)
SPACES = st.sampled_from(["", "", " ", " ", " ", "\n", "\n\n", " \n ", "\t", "\u00a0", "\u2028"])
GLUED = st.lists(st.tuples(PIECES, SPACES), max_size=12).map(
    lambda pairs: "".join(piece + space for piece, space in pairs)
)
# Clean text holds no control characters and no surrogates.
ODD = st.text(st.characters(exclude_categories=["Cc", "Cs"], include_characters="\n\t\r\x85"))
TEXTS = st.lists(GLUED | ODD, max_size=4)


@given(TEXTS)
@example(["", "", ""])
@example(["plan.", ".", "", ". build"])
@example(["(a)(a):' )\u00a0where", "(a): ( b", ":' )"])  # emoticons across chunks
def test_both_ways_give_the_same_streams(texts: list[str]) -> None:
    assert quick(QUICK, texts) == [plain(text) for text in texts]


@given(TEXTS)
def test_a_reached_memory_changes_nothing(texts: list[str]) -> None:
    assert quick(TINY, texts) == [plain(text) for text in texts]


def test_both_ways_agree_on_real_ads(ads: list[dict[str, str]]) -> None:
    texts = [ad["description"] for ad in ads[:40]]
    for streamer in (Streamer(LEMMAS, Lexicon()), Streamer(LEMMAS, Lexicon(), memory=100)):
        assert quick(streamer, texts) == [plain(text) for text in texts]


def test_no_texts_at_all() -> None:
    batch = QUICK.streams([])
    assert len(batch) == 0
    assert batch.ids.tolist() == []
    assert batch.bounds.tolist() == [0]


def test_memory_is_bounded() -> None:
    streamer = Streamer(LEMMAS, Lexicon(closed=True), memory=50)
    streamer.streams(["first words"])
    known_to_spacy = len(streamer.chunks.nlp.vocab.strings)
    for batch in range(20):
        streamer.streams([" ".join(f"word{batch}x{number}" for number in range(100))])
        assert len(streamer._number) <= 50 + 101
    assert len(streamer.chunks.nlp.vocab.strings) == known_to_spacy


@given(st.text())
@example("İSTANBUL ΣΑΣ")
def test_lower_keeps_every_place(text: str) -> None:
    lowered = lower(text)
    assert len(lowered) == len(text)
    assert all(new in (old, old.lower(), "ς") for old, new in zip(text, lowered, strict=True))
    assert lower(lowered) == lowered


def test_every_stream_is_well_formed(ads: list[dict[str, str]]) -> None:
    """No BREAK starts or ends a text or follows another."""
    batch = Streamer(LEMMAS, Lexicon()).streams([ad["description"] for ad in ads])
    for number in range(len(batch)):
        breaks = batch.ids[batch.bounds[number] : batch.bounds[number + 1]] == BREAK_ID
        assert not breaks[[0, -1]].any()
        assert not (breaks[1:] & breaks[:-1]).any()


def test_an_open_lexicon_numbers_new_words() -> None:
    lexicon = Lexicon(["plan", "build", "plan"])
    assert lexicon.words == [BREAK, UNKNOWN, "plan", "build"]
    assert lexicon.id(BREAK) == BREAK_ID
    assert [lexicon.id(word) for word in ("build", "ship", "ship", "plan")] == [3, 4, 4, 2]
    assert len(lexicon) == 5


def test_a_closed_lexicon_knows_no_new_words() -> None:
    lexicon = Lexicon(["plan"], closed=True)
    assert [lexicon.id(word) for word in ("plan", "build", BREAK)] == [2, UNKNOWN_ID, BREAK_ID]
    batch = Streamer(LEMMAS, lexicon).streams(["Plans, builds. Planning"])
    assert batch.ids.tolist() == [2, UNKNOWN_ID, BREAK_ID, 2]
    assert len(lexicon) == 3


def test_the_text_of_each_word() -> None:
    batch = Stream(np.array([2, 3, 2], np.int32), np.array([0, 0, 2, 2, 3]))
    assert len(batch) == 4
    assert batch.text_of.tolist() == [1, 1, 3]


@pytest.mark.parametrize(
    ("form", "lemma"),
    [
        ("managing", "manage"),
        ("developing", "develop"),
        ("phases", "phase"),
        ("criteria", "criterion"),
        ("trade-offs", "trade off"),
        ("meetings", "meeting"),
        ("marketing", "marketing"),
        ("data", "data"),
        ("ai", "ai"),
        ("customer's", "customer"),
        ("users'", "user"),
    ],
)
def test_lemmas_of_job_ads(form: str, lemma: str) -> None:
    assert [word.lemma for word in plain(form)] == lemma.split()


def test_the_plain_pipeline_has_plain_parts(nlp: Language) -> None:
    assert nlp.pipe_names == ["lemmatizer", "sentencizer", "rolenlp_stream"]
