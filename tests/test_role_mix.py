"""The mix of roles is the user's: what ``--role-mix`` takes, changes and says."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from rolenlp.predict import default_model, predict, predict_many
from rolenlp.schema import ROLES
from tests.helpers_cli import lines, run
from tests.small_ads import ADS

ROWS = [("ad", title, f"{text} " * 4) for title, text in ADS]
GIVEN = "product=.1,project=.1,other=.8"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "ads.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([("id", "title", "description"), *ROWS])
    return path


def shares(path: Path) -> np.ndarray:
    with path.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return np.array([[float(row[f"p_{role}"]) for role in ROLES] for row in rows])


def test_shares_that_are_named_move_the_probabilities_by_bayes_rule(table: Path) -> None:
    after = table.with_name("after.csv")
    before = default_model().predict_proba([(title, text) for _, title, text in ROWS])
    assert run("label", table, "-o", after, "--role-mix", GIVEN).returncode == 0
    asked = np.array([0.0, 0.8, 0.1, 0.1])  # hybrid, other, product, project
    known = np.array([default_model().role_mix[role] for role in ROLES])
    moved = before * asked / known
    np.testing.assert_allclose(shares(after), moved / moved.sum(axis=1, keepdims=True), atol=1e-5)
    mix = {"product": 0.1, "project": 0.1, "other": 0.8}  # a role that is not named has 0
    found = predict_many([(title, text) for _, title, text in ROWS], role_prior=mix)
    given = [[verdict.probabilities[role] for role in ROLES] for verdict in found]
    np.testing.assert_allclose(shares(after), given, atol=1e-5)


def test_auto_says_what_it_found_and_does_as_if_it_had_been_named(table: Path) -> None:
    own = table.with_name("own.csv")
    done = run("label", table, "-o", own, "--role-mix", "auto")
    assert done.returncode == 0, done.stderr
    (said,) = [line for line in lines(done.stderr) if "mix of roles" in line]
    mix = default_model().estimate_role_mix([(title, text) for _, title, text in ROWS])
    assert sum(mix.values()) == pytest.approx(1)
    assert said.endswith(
        f"product {mix['product']:.1%}, project {mix['project']:.1%}, "
        f"hybrid {mix['hybrid']:.1%}, other {mix['other']:.1%}"
    )
    expected = [
        [verdict.probabilities[role] for role in ROLES]
        for verdict in predict_many([(t, x) for _, t, x in ROWS], role_prior=mix)
    ]
    np.testing.assert_allclose(shares(own), expected, atol=1e-5)


def test_evaluate_takes_it_too(tmp_path: Path) -> None:
    path = tmp_path / "labelled.csv"
    roles = [role for role in ("product", "project", "hybrid", "other") for _ in range(8)]
    with path.open("w", newline="", encoding="utf-8") as stream:
        rows = [(*row, role) for row, role in zip(ROWS, roles, strict=True)]
        csv.writer(stream).writerows([("id", "title", "description", "role"), *rows])
    found = {}
    for mix in (GIVEN, "auto"):
        report = tmp_path / mix[:4]
        done = run("evaluate", path, "--role-mix", mix, "--report", report)
        assert done.returncode == 0, done.stderr
        found[mix] = json.loads((report / "metrics.json").read_text("utf-8"))["figures"]
    assert found[GIVEN] != found["auto"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("product=.1,project=.1", "the shares sum to 0.2, not to 1"),
        ("product=1,project=-0.5,other=.5", "a share is below 0"),
        ("product=.5,manager=.5", "roles are product, project, hybrid, other"),
        ("product", "'product' is no ROLE=SHARE"),
        ("product=half,other=.5", "'product=half' is no ROLE=SHARE"),
        ("product=nan,other=.5", "the shares sum to nan"),
    ],
)
def test_shares_that_are_none(table: Path, given: str, says: str) -> None:
    done = run("label", table, "--role-mix", given)
    assert done.returncode == 2
    assert says in " ".join(lines(done.stderr))


def test_a_stream_is_not_read_twice(table: Path) -> None:
    done = run("label", "-", "--role-mix", "auto", stdin=table.read_bytes())
    assert done.returncode == 1
    assert "save it as a file, or name the shares: --role-mix" in lines(done.stderr)[-1]


def test_python_takes_it_too() -> None:
    _, title, text = ROWS[0]
    usual = predict(text, title)
    rare = predict(text, title, role_prior=dict.fromkeys(ROLES, 0.01) | {"other": 0.97})
    assert rare.probabilities["other"] > usual.probabilities["other"]
