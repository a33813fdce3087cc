"""No value comes out other than it went in, and no value ends a run.

What is written is read with pyarrow and with DuckDB, which share no code with this project, nor
with one another.
"""

from __future__ import annotations

import csv
import json
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from rolenlp.cli.main import cli
from rolenlp.errors import InputError
from rolenlp.tables import AddedColumn, Reject, open_output, open_table
from rolenlp.tables.arrow_values import values

AD = "You will own the product roadmap and talk to customers about what they need every week."
NAN, INFINITY = float("nan"), float("inf")


def copy(source: Path, target: Path, **options: Any) -> list[Reject]:
    """Write a table again with a column added; returns the rows rejected."""
    rejects = []
    role = AddedColumn("role", "string")
    with (
        open_table(source, **options) as reader,
        open_output(target, reader, [role]) as writer,
    ):
        rows = 0
        for batch in reader:
            writer.write(batch, {"role": ["x"] * len(batch)})
            rejects += reader.take_rejects()
            rows += len(batch)
        assert reader.rows_in == rows + len(rejects)
    return rejects


def parquet(path: Path, column: Any, **options: Any) -> Path:
    pq.write_table(pa.table({"v": column}), path, **options)
    return path


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """One for all questions; it keeps nothing of the files that it was asked about."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_external_file_cache = false")
    return connection


def duck(query: str, **names: Path) -> list[Any]:
    """Rows that DuckDB finds; a file is put where its name stands in braces."""
    found: list[Any] = _database().execute(query.format(**names)).fetchall()
    return found


def duck_csv(path: Path) -> list[Any]:
    mark = "\t" if path.suffix == ".tsv" else ","
    options = f"all_varchar=true, header=true, delim='{mark}', quote='\"', escape='\"'"
    return duck(f"FROM read_csv('{{path}}', {options}, allow_quoted_nulls=false)", path=path)


def arrow_csv(path: Path) -> list[Any]:
    parse = pa.csv.ParseOptions(
        delimiter="\t" if path.suffix == ".tsv" else ",", newlines_in_values=True
    )
    names = path.read_text().partition("\n")[0].split(parse.delimiter)
    convert = pa.csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()),
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
    )
    table = pa.csv.read_csv(path, parse_options=parse, convert_options=convert)
    return list(zip(*table.to_pydict().values(), strict=True))


def stored(kind: Any, found: list[Any]) -> Any:
    """An array of an extension type, or one made of numbers that Python's own types cannot hold."""
    if isinstance(kind, pa.BaseExtensionType):
        return pa.ExtensionArray.from_storage(kind, pa.array(found, kind.storage_type))
    return pa.array(found, pa.int32() if kind.bit_width == 32 else pa.int64()).view(kind)


def ticks(year: int, per_second: int) -> int:
    return int((np.datetime64(str(year), "s") - np.datetime64(0, "s")).astype(int)) * per_second


# ---- Parquet to all: an array, its cells in CSV, and the values of JSON where they are not text

