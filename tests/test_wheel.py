"""The wheel, installed where there is nothing else of this project, works without a network."""

from __future__ import annotations

import csv
import os
import shutil
import site
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.helpers_cli import ADDED, ads_table

ROOT = Path(__file__).parent.parent
# What asks for a network finds none.
ALONE = {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9", "no_proxy": ""}


def run(*args: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **ALONE, **{k.upper(): v for k, v in ALONE.items()}}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(
        list(map(str, args)), cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # Not isolated, so that building needs no network: hatchling is here for the tests.
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", folder, ROOT, cwd=folder)
    (built,) = folder.glob("rolenlp-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that has the wheel; its libraries are those of this one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    (programs,) = (path for name in ("bin", "Scripts") if (path := folder / name).is_dir())
    pip = (sys.executable, "-m", "pip", "--python", folder, "install", "--no-deps", "--no-index")
    run(*pip, wheel, cwd=folder)
    (packages,) = {path.parent for path in folder.rglob("rolenlp") if path.is_dir()}
    # Named in a .pth, their own .pth files (that of this checkout) are not followed.
    (packages / "libraries.pth").write_text("\n".join(site.getsitepackages()))
    return programs


def test_the_wheel_carries_what_judging_needs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        sizes = {
            name: len(archive.read(f"rolenlp/models/{name}"))
            for name in ("role.joblib", "role.json")
        }
    assert {"rolenlp/reading/priors.toml", "rolenlp/py.typed", "rolenlp/cli/main.py"} <= names
    templates = {f.relative_to(ROOT).as_posix() for f in ROOT.glob("rolenlp/**/templates/*")}
    assert {"rolenlp/train/templates/review.js"} <= templates <= names
    assert sizes == {name: (ROOT / "models" / name).stat().st_size for name in sizes}
    assert sum(name.endswith("role.joblib") for name in names) == 1
    tops = {name.split("/")[0] for name in names}
    assert {top.split("-")[0] for top in tops} == {"rolenlp"}
    assert not any("test" in name or "postings.csv" in name for name in names)


def test_label_works_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    source = ads_table(tmp_path / "ads.csv")
    run(installed / "rolenlp", "label", source.name, "-o", "judged.csv", "--jobs", 2, cwd=tmp_path)
    with (tmp_path / "judged.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0])[4:] == ADDED
    assert [row["role"] for row in rows] == ["project", "product", "other", "", ""]
    said = run(installed / "rolenlp", "inspect", cwd=tmp_path).stdout.splitlines()[0]
    model = Path(said.removeprefix("model: "))
    assert model.is_relative_to(installed.parent)


def test_predict_works_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    code = """
import sys
import rolenlp
from rolenlp.predict import predict
assert "click" not in sys.modules
ad = "Keep the risk register and the project plan, and report cost to the steering group."
print(rolenlp.__file__)
print(predict(ad, title="Project Manager").role)
"""
    where, role = run(installed / "python", "-c", code, cwd=tmp_path).stdout.splitlines()
    assert Path(where).is_relative_to(installed.parent)
    assert role == "project"


def test_the_component_is_found_by_spacy(installed: Path, tmp_path: Path) -> None:
    code = """
import sys
import spacy
from spacy.tokens import Doc
nlp = spacy.blank("en")
# Every pipeline imports the component, also where nobody asks for it.
assert "sklearn" not in sys.modules
Doc.set_extension("title", default="of somebody else")
nlp.add_pipe("rolenlp")
doc = nlp("Keep the risk register and the project plan, and report cost to the steering group.")
print(doc._.role, doc.spans["rolenlp"][0])
"""
    said = run(installed / "python", "-c", code, cwd=tmp_path).stdout.strip()
    assert said == "project project plan"


def test_the_page_of_libraries_lists_what_is_needed(wheel: Path) -> None:
    page = (ROOT / "docs/libraries.md").read_text(encoding="utf-8")
    listed = {line.split("|")[1].strip().lower() for line in page.splitlines() if "|" in line}
    with zipfile.ZipFile(wheel) as archive:
        (about,) = (name for name in archive.namelist() if name.endswith("METADATA"))
        lines = archive.read(about).decode().splitlines()
    needed = [Requirement(line.partition(": ")[2]) for line in lines if "Requires-Dist" in line]
    by_hand = ("fuzz", "browser", "test", "benchmarks", "dev", "docs")
    for library in needed:
        if not any(f'"{extra}"' in str(library.marker) for extra in by_hand):
            assert library.name.lower() in listed, library


@pytest.mark.skipif(shutil.which("man") is None, reason="no man here")
def test_man_finds_the_pages(installed: Path, tmp_path: Path) -> None:
    pages = {path.name for path in (ROOT / "man").iterdir()}
    assert {path.name for path in (installed.parent / "share/man/man1").iterdir()} == pages
    program = f"{installed}{os.pathsep}{os.environ['PATH']}"
    found = run(
        "env", "-u", "MANPATH", f"PATH={program}", "man", "-w", "rolenlp-label", cwd=tmp_path
    )
    assert Path(found.stdout.strip()).is_relative_to(installed.parent)
