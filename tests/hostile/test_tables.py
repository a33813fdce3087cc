"""Tables as job boards, scrapers and spreadsheets write them: no row is lost, and none altered.

Each case is the bytes of a file, and what must come of it: the rows, as they were, and the lines
of the rows that cannot be parsed.
"""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rolenlp.cli.main import cli
from rolenlp.errors import RolenlpError
from rolenlp.label.run import Options, label_table
from rolenlp.label.summary import Summary
from rolenlp.schema import Evidence
from rolenlp.tables import AddedColumn, open_output, open_table
from rolenlp.tables.columns import Columns
from rolenlp.tables.csv_read import CsvReader
from rolenlp.verdicts.columns import quoted
from tests.examples import TIMES
from tests.hostile.helpers_models import FIXTURE

TOO_LONG = "has 3 cells, the header 2"
QUOTES = "has quotes that do not match"
LONG = "x" * 200_000


@dataclass(frozen=True)
class Case:
    """A file; its rows, the lines and reasons of those rejected, and what stderr says."""

    name: str
    content: bytes
    rows: list[list[Any]]
    rejected: dict[int, str] = field(default_factory=dict)
    raw: list[str] = field(default_factory=list)
    says: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    file: str = "ads.csv"


TWO = [["1", "a"], ["2", "b"]]
ACCENTS = [["1", "naïve “café”"], ["2", "£5 – or €6"]]
TEXT = "id,text\n1,naïve “café”\n2,£5 – or €6\n"
CASES = [
    # encodings
    Case("utf-8", TEXT.encode(), ACCENTS),
    Case("utf-8 with a mark", TEXT.encode("utf-8-sig"), ACCENTS),
    Case("utf-16", TEXT.encode("utf-16"), ACCENTS, says=("encoding: utf-16",)),
    Case("utf-16 le", b"\xff\xfe" + TEXT.encode("utf-16-le"), ACCENTS, says=("utf-16",)),
    Case("utf-16 be", b"\xfe\xff" + TEXT.encode("utf-16-be"), ACCENTS, says=("utf-16",)),
    Case("utf-16 without a mark", ("id,text\n1,café\n" * 1).encode("utf-16-le"), [["1", "café"]]),
    Case("utf-32", TEXT.encode("utf-32"), ACCENTS, says=("encoding: utf-32",)),
    Case("cp1252", TEXT.encode("cp1252"), ACCENTS, says=("encoding: cp1252",)),
    Case("cp1252, given", TEXT.encode("cp1252"), ACCENTS, options=("--encoding", "cp1252")),
    Case(
        "utf-8 given, with a mark",
        TEXT.encode("utf-8-sig"),
        ACCENTS,
        options=("--encoding", "utf8"),
    ),
    Case(
        "a cp1252 line in utf-8",
        "id,text\n1,naïve “café”\n".encode()
        + "2,£5 – or €6\n".encode("cp1252")
        + "3,é\n".encode() * 3,
        [*ACCENTS, *[["3", "é"]] * 3],
        says=("not utf-8 (the first in line 3) were read as cp1252",),
    ),
    Case(
        "a utf-8 line in cp1252",
        "id,text\n1,naïve “café”\n".encode() + "2,£5 – or €6\n".encode("cp1252") * 9,
        [ACCENTS[0], *[ACCENTS[1]] * 9],
        says=("encoding: cp1252", "lines that are UTF-8 (the first is 2) were read so"),
    ),
    Case(
        "bytes that no character has",
        b"id,text\n1,\x83\x41\n2,\x82\xff\n3,b\n",
        [["1", "ア"], ["3", "b"]],
        {3: "has bytes that are not shift_jis"},
        ["2,\\udc82\\udcff"],
        options=("--encoding", "shift_jis"),
    ),
    Case(
        "utf-16 cut within a character",
        "id,text\n1,a\n2,b".encode("utf-16")[:-1],
        [["1", "a"]],
        {3: "has bytes that are not utf-16"},
    ),
    Case(
        "unpaired surrogates in utf-16",
        b"\xff\xfe" + "id,text\n1,\ud83d\n2,b\n".encode("utf-16-le", "surrogatepass"),
        [["2", "b"]],
        {2: "has bytes that are not utf-16"},
    ),
    # delimiters, ends of lines
    Case("semicolons", b"id;text\n1;a, b\n2;c, d\n", [["1", "a, b"], ["2", "c, d"]], says=('";"',)),
    Case("tabs", b"id\ttext\n1\ta,b\n2\tb\n", [["1", "a,b"], ["2", "b"]], says=(r'"\t"',)),
    Case("pipes", b"id|text\n1|a\n2|b\n", TWO, says=('delimiter: "|"',)),
    Case("tsv", b"id\ttext\n1\ta\n2\tb\n", TWO, file="ads.tsv"),
    Case("delimiter given", b"id^text\n1^a,b\n", [["1", "a,b"]], options=("--delimiter", "^")),
    Case("crlf", b"id,text\r\n1,a\r\n2,b\r\n", TWO),
    Case("cr alone", b"id,text\r1,a\r2,b\r", TWO),
    Case("all ends", b"id,text\r1,a\r\n2,b\n", TWO),
    Case("no end at the end", b"id,text\n1,a\n2,b", TWO),
    Case("blank lines", b"\n\nid,text\n\n1,a\r\n\r\n\n2,b\n\n\n", TWO),
    # quotes
    Case("line ends in quotes", b'id,text\n1,"a\r\nb\rc\n\nd"\n', [["1", "a\r\nb\rc\n\nd"]]),
    Case("doubled quotes", b'id,text\n1,"""a"" b"\n', [["1", '"a" b']]),
    Case(
        "quotes within plain cells",
        b'id,text\n1,a 6" pipe\n2,b "c"\n',
        [["1", 'a 6" pipe'], ["2", 'b "c"']],
    ),
    Case(
        "backslashed quotes",
        rb"id,text" b"\n" rb'1,"say \"hi\", you"' b"\n" rb'2,"C:\new \\ \"x\""' b"\n",
        [["1", 'say "hi", you'], ["2", 'C:\\new \\ "x"']],
        says=('quotes within quotes: written \\"',),
    ),
    Case(
        "backslashes at the end of cells are no escapes",
        b'id,text\n"C:\\a\\","b\\"\n"C:\\c\\",d\n',
        [["C:\\a\\", "b\\"], ["C:\\c\\", "d"]],
    ),
    Case(
        "one row with backslashed quotes",
        b"id,text\n" + b'1,"a ""b"" c"\n' * 60 + b'2,"d \\"e\\", f"\n3,g\n',
        [["1", 'a "b" c']] * 60 + [["2", 'd "e", f'], ["3", "g"]],
        says=('row 61 has quotes written \\"',),
    ),
    Case(
        "one row with doubled quotes",
        b"id,text\n" + b'1,"a \\"b\\" c"\n' * 60 + b'2,"d ""e"", f"\n3,g\n',
        [["1", 'a "b" c']] * 60 + [["2", 'd "e", f'], ["3", "g"]],
    ),
    Case(
        "quotes that are not doubled",
        b'id,text\n1,"a "b" c"\n2,"Senior" clerk\n3,d\n',
        [["1", 'a "b" c'], ["2", '"Senior" clerk'], ["3", "d"]],
        says=("row 1 has quotes within quotes that are not doubled",),
    ),
    Case(
        "a quote never closed, at the end of all",
        b'id,text\n1,a\n2,"b\n3,c\n4,d\n',
        [["1", "a"], ["3", "c"], ["4", "d"]],
        {3: QUOTES},
        ['2,"b'],
    ),
    Case(
        "a quote never closed, and quotes after it",
        b'id,text\n1,"a"\n2,"b\n3,"c, d"\n4,"e\nf"\n',
        [["1", "a"], ["3", "c, d"], ["4", "e\nf"]],
        {3: QUOTES},
        ['2,"b'],
    ),
    Case(
        "lines of a row that is lost make no rows",
        b'id,pay,text\n1,2,"a "b"\nc, d\n\ne "f", g"\n2,3,h\n3,,"i, ""j"""\n',
        [["2", "3", "h"], ["3", "", 'i, "j"']],
        {2: QUOTES},
        ['1,2,"a "b"\nc, d\n\ne "f", g"'],
    ),
    Case(
        "a quote never closed in the last line",
        b'id,text\n1,a\n2,"b',
        [["1", "a"]],
        {3: QUOTES},
        ['2,"b'],
    ),
    # rows of other widths
    Case(
        "too short",
        b"id,text,pay\n1,a,2\n2\n3,c\n",
        [["1", "a", "2"], ["2", "", ""], ["3", "c", ""]],
        says=("row 2 has 1 cells of 3",),
    ),
    Case(
        "too long",
        b"id,text\n1,a\n2,b,c\n3,d\n",
        [["1", "a"], ["3", "d"]],
        {3: TOO_LONG},
        ["2,b,c"],
    ),
    Case(
        "too long, over lines",
        b'id,text\r\n1,"a\r\nb",c\r\n2,b\r\n',
        [["2", "b"]],
        {2: TOO_LONG},
        ['1,"a\r\nb",c'],
    ),
    Case("too long by empty cells", b"id,text\n1,a,,\n2,b,\n", TWO, says=("row 1 has 4 cells",)),
    Case(
        "all too long",
        b"id,text\n" + b"1,2,3\n" * 2000,
        [],
        dict.fromkeys(range(2, 2002), TOO_LONG),
    ),
    # cells
    Case("nul", b"id,text\n1,a\x00b\n\x00,\x00\n", [["1", "a\0b"], ["\0", "\0"]]),
    Case(
        "a cell of 200,000 characters",
        f'id,text\n1,{LONG}\n2,"{LONG}, y"\n'.encode(),
        [["1", LONG], ["2", LONG + ", y"]],
    ),
    Case(
        "odd characters",
        "id,text\n\u2028\x85\x0b\x0c,\ufeff\u200f\u0000𝒳\n".encode(),
        [["\u2028\x85\x0b\x0c", "\ufeff\u200f\u0000𝒳"]],
    ),
    Case(
        "kept to the blank", b"id,text\n 007 , NA\n1e3,=1+1\n", [[" 007 ", " NA"], ["1e3", "=1+1"]]
    ),
    # columns
    Case("names that are twins", b"text,a,a,\n1,2,3,4\n", [["1", "2", "3", "4"]]),
    Case("a header only", b"id,text\n", []),
    Case("a header without an end", b"id,text", []),
    Case("one column", b'text\na\n\n""\nb\n', [["a"], [""], ["b"]]),
    Case(
        "one column, delimiters in it",
        b'text\na, b; c\n"d, e"\nf\tg|h\n',
        [["a, b; c"], ["d, e"], ["f\tg|h"]],
    ),
    Case(
        "one column, a quote never closed",
        b'text\na\n"b\nc, d\n',
        [["a"], ["c, d"]],
        {3: QUOTES},
        ['"b'],
    ),
    # JSON lines
    Case(
        "json",
        b'{"id": "1", "text": "a"}\nnull\n{"id": "2"\n[1]\n\n"x"\n{"id": "2", "text": "b"}\n',
        TWO,
        dict.fromkeys((2, 3, 4, 6), "is not a JSON object"),
        ["null", '{"id": "2"', "[1]", '"x"'],
        file="ads.jsonl",
    ),
    Case(
        "json, cp1252",
        '{"id": "1", "text": "é"}\n'.encode("cp1252"),
        [["1", "é"]],
        file="ads.ndjson",
    ),
    Case(
        "json, deep",
        b'{"text": "a"}\n' + b"[" * 100_000 + b"\n",
        [["a"]],
        {2: "is not a JSON object"},
        file="ads.jsonl",
    ),
    Case("json, line ends in a string", b'{"text": "a\tb"}\n', [["a\tb"]], file="ads.jsonl"),
]
REFUSED = [
    ("a million columns", "ads.csv", b"text," + b"c," * 1_000_000 + b"d\n1\n", "columns or more"),
    (
        "a million keys",
        "ads.jsonl",
        json.dumps(dict.fromkeys(map(str, range(200_000)))).encode(),
        "columns or more",
    ),
    ("a header never closed", "ads.csv", b'id,"text\n1,a\n2,b\n', "the first row, which names"),
    ("nothing", "ads.csv", b"", "is empty"),
    ("a mark", "ads.csv", b"\xef\xbb\xbf", "is empty"),
    ("no text", "ads.jsonl", b"{}\n", "no column of text"),
    ("no JSON", "ads.jsonl", b"id,text\n1,a\n", "line 1 is not a JSON object"),
    ("no bytes of the encoding", "ads.csv", b"\x82\xff,text\n", "the first row, which names"),
]


