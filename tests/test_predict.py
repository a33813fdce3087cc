"""The front door of Python: what can be called, with what, and what is refused."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.exceptions import NotFittedError

import rolenlp
from rolenlp.errors import InputError, ModelError
from rolenlp.model.features import LemmaCounts
from rolenlp.model_file.card import card_path, default_model_path
from rolenlp.predict import judge_arrow, judged_schema
from tests.small_ads import small_phrases, small_priors

AD = "Keep the project plan and the risk register, manage contractors and report on budget."


def test_the_package_can_be_called_and_holds_what_its_modules_do() -> None:
    verdict = rolenlp.predict(AD, title="PM")
    assert verdict == rolenlp.predict.predict(AD, "PM")
    assert list(rolenlp.predict_many([("PM", AD)])) == [verdict]
    assert rolenlp.label_frame(pd.DataFrame({"text": [AD]})).role.tolist() == ["project"]
    assert pickle.loads(pickle.dumps(rolenlp.predict.predict)) is rolenlp.predict.predict


def test_load_without_a_path_is_the_default_model() -> None:
    assert rolenlp.load() is rolenlp.load()
    again = rolenlp.load(default_model_path())
    np.testing.assert_array_equal(again.predict_proba([AD]), rolenlp.load().predict_proba([AD]))


def test_a_model_can_be_given_by_its_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.joblib"
    with pytest.raises(ModelError, match="no such model"):
        rolenlp.predict(AD, model=path)
    shutil.copy(default_model_path(), path)
    shutil.copy(card_path(default_model_path()), card_path(path))
    for model in (path, str(path)):
        assert rolenlp.predict(AD, model=model) == rolenlp.predict(AD)
    path.write_bytes(b"another by now")
    with pytest.raises(ModelError, match="is not the file that its card describes"):
        rolenlp.predict(AD, model=path)


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT, ""], ids=str)
def test_what_is_missing_is_empty(missing: object) -> None:
    assert rolenlp.predict(missing).status == "empty"
    assert rolenlp.predict(AD, missing) == rolenlp.predict(AD)
    assert [v.status for v in rolenlp.predict_many([missing, {"text": missing}])] == ["empty"] * 2


@pytest.mark.parametrize("given", [b"an ad", bytearray(b"an ad")])
def test_bytes_are_refused(given: bytes) -> None:
    for ads in ([{"text": given}], [("PM", given)], [(given, AD)]):
        with pytest.raises(TypeError, match="not bytes: decode it first"):
            list(rolenlp.predict_many(ads))
    with pytest.raises(TypeError, match="not bytes: decode it first"):
        rolenlp.predict(given)


@pytest.mark.parametrize(
    ("model", "shown"),
    [
        (rolenlp.RoleClassifier(), "RoleClassifier()"),
        (rolenlp.RoleClassifier(min_postings=2), "RoleClassifier(min_postings=2)"),
        (small_phrases(), "RoleClassifier(boilerplate={}, priors=<Priors>)"),
        (rolenlp.load(), "RoleClassifier(boilerplate=<dict>, priors=<Priors>)"),
        (
            LemmaCounts("title", priors=small_priors()),
            "LemmaCounts(field='title', priors=<Priors>)",
        ),
    ],
)
def test_an_estimator_is_shown_on_one_line(model: object, shown: str) -> None:
    assert repr(model) == shown


# Tables

TEXTS = [AD, "", None, "Too short.", f"{AD} Own the product roadmap and the vision."]
ROWS = {"n": [1, 2, 3, 4, 5], "text": TEXTS, "when": [None, 7, None, 9, 10]}
STATUS = ["ok", "empty", "empty", "too_short", "ok"]


def verdicts_of(table: pa.Table) -> list[dict[str, object]]:
    return table.drop_columns(list(ROWS)).to_pylist()


@pytest.fixture(scope="module")
def judged() -> pa.Table:
    return judge_arrow(pa.table(ROWS), model=small_phrases(), themes=True)


def test_an_arrow_table_keeps_its_columns_and_gets_those_of_label(judged: pa.Table) -> None:
    table = pa.table(ROWS).replace_schema_metadata({"made": "by us"})
    again = judge_arrow(table, model=small_phrases(), themes=True)
    assert again.schema == judged_schema(table.schema, themes=True)
    assert again.schema.metadata == {b"made": b"by us"}
    assert again.select(list(ROWS)).equals(table)
    assert again.column("status").to_pylist() == STATUS
    alone = [rolenlp.predict(text, model=small_phrases()) for text in TEXTS]
    assert again.column("confidence").to_pylist() == [verdict.confidence for verdict in alone]
    assert again.column("role").to_pylist() == [verdict.role for verdict in alone]
    for chunks in (table.to_batches()[0], pa.concat_tables([table.slice(0, 2), table.slice(2)])):
        assert judge_arrow(chunks, model=small_phrases(), themes=True).equals(again)
    nothing = judge_arrow(table.slice(0, 0), model=small_phrases(), themes=True)
    assert (nothing.num_rows, nothing.schema) == (0, again.schema)


KINDS: dict[str, Callable[[pa.Table], Any]] = {
    "polars": pl.from_arrow,
    "polars, lazy": lambda table: pl.from_arrow(table).lazy(),
    "pyarrow": lambda table: table,
    "duckdb": duckdb.from_arrow,
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_frame_of_any_kind_comes_back_as_one_of_its_kind(kind: str, judged: pa.Table) -> None:
    given = KINDS[kind](pa.table(ROWS))
    found = rolenlp.label_frame(given, model=small_phrases(), themes=True)
    assert type(found) is type(given)
    seen = nw.from_native(found).lazy().collect("pyarrow").to_native()
    assert seen.column_names == judged.column_names
    assert seen.to_pylist() == judged.to_pylist()


def test_pandas_keeps_its_index_its_dtypes_and_its_names(judged: pa.Table) -> None:
    index = pd.MultiIndex.from_tuples([("a", n) for n in range(5)], names=["x", None])
    df = pd.DataFrame(ROWS, index=index).astype({"when": "Int32"})
    df[7] = [object()] * 5  # what Arrow has no type for, under a name that is no text
    found = rolenlp.label_frame(df, model=small_phrases(), themes=True)
    pd.testing.assert_frame_equal(found[[*df.columns]], df)
    added = found.drop(columns=df.columns)
    dtypes = {**dict.fromkeys(added.columns, "Int64"), **dict.fromkeys(NUMBERS, "float64")}
    text = "str" if pd.__version__ >= "3" else "object"
    dtypes |= dict.fromkeys(["role", "title_role", "evidence", "status"], text)
    assert added.dtypes.astype(str).to_dict() == dtypes | {"review": "bool", "conflict": "boolean"}
    plain = added.astype(object).where(added.notna(), None)
    assert plain.to_dict("records") == verdicts_of(judged)


NUMBERS = "confidence p_product p_project p_hybrid p_other orientation".split()
UNREADABLE = pa.array([AD.encode(), b"\xff plan", AD.encode()]).view(pa.string())
STR = [pd.array(UNREADABLE, dtype="str")] if pd.__version__ >= "3" else []  # before, NumPy's


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        pytest.param(pa.Table, UNREADABLE, id="Arrow, no UTF-8"),
        pytest.param(
            pd.DataFrame,
            pd.Series(UNREADABLE, dtype=pd.ArrowDtype(pa.string())),
            id="pandas, no UTF-8",
        ),
        *(pytest.param(pd.DataFrame, each, id="pandas' str, no UTF-8") for each in STR),
        pytest.param(
            pd.DataFrame,
            [AD, type("Odd", (), {"__str__": lambda self: 1 / 0})(), AD],
            id="pandas, no text at all",
        ),
    ],
)
def test_a_row_that_cannot_be_read_has_the_status_error(kind: type, texts: object) -> None:
    table = pa.table({"text": texts}) if kind is pa.Table else pd.DataFrame({"text": texts})
    judge = judge_arrow if kind is pa.Table else rolenlp.label_frame
    status = judge(table, text="text", title=None, model=small_phrases())["status"]
    assert getattr(status, "to_pylist", getattr(status, "tolist", None))() == ["ok", "error", "ok"]


@pytest.mark.parametrize("judge", [judge_arrow, rolenlp.label_frame])
@pytest.mark.parametrize(
    ("columns", "options", "error", "says"),
    [
        (["text", "review"], {}, ValueError, "column 'review' is there already"),
        (["text"], {"text": "body"}, KeyError, "body"),
        (["n"], {}, InputError, 'no column of text found among "n"; name the one .* text='),
    ],
)
def test_what_is_wrong_with_a_table(
    judge: Any, columns: list[str], options: dict[str, Any], error: type[Exception], says: str
) -> None:
    table = pa.table({name: [1] for name in columns})
    for each in (table, table.to_pandas())[: 1 if judge is judge_arrow else 2]:
        with pytest.raises(error, match=says):
            judge(each, model=small_phrases(), **options)


@pytest.mark.parametrize("given", [[AD], {"text": [AD]}, None])
@pytest.mark.parametrize("judge", [judge_arrow, rolenlp.label_frame])
def test_what_is_no_table_is_refused(judge: Any, given: object) -> None:
    with pytest.raises(TypeError, match=r"a table in memory is needed, got builtins\.\w+;"):
        judge(given)


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"model": 5}, TypeError, "RoleClassifier, or the path of its file, got int"),
        ({"model": rolenlp.RoleClassifier}, TypeError, "the path of its file, got type"),
        ({"model": rolenlp.RoleClassifier()}, NotFittedError, "is not fitted yet"),
        ({"model": "."}, ModelError, "is a directory; name the .joblib file in it"),
        ({"min_precision": 95}, ValueError, "min_precision is 95; it can be 0.5 to 0.99"),
        ({"role_prior": {"boss": 1}}, ValueError, "a mix of roles needs a share"),
    ],
)
def test_a_setting_that_is_wrong_is_no_fault_of_the_ads(
    options: dict[str, Any], error: type[Exception], says: str
) -> None:
    for judge in (judge_arrow, rolenlp.label_frame, lambda t, **o: rolenlp.predict(AD, **o)):
        with pytest.raises(error, match=says):
            judge(pa.table({"text": [AD]}), **options)


@pytest.mark.parametrize("given", [pd.Series([AD]), [AD], {"text": AD}, 5], ids=lambda g: type(g))
def test_one_ad_is_a_text(given: object) -> None:
    with pytest.raises(TypeError, match=rf"text is text, got {type(given).__name__}; many: pre"):
        rolenlp.predict(given)


@pytest.mark.parametrize(
    "make",
    [
        pl.from_arrow,
        pa.Table.to_pandas,
        pa.Table.to_reader,
        duckdb.from_arrow,
        lambda table: pa.table({"text": table["text"].combine_chunks().dictionary_encode()}),
        lambda table: pa.table({"text": pa.RunEndEncodedArray.from_arrays([1, 3], [AD, ""])}),
    ],
    ids=["polars", "pandas", "reader", "duckdb", "dictionary", "run ends"],
)
def test_whatever_speaks_arrow(make: Callable[[pa.Table], Any]) -> None:
    given = make(pa.table({"text": [AD, "", ""]}))
    assert judge_arrow(given, model=small_phrases())["status"].to_pylist() == ["ok"] + ["empty"] * 2


@pytest.mark.parametrize(
    "make", [pa.table, lambda t: pa.array(t["text"]), pl.DataFrame, pd.DataFrame]
)
def test_many_ads_of_a_table(make: Any) -> None:
    found = rolenlp.predict_many(make({"text": [AD, ""]}), model=small_phrases())
    assert [verdict.status for verdict in found] == ["ok", "empty"]


LEVELS = pd.MultiIndex.from_tuples([("ad", "name"), ("ad", "body")], names=["of", "what"])


@pytest.mark.parametrize(
    ("columns", "text", "title"),
    [
        ([0, 1], 1, 0),
        ([1, 0], 0, 1),
        ([0, 1], [1], None),
        (["a", "b"], ("b",), "a"),
        (LEVELS, ("ad", "body"), ("ad", "name")),
        (LEVELS, [("ad", "body")], None),
    ],
)
def test_names_that_are_no_text(columns: Any, text: Any, title: Any) -> None:
    df = pd.DataFrame([["Product Manager", AD]], columns=columns)
    df.attrs["from"] = "a board"
    found = rolenlp.label_frame(df, text, title, model=small_phrases())
    assert found["title_role"].tolist() == ["" if title is None else "product"]
    assert (found["status"].tolist(), found.attrs) == (["ok"], df.attrs)
    levels = LEVELS.names if columns is LEVELS else [None]
    assert found.columns.names == levels


@pytest.mark.parametrize("column", ["text", "title"])
def test_columns_are_named(column: str) -> None:
    df = pd.DataFrame({"text": [AD]})
    with pytest.raises(TypeError, match="columns are given by their names, got Series"):
        rolenlp.label_frame(df, **{column: df["text"]})
