from pathlib import Path

import pytest

from rolenlp.errors import InputError
from rolenlp.schema import Posting
from rolenlp.train.labelled import Labelled, TableOptions, merged, read_tables

Row = tuple[str, str, str, str]  # id, title, text, role


def table(*rows: Row, source: str = "a") -> Labelled:
    return Labelled(
        [Posting(text, title) for _, title, text, _ in rows],
        [role for *_, role in rows],
        [source] * len(rows),
        [name for name, *_ in rows],
    )


LONG = "Keep the risk register of a bridge. " * 10


@pytest.mark.parametrize(
    ("tables", "roles", "notes"),
    [
        pytest.param(
            [table(("1", "PM", "x", "other"), ("2", "PM", "y", "other"))],
            ["other", "other"],
            [],
            id="nothing to merge",
        ),
        pytest.param(
            [
                table(("1", "PM", "x", "other"), ("2", "PM", "y", "other")),
                table(
                    ("2", "PM", "y", "project"), ("1", "PM", "x", "other"), ("3", "", "z", "hybrid")
                ),
            ],
            ["other", "project", "hybrid"],
            ["2 ads are in an earlier table too; 1 label changed"],
            id="the later table wins, by id",
        ),
        pytest.param(
            [
                table(("", "PM", "Keep plans", "other")),
                table(("7", "pm", " keep\nplans.", "project")),
            ],
            ["project"],
            ["1 ad is in an earlier table too; 1 label changed"],
            id="by title and text where one has no id",
        ),
        pytest.param(
            [table(("1", "PM", "x", "other")), table(("1", "Nurse", "y", "project"))],
            ["other", "project"],
            [],
            id="one number, two boards' ads",
        ),
        pytest.param(
            [table(("1", "PM", LONG, "other")), table(("1", "PM", LONG[:300], "project"))],
            ["project"],
            ["1 ad is in an earlier table too; 1 label changed"],
            id="a text that a spreadsheet cut",
        ),
        pytest.param(
            [table(("1", "PM", "x", "other")), table(("2", "PM", "x", "project"))],
            ["other", "project"],
            [],
            id="posted again under another id",
        ),
        pytest.param(
            [
                table(
                    ("1", "PM", "x", "other"),
                    ("1", "PM", "x", "project"),
                    ("1", "PM", "x", "hybrid"),
                )
            ],
            ["hybrid"],
            [
                "2 rows repeat an ad of the same table; 1 ad has labels that contradict each "
                "other, and the last counts"
            ],
            id="contradiction in one table",
        ),
        pytest.param(
            [table(("", "PM", "x", "other"), ("", "PM", "x", "other"))],
            ["other"],
            [
                "1 row repeats an ad of the same table; 0 ads have labels that contradict each "
                "other, and the last counts"
            ],
            id="repeated",
        ),
        pytest.param(
            [table(("", "PM", "", "other"), ("", "PM", " ", "project"))],
            ["other", "project"],
            [],
            id="no text, no telling",
        ),
        pytest.param(
            [
                table(("1", "PM", "x", "other")),
                table(("1", "PM", "x", "project"), ("1", "PM", "x", "other")),
            ],
            ["other"],
            [
                "1 ad is in an earlier table too; 0 labels changed",
                "1 row repeats an ad of the same table; 1 ad has labels that contradict each "
                "other, and the last counts",
            ],
            id="both at once",
        ),
    ],
)
def test_merged(tables: list[Labelled], roles: list[str], notes: list[str]) -> None:
    found = merged(tables)
    assert found.roles == roles
    assert found.notes == notes
    assert len(found.postings) == len(found.sources) == len(found.ids) == len(roles)


def test_the_ad_stays_as_it_first_stood() -> None:
    one, two = table(("1", "PM", "x y", "other")), table(("1", "pm", "X Y", "project"), source="b")
    found = merged([one, two])
    assert (found.postings, found.sources) == (one.postings, ["a"])


def test_what_the_review_page_wrote_is_read_by_its_own_column(tmp_path: Path) -> None:
    base, corrections = tmp_path / "base.csv", tmp_path / "corrections.csv"
    base.write_text("id,text,label\n1,Keep the risk register,other\n2,Nurse,other\n")
    corrections.write_text(
        "id,text,label,role,model_role,reviewed_at\n"
        "1,Keep the risk register,other,project,project,2026-11-25T10:00:00Z\n"
        "2,Nurse,other,,other,\n"
    )
    options = TableOptions(label="label")
    found = merged(read_tables([base, corrections], options))
    assert found.roles == ["project", "other"]
    assert found.unlabelled == 1
    assert "1 ad is in an earlier table too; 1 label changed" in found.notes


def test_tables_without_a_label(tmp_path: Path) -> None:
    path = tmp_path / "none.csv"
    path.write_text("text,role\nNurse,\n")
    with pytest.raises(InputError, match="no labelled row"):
        read_tables([path], TableOptions())


def test_files_are_no_sources_and_reviewed_ads_are_marked(tmp_path: Path) -> None:
    base, more = tmp_path / "base.csv", tmp_path / "more.csv"
    base.write_text("id,text,role\n1,Keep the plan.,project\n", "utf-8")
    more.write_text(
        "id,text,role,model_role,reviewed_at,source\n"
        "1,Keep the plan.,other,project,2026-01-01T00:00:00Z,a\n"
        "2,Own the vision.,product,other,2026-01-01T00:00:00Z,a\n",
        "utf-8",
    )
    ads = merged(read_tables([base, more], TableOptions()))
    assert ads.roles == ["other", "product"]
    assert ads.told == [False, True]
    assert ads.reviewed == [False, True]  # the first was not chosen for review alone
