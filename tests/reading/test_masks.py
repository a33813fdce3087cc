"""What is not read: names of roles, what is denied, boilerplate.

In what is left, `_` is a masked word and `/` a BREAK.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from rolenlp.reading.lexicon import BREAK, BREAK_ID, UNKNOWN, Lexicon
from rolenlp.reading.masks import (
    AFFIRMED,
    CUT,
    ENDS,
    MOST_MASKED,
    NEGATION_WINDOW,
    NEGATIONS,
    WINDOW,
    Masks,
    boilerplate_words,
    mask_words,
)
from rolenlp.reading.phrases import words_of
from rolenlp.reading.pipeline import english_lemmas
from rolenlp.reading.streams import Stream, Streamer

LEMMAS = english_lemmas()
NAMES = ("product|project manager|management", "pm")
SHOWN = {BREAK: "/", UNKNOWN: "_"}


class Reader:
    """Masks texts and shows what is left of them."""

    def __init__(
        self,
        boilerplate: Mapping[str, float],
        names: Sequence[str] = NAMES,
        lexicon: Lexicon | None = None,
    ) -> None:
        self.lexicon = lexicon or Lexicon()
        self.streamer = Streamer(LEMMAS, self.lexicon)
        self.masks = Masks(names, boilerplate, self.lexicon)

    def read(self, texts: Sequence[str]) -> tuple[Stream, NDArray[np.int64]]:
        """The masked stream and the words left."""
        return self.masks(self.streamer.streams(texts))

    def left(self, *texts: str) -> list[str]:
        stream, _ = self.read(texts)
        words = [self.lexicon.words[number] for number in stream.ids]
        return [
            " ".join(SHOWN.get(word, word) for word in words[start:end])
            for start, end in zip(stream.bounds[:-1], stream.bounds[1:], strict=True)
        ]

    def n_words(self, *texts: str) -> list[int]:
        _, n_words = self.read(texts)
        counts: list[int] = n_words.tolist()
        return counts


READER = Reader({})


def left(text: str) -> str:
    (found,) = READER.left(text)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("Keep plans.", "keep plan"),
        ("The Product Manager, a PM.", "_ _ _"),
        ("our project managers' plans", "_ _ plan"),
        ("product or project management", "product _ _"),  # "or" is no word of a stream
        ("PM products. Manager", "_ product / manager"),  # a name does not cross a sentence
        ("product\nmanager", "product / manager"),
        ("a product for the manager", "product for manager"),
    ],
)
def test_names_of_roles_are_hidden(text: str, expected: str) -> None:
    assert left(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Never manage risks", "never _ _"),
        ("You will not manage risks.", "you will not _ _"),
        ("You won't manage risks", "you wo not _ _"),
        ("manage plans without risks", "manage plan without _"),
        ("no risks, no plans", "no _ _ _"),
        ("neither risks nor plans", "neither _ _ _"),
        ("risks, not", "risk not"),
        # Eight words and no further.
        ("not c d e f g h i j k l", "not _ _ _ _ _ _ _ _ k l"),
        ("not c d not e f g h i j k l n", "not _ _ _ _ _ _ _ _ _ _ _ n"),
        # A sentence, a clause or a line ends it.
        ("not risks. Plans", "not _ / plan"),
        ("not risks; plans", "not _ / plan"),
        ("not risks: plans", "not _ / plan"),
        ("not risks\nplans", "not _ / plan"),
        ("not. Plans", "not / plan"),
        # So do words that turn.
        ("not risks but plans", "not _ but plan"),
        ("not risks, however plans", "not _ however plan"),
        ("no risks, instead plans", "no _ instead plan"),
        ("not but plans", "not but plan"),
        ("but not plans", "but not _"),
        ("not risks but no plans", "not _ but no _"),
        # What only looks like a negation denies nothing.
        ("not only risks but plans", "not only risk but plan"),
        ("You don't just plan", "you do not just plan"),
        ("including but not limited to risks", "include but not limit to risk"),
        ("no less than plans", "no little than plan"),
        ("no later than May", "no late than may"),
        ("not only no risks", "not only no _"),
        ("only not risks", "only not _"),
        ("not. Only plans", "not / only plan"),
        ("not the only plan", "not only plan"),  # "the" is no word of a stream
        # What is denied may be a name as well.
        ("not a PM of plans", "not _ _ _"),
    ],
)
def test_what_is_denied_is_hidden(text: str, expected: str) -> None:
    assert left(text) == expected


def test_the_reach_is_counted_in_the_tables_above() -> None:
    assert NEGATION_WINDOW == 8


# A window of 41 words has the root 6.40, and 0.3 * 6.40 = 1.92: a weight of 2 alone is over the
# cut in the middle of a text, 1.9 is under it there; 0.3 * 40**0.5 = 1.897.
SALARY = {"salary": 2.0, "pension": 1.9, "bonus": 1.8, "plan": -1.0}
SALARIES = Reader(SALARY)


def bakes(n: int, **put: int) -> str:
    """`n` words that mean nothing, with others put at places."""
    words = ["bake"] * n
    for word, place in put.items():
        words[place] = word
    return " ".join(words)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (bakes(100), range(0)),
        (bakes(100, salary=50), range(30, 71)),  # 20 words on either side
        (bakes(100, salary=5), range(26)),
        (bakes(100, salary=99), range(79, 100)),
        # At the ends a window is shorter: at place p it has p + 21 words, up to 40 of them.
        (bakes(100, pension=50), range(0)),
        (bakes(100, pension=5), range(20)),
        (bakes(100, pension=94), range(80, 100)),
        # Where "plan" is near as well, the sum is 1; "plan" at 60 is seen from 40 on.
        (bakes(100, salary=50, plan=60), range(30, 40)),
        (bakes(100, salary=50, plan=50), range(0)),  # it stands in its place
        (bakes(100, salary=50, pension=59), range(30, 71)),  # 2, 3.9, and 1.9 from 71
        # Where more than 0.85 of a text would go, all of it stays: 41 of 48, and 41 of 49.
        (bakes(48, salary=20), range(0)),
        (bakes(49, salary=20), range(41)),
        ("salary", range(0)),
        ("", range(0)),
        # The root of 36 is 6, and 0.3 * 6 = 1.8: what is at the cut, as place 15 is, stays.
        (bakes(100, bonus=15), range(15)),
    ],
)
def test_boilerplate_by_hand(text: str, places: range) -> None:
    expected = text.split()
    for place in places:
        expected[place] = "_"
    assert SALARIES.left(text) == [" ".join(expected)]


def test_breaks_stand_in_windows_and_are_never_masked() -> None:
    # "salary" is the 20th of 49 places, as above; the places between sentences count among them.
    text = "bake bake. " * 6 + "bake bake salary " + "bake " * 28
    found = SALARIES.left(text)[0].split()
    assert len(found) == 49
    assert found.index("bake") == 41
    assert found[:41] == ["_", "_", "/"] * 6 + ["_"] * 23


def test_the_numbers_of_the_tables_above() -> None:
    assert (WINDOW, CUT, MOST_MASKED) == (20, 0.3, 0.85)


def test_texts_do_not_touch_each_other() -> None:
    assert SALARIES.left("never", "a plan", "the product", "manager") == [
        "never",
        "plan",
        "product",
        "manager",
    ]
    assert SALARIES.left("not", "only plans", "not plans", "only") == [
        "not",
        "only plan",
        "not _",
        "only",
    ]
    assert SALARIES.left("no", "", "plans") == ["no", "", "plan"]
    one, other = SALARIES.left(bakes(30, salary=29), bakes(30))
    assert (one.count("_"), other) == (21, bakes(30))
    assert SALARIES.left() == []


WORDS = st.sampled_from(
    [
        "bake",
        "salary",
        "pension",
        "bonus",
        "plan",
        "product",
        "manager",
        "not",
        "but",
        "only",
        ".",
        "x",
    ]
)
TEXTS = st.lists(st.lists(WORDS, max_size=60).map(" ".join), max_size=4)


@given(TEXTS)
def test_a_text_is_masked_alike_alone_and_among_others(texts: list[str]) -> None:
    assert SALARIES.left(*texts) == [SALARIES.left(text)[0] for text in texts]


@given(TEXTS)
def test_masks_only_hide(texts: list[str]) -> None:
    stream = SALARIES.streamer.streams(texts)
    masked, n_words = SALARIES.masks(stream)
    hidden = masked.ids != stream.ids
    assert masked.bounds is stream.bounds
    assert not np.any(stream.ids[hidden] == BREAK_ID)
    assert {SALARIES.lexicon.words[number] for number in masked.ids[hidden]} <= {UNKNOWN}
    shown = [sum(word not in ("_", "/") for word in text.split()) for text in SALARIES.left(*texts)]
    assert n_words.tolist() == shown


@pytest.mark.parametrize(
    ("text", "n_words"),
    [
        ("", 0),
        ("Keep plans.", 2),
        ("Keep plans. Manage risks.", 4),  # no BREAK
        ("The Product Manager keeps plans.", 2),
        ("You will not manage risks.", 3),  # "not" itself is left
        (bakes(100, salary=50), 59),
        (bakes(48, salary=20), 48),
    ],
)
def test_words_left_are_counted(text: str, n_words: int) -> None:
    assert SALARIES.n_words(text) == [n_words]
    assert SALARIES.n_words("x", text, "") == [1, n_words, 0]


def test_no_table_masks_no_boilerplate() -> None:
    text = "We offer a competitive salary, a pension, dental insurance and paid holidays. " * 5
    assert "_" not in left(text)


def test_an_open_lexicon_may_grow_between_two_readings() -> None:
    reader = Reader(SALARY)
    assert reader.left(bakes(100)) == [bakes(100)]
    assert reader.left(bakes(100, salary=50))[0].count("_") == 41


def test_a_closed_lexicon_needs_the_words_of_the_masks_alone() -> None:
    texts = [bakes(100, salary=50), "You will not bake but plan.", "a product manager"]
    names = [word for name in NAMES for word in words_of(name)]
    closed = Lexicon([*names, *mask_words(), *SALARY, "bake", "you", "will"], closed=True)
    assert Reader(SALARY, lexicon=closed).left(*texts) == SALARIES.left(*texts)


# What ships with rolenlp.


def test_mask_words() -> None:
    assert set(mask_words()) == NEGATIONS | AFFIRMED | ENDS
    assert mask_words() == sorted(mask_words())


def test_the_table_that_ships() -> None:
    table = boilerplate_words()
    assert len(table) > 1000
    assert all(np.isfinite(weight) and weight != 0 for weight in table.values())
    assert [word for word in ("salary", "dental", "pension") if table[word] <= 0] == []
    assert [word for word in ("ensure", "coordinate", "prioritize") if table[word] >= 0] == []


DUTIES = """Keep the project plan and the risk register up to date. Coordinate the contractors on
site and settle changes with the client. Prepare monthly reports on cost and progress, and chair the
weekly meetings of the team. Review drawings with the engineers before work starts."""
BENEFITS = """What we offer: a competitive salary, a pension, dental insurance, 25 days of holiday
and a discount at our shops. We are an equal opportunity employer and welcome applicants of every
age, religion, disability and sexual orientation. Please apply by email before the closing date."""


def test_benefits_go_and_duties_stay() -> None:
    reader = Reader(boilerplate_words())
    both, duties = reader.left(DUTIES + "\n" + BENEFITS, DUTIES)
    assert "_" not in duties
    assert both.startswith(duties[:200])
    shown = both.split()
    assert shown[-25:].count("_") + shown[-25:].count("/") == 25
