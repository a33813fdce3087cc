from __future__ import annotations

import csv
import gzip
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rolenlp import __version__
from tests.helpers_cli import (
    ADDED,
    ADS,
    SAMPLE,
    THEMES,
    Piped,
    ads_table,
    lines,
    on_terminal,
    phrases_model,
    read,
    run,
    run_anew,
    start,
    table,
)

INPUT = ["id", "title", "salary", "description"]
HEAVY = {"jinja2", "numpy", "pandas", "pyarrow", "scipy", "sklearn", "spacy", "tqdm"}
AD = "Keep the risk register, then deliver the works on time and within budget for the client."


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return phrases_model(tmp_path_factory.mktemp("model"))


# The main job


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("ads.csv", "out.csv"),
        ("ads.tsv", "out.tsv"),
        ("ads.jsonl", "out.ndjson"),
        ("ads.parquet", "out.parquet"),
        ("ads.csv.gz", "out.jsonl.zst"),
        ("ads.tsv.zst", "out.csv.gz"),
    ],
)
def test_every_row_comes_back_in_order_as_it_was(
    tmp_path: Path, model: Path, source: str, target: str
) -> None:
    done = run("label", ads_table(tmp_path / source), "-o", tmp_path / target, "--model", model)
    assert done.returncode == 0
    assert done.stdout == b""
    rows = read(tmp_path / target)
    assert list(rows[0]) == INPUT + ADDED
    # An empty cell of CSV is null where there is such a thing.
    given = [tuple(row[name] or "" for name in ("id", "title", "description")) for row in rows]
    assert given == ADS
    assert {row["salary"] for row in rows} == {"1e3"}
    assert [row["role"] or "" for row in rows] == ["project", "product", "other", "", ""]
    assert [row["status"] for row in rows] == ["ok", "ok", "ok", "empty", "too_short"]
    assert 'risk: "risk register"' in rows[0]["evidence"]
    said = lines(done.stderr)
    assert said[0].startswith('columns: text="description", title="title", id="id"; of the')
    assert said[1].startswith("5 rows in ")
    assert said[2:] == [
        "read: 5, of them judged 3, rejected 0, not judged 2",
        "roles: project 1, product 1, other 1",
        "for review: 3 of 3 judged; title and duties disagree: 0",
        "status: ok 3, empty 1, too_short 1",
        f"next: rolenlp review {tmp_path / target} --model {model} -o review.html",
        f"next: rolenlp summary {tmp_path / target}",
    ]


def test_values_have_real_types_where_the_format_has(tmp_path: Path, model: Path) -> None:
    out = tmp_path / "out.jsonl"
    source = ads_table(tmp_path / "ads.parquet")
    assert run("label", source, "-o", out, "--model", model, "--themes").returncode == 0
    row, *_, empty = read(out)
    shares = [row[f"p_{role}"] for role in ("product", "project", "hybrid", "other")]
    assert sum(shares) == pytest.approx(1, abs=1e-5)
    assert row["confidence"] == max(shares)
    assert row["review"] in (True, False)
    assert row["theme_risk"] == 1
    assert list(row) == INPUT + ADDED + THEMES
    assert empty["role"] == "" or empty["role"] is None
    assert (empty["confidence"], empty["review"]) == (None, True)


def test_stdin_to_stdout_gives_the_bytes_that_files_give(tmp_path: Path, model: Path) -> None:
    source, out = ads_table(tmp_path / "ads.csv"), tmp_path / "out.csv"
    piped = run_anew("label", "-", "--model", model, "--quiet", stdin=source.read_bytes())
    run("label", source, "-o", out, "--model", model)
    assert (piped.returncode, piped.stderr) == (0, b"")
    assert piped.stdout == out.read_bytes()


def test_jobs_change_no_byte(tmp_path: Path, model: Path) -> None:
    source = ads_table(tmp_path / "ads.csv", times=120)  # three batches
    one, two = (
        run("label", source, "--model", model, "--quiet", "--jobs", jobs) for jobs in (1, 2)
    )
    assert one.returncode == two.returncode == 0
    assert two.stderr == b""
    assert one.stdout == two.stdout
    assert one.stdout.count(b"007,") == 120


