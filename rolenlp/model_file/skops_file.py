"""A model's plain data as a skops file, for who will not touch pickles; needs skops.

skops trusts many classes of scikit-learn, NumPy and SciPy by itself. Here none is: before skops
builds anything, its plan of the file is read, and every part must be plain data. Only where a model
has estimators that are not of the default kind, skops' audit decides: what it does not trust is
named and refused.
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from rolenlp.errors import MissingExtraError
from rolenlp.model_file.unpickle import NotPlainError

_PLAN = "schema.json"
_ESTIMATORS = "estimators"  # the part of a state that skops' own audit judges
_MOST_PLAN = 32 * 2**20  # bytes; that of the model that ships with rolenlp has 5 million
_MOST_MEMBERS = 2_000
_SCALARS = (str, int, float, bool, type(None))


def check_skops() -> None:
    """Raises MissingExtraError, which names the line that installs it, without skops."""
    _skops()


def write_skops(state: dict[str, Any]) -> bytes:
    """Plain data as the bytes of a skops file. Raises MissingExtraError without skops."""
    data: bytes = _skops().dumps(state, compression=zipfile.ZIP_DEFLATED, compresslevel=9)
    return data


def read_skops(data: bytes, most: int) -> Any:
    """The plain data of a skops file that unpacks to at most `most` bytes.

    Raises `NotPlainError` where it holds anything else, MissingExtraError without skops, and
    where it is damaged whatever reading it raises.
    """
    skops = _skops()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        sizes = {member.filename: member.file_size for member in members}
        if len(sizes) < len(members) or len(members) > _MOST_MEMBERS:
            raise NotPlainError("its list of parts is not that of a model")
        # What a part unpacks to is cut at the size stated, so this holds for bombs too.
        if sum(sizes.values()) > most or sizes[_PLAN] > _MOST_PLAN:
            raise NotPlainError(f"it unpacks to more than {most >> 20} MB")
        plan = json.loads(archive.read(_PLAN))
    if _ESTIMATORS not in plan["content"]:
        _check(plan, sizes)
    elif untrusted := skops.get_untrusted_types(data=data):
        raise NotPlainError("it names " + ascii(", ".join(untrusted)[:80]))
    return skops.loads(data, trusted=[])


def _check(plan: Any, sizes: dict[str, int]) -> None:
    """Every node of the plan builds plain data, and each part is used once."""
    parts = set(sizes) - {_PLAN}
    waiting = [plan]
    while waiting:
        node = waiting.pop()
        kind = _kind(node)
        if kind == "DictNode builtins.dict":
            content, types = node["content"], node["key_types"]
            waiting.extend(content.values())
            if _kind(types) != "ListNode builtins.list" or any(
                _kind(of_key) != "TypeNode builtins.str" for of_key in types["content"]
            ):
                raise NotPlainError("a key is no text")
        elif kind == "ListNode builtins.list":
            waiting.extend(node["content"])
        elif kind == "BytesNode builtins.bytes":
            if node["file"] not in parts:
                raise NotPlainError("a part is used twice, or lies outside the file")
            parts.remove(node["file"])
        elif kind == "JsonNode builtins.str":
            if type(json.loads(node["content"])) not in _SCALARS:
                raise NotPlainError("a text or a number is something else")
        else:
            raise NotPlainError("it names " + ascii(kind[:80]))


def _kind(node: Any) -> str:
    return f"{node['__loader__']} {node['__module__']}.{node['__class__']}"


def _skops() -> Any:
    try:
        import skops.io
    except ImportError:
        raise MissingExtraError('.skops files need skops: pip install "rolenlp[skops]"') from None
    return skops.io
