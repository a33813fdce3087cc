"""Twice the table is twice the work, whatever stands in it: no loop looks ahead again and again."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from rolenlp.errors import InputError
from rolenlp.tables import csv_read, dialect, json_read, open_table, recover, text
from tests.hostile.work import counted

READERS = (csv_read, dialect, json_read, recover, text)
N = 750
HEAD = b"id,pay,text\n"


def rows(row: bytes, head: bytes = HEAD) -> Callable[[int], bytes]:
    return lambda n: head + row * n


def cells(cell: bytes) -> Callable[[int], bytes]:
    """One row after the header, of so many cells."""
    return lambda n: HEAD + cell * n + b"z\n1,2,3\n"


def wide(row: bytes) -> Callable[[int], bytes]:
    """As many columns as there are rows, or cells."""
    return lambda n: b"a," * n + b"z\n" + row * n


CSV = {
    "usual": rows(b'1,2,"a b, c"\n4,5,d\n'),
    "one row": cells(b"a,"),
    "quotes not doubled": cells(b'"x"y,'),
    "quotes not doubled, in a wide table": wide(b'"x"y,'),
    "quotes not doubled, in each line": rows(b'"x"y,"x"y,"x"y\n'),
    "cells that end on the next line": rows(b'a","b\n'),
    "such, between rows": rows(b'a","b\n7,8,9\n'),
    "such, in a wide table": wide(b'a","b\n'),
    "such, with backslashes": rows(b'a\\"","b\\"\n7,8,9\n'),
    "such, with other backslashes": rows(b'a","\\"b\n7,"\\"","c\n'),
    "such, over CR": rows(b'a","b\r7,8,9\r'),
    "a quote never closed": lambda n: HEAD + b'1,2,"x\n' + b"7,8,9\n" * n,
    "many never closed": rows(b'1,2,"x\n'),
    "many never closed, doubled ones after": rows(b'1,2,"x""\n'),
    "many never closed, rows between": rows(b'1,2,"x\n7,8,9\n7,8,9\n'),
    "many never closed, short ones between": rows(b'1,2,"x\n7,8\n'),
    "quotes": cells(b'"'),
    "doubled quotes": cells(b'""'),
    "lines of a quote": rows(b'"\n'),
    "lines of three quotes": rows(b'"""\n'),
    "backslashes": cells(b"\\"),
    "backslashed quotes": cells(b'\\"'),
    "backslashed line ends": rows(b'1,2,"a\\\n'),
    "inches": cells(b'6"'),
    "delimiters": cells(b",;\t|"),
    "blank lines": rows(b"\n"),
    "too long": rows(b"1,2,3,4\n"),
    "too short": rows(b"1\n"),
    "bytes of cp1252": rows(b"1,2,\xe9\n"),
    "bytes of nothing": rows(b"1,2,\x81\xff\n"),
    "NUL": cells(b"\0"),
    "UTF-16": lambda n: ("id,pay,text\n" + '1,2,"x\n' * n).encode("utf-16"),
}
JSON = {
    "usual": rows(b'{"text": "a"}\n', b""),
    "one long text": lambda n: b'{"text": "' + b"a" * n + b'"}\n',
    "open lists": lambda n: b'{"text": "a"}\n' + b"[" * n + b"\n",
    "open strings": rows(b'{"text": "\n', b'{"text": "a"}\n'),
    "backslashes": lambda n: b'{"text": "' + b"\\" * n + b'"}\n{"text": "a"}\n',
    "another key in each": lambda n: b"".join(b'{"k%d": 1}\n' % at for at in range(n)),
    "one object of many keys": lambda n: b'{"a": 1' + b', "b": 2' * n + b"}\n",
    "no objects": rows(b"1\n", b'{"text": "a"}\n'),
    "blank lines": rows(b"\n", b'{"text": "a"}\n'),
}
ARRAYS = {
    "usual": lambda n: b"[" + b'{"text": "a"},\n' * n + b'{"text": "b"}]',
    "on one line": lambda n: b"[" + b'{"text": "a"},' * n + b'{"text": "b"}]',
    "over lines": lambda n: b"[\n" + b'{\n"text":\n"a"\n},\n' * n + b'{"text": "b"}]',
    "open arrays": lambda n: b"[" * n,
    "open arrays, a line each": lambda n: b"[\n" * n,
    "open objects": lambda n: b'[{"text": ' + b'{"a": ' * n,
    "open objects, a line each": lambda n: b"[" + b'{"text": {\n' * n,
    "open strings": lambda n: b'[{"text": "a"},' + b'{"text": "a\n' * n,
    "ends of nothing": lambda n: b'[{"text": "a"}' + b"}]" * n,
    "backslashes": lambda n: b'[{"text": "' + b"\\" * n,
    "values that are none": lambda n: b'[{"text": "a"}' + b",1" * n + b"]",
    "one deep value": lambda n: b'[{"text": "a", "v": ' + b"[" * n + b"]" * n + b"}]",
}
CASES = [
    pytest.param(make, ending, id=f"{ending}, {name}")
    for ending, table in (("csv", CSV), ("jsonl", JSON), ("json", ARRAYS))
    for name, make in table.items()
]


def read(path: Path) -> int:
    """How many rows there are, those rejected among them."""
    try:
        with open_table(path, batch_size=64) as reader:
            for _ in reader:
                reader.take_rejects()
            return reader.rows_in
    except InputError:
        return 0


@pytest.mark.parametrize(("make", "ending"), CASES)
def test_twice_the_table_is_twice_the_work(
    tmp_path: Path, make: Callable[[int], bytes], ending: str
) -> None:
    path = tmp_path / f"ads.{ending}"
    amounts = []
    for n in (N // 10, N, 4 * N):  # the first time, what is made once in a process is made
        path.write_bytes(make(n))
        with counted(*READERS) as work:
            read(path)
        amounts.append(work.all)
    # Doubled twice, as some work comes in steps of powers of two.
    assert amounts[2] <= 2.2**2 * amounts[1]


def test_counting_sees_loops_methods_and_patterns() -> None:
    module = ModuleType("module")
    source = """
import csv, re
WORD = re.compile("a*b")
def loop(text):
    for letter in text:
        pass
def methods(text):
    while text.count("a"):
        text = text[1:]
def patterns(text):
    for at in range(len(text)):
        WORD.match(text, at)
def bounded(text):
    for at in range(len(text)):
        WORD.match(text, at, at + 9)
def iterator(text):
    list(WORD.finditer(text))
def rows(text):
    list(csv.reader([text] * len(text)))
"""
    exec(source, vars(module))
    word = vars(module)["WORD"]
    growth = {}
    for name in ("loop", "methods", "patterns", "bounded", "iterator", "rows"):
        amounts = []
        for n in (1_000, 2_000):
            with counted(module) as work:
                vars(module)[name]("a" * n)
            amounts.append(work.all)
        growth[name] = round(amounts[1] / amounts[0])
    assert growth == {
        "loop": 2, "methods": 4, "patterns": 4, "bounded": 2, "iterator": 2, "rows": 4,
    }  # fmt: skip
    assert vars(module)["WORD"] is word
    assert isinstance(word, re.Pattern)
