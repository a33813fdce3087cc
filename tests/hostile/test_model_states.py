"""Model files of plain data that is not a model's, or that asks for all memory or time."""

from __future__ import annotations

import json
import pickle
import re
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolenlp.errors import ModelError
from rolenlp.model_file.bundle import load
from tests.examples import TIMES
from tests.hostile.helpers_models import array, claimed, forged, good_state, packed
from tests.hostile.test_models import DAMAGED, MORE, refused

ARRAYS = (
    "body_keys body_idf title_keys title_idf duties title by_duties by_both by_title thresholds"
).split()
INT, FLOAT, SINGLE = "<i8", "<f8", "<f4"
PAIR = 2**32
Change = Callable[[dict[str, Any]], object]


def _part(name: str, value: Any) -> Change:
    return lambda state: state.update({name: value})


def _in(part: str, name: Any, value: Any) -> Change:
    return lambda state: state[part].update({name: value})


def _edit(name: str, change: Callable[[Any], Any]) -> Change:
    """Change an array of a state."""

    def edit(state: dict[str, Any]) -> None:
        first = 10 + struct.unpack("<H", state["arrays"][name][8:10])[0]
        kind = INT if "keys" in name else FLOAT if name[:3] in ("by_", "thr") else SINGLE
        old = state["arrays"][name]
        shape = json.loads(
            old[10:first].decode().split("'shape': (")[1].split(")")[0].rstrip(",").join("[]")
        )
        values = np.frombuffer(old, kind, offset=first).reshape(shape).copy()
        new = change(values)
        values = values if new is None else new
        state["arrays"][name] = array(values, values.dtype.str)

    return edit


def _set(name: str, place: Any, value: Any) -> Change:
    return _edit(name, lambda values: values.__setitem__(place, value))


def _header(text: str, body: bytes = b"", version: bytes = b"\x01\x00") -> Change:
    return _in("arrays", "by_both", claimed(text, body, version))


def _phrases(text: str) -> Change:
    """More phrases for a theme."""
    return lambda state: state.update(
        priors=state["priors"].replace("[titles]\n", f"[titles]\nexcept = [{text}]\n# ", 1)
        if "except" not in state["priors"].partition("[titles]")[2]
        else state["priors"].replace("[names]\nphrases = [", f"[names]\nphrases = [{text}, ", 1)
    )


def _names(*names: str) -> Change:
    """More names of roles."""
    listed = "".join(f'"{name}",\n' for name in names)
    return lambda state: state.update(
        priors=state["priors"].replace("[names]\nphrases = [", f"[names]\nphrases = [{listed}", 1)
    )


