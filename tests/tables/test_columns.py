import pytest

from rolenlp.errors import InputError
from rolenlp.schema import Posting
from rolenlp.tables.base import Batch
from rolenlp.tables.columns import Columns, find_column, find_columns


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["id", "title", "description"], Columns(2, 1, 0)),
        (["Job Title", "Job Description"], Columns(1, 0)),
        (["jobDescription"], Columns(0)),
        (["full-description", "POSITION", "Uniq Id"], Columns(0, 1, 2)),
        (["description", "job_description"], Columns(1)),  # the first may be the company's
        (["text", "description"], Columns(1)),
        (["title", "job_title", "body"], Columns(2, 1)),
        (["company", "text", "text"], Columns(1)),
        (["id", "posting_id", "text"], Columns(2, None, 1)),
        (["description", "description_id", "subtitle"], Columns(0)),
    ],
)
def test_usual_names_are_found(names, found):
    assert find_columns(names, source="ads.csv") == found


@pytest.mark.parametrize(
    ("names", "given", "found"),
    [
        (["description", "notes"], {"text": "notes"}, Columns(1)),
        (["description", "Notes"], {"text": "notes"}, Columns(1)),
        (["a", "A", "text"], {"title": "A"}, Columns(2, 1)),
        (["a", "b", "text"], {"identifier": "b", "title": "a"}, Columns(2, 0, 1)),
        (["x", "x"], {"text": "x"}, Columns(0)),
        (["title", "id"], {"text": "title"}, Columns(0, None, 1)),  # a title is not its own text
        (["title", "id"], {"text": "title", "title": "title"}, Columns(0, 0, 1)),
    ],
)
def test_given_names_are_taken(names, given, found):
    assert find_columns(names, **given, source="ads.csv") == found


@pytest.mark.parametrize(
    ("names", "given", "words"),
    [
        (["a", "b"], {}, ["ads.csv", "--text-column", '"a", "b"']),
        ([], {}, ["ads.csv", "no columns at all"]),
        (["text"], {"text": "body"}, ['"body"', "--text-column", '"text"']),
        (["text"], {"title": "name"}, ['"name"', "--title-column"]),
        (["text"], {"identifier": "key"}, ['"key"', "--id-column"]),
        (["Body", "BODY"], {"text": "body"}, ['"body"', '"Body", "BODY"']),
        ([f"c{n}" for n in range(20)], {}, ['"c11" and 8 more;']),
    ],
)
def test_what_cannot_be_found_is_named(names, given, words):
    with pytest.raises(InputError) as caught:
        find_columns(names, **given, source="ads.csv")
    assert all(word in str(caught.value) for word in words)


def test_an_ad_in_place_of_a_header_is_not_quoted_at_length():
    with pytest.raises(InputError) as caught:
        find_columns(["word\n" * 500], source="ads.csv")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("wanted", "found"),
    [(None, 1), ("verdict", 2), ("VERDICT", 2)],
)
def test_any_column_can_be_looked_for(wanted, found):
    names = ["text", "Role Label", "verdict"]
    assert find_column(names, wanted, ["label", "role_label"], "--label-column", "a.csv") == found


def test_no_usual_name_is_no_error():
    assert find_column(["text"], None, ["label"], "--label-column", "a.csv") is None


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        (Columns(2, 1, 0), 'columns: text="Ad", title="Title", id="Nr"'),
        (Columns(2), 'columns: text="Ad", no title, no id'),
    ],
)
def test_what_was_taken_is_said_in_a_line(columns, line):
    assert columns.describe(["Nr", "Title", "Ad"]) == line


AD = "You own the roadmap and the plan of the team each week. " * 12
OTHER = "You answer for suppliers, sites and all that is to be handed over. " * 12
TEASER = "A new place for you in our team of makers."


@pytest.mark.parametrize(
    ("row", "text", "title", "parts"),
    [
        ({"title": "PM", "description": TEASER, "body": AD}, 2, 0, ()),
        ({"title": "PM", "description": AD, "body": TEASER}, 1, 0, ()),
        ({"title": "PM", "summary": TEASER, "raw": AD}, 2, 0, ()),  # a name that says nothing
        ({"title": "PM", "summary": TEASER, "company_profile": AD}, 1, 0, ()),
        ({"Stellentitel": "PM", "Beschreibung": AD}, 1, 0, ()),
        ({"subject": "PM", "snippet": AD}, 1, 0, ()),
        ({"Job Role": "PM", "contents": AD}, 1, 0, ()),
        ({"headline": "PM", "About the job": AD}, 1, 0, ()),
        ({"Role": "PM", "Job Descriptions": AD}, 1, 0, ()),
        ({"role": "project", "text": AD}, 1, None, ()),  # a verdict is no title
        ({"position": 3, "job": "PM", "text": AD}, 2, 1, ()),  # a number is no title
        ({"title": "PM", "description": TEASER, "Responsibilities": AD}, 1, 0, (2,)),
        (
            {"title": "PM", "intro": TEASER, "responsibilities": AD, "requirements": OTHER},
            1,
            0,
            (2, 3),
        ),
        ({"title": "PM", "description": AD + OTHER, "requirements": OTHER}, 1, 0, ()),  # in it
        ({"title": "PM", "description": AD, "requirements": None}, 1, 0, ()),
        ({"text": "PM", "descriptionPlain": TEASER, "lists": [{"content": AD}]}, 1, 0, (2,)),
        ({"title": "PM", "content": "&lt;p&gt;" + AD}, 1, 0, ()),
    ],
)
def test_content_decides_among_names(row, text, title, parts):
    found = find_columns(list(row), source="ads", values=lambda at: [list(row.values())[at]] * 9)
    assert (found.text, found.title, found.parts) == (text, title, parts)


