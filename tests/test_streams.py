"""Streams of many texts, by arrays and by kernels, against the plain pipeline."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from test_tokens import LEMMAS, STREAMS, TEXTS, WHERE, placed, plain

from rolenlp.reading import streams
from rolenlp.reading.lexicon import BREAK, BREAK_ID, Lexicon
from rolenlp.reading.pipeline import Word
from rolenlp.reading.streams import Stream, Streamer


def streamer(*, compiled: bool, memory: int = 300_000, closed: bool = False) -> Streamer:
    made = Streamer(LEMMAS, Lexicon(closed=closed), memory=memory)
    if compiled:
        made.compile()
    return made


WAYS = pytest.mark.parametrize("compiled", [False, True], ids=["arrays", "kernels"])
QUICK = {compiled: streamer(compiled=compiled) for compiled in (False, True)}
TINY = {compiled: streamer(compiled=compiled, memory=5) for compiled in (False, True)}


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


@WAYS
@pytest.mark.parametrize(("text", "expected"), STREAMS)
def test_the_stream_of_a_text(text: str, expected: str, compiled: bool) -> None:
    words = [BREAK if word == "/" else word for word in expected.split()]
    assert [word.lemma for word in quick(QUICK[compiled], [text])[0]] == words


@WAYS
@pytest.mark.parametrize(("text", "expected"), WHERE)
def test_where_words_stand(text: str, expected: list[Word], compiled: bool) -> None:
    assert quick(QUICK[compiled], [text]) == [expected]


@given(TEXTS)
@example(["", "", ""])
@example(["plan.", ".", "", ". build"])
@example(["(a)(a):' )\u00a0where", "(a): ( b", ":' )"])  # emoticons across chunks
@example(["plan) (plan plan. plan's plan's. \"plan\"; u.s. co. it's it's. a. a's"])
def test_all_ways_give_the_same_streams(texts: list[str]) -> None:
    plainly = [plain(text) for text in texts]
    for compiled in (False, True):
        assert quick(QUICK[compiled], texts) == plainly
        assert quick(TINY[compiled], texts) == plainly


@WAYS
@pytest.mark.parametrize("memory", [300_000, 100])
def test_they_agree_on_real_ads(ads: list[dict[str, str]], compiled: bool, memory: int) -> None:
    texts = [ad["description"] for ad in ads[:40]]
    read = quick(streamer(compiled=compiled, memory=memory), texts)
    assert read == [plain(text) for text in texts]


@WAYS
def test_room_is_made_for_many_and_for_long_chunks(compiled: bool) -> None:
    texts = [" ".join(f"word{n}x" for n in range(9_000)), "x" * 200_000 + " plan", ""]
    made = streamer(compiled=compiled)
    assert [len(words) for words in quick(made, texts)] == [9_000, 1_001, 0]
    assert quick(made, texts[1:])[0][-1] == Word("plan", 200_001, 200_005)


@WAYS
def test_no_texts_at_all(compiled: bool) -> None:
    batch = QUICK[compiled].streams([])
    assert len(batch) == 0
    assert batch.ids.tolist() == []
    assert batch.bounds.tolist() == [0]


@WAYS
def test_memory_is_bounded(compiled: bool) -> None:
    made = streamer(compiled=compiled, memory=50, closed=True)
    made.streams(["first words"])
    known_to_spacy = len(made.chunks.nlp.vocab.strings)
    for batch in range(20):
        made.streams([" ".join(f"word{batch}x{number}" for number in range(100))])
        kept = len(made._table.number) if made._scanner is None else made._scanner._sizes[0]
        assert kept < 110  # all are forgotten at the start of each batch
    assert len(made.chunks.nlp.vocab.strings) == known_to_spacy


@WAYS
def test_long_chunks_are_forgotten_too(compiled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (streams, __import__("rolenlp.reading.scan", fromlist=["scan"])):
        monkeypatch.setattr(module, "MOST_CHARACTERS", 1_000)
    made = streamer(compiled=compiled)
    for letter in "abc":
        pieces = [Word(letter * 200, at, at + 200) for at in (0, 200, 400, 600)]
        assert quick(made, [letter * 900])[0] == [*pieces, Word(letter * 100, 800, 900)]
    if made._scanner is None:
        assert len(made._table.number) == 3
    else:
        assert made._scanner._sizes[1] < 2_000


@WAYS
def test_every_stream_is_well_formed(ads: list[dict[str, str]], compiled: bool) -> None:
    """No BREAK starts or ends a text or follows another."""
    batch = QUICK[compiled].streams([ad["description"] for ad in ads])
    for number in range(len(batch)):
        breaks = batch.ids[batch.bounds[number] : batch.bounds[number + 1]] == BREAK_ID
        assert not breaks[[0, -1]].any()
        assert not (breaks[1:] & breaks[:-1]).any()


def test_both_number_words_alike_whatever_was_read_before() -> None:
    made = Streamer(LEMMAS, Lexicon())
    before = made.streams(["We plan and ship."])
    made.compile()
    assert made.streams(["We plan and ship."]).ids.tolist() == before.ids.tolist()


def test_the_text_of_each_word() -> None:
    batch = Stream(np.array([2, 3, 2], np.int32), np.array([0, 0, 2, 2, 3]))
    assert len(batch) == 4
    assert batch.text_of.tolist() == [1, 1, 3]


WORDS = st.text("ab'.-/", min_size=1, max_size=8)


@given(st.lists(WORDS, max_size=6))
def test_words_that_are_marks_as_well(words: list[str]) -> None:
    text = " ".join(words)
    assert quick(QUICK[True], [text]) == quick(QUICK[False], [text]) == [plain(text)]


def test_many_characters_are_read_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch of long texts gives the same, and no more of it is remembered than of small ones."""
    monkeypatch.setattr(streams, "_AT_ONCE", 500)
    monkeypatch.setattr(streams, "_NEW_AT_ONCE", 7)
    texts = ["", *(" ".join(f"word{text}x{n}," for n in range(30)) for text in range(20)), "", "a."]
    made = streamer(compiled=False, memory=50, closed=False)
    assert quick(made, texts) == [plain(text) for text in texts]
    assert len(made._number) <= 50 + 2 + 2 * 30