BOTH = "'descr': '<f8', 'fortran_order': False, 'shape': "
WORDS = '"' + " ".join(["a|b"] * 60) + '"'
GAPS = '"' + " ~ ".join(["a"] * 12) + '"'
STATES: dict[str, tuple[Change, str]] = {
    "another kind": (_part("kind", "rolenlp sentiment"), "it is of another kind"),
    "a part more": (_part("more", 1), "other parts"),
    "a part less": (lambda state: state.pop("lemmas"), "other parts"),
    "parts that are numbers": (lambda state: state.update({1: 2}), "other parts"),
    **{
        f"{name} is {value!r}": (_part(name, value), f"{name} is of another type")
        for name in ("kind", "params", "priors", "words", "boilerplate", "lemmas", "arrays")
        for value in (None, 3, b"text")
    },
    "a yes for a number": (_part("n_postings", True), "n_postings is of another type"),
    "fewer than none": (_part("n_postings", -1), "n_postings is below 0"),
    "an unknown setting": (_in("params", "colour", 1), "unknown setting"),
    "a setting as text": (_in("params", "gram_scale", "4"), "a setting is no number"),
    "a setting that is no number": (_in("params", "gram_scale", float("nan")), "no number"),
    "a setting in a list": (_in("params", "gram_scale", [4.0]), "a setting is no number"),
    "shares of other roles": (_in("params", "role_prior", {"nurse": 1.0}), "role_prior"),
    "shares that are one": (_in("params", "role_prior", 1.0), "role_prior"),
    "a word that is none": (lambda state: state["words"].append(7), "words holds no words"),
    "a word twice": (lambda state: state["words"].append(state["words"][0]), "holds one twice"),
    "the break as a word": (lambda state: state["words"].append(""), "holds one twice"),
    "the unknown as a word": (lambda state: state["words"].append("\ufffd"), "holds one twice"),
    "a weight as text": (_in("boilerplate", "job", "1"), "boilerplate is no table"),
    "a weight of NaN": (_in("boilerplate", "job", float("nan")), "boilerplate is no table"),
    "an endless weight": (_in("boilerplate", "job", float("inf")), "boilerplate is no table"),
    "a word as number": (_in("boilerplate", 1, 1.0), "boilerplate is no table"),
    "a lemma that is none": (_in("lemmas", "jobs", None), "lemmas is no table"),
    "an empty lemma": (_in("lemmas", "jobs", ""), "lemmas is no table"),
    "no array": (_part("arrays", {}), "other arrays"),
    "an array more": (_in("arrays", "more", b""), "other arrays"),
    **{f"{name} is none": (_in("arrays", name, None), f"{name} is no array") for name in ARRAYS},
    **{f"{name} is empty": (_in("arrays", name, b""), f"{name} is no array") for name in ARRAYS},
    **{
        f"{name} is of {kind}": (
            _edit(name, lambda values, kind=kind: np.nan_to_num(values, posinf=1).astype(kind)),
            f"{name} is an array of another kind",
        )
        for name in ARRAYS
        for kind in (">f4", "<i4", "<u8", "S8", "<c16", "?", "V4", "<M8[s]")
    },
    **{
        f"{name} with an axis more": (
            _edit(name, lambda values: values[None]),
            f"{name} has another shape",
        )
        for name in ARRAYS
    },
    **{
        f"{name} one shorter": (_edit(name, lambda values: values[..., :-1]), "has another shape")
        for name in ARRAYS
    },
    **{
        f"{value} in {name}": (_set(name, (0,) * (1 + (name[-3:] != "idf")), value), says)
        for value in (float("nan"), float("-inf"), -1e30)
        for name, says in (
            ("body_idf", "no frequencies"),
            ("title_idf", "no frequencies"),
            ("duties", "no weight"),
            ("title", "no weight"),
            ("by_duties", "no weight"),
            ("by_both", "no weight"),
            ("by_title", "no weight"),
            ("thresholds", "no confidence"),
        )
    },
    "frequencies of nothing": (_set("body_idf", 0, 0.0), "no frequencies"),
    "an endless frequency": (_set("title_idf", 0, float("inf")), "no frequencies"),
    "a key below 0": (_set("body_keys", 0, -1), "body_keys is not in order"),
    "the lowest key": (_set("title_keys", 0, -(2**63)), "title_keys is not in order"),
    "the key of a break": (_set("body_keys", 0, 0), "numbers unknown words"),
    "the key of the unknown": (_set("body_keys", 0, 1), "numbers unknown words"),
    "a word beyond the lexicon": (
        _edit("title_keys", lambda keys: np.sort(np.append(keys[1:], PAIR - 1))),
        "numbers unknown words",
    ),
    "a first word beyond": (_set("body_keys", -1, 2**60), "numbers unknown words"),
    "the highest key": (_set("body_keys", -1, 2**63 - 1), "numbers unknown words"),
    "a second word beyond": (
        _edit("body_keys", lambda keys: np.append(keys[:-1], keys[-1] // PAIR * PAIR + PAIR - 1)),
        "numbers unknown words",
    ),
    "keys out of order": (_edit("body_keys", lambda keys: keys[::-1].copy()), "not in order"),
    "a key twice": (_edit("body_keys", lambda keys: np.append(keys[:1], keys[:-1])), "not in ord"),
    "an array of objects": (
        _in("arrays", "by_both", claimed("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}")),
        "by_both is an array of another kind",
    ),
    "a shape beyond the bytes": (_header("{" + BOTH + "(10**6, 4)}"), "by_both is no array"),
    "a huge shape": (_header("{" + BOTH + "(1000000000000, 4)}"), "another kind"),
    "a shape of many axes": (_header("{" + BOTH + "(" + "1, " * 200 + ")}", bytes(8)), "another"),
    "a shape below 0": (_header("{" + BOTH + "(-5, -4)}", bytes(160)), "another kind"),
    "a shape of truths": (_header("{" + BOTH + "(True, True)}", bytes(8)), "another kind"),
    "a shape of nothing": (_header("{" + BOTH + "None}"), "by_both is no array"),
    "a header of code": (_header("__import__('os').system('true')"), "by_both is no array"),
    "a header of brackets": (_header("(" * 900), "by_both is no array"),
    "a long header": (_header("{" + " " * 60_000 + BOTH + "(5, 4)}", bytes(160)), "is no array"),
    "a header beyond the bytes": (
        _in("arrays", "by_both", b"\x93NUMPY\x01\x00\xff\xff{}"),
        "is no",
    ),
    "half a header": (_in("arrays", "by_both", b"\x93NUMPY\x01\x00\x10"), "by_both is no array"),
    "another kind of header": (_header("{" + BOTH + "(5, 4)}", bytes(160), b"\x02\x00"), "is no"),
    "a header that is a list": (_header("[1, 2]"), "by_both is no array"),
    "a kind that is a list": (
        _header("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}", bytes(8)),
        "another kind",
    ),
    "priors that are none": (_part("priors", "no toml"), "its priors are none"),
    "priors of nothing": (_part("priors", ""), "its priors are none"),
    "priors that are deep": (_part("priors", "a = " + "[" * 1_900), ""),
    "priors that are huge": (_part("priors", "# x\n" * 300_000), "priors is too long"),
    "a line that is huge": (_part("priors", "a." * 100_000 + "a = 1"), "priors is too long"),
    "an endless weight of a phrase": (
        lambda state: state.update(
            priors=re.sub(r"weight = [\d.]+", "weight = inf", state["priors"])
        ),
        "a phrase has no weight",
    ),
    "a phrase of 2**60 forms": (_phrases(WORDS), "a phrase has too many forms"),
    "a phrase of 11 gaps": (_phrases(GAPS), "a phrase has too many forms"),
    "a name 56,000 times": (_names(*["jo"] * 56_000), "its priors are none"),
    "a name twice, written otherwise": (_names("jo smith", "jo  smith"), "its priors are none"),
    "5,000 phrases that end alike": (
        _phrases(",\n".join(f'"a|w{i}"' for i in range(5_000))),
        "too many phrases can stand in one place",
    ),
    "5,000 names that end alike": (
        _names(*(f"a|w{i}" for i in range(5_000))),
        "too many phrases can stand in one place",
    ),
    "two names with one word 900 times": (
        _names("|".join("a" * 900), "|".join("a" * 901)),
        "too many phrases can stand in one place",
    ),
    "names that go on from one another": (
        _names(*(" ".join("a" * n) for n in range(1, 400))),
        "too many phrases can stand in one place",
    ),
    "names with gaps that fork": (
        _names(*(" ".join("a ~ a ~ a".split() + ["a"] * n) for n in range(40))),
        "too many phrases can stand in one place",
    ),
    "a lemma of a million letters": (_in("lemmas", "jobs", "is" * 500_000), "a word is too long"),
    "a form of a million letters": (_in("lemmas", "s" * 1_000_000, "job"), "a word is too long"),
    "a word of a million letters": (
        lambda state: state["words"].append("s" * 1_000_000),
        "a word is too long",
    ),
    "boilerplate of a million letters": (
        _in("boilerplate", "s" * 1_000_000, 1.0),
        "a word is too long",
    ),
    "too many n-grams": (
        _in("arrays", "title_keys", array(np.arange(2, 2_000_003), INT)),
        "it has too many n-grams",
    ),
    "too many phrases": (
        _phrases(",\n".join(f'"a{i} b{i} c{i} d{i} e{i}"' for i in range(9_000))),
        "too many phrases",
    ),
}


@pytest.mark.parametrize("name", STATES)
def test_a_state_that_is_not_a_models(name: str, tmp_path: Path) -> None:
    change, says = STATES[name]
    state = good_state()
    change(state)
    refused(forged(tmp_path, packed(state)), "holds plain data, but not a rolenlp model", says)


def test_without_a_change_it_is(tmp_path: Path) -> None:
    assert load(forged(tmp_path, packed(good_state()))).n_postings_ == 168


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2**31) | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@settings(max_examples=50 * TIMES)
@given(st.data(), PLAIN)
def test_any_plain_data_anywhere(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, value: Any
) -> None:
    state = good_state()
    part = data.draw(st.sampled_from([*state]))
    if type(state[part]) is dict and data.draw(st.booleans()):
        state[part][data.draw(st.sampled_from([*state[part]]))] = value
    else:
        state[part] = value
    try:
        load(forged(tmp_path_factory.mktemp("any"), packed(state)))
    except ModelError as error:
        assert str(error).isprintable()


def _laughs() -> bytes:
    """Ten of ten of ten ...: few bytes, and no end to what would walk through all of it."""
    return (
        b"\x80\x04]\x94" + b"".join(b"](" + b"h%c" % i * 10 + b"e\x94" for i in range(100)) + b"."
    )


def _nested(opening: bytes, closing: bytes) -> bytes:
    return b"\x80\x04" + opening * 300_000 + closing * 299_999 + b"."


def _crowded() -> bytes:
    """Keys that all belong in few slots of the hash table."""
    state = good_state()
    state["words"] += [f"w{i}" for i in range(800)]
    first = np.arange(2, len(state["words"]), dtype=np.int64)
    keys = ((first[:, None] + 1) * PAIR + first).ravel()
    n = 4_095
    mixed = keys.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(32)
    keys = np.sort(keys[np.argsort(mixed & np.uint64(2**15 - 1), kind="stable")[:n]])
    state["arrays"]["title_keys"] = array(keys, INT)
    state["arrays"]["title_idf"] = array(np.ones(n), SINGLE)
    state["arrays"]["title"] = array(np.zeros((2, n + 3)), SINGLE)
    return pickle.dumps(state, 4)


def _dotted() -> bytes:
    line = "a." * 990 + "a%d = 1\n"
    return pickle.dumps({**good_state(), "priors": "".join(line % i for i in range(250))}, 4)


# What is small in the file and would be large, deep or endless in memory.
BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a decompression bomb": (lambda: bytes(300 << 20), "it unpacks to more than 256 MB"),
    "a memo number of 2**31": (lambda: b"}r\xff\xff\xff\x7f.", DAMAGED),
    "a memo number of 2**32": (lambda: b"}r\xff\xff\xff\xff.", DAMAGED),
    "bytes of 2**62": (lambda: b"\x8e" + bytes(7) + b"\x40" + b".", DAMAGED),
    "bytes of 2**34": (lambda: b"\x8e" + bytes(4) + b"\x04" + bytes(3) + b".", DAMAGED),
    "a text of 2**31": (lambda: b"X\xff\xff\xff\x7f.", DAMAGED),
    "a text of 2**62": (lambda: b"\x8d" + bytes(7) + b"\x40" + b".", DAMAGED),
    "a long number of 2**31": (lambda: b"\x8b\xff\xff\xff\x7f.", "LONG4"),
    "a frame of 2**62": (lambda: b"\x80\x04\x95" + bytes(7) + b"\x40" + b"}.", DAMAGED),
    "lists of lists": (_laughs, "other parts"),
    "lists in lists": (lambda: _nested(b"]", b"a"), "other parts"),
    "lists in a list of marks": (lambda: _nested(b"](", b"e"), "other parts"),
    "dictionaries in dictionaries": (
        lambda: b"\x80\x04" + b"}K\x01" * 300_000 + b"N" + b"s" * 300_000 + b".",
        "other parts",
    ),
    "tuples in tuples as a key": (
        lambda: b"\x80\x04})" + b"\x85" * 300_000 + b"K\x01s.",
        "EMPTY_TUPLE",
    ),
    "marks": (lambda: b"(" * 1_000_000 + b".", DAMAGED),
    "too many lists": (lambda: b"]" * 4_500_000 + b".", "it has more than 4,000,000 parts"),
    "keys that collide": (
        lambda: (
            b"}("
            + b"".join(
                b"\x8a\x0a" + (i * (2**61 - 1)).to_bytes(10, "little") + b"N"
                for i in range(1, 9_999)
            )
            + b"u."
        ),
        "LONG1",
    ),
    "keys crowded in the table of n-grams": (_crowded, "title_keys is crowded"),
    "priors of dots": (_dotted, "not a rolenlp model"),
}

