import csv
import gzip
import io
import json
import os
import stat
import subprocess
import sys
import tempfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from rolenlp.errors import InputError
from rolenlp.tables import AddedColumn, Batch, Reject, as_text, open_output, open_table
from rolenlp.tables.dialect import DELIMITERS, find_dialect, find_encoding

ROLE = AddedColumn("role", "string")
ADDED = [
    ROLE,
    AddedColumn("p", "number"),
    AddedColumn("n", "integer"),
    AddedColumn("review", "boolean"),
]


def rows_of(path, **options):
    """Names and rows of a table, read batch by batch."""
    with open_table(path, **options) as reader:
        rows = [list(row) for batch in reader for row in zip(*batch.columns, strict=True)]
        return reader.names, rows


def copy(source, target, added=(), values=(), **options):
    """Write a table again, each row with the same ``values`` added."""
    with (
        open_table(source, **options) as reader,
        open_output(target, reader, added) as writer,
    ):
        for batch in reader:
            given = zip(added, values, strict=True)
            writer.write(batch, {column.name: [value] * len(batch) for column, value in given})
    return reader


def put(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def files_in(folder):
    return sorted(path.name for path in folder.iterdir())


# ---- CSV and TSV: cells are text and stay as they are


@pytest.mark.parametrize(
    ("name", "content", "names", "rows"),
    [
        ("a.csv", "a,b\n007,NA\n,1.0\n", ["a", "b"], [["007", "NA"], ["", "1.0"]]),
        ("a.csv", "a,b\n x , y\n", ["a", "b"], [[" x ", " y"]]),
        ("a.csv", 'a,b\r\n"1\r\n2","say ""hi"""\r\n', ["a", "b"], [["1\r\n2", 'say "hi"']]),
        ("a.csv", "\ufefftitle,text\nx,y\n", ["title", "text"], [["x", "y"]]),
        ("a.csv", "a,a,\n1,2,3\n", ["a", "a", ""], [["1", "2", "3"]]),
        ("a.csv", "a,b\n\n1,2\n\n", ["a", "b"], [["1", "2"]]),
        ("a.csv", 'a\n""\nx\n', ["a"], [[""], ["x"]]),
        ("a.csv", "a\nx\x1fy\n\x1f\n", ["a"], [["x\x1fy"], ["\x1f"]]),
        ("a.csv", "a,b\n1\n", ["a", "b"], [["1", ""]]),
        ("a.csv", "a,b\nx\0y,2\n", ["a", "b"], [["x\0y", "2"]]),
        ("a.csv", "a,b\n", ["a", "b"], []),
        ("a.csv", "a,b\n1,2", ["a", "b"], [["1", "2"]]),
        ("a.csv", "a,b\r1,2\r", ["a", "b"], [["1", "2"]]),
        ("a.tsv", "a\tb\n1,5\tx;y\n", ["a", "b"], [["1,5", "x;y"]]),
        ("A.CSV", "a,b\n1,2\n", ["a", "b"], [["1", "2"]]),
    ],
)
def test_cells_are_read_as_they_are(tmp_path, name, content, names, rows):
    assert rows_of(put(tmp_path / name, content)) == (names, rows)


def test_a_cell_may_be_longer_than_the_csv_module_allows(tmp_path):
    long = "x" * 200_000
    assert rows_of(put(tmp_path / "a.csv", f"a,b\n{long},1\n"))[1] == [[long, "1"]]


def test_short_rows_are_filled_up_and_said(tmp_path):
    with open_table(put(tmp_path / "a.csv", "a,b,c\n1,2,3\n4\n5\n")) as reader:
        assert [batch.native for batch in reader] == [
            [["1", "2", "3"], ["4", "", ""], ["5"] + [""] * 2]
        ]
    assert reader.notes == ["row 2 has 1 cells of 3; short rows were filled up with empty cells"]


def test_a_row_too_long_is_set_aside(tmp_path):
    source = put(tmp_path / "a.csv", 'a,b\n"1\n2",3\nsecret,5,6\n7,8\n')
    with open_table(source) as reader:
        assert [batch.native for batch in reader] == [[["1\n2", "3"], ["7", "8"]]]
        assert reader.rows_in == 3
        assert reader.take_rejects() == [Reject(4, "has 3 cells, the header 2", "secret,5,6")]
        assert reader.take_rejects() == []


@pytest.mark.parametrize(
    ("sample", "whole", "delimiter"),
    [
        ("a,b\n1,2\n", True, ","),
        ("a;b\n1,5;2\n", True, ";"),
        ("a\tb\n1\t2,3\n", True, "\t"),
        ("a|b\n1|2\n", True, "|"),
        ("text\none, two; three\n", True, ","),
        ('id;text\n1;"a, b\nc, d"\n2;"e, f"\n', True, ";"),
        ("id;title;pay, GBP;text\n1;x;3;y\n2;x;4;y\n", True, ";"),
        ("a,b\n1,2\n3,4,5\n", True, ","),
        ('a,b\n1,"2;3;', False, ","),
        ("", True, ","),
    ],
)
def test_delimiter_is_the_one_that_rows_agree_on(sample, whole, delimiter):
    assert find_dialect(sample, DELIMITERS, whole).delimiter == delimiter


def test_delimiter_found_is_said_and_kept(tmp_path):
    source = put(tmp_path / "a.csv", "a;b\n1,5;2\n")
    reader = copy(source, tmp_path / "b.csv", [ROLE], ["x"])
    assert reader.notes == ['delimiter: ";"']
    assert (tmp_path / "b.csv").read_text() == "a;b;role\n1,5;2;x\n"
    copy(source, tmp_path / "b.tsv")
    assert (tmp_path / "b.tsv").read_text() == "a\tb\n1,5\t2\n"


@pytest.mark.parametrize("delimiter", ["^", "\\t", "\t"])
def test_delimiter_given_is_taken(tmp_path, delimiter):
    mark = "\t" if delimiter == "\\t" else delimiter
    source = put(tmp_path / "a.csv", f"a,b{mark}c\n1{mark}2\n")
    assert rows_of(source, delimiter=delimiter) == (["a,b", "c"], [["1", "2"]])
    noted = put(tmp_path / "noted.csv", f"Export of May\n\ntitle{mark}text\n1{mark}2\n")
    assert rows_of(noted, delimiter=delimiter) == (["title", "text"], [["1", "2"]])


@pytest.mark.parametrize("delimiter", ["", ";;", '"', "\n"])
def test_delimiter_that_cannot_be_is_refused(tmp_path, delimiter):
    with pytest.raises(InputError, match="--delimiter"):
        open_table(put(tmp_path / "a.csv", "a,b\n"), delimiter=delimiter)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_are_kept(tmp_path, end):
    source = put(tmp_path / "a.csv", f'a,b{end}"1\n2\r",3{end}')
    copy(source, tmp_path / "b.csv", [ROLE], ["x"])
    assert (tmp_path / "b.csv").read_bytes() == f'a,b,role{end}"1\n2\r",3,x{end}'.encode()


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["", "\r", "\n", "\r\n", '"', ",", ";", "\0", " ", "\ufeff", "\x85", "\u2028", "NA", "007"]
)
tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(texts, min_size=width, max_size=width), max_size=8)
)


