import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolenlp.text.clean import restore_line_breaks

FILLER = " and so on and so forth" * 20


def restored(text: str) -> str:
    rewrite = restore_line_breaks(text + FILLER)
    return rewrite.text().removesuffix(FILLER)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Who We AreAt Acme", "Who We Are\nAt Acme"),
        ("the scope.Manage risks", "the scope.\nManage risks"),
        ("Responsibilities:Lead teams", "Responsibilities:\nLead teams"),
        ("(PMO)Lead teams!Own it?Do it;Say it", "(PMO)\nLead teams!\nOwn it?\nDo it;\nSay it"),
        ("About UsAt Acme", "About Us\nAt Acme"),
        ("any status.EEO employer", "any status.\nEEO employer"),
        ("the day.A team", "the day.\nA team"),
        ("Top skills: • SQL• Excel ● Word", "Top skills: \n• SQL\n• Excel \n● Word"),
        ("we plan.– Lead", "we plan.\n– Lead"),
        ("with PowerPointManage it", "with PowerPoint\nManage it"),
        ("good skillsAbility; hard skillsAbility", "good skills\nAbility; hard skills\nAbility"),
    ],
)
def test_lost_breaks_come_back(source: str, text: str) -> None:
    assert restored(source) == text


@pytest.mark.parametrize(
    "text",
    [
        "JavaScript, LinkedIn, PowerPoint, GitHub, YouTube, DevOps, SharePoint",
        "PostgreSQL, iOS, eCommerce, McDonald, O'Brien, PhD, SaaS, KPIs",
        "at BlackRock. The BlackRock way",
        "the U.S. and B.S. or ASP.NET, .Net",
        "Monday–Friday, 2019–2020",
        "One. Two: Three",
    ],
)
def test_names_stay_whole(text: str) -> None:
    assert restored(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Who We AreAt Acme",
        "x" * 380 + " AreAt Acme",
        "Who We AreAt Acme\n" + FILLER,
        ("AreAt Acme" + FILLER + "\n") * 3,
    ],
    ids=["short", "just short", "one break", "several breaks"],
)
def test_other_texts_stay(text: str) -> None:
    assert not restore_line_breaks(text)


@given(st.text("abAB.: •–\n", max_size=60))
def test_only_line_breaks_are_added(text: str) -> None:
    assert restored(text).replace("\n", "") == text.replace("\n", "")
    assert restored(restored(text)) == restored(text)
