"""Chunks read by rule give what spaCy gives; those that no rule covers are left to it."""

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rolenlp.reading.chunks import ChunkReader
from rolenlp.reading.lexicon import Lexicon
from rolenlp.reading.pipeline import english_lemmas

READER = ChunkReader(english_lemmas(), Lexicon())

BY_RULE = [
    # chunk, the words of its stream ("/" for a BREAK)
    ("plans", "plan"),
    ("the", ""),
    ("(plans).", "plan /"),
    ("(plans.).", "plan / /"),
    ("(plans.)..", None),
    ("plan—build", "plan / build"),
    ("plan–and/the—", None),
    ("plans.", "plan /"),
    ("plans;", "plan /"),
    ('"plans,"', "plan"),
    ("plans:)", "plan /"),
    ("end-to-end", "end to end"),
    ("risks/issues.", "risk issue /"),
    ("company's", "company"),
    ("company's.", "company /"),
    ("it's", None),
    ("and/or", None),
    ("plan-and/or-build", None),
    ("co.", None),
    ("a.", None),
    ("u.s.", None),
    ("cannot", None),
    ("don't", None),
    ("integrity-", None),
    ("2024", ""),
    ("2024.", "/"),
    ("$51,000-73,440", ""),
    ("(15%).", "/"),
    ("15%.", "/"),
    ("10:30", None),
    ("10:", "/"),
    ("10km", None),
    ("é", None),
]


@pytest.mark.parametrize(("chunk", "expected"), BY_RULE)
def test_what_is_read_by_rule(chunk: str, expected: str | None) -> None:
    by_rule = READER._by_rule(chunk)
    if expected is None:
        assert by_rule is None
        return
    assert by_rule is not None
    words = [READER.lexicon.words[number] or "/" for number in by_rule[::3]]
    assert words == expected.split()
    assert by_rule == READER._by_spacy([chunk])[0]


CHUNKS = st.text(string.ascii_lowercase + "ss's-/–—.,;:!?\"()0123456789$£%", min_size=1, max_size=9)
FORMS = st.sampled_from(sorted({rule.lower() for rule in READER._rules if rule.strip()}))


@given(st.lists(CHUNKS | FORMS | st.tuples(FORMS, CHUNKS).map("".join), max_size=20))
@example(["he's.", "c's", "'s", "s's", "1-2-3.", "8.", "8%.", "(8)", "8/"])
def test_rules_give_what_spacy_gives(chunks: list[str]) -> None:
    for chunk, by_spacy in zip(chunks, READER._by_spacy(chunks), strict=True):
        by_rule = READER._by_rule(chunk)
        assert by_rule is None or by_rule == by_spacy


def test_they_are_read_in_order() -> None:
    chunks = ["10km", "plans", "it's", "b2b:", "risks."]
    assert READER.read(chunks) == [READER.read([chunk])[0] for chunk in chunks]
    assert READER.read([]) == []
