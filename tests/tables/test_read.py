"""Tables from stdin: what they are, and that they are given out as they come."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO

import pytest

from rolenlp.errors import InputError
from rolenlp.tables import open_output, open_table

pytestmark = pytest.mark.skipif(os.name == "nt", reason="pipes cannot be asked there")


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[IO[bytes]]:
    """What is written here is on stdin; nobody waits for it to be closed."""
    out, into = os.pipe()
    with os.fdopen(out) as stdin, os.fdopen(into, "wb", buffering=0) as writer:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield writer


@pytest.mark.parametrize(
    ("text", "given", "kind", "piped", "names"),
    [
        ("a,b\n1,2\n", None, "csv", "csv", ["a", "b"]),
        ('{"a": 1}\n{"b": 2}\n', None, "json", "jsonl", ["a", "b"]),
        ('\n {"a": 1}\n', None, "json", "jsonl", ["a"]),
        ('[{"a": 1},\n{"b": 2}]\n', None, "json", "jsonl", ["a", "b"]),
        ('[\n{"a": 1},\n{"b": 2}\n]\n', None, "json", "jsonl", ["a", "b"]),
        ('{\n"a": 1\n}\n{\n"b": 2\n}\n', None, "json", "jsonl", ["a", "b"]),  # as jq writes it
        (
            "[a],[b]\n1,2\n",
            None,
            "csv",
            "csv",
            ["[a]", "[b]"],
        ),  # names as some databases quote them
        ('{"a": 1}\n', "jsonl", "jsonl", "jsonl", ["a"]),
        ('[{"a": 1}]\n', "json", "json", "json", ["a"]),
        ("{a},{b}\n1,2\n", "csv", "csv", "csv", ["{a}", "{b}"]),
        ("a;b\tc\n1\t2\n", "tsv", "tsv", "tsv", ["a;b", "c"]),
    ],
)
def test_what_stdin_holds(
    pipe: IO[bytes], text: str, given: str | None, kind: str, piped: str, names: list[str]
) -> None:
    pipe.write(text.encode())
    pipe.close()
    with open_table("-", piped=given) as reader:
        rows = sum(map(len, reader))
        assert (reader.format, reader.piped, reader.names) == (kind, piped, names)
        assert rows == (2 if "b" in names and kind != "csv" and kind != "tsv" else 1)


JSON_ROWS = [f'{{"id": {n}, "text": "é {n}"}}\n' for n in range(3)]
CSV_ROWS = [f'{n},"é\n{n}"\n' for n in range(3)]


@pytest.mark.parametrize(
    ("head", "rows"),
    [
        ("", JSON_ROWS),
        ("", [row + "\n \n" for row in JSON_ROWS]),
        ("", [row[:-1] + "\r\n" for row in JSON_ROWS]),
        ("id,text\n", CSV_ROWS),
        ("id,text\n", [row + "\n\n" for row in CSV_ROWS]),
        ("id,text\r\n", [row.replace("\n", "\r\n") for row in CSV_ROWS]),
    ],
)
def test_a_row_is_given_out_before_the_next_one_comes(
    pipe: IO[bytes], head: str, rows: list[str]
) -> None:
    pipe.write((head + rows[0]).encode())
    with open_table("-") as reader:
        batches = iter(reader)
        given = []
        for after in [*rows[1:], ""]:
            batch = next(batches)
            given += batch.columns[reader.names.index("text")]
            pipe.write(after.encode())
        pipe.close()
        assert list(batches) == []
    assert [text.split() for text in given] == [["é", str(n)] for n in range(3)]


def test_a_row_that_comes_in_parts_is_one_and_waits_for_no_other(pipe: IO[bytes]) -> None:
    first, second = '{"text": "é"}\n'.encode(), '{"text": "ü"}\n'.encode()
    pipe.write(first + second[:11])  # in the middle of a letter
    with open_table("-") as reader:
        batches = iter(reader)
        assert list(next(batches).columns[0]) == ["é"]
        pipe.write(second[11:])
        assert list(next(batches).columns[0]) == ["ü"]


@pytest.mark.parametrize("head", ["text\n\n", "\n\n"])
def test_no_batch_is_of_blank_lines(pipe: IO[bytes], head: str) -> None:
    pipe.write(head.encode())
    if not head.strip():  # of JSON lines, one is needed to start with
        pipe.write(b'{"text": 0}\n')
    with open_table("-") as reader:
        batches = iter(reader)
        first = [] if head.strip() else next(batches)
        pipe.write(b'\n{"text": 1}\n')
        assert [len(first), len(next(batches))] == [int(not head.strip()), 1]


def test_a_row_that_is_none_is_told_at_once(pipe: IO[bytes]) -> None:
    pipe.write(b"a,b\n1,2\n1,2,3\n")
    with open_table("-") as reader:
        assert len(next(iter(reader))) == 1
        assert [reject.line for reject in reader.take_rejects()] == [3]


@pytest.mark.parametrize("head", ["", "text\n"])
def test_batches_are_full_where_rows_come_quickly(pipe: IO[bytes], head: str) -> None:
    row = "Keep the risk register.\n" if head else '{"text": "Keep the risk register."}\n'
    pipe.write((head + row * 1_200).encode())  # less than a pipe holds
    with open_table("-") as reader:
        batches = iter(reader)
        assert [len(next(batches)) for _ in range(3)] == [512, 512, 176]


def test_columns_that_are_known_at_the_end_only_are_refused(
    pipe: IO[bytes], tmp_path: Path
) -> None:
    pipe.write(b'{"a": 1}\n')
    with open_table("-") as reader, pytest.raises(InputError, match="save it as a file first"):
        open_output(tmp_path / "out.csv", reader, [])
    assert list(tmp_path.iterdir()) == []


def test_an_empty_stdin_is_one(pipe: IO[bytes]) -> None:
    with closing(pipe):
        pipe.write(b"\n \n")
    with pytest.raises(InputError, match="stdin: is empty"):
        open_table("-")
