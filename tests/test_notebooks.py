"""The notebooks run from top to bottom, in a directory of their own."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rolenlp.predict import load, predict
from rolenlp.reading.priors import Priors

WHY = "notebooks are not run: nbclient or its kernel is missing, pip install '.[test]'"
nbclient = pytest.importorskip("nbclient", reason=WHY)
nbformat = pytest.importorskip("nbformat", reason=WHY)
pytest.importorskip("ipykernel", reason=WHY)

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
RETRAIN, JUDGE, PRIORS = NOTEBOOKS
MOST_SECONDS = 120  # a cell
MOST_BYTES = 100_000


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


Run = Callable[..., tuple[Path, Any]]


@pytest.fixture(scope="module")
def kernel() -> Iterator[Any]:
    """One for all: it loads the libraries once, and forgets all else before each notebook."""
    one = nbclient.NotebookClient(nbformat.v4.new_notebook(), kernel_name="python3")
    one.create_kernel_manager()
    one.start_new_kernel()
    yield one.km
    nbclient.util.run_sync(one.km.shutdown_kernel)(now=True)


@pytest.fixture
def run(kernel: Any, tmp_path: Path) -> Run:
    """Run a copy of a notebook beside a copy of the sample, with some of its text changed.

    The directory that it ran in, and what the expression `ask` is at its end.
    """

    def in_a_copy(path: Path, ask: str = "None", **changes: str) -> tuple[Path, Any]:
        shutil.copytree(ROOT / "data", tmp_path / "data")
        place = tmp_path / "notebooks"
        place.mkdir()
        notebook = read(path)
        new_cell = nbformat.v4.new_code_cell
        for name, value in changes.items():
            (cell,) = (c for c in code_cells(notebook) if f"\n{name} = " in c.source)
            cell.source = re.sub(rf"^{name} = .*$", f"{name} = {value}", cell.source, flags=re.M)
        notebook.cells.insert(0, new_cell(f"%reset -f\n%cd {place}"))
        notebook.cells.append(new_cell(f"import json\nprint(json.dumps({ask}))"))
        client = nbclient.NotebookClient(notebook, timeout=MOST_SECONDS, km=kernel)
        client.execute()
        client.kc.stop_channels()
        return place, json.loads(notebook.cells[-1].outputs[0].text)

    return in_a_copy


def test_retraining_leaves_a_model_that_loads_anywhere(run: Run) -> None:
    place, _ = run(RETRAIN)
    model = load(place / "my-model.joblib")  # nothing of the notebook is at hand here
    ad = "Keep the project plan and the risk register, and report cost to the steering group."
    assert predict(ad, "Product Manager", model=model).role == "project"
    assert len((place / "my-judged.csv").read_text("utf-8").splitlines()) == 4


def test_judging_finds_the_strictest_promise_that_the_budget_allows(run: Run) -> None:
    ask = "[BUDGET, chosen, choices['to review'].to_dict(), choices['wrong among them'].to_dict()]"
    _, (budget, chosen, review, wrong) = run(JUDGE, ask)
    assert review[str(chosen)] <= budget
    assert all(n > budget for asked, n in review.items() if float(asked) > chosen)
    # The more is asked for, the more is marked, and the less of what is left is wrong.
    assert list(review.values()) == sorted(review.values())
    assert list(wrong.values()) == sorted(wrong.values(), reverse=True)


def test_phrases_edited_in_a_copy_move_verdicts_and_save_labels(run: Run) -> None:
    ask = "[[c.flipped for c in changes], {n: [p.value for p in ps] for n, ps in curve.items()}]"
    place, (flipped, curve) = run(PRIORS, ask, DRAWS="1")
    edited = Priors.from_toml((place / "my-priors.toml").read_text("utf-8"))
    assert len(edited.phrases) == len(Priors.default().phrases) + 2
    assert len(flipped) == 3 and min(flipped) > 0
    with_phrases, without = curve["phrases at their weights"], curve["phrases at zero"]
    assert with_phrases[0] > without[0] + 0.3  # no label yet
    assert with_phrases[1] > without[1] + 0.1  # 25 labels


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_outputs_are_committed_and_small(path: Path) -> None:
    assert path.stat().st_size < MOST_BYTES
    cells = code_cells(read(path))
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    kinds = {output.output_type for cell in cells for output in cell.outputs}
    assert kinds <= {"execute_result", "display_data", "stream"}
