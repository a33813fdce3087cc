"""None"""

from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from spacy.language import Language

from rolenlp.reading.lexicon import BREAK
from rolenlp.reading.pipeline import Word, american, build_nlp, doc_stream, english_lemmas, lower

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


LEMMAS = english_lemmas()
NLP = build_nlp(LEMMAS)


def plain(text: str) -> list[Word]:
    return placed(doc_stream(NLP(lower(text))))


def placed(words: Sequence[Word]) -> list[Word]:
    """The words as they are; where a BREAK stands, nobody asks."""
    return [word if word.lemma else Word(BREAK, -1, -1) for word in words]


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
    ("Co-ordinating (with co-operation) co-workers", "coordinate with cooperation co worker"),
    (
        "Project Co-ordinators, co-ordinator's CO-ORDINATION.",
        "project coordinator coordinator coordination",
    ),
    ("co-ordinate/plan", "coordinate plan"),
    ("re-co-ordinate", "re coordinate"),
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


WHERE = [
    (
        "Own  it.\nShip",
        [Word("own", 0, 3), Word("it", 5, 7), Word(BREAK, -1, -1), Word("ship", 9, 13)],
    ),
    ("the teams' plan", [Word("team", 4, 9), Word("plan", 11, 15)]),
    ("İ plans", [Word("İ", 0, 1), Word("plan", 2, 7)]),
    ("🚀 (plans)", [Word("plan", 3, 8)]),
    ("plan ; \n – build", [Word("plan", 0, 4), Word(BREAK, -1, -1), Word("build", 11, 16)]),
    ("won't", [Word("wo", 0, 2), Word("not", 2, 5)]),
]


@pytest.mark.parametrize(("text", "expected"), WHERE)
def test_where_words_stand(text: str, expected: list[Word]) -> None:
    assert plain(text) == expected


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


@given(st.text())
@example("İSTANBUL ΣΑΣ")
def test_lower_keeps_every_place(text: str) -> None:
    lowered = lower(text)
    assert len(lowered) == len(text)
    assert all(new in (old, old.lower(), "ς") for old, new in zip(text, lowered, strict=True))
    assert lower(lowered) == lowered


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