TYPES: dict[str, tuple[Any, list[str | None], list[Any] | None]] = {
    "int64": (
        pa.array([2**53 + 1, -(2**63), None]),
        ["9007199254740993", str(-(2**63)), None],
        [2**53 + 1, -(2**63), None],
    ),
    "uint64": (pa.array([2**64 - 1], pa.uint64()), [str(2**64 - 1)], [2**64 - 1]),
    "bool": (pa.array([True, False, None]), ["true", "false", None], [True, False, None]),
    "double": (
        pa.array([0.1, -0.0, 1e-300, NAN, INFINITY, -INFINITY, None]),
        ["0.1", "-0.0", "1e-300", "nan", "inf", "-inf", None],
        [0.1, -0.0, 1e-300, "nan", "inf", "-inf", None],
    ),
    "float": (pa.array([0.1], pa.float32()), ["0.10000000149011612"], [0.10000000149011612]),
    "half": (
        pa.array([0.1, NAN], pa.float16()),
        ["0.0999755859375", "nan"],
        [0.0999755859375, "nan"],
    ),
    "null": (pa.nulls(2), [None, None], None),
    "string": (
        pa.array(["", None, " 007 ", 'é\r\n"x",\t']),
        ["", None, " 007 ", 'é\r\n"x",\t'],
        None,
    ),
    "large string": (pa.array(["a", ""], pa.large_string()), ["a", ""], None),
    "string view": (pa.array(["a", None], pa.string_view()), ["a", None], None),
    "dictionary": (pa.array(["a", None, "", "a"]).dictionary_encode(), ["a", None, "", "a"], None),
    # Text that old writers do not mark as such, and bytes that are none: no two look alike.
    "binary": (
        pa.array(["é".encode(), b"", b"\xff", b"\\xff", b"ff", None]),
        ["é", "", "\\xff", "\\x5c786666", "ff", None],
        None,
    ),
    "fixed binary": (pa.array([b"\x00\xff"], pa.binary(2)), ["\\x00ff"], None),
    "binary view": (pa.array([b"a"], pa.binary_view()), ["a"], None),
    "decimal": (
        pa.array([Decimal("1.10"), Decimal("0E-10"), None], pa.decimal128(38, 10)),
        ["1.1000000000", "0.0000000000", None],
        None,
    ),
    "decimal of 76 digits": (
        pa.array([Decimal("-" + "9" * 76)], pa.decimal256(76, 0)),
        ["-" + "9" * 76],
        None,
    ),
    "small decimals": (pa.array([Decimal("9.99")], pa.decimal32(3, 2)), ["9.99"], None),
    "date": (
        pa.array([date(2025, 1, 2), None]),
        ["2025-01-02", None],
        None,
    ),
    "date, any": (
        stored(pa.date32(), [2**31 - 1, -(2**31), 2932897]),
        ["5881580-07-11", "-5877641-06-23", "10000-01-01"],
        None,
    ),
    "timestamp": (
        pa.array([datetime(2025, 1, 2, 3), datetime(1600, 1, 1, 0, 0, 0, 1), None]),
        ["2025-01-02T03:00:00", "1600-01-01T00:00:00.000001", None],
        None,
    ),
    "timestamp in ms": (
        stored(pa.timestamp("ms"), [1, -1]),
        ["1970-01-01T00:00:00.001000", "1969-12-31T23:59:59.999000"],
        None,
    ),
    "timestamp in ns": (
        stored(pa.timestamp("ns"), [1, 1000, -1]),
        [
            "1970-01-01T00:00:00.000000001",
            "1970-01-01T00:00:00.000001",
            "1969-12-31T23:59:59.999999999",
        ],
        None,
    ),
    "timestamp, any": (
        stored(pa.timestamp("us"), [2**63 - 1, ticks(10_000, 10**6), ticks(-43, 10**6)]),
        ["294247-01-10T04:00:54.775807", "10000-01-01T00:00:00", "-0043-01-01T00:00:00"],
        None,
    ),
    "timestamp in a zone": (
        stored(pa.timestamp("ns", tz="Europe/Paris"), [0, 15_552_000_000_000_001]),
        ["1970-01-01T01:00:00+01:00", "1970-06-30T01:00:00.000000001+01:00"],
        None,
    ),
    "timestamp at an offset": (
        stored(pa.timestamp("us", tz="-03:30"), [0, 2**63 - 1]),
        ["1969-12-31T20:30:00-03:30", "294247-01-10T04:00:54.775807+00:00"],
        None,
    ),
    "time": (
        stored(pa.time32("ms"), [1, 86_399_999]),
        ["00:00:00.001000", "23:59:59.999000"],
        None,
    ),
    "time in ns": (stored(pa.time64("ns"), [37_230_123_456_789]), ["10:20:30.123456789"], None),
    "duration": (
        stored(pa.duration("ns"), [1, -90_061_500_000_000, 0]),
        ["PT0.000000001S", "-PT90061.5S", "PT0S"],
        None,
    ),
    "duration, any": (stored(pa.duration("s"), [2**63 - 1]), [f"PT{2**63 - 1}S"], None),
    "list": (
        pa.array([[1.5, None, NAN], [], None]),
        ['[1.5, null, "nan"]', "[]", None],
        [[1.5, None, "nan"], [], None],
    ),
    "large list": (pa.array([[1], None], pa.large_list(pa.int8())), ["[1]", None], [[1], None]),
    "list view": (
        pa.array([[1, 2], None, [3]], pa.list_view(pa.int8())),
        ["[1, 2]", None, "[3]"],
        [[1, 2], None, [3]],
    ),
    "list of two": (
        pa.array([[1, 2], None], pa.list_(pa.int8(), 2)),
        ["[1, 2]", None],
        [[1, 2], None],
    ),
    "list of times": (
        pa.array([[1, None]], pa.list_(pa.time64("ns"))),
        ['["00:00:00.000000001", null]'],
        [["00:00:00.000000001", None]],
    ),
    "list of dictionaries": (
        pa.array([["a"], ["b", None], None], pa.list_(pa.dictionary(pa.int8(), pa.string()))),
        ['["a"]', '["b", null]', None],
        [["a"], ["b", None], None],
    ),
    "struct": (
        pa.array([{"a": 1, "b": {"c": "é"}}, {"a": None, "b": None}, None]),
        ['{"a": 1, "b": {"c": "é"}}', '{"a": null, "b": null}', None],
        [{"a": 1, "b": {"c": "é"}}, {"a": None, "b": None}, None],
    ),
    "map": (
        pa.array([[("k", 1), ("l", None)], [], None], pa.map_(pa.string(), pa.int8())),
        ['[["k", 1], ["l", null]]', "[]", None],
        [[["k", 1], ["l", None]], [], None],
    ),
    "uuid": (
        stored(pa.uuid(), [bytes(range(16)), None]),
        ["00010203-0405-0607-0809-0a0b0c0d0e0f", None],
        None,
    ),
    "json": (stored(pa.json_(), ['{"a": 1.10}', None]), ['{"a": 1.10}', None], None),
    "bool8": (stored(pa.bool8(), [0, 5, None]), ["false", "true", None], [False, True, None]),
    "tensor": (
        stored(pa.fixed_shape_tensor(pa.int8(), [2, 2]), [[1, 2, 3, 4]]),
        ["[1, 2, 3, 4]"],
        [[1, 2, 3, 4]],
    ),
}


