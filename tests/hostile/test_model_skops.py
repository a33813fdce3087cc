"""Crafted skops files: nothing but plain data is built, however much skops itself would trust."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from rolenlp.errors import ModelError
from rolenlp.model_file.bundle import load
from tests.examples import TIMES
from tests.hostile.helpers_models import forged, good_state, packed
from tests.hostile.test_models import DAMAGED, MORE, Calls, refused

Plan = dict[str, Any]
Change = Callable[[Plan], object]


@cache
def _good() -> bytes:
    data: bytes = skops.io.dumps(good_state(), compression=zipfile.ZIP_DEFLATED)
    return data


def _rebuilt(
    change: Callable[[Plan], object] = lambda plan: None,
    parts: Callable[[dict[str, bytes]], object] = lambda parts: None,
) -> bytes:
    """A good file with another plan or other parts."""
    with zipfile.ZipFile(io.BytesIO(_good())) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    plan = json.loads(files["schema.json"])
    change(plan)
    files["schema.json"] = json.dumps(plan).encode()
    parts(files)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def _node(loader: str, module: str, name: str, **more: Any) -> Change:
    return lambda plan: plan["content"].update(
        kind={"__loader__": loader, "__module__": module, "__class__": name, **more}
    )


def _of(part: str, **more: Any) -> Change:
    return lambda plan: plan["content"][part].update(more)


def _array(plan: Plan) -> Plan:
    node: Plan = plan["content"]["arrays"]["content"]["role_mix"]
    return node


def _one_part_for_all(plan: Plan) -> None:
    for node in plan["content"]["arrays"]["content"].values():
        node["file"] = _array(plan)["file"]


def _cycle(plan: Plan) -> None:
    """What skops takes for the dictionary itself, in the dictionary."""
    plan["content"]["params"]["__id__"] = plan["__id__"] = 1


def _shell(mark: Path) -> bytes:
    """skops's own way to say: call os.system."""
    call = {
        "__loader__": "ConstructorFromReduceNode",
        "__module__": os.system.__module__,
        "__class__": "system",
        "reduce": {
            "__loader__": "TupleNode",
            "__module__": "builtins",
            "__class__": "tuple",
            "content": [
                {
                    "__loader__": "JsonNode",
                    "__module__": "builtins",
                    "__class__": "str",
                    "content": json.dumps(f"touch {mark}"),
                }
            ],
        },
    }
    return _rebuilt(lambda plan: plan["content"].update(kind=call))


def _dump(what: Any) -> bytes:
    data: bytes = skops.io.dumps({**good_state(), "kind": what})
    return data


DUMPS: dict[str, Any] = {
    "a class of scikit-learn": LogisticRegression(),
    "a function of NumPy": np.add,
    "an array": np.arange(3),
    "an array of objects": np.array([{}], object),
    "a part of a function": partial(np.add, 1),
    "a method": LogisticRegression().fit,
    "a type": LogisticRegression,
    "a tuple": (1, 2),
    "a set": {1},
    "bytes that change": bytearray(b"a"),
    "a slice": slice(1),
    "a class of ours": Calls(os.system, "true"),
    "keys that are numbers": {1: 2},
}


@pytest.mark.parametrize("name", DUMPS)
def test_what_skops_can_hold_is_refused(name: str, tmp_path: Path) -> None:
    refused(forged(tmp_path, _dump(DUMPS[name]), "mine.skops"), MORE)


CODE = "os.system('true')"
PLANS: dict[str, tuple[Change, str]] = {
    "a function": (_node("FunctionNode", "os", "system", content={}), "it names 'FunctionNode os"),
    "a function as a text": (_node("JsonNode", "os", "system", content='""'), "it names 'JsonNode"),
    "a dictionary of another class": (_of("params", __module__="os"), "it names 'DictNode os.dict"),
    "a list of another class": (_of("words", __class__="system"), "it names 'ListNode builtins.sy"),
    "bytes of another class": (lambda p: _array(p).update(__class__="exec"), "it names 'BytesNode"),
    "keys of another type": (
        lambda p: p["content"]["params"]["key_types"]["content"][0].update(__class__="eval"),
        "a key is no text",
    ),
    "keys that are no list": (
        lambda p: p["content"]["params"]["key_types"].update(__loader__="SetNode"),
        "a key is no text",
    ),
    "a cached node": (_node("CachedNode", "builtins", "str", __id__=1), "it names 'CachedNode"),
    "a method of operator": (_node("OperatorFuncNode", "operator", "methodcaller"), "it names 'Op"),
    "an old protocol": (lambda p: p.update(protocol=0, __module__="os"), "it names 'DictNode os"),
    "a new protocol": (lambda p: p.update(protocol=99), DAMAGED),
    "no protocol": (lambda p: p.pop("protocol"), DAMAGED),
    "a protocol of yes": (lambda p: p.update(protocol=True), DAMAGED),
    "an unknown loader": (_node(CODE, "builtins", "str"), "it names"),
    "a name that moves the cursor": (_node("\x1b[2J\n", "builtins", "str"), "it names"),
    "no loader": (lambda p: p["content"].update(kind={}), DAMAGED),
    "a node that is a text": (lambda p: p["content"].update(kind="x"), DAMAGED),
    "a node that is a list": (lambda p: p["content"].update(kind=[]), DAMAGED),
    "content that is none": (_of("words", content=None), DAMAGED),
    "a list in a scalar": (_of("kind", content="[1, 2]"), "is something else"),
    "code in a scalar": (_of("kind", content=CODE), DAMAGED),
    "a scalar that is deep": (_of("kind", content="[" * 100_000), DAMAGED),
    "a part outside": (lambda p: _array(p).update(file="../../etc/passwd"), "outside the file"),
    "an absolute part": (lambda p: _array(p).update(file="/etc/passwd"), "outside the file"),
    "the plan as a part": (lambda p: _array(p).update(file="schema.json"), "outside the file"),
    "one part for all": (_one_part_for_all, "a part is used twice"),
    "a dictionary in itself": (_cycle, ""),
    "fewer keys than values": (_of("params", key_types=None), DAMAGED),
}


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_that_was_altered(name: str, tmp_path: Path) -> None:
    change, says = PLANS[name]
    refused(forged(tmp_path, _rebuilt(change), "mine.skops"), says)


