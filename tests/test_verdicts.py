import pytest
from small_ads import small_phrases

from rolenlp.schema import Evidence, Posting, Prediction
from rolenlp.verdicts.columns import columns, quoted
from rolenlp.verdicts.judge import judge

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
VERDICT = Prediction(
    role="project",
    confidence=0.75,
    review=False,
    probabilities={"hybrid": 0.05, "other": 0.1, "product": 0.1, "project": 0.75},
    orientation=-0.5,
    title_role="product",
    conflict=True,
    evidence=(
        Evidence("scope", "on time and within budget", 3, 28, 2.0),
        Evidence("risk", 'the "risk" register', 40, 59, 1.0),
    ),
    themes={"risk": 1, "resource": 0, "scope": 2, "customer": 0, "vision": 0, "crossfunctional": 3},
)


def test_names_and_their_order():
    assert [column.name for column in columns([])] == NAMES
    assert [column.name for column in columns([], themes=True)] == NAMES + THEMES
    assert [column.name for column in columns([], prefix="x_")] == [f"x_{name}" for name in NAMES]
    assert columns([], themes=True, prefix="pm ")[-1].name == "pm theme_crossfunctional"


def test_kinds():
    kinds = {column.name: column.kind for column in columns([], themes=True)}
    assert {name for name, kind in kinds.items() if kind == "string"} == {
        "role",
        "title_role",
        "evidence",
        "status",
    }
    assert {name for name, kind in kinds.items() if kind == "boolean"} == {"review", "conflict"}
    assert {name for name, kind in kinds.items() if kind == "integer"} == set(THEMES)


def test_values():
    values = {column.name: column.values for column in columns([VERDICT], themes=True)}
    assert values == {
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
        "evidence": ['scope: "on time and within budget"; risk: "the "risk" register"'],
        "status": ["ok"],
        "theme_risk": [1],
        "theme_resource": [0],
        "theme_scope": [2],
        "theme_customer": [0],
        "theme_vision": [0],
        "theme_crossfunctional": [3],
    }


@pytest.mark.parametrize("status", ["empty", "too_short", "not_english", "error"])
def test_what_was_not_judged_has_empty_values(status):
    values = {c.name: c.values for c in columns([Prediction(status=status)], themes=True)}
    assert values.pop("status") == [status]
    texts = ["role", "title_role", "evidence"]
    assert [values.pop(name) for name in texts] == [[""]] * 3
    assert all(value == [None] for value in values.values())


def test_the_probabilities_of_a_row_add_up_to_one_and_hold_the_confidence():
    verdicts = judge(small_phrases(), [Posting("Own the product roadmap and share the vision.")])
    values = {column.name: column.values[0] for column in columns(verdicts)}
    shares = [values[name] for name in NAMES if name.startswith("p_")]
    assert sum(shares) == pytest.approx(1)
    assert values["confidence"] == values[f"p_{values['role']}"] == max(shares)


def test_no_evidence_is_an_empty_cell():
    assert quoted([]) == ""