def run(source: Path, target: Path | str, *options: str) -> Result:
    command = ["label", str(source), "-o", str(target), "--model", str(FIXTURE), *options]
    found = CliRunner().invoke(cli, command)
    if found.exception is not None and not isinstance(found.exception, RolenlpError | SystemExit):
        raise found.exception
    return found


def judged(path: Path) -> list[list[Any]]:
    """The rows of an output, without the columns that were added."""
    if path.suffix in (".jsonl", ".ndjson"):
        rows = [json.loads(line, strict=False) for line in path.read_text().splitlines()]
        return [list(row.values())[: list(row).index("role")] for row in rows]
    with open_table(path, delimiter=delimiter_of(path)) as reader:
        width = reader.names.index("role")
        return [row[:width] for batch in reader for row in batch.native]


def delimiter_of(path: Path) -> str:
    """What stands before an added column that is always there."""
    with path.open(encoding="utf-8") as file:
        header = file.read()
    return header[header.index("p_product") - 1]


def rejected(path: Path) -> list[list[str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["line", "reason", "raw"]
    return rows[1:]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_row_comes_back_or_is_set_aside(case: Case, tmp_path: Path) -> None:
    source = tmp_path / case.file
    source.write_bytes(case.content)
    target = tmp_path / f"out{source.suffix}"
    found = run(source, target, *case.options)
    # A run of which no row could be read is no success, though nothing is lost.
    assert found.exit_code == (0 if case.rows or not case.rejected else 1), found.stderr
    assert judged(target) == case.rows
    away = rejected(tmp_path / f"{target.name}.rejected")
    assert {int(line): reason for line, reason, _ in away} == case.rejected
    assert not case.raw or [raw for *_, raw in away] == case.raw
    n, m = len(case.rows), len(case.rejected)
    assert re.search(rf"read: {n + m:,}, of them judged \d+, rejected {m:,}\b", found.stderr)
    for words in case.says:
        assert words in found.stderr
    names = {source.name, target.name} | ({f"{target.name}.rejected"} if m else set())
    assert {path.name for path in tmp_path.iterdir()} == names


@pytest.mark.parametrize(("name", "file", "content", "words"), REFUSED, ids=[r[0] for r in REFUSED])
def test_what_is_no_table_is_refused_by_one_line(
    tmp_path: Path, name: str, file: str, content: bytes, words: str
) -> None:
    source = tmp_path / file
    source.write_bytes(content)
    options = ("--encoding", "shift_jis") if "bytes" in name else ()
    found = run(source, tmp_path / "out.csv", *options)
    assert isinstance(found.exception, RolenlpError)
    assert words in str(found.exception)
    assert len(str(found.exception)) < 1000
    assert "\n" not in str(found.exception)
    assert [path.name for path in tmp_path.iterdir()] == [file]


BAD = b"id,text\n1,a\n2,b,secret\n"


def test_rejects_of_an_earlier_run_go_with_its_output(tmp_path: Path) -> None:
    source, target, away = (tmp_path / name for name in ("a.csv", "b.csv", "b.csv.rejected"))
    source.write_bytes(BAD)
    run(source, target)
    assert rejected(away) == [["3", TOO_LONG, "2,b,secret"]]
    source.write_bytes(b"role,text\n1,a\n")
    assert run(source, target).exit_code == 1
    assert rejected(away) == [["3", TOO_LONG, "2,b,secret"]]  # as is the output
    source.write_bytes(b"id,text\n1,a\n")
    run(source, target)
    assert not away.exists()


def test_rejects_of_a_run_that_fails_are_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "a.csv"
    source.write_bytes(BAD)
    monkeypatch.setattr(Summary, "count", lambda summary, rows: None)
    with (
        open_table(source) as reader,
        pytest.raises(RolenlpError, match="of 2 rows read, 0 were judged"),
    ):
        label_table(reader, tmp_path / "b.csv", Columns(1), Options())
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == [".b.csv.journal", "a.csv"]  # which --resume would go on from


@pytest.mark.parametrize("quiet", [(), ("--quiet",)])
def test_rejects_of_stdout_are_named_by_line(tmp_path: Path, quiet: tuple[str, ...]) -> None:
    source = tmp_path / "a.csv"
    source.write_bytes(BAD + b"3,c,secret\n" * 11)
    found = run(source, "-", *quiet)
    assert found.stdout.splitlines()[1].startswith("1,a,")
    assert len(found.stdout.splitlines()) == 2
    named = [line for line in found.stderr.splitlines() if line.startswith("rejected: ")]
    assert named == [f"rejected: line {n} {TOO_LONG}" for n in range(3, 13)] + [
        "rejected: and 2 more"
    ]
    assert "secret" not in found.stderr


@pytest.mark.parametrize("content", [b'1,"x""y\n', b'1,"x"y"\n', b'"a\n', b'1,""x\n'])
def test_quotes_amiss_throughout_take_bounded_time(tmp_path: Path, content: bytes) -> None:
    source = tmp_path / "a.csv"
    source.write_bytes(b"id,text,pay\n" + content * 100_000 + b"7,8,9\n")
    started = time.process_time()
    with open_table(source) as reader:
        rows, away = 0, 0
        for batch in reader:
            rows += len(batch)
            away += len(reader.take_rejects())
        assert reader.rows_in == rows + away + len(reader.take_rejects())
    assert time.process_time() - started < 20


# ---- what spreadsheets run as formulas


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
@pytest.mark.parametrize("name", ["out.csv", "out.tsv", "out.jsonl", "out.parquet"])
def test_no_added_text_is_a_formula_and_no_input_changes(
    tmp_path: Path, start: str, name: str
) -> None:
    source, target = tmp_path / "a.csv", tmp_path / name
    formula = f"{start}1+1"
    with source.open("w", newline="") as file:
        csv.writer(file).writerows([["id", "text"], [formula, formula]])
    added = [AddedColumn("role", "string"), AddedColumn("orientation", "number")]
    with open_table(source) as reader, open_output(target, reader, added) as writer:
        for batch in reader:
            writer.write(batch, {"role": [formula], "orientation": [-0.4]})
    with open_table(target) as reader:
        rows = [list(row) for batch in reader for row in zip(*batch.columns, strict=True)]
    assert rows[0][:3] == [formula, formula, "'" + formula]
    assert str(rows[0][3]) == "-0.4"


def test_a_formula_within_evidence_stands_behind_its_theme() -> None:
    quote = Evidence("risk", "=HYPERLINK(1)", 0, 13, 1.0)
    assert quoted([quote]) == 'risk: "=HYPERLINK(1)"'


# ---- any table at all

texts = st.text(max_size=9) | st.text(st.sampled_from('a1 ,;|\t"\\\r\n\0é’=-'), max_size=9)
tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(texts, min_size=width, max_size=width), max_size=8)
)


