import json
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from rolenlp.errors import InputError
from rolenlp.evaluate.run import Evaluation, evaluate, write_report
from rolenlp.model.classifier import RoleClassifier
from rolenlp.schema import Posting
from rolenlp.train.labelled import Labelled, TableOptions, read_labelled
from rolenlp.verdicts.judge import judge
from tests.evaluate.helpers import made_up

PRODUCT = (
    "You will own the product roadmap and set the product vision. Research customer needs, talk "
    "to customers, and prioritise the backlog with engineering, sales and marketing."
)
PROJECT = (
    "You keep the project plan and the risk register, manage risks and issues, coordinate "
    "contractors, and deliver on time and within budget."
)
OTHER = "Care for patients on a busy ward and keep their records up to date."
FRENCH = (
    "Vous serez responsable de la gestion des projets et des équipes dans notre société, avec "
    "les clients et les fournisseurs de la région, pour toutes les phases du travail."
)
SAMPLE = Path(__file__).parents[2] / "data" / "postings.csv"

# title, text, true role; by phrases alone the verdicts are those of the comments
ADS = [
    ("Product Manager", PRODUCT, "product"),  # product
    ("Project Manager", PRODUCT, "product"),  # product by its duties, against its title
    ("Project Manager", PROJECT, "project"),  # project
    ("Project Manager", PROJECT, "hybrid"),  # project: wrong
    ("Nurse", OTHER, "other"),  # other
    ("", OTHER, "project"),  # other: wrong
    ("PM", "", "product"),  # not judged: empty
    ("PM", "Apply now", "other"),  # not judged: too short
    ("Chef de projet", FRENCH, "project"),  # not judged: not English
    (" ", " ", "project"),  # not judged: empty
]


def labelled(ads: list[tuple[str, str, str]]) -> Labelled:
    return Labelled(
        [Posting(text, title) for title, text, _ in ads],
        [role for *_, role in ads],
        ["board"] * len(ads),
    )


@pytest.fixture(scope="module")
def phrases_alone() -> RoleClassifier:
    return RoleClassifier().fit([], [])


@pytest.fixture(scope="module")
def small(phrases_alone: RoleClassifier) -> Evaluation:
    return evaluate(phrases_alone, labelled(ADS))


@pytest.fixture(scope="module")
def sample() -> Labelled:
    return read_labelled([SAMPLE], TableOptions())


@pytest.fixture(scope="module")
def trained(sample: Labelled) -> RoleClassifier:
    return RoleClassifier().fit(sample.postings, sample.roles)


def test_counts(small: Evaluation) -> None:
    assert (small.n, small.with_title) == (10, 8)
    assert small.by_role == {"product": 3, "project": 4, "hybrid": 1, "other": 2}
    assert small.status == {"ok": 6, "empty": 2, "too_short": 1, "not_english": 1}
    assert small.not_judged == 4


def test_confusion(small: Evaluation) -> None:
    assert small.verdicts == ("product", "project", "hybrid", "other", "")
    assert small.confusion == (
        (2, 0, 0, 0, 1),
        (0, 1, 0, 1, 2),
        (0, 1, 0, 0, 0),
        (0, 0, 0, 1, 1),
    )


def test_no_column_for_ads_not_judged_where_all_were(phrases_alone: RoleClassifier) -> None:
    result = evaluate(phrases_alone, labelled(ADS[:6]))
    assert result.verdicts == ("product", "project", "hybrid", "other")
    assert result.not_judged == 0


def test_ads_not_judged_count_as_wrong(small: Evaluation) -> None:
    for view in ("title and duties", "duties"):
        figure = small.figures[view]["accuracy"]
        assert (figure.value, figure.n) == (0.4, 10)
        # 2 * right / (true + judged): 4 / (3 + 2), 2 / (4 + 2), 2 / (2 + 2)
        # and over the nine ads that are no hybrid 4 / 5, 2 / 5, 2 / 4
        assert small.figures[view]["f1_product"].value == pytest.approx(4 / 5)
        assert small.figures[view]["f1_project"].value == pytest.approx(2 / 6)
        assert small.figures[view]["f1_other"].value == pytest.approx(2 / 4)
        assert small.figures[view]["macro_f1"].value == pytest.approx((4 / 5 + 2 / 5 + 2 / 4) / 3)
    assert sum(b.right.n for b in small.reliability) == 6
    assert (small.risk[-1].coverage, small.risk[-1].wrong.value) == (1, 0.6)


