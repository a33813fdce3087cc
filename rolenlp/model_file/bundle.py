"""Save and load a model: a joblib or a skops file of plain data, and a card beside it.

The file holds one dictionary of texts, numbers and packed arrays. It names no class and no
function, so loading refuses every file that does: there is nothing in it to run, and no version
of scikit-learn or NumPy to be compatible with.
"""

from __future__ import annotations

import hashlib
import io
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rolenlp.errors import InputError, MissingExtraError, ModelError
from rolenlp.files.atomic import write_whole
from rolenlp.files.use import check_files
from rolenlp.model_file.card import (
    FORMAT_VERSION,
    card_bytes,
    card_path,
    parsed_card,
    read_regular,
    saved_files,
)
from rolenlp.model_file.unpickle import NotPlainError, unpickle

if TYPE_CHECKING:
    from rolenlp.model.classifier import RoleClassifier

_SKOPS = ".skops"
_MOST_BYTES = 256 * 2**20  # packed, and unpacked
_CANARY_TOLERANCE = 1e-6
_INSTEAD = "name a file that `rolenlp train` wrote, or get both files again"

# Texts of our own whose probabilities a loaded model must give again.
CANARIES = (
    ("Product Manager", "You own the product roadmap, talk to customers and set the vision."),
    ("Project Manager", "Keep the project plan, manage risks and issues, report on budget."),
    ("", "Maintain the risk register and coordinate contractors so that we finish on time."),
    ("", "Prioritise the backlog with engineering and design; study market needs and rivals."),
    ("Nurse", "Care for patients on a busy ward and keep their records up to date."),
)


def save(model: RoleClassifier, path: str | Path, card: Mapping[str, Any]) -> dict[str, Any]:
    """Write a model and its card; `card` is what training knows of it. Returns the whole card.

    Each file is written whole beside its place and then renamed; the model first, so that a
    card never describes a model that is not there. Raises `ModelError` where it cannot be saved
    there, or could not be loaded again.
    """
    from rolenlp import __version__
    from rolenlp.model_file.state import read_state, write_state
    from rolenlp.model_file.state_checks import StateError

    path = Path(path)
    check_output(path)
    data = _pack(path, write_state(model))
    # What the file gives, not what the model in memory does: coefficients were rounded.
    try:
        given = _replay(read_state(_unpack(path, data)), CANARIES)
    except StateError as error:
        raise ModelError(f"{path}: cannot be saved, as it could not be loaded: {error}") from None
    whole = {
        "format_version": FORMAT_VERSION,
        "rolenlp": __version__,
        "libraries": _libraries(),
        "sha256": hashlib.sha256(data).hexdigest(),
        "labels": [str(label) for label in model.classes_],
        **card,
        "canaries": [
            {"title": title, "text": text, "probabilities": [round(p, 9) for p in row]}
            for (title, text), row in zip(CANARIES, given, strict=True)
        ],
    }
    text = json.dumps(whole, indent=1) + "\n"
    try:
        write_whole(path, data)
        write_whole(card_path(path), text.encode())
    except InputError as error:
        raise ModelError(str(error)) from None
    return whole


def check_output(path: str | Path) -> None:
    """Check that a model can be saved there, before it is fitted; raises `ModelError`."""
    suffix = Path(path).suffix
    if suffix == _SKOPS:
        from rolenlp.model_file.skops_file import check_skops

        check_skops()
    elif suffix != ".joblib":
        raise ModelError(
            f"{path}: a model is saved as .joblib or .skops; its card goes beside it as .json"
        )
    try:
        check_files([], saved_files(path))
    except InputError as error:
        raise ModelError(str(error)) from None


def load(path: str | Path) -> RoleClassifier:
    """A fitted model from its file; the card is checked before a byte of it is unpickled.

    Raises `ModelError`, in one line that says what to do, where the file is missing, altered,
    truncated, foreign or of another format, and where it does not give the probabilities that
    its card promises for the canary texts.
    """
    return load_file(read_file(path))


@dataclass(frozen=True)
class ModelFile:
    """A model file and its card as bytes: what is checked and loaded, here or elsewhere."""

    path: Path
    card: bytes
    data: bytes


def read_file(path: str | PathLike[str]) -> ModelFile:
    """A model file and its card, unchecked. Raises `ModelError` where one cannot be read."""
    path = Path(path)
    card = card_bytes(path)
    parsed_card(path, card)  # says more than what is wrong with the file
    try:
        return ModelFile(path, card, read_regular(path, _MOST_BYTES))
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error.strerror}; {_INSTEAD}") from None


