from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import spacy
import srsly
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

from rolenlp.errors import InputError
from rolenlp.reading.patterns import from_patterns, to_patterns
from rolenlp.reading.phrases import GAP
from rolenlp.reading.priors import Phrase, Priors
from rolenlp.schema import THEMES
from tests.small_ads import small_priors


@pytest.fixture(scope="module")
def nlp() -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("lemmatizer", config={"mode": "lookup"})
    nlp.initialize()  # the lemmas come with spacy-lookups-data
    return nlp


def bare(priors: Priors) -> Priors:
    return replace(priors, source="")


@pytest.mark.parametrize("kind", ["span_ruler", "entity_ruler"])
def test_the_priors_that_ship_go_through_spacy_and_back(
    nlp: Language, kind: str, tmp_path: Path
) -> None:
    priors = Priors.default()
    ruler: Any = nlp.create_pipe(kind)
    ruler.add_patterns(to_patterns(priors))
    ruler.to_disk(tmp_path / "patterns.jsonl")
    file = tmp_path / "patterns.jsonl"
    again = from_patterns(srsly.read_jsonl(file / "patterns" if file.is_dir() else file))
    if kind == "entity_ruler":  # it drops the weights
        priors = replace(priors, phrases=tuple(replace(p, weight=1.0) for p in priors.phrases))
    assert bare(again) == bare(priors)
    assert Priors.from_toml(again.source) == again


TEXT = st.text(st.characters(codec="utf-8", categories=("L",)), min_size=1, max_size=5)
WORDS = st.lists(TEXT.map(lambda word: f"z{word}"), min_size=1, max_size=3, unique=True)
PHRASES = st.builds(
    lambda parts, gap: (" ~ " if gap else " ").join(map("|".join, parts)),
    st.lists(WORDS, min_size=1, max_size=4),
    st.booleans(),
)
ALL = st.lists(
    st.builds(Phrase, PHRASES, st.sampled_from(THEMES), st.floats(0, 9)),
    unique_by=lambda phrase: (phrase.theme, phrase.text),
)


@given(ALL)
def test_phrases_come_back_as_they_were(phrases: list[Phrase]) -> None:
    given = tuple(sorted(phrases, key=lambda phrase: THEMES.index(phrase.theme)))
    priors = replace(small_priors(), phrases=given)
    again = from_patterns(to_patterns(priors), priors)
    assert (again.phrases, again.names, again.titles) == (given, priors.names, priors.titles)
    assert set(again.exceptions) == set(priors.exceptions)


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("risk register", "Keep the risk registers.", ["risk registers"]),
        ("risk issue", "Manage risks and the issues", ["risks and the issues"]),
        ("risk issue", "Manage risks (5), issues", ["risks (5), issues"]),
        ("risk issue", "Manage risks. Issues", []),
        ("risk issue", "Manage risks\nissues", []),
        ("own|set ~ vision", "You own vision", ["own vision"]),
        ("own|set ~ vision", "You set our long term vision", ["set our long term vision"]),
        ("own|set ~ vision", f"You set {'big ' * (GAP + 1)}vision", []),
        ("own|set ~ vision", "You set goals; a vision", []),
    ],
)
def test_what_a_ruler_finds(nlp: Language, phrase: str, text: str, found: list[str]) -> None:
    priors = replace(small_priors(), phrases=(Phrase(phrase, "risk", 2.0),))
    ruler: Any = nlp.create_pipe("span_ruler")
    ruler.add_patterns(to_patterns(priors))
    doc = ruler(nlp(text))
    spans = [(span.label_, span.id_, span.text) for span in doc.spans["ruler"]]
    assert spans == [("risk", phrase, each) for each in found]


@pytest.mark.parametrize(
    ("pattern", "phrase"),
    [
        ("The Risks and issues", "risk issue"),
        ("organisation charts", "organization chart"),
        ([{"LOWER": "risks"}, {"TEXT": "Register"}], "risk register"),
        (
            [{"LEMMA": {"IN": ["risk", "issue"]}}, {"LOWER": "the"}, {"ORTH": "log"}],
            "risk|issue log",
        ),
        ([{"LOWER": {"IN": ["risk", "risks"]}}], "risk"),
    ],
)
def test_patterns_written_by_hand(pattern: Any, phrase: str) -> None:
    priors = from_patterns([{"label": "scope", "pattern": pattern}], small_priors())
    assert priors.phrases == (Phrase(phrase, "scope", 1.0),)
    assert priors.names == small_priors().names


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"label": "scope", "pattern": [{"POS": "NOUN"}]}, "pattern 2: no phrase can say .*'POS'"),
        ({"label": "scope", "pattern": [{"LEMMA": "x", "OP": "?"}]}, "no phrase can say"),
        ({"label": "scope", "pattern": [{"LEMMA": {"REGEX": "x"}}]}, "no phrase can say"),
        ({"label": "scope", "pattern": [{}]}, "no phrase can say"),
        ({"label": "scope", "pattern": [{"LEMMA": {"IN": [1]}}]}, "no phrase can say"),
        ({"label": "scope"}, "no phrase can say"),
        ({"pattern": "x"}, "no phrase can say"),
        ({"label": "scope", "pattern": "x", "weight": "heavy"}, "no phrase can say"),
        ("x", "no phrase can say"),
        ({"label": "scope", "pattern": "the"}, "'' is no phrase"),
        ({"label": "ORG", "pattern": "x"}, "no theme is called 'ORG'"),
        ({"label": "scope", "pattern": "y"}, "'y' stands twice in one list"),
    ],
)
def test_patterns_that_no_phrase_can_say(entry: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        from_patterns([{"label": "scope", "pattern": "y"}, entry], small_priors())