@pytest.mark.parametrize("case", TYPES)
def test_parquet_of_each_type_comes_out_as_it_was(tmp_path: Path, case: str) -> None:
    array, cells, plain = TYPES[case]
    source = parquet(tmp_path / "a.parquet", array, row_group_size=2)
    for ending in ("parquet", "csv", "tsv", "jsonl"):
        assert copy(source, tmp_path / f"b.{ending}", batch_size=3) == []

    before, after = (
        pq.read_table(tmp_path / name, columns=["v"]) for name in ("a.parquet", "b.parquet")
    )
    assert after.schema.equals(before.schema, check_metadata=True)
    found = [
        [each for chunk in table["v"].chunks for each in values(chunk)] for table in (before, after)
    ]
    assert repr(found[1]) == repr(found[0])  # tells -0.0, and takes NaN for itself
    if case not in ("double", "half", "list"):  # which hold NaN
        assert after["v"].equals(before["v"])
    if case != "decimal of 76 digits":  # which DuckDB has no type for
        query = "SELECT typeof(v), v::VARCHAR FROM '{path}'"
        assert duck(query, path=tmp_path / "b.parquet") == duck(query, path=source)

    for name in ("b.csv", "b.tsv"):
        rows = [(cell, "x") for cell in cells]
        assert arrow_csv(tmp_path / name) == rows
        assert duck_csv(tmp_path / name) == rows
    lines = [json.loads(line) for line in (tmp_path / "b.jsonl").read_text().splitlines()]
    assert repr([line["v"] for line in lines]) == repr(cells if plain is None else plain)
    if plain is None and case != "null":
        query = "SELECT v FROM read_json('{path}', columns={{v: 'VARCHAR'}})"
        assert duck(query, path=tmp_path / "b.jsonl") == [(cell,) for cell in cells]