def load_file(file: ModelFile) -> RoleClassifier:
    """A fitted model from the bytes of its file. Raises `ModelError` as `load` does."""
    path = file.path
    # What was read is what is judged and loaded: the file may be another by now.
    card = parsed_card(path, file.card)
    if hashlib.sha256(file.data).hexdigest() != card["sha256"]:
        raise ModelError(
            f"{path}: is not the file that its card describes (altered, or cut short); "
            "get both files again"
        )
    if not (canaries := card.get("canaries")):
        raise ModelError(f"{card_path(path)}: promises no probabilities; get both files again")
    state = _unpack(path, file.data)
    from rolenlp.model_file.state import read_state
    from rolenlp.model_file.state_checks import StateError

    try:
        if path.suffix != _SKOPS and type(state) is dict and "estimators" in state:
            raise StateError("it has other parts")
        model = read_state(state)
        given = _replay(model, [(canary["title"], canary["text"]) for canary in canaries])
        gaps = [
            abs(p - q)
            for canary, row in zip(canaries, given, strict=True)
            for p, q in zip(canary["probabilities"], row, strict=True)
        ]
    except (MemoryError, OSError, ImportError):  # the machine's trouble, not the file's
        raise
    except Exception as error:  # a state of another making can fail in any way
        why = f" ({error})" if isinstance(error, StateError) else ""
        raise ModelError(
            f"{path}: holds plain data, but not a rolenlp model{why}; {_INSTEAD}"
        ) from error
    if not all(gap <= _CANARY_TOLERANCE for gap in gaps):
        raise ModelError(
            f"{path}: does not give the probabilities that its card promises; it was made with "
            f"spaCy {_made_with(card)}: install that version, or train the model again"
        )
    return model


def load_once(path: Path) -> RoleClassifier:
    """The model of a file as `load` gives it, the same one while the file and its card stay."""
    from rolenlp.tables.base import state_of

    return _loaded(path, state_of(path, card_path(path)))


@lru_cache(maxsize=4)
def _loaded(path: Path, state: tuple[int, ...] | None) -> RoleClassifier:
    return load(path)


def _made_with(card: Mapping[str, Any]) -> str:
    libraries = card.get("libraries")
    version = libraries.get("spacy") if isinstance(libraries, dict) else None
    return ascii(version).strip("'")[:20] if isinstance(version, str) else "of another version"


def _pack(path: Path, state: dict[str, Any]) -> bytes:
    if path.suffix == _SKOPS:
        from rolenlp.model_file.skops_file import write_skops

        return write_skops(state)
    if "estimators" in state:
        raise ModelError(
            f"{path}: features or a classifier of your own are saved as .skops, not as .joblib"
        )
    import joblib

    stream = io.BytesIO()
    joblib.dump(state, stream, compress=("zlib", 9))
    return stream.getvalue()


def _unpack(path: Path, data: bytes) -> Any:
    """The plain data of a file; `ModelError` where it holds more or cannot be read."""
    try:
        if path.suffix == _SKOPS:
            from rolenlp.model_file.skops_file import read_skops

            return read_skops(data, _MOST_BYTES)
        unpacker = zlib.decompressobj()
        plain = unpacker.decompress(data, _MOST_BYTES)
        if unpacker.unconsumed_tail:
            raise NotPlainError(f"it unpacks to more than {_MOST_BYTES >> 20} MB")
        if not unpacker.eof or unpacker.unused_data:
            raise ValueError("cut short, or followed by something")
        return unpickle(plain)
    except NotPlainError as error:
        raise ModelError(
            f"{path}: is refused, because it holds more than plain data: {error}; "
            "do not open it with anything else"
        ) from None
    except MissingExtraError:
        raise
    except Exception:  # a damaged file can fail in any way
        raise ModelError(f"{path}: is not a rolenlp model, or is damaged; {_INSTEAD}") from None


def _replay(model: RoleClassifier, ads: Sequence[tuple[str, str]]) -> list[list[float]]:
    rows: list[list[float]] = model.predict_proba(ads).tolist()
    return rows


def _libraries() -> dict[str, str]:
    from importlib.metadata import version

    names = ("spacy", "scikit-learn", "numpy", "scipy", "joblib")
    return {name: version(name) for name in names}
