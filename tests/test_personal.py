"""E-mail addresses and telephone numbers are masked; salaries, dates, years and shares are not."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolenlp.personal import find_personal, mask_personal, masked, quoted

EMAILS = [
    "jo@example.com",
    "Jo.O'Neill+jobs@mail.example.co.uk",
    "jo_doe-1@example.com",
    "jo @ example.com",
    "jo @example.com",
    "jo(at)example.com",
    "jo (at) example.com",
    "jo [at] example [dot] com",
    "jo {AT} example.co.uk",
    "jo <at> example (dot) com",
    "jo at example dot com",
    "jo.doe at example.com",
    "jo＠example.com",
    "josé@exämple.com",
    "jo@localhost",
]
PHONES = [
    "+44 20 7946 0018",
    "+44 (0)20 7946 0018",
    "+442079460018",
    "0044 20 7946 0018",
    "+1 415 555 0132",
    "+1 (415) 555-0132",
    "+49 (0)30 1234567",
    "+33 1 23 45 67 89",
    "+91 98765 43210",
    "020 7946 0018",
    "(020) 7946 0018",
    "02079460018",
    "07700 900123",
    "07700-900-123",
    "01 23 45 67 89",
    "01.23.45.67.89",
    "030/1234567",
    "(415) 555-0132",
    "415-555-0132",
    "415.555.0132",
    "415 555 0132",
    "415‑555‑0132",
    "4155550132",
    "1-415-555-0132",
    "415-555-0132 x12",
    "415-555-0132 ext. 4471",
    "020 7946 0018, extension 12",
    "1-800-FLOWERS",
    "1300 555 013",
    "98765 43210",
    "91 123 45 67",
    "555-0132",
    "ext. 4471",
]
AFTER_WORDS = ["tel: 12 34 56", "Call us on 79460018", "phone 555 0132", "fax no. 946-0018"]
NEITHER = [
    "$120,000 - $150,000",
    "$120000-$150000",
    "120,000-150,000 USD",
    "£45,000 to £55,000",
    "£45000-55000",
    "€50.000,00",
    "$1200000000",
    "$ 4155550132",
    "100 000 000",
    "10.000.000",
    "a budget of 1,200,000.00",
    "100-2500 users",
    "500-1500 people",
    "2024-01-15",
    "15/01/2024",
    "01.02.2024",
    "01/02/2024-05/06/2024",
    "01/02/2024 - 05/06/2024",
    "1 2 2024",
    "2019-2024",
    "2019, 2020, 2021",
    "2021 2022 2023 2024",
    "2023/24",
    "09:00-17:30",
    "09.00-17.30",
    "09.00 - 17.00 5 days",
    "24/7",
    "24/7/365",
    "50%",
    "10-15%",
    "99.999%",
    "ISO 27001",
    "ISO 9001 27001",
    "SOX 404",
    "20+ people",
    "5-7 years",
    "401(k)",
    "Python 3.11",
    "10 20 30",
    "30-60-90 day plan",
    "$850 individual",
    "1 800 people",
    "Q1 2024",
    "work at example.com",
    "look at the roadmap",
    "@example",
    "at @ 10",
    "Manage risks, e.g. on time",
]


@pytest.mark.parametrize("text", EMAILS)
def test_addresses(text: str) -> None:
    assert mask_personal(text) == "[email]"
    assert mask_personal(f"Write to <{text}>, or call.") == "Write to <[email]>, or call."


@pytest.mark.parametrize("text", PHONES)
def test_numbers(text: str) -> None:
    assert mask_personal(text) == "[phone]"
    assert mask_personal(f"Ring, {text}. Manage risks") == "Ring, [phone]. Manage risks"


@pytest.mark.parametrize("text", AFTER_WORDS)
def test_numbers_after_words_that_tell(text: str) -> None:
    assert mask_personal(text).endswith(" [phone]")
    assert not any(map(str.isdigit, mask_personal(text)))


@pytest.mark.parametrize("text", NEITHER)
def test_neither(text: str) -> None:
    assert mask_personal(text) == text
    assert mask_personal(f"We pay {text}, always.") == f"We pay {text}, always."


@pytest.mark.parametrize(
    ("text", "piece", "expected"),
    [
        ("manage jo@example.com stakeholders", "manage jo@example.com stakeholders", None),
        ("x risk-manager@example.com y", "risk", "[email]"),
        ("Call 020 7946 0018 now", "0018 now", "[phone] now"),
        ("manage  the\n risks", "manage  the\n risks", "manage the risks"),
    ],
)
def test_quotes(text: str, piece: str, expected: str | None) -> None:
    start = text.index(piece)
    quote = quoted(text, start, start + len(piece))
    assert quote == (expected or "manage [email] stakeholders")


def test_a_long_quote_is_cut_in_its_middle() -> None:
    text = "manage " + "1 " * 10_000 + "risks"
    quote = quoted(text, 0, len(text))
    assert len(quote) < 320
    assert quote.startswith("manage 1")
    assert quote.endswith("1 risks")


@given(st.text(), st.sampled_from([*EMAILS, *PHONES]), st.text())
def test_pieces_of_a_masked_text_add_up(before: str, found: str, after: str) -> None:
    text = before + found + after
    spans = find_personal(text)
    assert spans == sorted(spans)
    assert all(0 <= start < end <= len(text) for start, end, _ in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    assert masked(text, 0, len(text), []) == text