@settings(deadline=None)
@given(tables, st.sampled_from(["a.csv", "a.tsv", "a.csv.gz", "a.csv.zst"]), st.booleans())
def test_any_cells_come_back_the_same(tmp_path_factory, rows, name, unix):
    folder = tmp_path_factory.mktemp("law")
    names = [f"c{at}" for at in range(len(rows[0]) if rows else 2)]
    source = folder / "source.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        quoting = csv.QUOTE_ALL if unix else csv.QUOTE_MINIMAL
        csv.writer(file, lineterminator="\n" if unix else "\r\n", quoting=quoting).writerows(
            [names, *rows]
        )
    copy(source, folder / name, [ROLE], ["x"], batch_size=3)
    assert rows_of(source, delimiter=",") == (names, rows)
    assert rows_of(folder / name, batch_size=3) == ([*names, "role"], [[*row, "x"] for row in rows])


# ---- encodings


@pytest.mark.parametrize(
    ("head", "whole", "encoding"),
    [
        (b"plain", True, "utf-8-sig"),
        ("\ufeffé".encode(), True, "utf-8-sig"),
        ("é".encode()[:1] + b"x", True, "cp1252"),
        ("ads é".encode()[:-1], False, "utf-8-sig"),  # cut within a character
        ("é".encode("utf-16"), True, "utf-16"),
        ("It’s £40,000, naïve café".encode("cp1252"), True, "cp1252"),
        ("naïve café, déjà vu".encode() + b" \x92", True, "utf-8-sig"),
        ("Управление проектами и людьми\n".encode("cp1251") * 20, True, "cp1251"),
    ],
)
def test_encoding_is_found(head, whole, encoding):
    assert find_encoding(head, whole) == encoding


