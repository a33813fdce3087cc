import pytest

from rolenlp.evaluate.breakdowns import groups, title_rows
from rolenlp.evaluate.predictions import Trial
from rolenlp.model.classifier import RoleClassifier
from rolenlp.schema import Posting
from rolenlp.train.labelled import Labelled
from tests.evaluate.test_run import ADS, OTHER, PRODUCT, labelled

ROLES = ("product", "project", "hybrid", "other")


@pytest.fixture(scope="module")
def trial(phrase_model: RoleClassifier) -> Trial:
    # verdicts: product, product, project, project, other, other, and four not judged
    return Trial.of(phrase_model, labelled(ADS))


def test_by_title(trial: Trial) -> None:
    found = {g.name: (g.n, round(g.right.value * g.n)) for g in groups(trial)["title"]}
    assert found == {
        "title names product": (1, 1),
        "title names project": (3, 2),  # two right and the hybrid; "Chef de projet" names neither
        "title names neither": (4, 1),  # the nurse
        "no title": (2, 0),
    }


def test_by_length(trial: Trial) -> None:
    # all are short: one length is no division
    assert "length" not in groups(trial)
    lengths = (5, 99, 100, 299, 300, 600, 6000)
    ads = [Posting("care " * n) for n in lengths]
    found = groups(Trial.of(trial.model, Labelled(ads, ["other"] * 7, ["a"] * 7)))["length"]
    assert [(g.name, g.n) for g in found] == [
        ("under 100 words", 2),
        ("100 to 299 words", 2),
        ("300 to 599 words", 1),
        ("600 words or more", 2),
    ]


def test_by_source(phrase_model: RoleClassifier) -> None:
    sources = ["few"] + ["many"] * 10
    roles = ["product"] + ["product"] * 5 + ["other"] * 5
    ads = [Posting(PRODUCT)] * 6 + [Posting(OTHER)] * 5
    many, few = groups(Trial.of(phrase_model, Labelled(ads, roles, sources)))["source"]
    assert (many.name, many.n, many.right.value) == ("many", 10, 1.0)
    assert many.roles == ("product", "other")
    assert many.macro_f1 is not None
    assert many.macro_f1.value == 1.0
    assert (few.name, few.n, few.roles, few.macro_f1) == ("few", 1, (), None)


def test_small_sources_of_many_are_one_group(phrase_model: RoleClassifier) -> None:
    sources = [f"board {i:02}" for i in range(14)] + ["board 13"]
    ads = Labelled([Posting(OTHER)] * 15, ["other"] * 15, sources)
    found = groups(Trial.of(phrase_model, ads))["source"]
    assert [(g.name, g.n) for g in found][:2] == [("board 13", 2), ("board 00", 1)]
    assert (len(found), found[-1].name, found[-1].n) == (12, "all others", 3)


def test_title_rows(trial: Trial) -> None:
    columns = (*ROLES, "")
    found = {
        (row.title, row.true_role): {role: n for role, n in row.counts.items() if n}
        for row in title_rows(trial, columns)
    }
    assert found == {
        ("title names product", "product"): {"product": 1},
        ("title names project", "product"): {"product": 1},
        ("title names project", "project"): {"project": 1},
        ("title names project", "hybrid"): {"project": 1},
        ("title names neither", "product"): {"": 1},
        ("title names neither", "project"): {"": 1},
        ("title names neither", "other"): {"other": 1, "": 1},
        ("no title", "project"): {"other": 1, "": 1},
    }


def test_words_and_phrases_of_a_trial(trial: Trial) -> None:
    assert trial.words.tolist()[4] == len(OTHER.split())
    phrases = trial.model.reader_.priors.phrases
    held = {(phrases[p].theme, ad) for p, ad in trial.held.tolist()}
    assert ("vision", 0) in held
    assert ("risk", 2) in held
    assert not [ad for _, ad in held if ad in (4, 6)]
