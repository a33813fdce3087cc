"""The docs say what the code does: commands, options, columns, numbers, figures, examples."""

from __future__ import annotations

import csv
import json
import re
import shlex
import shutil
import tomllib
from collections import Counter
from functools import cache
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from rolenlp.cli.main import cli
from rolenlp.evaluate.run import MAIN_VIEW, Evaluation, evaluate
from rolenlp.metrics import Figure
from rolenlp.predict import default_model
from rolenlp.schema import ROLE_ORDER
from rolenlp.train.labelled import TableOptions, read_labelled
from rolenlp.verdicts.columns import added_columns

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PAGES = ROOT / "docs"
JUDGES = PAGES / "how-it-judges.md"
LIMITS = PAGES / "limits.md"
MODEL_CARD = PAGES / "model-card.md"
DATA_CARD = PAGES / "data-card.md"
CARD = ROOT / "models" / "role.json"
SAMPLE = ROOT / "data" / "postings.csv"
DOCS = sorted(
    [
        README,
        ROOT / "CHANGELOG.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "data" / "README.md",
        *PAGES.rglob("*.md"),
    ]
)
ROUNDED = 0.0011  # a unit of the last figure that the docs give


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def spans(text: str) -> list[str]:
    """What stands between single backquotes, outside the blocks."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.M))


def rows(path: Path, marker: str) -> list[list[str]]:
    """The cells of the table that follows ``<!-- marker -->``, without its head."""
    after = path.read_text("utf-8").split(f"<!-- {marker} -->\n", 1)[1]
    lines = after.split("\n\n", 1)[0].strip().splitlines()
    return [[_plain(cell) for cell in line.strip("|").split("|")] for line in lines[2:]]


def _plain(cell: str) -> str:
    """A cell without the backquotes around the whole of it."""
    return re.sub(r"^`([^`]*)`$", r"\1", cell.strip())


def calls(path: Path) -> list[list[str]]:
    """The words of every call of rolenlp in a document, without the program's name."""
    text = path.read_text("utf-8")
    lines = [line for block in blocks(text, "sh") for line in block.splitlines()]
    lines += [line[2:] for line in text.splitlines() if line.startswith("$ ")]
    parts = [part for line in lines for part in re.split(r"&&|\|", line)]
    words = [shlex.split(part) for part in [*parts, *spans(text)] if "rolenlp " in part]
    return [call[1:] for call in words if Path(call[0]).name == "rolenlp"]


def options(command: str | None) -> set[str]:
    params = cli.params if command is None else cli.commands[command].params
    return {"-h", "--help"} | {name for param in params for name in param.opts}


@cache
def main_job() -> tuple[str, ...]:
    """The arguments of rolenlp in the first command of the README."""
    return tuple(calls(README)[0])


def test_the_readme_starts_with_the_main_job() -> None:
    assert main_job()[:2] == ("label", "data/postings.csv")


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_calls_name_commands_and_options_that_exist(path: Path) -> None:
    for call in calls(path):
        if call[0].startswith("-"):
            command, rest = None, call
        else:
            command, rest = call[0], call[1:]
            assert command in cli.commands, call
        given = {word.split("=")[0] for word in rest if re.match("--?[a-z]", word)}
        assert given <= options(command), call


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_options_named_in_the_text_exist(path: Path) -> None:
    scripts = "".join(script.read_text("utf-8") for script in (ROOT / "benchmarks").rglob("*.py"))
    every = options(None).union(re.findall(r'"(--[a-z-]+)"', scripts), *map(options, cli.commands))
    named = {span.split()[0] for span in spans(path.read_text("utf-8")) if span.startswith("--")}
    assert named <= every


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_every_command_is_in_the_readme(command: str) -> None:
    assert command in {call[0] for call in calls(README)}


@pytest.mark.parametrize("path", [README, ROOT / "docs" / "columns.md"], ids=["readme", "columns"])
def test_every_column_is_documented(path: Path) -> None:
    named = set(spans(path.read_text("utf-8")))
    assert {column.name for column in added_columns()} <= named