@pytest.mark.parametrize(
    ("encoding", "note"), [("cp1252", "encoding: cp1252"), ("utf-16", "encoding: utf-16")]
)
def test_encoding_found_is_said_and_utf8_written(tmp_path, encoding, note):
    source = put(tmp_path / "a.csv", "a,b\nIt’s café,£5\n".encode(encoding))
    reader = copy(source, tmp_path / "b.csv")
    assert reader.notes == [note]
    assert (tmp_path / "b.csv").read_bytes() == "a,b\nIt’s café,£5\n".encode()


def test_encoding_given_is_taken(tmp_path):
    source = put(tmp_path / "a.csv", "a,b\nž,1\n".encode("cp1250"))
    assert rows_of(source, encoding="cp1250")[1] == [["ž", "1"]]
    marked = put(tmp_path / "b.csv", "\ufeffa,b\nž,1\n")
    assert rows_of(marked, encoding="UTF8") == (["a", "b"], [["ž", "1"]])


@pytest.mark.parametrize("encoding", ["no-such", "hex"])
def test_encoding_that_is_none_is_refused(tmp_path, encoding):
    with pytest.raises(InputError, match="--encoding"):
        open_table(put(tmp_path / "a.csv", "a,b\n"), encoding=encoding)


def test_encoding_that_does_not_fit_is_refused(tmp_path):
    with pytest.raises(InputError, match="--encoding"):
        rows_of(put(tmp_path / "a.csv", "a,b\n"), encoding="utf-16")


def test_bytes_that_are_not_utf8_late_in_a_file_are_read_as_cp1252(tmp_path):
    good = "é" * 100 + ",1\n"
    content = b"a,b\n" + good.encode() * 6000 + b"it\x92s \x81,2\n"
    assert len(content) > 1 << 20
    source = put(tmp_path / "a.csv", content)
    reader = copy(source, tmp_path / "b.csv")
    assert reader.notes == [
        "encoding: bytes that are not utf-8 (the first in line 6002) "
        "were read as cp1252, or else Latin-1"
    ]
    assert rows_of(tmp_path / "b.csv")[1][-1] == ["it’s \x81", "2"]


# ---- JSONL


def test_json_lines_pass_through_as_they_were(tmp_path):
    lines = [
        '{"b": 1.0,"a":1e5, "c" : null }',
        '{"a": "caf\\u00e9 \\ud83d", "new": {"x": [1, 2.50]}}',
        "{ }",
        '{"a": 12345678901234567890.1234567890}',
    ]
    source = put(tmp_path / "a.jsonl", "\n".join(lines[:2]) + "\r\n\n" + "\n".join(lines[2:]))
    copy(source, tmp_path / "same.jsonl")
    assert (tmp_path / "same.jsonl").read_text() == "\n".join(lines) + "\n"
    copy(source, tmp_path / "b.ndjson", ADDED, ["x", 0.1234567, 3, True], batch_size=2)
    tail = '"role": "x", "p": 0.123457, "n": 3, "review": true}'
    assert (tmp_path / "b.ndjson").read_text().splitlines() == [
        '{"b": 1.0,"a":1e5, "c" : null, ' + tail,
        lines[1][:-1] + ", " + tail,
        "{" + tail,
        lines[3][:-1] + ", " + tail,
    ]


def test_json_names_are_all_keys_as_first_seen(tmp_path):
    source = put(tmp_path / "a.jsonl", '{"b": 1}\n{"a": null, "b": "x"}\n')
    assert rows_of(source) == (["b", "a"], [[1, None], ["x", None]])


def test_json_key_that_turns_up_late_gets_its_csv_column(tmp_path):
    lines = ['{"a": 1}'] * 1500 + ['{"late": [1, "é"], "a": true}']
    source = put(tmp_path / "a.jsonl", "\n".join(lines))
    copy(source, tmp_path / "b.csv", [ROLE], ["x"])
    names, rows = rows_of(tmp_path / "b.csv")
    assert names == ["a", "late", "role"]
    assert rows[0] == ["1", "", "x"]
    assert rows[-1] == ["true", '[1, "é"]', "x"]
    assert len(rows) == 1501


