import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolenlp.reading.pipeline import american

ALSO_BRITISH = [
    ("prioritise", "prioritize"),
    ("organiser", "organizer"),
    ("customisable", "customizable"),
    ("optimisation", "optimization"),
    ("organisational", "organizational"),
    ("standardising", "standardizing"),
    ("analyse", "analyze"),
    ("catalysed", "catalyzed"),
    ("behaviour", "behavior"),
    ("behavioural", "behavioral"),
    ("colour", "color"),
    ("labourer", "laborer"),
    ("favourite", "favorite"),
    ("labelled", "labeled"),
    ("modelling", "modeling"),
    ("traveller", "traveler"),
    ("programme", "program"),
    ("licence", "license"),
    ("fulfil", "fulfill"),
    ("centre", "center"),
    ("whilst", "while"),
]
AMERICAN_ALREADY = [
    *("prioritize", "organization", "analysis", "color", "labeled", "program", "", "x", "日本"),
    # An s on either side of the Atlantic.
    *("advise", "advised", "advisable", "expertise", "enterprise", "enterprises", "exercising"),
    *("compromise", "uncompromising", "supervise", "supervising", "unsupervised", "revised"),
    *("raise", "fundraising", "rise", "wise", "otherwise", "clockwise", "noise", "franchise"),
    *("merchandiser", "premises", "promise", "improvisation", "advertised", "televised"),
    # Words that only look like one.
    *("hour", "four", "our", "tour", "resource", "course", "finished", "listing", "visible"),
    *("well", "roll", "rolled", "controlled", "compelling", "selling", "skilled", "calling"),
]


@pytest.mark.parametrize(("british", "expected"), ALSO_BRITISH)
def test_british_spelling(british: str, expected: str) -> None:
    assert american(british) == expected


@pytest.mark.parametrize("word", AMERICAN_ALREADY)
def test_words_that_stay(word: str) -> None:
    assert american(word) == word


@given(st.text("abceghilmnorsuyz", max_size=12) | st.sampled_from([b for b, _ in ALSO_BRITISH]))
def test_twice_is_once(word: str) -> None:
    assert american(american(word)) == american(word)
