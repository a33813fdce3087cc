"""Tables as people have them: what is around, above and between the cells."""

import csv
import gzip
import json

import openpyxl
import pandas as pd
import pytest

from rolenlp.errors import InputError
from rolenlp.schema import Posting
from rolenlp.tables import open_table
from rolenlp.tables.columns import columns_of
from rolenlp.tables.several import open_together

ADS = [("PM", "You own the roadmap, and rank the backlog."), ("Clerk", "You answer calls, daily.")]
SAID = 'say "d" , now'
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
        ("Exported by,Jane,\n,,\n", ","),
        ("Open jobs,Unnamed: 1,Unnamed: 2\n", ","),
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
        # Blanks after quotes, tabs before them, both.
        ('"id" , "text"\n"1" , "a, b"\n"2"\t, "d" \n', [["1", "a, b"], ["2", "d"]]),
        ('"id" ,"text"\n"1"  ,"a" \r\n"2" ,"say ""d"" , now"\n', [["1", "a"], ["2", SAID]]),
        ('id,\t"text"\n1,\t"a, b"\n2,\t"c, d"\n', [["1", "a, b"], ["2", "c, d"]]),
        ('id,\t"text"\n1,\t"abc"\n2,\t"d"\n', [["1", "abc"], ["2", "d"]]),
        ('id;text\n1 ; "a" \n2 ; "d" \n', [["1 ", "a"], ["2 ", "d"]]),
        ('id\ttext\n1\t"a" \n2\t"b\tc" \n', [["1", "a"], ["2", "b\tc"]]),
        ('id,"t" \n1 , "one"" , \nand "" , "" two" \n', [["1 ", 'one" , \nand " , " two']]),
        ('"id" , "text"\n"1" , "a \\", b" \n"2" , "c" \n', [["1", 'a ", b'], ["2", "c"]]),
        # They are of the cells: within quotes, or where there are none around the cell.
        ('id,text\n1,"a "" , "" b"\n2," d "\n', [["1", 'a " , " b'], ["2", " d "]]),
        ('id,text\n1,a "b" \n2, d\t\n', [["1", 'a "b" '], ["2", " d\t"]]),
        ('id\ttext\n\t"a" \n2\t"d"\n', [["", "a"], ["2", "d"]]),
    ],
)
def test_blanks_around_quotes(tmp_path, text, rows):
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


HEADER = ["Nr", "Job Title", "Description"]
TABLE = [HEADER, *([nr, *ad] for nr, ad in enumerate(ADS))]


@pytest.mark.parametrize(
    ("sheets", "merged", "options"),
    [
        ({"Jobs": TABLE}, "", {}),
        ({"Jobs": [["Open jobs"], [], *TABLE]}, "A1:C1", {}),
        ({"Jobs": [["Exported by", "Jane"], ["on", 2024], *TABLE]}, "", {}),
        ({"Jobs": [["", "Job"], *TABLE]}, "B1:C1", {}),
        ({"Jobs": [["", *row] for row in ([], *TABLE)]}, "", {}),
        ({"Cover": [["What this is"], ["Jobs, and where"]], "Jobs": TABLE}, "", {}),
        ({"Empty": [], "Jobs": TABLE}, "", {}),
        ({"Fields": [["field", "meaning"], ["title", "text"]], "Jobs": TABLE}, "", {}),
        ({"Jobs": TABLE, "Old jobs": [HEADER, [9, "Old", "Old"]]}, "", {}),
        ({"Old jobs": [HEADER, [9, "Old", "Old"]], "Jobs": TABLE}, "", {"sheet": "jobs"}),
        ({"hidden": [HEADER, [9, "Old", "Old"]], "Jobs": TABLE}, "", {}),
    ],
)
def test_a_workbook_is_read_where_its_table_is(tmp_path, sheets, merged, options):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        if merged:
            sheet.merge_cells(merged)
        sheet.sheet_state = "hidden" if name == "hidden" else "visible"
    book.save(tmp_path / "ads.xlsx")
    with open_table(tmp_path / "ads.xlsx", **options) as reader:
        found = columns_of(reader)
        assert reader.names[-3:] == HEADER
        assert [ad for batch in reader for ad in found.postings(batch)] == POSTINGS


def test_rows_of_a_workbook_that_hold_usual_names_are_no_header(tmp_path):
    book = openpyxl.Workbook()
    for row in (["field", "meaning"], ["title", "text"], ["text", "what the ad says"]):
        book.active.append(row)
    book.save(tmp_path / "about.xlsx")
    with open_table(tmp_path / "about.xlsx") as reader:
        assert reader.names == ["field", "meaning"]
        assert sum(map(len, reader)) == 2


