"""What all commands have in common: options from the environment, and help in sections."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import click
import pytest

from rolenlp.cli.main import cli
from tests.helpers_cli import lines, phrases_model, run, table

AD = "Keep the risk register, then deliver the works on time and within budget for the client."
VARIABLES = {
    f"{command}.{max(param.opts, key=len)}": param.envvar
    for command, each in cli.commands.items()
    for param in each.params
    if isinstance(param, click.Option)
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return phrases_model(tmp_path_factory.mktemp("model"))


# Options from the environment


@pytest.mark.parametrize(
    ("option", "variable"),
    [
        ("label.--jobs", "ROLENLP_LABEL_JOBS"),
        ("label.--text-column", "ROLENLP_LABEL_TEXT_COLUMN"),
        ("label.--format", "ROLENLP_LABEL_FORMAT"),
        ("evaluate.--fail-under", "ROLENLP_EVALUATE_FAIL_UNDER"),
        ("explain.--json", "ROLENLP_EXPLAIN_JSON"),
        ("train.--output", "ROLENLP_TRAIN_OUTPUT"),
        ("label.--debug", None),  # it is looked for before the command is known
    ],
)
def test_a_variable_is_called_as_its_option(option: str, variable: str | None) -> None:
    assert VARIABLES[option] == variable


def test_no_variable_stands_for_two_options() -> None:
    named = [name for name in VARIABLES.values() if name]
    assert len(named) == len(set(named))


def test_what_is_not_given_comes_from_the_environment(tmp_path: Path, model: Path) -> None:
    source = table(tmp_path / "ads.csv", [{"my text": AD, "more, yet": AD, "role": "x"}])
    variables = {
        "ROLENLP_LABEL_MODEL": str(model),
        "ROLENLP_LABEL_PREFIX": "mine_",
        "ROLENLP_LABEL_QUIET": "1",
        "ROLENLP_LABEL_TEXT_COLUMN": "my text\nmore, yet",
        "ROLENLP_LABEL_JOBS": "",  # as if it were not there
        "ROLENLP_LABEL_HELP": "1",
        "ROLENLP_VERSION": "1",
        "ROLENLP_EXPLAIN_JOBS": "none",
    }
    done = run("label", source, **variables)
    assert (done.returncode, done.stderr) == (0, b"")
    (row,) = csv.DictReader(io.StringIO(done.stdout.decode()))
    assert row["mine_role"] == "project"
    given = run("label", source, "--prefix", "your_", **variables)
    assert given.stdout == done.stdout.replace(b"mine_", b"your_")


@pytest.mark.parametrize(
    ("command", "variable", "value", "says"),
    [
        ("label", "ROLENLP_LABEL_JOBS", "many", "is neither auto nor a number from 1 on"),
        ("label", "ROLENLP_LABEL_QUIET", "perhaps", "is not a valid boolean"),
        ("label", "ROLENLP_LABEL_MIN_PRECISION", "2", "is not in the range"),
        ("label", "ROLENLP_LABEL_FORMAT", "xml", "is not one of"),
        ("label", "ROLENLP_LABEL_ROLE_MIX", "pm=1", "roles are"),
        ("evaluate", "ROLENLP_EVALUATE_FAIL_UNDER", "f2=1", "is not NAME=VALUE"),
        ("train", "ROLENLP_TRAIN_LABEL_MAP", "a", "is no LABEL=ROLE"),
    ],
)
def test_a_wrong_value_is_told_with_its_variable(
    command: str, variable: str, value: str, says: str
) -> None:
    more = ["-o", "x.joblib"] if command == "train" else []
    done = run(command, "ads.csv", *more, **{variable: value})
    assert (done.returncode, done.stdout) == (2, b"")
    said = lines(done.stderr)[-1]
    assert said.startswith(f"Error: Invalid value for {variable}, in the environment: ")
    assert says in said


def test_a_wrong_value_that_is_given_is_told_with_its_option() -> None:
    said = lines(run("label", "ads.csv", "--jobs", "many", ROLENLP_LABEL_JOBS="2").stderr)
    assert said[-1] == "Error: Invalid value for '--jobs': is neither auto nor a number from 1 on"


# Help


def shown_help(command: str) -> list[str]:
    return lines(run(command, "--help", COLUMNS="80").stdout)


def headings(said: list[str]) -> list[str]:
    return [line for line in said if line.endswith(":") and not line.startswith(" ")]


@pytest.mark.parametrize(
    ("command", "sections"),
    [
        ("label", ["Files:", "Columns:", "Judging:", "Running:"]),
        ("train", ["Files:", "Columns:", "Running:"]),
        ("evaluate", ["Files:", "Columns:", "Judging:", "Running:"]),
        ("inspect", ["Options:"]),
    ],
)
def test_many_options_stand_in_sections(command: str, sections: list[str]) -> None:
    assert headings(shown_help(command)) == sections


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_help_shows_every_option_once(command: str) -> None:
    said = "\n".join(shown_help(command)).split(":\n", 1)[1]
    shown = [line.split("  ")[1].split()[0] for line in said.splitlines() if line[:3] == "  -"]
    expected = [param.opts for param in cli.commands[command].params if param.opts[0][0] == "-"]
    assert len(shown) == len(expected) + 1  # --help
    assert len(set(shown)) == len(shown)


def test_the_help_of_label_fits_a_screen() -> None:
    said = shown_help("label")
    assert len(said) <= 50
    assert max(map(len, said)) <= 80


# What stdin and stdout hold


def test_json_lines_come_back_as_they_were(tmp_path: Path, model: Path) -> None:
    ads = [f'{{"text": "{AD}", "id": 1.50}}', f'{{"id":  2, "text": "{AD}", "more": [1, 2]}}']
    stdin = "".join(ad + "\n" for ad in ads).encode()
    done = run("label", "-", "-q", "--format", "jsonl", "--model", model, stdin=stdin)
    assert (done.returncode, done.stderr) == (0, b"")
    out = lines(done.stdout)
    assert [line.startswith(ad[:-1] + ",") for line, ad in zip(out, ads, strict=True)] == [True] * 2
    assert [json.loads(line)["role"] for line in out] == ["project"] * 2
    found = run("label", "-", "-q", "--model", model, stdin=stdin)
    assert found.stdout == done.stdout


@pytest.mark.parametrize(
    ("args", "stdin", "first"),
    [
        (["ads.csv", "--format", "jsonl"], "", '{"text": "' + AD[:20]),
        (["ads.jsonl", "--format", "jsonl"], "", '{"text": "' + AD[:20]),
        (["ads.jsonl"], "", "text,role,"),
        (["ads.jsonl", "--format", "json"], "", "["),
        (["ads.csv", "--format", "tsv"], "", "text\trole\t"),
        (["ads.csv", "ads.jsonl", "--format", "jsonl"], "", '{"text": "' + AD[:20]),
        (["-", "--format", "csv"], '"{text}",text\nb,c\n', "{text},text,role,"),
    ],
)
def test_what_goes_to_stdout(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    model: Path,
    args: list[str],
    stdin: str,
    first: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    table(tmp_path / "ads.csv", [{"text": AD}])
    table(tmp_path / "ads.jsonl", [{"text": AD}])
    done = run("label", *args, "-q", "--model", model, stdin=stdin.encode())
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().startswith(first)


@pytest.mark.parametrize(
    ("args", "status", "says"),
    [
        (["ads.csv", "-o", "out.csv", "--format", "jsonl"], 2, "--format is for stdin and stdout"),
        (["-", "-o", "out.csv"], 1, "stdin: is no regular file, so its columns are known at its"),
        (["-", "--format", "csv"], 1, "no column of text found"),
        (["-", "--format", "json"], 0, ""),
        (["-", "-o", "out.jsonl"], 0, ""),
    ],
)
def test_json_lines_on_stdin(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    model: Path,
    args: list[str],
    status: int,
    says: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    table(tmp_path / "ads.csv", [{"text": AD}])
    stdin = json.dumps({"text": AD}).encode() + b"\n"
    done = run("label", *args, "-q", "--model", model, stdin=stdin)
    assert done.returncode == status, done.stderr
    assert says in "".join(lines(done.stderr)[-1:])
