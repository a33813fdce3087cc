from rolenlp.reading.lexicon import BREAK, BREAK_ID, UNKNOWN, UNKNOWN_ID, Lexicon
from rolenlp.reading.pipeline import english_lemmas
from rolenlp.reading.streams import Streamer


def test_an_open_lexicon_numbers_new_words() -> None:
    lexicon = Lexicon(["plan", "build", "plan"])
    assert lexicon.words == [BREAK, UNKNOWN, "plan", "build"]
    assert lexicon.id(BREAK) == BREAK_ID
    assert [lexicon.id(word) for word in ("build", "ship", "ship", "plan")] == [3, 4, 4, 2]
    assert len(lexicon) == 5


def test_a_closed_lexicon_knows_no_new_words() -> None:
    lexicon = Lexicon(["plan"], closed=True)
    assert [lexicon.id(word) for word in ("plan", "build", BREAK)] == [2, UNKNOWN_ID, BREAK_ID]
    batch = Streamer(english_lemmas(), lexicon).streams(["Plans, builds. Planning"])
    assert batch.ids.tolist() == [2, UNKNOWN_ID, BREAK_ID, 2]
    assert len(lexicon) == 3
