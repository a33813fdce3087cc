"""Model files that somebody made up: packed, with a card that says they are right."""

from __future__ import annotations

import hashlib
import io
import json
import pickle
import struct
import zlib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from rolenlp.model_file.card import card_path

FIXTURE = Path(__file__).parent.parent / "models" / "format-2.joblib"


@cache
def _pickled() -> bytes:
    return zlib.decompress(FIXTURE.read_bytes())


def good_state() -> dict[str, Any]:
    """The state of a small model, a new one each time."""
    state: dict[str, Any] = pickle.loads(_pickled())  # our own file
    return state


def good_card() -> dict[str, Any]:
    card: dict[str, Any] = json.loads(card_path(FIXTURE).read_text("utf-8"))
    return card


def forged(folder: Path, data: bytes, name: str = "forged.joblib", **card: Any) -> Path:
    """A model file with a card whose hash is that of the file; `card` changes the card."""
    path = folder / name
    path.write_bytes(data)
    whole = {**good_card(), "sha256": hashlib.sha256(data).hexdigest(), **card}
    card_path(path).write_text(json.dumps(whole), "utf-8")
    return path


def packed(state: Any) -> bytes:
    return zlib.compress(pickle.dumps(state, 4), 1)


def array(values: Any, kind: str) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.asarray(values, kind), allow_pickle=False)
    return stream.getvalue()


def claimed(header: str, body: bytes = b"", version: bytes = b"\x01\x00") -> bytes:
    """A packed array whose header claims what it likes."""
    text = header.encode("latin-1") + b"\n"
    size = struct.pack("<H" if version == b"\x01\x00" else "<I", len(text))
    return b"\x93NUMPY" + version + size + text + body
