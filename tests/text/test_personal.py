"""E-mail addresses and telephone numbers are masked; salaries, dates, years and shares are not."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolenlp.text.personal import find_personal, mask_personal, masked, quoted
from tests.hostile.personal_cases import ADDRESSES, HARMLESS, NUMBERS

AFTER_WORDS = ["tel: 12 34 56", "Call us on 79460018", "phone 555 0132", "fax no. 946-0018"]


@pytest.mark.parametrize("text", ADDRESSES)
def test_addresses(text: str) -> None:
    assert mask_personal(text) == "[email]"
    assert mask_personal(f"Write to <{text}>, or call.") == "Write to <[email]>, or call."


@pytest.mark.parametrize("text", NUMBERS)
def test_numbers(text: str) -> None:
    assert mask_personal(text) == "[phone]"
    assert mask_personal(f"Ring, {text}. Manage risks") == "Ring, [phone]. Manage risks"


@pytest.mark.parametrize("text", AFTER_WORDS)
def test_numbers_after_words_that_tell(text: str) -> None:
    assert mask_personal(text).endswith(" [phone]")
    assert not any(map(str.isdigit, mask_personal(text)))


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_numbers(text: str) -> None:
    assert mask_personal(text) == text
    assert mask_personal(f"We pay {text}, always.") == f"We pay {text}, always."


@pytest.mark.parametrize(
    ("text", "piece", "expected"),
    [
        ("manage jo@example.com stakeholders", "manage jo@example.com stakeholders", None),
        ("x risk-manager@example.com y", "risk", "[email]"),
        ("Call 020 7946 0018 now", "0018 now", "[phone] now"),
        ("manage  the\n risks", "manage  the\n risks", "manage the risks"),
        ("manage \uf0b7 risks", "manage \uf0b7 risks", "manage \ufffd risks"),
    ],
)
def test_quotes(text: str, piece: str, expected: str | None) -> None:
    start = text.index(piece)
    quote = quoted(text, start, start + len(piece))
    assert quote == (expected or "manage [email] stakeholders")


def test_a_long_quote_is_cut_in_its_middle() -> None:
    text = "manage " + "# " * 10_000 + "risks"
    quote = quoted(text, 0, len(text))
    assert len(quote) < 320
    assert quote.startswith("manage #")
    assert quote.endswith("# risks")


@given(st.text(), st.sampled_from([*ADDRESSES, *NUMBERS]), st.text())
def test_pieces_of_a_masked_text_add_up(before: str, found: str, after: str) -> None:
    text = before + found + after
    spans = find_personal(text)
    assert spans == sorted(spans)
    assert all(0 <= start < end <= len(text) for start, end, _ in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    assert masked(text, 0, len(text), []) == text
