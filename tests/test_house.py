"""The rooms of rolenlp/: imports go down only, none goes in a circle, and few modules lie outside.

An import within a function, or for type checkers alone, counts as one at the top of a module.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1] / "rolenlp"
# From the door to the ground; those on one line do not know each other.
FLOORS = """
__main__
cli
evaluate
train
engines
label spacy_component
predict
verdicts
model_file
model
reading documents
tables
text
metrics
files
schema
errors guard lazy
"""
FLOOR = {room: number for number, line in enumerate(FLOORS.split("\n")) for room in line.split()}
MOST_AT_THE_TOP = 10
Graph = dict[str, set[str]]


def graph_of(house: Path) -> Graph:
    """Module -> the modules of the house that it imports; a package is its ``__init__``."""
    files = {name_of(path, house): path for path in house.rglob("*.py")}
    return {
        name: set(imported(ast.parse(path.read_text("utf-8")), files, house.name))
        for name, path in files.items()
        if name != house.name  # it hands on names of any room
    }


def name_of(path: Path, house: Path) -> str:
    parts = path.relative_to(house.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def imported(tree: ast.AST, modules: dict[str, Path], top: str) -> Iterator[str]:
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "an import names its module in full"
            # What is imported from a package may be one of its modules.
            full = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in modules else str(node.module) for name in full]
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "lazy":
            # Where a package finds the names that it hands on.
            constants = [each.value for each in ast.walk(node) if isinstance(each, ast.Constant)]
            names = [value for value in constants if value in modules]
        yield from (name for name in names if name != top and name.split(".")[0] == top)


def climbs(graph: Graph) -> list[str]:
    """The imports that do not go down from one room to another."""
    return sorted(
        f"{module} imports {found}"
        for module, every in graph.items()
        for found in every
        if room_of(module) != room_of(found) and FLOOR[room_of(module)] >= FLOOR[room_of(found)]
    )


def room_of(module: str) -> str:
    return module.split(".")[1]


def circle(graph: Graph) -> str:
    """Modules that import each other, if there are any."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return " imports ".join(reversed(error.args[1]))
    return ""


def test_every_room_has_its_floor() -> None:
    rooms = {room_of(module) for module in graph_of(HOUSE)}
    assert rooms == set(FLOOR), "put a new room on its floor in FLOORS, and take an old one away"


def test_imports_go_down_only() -> None:
    assert climbs(graph_of(HOUSE)) == []


def test_no_modules_import_each_other() -> None:
    assert circle(graph_of(HOUSE)) == ""


def test_few_modules_lie_outside_the_rooms() -> None:
    at_the_top = sorted(path.name for path in HOUSE.glob("*.py"))
    assert len(at_the_top) <= MOST_AT_THE_TOP, at_the_top


# The test itself, on houses of a few modules


@pytest.mark.parametrize(
    ("modules", "climbing", "circling"),
    [
        ({"label/run.py": "from h.text import clean", "text/clean.py": "import re"}, [], ""),
        (
            {"text/clean.py": "from h.label.run import x", "label/run.py": ""},
            ["h.text.clean imports h.label.run"],
            "",
        ),
        (
            {"text/clean.py": "def f():\n    import h.label.run", "label/run.py": ""},
            ["h.text.clean imports h.label.run"],
            "",
        ),
        (
            {
                "text/clean.py": "if TYPE_CHECKING:\n    import h.label.run",
                "label/run.py": "import h.text.clean",
            },
            ["h.text.clean imports h.label.run"],
            "h.text.clean imports h.label.run imports h.text.clean",
        ),
        (
            {"errors.py": "import h.guard", "guard.py": ""},
            ["h.errors imports h.guard"],
            "",
        ),
        (
            {"text/a.py": "import h.text.b", "text/b.py": "from h.text.a import x"},
            [],
            "h.text.a imports h.text.b imports h.text.a",
        ),
        (
            {
                "text/__init__.py": "get = lazy({'x': 'h.text.a'})",
                "text/a.py": "from h.text import x",
            },
            [],
            "h.text imports h.text.a imports h.text",
        ),
    ],
)
def test_what_is_found(
    tmp_path: Path, modules: dict[str, str], climbing: list[str], circling: str
) -> None:
    for name, source in {"__init__.py": "", **modules}.items():
        path = tmp_path / "h" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    graph = graph_of(tmp_path / "h")
    assert climbs(graph) == climbing
    assert set(circle(graph).split(" imports ")) == set(circling.split(" imports "))
