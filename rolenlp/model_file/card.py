"""The card beside a model file: read and shown without loading the model or anything heavy."""

from __future__ import annotations

import json
import math
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rolenlp.errors import ModelError
from rolenlp.files.terminal import shown
from rolenlp.files.use import CARD, Read, Written
from rolenlp.schema import ROLE_ORDER, VIEWS

# Raise it when a file written now could not be read, or would be read wrongly, by older code.
FORMAT_VERSION = 2

_MOST_BYTES = 4 * 2**20  # that of the model that ships with rolenlp has 4,500
_MOST_CANARIES = 100


def default_model_path() -> Path:
    """Where the model that ships with rolenlp lies: in the package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    shipped = package / "models" / "role.joblib"
    return shipped if shipped.exists() else package.parent / "models" / "role.joblib"


def card_path(path: str | Path) -> Path:
    """Where the card of a model file lies: ``a.json`` for ``a.joblib``, else ``a.skops.json``.

    So that two models of one name, saved both ways, keep a card each.
    """
    path = Path(path)
    suffix = "" if path.suffix == ".joblib" else path.suffix
    return path.parent / f"{path.stem}{suffix}.json"  # a folder has one too, that is not there


def read_regular(path: Path, most: int) -> bytes:
    """A regular file whole. OSError says why it cannot be, also where it is none or too large."""
    # Not blocked by a pipe that nobody writes to; what was opened is what is looked at.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(0, "it is not a regular file")
        data = file.read(most + 1)
    if len(data) > most:
        raise OSError(0, f"it is larger than {most >> 20} MB")
    return data


def read_card(path: str | Path) -> dict[str, Any]:
    """The card of a model file, without reading the model. `ModelError` says what is wrong."""
    return parsed_card(Path(path), card_bytes(Path(path)))


def card_bytes(path: Path) -> bytes:
    """The card of a model file as it is. `ModelError` says what is missing."""
    card_file = card_path(path)
    _refuse_missing(path)
    try:
        return read_regular(card_file, _MOST_BYTES)
    except OSError:
        raise ModelError(f"{card_file}: is not a readable card; get both files again") from None


def parsed_card(path: Path, data: bytes) -> dict[str, Any]:
    """The card of the model file `path` from its bytes. `ModelError` says what is wrong."""
    card_file = card_path(path)
    try:
        card = json.loads(data.decode())
    except (ValueError, RecursionError, MemoryError):
        raise ModelError(f"{card_file}: is not a readable card; get both files again") from None
    not_one = f"{card_file}: is not the card of a rolenlp model; get both files again"
    if not isinstance(card, dict) or "format_version" not in card or "sha256" not in card:
        raise ModelError(not_one)
    version = card["format_version"]
    if type(version) is not int or version != FORMAT_VERSION:
        raise ModelError(
            f"{path}: has format {ascii(version)[:20]}, this rolenlp reads {FORMAT_VERSION}; "
            "train it again, or install the rolenlp that wrote it "
            f"({shown(card.get('rolenlp', 'unknown'))[:40]})"
        )
    try:
        card_lines(card)
        n_labels = len(card.get("labels", ROLE_ORDER))
        canaries = card.get("canaries", ())
        few = len(canaries) <= _MOST_CANARIES
        fits = few and all(_is_canary(canary, n_labels) for canary in canaries)
    except Exception:  # a card of another making can fail in any way
        raise ModelError(not_one) from None
    if not fits:
        raise ModelError(not_one)
    return card


def _is_canary(canary: dict[str, Any], n_labels: int) -> bool:
    texts = type(canary["title"]) is type(canary["text"]) is str
    shares = canary["probabilities"]
    numbers = all(type(share) is float and math.isfinite(share) for share in shares)
    return texts and len(shares) == n_labels and numbers


def card_lines(card: dict[str, Any]) -> list[str]:
    """A card for a person, 80 columns wide or little more; figures with their 95% intervals."""
    lines = [
        f"written by rolenlp {card.get('rolenlp', 'unknown')}, format {card['format_version']}",
        *_training(card.get("training", {})),
        *_based_on(card),
        *_metrics(card.get("metrics_out_of_fold", {})),
        *_thresholds(card.get("thresholds_at_0.95", {})),
        *(f"{key}: {card[key]}" for key in ("data", "licence") if key in card),
    ]
    return list(map(shown, lines))


def _training(training: dict[str, Any]) -> list[str]:
    by_source = training.get("by_source", {})
    if not by_source:
        return ["trained on no ads: it knows the phrases alone"]
    rows = [["trained on", *ROLE_ORDER]]
    for source, counts in by_source.items():
        rows.append([source, *(f"{counts.get(role, 0):,}" for role in ROLE_ORDER)])
    return ["", *aligned(rows, ">")]


def _based_on(card: dict[str, Any]) -> list[str]:
    lines = []
    if base := card.get("based_on"):
        lines = ["", f"goes on from a model of {base['rows']:,} ads, sha256 {base['sha256'][:16]}…"]
    if doubts := card.get("labels_in_doubt"):
        lines += ["", f"labels in doubt, as fits without the ad contradict them: {doubts:,}"]
    return lines


def _metrics(metrics: dict[str, Any]) -> list[str]:
    views = [view for view in VIEWS if view in metrics]
    if not views:
        return []
    rows = [["judged by", *views]]
    for name in metrics[views[0]]:
        figures = (metrics[view].get(name) for view in views)
        rows.append([name, *("-" if figure is None else _interval(*figure) for figure in figures)])
    by = f"{metrics['n']:,} ads, each judged by a fit without it; 95% intervals:"
    return ["", by, *aligned(rows)]


def _interval(value: float, low: float, high: float) -> str:
    return f"{value:.3f} [{low:.3f}, {high:.3f}]"


def _thresholds(thresholds: dict[str, dict[str, float | None]]) -> list[str]:
    if not thresholds:
        return []
    rows = [["judged by", *ROLE_ORDER]]
    for view in reversed(thresholds):
        least = (thresholds[view].get(role) for role in ROLE_ORDER)
        rows.append([view, *("never" if value is None else f"{value:.2f}" for value in least)])
    return ["", "not for review at precision 0.95 from a confidence of:", *aligned(rows), ""]


def aligned(rows: Sequence[Sequence[str]], side: str = "<") -> list[str]:
    """Cells in columns: the first to the left, the others to `side`, ``<`` or ``>``."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            f"{cell:{side if place else '<'}{width}}"
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _refuse_missing(path: str | Path) -> None:
    if not Path(path).exists():
        raise ModelError(f"{path}: no such model; train one with `rolenlp train`")
    if Path(path).is_dir():
        raise ModelError(f"{path}: is a directory; name the .joblib file in it")
    if not (card := card_path(path)).exists():
        raise ModelError(f"{path}: its card {card.name} is missing; keep the two files together")


def model_files(option: str, path: str | Path | None) -> list[Read]:
    """What is read for a model: that of `path`, or else the one that ships with rolenlp.

    Raises ModelError where there is none, or no card beside it.
    """
    path = path or default_model_path()
    _refuse_missing(path)
    return [Read(option, path), Read(f"the card of {option}", card_path(path))]


def saved_files(output: str | Path) -> list[Written]:
    """What saving a model writes."""
    return [
        Written("--output", output),
        Written("the card of --output", card_path(output), CARD),
    ]
