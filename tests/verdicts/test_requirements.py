from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from rolenlp.reading.lexicon import Lexicon
from rolenlp.reading.pipeline import english_lemmas
from rolenlp.reading.streams import Stream, Streamer
from rolenlp.verdicts.requirements import is_required

LEXICON = Lexicon()
STREAMER = Streamer(english_lemmas(), LEXICON)


def of_all(stream: Stream) -> NDArray[np.bool_]:
    """For every word whether it is required."""
    return is_required(stream, LEXICON, np.arange(len(stream.ids)))


@pytest.mark.parametrize(
    ("text", "required"),
    [
        ("", ""),
        ("Bake bread.", ""),
        ("5+ years of baking. Bake bread.", "year of bake"),
        ("Experience in baking", "experience in bake"),
        ("Knowledge of ovens; clean them", "knowledge of oven"),
        ("Improve the customer experience. Test the user experience.", ""),
        ("Bake.\nRequirements\nWhite flour\nA warm hand", "requirement white flour warm hand"),
        ("Requirements: flour. Responsibilities: bread.", "requirement flour"),
        ("What you bring\nflour\nWhat you will do\nbake bread", "what you bring flour"),
        ("Who you are\nbaker\nBenefits\nbread", "who you be baker"),
        ("We require much flour of all who bake bread here", ""),  # too long for a heading
        ("Role requirements\nbake", ""),
    ],
)
def test_what_is_required(text: str, required: str) -> None:
    stream, _ = STREAMER.read([text])
    words = [LEXICON.words[i] for i in stream.ids[of_all(stream)]]
    assert " ".join(word for word in words if word) == required


@given(st.lists(st.lists(st.sampled_from(["Skills\n", "bread. ", "role: ", "years ", ""]))))
def test_texts_side_by_side_do_not_touch(parts: list[list[str]]) -> None:
    texts = ["".join(part) for part in parts]
    alone = [of_all(STREAMER.read([text])[0]) for text in texts]
    stream, _ = STREAMER.read(texts)
    expected = np.concatenate([np.zeros(0, bool), *alone])
    np.testing.assert_array_equal(of_all(stream), expected)
