"""Is this the state of a model? All that predicting takes for granted, looked at before it is.

SciPy's compiled code looks at no bounds, so a number out of place would not be an error later but
a crash or a wrong answer.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Collection, Mapping
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rolenlp.model.calibration import PRECISIONS
from rolenlp.reading.lexicon import BREAK, UNKNOWN, UNKNOWN_ID
from rolenlp.reading.phrases import Tree
from rolenlp.reading.priors import Priors
from rolenlp.schema import ROLES, THEMES

_PARTS: dict[str, type] = {
    "kind": str,
    "params": dict,
    "classes": list,
    "roles": list,
    "priors": str,
    "words": list,
    "boilerplate": dict,
    "lemmas": dict,
    "n_postings": int,
    "arrays": dict,
}
VIEW_NAMES = ("both", "duties", "title")  # of classifiers
_COUNTED = {"words": 1, "pairs": 2, "title_words": 1, "title_pairs": 2}  # n-grams, by their n
_TYPES = {
    **{f"{name}_ngrams": "<i4" for name in _COUNTED},
    **{f"{name}_idf": "<f4" for name in _COUNTED},
    **{f"{name}_classes": "<i4" for name in VIEW_NAMES},
    **{f"{name}_coef": "<f4" for name in VIEW_NAMES},
    **{f"{name}_intercept": "<f8" for name in VIEW_NAMES},
    "themes_coef": "<f4",
    "themes_intercept": "<f8",
    "phrase_effects": "<f4",
    "inverse_temperatures": "<f8",
    "role_mix": "<f8",
    "thresholds": "<f8",
    "ads_seen": "<u8",
}
_MOST_CLASSES = 1_000
# As `numpy.save` writes it. NumPy reads it by Python's parser, which fails now and then where
# several threads of Python 3.11 use it.
_HEAD = re.compile(
    rb"\{'descr': '([^']{1,20})', 'fortran_order': (True|False), "
    rb"'shape': \((\d{1,18},|\d{1,18}(?:, \d{1,18}){1,3}|)\),? ?\}\s*"
)
_LARGEST = 1e6  # of any weight: sums of products stay finite
_LONGEST_PRIORS, _LONGEST_LINE = 500_000, 2_000  # characters; keys with many dots cost much
_MOST_STEPS = 100_000  # of the tree of phrases, 20 times what ships
_MOST_CELLS = 2**27  # of its table
_MOST_WAYS, _MOST_GAPS = 10_000, 3  # of one phrase
_MOST_WORK = 300  # at one place of a text, of one tree; 5 times what ships
_LONGEST_WORD = 1_000  # characters, of a word or a lemma; a token has up to 200
_MOST_GRAMS = 2_000_000  # of bodies or of titles; every call goes through their coefficients


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
    _need(shares is None or (type(shares) is dict and set(shares) <= set(ROLES)), "role_prior")
    classes, roles = state["classes"], state["roles"]
    _need(0 < len(classes) == len(roles) <= _MOST_CLASSES, "classes and roles do not fit")
    kinds = set(map(type, classes))
    _need(len(kinds) == 1 and kinds <= {str, int, bool}, "classes are neither words nor numbers")
    _need(len(set(classes)) == len(classes), "classes holds one twice")
    _need(all(role in ("", *ROLES) for role in roles), "roles holds what is none")
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
    _need(set(packed) <= set(_TYPES), "it has other arrays")
    return {name: _array(name, packed[name]) for name in packed}


def _array(name: str, packed: Any) -> NDArray[Any]:
    _need(type(packed) is bytes and packed[:8] == b"\x93NUMPY\x01\x00", f"{name} is no array")
    first = 10 + struct.unpack("<H", packed[8:10].ljust(2, b"\0"))[0]
    head = _HEAD.fullmatch(packed[10 : min(first, 1_000)])
    if head is None:
        raise StateError(f"{name} is no array")
    kind, in_columns, sizes = (part.decode() for part in head.groups())
    shape = tuple(int(number) for number in sizes.split(",") if number)
    size = 8 if kind in ("<f8", "<u8") else 4
    fits = first + size * math.prod(shape) == len(packed)
    _need(fits and kind == _TYPES[name], f"{name} is an array of another kind")
    array = np.frombuffer(packed, kind, offset=first).copy()
    return array.reshape(shape, order="F" if in_columns == "True" else "C")


def check_arrays(
    arrays: Mapping[str, NDArray[Any]],
    n_words: int,
    priors: Priors,
    n_classes: int,
    foreign: Collection[str],
) -> None:
    """Shapes that fit one another, n-grams in order and of known words, finite numbers.

    `foreign` names the features and classifiers that come otherwise.
    """
    n_phrases = len(priors.phrases)
    shapes: dict[str, tuple[int, ...]] = {
        "phrase_effects": (n_phrases,),
        "inverse_temperatures": (len(VIEW_NAMES),),
        "role_mix": (n_classes,),
        "thresholds": (2, n_classes, len(PRECISIONS)),
    }
    n_columns = n_phrases + len(priors.neighbours) + len(THEMES) + 3 + 2
    for name, n in _COUNTED.items() if "features" not in foreign else ():
        n_ngrams = len(arrays.get(f"{name}_ngrams", ()))
        _need(n_ngrams <= _MOST_GRAMS, "it has too many n-grams")
        shapes |= {f"{name}_ngrams": (n_ngrams, n), f"{name}_idf": (n_ngrams,)}
        n_columns += n_ngrams
    if "features" in foreign:  # their columns are those that coefficients are for
        coefs = (arrays[n] for n in _TYPES if n.endswith("_coef") and n in arrays)
        n_columns = next((coef.shape[-1] for coef in coefs if coef.ndim), 0)
    for name in VIEW_NAMES:
        n = arrays[f"{name}_classes"].size if f"{name}_classes" in arrays else 0
        shapes[f"{name}_classes"] = (n,)
        _need(0 < n <= n_classes, f"{name}_classes has another shape")
        if f"{name}_coef" in arrays:  # else it is foreign, or says the same of every ad
            rows = n if n > 2 else 1
            _need(n > 1 and name not in foreign, f"{name}_coef has another shape")
            shapes |= {f"{name}_coef": (rows, n_columns), f"{name}_intercept": (rows,)}
    if "themes_coef" in arrays:
        shapes |= {"themes_coef": (len(THEMES), n_columns), "themes_intercept": (len(THEMES),)}
    if "ads_seen" in arrays:  # not in files of before
        shapes["ads_seen"] = (arrays["ads_seen"].size,)
    _need(set(arrays) == set(shapes), "it has other arrays")
    for name, array in arrays.items():
        _need(array.shape == shapes[name], f"{name} has another shape")
        if name == "thresholds":
            _need(bool(np.all(array >= 0)), "thresholds holds what is no confidence")
        elif name == "ads_seen":
            _need(bool(np.all(array[1:] > array[:-1])), "ads_seen is not in order")
        elif name.endswith("_ngrams"):
            _check_ngrams(name, array, n_words)
        elif name.endswith("_classes"):
            within = np.all((array >= 0) & (array < n_classes)) and np.all(np.diff(array) > 0)
            _need(bool(within), f"{name} numbers unknown classes")
        elif name.endswith("_idf") or name in ("inverse_temperatures", "role_mix"):
            least = 0 if name == "role_mix" else np.finfo(np.float32).tiny
            _need(bool(np.all((array >= least) & (array < _LARGEST))), f"{name} is out of range")
        else:
            _need(bool(np.all(np.abs(array) < _LARGEST)), f"{name} holds what is no weight")


def _check_ngrams(name: str, ngrams: NDArray[np.int32], n_words: int) -> None:
    known = (ngrams > UNKNOWN_ID) & (ngrams < n_words)
    _need(bool(np.all(known)), f"{name} numbers unknown words")
    keys = ngrams.astype(np.int64) @ n_words ** np.arange(ngrams.shape[1])[::-1]
    _need(bool(np.all(np.diff(keys) > 0)), f"{name} is not in order")


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and -_LARGEST < value < _LARGEST


def _need(holds: bool, otherwise: str) -> None:
    if not holds:
        raise StateError(otherwise)
