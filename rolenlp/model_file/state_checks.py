"""Is this the state of a model? All that predicting takes for granted, looked at before it is.

SciPy's compiled code looks at no bounds, so a number out of place would not be an error later but
a crash or a wrong answer.
"""

from __future__ import annotations

import ast
import math
import struct
from collections.abc import Mapping
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rolenlp.model.calibration import PRECISIONS
from rolenlp.model.features import words_of_keys
from rolenlp.model.heads import QUESTIONS
from rolenlp.reading.lexicon import BREAK, UNKNOWN, UNKNOWN_ID
from rolenlp.reading.phrases import Tree
from rolenlp.reading.priors import Priors
from rolenlp.schema import ROLES, THEMES

__all__ = ["StateError", "check_arrays", "check_parts", "check_priors", "unpack"]

_PARTS: dict[str, type] = {
    "kind": str,
    "params": dict,
    "priors": str,
    "words": list,
    "boilerplate": dict,
    "lemmas": dict,
    "n_postings": int,
    "arrays": dict,
}
_TYPES = {
    "body_keys": "<i8",
    "title_keys": "<i8",
    "body_idf": "<f4",
    "title_idf": "<f4",
    "duties": "<f4",
    "title": "<f4",
    "themes": "<f4",
    "by_duties": "<f8",
    "by_both": "<f8",
    "by_title": "<f8",
    "thresholds": "<f8",
}
_LARGEST = 1e6  # of any weight: sums of products stay finite
_LONGEST_PRIORS, _LONGEST_LINE = 500_000, 2_000  # characters; keys with many dots cost much
_MOST_STEPS = 100_000  # of the tree of phrases, 20 times what ships
_MOST_CELLS = 2**27  # of its table
_MOST_WAYS, _MOST_GAPS = 10_000, 3  # of one phrase
_MOST_WORK = 300  # at one place of a text, of one tree; 5 times what ships
_LONGEST_WORD = 1_000  # characters, of a word or a lemma; a token has up to 200
_MOST_GRAMS = 2_000_000  # of bodies or of titles; every call goes through their coefficients
_FURTHEST = 200  # slots from where a key belongs


class StateError(ValueError):
    """What was read is not the state of a model; the text says why."""


def check_parts(state: Any, settings: Mapping[str, Any]) -> None:
    """The parts are all there, of built-in types; `settings` names the params there can be."""
    _need(type(state) is dict and set(state) == set(_PARTS), "it has other parts")
    for name, kind in _PARTS.items():
        _need(type(state[name]) is kind, f"{name} is of another type")
    _need(state["n_postings"] >= 0, "n_postings is below 0")
    for name, value in state["params"].items():
        _need(name in settings, "params holds an unknown setting")
        numbers = value.values() if type(value) is dict else [] if value is None else [value]
        _need(all(map(_is_number, numbers)), "a setting is no number")
    shares = state["params"].get("role_prior")
    _need(shares is None or (type(shares) is dict and set(shares) == set(ROLES)), "role_prior")
    words = state["words"]
    _need(all(type(word) is str for word in words), "words holds no words")
    _need(len({BREAK, UNKNOWN, *words}) == len(words) + 2, "words holds one twice")
    _need(
        all(type(word) is str and _is_number(w) for word, w in state["boilerplate"].items()),
        "boilerplate is no table of weights",
    )
    _need(
        all(type(form) is type(lemma) is str and lemma for form, lemma in state["lemmas"].items()),
        "lemmas is no table of words",
    )
    forms = chain(words, state["boilerplate"], state["lemmas"], state["lemmas"].values())
    _need(max(map(len, forms), default=0) <= _LONGEST_WORD, "a word is too long")
    longest = max(map(len, state["priors"].split("\n")))
    short = len(state["priors"]) <= _LONGEST_PRIORS and longest <= _LONGEST_LINE
    _need(short, f"priors is too long, or has a line of more than {_LONGEST_LINE:,} characters")


def check_priors(priors: Priors) -> None:
    """The phrases can be laid into a tree of a bounded size, and found in a bounded time."""
    phrases = [phrase.text for phrase in (*priors.phrases, *priors.neighbours)]
    phrases += [context for _, context in priors.exceptions]
    titles = [*priors.titles["product"], *priors.titles["project"], *priors.title_exceptions]
    steps = 0
    for phrase in (*phrases, *titles, *priors.names):
        parts = phrase.split()
        ways = math.prod(len(part.split("|")) for part in parts)
        _need(ways <= _MOST_WAYS and parts.count("~") <= _MOST_GAPS, "a phrase has too many forms")
        steps += ways * len(parts)
    _need(steps <= _MOST_STEPS and steps * len(priors.words()) <= _MOST_CELLS, "too many phrases")
    work = max(Tree(each).most_work() for each in (phrases, titles, priors.names))
    _need(work <= _MOST_WORK, "too many phrases can stand in one place")
    weights = [phrase.weight for phrase in (*priors.phrases, *priors.neighbours)]
    _need(all(map(_is_number, weights)), "a phrase has no weight")


