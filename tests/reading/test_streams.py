"""Streams of many texts, against the reference."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rolenlp.reading import streams
from rolenlp.reading.lexicon import BREAK, BREAK_ID, Lexicon
from rolenlp.reading.pipeline import Word
from rolenlp.reading.streams import Stream, Streamer
from tests.reading.test_pipeline import LEMMAS, STREAMS, TEXTS, WHERE, placed, plain

QUICK = Streamer(LEMMAS, Lexicon())
TINY = Streamer(LEMMAS, Lexicon(), memory=5)


def quick(streamer: Streamer, texts: Sequence[str]) -> list[list[Word]]:
    """The streams of a batch, with offsets."""
    batch, places = streamer.read(texts)
    streams = []
    for number in range(len(texts)):
        words = np.arange(batch.bounds[number], batch.bounds[number + 1])
        ids, spans = batch.ids[words], places.of(number, words)
        assert spans.shape == (len(ids), 2)
        found = zip(ids, spans.tolist(), strict=True)
        of_text = [Word(streamer.chunks.lexicon.words[i], start, end) for i, (start, end) in found]
        streams.append(placed(of_text))
    return streams


@pytest.mark.parametrize(("text", "expected"), STREAMS)
def test_the_stream_of_a_text(text: str, expected: str) -> None:
    words = [BREAK if word == "/" else word for word in expected.split()]
    assert [word.lemma for word in quick(QUICK, [text])[0]] == words


@pytest.mark.parametrize(("text", "expected"), WHERE)
def test_where_words_stand(text: str, expected: list[Word]) -> None:
    assert quick(QUICK, [text]) == [expected]


@given(TEXTS)
@example(["", "", ""])
@example(["plan.", ".", "", ". build"])
@example(["(a)(a):' )\u00a0where", "(a): ( b", ":' )"])  # emoticons across chunks
@example(["plan) (plan plan. plan's plan's. \"plan\"; u.s. co. it's it's. a. a's"])
def test_the_same_streams(texts: list[str]) -> None:
    plainly = [plain(text) for text in texts]
    assert quick(QUICK, texts) == plainly
    assert quick(TINY, texts) == plainly


@pytest.mark.parametrize("memory", [300_000, 100])
def test_they_agree_on_real_ads(ads: list[dict[str, str]], memory: int) -> None:
    texts = [ad["description"] for ad in ads[:40]]
    read = quick(Streamer(LEMMAS, Lexicon(), memory=memory), texts)
    assert read == [plain(text) for text in texts]


def test_room_is_made_for_many_and_for_long_chunks() -> None:
    texts = [" ".join(f"word{n}x" for n in range(9_000)), "x" * 200_000 + " plan", ""]
    made = Streamer(LEMMAS, Lexicon())
    assert [len(words) for words in quick(made, texts)] == [9_000, 1_001, 0]
    assert quick(made, texts[1:])[0][-1] == Word("plan", 200_001, 200_005)


def test_no_texts_at_all() -> None:
    batch = QUICK.streams([])
    assert len(batch) == 0
    assert batch.ids.tolist() == []
    assert batch.bounds.tolist() == [0]


def test_memory_is_bounded() -> None:
    made = Streamer(LEMMAS, Lexicon(closed=True), memory=50)
    made.streams(["first 10k words"])  # of which spaCy reads one
    known_to_spacy = len(made.chunks.nlp.vocab.strings)
    for batch in range(20):
        made.streams([" ".join(f"word{batch}x{number}" for number in range(100))])
        assert len(made._table.number) < 110  # all are forgotten at the start of each batch
    assert len(made.chunks.nlp.vocab.strings) == known_to_spacy


def test_long_chunks_are_forgotten_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MOST_CHARACTERS", 1_000)
    made = Streamer(LEMMAS, Lexicon())
    for letter in "abc":
        pieces = [Word(letter * 200, at, at + 200) for at in (0, 200, 400, 600)]
        assert quick(made, [letter * 900])[0] == [*pieces, Word(letter * 100, 800, 900)]
    assert len(made._table.number) == 3


def test_every_stream_is_well_formed(ads: list[dict[str, str]]) -> None:
    """No BREAK starts or ends a text or follows another."""
    batch = QUICK.streams([ad["description"] for ad in ads])
    for number in range(len(batch)):
        breaks = batch.ids[batch.bounds[number] : batch.bounds[number + 1]] == BREAK_ID
        assert not breaks[[0, -1]].any()
        assert not (breaks[1:] & breaks[:-1]).any()


def test_the_text_of_each_word() -> None:
    batch = Stream(np.array([2, 3, 2], np.int32), np.array([0, 0, 2, 2, 3]))
    assert len(batch) == 4
    assert batch.text_of.tolist() == [1, 1, 3]


WORDS = st.text("ab'.-/", min_size=1, max_size=8)


@given(st.lists(WORDS, max_size=6))
def test_words_that_are_marks_as_well(words: list[str]) -> None:
    text = " ".join(words)
    assert quick(QUICK, [text]) == [plain(text)]


def test_many_characters_are_read_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch of long texts gives the same, and no more of it is remembered than of small ones."""
    monkeypatch.setattr(streams, "_AT_ONCE", 500)
    monkeypatch.setattr(streams, "_NEW_AT_ONCE", 7)
    texts = ["", *(" ".join(f"word{text}x{n}," for n in range(30)) for text in range(20)), "", "a."]
    made = Streamer(LEMMAS, Lexicon(), memory=50)
    assert quick(made, texts) == [plain(text) for text in texts]
    assert len(made._table.number) <= 50 + 2 + 2 * 30
