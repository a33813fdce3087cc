"""Workbooks, archives, databases and JSON that are made to harm: kept, or refused in a line."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest

from rolenlp.errors import InputError
from rolenlp.tables import open_table
from tests.hostile.test_bounds import LIMITED, MB
from tests.hostile.test_values import copy

SHEET = (
    b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/'
    b'main"><dimension ref="A1:XFD1048576"/><sheetData>'
)
END = b"</sheetData></worksheet>"
TEXTS = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
PIECE = b"a " * (MB // 2)


def cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def row(number: int, *cells: str) -> bytes:
    return f'<row r="{number}">{"".join(cells)}</row>'.encode()


HEAD = row(1, cell("A1", "text"), cell("B1", "id"))


def book(path: Path, **parts: Iterable[bytes]) -> Path:
    """A workbook, some of its parts replaced; `sheet` is what stands in it."""
    made = openpyxl.Workbook()
    made.active.append(["text", "id"])
    made.save(path.with_suffix(".made"))
    if "sheet" in parts:
        parts["xl/worksheets/sheet1.xml"] = [SHEET, *parts.pop("sheet"), END]
    with (
        zipfile.ZipFile(path.with_suffix(".made")) as source,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
    ):
        for name in dict.fromkeys([*source.namelist(), *parts]):
            with target.open(name, "w", force_zip64=True) as file:
                file.writelines(parts[name] if name in parts else [source.read(name)])
    path.with_suffix(".made").unlink()
    return path


def rows_of(path: Path) -> list[tuple[Any, ...]]:
    with open_table(path) as reader:
        found = [each for b in reader for each in zip(*reader.values(b), strict=True)]
        assert not reader.take_rejects()
        return found


@pytest.mark.parametrize(
    ("sheet", "rows"),
    [
        ([HEAD, row(2, cell("A2", "x"))], [("x", None)]),  # SHEET says that there is a million
        ([HEAD, row(2, cell("B2", "7"), cell("A2", "x"))], [("x", "7")]),
        ([HEAD, row(4, cell("A4", "x"))], [(None, None), (None, None), ("x", None)]),
        ([b"<row><c><v>1</v></c></row><row/><row><c><v>2</v></c></row>"], [(None,), (2,)]),
        ([HEAD, row(2, "<c r='A2'><v>9223372036854775808</v></c>")], [(2**63, None)]),
        ([HEAD, row(2, "<c r='A2' t='b'><v>1</v></c>")], [(True, None)]),
        ([HEAD, row(2, "<c r='A2' t='str'><f>1+1</f><v>2</v></c>")], [("2", None)]),
        ([HEAD, row(2, cell("A2", "_x0000_=1+1"))], [("\0=1+1", None)]),
        ([HEAD, row(2, cell("A2", "&#10;x"))], [("\nx", None)]),
    ],
)
def test_what_stands_in_a_sheet_is_read(
    tmp_path: Path, sheet: list[bytes], rows: list[tuple[Any, ...]]
) -> None:
    assert rows_of(book(tmp_path / "a.xlsx", sheet=sheet)) == rows


@pytest.mark.parametrize(
    ("sheet", "says"),
    [
        ([HEAD, row(2, cell("ZZZZZZ2", "x"))], "or is damaged"),
        ([HEAD, row(10**9, cell("A1000000000", "x"))], "or is damaged"),
        ([HEAD, row(3, cell("A3", "x")), row(2, cell("A2", "y"))], "or is damaged"),
        ([HEAD, row(2, cell("A2", "x")), row(2, cell("A2", "y"))], "or is damaged"),
        ([HEAD, row(2, "<c r='A2'><v>1e400</v></c>")], "or is damaged"),
        ([HEAD, row(2, f"<c r='A2'><v>{'9' * 5000}</v></c>")], "or is damaged"),
        ([HEAD, row(2, "<c r='A2' t='s'><v>7</v></c>")], "or is damaged"),
        (
            [row(1, cell("A1", "text"), cell("XFD1", "z")), row(2000, cell("A2000", "x"))],
            "its rows 2 to 1,999 are blank, and rows follow; delete the blank ones",
        ),
    ],
)
def test_what_would_be_lost_or_flood_is_refused(
    tmp_path: Path, sheet: list[bytes], says: str
) -> None:
    with pytest.raises(InputError, match=says) as error:
        rows_of(book(tmp_path / "a.xlsx", sheet=sheet))
    assert "\n" not in str(error.value)


BOMBS: dict[str, dict[str, Callable[[], Iterable[bytes]]]] = {
    "a cell": {
        "sheet": lambda: [HEAD, b'<row><c t="inlineStr"><is><t>', *[PIECE] * 100, b"</t></is></c>"]
    },
    "cells of a row": {"sheet": lambda: [HEAD, b"<row>", *[b"<c/>" * (MB // 4)] * 20, b"</row>"]},
    "styles": {"xl/styles.xml": lambda: [b"<styleSheet>", *[b"<a/>" * (MB // 4)] * 70]},
    "shared texts": {"xl/sharedStrings.xml": lambda: [TEXTS, *[PIECE] * 520, b"</t></si></sst>"]},
}


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
@pytest.mark.parametrize("name", BOMBS)
def test_a_small_workbook_of_large_parts_takes_bounded_memory(tmp_path: Path, name: str) -> None:
    parts = {part: make() for part, make in BOMBS[name].items()}
    path = book(tmp_path / "a.xlsx", **parts)
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, path, "900"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith("save it as .xlsx")


# Archives


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
@pytest.mark.parametrize(
    ("name", "head", "end"),
    [
        ("a.csv", b"id,text\n1,", b"\n2,a\n"),
        ("a.json", b'[{"text": "', b'"},\n{"text": "a"}]'),
    ],
)
def test_a_zip_of_a_large_table_takes_little_memory(
    tmp_path: Path, name: str, head: bytes, end: bytes
) -> None:
    path = tmp_path / "a.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made,
        made.open(name, "w") as file,
    ):
        file.write(head)
        file.writelines([*[PIECE] * 310, end])
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, path, "300"], capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["2"], done.stderr[-500:]


def test_a_table_that_does_not_fit_on_the_disk_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        made.write(tmp_path / "a.xlsx", "a.xlsx")
    monkeypatch.setattr(shutil, "disk_usage", lambda place: SimpleNamespace(free=1000))
    with pytest.raises(InputError, match="bytes, and there is no room for them in "):
        open_table(tmp_path / "a.zip")


# Databases


@pytest.mark.parametrize(
    ("view", "says"),
    [
        ("SELECT zeroblob(1000000000) AS text", "too big"),
        ("SELECT text FROM old", "cannot be run: no such table"),
    ],
)
def test_a_view_that_cannot_be_read_is_a_line(tmp_path: Path, view: str, says: str) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as base:
        base.execute(f"CREATE VIEW ads AS {view}")
    with pytest.raises(InputError, match=says):
        rows_of(tmp_path / "a.db")


def test_rows_without_end_are_not_counted_first(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as base:
        base.execute(
            "CREATE VIEW ads AS WITH RECURSIVE n(text) AS (SELECT 1 UNION ALL SELECT text + 1 "
            "FROM n) SELECT text FROM n"
        )
    with open_table(tmp_path / "a.db", batch_size=4) as reader:
        assert reader.rows_hint is None
        assert next(iter(reader)).columns[0] == [1, 2, 3, 4]


# JSON


@pytest.mark.parametrize("depth", [500, 900, 5_000, 50_000])
@pytest.mark.parametrize("target", ["b.csv", "b.json", "b.xlsx", "b.db", "b.parquet"])
def test_deep_json_is_kept_or_set_aside(tmp_path: Path, depth: int, target: str) -> None:
    deep = "[" * depth + "1" + "]" * depth
    (tmp_path / "a.json").write_text(f'[{{"text": "a", "v": {deep}}},\n{{"text": "b", "v": "c"}}]')
    rejects = copy(tmp_path / "a.json", tmp_path / target)
    assert [each.reason for each in rejects] == ["is not a JSON object"] * (depth > 1000)
    if not rejects:
        with open_table(tmp_path / target) as reader:
            [batch] = reader
            assert reader.texts(batch)[1][0] == deep


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("1e400", "1e400"),
        ("-1e400", "-1e400"),
        ("0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"),
        ("1.10", 1.1),
        ("1E+2", 100),
        ("9223372036854775808", "9223372036854775808"),
        ("9" * 5000, "9" * 5000),
        ("NaN", "NaN"),
        ("true", 1),
        ('"=1+1"', "=1+1"),
        ('"a\\u0000\\nb"', "a\0\nb"),
        ('"2025-01-02"', "2025-01-02"),
        ('"1e3"', "1e3"),
    ],
)
@pytest.mark.parametrize("target", ["b.xlsx", "b.db"])
def test_json_values_are_numbers_where_nothing_is_lost(
    tmp_path: Path, written: str, typed: Any, target: str
) -> None:
    (tmp_path / "a.json").write_text(f'[{{"text": "a", "v": {written}}}]')
    assert copy(tmp_path / "a.json", tmp_path / target) == []
    [(text, value, role)] = rows_of(tmp_path / target)
    assert (text, value, role) == ("a", typed, "x")
    assert isinstance(value, str) == isinstance(typed, str)
