import pytest

from rolenlp.personal import masked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Write to jane.doe+jobs@acme.co.uk.", "Write to [e-mail]."),
        ("jane @ acme.example or call", "[e-mail] or call"),
        ("Call +44 (0)20 7946 0958 today", "Call [phone] today"),
        ("Call (555) 010-4477, ext. 3", "Call [phone], ext. 3"),
        ("tel.: 555.010.4477", "tel.: [phone]"),
        ("0161 496 0000", "[phone]"),
        ("from 2019 - 2021", "from 2019 - 2021"),
        ("a budget of $12 000 000", "a budget of $12 000 000"),
        ("between 40,000 and 50,000 pounds", "between 40,000 and 50,000 pounds"),
        ("ISO 9001, 5-10 years", "ISO 9001, 5-10 years"),
        ("", ""),
    ],
)
def test_masked(text: str, shown: str) -> None:
    assert masked(text) == shown