def test_title_rule(small: Evaluation) -> None:
    # by titles: product, three times project, and other for the rest: right are ads 1, 3, 5, 8
    figures = small.figures["title rule"]
    assert figures["accuracy"].value == 0.4
    assert list(figures) == [
        *("macro_f1", "f1_product", "f1_project", "f1_other", "f1_hybrid"),
        *("accuracy", "kappa"),
        *("precision_product", "precision_project", "precision_other"),
        *("recall_product", "recall_project", "recall_other", "recall_hybrid"),
    ]


def test_duties_are_judged_without_the_title(
    phrases_alone: RoleClassifier, small: Evaluation
) -> None:
    bare = evaluate(phrases_alone, labelled([("", text, role) for _, text, role in ADS]))
    assert small.figures["duties"] == bare.figures["duties"]
    assert bare.figures["title and duties"] == bare.figures["duties"]


def test_review(trained: RoleClassifier, sample: Labelled) -> None:
    shares = []
    for precision in (0.7, 0.95):
        result = evaluate(trained, sample, min_precision=precision)
        assert result.sure is not None
        assert result.sure.n == result.n - round(result.review.value * result.n)
        assert f"coverage_at_{precision}" in result.figures["duties"]
        shares.append(result.review.value)
    assert shares == sorted(shares)
    verdicts = judge(trained, sample.postings)
    right = [
        v.role == role
        for v, role in zip(verdicts, sample.roles, strict=True)
        if not v.review and v.role
    ]
    assert (result.sure.value, result.sure.n) == (sum(right) / len(right), len(right))
    assert result.conflicts == sum(bool(v.conflict) for v in verdicts)


def test_a_model_that_promises_nothing_is_sure_of_nothing(small: Evaluation) -> None:
    assert small.sure is None
    assert small.review.value == 0.6  # of the six that were judged
    assert small.conflicts == 1


def test_mistakes(small: Evaluation) -> None:
    first, second = small.mistakes
    assert (first.row, first.title, first.true_role) == (4, "Project Manager", "hybrid")
    assert first.verdict == "project"
    assert "risk register" in [e.quote for e in first.evidence]
    assert (second.row, second.title, second.verdict) == (6, "", "other")
    assert first.confidence > second.confidence


def test_no_more_than_twenty_mistakes(phrases_alone: RoleClassifier) -> None:
    ads = [(f"Nurse {i}", OTHER, "project") for i in range(25)]
    result = evaluate(phrases_alone, labelled(ads))
    assert len(result.mistakes) == 20
    confidence = [m.confidence for m in result.mistakes]
    assert confidence == sorted(confidence, reverse=True)


@pytest.mark.parametrize(
    ("ads", "precision", "error"),
    [([], 0.95, InputError), (ADS[:1], 0.3, ValueError), (ADS[:1], 0.999, ValueError)],
)
def test_refuses(
    phrases_alone: RoleClassifier,
    ads: list[tuple[str, str, str]],
    precision: float,
    error: type[Exception],
) -> None:
    with pytest.raises(error):
        evaluate(phrases_alone, labelled(ads), min_precision=precision)


@pytest.mark.parametrize("ad", [ADS[0], ADS[3], ADS[6]])
def test_one_ad_is_enough(phrases_alone: RoleClassifier, ad: tuple[str, str, str]) -> None:
    result = evaluate(phrases_alone, labelled([ad]))
    assert result.n == 1
    assert json.dumps(result.as_json(), allow_nan=False)