def test_columns_that_are_named_are_taken(tmp_path: Path, model: Path) -> None:
    rows = [{"a": "Nurse", "b": text, "text": "nothing"} for _, _, text in ADS]
    source = table(tmp_path / "ads.csv", rows)
    done = run("label", source, "--text-column", "b", "--title-column", "a", "--model", model)
    assert lines(done.stderr)[0].startswith('columns: text="b", title="a", no id')
    first = next(csv.DictReader(io.StringIO(done.stdout.decode())))
    assert 'risk: "risk register"' in first["evidence"]
    assert first["title_role"] == ""  # it knows too little to call a nurse other


def test_a_prefix_resolves_a_clash(tmp_path: Path, model: Path) -> None:
    source = table(tmp_path / "ads.csv", [{"text": AD, "role": "mine", "status": "old"}])
    clash = run("label", source, "-q", "--model", model)
    assert (clash.returncode, clash.stdout) == (1, b"")
    (said,) = lines(clash.stderr)
    assert '"role", "status"' in said
    assert "--prefix" in said
    done = run("label", source, "-q", "--model", model, "--prefix", "my_")
    (row,) = csv.DictReader(io.StringIO(done.stdout.decode()))
    assert list(row) == ["text", "role", "status", *(f"my_{name}" for name in ADDED)]
    assert (row["role"], row["my_role"], row["my_status"]) == ("mine", "project", "ok")


def test_header_only_gives_a_header(tmp_path: Path, model: Path) -> None:
    source = tmp_path / "ads.csv"
    source.write_text("id,description\n")
    done = run("label", source, "--model", model)
    assert done.returncode == 0
    assert done.stdout.decode() == ",".join(["id", "description", *ADDED]) + "\n"
    assert lines(done.stderr)[-1] == "status: none"


def test_a_lower_precision_sends_fewer_to_review() -> None:
    counts = []
    for precision in (0.95, 0.6):
        done = run("label", SAMPLE, "--prefix", "x_", "-q", "--min-precision", precision)
        rows = list(csv.DictReader(io.StringIO(done.stdout.decode(), newline="")))
        counts.append(sum(row["x_review"] == "true" for row in rows))
        assert len(rows) == 168
    assert counts[0] > counts[1]


# What goes wrong


def bad_inputs(folder: Path) -> dict[str, Path]:
    files = {
        "empty.csv": b"",
        "blank.csv": b"\n\n",
        "numbers.csv": b"a,b\n1,2\n",
        "ads.xlsx": b"PK",
        "ads.parquet": b"not parquet",
        "ads.jsonl": b"[1]\n",
        "cut.csv.gz": gzip.compress(b"description\n" + os.urandom(90_000))[:60_000],
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (folder / "folder.csv").mkdir()
    return {name: folder / name for name in [*files, "folder.csv", "nothing.csv"]}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("nothing.csv", "there is no such file"),
        ("folder.csv", "is a directory without .parquet files; name the table in it"),
        ("empty.csv", "is empty"),
        ("blank.csv", "is empty"),
        ("numbers.csv", '"a", "b"; name the one that holds the ads with --text-column'),
        ("ads.xlsx", "is not an .xlsx workbook"),
        ("ads.parquet", "is not a Parquet file"),
        ("ads.jsonl", "line 1 is not a JSON object"),
        ("cut.csv.gz", "damaged or cut short"),
    ],
)
def test_a_bad_input_is_one_line_and_leaves_nothing(
    tmp_path: Path, model: Path, name: str, says: str
) -> None:
    source = bad_inputs(tmp_path)[name]
    before = sorted(tmp_path.iterdir())
    done = run("label", source, "-o", tmp_path / "out.csv", "--quiet", "--model", model)
    assert (done.returncode, done.stdout) == (1, b"")
    (said,) = lines(done.stderr)
    assert said.startswith(f"rolenlp: {source}: ")
    assert says in said
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("nowhere/out.csv", "there is no directory"),
        (".", "is a folder that is not empty; name an empty or a new one"),
        ("out.doc", "not a known kind of table"),
        ("out.parquet.gz", "name it .parquet"),
        ("ads.csv", "--output: is INPUT; name another file"),
    ],
)
def test_a_bad_output_is_one_line_and_leaves_nothing(
    tmp_path: Path, model: Path, target: str, says: str
) -> None:
    source = ads_table(tmp_path / "ads.csv")
    (tmp_path / "folder.csv").mkdir()
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    done = run("label", source, "-o", tmp_path / target, "--quiet", "--model", model)
    assert (done.returncode, done.stdout) == (1, b"")
    (said,) = lines(done.stderr)
    assert says in said
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