@given(
    st.integers(-(2**63), 2**63 - 1) | st.integers(-(10**12), 10**12),
    st.sampled_from(["s", "ms", "us", "ns"]),
)
def test_a_moment_as_text_is_the_same_moment(number: int, unit: str) -> None:
    """NumPy reads years of any length, and counts units as Arrow does."""
    [text] = values(stored(pa.timestamp(unit), [number]))
    if number > -(2**63) + 10**9:  # NumPy has its mark of no time there, and may not come near
        assert np.datetime64(text, unit).astype(np.int64) == number


def test_what_is_said_of_columns_is_kept(tmp_path: Path) -> None:
    schema = pa.schema(
        [
            pa.field(
                "v", pa.int32(), nullable=False, metadata={"PARQUET:field_id": "7", "unit": "m"}
            ),
            pa.field("v", pa.list_(pa.field("element", pa.string(), nullable=False))),
            pa.field(
                "a.b", pa.struct([pa.field("x", pa.int8(), nullable=False), ("x", pa.int8())])
            ),
        ],
        metadata={"made": "by hand", "bytes": b"\xff"},
    )
    pair = pa.StructArray.from_arrays([pa.array([1], pa.int8())] * 2, fields=list(schema[2].type))
    columns = [pa.array([1], pa.int32()), pa.array([["a"]], schema[1].type), pair]
    pq.write_table(pa.Table.from_arrays(columns, schema=schema), tmp_path / "a.parquet")
    before = pq.ParquetFile(tmp_path / "a.parquet").read()
    copy(tmp_path / "a.parquet", tmp_path / "b.parquet")
    after = pq.ParquetFile(tmp_path / "b.parquet").read().remove_column(3)
    assert after.schema.metadata == before.schema.metadata
    assert after.schema.equals(before.schema, check_metadata=True)
    assert after.equals(before)
    for ending in ("csv", "jsonl"):
        with pytest.raises(InputError, match=r'column "a\.b" \(fields of one name\)'):
            copy(tmp_path / "a.parquet", tmp_path / f"b.{ending}")


# ---- INT96, as Spark, Hive and Impala write timestamps

FAR = [ticks(9999, 10**6), ticks(1600, 10**6), None]
FINE = [1, -1, 1_500_000_000_123_456_789]


@pytest.mark.parametrize(
    ("unit", "numbers", "read_as"),
    [
        ("us", FAR, "us"),
        ("us", [ticks(290_000, 10**6)], "us"),
        ("us", [0, 1, -1], "us"),
        ("us", [None], "us"),
        ("us", [], "us"),
        ("ns", FINE, "ns"),
    ],
)
@pytest.mark.parametrize("nested", [False, True])
def test_int96_stays_the_same_moment(
    tmp_path: Path, unit: str, numbers: list[int], read_as: str, nested: bool
) -> None:
    array = pa.array(numbers, pa.timestamp(unit))
    column = pa.array([[each] for each in array], pa.list_(array.type)) if nested else array
    source = parquet(
        tmp_path / "a.parquet", column, use_deprecated_int96_timestamps=True, store_schema=False
    )
    copy(source, tmp_path / "b.parquet")
    copy(source, tmp_path / "b.csv")
    found = pq.read_table(tmp_path / "b.parquet")["v"]
    if nested:
        assert str(found.type) == f"list<element: timestamp[{read_as}]>"
        found = found.combine_chunks().flatten() if len(found) else array
    else:
        texts = [row["v"] or None for row in csv.DictReader((tmp_path / "b.csv").open())]
        assert texts == values(array)
        assert str(found.type) == f"timestamp[{read_as}]"
        query = f"SELECT epoch_{read_as}(v) FROM '{{path}}'"
        assert duck(query, path=tmp_path / "b.parquet") == [(each,) for each in numbers]
    assert found.cast(pa.int64()).to_pylist() == numbers