_LOADER = """
import sys, time
from rolenlp.model_file.bundle import load
from rolenlp.errors import ModelError
load(sys.argv[1])
for path in sys.argv[2:]:
    before = time.process_time()
    try:
        load(path)
        line = "loaded"
    except ModelError as error:
        line = str(error)
    print(round(time.process_time() - before), line)
with open("/proc/self/status") as status:
    print(next(line.split()[1] for line in status if line.startswith("VmHWM")))
"""


def test_bombs(tmp_path: Path) -> None:
    """In a process of their own, since one that works would take all memory or the process."""
    good = forged(tmp_path, packed(good_state()), "good.joblib")
    paths = []
    for number, (make, _) in enumerate(BOMBS.values()):
        paths.append(forged(tmp_path, zlib.compress(make(), 1), f"{number}.joblib"))
        assert paths[-1].stat().st_size < 3_000_000
    done = subprocess.run(
        [sys.executable, "-c", _LOADER, good, *paths], capture_output=True, text=True, check=False
    )
    assert not done.stderr
    *lines, peak = done.stdout.splitlines()
    for (name, (_, says)), path, line in zip(BOMBS.items(), paths, lines, strict=True):
        seconds, _, said = line.partition(" ")
        assert said.startswith(str(path)), name
        assert says in said, name
        assert int(seconds) < 10, name
    assert int(peak) < 1_500_000  # kB
    assert done.returncode == 0
    assert MORE in lines[0]