def test_columns_of_text_are_joined_in_the_order_given():
    found = find_columns(["b", "a"], text=("a", "b"), source="ads.csv")
    batch = Batch(1, 2, [["one", "nan"], ["two", "three"]], None)
    assert found.postings(batch) == [Posting("two\n\none"), Posting("three")]
    assert found.describe(["b", "a"]) == 'columns: text="a" + "b", no title, no id'


def test_duties_that_are_not_read_are_named():
    row = {"description": TEASER, "duties": AD}
    found = find_columns(
        list(row), text="description", source="ads", values=lambda at: [list(row.values())[at]]
    )
    assert found.describe(list(row)) == (
        'columns: text="description", no title, no id; of the first rows 100% have "description" '
        '(10 words); not read: "duties"'
    )


LONG = " ".join(["You own the roadmap and rank the backlog with sales."] * 2)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Título del puesto", "Descripción del puesto"),
        ("Nome da vaga", "Descrição da vaga"),
        ("Titre de l'annonce", "Texte de l'annonce"),
        ("Jobbezeichnung", "Volltext"),
        ("Funktion", "Aufgaben"),
        ("Rubrik", "Annonstext"),
        ("职位", "职位描述"),
        ("Название вакансии", "Описание вакансии"),
        ("business_title", "listing_text"),
        ("_source.title", "_source.description"),
        ("title_en", "description_en"),
    ],
)
def test_names_that_hold_a_word_for_titles_are_found(title, text):
    columns = [["A", "B"], ["PM", "Clerk"], ["Bonn", "Rome"], [LONG, LONG]]
    found = find_columns(
        ["company_title", title, "place", text], source="a", values=columns.__getitem__
    )
    assert (found.title, found.texts) == (1, (3,))


def test_of_twins_the_filled_one_is_read():
    columns = [["", ""], [LONG, LONG], ["", ""], ["PM", "Clerk"]]
    names = ["description", "Description", "title", "title"]
    found = find_columns(names, source="a", values=columns.__getitem__)
    assert (found.title, found.texts) == (3, (1,))


def test_a_column_of_tables_holds_no_ads():
    rows = [[{"title": "PM", "text": LONG}, {"title": "Clerk", "text": LONG}]]
    with pytest.raises(InputError, match="no column of text"):
        find_columns(["data"], source="a", values=[rows].__getitem__)
    paragraphs = [[LONG, LONG]]
    assert find_columns(["data"], source="a", values=[paragraphs].__getitem__).text == 0


LONG = "You own the roadmap, rank the backlog and talk with customers each week. " * 4


@pytest.mark.parametrize(
    ("row", "title"),
    [
        ({"jobPostingInfo": {"id": "R1", "title": "PM", "jobDescription": LONG}}, "PM"),  # Workday
        ({"data": {"id": 3, "attributes": {"body": LONG, "job-title": "PM"}}}, "PM"),
        # Greenhouse, Lever: the title stands beside the text.
        ({"title": "PM", "content": LONG, "location": {"name": "Berlin"}}, "PM"),
        ({"text": "PM", "descriptionPlain": LONG, "categories": {"team": "Product"}}, "PM"),
        ({"position": {"title": "PM", "level": "Senior"}, "description": LONG}, "PM"),
        # The ad's own title comes before another's, a usual name before a less usual one.
        ({"job": {"manager": {"title": "Director"}, "name": "x", "title": "PM", "t": LONG}}, "PM"),
        ({"job": {"position": "Berlin", "jobTitle": "PM", "text": LONG}}, "PM"),
        ({"job": {"title": None, "headline": "PM", "text": LONG}}, "PM"),
        # Of something else, or of a row of a list.
        ({"description": LONG, "manager": {"title": "Director"}}, ""),
        ({"job": {"text": LONG, "similar": [{"title": "Clerk"}]}}, ""),
        ({"job": {"text": LONG, "title": {"en": 3}}}, ""),
    ],
)
def test_titles_of_nested_rows_are_found(row, title):
    columns = [[value] for value in row.values()]
    found = find_columns(list(row), source="ads.jsonl", values=columns.__getitem__)
    [ad] = found.postings(Batch(1, 1, columns, None))
    assert ad.title == title
    assert LONG.strip() in ad.text


def test_a_table_without_names_is_refused_and_loses_no_row():
    columns = [["2"], ["Clerk"], [LONG * 9]]
    with pytest.raises(InputError, match="put a row of names above it"):
        find_columns(["1", "PM", LONG * 9], source="a", values=columns.__getitem__)
