from __future__ import annotations

import io
from pathlib import Path

import joblib
import pytest

from rolenlp.errors import InputError, ModelError
from rolenlp.label import run as label
from rolenlp.label.run import Options, Summary, label_table
from rolenlp.label.workers import judge_all
from rolenlp.model.classifier import RoleClassifier
from rolenlp.predict import predict
from rolenlp.schema import Posting, Prediction
from rolenlp.tables import open_table
from rolenlp.tables.columns import Columns
from rolenlp.text import personal
from rolenlp.verdicts import evidence
from tests.helpers_cli import ADDED, ADS, ads_table, phrases_model, read, table

FOUND = Columns(text=3, title=1, identifier=0)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return phrases_model(tmp_path_factory.mktemp("model"))


def test_rows_are_judged_as_one_ad_is(
    tmp_path: Path, model: Path, phrase_model: RoleClassifier
) -> None:
    out, told = tmp_path / "out.parquet", []
    with open_table(ads_table(tmp_path / "ads.parquet", times=3), batch_size=4) as reader:
        summary = label_table(reader, out, FOUND, Options(model), progress=told.append)
    assert told == [4, 4, 4, 3]
    rows = read(out)
    for row, (_, title, text) in zip(rows, ADS * 3, strict=True):
        alone = predict(text, title, model=phrase_model)
        assert (row["role"], row["status"]) == (alone.role, alone.status)
        assert row["confidence"] == pytest.approx(alone.confidence, abs=1e-4)
    assert summary.rows == 15
    assert summary.roles == {"project": 3, "product": 3, "other": 3}
    assert summary.statuses == {"ok": 9, "empty": 3, "too_short": 3}
    assert [row["review"] for row in rows if not row["role"]] == [True] * 6
    assert summary.review == sum(row["review"] for row in rows if row["role"])
    assert summary.conflicts == 0


def test_a_title_is_not_needed(tmp_path: Path, model: Path) -> None:
    source = table(tmp_path / "ads.csv", [{"text": text} for _, _, text in ADS])
    with open_table(source) as reader:
        label_table(reader, tmp_path / "out.csv", Columns(0), Options(model, prefix="x_"))
    rows = read(tmp_path / "out.csv")
    assert list(rows[0]) == ["text", *(f"x_{name}" for name in ADDED)]
    assert [row["x_role"] for row in rows] == ["project", "product", "other", "", ""]
    assert {row["x_title_role"] for row in rows} == {""}


def test_conflicts_are_counted(tmp_path: Path, model: Path) -> None:
    swapped = [{"title": "Product Manager", "text": ADS[0][2]}]
    with open_table(table(tmp_path / "ads.jsonl", swapped)) as reader:
        summary = label_table(reader, tmp_path / "out.jsonl", Columns(1, 0), Options(model))
    assert summary.conflicts == 1
    assert read(tmp_path / "out.jsonl")[0]["conflict"] is True


def test_processes_change_no_byte(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(label, "_START_ROWS", 3)
    source = ads_table(tmp_path / "ads.csv", times=12)  # an ad comes again while it is judged
    for jobs in (1, 2):
        with open_table(source, batch_size=4) as reader:
            summary = label_table(
                reader, tmp_path / f"{jobs}.csv", FOUND, Options(model), jobs=jobs
            )
        assert summary.roles == {"project": 12, "product": 12, "other": 12}
    assert (tmp_path / "1.csv").read_bytes() == (tmp_path / "2.csv").read_bytes()


def test_a_process_says_what_is_wrong_with_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(label, "_START_ROWS", 3)
    out, options = tmp_path / "out.csv", Options(Path("nothing.joblib"))
    with (
        open_table(ads_table(tmp_path / "ads.csv")) as reader,
        pytest.raises(ModelError, match="no such model"),
    ):
        label_table(reader, out, FOUND, options, jobs=2)
    assert not out.exists()


@pytest.mark.parametrize(
    ("rows", "characters", "jobs", "worth"),
    [  # of 60 rows, two processes save 30 and four 45
        (30, 10**6, 2, 1),
        (29, 10**6, 2, 2),
        (45, 10**6, 4, 1),
        (44, 10**6, 4, 4),
        (60, 1_000, 2, 2),
    ],
)
def test_processes_are_started_where_they_save_more_than_they_cost(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    rows: int,
    characters: int,
    jobs: int,
    worth: int,
) -> None:
    monkeypatch.setattr(label, "_START_ROWS", rows)
    monkeypatch.setattr(label, "_START_CHARACTERS", characters)
    with open_table(ads_table(tmp_path / "ads.csv", times=12), batch_size=8) as reader:
        batches, found = label._shared(reader, jobs)
        assert found == worth
        assert [len(batch) for batch in batches] == [8] * 7 + [4]


def test_auto_is_all_cores_for_a_file_and_one_for_a_stream(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(label, "_START_ROWS", 3)
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "2")  # as a container says how many there are
    cores = joblib.cpu_count()
    source = ads_table(tmp_path / "ads.csv", times=12)
    with open_table(source, batch_size=8) as reader:
        assert label._shared(reader, "auto")[1] == cores
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(source.read_bytes())))
    with open_table("-", batch_size=8) as reader:
        assert label._shared(reader, "auto")[1] == 1