def test_json_key_that_turns_up_late_may_not_be_one_to_add(tmp_path):
    source = put(tmp_path / "a.jsonl", '{"a": 1}\n' * 1500 + '{"role": 1}\n')
    with pytest.raises(InputError, match="--prefix"):
        copy(source, tmp_path / "b.jsonl", [ROLE], ["x"])
    assert files_in(tmp_path) == ["a.jsonl"]


@pytest.mark.parametrize("line", ["[1]", "secret", '{"a": 1', "[" * 100_000, "NaN"])
def test_json_line_that_is_no_object_is_set_aside(tmp_path, line):
    source = put(tmp_path / "a.jsonl", f'{{"a": 1}}\n\n{line}\n')
    with open_table(source) as reader:
        assert [batch.native for batch in reader] == [['{"a": 1}']]
        assert reader.take_rejects() == [Reject(3, "is not a JSON object", line)]


# ---- Parquet


@pytest.fixture
def parquet(tmp_path):
    schema = pa.schema(
        [
            pa.field("id", pa.int32(), nullable=False),
            pa.field("text", pa.large_string()),
            pa.field("kind", pa.dictionary(pa.int8(), pa.string())),
            pa.field("when", pa.timestamp("ns", tz="Europe/Paris")),
            pa.field("tags", pa.list_(pa.string()), metadata={"unit": "none"}),
            pa.field("pay", pa.struct([("low", pa.float64()), ("cur", pa.string())])),
            pa.field("raw", pa.binary()),
        ],
        metadata={"made": "by hand"},
    )
    rows = [
        {
            "id": n,
            "text": None if n == 1 else f"é {n}",
            "kind": f"k{n % 3}",
            "when": datetime(2025, 1, 2, 3, 4, n % 60),
            "tags": ["a"] * (n % 3),
            "pay": {"low": float("nan") if n == 0 else n / 4, "cur": None},
            "raw": b"\xff\x00" if n else b"abc",
        }
        for n in range(700)
    ]
    table = pa.Table.from_pylist(rows, schema)
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=300)
    return tmp_path / "a.parquet"


def test_parquet_keeps_schema_types_and_values(parquet, tmp_path):
    reader = copy(parquet, tmp_path / "b.parquet", ADDED, ["x", 0.25, 3, None])
    before, after = pq.read_table(parquet), pq.read_table(tmp_path / "b.parquet")
    assert reader.rows_hint == 700
    assert after.select(before.column_names).schema.equals(before.schema, check_metadata=True)
    for name in before.column_names:
        assert str(after[name].to_pylist()) == str(before[name].to_pylist())
    assert [str(field.type) for field in list(after.schema)[7:]] == [
        "string",
        "double",
        "int64",
        "bool",
    ]
    assert after.to_pylist()[-1]["p"] == 0.25
    assert after.to_pylist()[0]["review"] is None
    assert pq.ParquetFile(tmp_path / "b.parquet").num_row_groups == 1


def test_parquet_to_csv_and_json(parquet, tmp_path):
    copy(parquet, tmp_path / "b.csv")
    names, rows = rows_of(tmp_path / "b.csv")
    assert names == ["id", "text", "kind", "when", "tags", "pay", "raw"]
    assert rows[1][:3] == ["1", "", "k1"]
    assert rows[2][4:] == ['["a", "a"]', '{"low": 0.5, "cur": null}', "\\xff00"]
    assert datetime.fromisoformat(rows[2][3]) == datetime.fromisoformat("2025-01-02T03:04:02Z")
    copy(parquet, tmp_path / "b.jsonl")
    first, second = (tmp_path / "b.jsonl").read_text().splitlines()[:2]
    assert json.loads(first)["pay"] == {"low": "nan", "cur": None}
    assert json.loads(second)["tags"] == ["a"]
    assert json.loads(second)["text"] is None


def test_parquet_batches_count_on(parquet):
    with open_table(parquet, batch_size=256) as reader:
        counted = [(batch.first_row, len(batch)) for batch in reader]
    assert sum(size for _, size in counted) == 700
    assert [first for first, _ in counted] == [
        1 + sum(size for _, size in counted[:at]) for at in range(len(counted))
    ]


@pytest.mark.parametrize("content", [b"", b"PAR1", b"a,b\n1,2\n"])
def test_what_is_not_parquet_is_named(tmp_path, content):
    with pytest.raises(InputError, match="is not a Parquet file"):
        open_table(put(tmp_path / "a.parquet", content))


