"""The notebooks run from top to bottom, in a directory of their own."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from rolenlp.predict import load, predict

WHY = "notebooks are not run: nbclient or its kernel is missing, pip install '.[test]'"
nbclient = pytest.importorskip("nbclient", reason=WHY)
nbformat = pytest.importorskip("nbformat", reason=WHY)
pytest.importorskip("ipykernel", reason=WHY)

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
RETRAIN = ROOT / "notebooks" / "01-retrain.ipynb"
MOST_SECONDS = 120  # a cell
MOST_BYTES = 100_000


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def run(path: Path, tmp_path: Path) -> Path:
    """Run a copy of a notebook beside a copy of the sample; the directory that it ran in."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    place = tmp_path / "notebooks"
    place.mkdir()
    notebook = read(path)
    nbclient.NotebookClient(
        notebook,
        timeout=MOST_SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(place)}},
    ).execute()
    return place


def test_retraining_leaves_a_model_that_loads_anywhere(tmp_path: Path) -> None:
    place = run(RETRAIN, tmp_path)
    model = load(place / "my-model.joblib")  # nothing of the notebook is at hand here
    ad = "Keep the project plan and the risk register, and report cost to the steering group."
    assert predict(ad, "Product Manager", model=model).role == "project"
    assert len((place / "my-judged.csv").read_text("utf-8").splitlines()) == 4


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_outputs_are_committed_and_small(path: Path) -> None:
    assert path.stat().st_size < MOST_BYTES
    cells = code_cells(read(path))
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    kinds = {output.output_type for cell in cells for output in cell.outputs}
    assert kinds <= {"execute_result", "display_data", "stream"}
