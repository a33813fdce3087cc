import tomllib
from collections.abc import Sequence
from importlib.resources import files
from itertools import product

import numpy as np
import pytest
from spacy.language import Language

from rolenlp.errors import InputError
from rolenlp.reading.lexicon import Lexicon
from rolenlp.reading.masks import Masks, mask_words
from rolenlp.reading.pipeline import doc_stream, english_lemmas, lower
from rolenlp.reading.priors import Hits, Phrase, PriorFinder, Priors
from rolenlp.reading.streams import Places, Stream, Streamer
from rolenlp.schema import POLES, THEMES

LEMMAS = english_lemmas()
SMALL = """
[names]
phrases = ["product|project manager|management", "pm"]

[themes.risk]
pole = "project"
except = ["credit risk", "risk ~ free"]
phrases = [
  { phrase = "manage ~ risk", weight = 2 },
  { phrase = "risk register", weight = 3 },
  { phrase = "risk", weight = 1 },
  { phrase = "register risk", weight = 3 },
]

[themes.vision]
pole = "product"
phrases = [
  { phrase = "roadmap|vision", weight = 1.5 },
  { phrase = "product roadmap", weight = 1.5 },
  { phrase = "product roadmap register", weight = 0.25 },
]

[neighbours]
phrases = [{ phrase = "code ~ risk", weight = 2.5 }, { phrase = "code|clean", weight = 1 }]

[titles]
except = ["product designer"]
product = ["product ~ manager"]
project = ["project manager"]
"""


class Finder:
    """Finds the phrases of some priors in texts whose names and denied words are masked."""

    def __init__(self, priors: Priors) -> None:
        self.priors = priors
        self.lexicon = Lexicon(priors.words())
        self.streamer = Streamer(LEMMAS, self.lexicon)
        self.finder = PriorFinder(priors, self.lexicon)
        self.masks = Masks(priors.names, {}, self.lexicon)

    def read(self, texts: Sequence[str]) -> tuple[Stream, Places]:
        stream, places = self.streamer.read(texts)
        return self.masks(stream)[0], places

    def hits(self, *texts: str) -> list[list[tuple[str, str]]]:
        """For every text, the themes of its hits and what they cover, in reading order."""
        stream, places = self.read(texts)
        hits, _ = self.finder.find(stream)
        return self._quoted(texts, places, hits, [p.theme for p in self.priors.phrases])

    def neighbours(self, *texts: str) -> list[list[tuple[str, str]]]:
        """For every text, the phrases of neighbouring jobs and what they cover."""
        stream, places = self.read(texts)
        _, hits = self.finder.find(stream)
        return self._quoted(texts, places, hits, [p.text for p in self.priors.neighbours])

    def _quoted(
        self, texts: Sequence[str], places: Places, hits: Hits, names: Sequence[str]
    ) -> list[list[tuple[str, str]]]:
        found: list[list[tuple[str, str]]] = [[] for _ in texts]
        for phrase, text, start, end in zip(
            hits.phrase, hits.text, hits.start, hits.end, strict=True
        ):
            (first, _), (_, last) = places.of(text, np.array([start, end - 1]))
            found[text].append((names[phrase], texts[text][first:last]))
        return found


@pytest.fixture(scope="module")
def small() -> Finder:
    return Finder(Priors.from_toml(SMALL))


@pytest.fixture(scope="module")
def shipped(priors: Priors) -> Finder:
    return Finder(priors)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("Nothing of the kind.", []),
        ("Manage all the risks", [("risk", "Manage all the risks")]),
        # The heaviest of a theme's phrases that share a word, even where it is longer.
        ("Manage a risk register", [("risk", "risk register")]),
        # Of equally heavy ones the shortest, and of equally long ones the first.
        ("product roadmap", [("vision", "roadmap")]),
        ("risk register risk", [("risk", "risk register"), ("risk", "risk")]),
        # A lighter phrase counts where it is alone.
        (
            "product roadmap, roadmaps; visions",
            [("vision", "roadmap")] * 0
            + [("vision", "roadmap"), ("vision", "roadmaps"), ("vision", "visions")],
        ),
        # Phrases of two themes may share words.
        ("roadmap risk", [("vision", "roadmap"), ("risk", "risk")]),
        # Exceptions drop what shares a word with them, in their own theme alone.
        ("credit risk", []),
        ("manage credit risk", []),
        ("a risk of credit", [("risk", "risk")]),
        ("credit. Risk", [("risk", "Risk")]),
        ("a risk and roadmap free zone", [("vision", "roadmap")]),
        # Names of roles are hidden before anything is looked for.
        ("The product manager risk register", [("risk", "risk register")]),
        ("Project management risks", [("risk", "risks")]),
        ("manage PM risk", [("risk", "manage PM risk")]),  # what is hidden may fill a gap
        ("product managers' roadmap", [("vision", "roadmap")]),
        # What is denied is hidden as well, a phrase that reaches into it too.
        ("do not manage risks", []),
        ("manage no risk", []),
        ("not one two three risk", []),
        ("not one two three four five six seven eight risk", [("risk", "risk")]),
        ("no vision but risk", [("risk", "risk")]),
        ("not now. Risk", [("risk", "Risk")]),
        ("not now\nrisk", [("risk", "risk")]),
        ("never a roadmap, no risk, without vision", []),
        ("neither risk nor roadmap", []),
        ("you won't manage risks", []),
        ("you cannot do without: a roadmap", [("vision", "roadmap")]),
        ("risk, not roadmap", [("risk", "risk")]),
        # "Not only" says yes.
        ("not only risk", [("risk", "risk")]),
        ("you don't just own the roadmap", [("vision", "roadmap")]),
        ("only not risk", []),
        ("not only no risk", []),
    ],
)
def test_phrases_that_count(small: Finder, text: str, expected: list[tuple[str, str]]) -> None:
    assert small.hits(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a risk register, product roadmaps", []),
        ("clean code", [("code|clean", "clean"), ("code|clean", "code")]),
        ("code a risk", [("code ~ risk", "code a risk")]),  # the heavier of two
        ("no code", []),
    ],
)
def test_neighbours_are_found_apart(
    small: Finder, text: str, expected: list[tuple[str, str]]
) -> None:
    assert small.neighbours(text) == [expected]