def test_parquet_damaged_within_is_named(parquet):
    content = bytearray(parquet.read_bytes())
    content[4:4000] = b"\xff" * 3996
    with pytest.raises(InputError, match="damaged"):
        rows_of(put(parquet, bytes(content)))


# ---- from format to format


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("007 ", "007 "),
        (True, "true"),
        (1, "1"),
        (0.1, "0.1"),
        (1e-06, "1e-06"),
        (Decimal("1.50"), "1.50"),
        (date(2025, 1, 2), "2025-01-02"),
        (datetime(2025, 1, 2, 3), "2025-01-02T03:00:00"),
        ({"é": [1, None]}, '{"é": [1, null]}'),
        ([date(2025, 1, 2)], '["2025-01-02"]'),
        ("é".encode(), "é"),
        (b"\xff", "\\xff"),
    ],
)
def test_values_as_text(value, text):
    assert as_text(value) == text


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("b.csv", [["007", "", "x", "0.5", "3", "true"], ["é", "NA", "x", "0.5", "3", "true"]]),
        ("b.jsonl", [["007", None, "x", 0.5, 3, True], ["é", "NA", "x", 0.5, 3, True]]),
        ("b.parquet", [["007", None, "x", 0.5, 3, True], ["é", "NA", "x", 0.5, 3, True]]),
        ("b.jsonl.gz", [["007", None, "x", 0.5, 3, True], ["é", "NA", "x", 0.5, 3, True]]),
        ("b.ndjson.zst", [["007", None, "x", 0.5, 3, True], ["é", "NA", "x", 0.5, 3, True]]),
    ],
)
def test_csv_to_any_format(tmp_path, target, expected):
    source = put(tmp_path / "a.csv", "a,b\n007,\né,NA\n")
    copy(source, tmp_path / target, ADDED, ["x", 0.5, 3, True])
    assert rows_of(tmp_path / target) == (["a", "b", "role", "p", "n", "review"], expected)


@pytest.mark.parametrize("target", ["b.csv", "b.jsonl", "b.parquet"])
def test_added_nulls_and_nan_are_null(tmp_path, target):
    source = put(tmp_path / "a.csv", "a\nx\n")
    copy(source, tmp_path / target, ADDED, [None, float("nan"), None, None])
    null = "" if target == "b.csv" else None
    assert rows_of(tmp_path / target)[1] == [["x", null, null, null, null]]


@pytest.mark.parametrize("target", ["b.csv", "b.jsonl", "b.parquet"])
def test_numpy_values_are_plain(tmp_path, target):
    import numpy as np

    source = put(tmp_path / "a.csv", "a\nx\n")
    values = [np.str_("x"), np.float32(0.5), np.int64(3), np.bool_(True)]
    copy(source, tmp_path / target, ADDED, values)
    assert [as_text(value) for value in rows_of(tmp_path / target)[1][0]] == [
        "x",
        "x",
        "0.5",
        "3",
        "true",
    ]


@pytest.mark.parametrize("target", ["b.csv", "b.jsonl", "b.parquet"])
def test_lone_surrogates_do_not_end_a_run(tmp_path, target):
    source = put(tmp_path / "a.jsonl", '{"a": "\\ud83d"}')
    copy(source, tmp_path / target, [ROLE], ["\ud83d"])
    value = "\ud83d" if target == "b.jsonl" else "\\ud83d"
    assert rows_of(tmp_path / target)[1] == [[value, value]]


@pytest.mark.parametrize("target", ["b.csv", "b.tsv.zst", "b.jsonl", "b.parquet", "b.csv.gz"])
def test_a_header_alone_makes_a_whole_file(tmp_path, target):
    source = put(tmp_path / "a.csv", "a,b\n")
    copy(source, tmp_path / target, ADDED, [None] * 4)
    if target == "b.jsonl":
        assert (tmp_path / target).read_bytes() == b""
    else:
        assert rows_of(tmp_path / target) == (["a", "b", "role", "p", "n", "review"], [])


@pytest.mark.parametrize("target", ["b.jsonl", "b.parquet"])
def test_twin_names_are_kept_or_refused(tmp_path, target):
    source = put(tmp_path / "a.csv", "a,a\n1,2\n")
    copy(source, tmp_path / "b.csv", [ROLE], ["x"])
    assert (tmp_path / "b.csv").read_text() == "a,a,role\n1,2,x\n"
    with pytest.raises(InputError, match="write CSV"):
        copy(source, tmp_path / target)


