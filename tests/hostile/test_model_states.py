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

NGRAMS = ("words", "pairs", "title_words", "title_pairs")
VIEWS = ("both", "duties", "title")
ARRAYS = (
    *(f"{name}_{part}" for name in NGRAMS for part in ("ngrams", "idf")),
    *(f"{name}_{part}" for name in VIEWS for part in ("classes", "coef", "intercept")),
    *("phrase_effects", "inverse_temperatures", "role_mix", "thresholds"),
)
INT, FLOAT, SINGLE = "<i4", "<f8", "<f4"
Change = Callable[[dict[str, Any]], object]


def _part(name: str, value: Any) -> Change:
    return lambda state: state.update({name: value})


def _in(part: str, name: Any, value: Any) -> Change:
    return lambda state: state[part].update({name: value})


def _edit(name: str, change: Callable[[Any], Any]) -> Change:
    """Change an array of a state."""

    def edit(state: dict[str, Any]) -> None:
        first = 10 + struct.unpack("<H", state["arrays"][name][8:10])[0]
        kind = SINGLE if name.endswith(("_idf", "_coef", "_effects")) else FLOAT
        kind = INT if name.endswith(("_ngrams", "_classes")) else kind
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


def _first(values: Any, value: Any) -> None:
    """Puts it in the first place."""
    values.reshape(-1)[0] = value