@pytest.mark.parametrize(
    ("columns", "named"),
    [
        ({"v": ("ns", FINE), "w": ("us", FAR)}, '"v", "w"'),
        ({"v": ("us", [1, 2, 3]), "w": ("us", FAR)}, None),
        ({"v": ("ns", [0, 1000, None]), "w": ("us", FAR)}, None),
    ],
)
def test_int96_that_no_unit_keeps_is_refused_by_column(
    tmp_path: Path, columns: dict[str, Any], named: str | None
) -> None:
    table = pa.table(
        {name: pa.array(found, pa.timestamp(unit)) for name, (unit, found) in columns.items()}
    )
    pq.write_table(table, tmp_path / "a.parquet", use_deprecated_int96_timestamps=True)
    if named is None:
        copy(tmp_path / "a.parquet", tmp_path / "b.parquet")
        after = pq.read_table(tmp_path / "b.parquet").select(list(columns))
        assert after.to_pydict() == table.cast(after.schema).to_pydict()
    else:
        with pytest.raises(InputError, match=f"the INT96 timestamps of {named}"):
            open_table(tmp_path / "a.parquet")


# ---- types of other writers that Arrow has no like of

INTERVAL = "INTERVAL '3 months 5 days'"
TIMETZ = "TIMETZ '10:20:30.123456+05:30'"
VARIANT = "{'a': 1, 'b': 'x'}::VARIANT"


@pytest.mark.parametrize(
    ("value", "refused", "said"),
    [
        (INTERVAL, {"parquet", "csv", "jsonl"}, "Interval"),
        (VARIANT, {"parquet", "csv", "jsonl"}, "Variant"),
        (f"{{'b': 1, 'a': {INTERVAL}}}", {"parquet", "csv", "jsonl"}, "Interval"),
        (TIMETZ, set(), ""),
        (f"[{TIMETZ}]", {"csv", "jsonl"}, "Time in UTC"),
        ("TIME '10:20:30'", set(), ""),
        ("'10:20:30.123456789'::TIME_NS", set(), ""),
        ("1.5::DECIMAL(4, 1)", set(), ""),
        ("'a'::ENUM('a', 'b')", set(), ""),
        ("'{{\"a\": 1.10}}'::JSON", set(), ""),
        ("'infinity'::TIMESTAMP", set(), ""),
        ("'infinity'::DATE", set(), ""),
        ("TIMESTAMPTZ '2020-01-01 00:00:00+02'", set(), ""),
        ("uuid()", set(), ""),
        ("MAP {{'a': [1]}}", set(), ""),
        ("'\\xAA'::BLOB", set(), ""),
        ("1::UTINYINT", set(), ""),
    ],
)
def test_what_duckdb_writes_is_kept_or_refused(
    tmp_path: Path, value: str, refused: set[str], said: str
) -> None:
    source = tmp_path / "a.parquet"
    literal = value.replace("{{", "{").replace("}}", "}")
    duckdb.execute(f"COPY (SELECT 1 AS id, {literal} AS v) TO '{source}' (FORMAT parquet)")
    for ending in ("parquet", "csv", "jsonl"):
        if ending in refused:
            with pytest.raises(InputError, match=rf'in the column "v" \({said}\); leave out'):
                copy(source, tmp_path / f"b.{ending}")
        else:
            copy(source, tmp_path / f"b.{ending}")
    if "parquet" not in refused:
        query = "SELECT typeof(v), v::VARCHAR FROM '{path}'"
        assert duck(query, path=tmp_path / "b.parquet") == duck(query, path=source)


def test_times_in_utc_say_so_as_text(tmp_path: Path) -> None:
    source = tmp_path / "a.parquet"
    duckdb.execute(f"COPY (SELECT {TIMETZ} AS v, NULL::TIMETZ AS w) TO '{source}' (FORMAT parquet)")
    copy(source, tmp_path / "b.csv")
    assert duck_csv(tmp_path / "b.csv") == [("04:50:30.123456+00:00", None, "x")]


