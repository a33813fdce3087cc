import pandas as pd
import pytest

from rolenlp.predict import label_frame
from rolenlp.schema import Evidence, Posting, Prediction
from rolenlp.text.clean import clean
from rolenlp.verdicts.columns import Verdicts, added_columns, quoted
from rolenlp.verdicts.evidence import Phrase, Phrases
from rolenlp.verdicts.judge import judge
from tests.helpers_cli import ads_table, phrases_model, run
from tests.small_ads import small_phrases

NAMES = [
    "role",
    "confidence",
    "review",
    "p_product",
    "p_project",
    "p_hybrid",
    "p_other",
    "orientation",
    "title_role",
    "conflict",
    "evidence",
    "status",
]
THEMES = [
    "theme_risk",
    "theme_resource",
    "theme_scope",
    "theme_customer",
    "theme_vision",
    "theme_crossfunctional",
]
AD = 'Be <b>on time</b> &amp; keep the "risk" register. Share the vision.'
CLEAN = 'Be on time & keep the "risk" register. Share the vision.'
OWN = Phrases(
    clean(AD),
    [Phrase("scope", 3, 10, 2.0), Phrase("risk", 22, 37, 1.0), Phrase("scope", 3, 10, 0.5)],
)
STRAY = Phrases(clean(AD), [Phrase("vision", 49, 55, 0.25)])
NOTHING = Phrases(clean(""), [])
VALUES = {
    "role": ["project"],
    "confidence": [0.75],
    "review": [False],
    "p_product": [0.1],
    "p_project": [0.75],
    "p_hybrid": [0.05],
    "p_other": [0.1],
    "orientation": [-0.5],
    "title_role": ["product"],
    "conflict": [True],
    "status": ["ok"],
    **dict(zip(THEMES, [[1], [0], [2], [0], [0], [3]], strict=True)),
    "words": [9],
    "unknown_words": [0.25],
}


def test_names_and_their_order():
    assert [column.name for column in added_columns()] == NAMES
    assert [column.name for column in added_columns(themes=True)] == NAMES + THEMES
    assert [column.name for column in added_columns(prefix="x_")] == [f"x_{n}" for n in NAMES]
    assert added_columns(themes=True, prefix="pm ")[-1].name == "pm theme_crossfunctional"


def test_kinds():
    kinds = {column.name: column.kind for column in added_columns(themes=True)}
    assert {name for name, kind in kinds.items() if kind == "string"} == {
        "role",
        "title_role",
        "evidence",
        "status",
    }
    assert {name for name, kind in kinds.items() if kind == "boolean"} == {"review", "conflict"}
    assert {name for name, kind in kinds.items() if kind == "integer"} == set(THEMES)


def test_columns_and_the_predictions_made_of_them():
    verdicts = Verdicts.of(VALUES, [OWN], [STRAY])
    columns = dict(zip(NAMES + THEMES, verdicts.columns(themes=True), strict=True))
    assert columns.pop("evidence") == ['scope: "on time"; risk: ""risk" register"']
    assert columns == {name: VALUES[name] for name in columns}
    assert verdicts.columns() == verdicts.columns(themes=True)[: len(NAMES)]
    assert OWN.cleaned.text == CLEAN
    (prediction,) = verdicts
    assert prediction == Prediction(
        role="project",
        confidence=0.75,
        review=False,
        probabilities={"hybrid": 0.05, "other": 0.1, "product": 0.1, "project": 0.75},
        orientation=-0.5,
        title_role="product",
        conflict=True,
        evidence=(
            Evidence("scope", "on time", 6, 13, 2.0),
            Evidence("risk", '"risk" register', 33, 48, 1.0),
        ),
        stray=(Evidence("vision", "vision", 60, 66, 0.25),),
        themes=dict(zip((name[6:] for name in THEMES), [1, 0, 2, 0, 0, 3], strict=True)),
        words=9,
        unknown_words=0.25,
    )


@pytest.mark.parametrize("status", ["empty", "too_short", "not_english", "error"])
def test_what_was_not_judged_has_empty_values(status):
    values = VALUES | {"role": [""], "status": [status]}
    unjudged = Verdicts.of(values, [NOTHING], [NOTHING])
    assert list(unjudged) == [Prediction(status=status)]
    values = dict(zip(NAMES + THEMES, unjudged.columns(themes=True), strict=True))
    assert values.pop("status") == [status]
    texts = ["role", "title_role", "evidence"]
    assert [values.pop(name) for name in texts] == [[""]] * 3
    assert values.pop("review") == [True]
    assert all(value == [None] for value in values.values())


def test_the_probabilities_of_a_row_add_up_to_one_and_hold_the_confidence():
    verdicts = judge(small_phrases(), [Posting("Own the product roadmap and share the vision.")])
    values = {name: column[0] for name, column in zip(NAMES, verdicts.columns(), strict=True)}
    shares = [values[name] for name in NAMES if name.startswith("p_")]
    assert sum(shares) == pytest.approx(1)
    assert values["confidence"] == values[f"p_{values['role']}"] == max(shares)


def test_verdicts_are_in_order_and_can_be_joined():
    texts = ["Own the product roadmap and share the vision.", "", "Keep the project plan on time."]
    verdicts = judge(small_phrases(), list(map(Posting, texts)))
    assert len(verdicts) == 3
    assert [verdicts[at] for at in range(3)] == list(verdicts)
    parts = [judge(small_phrases(), [Posting(text)]) for text in texts]
    joined = Verdicts.joined(parts)
    assert list(joined) == list(verdicts)
    assert joined.columns(themes=True) == verdicts.columns(themes=True)


def test_no_evidence_is_an_empty_cell():
    assert quoted([]) == ""


@pytest.mark.parametrize("prefix", ["", "m_"])
def test_review_is_plain_bool_where_an_ad_was_not_judged(prefix):
    df = pd.DataFrame({"text": ["", "Too short.", "Own the product roadmap and its vision."]})
    found = label_frame(df, model=small_phrases(), prefix=prefix)
    assert found[f"{prefix}review"].dtype == bool
    assert len(found[found[f"{prefix}review"]]) == 3
    empty = label_frame(df[:0], model=small_phrases(), prefix=prefix)
    assert empty[f"{prefix}review"].dtype == bool


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_review_is_plain_bool_in_every_format(kind, tmp_path):
    out = tmp_path / f"out.{kind}"
    model = phrases_model(tmp_path)
    assert (
        run("label", ads_table(tmp_path / "ads.csv"), "-o", out, "--model", model).returncode == 0
    )
    read = {"csv": pd.read_csv, "parquet": pd.read_parquet}.get(kind)
    df = read(out) if read else pd.read_json(out, lines=True)
    assert df.review.dtype == bool
    assert len(df[df.review]) == 5