def _zip(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_json", ".json"), data)
    return stream.getvalue()


def _many(parts: dict[str, bytes]) -> None:
    parts.update({f"{number}.bin": b"" for number in range(2_100)})


def _slip(parts: dict[str, bytes]) -> None:
    parts["../../../../slipped"] = b"out of place"


def _twice() -> bytes:
    stream = io.BytesIO(_good())
    with zipfile.ZipFile(stream, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("schema.json", b"{}")
    return stream.getvalue()


def _lied() -> bytes:
    """A part that says it is small."""
    data = bytearray(_zip(schema_json=b'"' + b"a" * 50_000_000 + b'"'))
    place = data.index(b"PK\x01\x02") + 24
    data[place : place + 4] = (10).to_bytes(4, "little")
    return bytes(data)


FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "a pickle": (lambda: packed(good_state()), DAMAGED),
    "nothing": (lambda: b"", DAMAGED),
    "an empty archive": (_zip, DAMAGED),
    "no plan": (lambda: _zip(other=b""), DAMAGED),
    "a plan that is none": (lambda: _zip(schema_json=b"no"), DAMAGED),
    "a plan that is a list": (lambda: _zip(schema_json=b"[]"), DAMAGED),
    "a plan that is deep": (lambda: _zip(schema_json=b"[" * 1_000_000), DAMAGED),
    "a plan that is huge": (lambda: _zip(schema_json=b" " * 40_000_000), "it unpacks to more than"),
    "a part that is huge": (lambda: _zip(schema_json=b"{}", a=bytes(300_000_000)), "to more than"),
    "a part that lies": (_lied, DAMAGED),
    "many parts": (lambda: _rebuilt(parts=_many), "its list of parts"),
    "two plans": (_twice, "its list of parts"),
    "half of one": (lambda: _good()[:-5_000], DAMAGED),
    "the wrong half": (lambda: _good()[5_000:], DAMAGED),
    "an unknown packing": (lambda: _good().replace(b"\x08\x00", b"\x63\x00"), DAMAGED),
}


@pytest.mark.parametrize("name", FILES)
def test_an_archive_that_is_no_model(name: str, tmp_path: Path) -> None:
    make, says = FILES[name]
    refused(forged(tmp_path, make(), "mine.skops"), says)


def test_nothing_is_written_beside(tmp_path: Path) -> None:
    """A part whose name leads elsewhere is never unpacked to a file."""
    folder = tmp_path / "a" / "b" / "c" / "d" / "e"
    folder.mkdir(parents=True)
    path = forged(folder, _rebuilt(parts=_slip), "mine.skops")
    assert load(path).n_postings_ == 168
    assert sorted(x.name for x in tmp_path.rglob("*") if x.is_file()) == [
        "mine.skops",
        "mine.skops.json",
    ]


def test_a_call(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    refused(forged(tmp_path, _shell(mark), "mine.skops"), "it names 'ConstructorFromReduceNode")
    assert not mark.exists()


def test_a_skops_file_under_the_other_name(tmp_path: Path) -> None:
    refused(forged(tmp_path, _good(), "mine.joblib"), DAMAGED)
    refused(forged(tmp_path, zlib.compress(_good()), "mine.joblib"), "")


@settings(max_examples=13 * TIMES)
@given(st.data())
def test_flipped_bits(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    with zipfile.ZipFile(io.BytesIO(_good())) as archive:
        size = archive.getinfo("schema.json").file_size
    place = data.draw(st.integers(0, min(3_000, size - 1)))
    bit = 1 << data.draw(st.integers(0, 7))

    def flip(parts: dict[str, bytes]) -> None:
        plan = bytearray(parts["schema.json"])
        plan[place] ^= bit
        parts["schema.json"] = bytes(plan)

    try:
        load(forged(tmp_path_factory.mktemp("flips"), _rebuilt(parts=flip), "mine.skops"))
    except ModelError as error:
        assert str(error).isprintable()


def test_without_skops(tmp_path: Path) -> None:
    """Said in one line that names what to install, before anything is fitted or read."""
    path = forged(tmp_path, _good(), "mine.skops")
    code = (
        "import sys; sys.modules['skops'] = None\n"
        "from rolenlp.model_file.bundle import check_output, load\n"
        "from rolenlp.errors import MissingExtraError\n"
        "for call in (load, check_output):\n"
        "    try:\n"
        "        call(sys.argv[1])\n"
        "    except MissingExtraError as error:\n"
        "        print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, path], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ['.skops files need skops: pip install "rolenlp[skops]"'] * 2