def test_times_of_both_kinds_are_not_mixed_up(tmp_path: Path) -> None:
    source = tmp_path / "a.parquet"
    duckdb.execute(
        f"COPY (SELECT TIME '10:20:30' AS t, {TIMETZ} AS u) TO '{source}' (FORMAT parquet)"
    )
    with pytest.raises(InputError, match=r'column "t" \(Time\)'):
        copy(source, tmp_path / "b.parquet")
    copy(source, tmp_path / "b.csv")
    assert duck_csv(tmp_path / "b.csv") == [("10:20:30", "04:50:30.123456+00:00", "x")]


def test_a_column_is_refused_before_the_model_is_loaded(tmp_path: Path) -> None:
    source, model = tmp_path / "a.parquet", tmp_path / "none.joblib"
    duckdb.execute(
        f"COPY (SELECT '{AD}' AS description, {INTERVAL} AS v) TO '{source}' (FORMAT parquet)"
    )
    model.write_bytes(b"no model")
    model.with_suffix(".json").write_bytes(b"no card")
    outcome = CliRunner().invoke(
        cli, ["label", str(source), "-o", str(tmp_path / "b.csv"), "--model", str(model)]
    )
    assert outcome.exit_code == 1
    assert '"v" (Interval)' in str(outcome.exception)
    left = ["a.parquet", "none.joblib", "none.json"]
    assert sorted(path.name for path in tmp_path.iterdir()) == left


# ---- JSON: as it is written

NUMBERS = [
    "1.10",
    "1e400",
    "-0",
    "9007199254740993",
    "0.1000000000000000055511151231257827",
    "1E+2",
]
NUMBERS += ["9" * 5000, "NaN", "-Infinity", "true", "false"]
NESTED = ['{"low": 1.10, "a": [ 1e400,2 ]}', "[]", "[ ]", '["\\u00e9", null]', '{"a": {"a": 1}}']


@pytest.mark.parametrize("written", [*NUMBERS, *NESTED])
@pytest.mark.parametrize("form", ['{{"id": 1,"v":{}}}', ' {{ "v" : {} , "id" : 1 }} '])
def test_json_reaches_all_formats_as_it_is_written(tmp_path: Path, written: str, form: str) -> None:
    source = tmp_path / "a.jsonl"
    line = form.format(written)
    source.write_text(line + "\n")
    for ending in ("csv", "tsv", "parquet", "jsonl"):
        assert copy(source, tmp_path / f"b.{ending}") == []
    for name in ("b.csv", "b.tsv"):
        with open_table(tmp_path / name) as reader:
            [batch] = reader
        row = dict(zip(reader.names, batch.native[0], strict=True))
        assert row == {"id": "1", "v": written, "role": "x"}
        assert duck_csv(tmp_path / name) == [tuple(row.values())]
    assert pq.read_table(tmp_path / "b.parquet")["v"].to_pylist() == [written]
    assert duck("SELECT v FROM '{path}'", path=tmp_path / "b.parquet") == [(written,)]
    assert (tmp_path / "b.jsonl").read_text() == line.strip()[:-1].rstrip() + ', "role": "x"}\n'


def test_json_with_a_key_twice_is_set_aside(tmp_path: Path) -> None:
    lines = ['{"v": 1, "v": 2}', '{"v": {"a": 1, "a": 2}}']
    (tmp_path / "a.jsonl").write_text("\n".join(lines) + "\n")
    assert copy(tmp_path / "a.jsonl", tmp_path / "b.csv") == [
        Reject(1, "has a key twice", lines[0])
    ]
    assert duck_csv(tmp_path / "b.csv") == [('{"a": 1, "a": 2}', "x")]


# ---- from each format to each: text, text of no characters, and nothing

