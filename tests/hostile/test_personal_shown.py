"""What is personal in an ad is shown nowhere, and no model learns it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from rolenlp.model.classifier import RoleClassifier
from rolenlp.model_file.bundle import load
from rolenlp.model_file.card import card_path, default_model_path
from rolenlp.schema import Posting, Prediction
from rolenlp.text.clean import clean
from rolenlp.text.personal import is_address
from rolenlp.train.active_learning import Candidate
from rolenlp.train.labelled import Labelled
from rolenlp.train.review_page import as_review_page
from rolenlp.train.run import train
from rolenlp.verdicts.excerpts import excerpt
from rolenlp.verdicts.explain import as_text
from rolenlp.verdicts.judge import judge
from rolenlp.verdicts.page import as_page
from tests.hostile.personal_cases import ADDRESSES, HARMLESS, NUMBERS
from tests.small_ads import ADS, ROLES

AD = (
    "You will own the product roadmap, talk to customers and set priorities with engineering. "
    "You will also manage the risks and keep the project on time and within budget. "
)


def _ad(form: str) -> Posting:
    text = f"{AD}Manage {form} risks. Manage the risks with {form} on time."
    return Posting(text, f"Project Manager, {form}")


@pytest.fixture(scope="module")
def verdicts() -> dict[str, Prediction]:
    every = [*NUMBERS, *ADDRESSES, *HARMLESS]
    judged = judge(load(default_model_path()), list(map(_ad, every)))
    return dict(zip(every, judged, strict=True))


def _shown(form: str, verdict: Prediction) -> list[str]:
    """All that is shown of an ad, as a reader sees it."""
    ad = _ad(form)
    page = as_page(ad.text, ad.title, verdict)
    asked = Candidate(1, ad.title, ad.text, "", verdict, company=f"Firm, {form}")
    review = as_review_page([asked], [], "")
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', review)
    assert data
    found = (*verdict.evidence, *verdict.stray)
    shown = [
        repr(verdict),
        verdict._repr_html_(),
        *(e.quote for e in found),
        as_text(ad.text, verdict),
        as_text(ad.text, verdict, colour=True),
        "".join(piece.text for piece in excerpt(ad.text, verdict)),
        page,
        json.dumps(json.loads(data[1])["ads"], ensure_ascii=False),
    ]
    return [" ".join(each.split()) for each in shown]


@pytest.mark.parametrize("form", [*NUMBERS, *ADDRESSES])
def test_personal_data_is_shown_nowhere(verdicts: dict[str, Prediction], form: str) -> None:
    seen = {" ".join(each.split()) for each in (form, clean(form).text, f"{form!r}"[1:-1])}
    for shown in _shown(form, verdicts[form]):
        assert not any(each in shown for each in seen)


@pytest.mark.parametrize("form", HARMLESS)
def test_harmless_numbers_are_shown(verdicts: dict[str, Prediction], form: str) -> None:
    for shown in _shown(form, verdicts[form]):
        assert not re.search(r"\[(?:phone|email)\]", shown)


REPEATED = [
    "jo.doe@example.com",
    "jo@localhost",
    "https://example.com/jobs",
    "www.example.com",
    "ref1234567",
    "612345678x",
    "ｊｏ@example.com",
]


@pytest.mark.parametrize("word", REPEATED)
def test_no_model_learns_an_address(tmp_path: Path, word: str) -> None:
    """Not from texts, from titles or from names of sources."""
    postings = [Posting(f"{text} Write to {word} today.", f"{title} {word}") for title, text in ADS]
    source = word if "@" in clean(word).text or "1" in word else "board"
    sources = [source] * len(postings)
    labelled = Labelled(postings, ROLES, sources, told=[True] * len(postings))
    path = tmp_path / "a.joblib"
    card = train(labelled, path, model=RoleClassifier(min_postings=2))
    model = load(path)
    words = model.reader_.lexicon.words
    assert "today" in words
    assert not any(map(is_address, words))
    assert word not in json.dumps(card, ensure_ascii=False)
    assert word not in card_path(path).read_text("utf-8")
