"""Memory is bounded by characters: rows too long are set aside, batches of long rows are small."""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from rolenlp.errors import InputError
from rolenlp.tables import open_table
from rolenlp.tables.base import BATCH_CHARACTERS, LONGEST_ROW, TOO_LONG

LONG = LONGEST_ROW + 300_000  # longer, by more than what is read at a time
LINE = b"1," + b"b" * 97 + b"\n"
LINES = LINE * (LONG // 100)  # which would be rows, outside of quotes
ESCAPED = b'\\"' + b"b" * 97 + b"\n"
CSV: dict[str, tuple[bytes, list[list[str]], dict[int, str], bytes]] = {
    "rows within quotes": (
        b'id,text\n1,"' + LINES + b'"\n2,b\n3,"c\nd"\n',
        [["2", "b"], ["3", "c\nd"]],
        {2: TOO_LONG},
        b'1,"' + LINE * 2,
    ),
    "cells after it, on more lines, and a short row": (
        b'id,text,more\n1,"' + LINES + b'","x\ny"\n2\n3,c,d,e\n',
        [["2", "", ""]],
        {2: TOO_LONG, LINES.count(b"\n") + 5: "has 4 cells, the header 3"},
        b'1,"' + LINE,
    ),
    "one line": (
        b"id,text\n1,a\n2," + b"b" * LONG + b"\n3,c\n4,d,e\n",
        [["1", "a"], ["3", "c"]],
        {3: TOO_LONG, 5: "has 3 cells, the header 2"},
        b"2,bbb",
    ),
    "one line of many cells": (
        b"id,text\n" + b"1," * (LONG // 2) + b"\n3,c\n",
        [["3", "c"]],
        {2: TOO_LONG},
        b"1,1,",
    ),
    "one line, and more lines in its quotes": (
        b'id,text\n1,"' + b"b" * LONG + b'\n2,c\n"\n3,d\n',
        [["3", "d"]],
        {2: TOO_LONG},
        b'1,"bbb',
    ),
    "such a line after others in quotes": (
        b'id,text\n1,"\n2,a\n' + b"b" * LONG + b'"\n3,d\n',
        [["3", "d"]],
        {2: TOO_LONG},
        b'1,"\n2,a\nbbb',
    ),
    "the last line, without an end": (
        b"id,text\n1,a\n2," + b"b" * LONG,
        [["1", "a"]],
        {3: TOO_LONG},
        b"2,bbb",
    ),
    "never closed, a quote far on": (
        b'id,text\n1,"' + LINES + b'7,"g\nh"\n8,i\n',
        [["7", "g\nh"], ["8", "i"]],
        {2: TOO_LONG},
        b'1,"' + LINE,
    ),
    "quotes not doubled before it": (
        b'id,text\n1,"a "b"\n2,"' + b"b" * LONG + b'"\n3,d\n',
        [["1", 'a "b'], ["3", "d"]],
        {3: TOO_LONG},
        b'2,"bbb',
    ),
    "the longest that are none too long": (
        b"id,text\n1," + b"b" * (LONGEST_ROW - 4) + b"\n2,c\n",
        [["1", "b" * (LONGEST_ROW - 4)], ["2", "c"]],
        {},
        b"",
    ),
    "backslashes": (
        b'id,text\n0,"say \\"a\\""\n1,"' + ESCAPED * (LONG // 100) + b'"\n2,b\n',
        [["0", 'say "a"'], ["2", "b"]],
        {3: TOO_LONG},
        b'1,"' + ESCAPED,
    ),
    "backslashes on one line": (
        b'id,text\n0,"say \\"a\\""\n1,"' + b'\\"' * (LONG // 4 * 2 + 1) + b'\n2,"\n2,b\n',
        [["0", 'say "a"'], ["2", "b"]],
        {3: TOO_LONG},
        b'1,"\\"',
    ),
}


def read(path: Path) -> tuple[list[Any], dict[int, str], list[str], list[int]]:
    """Rows, rejects by line, what is there of them, and the characters of each batch."""
    with open_table(path) as reader:
        rows: list[Any] = []
        sizes = []
        for batch in reader:
            rows += zip(*batch.columns, strict=True)
            sizes.append(batch.characters)
        away = reader.take_rejects()
        assert reader.rows_in == len(rows) + len(away)
        return rows, {each.line: each.reason for each in away}, [each.raw for each in away], sizes


@pytest.mark.parametrize("name", CSV)
def test_a_csv_row_too_long_is_set_aside_and_not_searched(tmp_path: Path, name: str) -> None:
    content, rows, away, raw = CSV[name]
    path = tmp_path / "ads.csv"
    path.write_bytes(content)
    found, rejected, starts, _ = read(path)
    assert found == list(map(tuple, rows))
    assert rejected == away
    assert not raw or starts[0].startswith(raw.decode())
    assert all(len(start) < 200_000 for start in starts)


def test_a_header_too_long_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ads.csv"
    path.write_bytes(b"id,text" + b"a" * LONG + b"\n1,a\n")
    with pytest.raises(InputError, match="the first row, which names the columns, is longer than"):
        open_table(path)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_a_json_line_too_long_is_set_aside(tmp_path: Path, end: bytes) -> None:
    path = tmp_path / "ads.jsonl"
    long = b'{"text": "' + b"b" * LONG + b'"}'
    after = b'2\n{"text": "c"}\n' if end else b""
    path.write_bytes(long + b'\n{"text": "a"}\n\n' + long + end + after)
    rows, rejected, starts, _ = read(path)
    assert rows == [("a",), ("c",)] if end else [("a",)]
    assert rejected == {1: TOO_LONG, 4: TOO_LONG} | ({5: "is not a JSON object"} if end else {})
    assert all(start.startswith('{"text": "bbb') for start in starts[:2])
    assert all(len(start) < 200_000 for start in starts)


def test_a_parquet_row_too_long_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "ads.parquet"
    texts = ["a", "b" * LONG, "c" * (LONG // 2), "d", "e" * LONG, "f"]
    kind = pa.array(["x", "y"] * 3).dictionary_encode()
    pq.write_table(pa.table({"id": range(6), "text": texts, "kind": kind}), path)
    rows, rejected, _, _ = read(path)
    kinds = [(0, "x"), (2, "x"), (3, "y"), (5, "y")]
    assert rows == [(at, texts[at], kind) for at, kind in kinds]
    assert rejected == dict.fromkeys((2, 5), f"is longer than {LONGEST_ROW:,} bytes")


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_long_rows_make_small_batches(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"ads.{ending}"
    text = "a" * 1_000_000
    if ending == "csv":
        path.write_text("text,id\n" + f"{text},1\n" * 40)
    elif ending == "jsonl":
        path.write_text(f'{{"text": "{text}", "id": 1}}\n' * 40)
    else:
        pq.write_table(pa.table({"text": [text] * 40, "id": [1] * 40}), path)
    rows, _, _, sizes = read(path)
    assert [row[0] for row in rows] == [text] * 40
    assert len(sizes) > 4
    assert max(sizes) < BATCH_CHARACTERS + 1_100_000


# ---- through a process whose memory is limited

LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]) << 20,) * 2)
from rolenlp.tables import open_table
with open_table(sys.argv[1]) as reader:
    for batch in reader:
        reader.take_rejects()
    print(reader.rows_in)
"""
MB = 1 << 20


def _again(piece: bytes, times: int, before: bytes = b"", after: bytes = b"") -> Iterator[bytes]:
    yield before
    for _ in range(times):
        yield piece
    yield after


BOMBS: dict[str, tuple[str, Callable[[], Iterator[bytes]], int]] = {
    "a JSON line": (
        "a.jsonl.gz",
        lambda: _again(b"a " * (MB // 2), 310, b'{"text": "', b'"}\n{"text": "a"}\n'),
        2,
    ),
    "a JSON line, zstandard": (
        "a.jsonl.zst",
        lambda: _again(b"a " * (MB // 2), 650, b'{"text": "', b'"}\n{"text": "a"}\n'),
        2,
    ),
    "JSON lines of 1 MB": (
        "a.jsonl.gz",
        lambda: _again(b'{"text": "' + b"a " * (MB // 2) + b'"}\n', 310),
        310,
    ),
    "a CSV line": (
        "a.csv.gz",
        lambda: _again(b"a " * (MB // 2), 310, b"id,text\n1,", b"\n2,a\n"),
        2,
    ),
    "lines in quotes": (
        "a.csv.gz",
        lambda: _again(LINE * (MB // 100), 310, b'id,text\n1,"', b'"\n2,a\n'),
        2,
    ),
    "CSV rows of 1 MB": ("a.csv.gz", lambda: _again(b"1," + b"a " * (MB // 2) + b"\n", 310), 309),
    "short rows of many columns": (
        "a.csv.gz",
        lambda: _again(b"1\n", 1_000, b"a," * 90_000 + b"b\n"),
        1_000,
    ),
}


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
@pytest.mark.parametrize("name", BOMBS)
def test_small_files_of_large_tables_take_little_memory(tmp_path: Path, name: str) -> None:
    file, make, rows = BOMBS[name]
    path = tmp_path / file
    if file.endswith("zst"):
        with path.open("wb") as raw, zstandard.ZstdCompressor().stream_writer(raw) as packed:
            for piece in make():
                packed.write(piece)
    else:
        with gzip.open(path, "wb", 1) as out:
            out.writelines(make())
    limit = "640" if file.endswith("zst") else "300"  # MB; Arrow's threads reserve much
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, path, limit], capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == [str(rows)], done.stderr[-500:]