OBJECTS = [{"id": nr, "title": title, "text": text} for nr, (title, text) in enumerate(ADS)]


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize(
    "answer",
    [
        {"jobs": OBJECTS, "meta": {"total": 2}},
        {"count": 2, "next": None, "data": {"pages": [1, 2], "jobs": OBJECTS}, "ok": True},
        {"fields": [{"name": "title"}], "results": OBJECTS},
    ],
)
def test_the_array_within_an_answer_is_the_table(tmp_path, answer, indent):
    path = tmp_path / "ads.json"
    path.write_text(json.dumps(answer, indent=indent))
    assert ads_in(path) == POSTINGS
    with open_table(path) as reader:
        assert [dict(zip(reader.names, row, strict=True)) for row in rows_in(reader)] == OBJECTS


def rows_in(reader):
    return [row for batch in reader for row in zip(*reader.values(batch), strict=True)]


def test_an_object_that_is_an_ad_is_no_answer(tmp_path):
    path = tmp_path / "ad.json"
    path.write_text(json.dumps({"text": "PM", "lists": [{"text": "You", "content": "own it."}]}))
    with open_table(path) as reader:
        assert reader.names == ["text", "lists"]


def test_nothing_of_an_answer_cut_off_or_gone_on_with_is_lost(tmp_path):
    path = tmp_path / "ads.json"
    for rest, reason in (('{"title": "c', "JSON object"), ("]} and more", "JSON object")):
        path.write_text(f'{{"jobs": [{json.dumps(OBJECTS[0])},\n{json.dumps(OBJECTS[1])}{rest}')
        with open_table(path) as reader:
            assert len(rows_in(reader)) == 2
            (reject,) = reader.take_rejects()
            assert reason in reject.reason
            assert reject.line == 2


@pytest.mark.parametrize("orient", ["columns", "index", "split"])
def test_json_by_columns_is_refused_with_what_to_do(tmp_path, orient):
    pd.DataFrame(OBJECTS).to_json(tmp_path / "ads.json", orient=orient)
    with pytest.raises(InputError, match=r'^.*ads\.json: .*orient="records"\)$'):
        open_table(tmp_path / "ads.json")


@pytest.mark.parametrize(
    ("write", "says"),
    [
        (lambda table, file: table.to_excel(file, engine="openpyxl"), "name it .zip or .xlsx"),
        (lambda table, file: table.to_parquet(file), "name it .parquet"),
        (lambda table, file: file.write(gzip.compress(table.to_csv().encode())), "put .gz"),
        (lambda _, file: file.write(b"%PDF-1.7 and more"), "a PDF"),
        (lambda _, file: file.write(b"\xd0\xcf\x11\xe0 and more"), "as .xlsx"),
    ],
)
@pytest.mark.parametrize("name", ["ads.csv", "ads.json"])
def test_a_binary_file_by_the_name_of_a_text_is_named(tmp_path, write, says, name):
    with (tmp_path / name).open("wb") as file:
        write(pd.DataFrame(OBJECTS), file)
    with pytest.raises(InputError, match=says):
        open_table(tmp_path / name)


@pytest.mark.parametrize(
    ("names", "given", "titles"),
    [
        (("title", "text"), {}, True),
        (("Job Title", "Job Description"), {"text": ()}, True),
        (("Stellentitel", "Beschreibung"), {}, True),
        (("Title", "text"), {}, True),
        (("no", "body"), {}, False),
        (("Job Title", "text"), {"text": "text", "title": "title"}, False),
    ],
)
def test_tables_that_are_read_as_one_may_name_their_columns_otherwise(
    tmp_path, names, given, titles
):
    pd.DataFrame(ADS, columns=["title", "text"]).to_csv(tmp_path / "a.csv", index=False)
    pd.DataFrame(ADS, columns=names).to_json(tmp_path / "b.json", orient="records")
    paths = [str(tmp_path / name) for name in ("a.csv", "b.json")]
    with open_together(paths, open_table, "file", 512) as reader:
        found = columns_of(reader, **given)
        assert reader.names == [*dict.fromkeys(["title", "text", *names]), "file"]
        ads = [ad for batch in reader for ad in found.postings(batch)]
    assert ads == [*POSTINGS, *(POSTINGS if titles else (Posting(text) for _, text in ADS))]