@st.composite
def written(draw: st.DrawFn) -> tuple[list[list[str]], bytes, dict[str, str]]:
    """A table, as the csv module writes it in some dialect and encoding, and how to read it."""
    rows = draw(tables)
    backslash = draw(st.booleans())
    everywhere = backslash or draw(st.booleans())
    delimiter = draw(st.sampled_from(",;\t|"))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    rows = [[cell.encode(encoding, "ignore").decode(encoding) for cell in row] for row in rows]
    if encoding == "cp1252":  # UTF-8 by chance
        assume(not any(is_utf8(cell.encode("cp1252")) for row in rows for cell in row))
    if backslash:  # without a row like this one there is no telling
        rows.insert(0, ['say "hi"'] * (len(rows[0]) if rows else 2))
    names = [f"text{at}" for at in range(len(rows[0]) if rows else 2)]
    out = io.StringIO(newline="")
    writer = csv.writer(
        out,
        delimiter=delimiter,
        quoting=csv.QUOTE_ALL if everywhere else csv.QUOTE_MINIMAL,
        # Where quotes are few, the csv module forgets those around ends that are not its own.
        lineterminator=draw(st.sampled_from(["\n", "\r\n", "\r"])) if everywhere else "\r\n",
        **({"doublequote": False, "escapechar": "\\"} if backslash else {}),
    )
    writer.writerows([names, *rows])
    return rows, out.getvalue().encode(encoding), {"delimiter": delimiter, "encoding": encoding}


