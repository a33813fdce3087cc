"""Throws made-up model files at the loader; run it by hand, it needs ``rolenlp[fuzz]``.

    python -m tests.fuzz.fuzz_loader -max_total_time=60

The first byte says what the rest becomes: a pickle, a packed file, a card, an array in a state,
priors, or the plan of a skops file. Anything but a `ModelError` of one line, or a model that gives
finite probabilities, is a finding; it becomes a case of ``tests/hostile``.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
import warnings
import zipfile
import zlib
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["rolenlp"]):
    import rolenlp.model.classifier
    import rolenlp.model_file.bundle
    import rolenlp.model_file.state_checks
    import rolenlp.model_file.unpickle

from rolenlp.errors import ModelError
from rolenlp.model_file.card import card_path
from tests.hostile.helpers_models import forged, good_state, packed

FOLDER = Path(tempfile.mkdtemp())
AD = "Own the product roadmap, keep the risk register, and finish on time."
PARTS = [*good_state()]
ARRAYS = [*good_state()["arrays"]]


def _small_state() -> dict[str, Any]:
    """A good state with short tables, so that many are loaded in a minute."""
    state = good_state()
    for name in ("boilerplate", "lemmas"):
        state[name] = dict([*state[name].items()][:20])
    return state


def _plan(data: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("schema.json", data)
        archive.writestr("a.bin", b"\x93NUMPY\x01\x00")
    return stream.getvalue()


def _file(kind: int, data: bytes) -> Path:
    state = _small_state()
    if kind == 0:
        return forged(FOLDER, zlib.compress(data, 0))
    if kind == 1:
        return forged(FOLDER, data)
    if kind == 2:
        return forged(FOLDER, _plan(data), "forged.skops")
    if kind == 3:
        path = forged(FOLDER, packed(state))
        card_path(path).write_bytes(data)
        return path
    if kind == 4:
        state["arrays"][ARRAYS[data[0] % len(ARRAYS)] if data else ARRAYS[0]] = data[1:]
    elif kind == 5:
        state["priors"] = data.decode("utf-8", "replace")
    elif kind == 6:  # some bytes of a good state
        plain = bytearray(zlib.decompress(packed(state)))
        for at in range(0, len(data) - 3, 4):
            plain[int.from_bytes(data[at : at + 3], "little") % len(plain)] = data[at + 3]
        return forged(FOLDER, zlib.compress(bytes(plain), 0))
    else:
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            return forged(FOLDER, data)
        state[PARTS[len(data) % len(PARTS)]] = value
    return forged(FOLDER, packed(state))


def load_one(data: bytes) -> None:
    """One made-up file."""
    if not data:
        return
    path = _file(data[0] % 8, data[1:])
    try:
        model = rolenlp.model_file.bundle.load(path)
    except ModelError as error:
        line = str(error)
        assert line.isprintable() and str(FOLDER) in line and len(line) < 1_000, line
    else:
        probabilities = model.predict_proba([("Product Manager", AD)])
        assert abs(float(probabilities.sum()) - 1) < 1e-9


if __name__ == "__main__":
    warnings.simplefilter("error")
    atheris.Setup(sys.argv, load_one)
    atheris.Fuzz()