CELLS = [
    "x",
    "",
    None,
    "1.10",
    "007",
    "NA",
    "nan",
    "null",
    "é ",
    'a "b", c',
    "d\ne\r\nf",
    "\tg",
    "=1",
]
ENDINGS = ["csv", "tsv", "jsonl", "parquet"]


def put_cells(path: Path) -> Path:
    rows = [(str(at), cell, "z") for at, cell in enumerate(CELLS)]
    names = ("id", "v", "end")
    if path.suffix == ".parquet":
        pq.write_table(pa.table(dict(zip(names, zip(*rows, strict=True), strict=True))), path)
    elif path.suffix == ".jsonl":
        lines = [json.dumps(dict(zip(names, row, strict=True))) for row in rows]
        path.write_text("\n".join(lines))
    else:
        mark = "\t" if path.suffix == ".tsv" else ","
        quoted = [
            ["" if c is None else '"' + c.replace('"', '""') + '"' for c in row] for row in rows
        ]
        path.write_text("".join(mark.join(row) + "\n" for row in [names, *quoted]), newline="")
    return path


@pytest.mark.parametrize("source", ENDINGS)
@pytest.mark.parametrize("target", ENDINGS)
def test_text_and_none_stay_two(tmp_path: Path, source: str, target: str) -> None:
    path = tmp_path / f"b.{target}"
    copy(put_cells(tmp_path / f"a.{source}"), path, batch_size=4)
    rows = [(str(at), cell, "z", "x") for at, cell in enumerate(CELLS)]
    if target == "parquet":
        assert list(zip(*pq.read_table(path).to_pydict().values(), strict=True)) == rows
        assert duck("FROM '{path}'", path=path) == rows
    elif target == "jsonl":
        assert [tuple(json.loads(line).values()) for line in path.open()] == rows
        kinds = "{{id: 'VARCHAR', v: 'VARCHAR', 'end': 'VARCHAR', role: 'VARCHAR'}}"
        assert duck(f"FROM read_json('{{path}}', columns={kinds})", path=path) == rows
    else:
        assert arrow_csv(path) == rows
        assert duck_csv(path) == rows


@pytest.mark.parametrize(
    ("line", "v"),
    [
        ('1,"",z', ""),
        ("1,,z", None),
        ('1,"","a "",\n"""', ""),
        ('1,,"a "",\n"""', None),
        ('"","",""', ""),
        ("1", None),
    ],
)
def test_quotes_tell_empty_cells_apart(tmp_path: Path, line: str, v: str | None) -> None:
    (tmp_path / "a.csv").write_text(f"id,v,end\n{line}\n")
    for ending in ("csv", "parquet", "jsonl"):
        copy(tmp_path / "a.csv", tmp_path / f"b.{ending}")
    (tmp_path / "c.csv").write_text((tmp_path / "b.csv").read_text().replace("role", "before"))
    copy(tmp_path / "c.csv", tmp_path / "c.parquet")
    for name in ("b.parquet", "c.parquet"):
        assert pq.read_table(tmp_path / name)["v"].to_pylist() == [v]
    assert json.loads((tmp_path / "b.jsonl").read_text())["v"] == v


def test_quotes_tell_empty_cells_apart_beside_a_row_that_cannot_be_read(tmp_path: Path) -> None:
    lone = b"\x00\xdc"  # half a character of UTF-16
    (tmp_path / "a.csv").write_bytes('id,v\n1,""\n2,\n3,'.encode("utf-16") + lone)
    rejects = copy(tmp_path / "a.csv", tmp_path / "b.csv")
    assert [(each.line, each.reason) for each in rejects] == [(4, "has bytes that are not utf-16")]
    assert (tmp_path / "b.csv").read_text() == 'id,v,role\n1,"",x\n2,,x\n'


# ---- one value does not end a run


def odd_text() -> Any:
    return pa.array([b"ok", b"caf\xe9", b"\xc3\xa9"]).view(pa.string())


