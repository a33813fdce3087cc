"""Which occupations a role stands for, by the words of the ad."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from rolenlp.schema import Prediction
from rolenlp.verdicts.taxonomies import TAXONOMIES, Occupation, occupations
from tests.helpers_cli import ROOT, phrases_model, read, run, table

PROJECT, ICT_PROJECT = "1219.6 project manager", "1330.7 ICT project manager"
PRODUCT, ICT_PRODUCT = "1223.1 product manager", "1330.6 ICT product manager"
BUILDS, PROGRAMME = "1323.1 construction manager", "1213.4 programme manager"


def verdict(role: str, product: float = 0.2, project: float = 0.3) -> Prediction:
    return Prediction(role, 0.9, probabilities={"product": product, "project": project})


def names(found: list[Occupation]) -> list[str]:
    return [f"{each.code} {each.title}" for each in found]


@pytest.mark.parametrize(
    ("role", "title", "text", "expected"),
    [
        ("project", "", "Plan the move of our offices.", [PROJECT]),
        ("project", "IT Project Manager", "Plan the rollout.", [ICT_PROJECT, PROJECT]),
        # "it" is no IT, and two words of a field are too few where no title says it.
        ("project", "Make it happen", "Software for the website.", [PROJECT]),
        ("project", "", "Plan <b>software</b> releases, sprints and APIs.", [ICT_PROJECT, PROJECT]),
        ("project", "", "RFIs of the contractors on the job site.", [BUILDS, PROJECT]),
        ("project", "Construction Manager", "", [BUILDS, PROJECT]),
        # One word of a title is as much as three of the text, and the field with more comes first.
        (
            "project",
            "Construction Manager",
            "Software, sprints, a database and the cloud.",
            [ICT_PROJECT, BUILDS, PROJECT],
        ),
        ("project", "Programme Manager", "Lead a programme.", [PROGRAMME, PROJECT]),
        ("project", "", "Work with the programme manager.", [PROJECT]),
        ("product", "", "Own the roadmap of our ovens.", [PRODUCT]),
        ("product", "SaaS Product Manager", "Own the roadmap.", [ICT_PRODUCT, PRODUCT]),
        ("product", "Product Manager, Construction", "Own the roadmap.", [PRODUCT]),
        ("other", "Software Developer", "Software, sprints and APIs.", []),
        ("", "IT Project Manager", "", []),
    ],
)
def test_candidates(role: str, title: str, text: str, expected: list[str]) -> None:
    assert names(occupations(verdict(role), text, title)) == expected


@pytest.mark.parametrize(
    ("product", "project", "expected"),
    [
        (0.2, 0.3, [ICT_PROJECT, ICT_PRODUCT, PROJECT, PRODUCT]),
        (0.3, 0.2, [ICT_PRODUCT, ICT_PROJECT, PRODUCT, PROJECT]),
    ],
)
def test_a_hybrid_has_those_of_both(product: float, project: float, expected: list[str]) -> None:
    found = occupations(verdict("hybrid", product, project), "", "Software Manager")
    assert names(found) == expected


@pytest.mark.parametrize(
    ("role", "title", "taxonomy", "codes"),
    [
        ("project", "IT Project Manager", "soc", ["15-1299.09", "13-1082.00"]),
        ("project", "Construction Manager", "soc", ["11-9021.00", "13-1082.00"]),
        ("project", "Programme Manager", "soc", ["13-1082.00"]),  # it has no sure code there
        ("product", "Software Product Manager", "soc", []),
        ("hybrid", "IT Manager", "soc", ["15-1299.09", "13-1082.00"]),
        ("project", "IT Project Manager", "isco", ["1330", "1219"]),
        ("hybrid", "IT Manager", "isco", ["1330", "1219", "1223"]),  # one group of both, once
    ],
)
def test_other_taxonomies(role: str, title: str, taxonomy: str, codes: list[str]) -> None:
    assert [each.code for each in occupations(verdict(role), "", title, taxonomy)] == codes


def test_what_decided_is_said() -> None:
    first, last = occupations(verdict("project"), "Software and the cloud.", "IT Project Manager")
    assert (first.words, last.words) == (("IT", "software", "cloud"), ())


def test_another_taxonomy_is_refused() -> None:
    with pytest.raises(ValueError, match="taxonomies are esco, soc, isco, not 'noc'"):
        occupations(verdict("other"), "", "", "noc")


def test_label_adds_them(tmp_path: Path) -> None:
    duties = "Keep the risk register and deliver the works on time and budget."
    ads = [
        {"title": "IT Project Manager", "description": f"{duties} Software in the cloud."},
        {"title": "Nurse", "description": "Care for patients on a busy ward; keep their records."},
        {"title": "", "description": ""},
    ]
    model = phrases_model(tmp_path)
    out = tmp_path / "out.csv"
    source = table(tmp_path / "ads.csv", ads)
    done = run("label", source, "-o", out, "--model", model, "--taxonomy", "ESCO", "--prefix", "x_")
    assert done.returncode == 0, done.stderr
    columns = ("x_occupation_code", "x_occupation_title", "x_occupation_candidates")
    assert list(read(out)[0])[-3:] == list(columns)
    assert [tuple(row[name] for name in columns) for row in read(out)] == [
        (
            "1330.7",
            "ICT project manager",
            "1330.7 ICT project manager (IT, software, cloud); 1219.6 project manager",
        ),
        ("", "", ""),
        ("", "", ""),
    ]


DATA = tomllib.loads((ROOT / "rolenlp" / "verdicts" / "taxonomies.toml").read_text("utf-8"))


def test_the_page_has_every_code_and_source() -> None:
    page = (ROOT / "docs" / "taxonomies.md").read_text("utf-8")
    said = set(re.findall(r"^\| (\d[\d.-]+) \| ([^|]+?) \|", page, re.MULTILINE))
    codes = [each[name] for each in DATA["occupations"] for name in TAXONOMIES if name in each]
    assert said == {(each["code"], each["title"]) for each in codes}
    assert tuple(sorted(DATA["taxonomies"])) == tuple(sorted(TAXONOMIES))
    for each in DATA["taxonomies"].values():
        assert f"{each['name']} {each['version']}" in page
        assert each["source"] in page


def test_a_code_of_esco_is_in_its_group_of_isco() -> None:
    for each in DATA["occupations"]:
        assert each["esco"]["code"].split(".")[0] == each["isco"]["code"]