def test_a_table_that_breaks_off_leaves_the_old_output(tmp_path: Path, model: Path) -> None:
    source, out = tmp_path / "ads.jsonl.gz", tmp_path / "out.jsonl"
    ads = "".join(json.dumps({"text": AD, "id": n * n}) + "\n" for n in range(20_000))
    source.write_bytes(gzip.compress(ads.encode())[:-9])
    out.write_text("precious\n")
    done = run("label", source, "-o", out, "--quiet", "--model", model, "--jobs", 1)
    assert done.returncode == 1
    (said,) = lines(done.stderr)
    assert said.startswith(f"rolenlp: {source}: cannot be read to its end, the file is damaged")
    assert out.read_text() == "precious\n"
    assert sorted(tmp_path.iterdir()) == [tmp_path / ".out.jsonl.journal", source, out]


@pytest.mark.parametrize(
    ("name", "jobs", "says"),
    [
        ("no.joblib", 1, "no such model"),
        ("wrong.joblib", 1, "its card wrong.json is missing"),
        ("wrong.joblib", 2, "its card wrong.json is missing"),
    ],
)
def test_a_model_that_is_none_is_one_line(tmp_path: Path, name: str, jobs: int, says: str) -> None:
    (tmp_path / "wrong.joblib").write_text("hello")
    source = ads_table(tmp_path / "ads.csv")
    done = run("label", source, "--quiet", "--model", tmp_path / name, "--jobs", jobs)
    assert (done.returncode, done.stdout) == (1, b"")
    (said,) = lines(done.stderr)
    assert says in said


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    done = run("label", tmp_path / "nothing.csv", "--debug")
    assert done.returncode == 1
    assert b"Traceback" in done.stderr


@pytest.mark.parametrize(
    "args",
    [
        ["label"],
        ["lable", "ads.csv"],
        ["label", "ads.csv", "--min-precision", "0.49"],
        ["label", "ads.csv", "--min-precision", "0.995"],
        ["label", "ads.csv", "--min-precision", "nan"],
        ["label", "ads.csv", "--jobs", "0"],
        ["label", "ads.csv", "--jobs", "many"],
        ["label", "ads.csv", "--no-such-option"],
        ["label", "ads.csv", "--resume"],
        ["label", "-", "-o", "out.csv", "--resume"],
        ["explain", "--min-precision", "1"],
        ["train", "ads.csv"],
    ],
)
def test_wrong_usage_is_exit_2(args: list[str]) -> None:
    done = run(*args)
    assert (done.returncode, done.stdout) == (2, b"")
    assert lines(done.stderr)[-1].startswith("Error: ")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("args", [["label", SAMPLE, "--prefix", "x_", "-q"], ["--help"]])
def test_a_full_disk_is_one_line(args: list[object], model: Path) -> None:
    if args[0] == "label":
        args = [*args, "--model", model]
    with Path("/dev/full").open("wb") as full:
        process = start(*args, stdout=full)
    _, stderr = process.communicate()
    assert process.returncode == 1
    (said,) = lines(stderr)
    assert "No space left on device" in said


# Pipes and signals


def test_a_reader_that_leaves_ends_the_run_quietly(model: Path) -> None:
    process = start("label", SAMPLE, "--prefix", "x_", "--quiet", "--model", model)
    assert process.stdout
    assert process.stderr
    assert process.stdout.readline().startswith(b"id,title,")
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 128 + signal.SIGPIPE  # as of other programs
    process.stderr.close()


def test_nobody_need_read_the_messages(tmp_path: Path, model: Path) -> None:
    out = tmp_path / "out.csv"
    process = start("label", ads_table(tmp_path / "ads.csv"), "-o", out, "--model", model)
    assert process.stderr
    process.stderr.close()
    assert process.wait() == 0
    assert len(read(out)) == len(ADS)


def under_way(folder: Path, process: Piped | subprocess.Popen[bytes]) -> None:
    """Wait until the run has opened its output."""
    while not list(folder.glob("*.part")) and not list(folder.glob(".*.part")):
        assert process.poll() is None
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("sent", "status", "says", "jobs"),
    [
        (signal.SIGINT, 130, ["", "interrupted"], 1),
        (signal.SIGINT, 130, ["", "interrupted"], 2),
        (signal.SIGTERM, 143, ["ended"], 1),
    ],
)
def test_a_run_that_is_stopped_leaves_nothing(
    tmp_path: Path, model: Path, sent: signal.Signals, status: int, says: list[str], jobs: int
) -> None:
    out = tmp_path / "out.csv"
    args = ("-o", out, "--quiet", "--model", model, "--jobs", jobs)
    process = start("label", "-", *args, alone=True)
    assert process.stdin
    process.stdin.write(b"description\n" + (AD.replace(",", "").encode() + b"\n") * 20_000)
    process.stdin.flush()
    under_way(tmp_path, process)
    os.killpg(process.pid, sent)  # as Ctrl-C does: to all processes of the run
    _, stderr = process.communicate()
    assert process.returncode == status
    assert lines(stderr) == says
    assert list(tmp_path.iterdir()) == []