def test_lines() -> None:
    assert made_up().lines() == [
        "10 ads (product 4, project 3, hybrid 1, other 2), 9 with a title",
        "10 ads are few: one more or less right moves a share by 10 points, so read the intervals "
        "and not the figures",
        "the model does not remember its training ads: these may be among them",
        "for review at precision 0.95: 0.40 [0.17, 0.69]; sure: 6, right 1.00 [0.61, 1.00]",
        "title and duties disagree: 2",
        "",
        "n = 10    title and duties   duties             title rule",
        "macro_f1  0.75 [0.60, 0.90]  0.75 [0.60, 0.90]  0.75 [0.60, 0.90]",
        "accuracy  0.80 [0.49, 0.94]  0.80 [0.49, 0.94]  0.80 [0.49, 0.94]",
        "",
        "judged        product  project  hybrid  other",
        "true product        4        0       0      0",
        "true project        0        2       0      1",
        "true hybrid         1        0       0      0",
        "true other          0        0       0      2",
    ]


def test_lines_state_what_was_not_judged(small: Evaluation) -> None:
    lines = small.lines()
    assert "not judged, counted as wrong: 4 (empty 2, too_short 1, not_english 1)" in lines
    assert "for review at precision 0.95: 0.60 [0.31, 0.83]; sure: none" in lines
    assert "judged        product  project  hybrid  other  (not)" in lines
    assert any(line.startswith("coverage_at_0.95") and line.endswith("  -") for line in lines)


def test_as_json_is_plain_data(small: Evaluation) -> None:
    data = json.loads(json.dumps(small.as_json(), allow_nan=False))
    assert list(data) == [field.name for field in fields(Evaluation)]
    assert set(data["figures"]) == {"title and duties", "duties", "title rule"}
    assert set(data["figures"]["duties"]["accuracy"]) == {"value", "low", "high", "n"}
    assert set(data["reliability"][0]) == {"low", "high", "confidence", "right"}
    assert set(data["risk"][0]) == {"confidence", "coverage", "wrong"}
    assert data["sure"] is None
    mistake = data["mistakes"][0]
    assert (mistake["row"], mistake["true_role"], mistake["verdict"]) == (4, "hybrid", "project")
    assert set(mistake["evidence"][0]) == {"theme", "quote", "start", "end", "weight"}


def test_write_report(small: Evaluation, tmp_path: Path) -> None:
    place = tmp_path / "new" / "report"
    write_report(small, place)
    assert sorted(path.name for path in place.iterdir()) == ["metrics.json", "report.html"]
    assert json.loads((place / "metrics.json").read_text()) == json.loads(
        json.dumps(small.as_json())
    )
    page = (place / "report.html").read_bytes()
    write_report(small, str(place))
    assert (place / "report.html").read_bytes() == page


def test_write_report_of_broken_characters(phrases_alone: RoleClassifier, tmp_path: Path) -> None:
    ads = [("half \ud800 nurse\x00", OTHER + " \ud800", "project")]
    write_report(evaluate(phrases_alone, labelled(ads)), tmp_path)
    assert "half ? nurse" in (tmp_path / "report.html").read_text("utf-8")


def test_write_report_where_no_directory_can_be(small: Evaluation, tmp_path: Path) -> None:
    place = tmp_path / "taken"
    place.write_text("a file")
    with pytest.raises(InputError, match="taken"):
        write_report(small, place)
    with pytest.raises(InputError, match="taken"):
        write_report(small, place / "below")
    assert place.read_text() == "a file"


def test_without_matplotlib_says_how_to_get_it(tmp_path: Path) -> None:
    code = """
import sys
sys.modules["matplotlib"] = None  # as if it were not installed
from tests.evaluate.helpers import made_up
from rolenlp.errors import RolenlpError
from rolenlp.evaluate.run import write_report
try:
    write_report(made_up(), sys.argv[1])
except ImportError as error:
    assert isinstance(error, RolenlpError)
    print(error)
"""
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "report")],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert 'pip install "rolenlp[report]"' in run.stdout
    assert not (tmp_path / "report").exists()
