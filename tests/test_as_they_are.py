"""Tables as people have them: what is around, above and between the cells."""

import csv

import pandas as pd
import pytest

from rolenlp.schema import Posting
from rolenlp.tables import open_table
from rolenlp.tables.columns import columns_of

ADS = [("PM", "You own the roadmap, and rank the backlog."), ("Clerk", "You answer calls, daily.")]
POSTINGS = [Posting(text, title) for title, text in ADS]


def ads_in(path):
    with open_table(path) as reader:
        found = columns_of(reader)
        return [ad for batch in reader for ad in found.postings(batch)]


@pytest.mark.parametrize(
    ("above", "delimiter"),
    [
        ("sep=;\n", ";"),
        ("sep=;\r\n", ";"),
        ('"sep=|"\n', "|"),
        ("SEP=\t\n", "\t"),
        ("sep=;\nExported by Jane\n\n", ";"),
        ("Exported by Jane, 3 March, at noon, again\n\n", ","),
        ("Jobs;;\n;;\n", ";"),
        ("   \n\n", ","),
        ("", ","),
    ],
)
def test_what_stands_above_the_header_is_no_row(tmp_path, above, delimiter):
    path = tmp_path / "ads.csv"
    with path.open("w", newline="") as file:
        file.write(above)
        rows = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        rows.writerows([("title", "text", "nr"), *((*ad, "1") for ad in ADS)])
    assert ads_in(path) == POSTINGS


@pytest.mark.parametrize(
    "table",
    [
        "kind,value\ntitle,text\nPM,Own\n",  # a row of the header's width
        "text\ntitle and text\n",
        'a,b\n"one\ntitle,text,more",x\n',  # within a cell
    ],
)
def test_a_header_of_other_names_stays(tmp_path, table):
    path = tmp_path / "ads.csv"
    path.write_text(table)
    with open_table(path) as reader:
        assert reader.names == table.partition("\n")[0].split(",")


def test_blanks_before_quotes_are_left_out(tmp_path):
    path = tmp_path / "ads.csv"
    lines = [f'{nr}, "{title}",  "{text}"\n' for nr, (title, text) in enumerate(ADS)]
    path.write_text(
        "".join(["id, title, description\n", *lines, '3, , "Say ""go"",\nthen rest"\n'])
    )
    assert ads_in(path) == [*POSTINGS, Posting('Say "go",\nthen rest')]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        # Every quote opens after a blank: so the table is written.
        ('id,text\n1, "abc"\n2, "d"\n', [["1", "abc"], ["2", "d"]]),
        ('id, text\n"1", "abc"\n2, d\n', [["1", "abc"], ["2", "d"]]),
        ('id;text\n1; "say ""a"""\n', [["1", 'say "a"']]),
        # Some do not: what stands before the others is theirs.
        ('id,text\n1, "abc"\n2,"d"\n', [["1", ' "abc"'], ["2", "d"]]),
        # No cell is quoted as a whole.
        ('id,text\n1, "quoted" word\n2, d\n', [["1", ' "quoted" word'], ["2", " d"]]),
        ('text,id\n"a, ""b""", 1\n', [['a, "b"', " 1"]]),
        ("id,text\n1, a\n", [["1", " a"]]),
    ],
)
def test_blanks_before_quotes_without_a_delimiter_in_them(tmp_path, text, rows):
    path = tmp_path / "a.csv"
    path.write_text(text, newline="")
    with open_table(path) as reader:
        [batch] = reader
        assert batch.native == rows


@pytest.mark.parametrize(
    "missing", ["nan", "NaN", "None", "null", "N/A", "#N/A", "-1", "<NA>", " n/a ", "", None, -1]
)
def test_placeholders_are_missing(tmp_path, missing):
    path = tmp_path / "ads.jsonl"
    pd.DataFrame({"title": [missing, "PM"], "text": ["Own it.", missing]}).to_json(
        path, orient="records", lines=True
    )
    assert ads_in(path) == [Posting("Own it."), Posting("", "PM")]


def test_nan_as_python_writes_it_is_missing(tmp_path):
    path = tmp_path / "ads.jsonl"
    path.write_text('{"title": NaN, "text": "Own it."}\n')
    assert ads_in(path) == [Posting("Own it.")]


def test_the_first_rows_are_given_out_once(tmp_path):
    path = tmp_path / "ads.csv"
    pd.DataFrame({"title": range(1300), "text": "Own it."}).to_csv(path, index=False)
    with open_table(path) as reader:
        first = reader.first()
        assert first is reader.first()
        assert [batch.first_row for batch in reader] == [1, 513, 1025]
        assert reader.rows_in == 1300