def _header(text: str, body: bytes = b"", version: bytes = b"\x01\x00") -> Change:
    return _in("arrays", "role_mix", claimed(text, body, version))


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
        for name in ("kind", "params", "classes", "roles", "priors", "words", "lemmas", "arrays")
        for value in (None, 3, b"text")
    },
    "a yes for a number": (_part("n_postings", True), "n_postings is of another type"),
    "fewer than none": (_part("n_postings", -1), "n_postings is below 0"),
    "an unknown setting": (_in("params", "colour", 1), "unknown setting"),
    "a setting as text": (_in("params", "prior_strength", "4"), "a setting is no number"),
    "a setting that is no number": (_in("params", "prior_strength", float("nan")), "no number"),
    "a setting in a list": (_in("params", "prior_strength", [4.0]), "a setting is no number"),
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
    "no array": (_part("arrays", {}), "both_classes has another shape"),
    "an array more": (_in("arrays", "more", b""), "other arrays"),
    **{f"{name} is none": (_in("arrays", name, None), f"{name} is no array") for name in ARRAYS},
    **{f"{name} is empty": (_in("arrays", name, b""), f"{name} is no array") for name in ARRAYS},
    **{
        f"{name} is of {kind}": (
            _edit(name, lambda values, kind=kind: np.nan_to_num(values, posinf=1).astype(kind)),
            f"{name} is an array of another kind",
        )
        for name in ARRAYS
        for kind in (">f4", "<i8", "<u8", "S8", "<c16", "?", "V4", "<M8[s]")
    },
    **{
        f"{name} with an axis more": (
            _edit(name, lambda values: values[None]),
            f"{name} has another shape",
        )
        for name in ARRAYS
    },
    **{
        f"{name} one shorter": (_edit(name, lambda values: values[..., :-1]), "") for name in ARRAYS
    },
    **{
        f"{value} in {name}": (_edit(name, lambda values, value=value: _first(values, value)), says)
        for value in (float("nan"), float("-inf"), -1e30)
        for name, says in (
            *((f"{name}_idf", f"{name}_idf is out of range") for name in NGRAMS),
            *((f"{name}_coef", f"{name}_coef holds what is no weight") for name in VIEWS),
            *((f"{name}_intercept", f"{name}_intercept holds what is no") for name in VIEWS),
            ("phrase_effects", "phrase_effects holds what is no weight"),
            ("inverse_temperatures", "inverse_temperatures is out of range"),
            ("role_mix", "role_mix is out of range"),
            ("thresholds", "thresholds holds what is no confidence"),
        )
    },
    "frequencies of nothing": (_set("words_idf", 0, 0.0), "words_idf is out of range"),
    "an endless frequency": (_set("title_words_idf", 0, float("inf")), "out of range"),
    "a temperature without an end": (_set("inverse_temperatures", 0, 0.0), "out of range"),
    **{
        f"the word {number} in {name}": (
            _edit(f"{name}_ngrams", lambda ngrams, number=number: _first(ngrams, number)),
            f"{name}_ngrams numbers unknown words",
        )
        for name in NGRAMS
        for number in (-1, -(2**31), 0, 1, 2**31 - 1)  # a break and the unknown are 0 and 1
    },
    **{
        f"{name} out of order": (
            _edit(f"{name}_ngrams", lambda ngrams: ngrams[::-1].copy()),
            f"{name}_ngrams is not in order",
        )
        for name in NGRAMS
    },
    "an n-gram twice": (
        _edit("pairs_ngrams", lambda n: np.vstack((n[:1], n[:-1]))),
        "pairs_ngrams is not in order",
    ),
    **{
        f"the class {number} of {name}": (
            _set(f"{name}_classes", 0, number),
            f"{name}_classes numbers unknown classes",
        )
        for name in VIEWS
        for number in (-1, 4, 2**31 - 1)
    },
    "a class twice": (_set("both_classes", 0, 1), "both_classes numbers unknown classes"),
    "no class": (_edit("both_classes", lambda values: values[:0]), "both_classes has another sh"),
    "more roles than classes": (lambda state: state["roles"].append("other"), "do not fit"),
    "no classes": (lambda state: state.update(classes=[], roles=[]), "do not fit"),
    "a role that is none": (lambda state: state["roles"].__setitem__(0, "nurse"), "what is none"),
    "a class of two kinds": (lambda state: state["classes"].__setitem__(0, 7), "neither words nor"),
    "a class that is a list": (lambda state: state["classes"].__setitem__(0, []), "neither words"),
    "a class twice by name": (
        lambda state: state["classes"].__setitem__(0, state["classes"][1]),
        "classes holds one twice",
    ),
    "two thousand classes": (
        lambda state: state.update(classes=[*range(2_000)], roles=[""] * 2_000),
        "do not fit",
    ),
    "estimators in a joblib file": (_part("estimators", {}), "other parts"),
    "estimators of another kind": (_part("estimators", 7), "other parts"),
    "an array of objects": (
        _in(
            "arrays", "role_mix", claimed("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}")
        ),
        "role_mix is an array of another kind",
    ),
    "a shape beyond the bytes": (_header("{" + BOTH + "(10**6, 4)}"), "role_mix is no array"),
    "a huge shape": (_header("{" + BOTH + "(1000000000000, 4)}"), "another kind"),
    "a shape of many axes": (_header("{" + BOTH + "(" + "1, " * 200 + ")}", bytes(8)), "is no"),
    "a shape below 0": (_header("{" + BOTH + "(-5, -4)}", bytes(160)), "is no array"),
    "a shape of truths": (_header("{" + BOTH + "(True, True)}", bytes(8)), "is no array"),
    "a shape of nothing": (_header("{" + BOTH + "None}"), "role_mix is no array"),
    "a header of code": (_header("__import__('os').system('true')"), "role_mix is no array"),
    "a header of brackets": (_header("(" * 900), "role_mix is no array"),
    "a long header": (_header("{" + " " * 60_000 + BOTH + "(5, 4)}", bytes(160)), "is no array"),
    "a header beyond the bytes": (
        _in("arrays", "role_mix", b"\x93NUMPY\x01\x00\xff\xff{}"),
        "is no",
    ),
    "half a header": (_in("arrays", "role_mix", b"\x93NUMPY\x01\x00\x10"), "role_mix is no array"),
    "another kind of header": (_header("{" + BOTH + "(5, 4)}", bytes(160), b"\x02\x00"), "is no"),
    "a header that is a list": (_header("[1, 2]"), "role_mix is no array"),
    "a kind that is a list": (
        _header("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}", bytes(8)),
        "role_mix is no array",
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
        _in("arrays", "title_pairs_ngrams", array(np.zeros((2_000_001, 2)), INT)),
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