def test_neighbours_and_themes_may_share_words(small: Finder) -> None:
    assert small.hits("code a risk") == [[("risk", "risk")]]


def test_priors_need_no_neighbours() -> None:
    start, end = SMALL.index("[neighbours]"), SMALL.index("[titles]")
    assert Priors.from_toml(SMALL[:start] + SMALL[end:]).neighbours == ()


def test_texts_do_not_touch_each_other(small: Finder) -> None:
    texts = ["risk", "", "register risk not", "risk register", "credit", "risk", "product", "pm"]
    assert small.hits(*texts) == [small.hits(text)[0] for text in texts]
    assert small.hits() == []


def test_what_is_read_from_toml() -> None:
    priors = Priors.from_toml(SMALL)
    assert priors.phrases[0] == Phrase("manage ~ risk", "risk", 2.0)
    assert [phrase.theme for phrase in priors.phrases] == ["risk"] * 4 + ["vision"] * 3
    assert priors.neighbours == (Phrase("code ~ risk", "", 2.5), Phrase("code|clean", "", 1.0))
    assert priors.exceptions == (("risk", "credit risk"), ("risk", "risk ~ free"))
    assert priors.names == ("product|project manager|management", "pm")
    assert priors.titles == {"product": ("product ~ manager",), "project": ("project manager",)}
    assert priors.title_exceptions == ("product designer",)
    assert priors.source == SMALL
    words = priors.words()
    assert len(words) == len(set(words))
    assert {"manage", "free", "designer", "clean", "pm"} < set(words)
    assert not set(mask_words()) & set(words)
    assert "~" not in words


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[names]", "[names", "not valid TOML"),
        ("themes.risk", "themes.luck", "no theme is called 'luck'; the themes are risk, resource"),
        ("[names]", "[nouns]", "names"),
        ("weight = 2 }", "weigth = 2 }", "weight"),
        ("weight = 2 }", 'weight = "much" }', "much"),
        ('{ phrase = "risk", weight = 1 }', '"risk"', "phrases = "),
        ('project = ["project manager"]', "", "project"),
        ('"manage ~ risk"', '"manage risk ~"', "'manage risk ~' is no phrase"),
        ('"pm"', '"pm", "pm"', "'pm' stands twice in one list; once is enough"),
        ('"credit risk"', '"credit risk", " credit  risk"', "' credit  risk' stands twice in one"),
        ('"manage ~ risk"', '"~ risk"', "is no phrase"),
        ('"manage ~ risk"', '"manage ~ ~ risk"', "is no phrase"),
        ('"manage ~ risk"', '" "', "is no phrase"),
        ('"credit risk"', '"credit| risk"', "'credit| risk' is no phrase"),
        ('"pm"', '""', "is no phrase"),
        ('["project manager"]', '["project ~"]', "is no phrase"),
        ('["product designer"]', '["|"]', "is no phrase"),
    ],
)
def test_priors_that_cannot_be_used(old: str, new: str, message: str) -> None:
    assert SMALL.count(old) == 1
    with pytest.raises(InputError) as error:
        Priors.from_toml(SMALL.replace(old, new))
    assert message in str(error.value)
    assert str(error.value).startswith("priors: ")
    assert "\n" not in str(error.value)


# What ships with rolenlp.


def test_themes_and_poles(priors: Priors) -> None:
    shipped = files("rolenlp.reading").joinpath("priors.toml").read_text("utf-8")
    themes = tomllib.loads(shipped)["themes"]
    assert {theme: table["pole"] for theme, table in themes.items()} == POLES
    assert {phrase.theme for phrase in priors.phrases} == set(THEMES)


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_has_many_phrases(priors: Priors, theme: str) -> None:
    assert sum(phrase.theme == theme for phrase in priors.phrases) >= 30


