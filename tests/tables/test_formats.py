"""Workbooks, JSON arrays, databases, archives, folders and several tables as one."""

import datetime as dt
import json
import sqlite3
import sys
import zipfile
from contextlib import closing

import duckdb
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from rolenlp.errors import InputError, MissingExtraError, OutputError
from rolenlp.tables import AddedColumn, Reject, open_output, open_table
from rolenlp.tables.several import expanded, open_together, outputs_in
from rolenlp.tables.xlsx_write import MOST_CHARACTERS, check_sheet
from tests.tables.test_tables import ADDED, ROLE, copy, put, rows_of

NAMES = ["id", "title", "pay", "posted", "remote"]
ROWS = [
    (1, "=1+1", 1.5, dt.datetime(2025, 1, 2, 3, 4, 5), True),
    (2, None, 0.1, dt.datetime(2024, 2, 29, 23, 59, 59), False),
    (3, "007", -2.0, None, None),
]


def workbook(path, rows=ROWS, names=NAMES, sheets=("Ads",)):
    """A workbook as another library writes it."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name in sheets:
        sheet = book.create_sheet(name)
        for row in [names, *rows]:
            sheet.append(row)
        for cells in sheet.iter_rows():
            for cell in cells:
                if isinstance(cell.value, str):
                    cell.data_type = "s"
    book.save(path)
    return path


def database(path, tables=("jobs",), rows=ROWS):
    with closing(sqlite3.connect(path)) as base:
        for name in tables:
            base.execute(f'CREATE TABLE "{name}" (id INTEGER, title TEXT, pay REAL, x, remote)')
            values = [(*row[:3], row[0] * b"\x00\xff", row[4]) for row in rows]
            base.executemany(f'INSERT INTO "{name}" VALUES (?, ?, ?, ?, ?)', values)
        base.commit()
    return path


def stored(path, table="judged"):
    """Names, declared types and rows of a table in SQLite."""
    with closing(sqlite3.connect(path)) as base:
        about = base.execute(f"PRAGMA table_info({table})").fetchall()
        rows = base.execute(f"SELECT * FROM {table}").fetchall()
    return [name for _, name, *_ in about], [kind for _, _, kind, *_ in about], rows


def archive(path, **members):
    with zipfile.ZipFile(path, "w") as made:
        for name, content in members.items():
            made.writestr(name.replace("_", "."), content)
    return path


def cells(path):
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    return sheet, [[cell.value for cell in row] for row in sheet.iter_rows()]


# ---- Workbooks


def test_cells_of_a_workbook_keep_their_types(tmp_path):
    with open_table(workbook(tmp_path / "a.xlsx")) as reader:
        assert reader.names == NAMES
        (batch,) = list(reader)
    assert batch.native == [list(row) for row in ROWS]
    assert [type(value) for value in batch.native[0]] == [int, str, float, dt.datetime, bool]


def test_a_workbook_comes_back_as_it_was(tmp_path):
    source, target = workbook(tmp_path / "a.xlsx"), tmp_path / "b.xlsx"
    copy(source, target, ADDED, ["x", 0.5, 7, True])
    sheet, rows = cells(target)
    assert rows == [
        [*NAMES, "role", "p", "n", "review"],
        *([*row, "x", 0.5, 7, True] for row in ROWS),
    ]
    assert sheet.freeze_panes == "A2"
    assert sheet["B2"].data_type == "s"  # =1+1 is a text, here and for who edits it
    assert sheet["B2"].quotePrefix
    assert sheet["A2"].data_type == "n"
    assert sheet["I2"].data_type == "b"
    assert sheet["D2"].number_format == "yyyy-mm-dd hh:mm:ss"
    assert 8 <= sheet.column_dimensions["B"].width <= 70
    pd.testing.assert_frame_equal(pd.read_excel(target)[NAMES], pd.read_excel(source))


def test_equal_tables_are_equal_workbooks(tmp_path):
    source = workbook(tmp_path / "a.xlsx")
    copy(source, tmp_path / "b.xlsx")
    copy(source, tmp_path / "c.xlsx")
    assert (tmp_path / "b.xlsx").read_bytes() == (tmp_path / "c.xlsx").read_bytes()


HOSTILE = [
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "007",
    "1e3",
    "TRUE",
    "_x0041_",
    "_x005F_",
    "a\rb\r\nc\nd",
    "\x01\x08\x0b\x1f",
    "  spaces  ",
    "https://example.org/a?b=c#d",
    "mailto:a@example.org",
    "#N/A",
    "<b>&amp;</b>",
    "\U0001f600 \u2028 \ufeff \ufffe",
    "2025-01-02",
    "x" * MOST_CHARACTERS,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_hostile_texts_stay_as_they_are(tmp_path, text):
    source = put(tmp_path / "a.jsonl", json.dumps({"a": text, "b": 1}))
    for name in ("b.xlsx", "b.db", "b.json", "b.parquet"):
        copy(source, tmp_path / name)
        assert rows_of(tmp_path / name)[1][0][0] == text, name


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=20)
numbers = st.one_of(
    st.integers(-(10**14), 10**14), st.floats(allow_nan=False, allow_infinity=False), st.booleans()
)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(st.none() | texts, st.none() | numbers), min_size=1, max_size=5))
def test_any_values_pass_through_a_workbook_and_a_database(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("any")
    rows = [*rows, ("end", 1)]
    source = put(folder / "a.jsonl", "".join(json.dumps({"a": a, "b": b}) + "\n" for a, b in rows))
    for name in ("b.xlsx", "b.sqlite"):
        copy(source, folder / name)
        copy(folder / name, folder / f"again-{name}")
        names, found = rows_of(folder / f"again-{name}")
        assert names == ["a", "b"]
        assert found == [list(row) for row in rows]


def test_what_a_cell_cannot_hold_as_a_number_is_text(tmp_path):
    kinds = pa.schema(
        [("n", pa.int64()), ("t", pa.timestamp("us")), ("z", pa.timestamp("s", "UTC"))]
    )
    moments = [dt.datetime(2025, 1, 2, 3, 4, 5, 6), dt.datetime(1899, 1, 1)]
    table = pa.table({"n": [2**53 + 1, 5], "t": moments, "z": moments}, kinds)
    pq.write_table(table, tmp_path / "a.parquet")
    copy(tmp_path / "a.parquet", tmp_path / "b.xlsx")
    assert cells(tmp_path / "b.xlsx")[1][1:] == [
        ["9007199254740993", "2025-01-02T03:04:05.000006", "2025-01-02T03:04:05+00:00"],
        [5, "1899-01-01T00:00:00", "1899-01-01T00:00:00+00:00"],
    ]


@pytest.mark.parametrize(
    ("rows", "note"),
    [
        ([("a", "=1+1"), ("b", '=UPPER("c")'), ("=A1", 3)], "3, the first in B2;"),
        ([("title", "text"), ("=A1", "b")], "1, the first in A3;"),
        ([("a", "b"), ("c", None)], ""),
        ([("'=a", "-b"), ("c", 1)], ""),
    ],
)
def test_formulas_that_were_never_calculated_are_said(tmp_path, rows, note):
    book = openpyxl.Workbook()
    for row in [("title", "text"), *rows]:
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    with open_table(tmp_path / "a.xlsx") as reader:
        list(reader)
        said = [each for each in reader.notes if "never calculated" in each]
    assert len(said) == bool(note)
    assert note in "".join(said)


def test_a_formula_that_came_to_nothing_was_calculated(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "plain.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["title", "text"])
        sheet.write_formula(1, 0, '=""', None, "")
        sheet.write_formula(1, 1, "=1-1", None, 0)
    # As Excel writes a text of no characters.
    plain = zipfile.ZipFile(tmp_path / "plain.xlsx")
    with plain as old, zipfile.ZipFile(tmp_path / "a.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'<c r="A2">', b'<c r="A2" t="str">'))
    with open_table(tmp_path / "a.xlsx") as reader:
        assert [batch.columns[1] for batch in reader] == [[0]]
        assert reader.notes == []


@pytest.mark.parametrize("twice", [["a.csv", "a.csv"], ["a.csv", "b.csv", "./a.csv"], ["-", "-"]])
def test_a_file_that_is_named_twice_is_refused(tmp_path, monkeypatch, twice):
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "a.csv", "text\nOwn it.\n")
    with pytest.raises(InputError, match=f"named twice among the inputs, also as {twice[0]}"):
        expanded(twice)
    assert expanded(["a.csv", "*.csv", "a.*"]) == ["a.csv"]


def test_blank_rows_are_kept_between_rows_only(tmp_path):
    source = workbook(
        tmp_path / "a.xlsx", [(), ("a", 1), (), (None, None), ("b",), (), ()], ["x", "y"]
    )
    assert rows_of(source) == (
        ["x", "y"],
        [[None, None], ["a", 1], [None] * 2, [None] * 2, ["b", None]],
    )


def test_a_row_wider_than_the_header_is_set_aside(tmp_path):
    source = workbook(tmp_path / "a.xlsx", [("a", 1, "more"), ("b", 2)], ["x", "y"])
    with open_table(source) as reader:
        assert [batch.native for batch in reader] == [[["b", 2]]]
        assert reader.rows_in == 2
        assert reader.take_rejects() == [Reject(2, "has 3 cells, the header 2", '["a", 1, "more"]')]


def test_shared_texts_and_errors_are_read(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:  # which shares texts
        sheet = book.add_worksheet()
        for at, text in enumerate(["name", "_x0041_", "a\rb", "a\rb"]):
            sheet.write_string(at, 0, text)
        sheet.write_formula(4, 0, "=1/0", None, "#DIV/0!")
        sheet.write_formula(5, 0, "=1+1", None, 2)
    assert rows_of(tmp_path / "a.xlsx")[1] == [["_x0041_"], ["a\rb"], ["a\rb"], ["#DIV/0!"], [2]]


def test_a_sheet_is_the_first_or_the_one_that_is_named(tmp_path):
    source = workbook(tmp_path / "a.xlsx", sheets=("Ads", "Old"))
    with open_table(source) as reader:
        assert reader.notes == ['sheet: "Ads" of "Ads", "Old" (--sheet)']
    with open_table(source, sheet="Old") as reader:
        assert reader.notes == []
        assert sum(map(len, reader)) == len(ROWS)


@pytest.mark.parametrize("target", ["csv", "jsonl", "json", "parquet", "db", "csv.gz", "csv.zip"])
def test_a_workbook_in_any_format(tmp_path, target):
    copy(workbook(tmp_path / "a.xlsx"), tmp_path / f"b.{target}")
    with open_table(tmp_path / f"b.{target}") as reader:
        assert reader.names == NAMES
        (batch,) = list(reader)
        found = [list(row) for row in zip(*reader.texts(batch), strict=True)]
    truth = ["1", "0"] if target == "db" else ["true", "false"]
    assert found == [
        ["1", "=1+1", "1.5", "2025-01-02T03:04:05", truth[0]],
        ["2", None, "0.1", "2024-02-29T23:59:59", truth[1]],
        ["3", "007", "-2.0" if target == "parquet" else "-2", None, None],
    ]


def test_types_of_a_workbook_and_a_database_reach_parquet(tmp_path):
    rows = [*ROWS, (4, "x", 7, dt.date(2025, 1, 2), True)]
    copy(workbook(tmp_path / "a.xlsx", rows), tmp_path / "a.parquet")
    table = pq.read_table(tmp_path / "a.parquet")
    assert [str(kind) for kind in table.schema.types] == [
        "int64",
        "string",
        "double",
        "timestamp[us]",
        "bool",
    ]
    assert table.column("posted").to_pylist()[3] == dt.datetime(2025, 1, 2)
    mixed = workbook(tmp_path / "m.xlsx", [(1,), ("a",), (dt.date(2025, 1, 2),)], ["x"])
    copy(mixed, tmp_path / "m.parquet")
    assert pq.read_table(tmp_path / "m.parquet").to_pydict() == {"x": ["1", "a", "2025-01-02"]}


def test_a_text_that_no_cell_holds_is_named_by_row_and_column(tmp_path):
    source = put(tmp_path / "a.csv", f"a,b\n1,2\n1,{'😀' * 16_384}\n")
    says = r'row 2, column "b": a cell of \.xlsx holds 32,767 characters'
    with open_table(source) as table, pytest.raises(InputError, match=says):
        check_sheet("b.xlsx", table)
    with pytest.raises(OutputError, match=says):
        copy(source, tmp_path / "b.xlsx")
    assert not (tmp_path / "b.xlsx").exists()


def test_numbers_keep_all_their_digits(tmp_path):
    copy(put(tmp_path / "a.jsonl", '{"a": 0.30000000000000004}'), tmp_path / "b.xlsx")
    assert cells(tmp_path / "b.xlsx")[1][1] == [0.30000000000000004]


def test_a_text_that_would_be_read_as_another_is_refused(tmp_path):
    source = put(tmp_path / "a.csv", "a,b\n1,_x0041_x0042_\n")
    with pytest.raises(OutputError, match='row 1, column "b": has escapes'):
        copy(source, tmp_path / "b.xlsx")


def test_no_library_no_workbook(tmp_path, monkeypatch):
    source = workbook(tmp_path / "a.xlsx")
    line = r'pip install "rolenlp\[excel\]"'
    with open_table(put(tmp_path / "a.csv", "a\n1\n")) as reader:
        monkeypatch.setitem(sys.modules, "xlsxwriter", None)
        with pytest.raises(MissingExtraError, match=line):
            open_output(tmp_path / "b.xlsx", reader, [])
    for name in [name for name in sys.modules if name.split(".")[0] == "openpyxl"]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtraError, match=line):
        open_table(source)


# ---- JSON arrays

TWO = [{"a": 1, "b": 'x, [y] {z} "q" \\'}, {"b": [1, {"c": "}"}], "a": None}]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(TWO),
        json.dumps(TWO, indent=2),
        json.dumps(TWO, indent=0).replace("\n", "\r\n"),
        "[\n" + ",\n".join(map(json.dumps, TWO)) + "\n]",
        "\ufeff [" + ",".join(map(json.dumps, TWO)) + "]\n\n",
        "\n".join(map(json.dumps, TWO)),
        "\n".join(json.dumps(each, indent=1) for each in TWO),
        "[\n" + json.dumps(TWO[0]) + "\n][\n" + json.dumps(TWO[1]) + "\n]",
    ],
    ids=["line", "indent", "crlf", "scrapy", "mark", "lines", "objects", "appended"],
)
def test_json_is_an_array_or_objects(tmp_path, text):
    source = put(tmp_path / "a.json", text)
    assert rows_of(source) == (["a", "b"], [[1, TWO[0]["b"]], [None, TWO[1]["b"]]])
    copy(source, tmp_path / "b.jsonl", [ROLE], ["r"])
    lines = (tmp_path / "b.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [{**each, "role": "r"} for each in TWO]


def test_json_numbers_stay_as_they_are_spelt(tmp_path):
    source = put(tmp_path / "a.json", '[{"a": 1.10, "b": 12345678901234567890123},\n {"a": 1e5}]')
    copy(source, tmp_path / "b.json", [ROLE], ["x"])
    assert (tmp_path / "b.json").read_text() == (
        '[\n{"a": 1.10, "b": 12345678901234567890123, "role": "x"},\n{"a": 1e5, "role": "x"}\n]\n'
    )
    copy(put(tmp_path / "e.csv", "a\n"), tmp_path / "e.json")
    assert json.loads((tmp_path / "e.json").read_text()) == []


@pytest.mark.parametrize(
    ("text", "rows", "rejects"),
    [
        ('[{"a": 1}, 5, {"a": 2}]', [1, 2], [(1, "5")]),
        ('[\n{"a": 1},\n{"a": [2},\n{"a": 3}\n]', [1, 3], [(3, '{"a": [2},')]),
        ('[\n{"a": 1},\n{"a": "2},\n{"a": 3},\n{"a": 4}\n]', [1, 3, 4], [(3, '{"a": "2},')]),
        ('[\n{"a": 1},\n{"a": 2', [1], [(3, '{"a": 2')]),
        ('[\n{"a": 1}\n{"a": 2}\n]', [1, 2], []),
        ('[{"a": 1}, {"a": 1, "a": 2}]', [1], [(1, '{"a": 1, "a": 2}')]),
    ],
)
def test_what_is_damaged_in_an_array_is_set_aside(tmp_path, text, rows, rejects):
    with open_table(put(tmp_path / "a.json", text)) as reader:
        found = [value for batch in reader for value in batch.columns[0]]
        aside = [(each.line, each.raw) for each in reader.take_rejects()]
    assert (found, aside) == (rows, rejects)
    assert reader.rows_in == len(rows) + len(rejects)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=80, deadline=None)
@given(
    rows=st.lists(
        st.fixed_dictionaries({"k": json_values, "l": json_values}), min_size=1, max_size=4
    ),
    indent=st.none() | st.integers(0, 3),
    ascii_only=st.booleans(),
)
def test_any_array_comes_back(tmp_path_factory, rows, indent, ascii_only):
    folder = tmp_path_factory.mktemp("json")
    text = json.dumps(rows, indent=indent, ensure_ascii=ascii_only)
    source = put(folder / "a.json", text.encode("utf-8", "surrogatepass"))
    copy(source, folder / "b.json")
    assert json.loads((folder / "b.json").read_text("utf-8")) == rows


# ---- Archives


def test_an_archive_of_one_table_is_that_table(tmp_path):
    workbook(tmp_path / "a.xlsx")
    pq.write_table(pa.table({"a": [1]}), tmp_path / "a.parquet")
    database(tmp_path / "a.db")
    for name, expected in [("a.xlsx", 3), ("a.parquet", 1), ("a.db", 3)]:
        with zipfile.ZipFile(tmp_path / "b.zip", "w") as made:
            made.write(tmp_path / name, name)
        with open_table(tmp_path / "b.zip") as reader:
            assert sum(map(len, reader)) == expected
    source = archive(tmp_path / "c.zip", a_csv="a,b\n1,2\n", readme_txt="x", __MACOSX="")
    assert rows_of(source) == (["a", "b"], [["1", "2"]])
    copy(source, tmp_path / "d.zip")
    with zipfile.ZipFile(tmp_path / "d.zip") as made:
        assert [each.filename for each in made.infolist()] == ["d.csv"]
        assert made.read("d.csv") == b"a,b\n1,2\n"


def locked(path):
    """An archive that says that its member has a password."""
    data = bytearray(archive(path, a_csv="a\n1\n").read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    return put(path, bytes(data))


# ---- Databases


def test_a_table_of_a_database_comes_back_as_it_was(tmp_path):
    source = database(tmp_path / "a.db")
    copy(source, tmp_path / "b.sqlite3", ADDED, ["x", 0.5, 7, True])
    names, kinds, rows = stored(tmp_path / "b.sqlite3")
    _, _, before = stored(source, "jobs")
    assert names == ["id", "title", "pay", "x", "remote", "role", "p", "n", "review"]
    assert kinds == ["INTEGER", "TEXT", "REAL", "", "", "TEXT", "REAL", "INTEGER", "BOOLEAN"]
    assert rows == [(*row, "x", 0.5, 7, 1) for row in before]


def test_what_is_read_of_a_database(tmp_path):
    source = database(tmp_path / "a.db", ("a", "b c"))
    with open_table(source, table="B C") as reader:
        assert sum(map(len, reader)) == 3
    names, rows = rows_of(source, query="SELECT title AS t, id * 2 FROM a WHERE id > 1")
    assert (names, rows) == (["t", "id * 2"], [[None, 4], ["007", 6]])
    before = source.read_bytes()
    with pytest.raises(InputError, match="--query cannot be run"):
        open_table(source, query="DROP TABLE a")
    assert source.read_bytes() == before


def test_text_that_is_none_in_a_database_is_set_aside(tmp_path):
    with closing(sqlite3.connect(tmp_path / "a.db")) as base:
        base.execute("CREATE TABLE a (x TEXT)")
        base.execute("INSERT INTO a VALUES ('ok'), (CAST(x'ff41' AS TEXT))")
        base.commit()
    with open_table(tmp_path / "a.db") as reader:
        assert [batch.native for batch in reader] == [[("ok",)]]
        (reject,) = reader.take_rejects()
    assert (reject.line, reject.reason) == (2, 'has text that is not UTF-8 in the column "x"')


@pytest.mark.parametrize(
    ("value", "kept"),
    [(2**70, str(2**70)), (float("inf"), float("inf")), ([1, "a"], '[1, "a"]'), (True, 1)],
)
def test_what_sqlite_has_no_type_for_is_text(tmp_path, value, kept):
    copy(put(tmp_path / "a.jsonl", json.dumps({"v": value})), tmp_path / "b.db")
    assert stored(tmp_path / "b.db")[2] == [(kept,)]


def test_a_duckdb_table_keeps_its_types(tmp_path):
    with duckdb.connect(str(tmp_path / "a.duckdb")) as base:
        base.execute("CREATE TABLE jobs (n BIGINT, d DATE, m DECIMAL(9, 2), l VARCHAR[])")
        base.execute("INSERT INTO jobs VALUES (1, '2025-01-02', 1.10, ['a', NULL])")
    copy(tmp_path / "a.duckdb", tmp_path / "b.parquet")
    assert duckdb.sql(f"SELECT * FROM '{tmp_path}/b.parquet'").types == [
        "BIGINT",
        "DATE",
        "DECIMAL(9,2)",
        "VARCHAR[]",
    ]
    copy(tmp_path / "a.duckdb", tmp_path / "b.jsonl")
    assert json.loads((tmp_path / "b.jsonl").read_text()) == {
        "n": 1, "d": "2025-01-02", "m": "1.10", "l": ["a", None],
    }  # fmt: skip


# ---- Text with a delimiter, and the mark of spreadsheets


def test_plain_text_with_its_delimiter(tmp_path):
    source = put(tmp_path / "a.txt", "a|b\n1|2,3\n")
    assert rows_of(source, delimiter="|") == (["a", "b"], [["1", "2,3"]])
    copy(source, tmp_path / "b.txt", [ROLE], ["x"], delimiter="|")
    assert (tmp_path / "b.txt").read_text() == "a|b|role\n1|2,3|x\n"


@pytest.mark.parametrize("target", ["b.csv", "b.tsv", "b.csv.gz"])
def test_a_mark_goes_out_as_it_came(tmp_path, target):
    for mark in ("\ufeff", ""):
        source = put(tmp_path / "a.csv", f"{mark}a,b\né,2\n")
        copy(source, tmp_path / target)
        with open_table(tmp_path / target) as reader:
            assert (reader.mark, reader.names) == (bool(mark), ["a", "b"])


# ---- Folders, and several tables


def test_a_folder_of_parts_is_a_table(tmp_path):
    frame = pd.DataFrame({"a": ["x", "y", "z"], "n": [1, 2, 3], "year": [2024, 2025, 2025]})
    frame["where"] = ["a/b", None, "c"]
    frame.to_parquet(tmp_path / "ads", partition_cols=["year", "where"])
    put(tmp_path / "ads" / "_SUCCESS", "")
    copy(tmp_path / "ads", tmp_path / "b.parquet")
    found = pq.read_table(tmp_path / "b.parquet").sort_by("n").to_pylist()
    assert found == [
        {"a": "x", "n": 1, "year": 2024, "where": "a/b"},
        {"a": "y", "n": 2, "year": 2025, "where": None},
        {"a": "z", "n": 3, "year": 2025, "where": "c"},
    ]


def together(paths, **options):
    def opened(path):
        return open_table(path, **options)

    return open_together([str(path) for path in paths], opened, "file", 512)


def test_several_tables_are_one_by_the_names_of_columns(tmp_path):
    one = put(tmp_path / "1.csv", 'id,a\n007,x\n8,""\n')
    two = put(tmp_path / "2.jsonl", '{"b": 1.50, "id": 9}\n{"c": null}\n')
    three = workbook(tmp_path / "3.xlsx", [(1, True)], ["id", "c"])
    files = [str(one), str(one), str(two), str(two), str(three)]
    rows = [
        ["007", "x", None, None],
        ["8", "", None, None],
        ["9", None, "1.50", None],
        [None, None, None, None],
        ["1", None, None, "true"],
    ]
    with together([one, two, three]) as reader:
        assert reader.names == ["id", "a", "b", "c", "file"]
        with open_output(tmp_path / "all.csv", reader, []) as writer:
            for batch in reader:
                writer.write(batch, {})
        assert reader.rows_in == 5
    with open_table(tmp_path / "all.csv") as reader:
        found = [row for batch in reader for row in zip(*reader.texts(batch), strict=True)]
    assert found == [(*row, file) for row, file in zip(rows, files, strict=True)]


def test_a_key_that_turns_up_late_is_missing_in_the_batches_before(tmp_path):
    one = put(tmp_path / "1.jsonl", '{"a": 1}\n' * 3_000 + '{"a": 2, "late": 1.50}\n')
    two = put(tmp_path / "2.jsonl", '{"late": 3}\n')
    with together([one, two]) as reader:
        batches = list(reader)  # read ahead, as for several processes
        found = [
            [[column[-1] for column in columns] for columns in (reader.texts(each), each.columns)]
            for each in (batches[0], *batches[-2:])
        ]
    assert found == [
        [["1", None, str(one)], [1, None, str(one)]],
        [["2", "1.50", str(one)], [2, 1.5, str(one)]],
        [[None, "3", str(two)], [None, 3, str(two)]],
    ]


def test_types_that_several_tables_share_are_kept(tmp_path):
    first = pa.table({"n": pa.array([1], pa.int32()), "s": ["a"], "d": [dt.date(2025, 1, 2)]})
    second = pa.table({"n": [2**40], "s": [5], "z": [1.5]})
    for name, table in (("1.parquet", first), ("2.parquet", second)):
        pq.write_table(table, tmp_path / name)
    with together([tmp_path / "1.parquet", tmp_path / "2.parquet"]) as reader:  # noqa: SIM117
        with open_output(tmp_path / "all.parquet", reader, []) as writer:
            for batch in reader:
                writer.write(batch, {})
    table = pq.read_table(tmp_path / "all.parquet")
    assert [str(kind) for kind in table.schema.types] == [
        "int64", "string", "date32[day]", "double", "string",
    ]  # fmt: skip
    assert table.drop(["file"]).to_pylist() == [
        {"n": 1, "s": "a", "d": dt.date(2025, 1, 2), "z": None},
        {"n": 2**40, "s": "5", "d": None, "z": 1.5},
    ]


def test_rejects_of_several_tables_name_their_file(tmp_path):
    one, two = put(tmp_path / "1.csv", "a,b\n1,2\n"), put(tmp_path / "2.csv", "a,b\n1,2,3\n4,5\n")
    with together([one, two]) as reader:
        assert sum(map(len, reader)) == 2
        assert reader.take_rejects() == [Reject(2, f"{two}: has 3 cells, the header 2", "1,2,3")]
        assert reader.rows_in == 3


def test_patterns_stand_for_files_each_once(tmp_path):
    for name in ("a.csv", "b.csv", "c[1].csv"):
        put(tmp_path / name, "a\n1\n")
    first, odd = str(tmp_path / "a.csv"), str(tmp_path / "c[1].csv")
    every = [first, str(tmp_path / "b.csv"), odd]
    assert expanded([first, str(tmp_path / "*.csv")]) == every
    assert expanded([odd]) == [odd]
    with pytest.raises(InputError, match="fits no file"):
        expanded([str(tmp_path / "*.parquet")])


def test_outputs_in_a_folder_have_the_names_of_inputs(tmp_path):
    (tmp_path / "part").mkdir()
    archive(tmp_path / "z.zip", a_jsonl="{}")
    archive(tmp_path / "y.zip", a_xlsx="")
    inputs = [str(tmp_path / name) for name in ("a.csv", "b.duckdb", "part", "z.zip", "y.zip")]
    found = outputs_in(str(tmp_path / "out"), inputs)
    assert [path.name for path in found] == [
        "a.csv",
        "b.parquet",
        "part.parquet",
        "z.jsonl.zip",
        "y.xlsx",
    ]
    with pytest.raises(InputError, match=r"would be one file there, A\.csv"):
        outputs_in(str(tmp_path / "out"), [*inputs, "x/A.csv"])


# ---- What is wrong, in one line


def encrypted(path):
    return put(path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"))


@pytest.mark.parametrize(
    ("make", "options", "says"),
    [
        (lambda f: workbook(f / "a.xlsx", sheets=("A", "B")), {"sheet": "C"}, r'"C"; .* "A", "B"'),
        (lambda f: encrypted(f / "a.xlsx"), {}, "protected by a password"),
        (lambda f: put(f / "a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1..."), {}, r"old \.xls"),
        (lambda f: put(f / "a.xlsx", "a,b\n"), {}, "is not an .xlsx"),
        (lambda f: archive(f / "a.xlsx", a_csv="a"), {}, "is not an .xlsx"),
        (lambda f: workbook(f / "a.xlsx", [], []), {}, "is empty"),
        (lambda f: database(f / "a.db", "abc"), {}, r'3 tables; .*"a", "b", "c"'),
        (lambda f: database(f / "a.db", "abc"), {"table": "d"}, r'"d"; .*"a", "b", "c"'),
        (lambda f: database(f / "a.db", ()), {}, "has no table"),
        (lambda f: database(f / "a.db"), {"query": "SELECT nope FROM jobs"}, "--query .*nope"),
        (lambda f: database(f / "a.db"), {"query": "SELECT 1; SELECT 2"}, "--query"),
        (lambda f: put(f / "a.db", "not a database" * 99), {}, "not a SQLite database"),
        (lambda f: put(f / "a.duckdb", "x"), {}, "not a DuckDB database"),
        (lambda f: archive(f / "a.zip", a_csv="a", b_csv="b"), {}, r"2 tables \(a\.csv, b\.csv\)"),
        (lambda f: archive(f / "a.zip", a_pdf="a"), {}, r"no table \(a\.pdf\)"),
        (lambda f: locked(f / "a.zip"), {}, "protected by a password"),
        (lambda f: put(f / "a.zip", "x"), {}, "damaged"),
        (lambda f: put(f / "a.txt", "a|b\n"), {}, "--delimiter"),
        (lambda f: put(f / "a.json", "hello"), {}, "not a JSON object"),
        (lambda f: put(f / "a.json", "[1, 2]"), {}, "none of its first 2 rows"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_input_is_said_in_a_line(tmp_path, make, options, says):
    source = make(tmp_path)
    with pytest.raises(InputError, match=says) as caught:
        open_table(source, **options)
    assert "\n" not in str(caught.value)
    assert source.name in str(caught.value)


@pytest.mark.parametrize(
    ("content", "target", "says"),
    [
        ("a,a\n1,2\n", "b.db", "columns of one name"),
        ("a,A\n1,2\n", "b.db", "columns of one name"),
        ("a,a\n1,2\n", "b.json", "columns of one name"),
        ("a,Role\n1,2\n", "b.sqlite", "columns of one name"),
        (",".join(map(str, range(2_000))), "b.db", "more than 2,000 columns"),
        (",".join(map(str, range(16_384))), "b.xlsx", "more than 16,384 columns"),
        ("a\n1\n", "b.duckdb", "only read"),
        ("a\n1\n", "b.xlsx.gz", "compressed inside"),
    ],
)
def test_what_an_output_cannot_hold_is_said_in_a_line(tmp_path, content, target, says):
    with open_table(put(tmp_path / "a.csv", content)) as reader:
        with pytest.raises(InputError, match=says) as caught:
            open_output(tmp_path / target, reader, [AddedColumn("role", "string")])
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [("a,a\n1,2\n", 'has the column "a" twice'), ("a,file\n1,2\n", "--prefix")],
)
def test_several_tables_that_cannot_be_one(tmp_path, content, says):
    one, two = put(tmp_path / "1.csv", content), put(tmp_path / "2.csv", "a,b\n1,2\n")
    with pytest.raises(InputError, match=says):
        together([one, two])


@settings(max_examples=40, deadline=None)
@given(at=st.floats(0, 1), flip=st.integers(1, 255), cut=st.booleans())
def test_a_damaged_file_is_read_or_refused_in_a_line(tmp_path_factory, at, flip, cut):
    folder = tmp_path_factory.mktemp("damaged")
    archive(folder / "a.zip", a_csv="a,b\n" + "1,2\n" * 50)
    for source in (workbook(folder / "a.xlsx"), database(folder / "a.db"), folder / "a.zip"):
        data = bytearray(source.read_bytes())
        place = min(int(at * len(data)), len(data) - 1)
        data[place] ^= flip
        source.write_bytes(data[:place] if cut else data)
        try:
            with open_table(source) as reader:
                for batch in reader:
                    assert len(reader.values(batch)) == len(reader.names)
        except InputError as error:
            assert "\n" not in str(error)