def unpack(packed: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """The arrays by name; each is as long as its bytes, whatever its header claims."""
    _need(set(packed) in (set(_TYPES), set(_TYPES) - {"themes"}), "it has other arrays")
    return {name: _array(name, packed[name]) for name in packed}


def _array(name: str, packed: Any) -> NDArray[Any]:
    _need(type(packed) is bytes and packed[:8] == b"\x93NUMPY\x01\x00", f"{name} is no array")
    first = 10 + struct.unpack("<H", packed[8:10].ljust(2, b"\0"))[0]
    header = packed[10 : min(first, 1_000)]
    try:
        head = ast.literal_eval(header.decode("ascii").strip())
        kind, in_columns, shape = head["descr"], head["fortran_order"], head["shape"]
        size = 8 if kind != "<f4" else 4
        plain = in_columns in (True, False) and type(shape) is tuple and len(shape) <= 4
        plain = plain and all(type(n) is int and n >= 0 for n in shape)
        fits = first + size * math.prod(shape) == len(packed)
    except (ValueError, TypeError, KeyError, SyntaxError, RecursionError, MemoryError):
        raise StateError(f"{name} is no array") from None
    _need(plain and fits and kind == _TYPES[name], f"{name} is an array of another kind")
    array = np.frombuffer(packed, kind, offset=first).copy()
    return array.reshape(shape, order="F" if in_columns else "C")


def check_arrays(arrays: Mapping[str, NDArray[Any]], n_words: int, priors: Priors) -> None:
    """Shapes that fit one another, keys in order and of known words, finite numbers."""
    n_phrases = len(priors.phrases) + len(priors.neighbours)
    n_body, n_title = arrays["body_keys"].size, arrays["title_keys"].size
    _need(max(n_body, n_title) <= _MOST_GRAMS, "it has too many n-grams")
    n_duties = n_body + n_phrases + len(THEMES) + 1
    shapes = {
        "body_keys": (n_body,),
        "title_keys": (n_title,),
        "body_idf": (n_body,),
        "title_idf": (n_title,),
        "duties": (len(QUESTIONS), n_duties),
        "title": (len(QUESTIONS), n_title + len(QUESTIONS) + 1),
        "themes": (len(THEMES), n_duties),
        "by_duties": (3, len(ROLES)),
        "by_both": (5, len(ROLES)),
        "by_title": (3, len(ROLES)),
        "thresholds": (2, len(ROLES), len(PRECISIONS)),
    }
    for name, array in arrays.items():
        _need(array.shape == shapes[name], f"{name} has another shape")
        if name == "thresholds":
            _need(bool(np.all(array >= 0)), "thresholds holds what is no confidence")
        elif name.endswith("_keys"):
            _check_keys(name, array, n_words)
        elif name.endswith("_idf"):
            _need(bool(np.all((array > 0) & (array < _LARGEST))), f"{name} holds no frequencies")
        else:
            _need(bool(np.all(np.abs(array) < _LARGEST)), f"{name} holds what is no weight")


def _check_keys(name: str, keys: NDArray[np.int64], n_words: int) -> None:
    _need(bool(np.all(np.diff(keys) > 0)) and bool(np.all(keys >= 0)), f"{name} is not in order")
    words = words_of_keys(keys)
    single = words[:, 1] < 0
    known = (words > UNKNOWN_ID) & (words < n_words)
    _need(bool(np.all(known[:, 0] & (known[:, 1] | single))), f"{name} numbers unknown words")
    # Version 0.1, which reads this format too, looks them up in a hash table of this size; crowded
    # in a few places, they would make that a search through all.
    bits = max(4, 3 + len(keys).bit_length())
    mixed = keys.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(32)
    slot = np.sort((mixed & np.uint64(2**bits - 1)).astype(np.int64))
    number = np.arange(len(keys))
    away = np.maximum.accumulate(slot - number) + number - slot
    _need(int(away.max(initial=0)) <= _FURTHEST, f"{name} is crowded")


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and -_LARGEST < value < _LARGEST


def _need(holds: bool, otherwise: str) -> None:
    if not holds:
        raise StateError(otherwise)
