from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolenlp.errors import InputError, OutputError
from rolenlp.label.journal import Journal, before, digest_of, journal_path
from rolenlp.label.run import Summary, label_table
from rolenlp.label.workers import Options
from rolenlp.model_file.bundle import save
from rolenlp.schema import Posting
from rolenlp.tables import open_table
from rolenlp.tables.columns import Columns
from tests.examples import TIMES
from tests.helpers_cli import ADS, phrases_model, table
from tests.small_ads import fitted

FOUND = Columns(text=1, title=0)
ROWS = [
    {"title": title, "description": f"{text} It is ad {number}." if text else ""}
    for number in range(6)
    for _, title, text in ADS
]
FORMATS = ("csv", "csv.gz", "jsonl.zst", "parquet")


class CutOffError(Exception):
    """What ends a run in these tests."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return phrases_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return table(tmp_path_factory.mktemp("source") / "ads.csv", ROWS)


def judged(
    source: Path,
    out: Path,
    options: Options,
    *,
    resume: bool = False,
    until: int = 10**6,
    error: type[BaseException] = CutOffError,
) -> Summary:
    """A run that is cut off after so many batches of four rows."""
    batches = 0

    def progress(rows: int) -> None:
        nonlocal batches
        batches += 1
        if batches == until:
            raise error

    with open_table(source, batch_size=4) as reader:
        return label_table(reader, out, FOUND, options, resume=resume, progress=progress)


def cut_off(source: Path, out: Path, options: Options, until: int = 5) -> bytes:
    """The journal of a run that was cut off."""
    with pytest.raises(CutOffError):
        judged(source, out, options, until=until)
    return journal_path(out).read_bytes()


def test_a_run_that_ends_well_leaves_its_output_alone(
    tmp_path: Path, source: Path, model: Path
) -> None:
    assert judged(source, tmp_path / "out.csv", Options(model)).resumed == 0
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_where_there_is_nothing_to_resume_a_run_starts(
    tmp_path: Path, source: Path, model: Path, whole: dict[str, tuple[bytes, bytes]]
) -> None:
    out = tmp_path / "out.csv"
    assert judged(source, out, Options(model, themes=True), resume=True).resumed == 0
    assert out.read_bytes() == whole["csv"][0]
    assert list(tmp_path.iterdir()) == [out]


def test_a_resumed_run_judges_only_what_is_left(tmp_path: Path, source: Path, model: Path) -> None:
    out = tmp_path / "out.csv"
    cut_off(source, out, Options(model))
    assert [path.name for path in tmp_path.iterdir()] == [".out.csv.journal"]
    assert stat.S_IMODE(journal_path(out).stat().st_mode) == 0o600
    # 20 rows, and among them the ad without a text and one that is not numbered: judged once.
    summary = judged(source, out, Options(model), resume=True)
    assert summary.resumed == len({tuple(row.values()) for row in ROWS[:20]})
    assert summary.rows == len(ROWS)
    assert summary.lines()[0].startswith(f"{summary.resumed} ads had been judged")


@pytest.fixture(scope="module")
def whole(
    tmp_path_factory: pytest.TempPathFactory, source: Path, model: Path
) -> dict[str, tuple[bytes, bytes]]:
    """For each format, the bytes of a run that was not cut off, and a journal of one that was."""
    folder = tmp_path_factory.mktemp("whole")
    found = {}
    for ending in FORMATS:
        out = folder / f"out.{ending}"
        options = Options(model, themes=True)
        journal = cut_off(source, out, options)
        judged(source, out, options)
        found[ending] = (out.read_bytes(), journal)
    return found


@settings(max_examples=8 * TIMES)  # each loads a model, as a run does
@given(ending=st.sampled_from(FORMATS), share=st.floats(0, 1), until=st.integers(1, 9))
def test_any_cut_of_the_journal_resumes_to_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory,
    source: Path,
    model: Path,
    whole: dict[str, tuple[bytes, bytes]],
    ending: str,
    share: float,
    until: int,
) -> None:
    out = tmp_path_factory.mktemp("cut") / f"out.{ending}"
    bytes_, journal = whole[ending]
    head = journal.index(b"\n") + 1
    journal_path(out).write_bytes(journal[: head + round(share * (len(journal) - head))])
    options = Options(model, themes=True)
    if until < 8:  # of the eight batches: it is cut off once more
        with pytest.raises(CutOffError):
            judged(source, out, options, resume=True, until=until)
    judged(source, out, options, resume=True)
    assert out.read_bytes() == bytes_
    assert list(out.parent.iterdir()) == [out]


@settings(max_examples=8 * TIMES)
@given(place=st.integers(0, 10**6), bit=st.integers(0, 7))
def test_a_damaged_journal_gives_the_same_bytes_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory,
    source: Path,
    model: Path,
    whole: dict[str, tuple[bytes, bytes]],
    place: int,
    bit: int,
) -> None:
    out = tmp_path_factory.mktemp("damaged") / "out.csv"
    bytes_, journal = whole["csv"]
    damaged = bytearray(journal)
    damaged[place % len(journal)] ^= 1 << bit
    journal_path(out).write_bytes(damaged)
    if place % len(journal) <= journal.index(b"\n"):
        says = r"is not a journal, or is damaged; run without|is in the way"
        with pytest.raises(InputError, match=says):
            judged(source, out, Options(model, themes=True), resume=True)
        assert journal_path(out).read_bytes() == damaged
    else:
        judged(source, out, Options(model, themes=True), resume=True)
        assert out.read_bytes() == bytes_


def other_model(folder: Path) -> Path:
    save(fitted(), folder / "other.joblib", {})
    return folder / "other.joblib"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda o, _: Options(o.model, 0.9), r"--min-precision is not .* \(0.95 then, 0.9 now\)"),
        (lambda o, _: Options(o.model, themes=True), r"--themes is .* \(False then, True now\)"),
        (lambda o, _: Options(o.model, prefix="x_"), r"--prefix is not .* \('' then, 'x_' now\)"),
        (lambda o, folder: Options(other_model(folder)), "the model is not that of the run"),
    ],
)
def test_a_run_with_other_options_cannot_resume_it(
    tmp_path: Path,
    source: Path,
    model: Path,
    change: Callable[[Options, Path], Options],
    says: str,
) -> None:
    out = tmp_path / "out.csv"
    journal = cut_off(source, out, Options(model))
    with pytest.raises(InputError, match=f"{says}.*; run without --resume to start over"):
        judged(source, out, change(Options(model), tmp_path), resume=True)
    assert journal_path(out).read_bytes() == journal
    assert not out.exists()


def test_a_run_on_another_input_cannot_resume_it(tmp_path: Path, source: Path, model: Path) -> None:
    out = tmp_path / "out.csv"
    cut_off(source, out, Options(model))
    other = table(tmp_path / "other.csv", ROWS[:-1])
    with pytest.raises(InputError, match="the input is not that of the run that was cut off; run"):
        judged(other, out, Options(model), resume=True)
    moved = tmp_path / "moved.csv"
    moved.write_bytes(source.read_bytes())
    assert judged(moved, out, Options(model), resume=True).resumed > 0  # the same, elsewhere


def test_a_run_without_resume_starts_over(tmp_path: Path, source: Path, model: Path) -> None:
    out = tmp_path / "out.csv"
    cut_off(source, out, Options(model, 0.9))
    assert "starting over" in before(out, resume=False)[0]
    assert before(out, resume=True) == []
    assert judged(source, out, Options(model)).resumed == 0
    assert before(out, resume=False) == []
    assert "starting from the beginning" in before(out, resume=True)[0]
    assert before("-", resume=False) == []
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize(
    ("error", "noted"),
    [(KeyboardInterrupt, True), (OutputError, True), (MemoryError, True), (InputError, False)],
)
def test_who_can_go_on_is_told(
    tmp_path: Path, source: Path, model: Path, error: type[BaseException], noted: bool
) -> None:
    with pytest.raises(error) as raised:
        judged(source, tmp_path / "out.csv", Options(model), until=2, error=error)
    assert hasattr(raised.value, "__notes__") is noted
    assert journal_path(tmp_path / "out.csv").exists()


def test_who_has_judged_nothing_is_not(tmp_path: Path, source: Path, model: Path) -> None:
    with pytest.raises(KeyboardInterrupt) as raised, Journal(tmp_path / "out.csv", {}):
        raise KeyboardInterrupt
    assert not hasattr(raised.value, "__notes__")
    assert list(tmp_path.iterdir()) == []


# The journal by itself

VALUES = st.tuples(
    # Surrogates too: what no encoding has bytes for must come back as it was.
    st.none() | st.text(st.characters(exclude_categories=[]), max_size=8),
    st.none() | st.floats(allow_nan=False),
    st.none() | st.booleans(),
)
Batches = list[tuple[list[Posting], list[Any]]]


@given(
    st.lists(
        st.lists(VALUES, min_size=1, max_size=3).map(
            lambda rows: ([Posting(repr(row)) for row in rows], rows)
        ),
        max_size=5,
    )
)
def test_values_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, batches: Batches
) -> None:
    out = tmp_path_factory.mktemp("values") / "out.csv"
    asked = [
        (digest_of(ads), len(ads), list(map(list, zip(*rows, strict=True))))
        for ads, rows in batches
    ]
    with pytest.raises(CutOffError), Journal(out, {"k": 1}) as journal:
        for digest, count, columns in asked:
            assert journal.known(digest, count) is None
            journal.note(digest, columns)
        raise CutOffError
    with Journal(out, {"k": 1}, resume=True) as journal:
        for digest, count, columns in asked:
            assert journal.known(digest, count) == columns
        assert journal.known("more", 1) is None
        assert journal.taken == sum(count for _, count, _ in asked)
    assert list(out.parent.iterdir()) == []


@pytest.mark.parametrize(
    "ads",
    [
        [Posting("another text", "a title")],
        [Posting("text", "another title")],
        [Posting("texta", " title")],
        [Posting("text", "a title"), Posting("text", "a title")],
    ],
)
def test_verdicts_are_not_taken_for_those_on_other_ads(tmp_path: Path, ads: list[Posting]) -> None:
    out = tmp_path / "out.csv"
    with pytest.raises(CutOffError), Journal(out, {}) as journal:
        journal.note(digest_of([Posting("text", "a title")]), [["x"]])
        raise CutOffError
    with (
        pytest.raises(InputError, match="the ads are not those of the run that was cut off"),
        Journal(out, {}, resume=True) as journal,
    ):
        journal.known(digest_of(ads), len(ads))
    assert journal_path(out).exists()


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.symlink_to("elsewhere")])
def test_what_is_no_file_is_no_journal(tmp_path: Path, make: Callable[[Path], None]) -> None:
    (tmp_path / "elsewhere").write_bytes(b"precious")
    make(journal_path(tmp_path / "out.csv"))
    with pytest.raises(InputError, match="is in the way, and not as rolenlp writes it"):
        Journal(tmp_path / "out.csv", {}, resume=True)
    assert (tmp_path / "elsewhere").read_bytes() == b"precious"


def test_a_link_in_the_journals_place_is_let_be(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"precious")
    journal_path(tmp_path / "out.csv").symlink_to("elsewhere")
    with pytest.raises(InputError, match="is in the way"):
        Journal(tmp_path / "out.csv", {})
    assert journal_path(tmp_path / "out.csv").is_symlink()
    assert (tmp_path / "elsewhere").read_bytes() == b"precious"