def test_weights(priors: Priors) -> None:
    assert all(0 < phrase.weight <= 3 for phrase in (*priors.phrases, *priors.neighbours))


def test_no_phrase_is_written_twice(priors: Priors) -> None:
    texts = [phrase.text for phrase in (*priors.phrases, *priors.neighbours)]
    assert sorted(texts) == sorted(set(texts))
    assert len(priors.exceptions) == len(set(priors.exceptions))


def test_every_word_is_one_that_streams_hold(priors: Priors, nlp: Language) -> None:
    """Lemma form, American spelling, lower case, no glue word, one token."""
    read = {word: [w.lemma for w in doc_stream(nlp(lower(word)))] for word in priors.words()}
    assert {word: lemmas for word, lemmas in read.items() if lemmas != [word]} == {}


def test_every_phrase_can_count(shipped: Finder) -> None:
    """No phrase is hidden by role names, its theme's exceptions, or a heavier phrase within it."""
    finder, texts, owner = shipped.finder, [], []
    phrases = (*shipped.priors.phrases, *shipped.priors.neighbours)
    for number, phrase in enumerate(phrases):
        for words in product(*(part.split("|") for part in phrase.text.split())):
            # A gap holds a word of its own, so that what stands on either side does not touch.
            texts.append(" ".join("thing" if word == "~" else word for word in words))
            owner.append(number)
    stream, _ = shipped.read(texts)
    themed, neighbours = finder.find(stream)
    found = [*themed.phrase, *(neighbours.phrase + len(shipped.priors.phrases))]
    texts_of = [*themed.text, *neighbours.text]
    counted = {n for n, text in zip(found, texts_of, strict=True) if owner[text] == n}
    never = [p.text for n, p in enumerate(phrases) if n not in counted]
    assert never == []


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ("Identify and manage project risks and issues.", "risk"),
        ("You'll keep the RAID log up to date", "risk"),
        ("Develops contingency plans", "risk"),
        ("Supervise subcontractors on site", "resource"),
        ("You will allocate resources across the programme", "resource"),
        ("Deliver on time and within budget", "scope"),
        ("developing detailed project plans", "scope"),
        ("You own the project's budget", "scope"),
        ("Conduct user research", "customer"),
        ("Understand our customers' needs", "customer"),
        ("Talk to users every week", "customer"),
        ("You own the product roadmap", "vision"),
        ("Writing user stories with clear acceptance criteria", "vision"),
        ("Prioritising the backlog", "vision"),
        ("the product's vision and strategy", "vision"),
        ("Work with cross-functional teams", "crossfunctional"),
        ("working closely with engineering, design and marketing", "crossfunctional"),
    ],
)
def test_duties_are_found(shipped: Finder, text: str, theme: str) -> None:
    assert theme in {found for found, _ in shipped.hits(text)[0]}


@pytest.mark.parametrize(
    "text",
    [
        "Support at-risk youth and their families.",
        "You work with at-risk young people.",
        "The human resources department",
        "Human Resources management",
        "You practise within your scope of practice.",
        "evacuation of retained products of conception",
        "Vision insurance, dental, medical",
        "Experience in computer vision",
        "Credit risk management",
        "Take calculated risks",
        "Enterprise resource planning",
        "Mental health resources",
        "We stand out from competitors.",
        "You help to shape the roadmap.",
        "Influence the product roadmap with what you hear.",
        "We partner with clients.",
        # Names of the roles, in signatures and elsewhere.
        "Best wishes\nJane Doe\nProduct Manager, Corrib Cloud",
        "Sam Roe (Senior Project Manager)",
        "You report to the Product Owner",
        "our product managers, project coordinators and programme directors",
        "VP of Product",
        # Duties of somebody else.
        "You will not manage projects",
        "you won't write user stories",
        "You do not own the roadmap.",
        "no budget responsibility, never any project plans",
    ],
)
def test_what_is_no_duty(shipped: Finder, text: str) -> None:
    assert shipped.hits(text) == [[]]


@pytest.mark.parametrize(
    "text",
    [
        "Writing Python code and SQL",
        "Statistical analysis",
        "Mechanical engineering",
        "wireframes in Figma",
        "Run campaigns",
        "Hit your sales targets",
        "Coaching engineers",
        "Care for patients on a ward",
    ],
)
def test_what_neighbours_do_is_found(shipped: Finder, text: str) -> None:
    assert shipped.neighbours(text)[0] != []


def test_the_order_of_hits(shipped: Finder) -> None:
    assert shipped.hits("Own the product roadmap. Talk to customers. Keep the risk register.") == [
        [
            ("vision", "product roadmap"),
            ("customer", "Talk to customers"),
            ("risk", "risk register"),
        ]
    ]