# ---- files: opening, compression, putting in place


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a.ods", r"a\.ods: .*\.csv.*\.parquet.*\.gz"),
        ("a", "not a known kind"),
        ("a.gz", "not a known kind"),
        ("a.parquet.gz", "compressed inside"),
        ("missing.csv", "there is no such file"),
        ("missing.parquet", "there is no such file"),
        ("folder.csv", "is a directory"),
        ("empty.csv", "is empty"),
        ("blank.jsonl", "is empty"),
        ("mark.csv", "is empty"),
        ("empty.csv.gz", "is empty"),
        ("cut.csv.gz", "damaged or cut short"),
        ("cut.csv.zst", "damaged or cut short"),
        ("not.csv.gz", "damaged or cut short"),
        ("not.csv.zst", "damaged or cut short"),
    ],
)
def test_what_cannot_be_opened_is_named(tmp_path, name, words):
    (tmp_path / "folder.csv").mkdir()
    put(tmp_path / "empty.csv", "")
    put(tmp_path / "blank.jsonl", " \n\n")
    put(tmp_path / "mark.csv", "\ufeff")
    put(tmp_path / "empty.csv.gz", gzip.compress(b""))
    table = b"a,b\n" + os.urandom(3000).hex().encode()
    put(tmp_path / "cut.csv.gz", gzip.compress(table)[:-20])
    put(tmp_path / "cut.csv.zst", zstandard.compress(table)[:-20])
    put(tmp_path / "not.csv.gz", table)
    put(tmp_path / "not.csv.zst", table)
    with pytest.raises(InputError, match=words) as caught:
        open_table(tmp_path / name)
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_what_may_not_be_read_is_named(tmp_path):
    source = put(tmp_path / "a.csv", "a\n1\n")
    source.chmod(0)
    with pytest.raises(InputError, match="cannot be read"):
        open_table(source)


def test_compressed_files_damaged_late_are_named(tmp_path):
    table = b"a,b\n" + b"%s,1\n" % os.urandom(50).hex().encode() * 30_000
    for name, content in [
        ("a.csv.gz", gzip.compress(table)),
        ("a.csv.zst", zstandard.compress(table)),
    ]:
        with pytest.raises(InputError, match="damaged or cut short"):
            rows_of(put(tmp_path / name, content[:-9]))


def test_zstandard_frames_one_after_another_are_one_file(tmp_path):
    frames = [zstandard.compress(part) for part in (b"a,b\n1,2\n", b"", b"3,4\n")]
    source = put(tmp_path / "a.csv.zst", b"".join(frames))
    assert rows_of(source)[1] == [["1", "2"], ["3", "4"]]


def test_bytes_read_lead_to_the_whole(tmp_path):
    source = put(tmp_path / "a.csv", "a,b\n" + "1,2\n" * 600_000)
    with open_table(source) as reader:
        seen = [reader.bytes_read for _ in reader]
        assert seen == sorted(seen)
        assert 0 < seen[0] < reader.bytes_total == seen[-1] == source.stat().st_size
    assert reader.bytes_read == reader.bytes_total


def test_what_was_there_stays_until_the_end(tmp_path):
    source, target = put(tmp_path / "a.csv", "a\n1\n"), put(tmp_path / "b.csv", "old")
    target.chmod(0o640)
    with open_table(source) as reader, open_output(target, reader, []) as writer:
        for batch in reader:
            writer.write(batch, {})
        assert target.read_text() == "old"
        hidden = [name for name in files_in(tmp_path) if name.endswith(".part")]
        assert len(hidden) == 1
        assert hidden[0].startswith(".b.csv.")
    assert target.read_text() == "a\n1\n"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert files_in(tmp_path) == ["a.csv", "b.csv"]


@pytest.mark.parametrize("name", ["b.csv", "b.csv.gz", "b.csv.zst", "b.jsonl", "b.parquet"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, InputError])
def test_a_run_that_fails_leaves_nothing(tmp_path, name, error):
    source = put(tmp_path / "a.csv", "a\n1\n")
    target = put(tmp_path / name, "old")
    with (
        pytest.raises(error),
        open_table(source) as reader,
        open_output(target, reader, []) as writer,
    ):
        for batch in reader:
            writer.write(batch, {})
        raise error
    assert target.read_text() == "old"
    assert files_in(tmp_path) == ["a.csv", name]


