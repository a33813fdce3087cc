"""What all tests share: real tables and tiny real models, each made once a session."""

import csv
from pathlib import Path

import pytest
from hypothesis import settings
from spacy.language import Language

from rolenlp.model.classifier import RoleClassifier
from rolenlp.reading.pipeline import build_nlp, english_lemmas
from rolenlp.reading.priors import Priors
from tests.examples import TIMES

# No deadline: the first example that meets a lazily made table is slow, and tells nothing.
settings.register_profile("rolenlp", deadline=None, max_examples=20 * TIMES)
settings.load_profile("rolenlp")

DATA = Path(__file__).parent.parent / "data" / "postings.csv"


@pytest.fixture(scope="session")
def lemmas() -> dict[str, str]:
    return english_lemmas()


@pytest.fixture(scope="session")
def nlp(lemmas: dict[str, str]) -> Language:
    """The plain pipeline."""
    return build_nlp(lemmas)


@pytest.fixture(scope="session")
def priors() -> Priors:
    """The priors that ship with rolenlp."""
    return Priors.default()


@pytest.fixture(scope="session")
def ads() -> list[dict[str, str]]:
    """The rows of data/postings.csv."""
    with DATA.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def phrase_model() -> RoleClassifier:
    """A fitted model that knows the phrases alone; do not change it."""
    return RoleClassifier().fit([], [])