ODD = {
    "string": lambda: odd_text(),
    "large string": lambda: pa.array([b"ok", b"\xff", b"\xc3\xa9"], pa.large_binary()).view(
        pa.large_string()
    ),
    "list": lambda: pa.ListArray.from_arrays([0, 1, 2, 3], odd_text()),
    "struct": lambda: pa.StructArray.from_arrays([odd_text()], ["a"]),
    "map": lambda: pa.MapArray.from_arrays([0, 1, 2, 3], pa.array(["k"] * 3), odd_text()),
    "json": lambda: pa.ExtensionArray.from_storage(pa.json_(), odd_text()),
}


@pytest.mark.parametrize("case", ODD)
@pytest.mark.parametrize("target", ENDINGS)
@pytest.mark.parametrize("size", [1, 2, 512])
def test_text_that_is_none_is_set_aside(tmp_path: Path, case: str, target: str, size: int) -> None:
    table = pa.table({"id": [1, 2, 3], "v": ODD[case]()})
    pq.write_table(table, tmp_path / "a.parquet")
    [reject] = copy(tmp_path / "a.parquet", tmp_path / f"b.{target}", batch_size=size)
    assert (reject.line, reject.reason) == (2, 'has text that is not UTF-8 in the column "v"')
    assert json.loads(reject.raw)["id"] == 2
    assert "\\xff" in json.dumps(reject.raw) or "\\x636166e9" in json.dumps(reject.raw)
    with open_table(tmp_path / f"b.{target}") as reader:
        assert [str(each) for batch in reader for each in batch.columns[0]] == ["1", "3"]


def test_categories_that_are_no_text_are_named(tmp_path: Path) -> None:
    """Arrow reads a dictionary whole or not at all."""
    categories = pa.DictionaryArray.from_arrays(pa.array([0, 1, 2]), odd_text())
    with pytest.raises(InputError, match='not UTF-8 among the categories of "'):
        copy(parquet(tmp_path / "a.parquet", categories), tmp_path / "b.parquet")


@pytest.mark.parametrize("target", ENDINGS)
def test_a_run_goes_on_past_values_that_it_cannot_use(tmp_path: Path, target: str) -> None:
    size = 4
    table = pa.table(
        {
            "description": pa.array(
                [AD.encode(), b"\xff" + AD.encode(), AD.encode(), AD.encode()]
            ).view(pa.string()),
            "valid_to": stored(pa.timestamp("us"), [0, 1, 2**63 - 1, ticks(-300, 10**6)]),
            "length": stored(pa.duration("s"), [0, 1, 2**63 - 1, -(2**62)]),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    output = tmp_path / f"b.{target}"
    outcome = CliRunner().invoke(cli, ["label", str(tmp_path / "a.parquet"), "-o", str(output)])
    assert outcome.exit_code == 0, outcome.stderr
    with open_table(output) as reader:
        rows = [
            dict(zip(reader.names, row, strict=True))
            for b in reader
            for row in zip(*b.columns, strict=True)
        ]
    assert len(rows) == size - 1
    assert [row["valid_to"] for row in rows] == [
        "1970-01-01T00:00:00",
        "294247-01-10T04:00:54.775807",
        "-0300-01-01T00:00:00",
    ]
    assert [row["role"] for row in rows] == ["product"] * 3
    with Path(f"{output}.rejected").open(newline="") as file:
        [rejected] = csv.DictReader(file)
    assert rejected["line"] == "2"
    assert rejected["reason"] == 'has text that is not UTF-8 in the column "description"'


def test_a_page_with_a_bit_flipped_gives_no_other_values(tmp_path: Path) -> None:
    source = parquet(
        tmp_path / "a.parquet",
        pa.array(range(1000)),
        use_dictionary=False,
        compression="none",
        write_page_checksum=True,
    )
    content = bytearray(source.read_bytes())
    at = content.index((500).to_bytes(8, "little"))
    content[at] ^= 1
    source.write_bytes(bytes(content))
    with pytest.raises(InputError, match="damaged"):
        copy(source, tmp_path / "b.parquet")