def test_every_theme_column_is_documented() -> None:
    named = set(spans((ROOT / "docs" / "columns.md").read_text("utf-8")))
    assert {column.name for column in added_columns(themes=True)} <= named


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_to_files(path: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", path.read_text("utf-8")):
        if not link.startswith("http"):
            assert (path.parent / link.split("#")[0]).exists(), link


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_extras_exist(path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = set(re.findall(r"'\.\[(\w+)\]'", path.read_text("utf-8")))
    assert named <= set(project["optional-dependencies"])


def test_the_citation_file_is_plain() -> None:
    yaml = pytest.importorskip("yaml", reason="it comes with the site: pip install '.[docs]'")
    said = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    # What version 1.2.0 of its schema asks for, and some of what it allows.
    assert {"cff-version", "message", "title", "authors"} <= set(said)
    assert set(said) <= {
        *("cff-version", "message", "title", "authors", "abstract", "keywords", "license", "type")
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert (said["cff-version"], said["license"]) == ("1.2.0", project["license"])
    assert project["name"] in said["title"]


def test_docstrings_tell_parameters_one_by_one() -> None:
    """The site gives the types and values of those that stand on a line with another wrongly."""
    for path in (ROOT / "rolenlp").rglob("*.py"):
        for name in ("Parameters", "Attributes"):
            for part in path.read_text("utf-8").split(f"    {name}\n    ---")[1:]:
                section = part.split("\n\n")[0]
                assert not re.search(r"^    \w+, ", section, re.MULTILINE), path


def test_expectations_are_held_by_tests_and_others_cited() -> None:
    path = PAGES / "expectations.md"
    table = [row for row in rows(path, "expectations") if not row[0].startswith("**")]
    assert len(table) > 20
    for said, test, *others in table:
        file, name = test.split("::")
        assert f"\ndef {name}(" in (ROOT / file).read_text("utf-8"), said
        assert all(cell == "?" or re.fullmatch(r"\[.+\]\(https://\S+\)", cell) for cell in others)


def test_every_room_and_module_has_its_row() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    table = text.split("look in `rolenlp/` |\n| --- | --- |\n")[1].split("\n\n")[0]
    places = [row.strip("|").split("|")[-1].strip() for row in table.splitlines()]
    package = ROOT / "rolenlp"
    rooms = [f"`{path.parent.name}/`" for path in package.glob("*/__init__.py")]
    modules = [f"`{path.name}`" for path in package.glob("[!_]*.py")]
    assert sorted(places) == sorted(rooms + modules)


def test_tests_mirror_the_rooms() -> None:
    """A file of tests in a room's directory is called as the room's module, or as the room."""
    for path in (ROOT / "tests").rglob("test_*.py"):
        room = ROOT / "rolenlp" / path.relative_to(ROOT / "tests").parent
        if room.is_dir() and path.parent != ROOT / "tests":
            name = path.stem.removeprefix("test_")
            assert name == room.name or (room / f"{name}.py").is_file(), path


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with the sample and the model in their places, to work in."""
    for name in ("data", "models"):
        shutil.copytree(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def one_line(path: Path) -> str:
    return " ".join(path.read_text("utf-8").split())


def up_to_date(path: Path, marker: str, lines: list[str]) -> None:
    """Fail, with what belongs there, where the table of a document is not as good as `lines`.

    Numbers may differ a little, as they do from machine to machine.
    """
    said = [" ".join(row) for row in rows(path, marker)]
    for line, row in zip(said, lines, strict=True):
        if words(line) != words(row) or numbers(line) != pytest.approx(numbers(row), abs=ROUNDED):
            new = "\n".join(lines)
            pytest.fail(f"{path.name}: the table after <!-- {marker} --> is to hold\n{new}")


def words(text: str) -> list[str]:
    return re.findall(r"[^\W\d]+", text)


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]


def test_the_example_is_what_the_main_job_gives(checkout: Path) -> None:
    assert CliRunner().invoke(cli, main_job()).exit_code == 0
    with (checkout / main_job()[main_job().index("-o") + 1]).open(newline="") as stream:
        judged = {row["id"]: row for row in csv.DictReader(stream)}
    marker, ad = re.search(r"<!-- (example: (\d+)) -->", README.read_text("utf-8")).groups()
    prefix = main_job()[main_job().index("--prefix") + 1]
    up_to_date(
        README,
        marker,
        [
            f"| `{name}` | `{judged[ad][prefix + name]}` | {meaning} |"
            for name, _, meaning in rows(README, marker)
        ],
    )


@pytest.fixture(scope="module")
def card() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(CARD.read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def on_the_sample() -> Evaluation:
    return evaluate(default_model(), read_labelled([SAMPLE], TableOptions()))


FIGURES = {
    "macro-F1": "macro_f1",
    "F1 of product": "f1_product",
    "F1 of project": "f1_project",
    "F1 of other": "f1_other",
    "F1 of hybrid": "f1_hybrid",
    "accuracy": "accuracy",
    "calibration error": "calibration_error",
}


def test_figures_are_those_of_the_model(card: dict[str, Any], on_the_sample: Evaluation) -> None:
    held_out = card["metrics_out_of_fold"]
    sample = on_the_sample.figures[MAIN_VIEW]
    lines = []
    for said, name in FIGURES.items():
        figures = [Figure(*held_out[view][name], n=0) for view in (MAIN_VIEW, "duties")]
        lines.append(f"| {said} | {figures[0]} | {figures[1]} | {sample[name]} |")
    up_to_date(MODEL_CARD, "figures", lines)
    up_to_date(README, "figures", lines[:1])


def test_the_model_card_is_that_of_the_model(card: dict[str, Any]) -> None:
    said = dict(rows(MODEL_CARD, "details"))
    for name, version in card["libraries"].items():
        assert f"{name} {version}" in said["libraries"]
    assert said["written by"] == f"rolenlp {card['rolenlp']}, file format {card['format_version']}"
    assert said["SHA-256"] == card["sha256"]
    assert re.findall("[a-z]+", said["says"])[:4] == card["labels"]
    counts = [card["vocabulary"][name] for name in ("words", "pairs", "title_words", "title_pairs")]
    assert numbers(said["what it sees"].replace(",", "")) == counts
    least = card["thresholds_at_0.95"]
    assert {view: cells for view, *cells in rows(MODEL_CARD, "thresholds")} == {
        view: ["never" if of[role] is None else f"{of[role]:.2f}" for role in ROLE_ORDER]
        for view, of in least.items()
    }


def test_the_promise_is_said_as_it_was_kept(on_the_sample: Evaluation) -> None:
    sure = on_the_sample.sure
    assert sure is not None
    assert (
        f"{round(sure.value * sure.n)} of the {sure.n} verdicts not marked for review are right: "
        f"{sure.value:.0%}, interval {sure.low:.0%} to {sure.high:.0%}"
    ) in one_line(LIMITS)


def test_the_mix_of_roles_is_said(card: dict[str, Any]) -> None:
    shares = [f"{card['role_mix'][role]:.0%} {role}" for role in ROLE_ORDER]
    assert ", ".join(shares) in one_line(LIMITS)


def test_training_is_said_as_on_the_card(card: dict[str, Any]) -> None:
    by_source = card["training"]["by_source"]
    what = {name: what for name, what, _ in rows(DATA_CARD, "training")}
    up_to_date(
        DATA_CARD,
        "training",
        [
            f"| `{name}` | {what.get(name, '?')} | {sum(roles.values())} |"
            for name, roles in by_source.items()
        ],
    )
    total = f"{card['training']['rows']:,}"
    unsure = f"{card['labels_read_from_duties']['unsure']:,}"
    hybrids = sum(roles.get("hybrid", 0) for roles in by_source.values())
    assert f"{total} ads of {len(by_source)} groups of sources" in one_line(DATA_CARD)
    assert f"{total} ads of {len(by_source)} groups of sources" in one_line(MODEL_CARD)
    for path in (DATA_CARD, MODEL_CARD):
        assert f"{card['calibrated_on']:,} ads taken by their titles" in one_line(path)
    assert card["metrics_out_of_fold"]["n"] == card["calibrated_on"]
    assert f"{unsure} of the {total} were marked unsure" in one_line(DATA_CARD)
    assert f"learned from {hybrids} of them" in one_line(LIMITS)
    assert card["thresholds_at_0.95"][MAIN_VIEW]["hybrid"] is None  # "never without `review`"


@pytest.mark.parametrize(("name", "value"), [row[:2] for row in rows(JUDGES, "numbers")])
def test_numbers_are_those_of_the_code(name: str, value: str) -> None:
    module, attribute, parameter = re.fullmatch(r"(.+)\.(\w+)(?:\((\w+)\))?", name).groups()
    given = getattr(import_module(module), attribute)
    if parameter:
        given = signature(given).parameters[parameter].default
    if isinstance(given, dict):
        given = ", ".join(f"{key} {number}" for key, number in given.items())
    assert value == str(given)


def test_the_card_of_the_sample_counts_right() -> None:
    with SAMPLE.open(newline="", encoding="utf-8") as stream:
        ads = list(csv.DictReader(stream))
    given = Counter((ad["role"], markup(ad["description"])) for ad in ads)
    said = {
        (role, kind): int(n)
        for role, *counts in rows(DATA_CARD, "counts")[:-1]
        for kind, n in zip(("plain", "html", "markdown"), counts, strict=False)
    }
    assert said == given
    lengths = sorted(len(ad["description"].split()) for ad in ads)
    assert f"{lengths[0]} to {lengths[-1]} words" in DATA_CARD.read_text("utf-8")
    listed = DATA_CARD.read_text("utf-8").split("<!-- contradict -->")[1].split("\n\n")[0]
    contradicting = re.findall(r"\d{3}", listed)
    assert set(contradicting) <= {ad["id"] for ad in ads}
    assert f"{len(contradicting)} ads are titled" in DATA_CARD.read_text("utf-8")


def markup(description: str) -> str:
    if re.search(r"</|<br", description):
        return "html"
    return "markdown" if re.search(r"\*\*|^#", description, re.MULTILINE) else "plain"