def test_a_link_keeps_its_place(tmp_path):
    source, target = put(tmp_path / "a.csv", "a\n1\n"), put(tmp_path / "b.csv", "old")
    link = tmp_path / "link.csv"
    link.symlink_to(target)
    copy(source, link)
    assert link.is_symlink()
    assert target.read_text() == "a\n1\n"


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("a.csv", "is the input itself"),
        ("link.csv", "is the input itself"),
        ("no/b.csv", "there is no directory"),
        ("folder.csv", "is a directory"),
        ("pipe.csv", "not a regular file"),
        ("b.doc", "not a known kind"),
        ("b.parquet.zst", "compressed inside"),
    ],
)
def test_where_output_cannot_go_is_named(tmp_path, target, words):
    source = put(tmp_path / "a.csv", "a\n1\n")
    (tmp_path / "link.csv").symlink_to(source)
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    with open_table(source) as reader, pytest.raises(InputError, match=words):
        open_output(tmp_path / target, reader, [])
    assert source.read_text() == "a\n1\n"


def test_a_clash_is_named(tmp_path):
    source = put(tmp_path / "a.csv", "role,p,text\n1,2,3\n")
    with (
        open_table(source) as reader,
        pytest.raises(InputError, match=r'a\.csv: .* "role", "p"; .*--prefix'),
    ):
        open_output(tmp_path / "b.csv", reader, ADDED)
    assert files_in(tmp_path) == ["a.csv"]


@pytest.mark.parametrize("added", [{}, {"role": []}, {"role": ["x"], "p": [1]}])
def test_added_values_must_fit(tmp_path, added):
    source = put(tmp_path / "a.csv", "a\n1\n")
    with (
        pytest.raises(ValueError, match="added"),
        open_table(source) as reader,
        open_output(tmp_path / "b.csv", reader, [ROLE]) as writer,
    ):
        for batch in reader:
            writer.write(batch, added)


# ---- stdin and stdout

PIPE = """
from rolenlp.tables import AddedColumn, open_output, open_table
with open_table("-") as reader, open_output("-", reader, [AddedColumn("role", "string")]) as writer:
    for batch in reader:
        writer.write(batch, {"role": ["x"] * len(batch)})
assert (reader.bytes_total, reader.bytes_read, reader.source) == (None, 0, "stdin")
"""


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a,b\n1,é\n".encode(), "a,b,role\n1,é,x\n".encode()),
        ("a;b\r\n1;é\r\n".encode("cp1252"), "a;b;role\r\n1;é;x\r\n".encode()),
        (b"a,b\n" + b"1,2\n" * 300_000, b"a,b,role\n" + b"1,2,x\n" * 300_000),
    ],
)
def test_a_pipe_in_and_a_pipe_out(content, expected):
    run = subprocess.run(
        [sys.executable, "-c", PIPE],
        input=content,
        capture_output=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert run.stdout == expected


def test_stdout_takes_csv_from_any_format(parquet, capsysbinary):
    copy(parquet, "-")
    written = capsysbinary.readouterr().out.decode()
    rows = list(csv.reader(io.StringIO(written, newline="")))
    assert len(rows) == 701
    assert rows[0][0] == "id"


def test_csv_work_does_not_import_pyarrow():
    code = PIPE + 'import sys; assert not {"pyarrow", "pandas", "zstandard"} & set(sys.modules)'
    subprocess.run(
        [sys.executable, "-c", code], input=b"a\n1\n", check=True, cwd=Path(__file__).parents[2]
    )


cells = st.text(st.sampled_from('a,;"\r\n\t \0é😀'), max_size=4)


@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(cells, min_size=n, max_size=n))))
def test_csv_is_written_as_the_csv_module_does(rows):
    for delimiter in ",;":
        expected = io.StringIO(newline="")
        csv.writer(expected, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
        sample = delimiter.join(f"c{at}" for at in range(len(rows[0]) if rows else 1)) + "\r\n"
        with tempfile.TemporaryDirectory() as folder:
            source, target = put(Path(folder) / "a.csv", sample), Path(folder) / "b.csv"
            with (
                open_table(source, delimiter=delimiter) as reader,
                open_output(target, reader, []) as writer,
            ):
                writer.write(Batch(1, len(rows), [], rows), {})
            assert target.read_bytes().decode() == sample + expected.getvalue()