def is_utf8(content: bytes) -> bool:
    try:
        return not content.isascii() and bool(content.decode())
    except UnicodeDecodeError:
        return False


def came_back(content: bytes, options: dict[str, str]) -> tuple[list[list[str]], int, int]:
    """Rows that went through a reader and a writer, how many were rejected, and read."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "a.csv", Path(folder) / "b.csv"
        source.write_bytes(content)
        away = 0
        with (
            open_table(source, batch_size=3, **options) as reader,
            open_output(target, reader, [AddedColumn("role", "string")]) as writer,
        ):
            for batch in reader:
                writer.write(batch, {"role": ["other"] * len(batch)})
                away += len(reader.take_rejects())
            away += len(reader.take_rejects())
            assert isinstance(reader, CsvReader)
            delimiter = reader.delimiter
        with target.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, delimiter=delimiter, strict=True))
        assert rows[0][-1] == "role"
        return [row[:-1] for row in rows[1:]], away, reader.rows_in


@settings(max_examples=66 * TIMES)
@given(written(), st.booleans())
def test_any_table_comes_back_as_it_was(
    table: tuple[list[list[str]], bytes, dict[str, str]], given_encoding: bool
) -> None:
    rows, content, options = table
    if options["encoding"] != "cp1252" and not given_encoding:
        del options["encoding"]
    assert came_back(content, options) == (rows, 0, len(rows))


@settings(max_examples=66 * TIMES)
@given(
    written(),
    st.lists(
        st.tuples(st.integers(0, 10**4), st.sampled_from([b'"', b"\\", b",", b"\n", b"\xff", b""]))
    ),
)
def test_any_damage_loses_no_row_unseen(
    table: tuple[list[list[str]], bytes, dict[str, str]], damage: list[tuple[int, bytes]]
) -> None:
    _, content, options = table
    for place, put in damage:
        at = place % (len(content) + 1)
        content = content[:at] + put + content[at + (not put) :]
    try:
        back, away, read = came_back(content, options)
    except RolenlpError:
        return  # the header is what was damaged, or nothing is left
    assert read == len(back) + away


@settings(max_examples=5 * TIMES)
@given(written())
def test_any_table_comes_back_from_the_command_line(
    table: tuple[list[list[str]], bytes, dict[str, str]],
) -> None:
    rows, content, options = table
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "a.csv", Path(folder) / "b.csv"
        source.write_bytes(content)
        given = [word for name, value in options.items() for word in (f"--{name}", value)]
        found = run(source, target, "--text-column", "text0", *given)
        assert found.exit_code == 0, found.exception
        assert judged(target) == rows
        assert re.search(rf"read: {len(rows)}, of them judged \d+, rejected 0\b", found.stderr)
