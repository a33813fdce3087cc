"""Runs the command line as a user does: its own process, real files, real pipes."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from rolenlp.model.classifier import RoleClassifier
from rolenlp.model_file.bundle import save

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "data" / "postings.csv"
PROGRAM = [sys.executable, "-m", "rolenlp"]
ADDED = (
    "role confidence review p_product p_project p_hybrid p_other orientation title_role conflict "
    "evidence status"
).split()
THEMES = [f"theme_{name}" for name in "risk resource scope customer vision crossfunctional".split()]
ADS = [
    ("007", "Project Manager", "Keep the risk register and deliver the works on time and budget."),
    ("NA", "Product Manager", "Own the product roadmap, interview customers, set the vision."),
    ("", "Nurse", 'Care for "patients", on a busy ward;\nkeep their records up to date.'),
    (" 1.0", "", ""),
    ("é", "PM", "Too short."),
]


def environment(**changes: str) -> dict[str, str]:
    """This process's environment, where messages are in English and nothing asks for colour."""
    plain = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    return {**plain, "TERM": "xterm", "COLUMNS": "100", **changes}


def run(*args: object, stdin: bytes = b"", **changes: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*PROGRAM, *map(str, args)],
        input=stdin,
        capture_output=True,
        env=environment(**changes),
        check=False,
    )


def start(*args: object, **options: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*PROGRAM, *map(str, args)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **options,
        env=environment(),
    )


def lines(stream: bytes) -> list[str]:
    return stream.decode().splitlines()


def phrases_model(folder: Path) -> Path:
    """A model that knows the phrases alone, saved."""
    path = folder / "phrases.joblib"
    save(RoleClassifier().fit([], []), path, {})
    return path


def table(path: Path, rows: list[dict[str, Any]]) -> Path:
    """Write a table of the format that the name of `path` says."""
    kind = path.name.removesuffix(".gz").removesuffix(".zst").rpartition(".")[2]
    if kind == "parquet":
        import pyarrow
        import pyarrow.parquet

        pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path)
        return path
    if kind in ("jsonl", "ndjson"):
        text = "".join(json.dumps(row) + "\n" for row in rows)
    else:
        stream = io.StringIO(newline="")
        delimiter = "\t" if kind == "tsv" else ","
        writer = csv.DictWriter(stream, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
        text = stream.getvalue()
    path.write_bytes(_compressed(path, text.encode()))
    return path


def read(path: Path) -> list[dict[str, Any]]:
    """The rows of a table of any format."""
    kind = path.name.removesuffix(".gz").removesuffix(".zst").rpartition(".")[2]
    if kind == "parquet":
        import pyarrow.parquet

        rows: list[dict[str, Any]] = pyarrow.parquet.read_table(path).to_pylist()
        return rows
    text = _decompressed(path).decode()
    if kind in ("jsonl", "ndjson"):
        return [json.loads(line) for line in text.splitlines()]
    delimiter = "\t" if kind == "tsv" else ","
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def ads_table(path: Path, times: int = 1) -> Path:
    """A table of `ADS`, with a column that means nothing between the others."""
    rows = [
        {"id": name, "title": title, "salary": "1e3", "description": text}
        for name, title, text in ADS * times
    ]
    return table(path, rows)


def _compressed(path: Path, data: bytes) -> bytes:
    if path.suffix == ".gz":
        return gzip.compress(data)
    if path.suffix == ".zst":
        import zstandard

        return zstandard.compress(data)
    return data


def _decompressed(path: Path) -> bytes:
    data = path.read_bytes()
    if path.suffix == ".gz":
        return gzip.decompress(data)
    if path.suffix == ".zst":
        import zstandard

        return zstandard.ZstdDecompressor().decompressobj().decompress(data)
    return data