# What is said where


def test_a_bar_is_for_terminals_and_not_for_quiet_runs(tmp_path: Path, model: Path) -> None:
    args = ("label", ads_table(tmp_path / "ads.csv"), "--model", model)
    seen, table_ = on_terminal(*args, stream="stderr")
    assert "100%" in seen
    assert table_.startswith(b"id,title,salary,description,role,")
    seen, again = on_terminal(*args, "--quiet", stream="stderr")
    assert seen == ""
    assert again == table_


def test_colour_is_for_terminals_without_no_color(tmp_path: Path, model: Path) -> None:
    ad = tmp_path / "ad.txt"
    ad.write_text(AD)
    args = ("explain", ad, "--model", model)
    coloured, _ = on_terminal(*args, stream="stdout")
    plain, _ = on_terminal(*args, stream="stdout", NO_COLOR="1")
    piped = run(*args).stdout.decode()
    assert "\x1b[1;4;31mrisk register\x1b[0m" in coloured
    assert "\x1b" not in plain
    assert plain == piped
    assert "[risk: risk register]" in piped


def test_help_shows_what_to_type() -> None:
    done = run("--help")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"rolenlp label jobs.csv -o judged.csv" in done.stdout
    assert b"rolenlp explain advert.txt" in done.stdout
    assert run("--version").stdout.decode().strip() == f"rolenlp, version {__version__}"


@pytest.mark.parametrize("args", [["--help"], ["--version"], ["label", "--help"], ["inspect"]])
def test_light_commands_import_nothing_heavy(args: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "rolenlp", *args],
        capture_output=True,
        check=True,
    )
    imported = {line.rpartition("|")[2].strip() for line in lines(done.stderr)}
    assert "rolenlp.cli.main" in imported
    assert imported & HEAVY == set()


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("label nope.csv -o out.csv", "nope.csv: there is no such file"),
        ("label ads.csv nope.csv -o out.csv", "nope.csv: there is no such file"),
        ("label ads.csv --model nope.joblib", "nope.joblib: no such model; train one"),
        ("explain nope.txt", "nope.txt: there is no such file"),
        ("explain .", ".: is a directory"),
        ("explain zeros.bin", "zeros.bin: is a binary file"),
        ("explain ads.csv --model nope.joblib", "nope.joblib: no such model"),
        ("review nope.csv -o page.html", "nope.csv: there is no such file"),
        ("review ads.csv -o no/page.html", "no/page.html: there is no directory"),
        ("evaluate nope.csv", "nope.csv: there is no such file"),
        ("evaluate ads.csv --compare nope.joblib", "nope.joblib: no such model"),
        ("train nope.csv -o m.joblib", "nope.csv: there is no such file"),
        ("train ads.csv nope.csv -o m.joblib", "nope.csv: there is no such file"),
        ("train ads.csv -o m.joblib --base nope.joblib", "nope.joblib: no such model"),
        ("summary nope.csv", "nope.csv: there is no such file"),
        ("apply nope.csv ads.csv -o final.csv", "nope.csv: there is no such file"),
        ("apply ads.csv nope.csv -o final.csv", "nope.csv: there is no such file"),
    ],
)
def test_a_wrong_call_is_told_before_anything_heavy_is_imported(
    tmp_path: Path, command: str, says: str
) -> None:
    (tmp_path / "ads.csv").write_text("title,text,role\nPM,Own the roadmap.,product\n")
    (tmp_path / "zeros.bin").write_bytes(bytes(100))
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "rolenlp", *command.split()],
        capture_output=True,
        cwd=tmp_path,
        check=False,
    )
    said = lines(done.stderr)
    imported = {line.rpartition("|")[2].strip() for line in said if line.startswith("import time")}
    [line] = [line for line in said if not line.startswith("import time")]
    assert line.startswith(f"rolenlp: {says}")
    assert done.returncode == 1
    assert imported & HEAVY == set()


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_the_first_help_loads_hardly_more_than_click(option: str) -> None:
    """Time is in proportion to the modules: so it stays under 1.5 times that of click alone."""

    def imported(*words: str) -> set[str]:
        done = subprocess.run(
            [sys.executable, "-X", "importtime", *words], capture_output=True, check=True
        )
        return {line.rpartition("|")[2].strip() for line in lines(done.stderr)}

    # As the script that is installed; -m would load runpy.
    code = f"import sys; from rolenlp.cli import main; sys.argv = ['rolenlp', '{option}']; main()"
    more = imported("-c", code) - imported("-c", "import click")
    ours = "cli cli.main cli.progress errors files files.terminal lazy".split()
    own = {name for name in more if name.partition(".")[0] == "rolenlp"}
    assert own == {"rolenlp", *(f"rolenlp.{name}" for name in ours)}
    assert more & {"dataclasses", "json", "pathlib", "html", "importlib.metadata"} == set()
    assert len(more - own) <= 25  # what click shows help with