BROKEN = Posting(None)  # type: ignore[arg-type]  # what no table holds


def test_an_ad_that_breaks_judging_does_not_break_the_others(phrase_model: RoleClassifier) -> None:
    good = [Posting(text, title) for _, title, text in ADS]
    verdicts = judge_all(phrase_model, [*good[:1], BROKEN, *good[1:]], Options())
    assert len(verdicts) == 6
    assert verdicts[1] == Prediction(status="error")
    assert [v.role for v in verdicts] == ["project", "", "product", "other", "", ""]


def test_an_ad_that_breaks_quoting_does_not_break_the_others(
    phrase_model: RoleClassifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fragile(text: str, start: int, end: int) -> str:
        if "risk register" in text:
            raise ValueError
        return personal.quoted(text, start, end)

    monkeypatch.setattr(evidence, "quoted", fragile)
    verdicts = judge_all(phrase_model, [Posting(text, title) for _, title, text in ADS], Options())
    assert verdicts.values["status"] == ["error", "ok", "ok", "empty", "too_short"]
    assert verdicts.cells[0] == ""
    assert verdicts.columns()[-2] == verdicts.cells


def test_debug_raises_what_breaks_judging(phrase_model: RoleClassifier) -> None:
    with pytest.raises(TypeError):
        judge_all(phrase_model, [BROKEN], Options(debug=True))


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        (Options(Path("nothing.joblib")), ModelError, "no such model"),
        (Options(min_precision=1.0), ValueError, "min_precision is 1.0"),
        (Options(min_precision=float("nan")), ValueError, "min_precision is nan"),
        (Options(prefix="no_clash_"), InputError, "there is no directory"),
    ],
)
def test_what_is_wrong_with_a_run_is_no_status_of_its_rows(
    tmp_path: Path, model: Path, options: Options, error: type[Exception], says: str
) -> None:
    out = tmp_path / ("nowhere/out.csv" if error is InputError else "out.csv")
    if options.model.exists() or error is not ModelError:
        options = Options(model, options.min_precision, prefix=options.prefix)
    with open_table(ads_table(tmp_path / "ads.csv")) as reader, pytest.raises(error, match=says):
        label_table(reader, out, FOUND, options)
    assert [path.name for path in tmp_path.iterdir()] == ["ads.csv"]


def test_a_summary_says_what_was_done() -> None:
    summary = Summary(rows=2_500, seconds=2.0, review=1_200, conflicts=3)
    summary.rejected, summary.where = 2, ["rejected: line 7 has 3 cells, the header 2"]
    summary.roles.update(product=7, other=1_500)
    summary.statuses.update(ok=2_000, empty=500)
    assert summary.lines() == [
        "2,500 rows in 2.0 s (1,250 a second)",
        "read: 2,502, of them judged 1,507, rejected 2, not judged 993",
        "rejected: line 7 has 3 cells, the header 2",
        "roles: other 1,500, product 7",
        "for review: 1,200 of 1,507 judged; title and duties disagree: 3",
        "status: ok 2,000, empty 500",
    ]
    assert Summary().lines()[0] == "0 rows in 0.0 s (0 a second)"
