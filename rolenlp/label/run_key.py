"""What the verdicts of a run depend on, so that it is only resumed as the same run."""

from __future__ import annotations

import hashlib
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rolenlp import __version__
from rolenlp.label.workers import Options
from rolenlp.tables import TableReader
from rolenlp.tables.columns import Columns

_END = 1 << 20  # bytes of the input's start and end that are looked at
_LIBRARIES = ("lingua-language-detector", "numpy", "scipy", "spacy")


def run_key(reader: TableReader, found: Columns, options: Options) -> dict[str, Any]:
    """What the verdicts depend on, each by the name that a user is told where it differs.

    The input is known by its size, start and end, wherever it lies and however old it is; whether
    the ads between are the same, the journal tells for itself.
    """
    names = reader.names
    return {
        "rolenlp": __version__,
        "Python or a library": {"python": platform.python_version(), **_versions()},
        "the input": _ends(Path(reader.path)),
        "the column of texts": names[found.text],
        "the column of titles": "" if found.title is None else names[found.title],
        "the model": hashlib.sha256(options.model.read_bytes()).hexdigest(),
        "--min-precision": options.min_precision,
        "--themes": options.themes,
        "--prefix": options.prefix,
    }


def _ends(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        start = file.read(_END)
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _END))
        ends = hashlib.sha256(start + file.read())
    return {"bytes": size, "ends": ends.hexdigest()}


def _versions() -> dict[str, str]:
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # put there without its papers
            found[name] = ""
    return found