# The other commands


def test_explain_reads_files_and_stdin(tmp_path: Path, model: Path) -> None:
    ad = tmp_path / "ad.html"
    ad.write_bytes(b"<p>Caf\xe9 \x93Bleu\x94: " + AD.encode() + b"</p>")  # cp1252
    args = ("--title", "Product Manager", "--model", model)
    done = run("explain", ad, *args)
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode()
    assert text.startswith("role           project, ")
    assert "title          says product; the duties disagree" in text
    assert "evidence (theme, weight: how far it moved the verdict, quote)" in text
    assert 'Café "Bleu": Keep the [risk: risk register]' in text
    assert run("explain", *args, stdin=ad.read_bytes()).stdout.decode() == text


def test_explain_writes_a_page(tmp_path: Path, model: Path) -> None:
    ad, page = tmp_path / "ad.txt", tmp_path / "page.html"
    ad.write_text(AD)
    done = run("explain", ad, "--html", page, "--title", "<b>", "--model", model)
    assert done.returncode == 0
    assert b"risk register" in done.stdout
    html = page.read_text()
    assert html.startswith("<!doctype html>")
    assert "<h1>&lt;b&gt;</h1>" in html
    only_page = run("explain", ad, "--html", "-", "--title", "<b>", "--model", model)
    assert only_page.stdout.decode() == html


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["nothing.txt"], "there is no such file"),
        (["."], "is a directory"),
        (["ad.txt", "--html", "nowhere/page.html"], "there is no directory"),
        (["ad.txt", "--model", "ad.txt"], "its card ad.txt.json is missing"),
    ],
)
def test_explain_fails_in_one_line(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], says: str
) -> None:
    (tmp_path / "ad.txt").write_text(AD)
    monkeypatch.chdir(tmp_path)
    done = run("explain", "--model", model, *args)
    assert (done.returncode, done.stdout) == (1, b"")
    (said,) = lines(done.stderr)
    assert says in said
    assert [path.name for path in tmp_path.iterdir()] == ["ad.txt"]


def test_train_then_inspect_then_label(tmp_path: Path) -> None:
    out = tmp_path / "mine.joblib"
    done = run("train", SAMPLE, "-o", out)
    assert (done.returncode, done.stdout) == (0, b"")
    said = lines(done.stderr)
    assert 'postings.csv: columns: text="description", title="title", id="id"; of' in said[0]
    assert said[1:3] == ["168 labelled ads", f"model: {out}"]
    shown = run("inspect", out)
    assert (shown.returncode, lines(shown.stdout)) == (0, said[2:])
    card = json.loads(run("inspect", out, "--json").stdout)
    assert card == json.loads(out.with_suffix(".json").read_text())
    labelled = run("label", SAMPLE, "--prefix", "x_", "-q", "--model", out)
    rows = list(csv.DictReader(io.StringIO(labelled.stdout.decode(), newline="")))
    assert sum(row["role"] == row["x_role"] for row in rows) > 140  # it has seen them


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("mine.pkl", "a model is saved as .joblib"),
        ("nowhere/mine.joblib", "there is no directory"),
    ],
)
def test_train_refuses_a_bad_place_before_it_fits(tmp_path: Path, target: str, says: str) -> None:
    done = run("train", tmp_path / "not-read.csv", "-o", tmp_path / target)
    assert (done.returncode, done.stdout) == (1, b"")
    (said,) = lines(done.stderr)
    assert says in said


def test_evaluate_prints_figures(model: Path) -> None:
    done = run("evaluate", SAMPLE, "--model", model, "-q")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"macro_f1" in done.stdout
