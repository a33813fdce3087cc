"""The phrases of the themes as patterns of spaCy's EntityRuler and SpanRuler, and back.

A pattern is a line of spaCy's JSONL: ``label`` is the theme, ``id`` the phrase as the priors have
it, ``pattern`` its tokens. The rulers ask for lemmas, so a lemmatizer comes before them in the
pipeline:

>>> from rolenlp.reading.patterns import from_patterns, to_patterns
>>> from rolenlp.reading.priors import Priors
>>> patterns = to_patterns(Priors.default())
>>> patterns[0]["label"], patterns[0]["id"]
('risk', 'risk register|log')
>>> from_patterns(patterns).phrases == Priors.default().phrases
True

The format has no place for a phrase's weight: it is a key of our own, which SpanRuler keeps and
EntityRuler drops. Nor has it one for phrases of neighbouring jobs, exceptions, names and titles.
What a ruler finds is therefore more than what counts here: also what is denied, excepted or
boilerplate, and all of several phrases that overlap.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from rolenlp.errors import InputError
from rolenlp.reading.phrases import GAP
from rolenlp.reading.pipeline import BREAKERS, GLUE, american, english_lemmas, is_kept, lower
from rolenlp.reading.priors import Phrase, Priors

_BREAKS = re.escape("".join(sorted(BREAKERS))) + r"\n"
_GLUE = "|".join(map(re.escape, sorted(GLUE)))
# Between two words of a phrase: what streams leave out, and what a ``~`` stands for.
_BETWEEN = {"LOWER": {"REGEX": f"^({_GLUE}|[^a-z{_BREAKS}]+)$"}, "OP": "*"}
_ANY = {"LOWER": {"REGEX": f"^[^{_BREAKS}]+$"}, "OP": f"{{0,{GAP}}}"}


def to_patterns(priors: Priors) -> list[dict[str, Any]]:
    """The phrases of the themes, in their order, one pattern each."""
    return [
        {"label": each.theme, "pattern": _tokens(each.text), "id": each.text, "weight": each.weight}
        for each in priors.phrases
    ]


def from_patterns(patterns: Iterable[Mapping[str, Any]], rest: Priors | None = None) -> Priors:
    """Priors whose phrases are those of `patterns`; all else is that of `rest`, or as shipped.

    A pattern is a text, or tokens that each are a ``LEMMA``, ``LOWER``, ``TEXT`` or ``ORTH``, one
    word or a list ``IN``, and what `to_patterns` puts between them. Words other than a LEMMA become
    one; those that streams leave out ("the") are left out. A pattern without a ``weight`` weighs 1.
    Raises `InputError` for what no phrase can say, such as a part of speech.
    """
    rest = rest or Priors.default()
    lemmas = english_lemmas()
    phrases: dict[str, list[Phrase]] = {}
    for number, entry in enumerate(patterns, start=1):
        try:
            theme, text = entry["label"], _text(entry["pattern"], lemmas)
            phrases.setdefault(theme, []).append(Phrase(text, theme, float(entry.get("weight", 1))))
        except (AttributeError, KeyError, TypeError, ValueError):
            raise InputError(
                f"pattern {number}: no phrase can say {str(entry)[:120]}: it needs a label and, as "
                'pattern, a text or tokens such as {"LEMMA": "risk"} or {"LEMMA": {"IN": [...]}}'
            ) from None
    lines = [
        *("[names]", f"phrases = {_list(rest.names)}"),
        *("[neighbours]", f"phrases = {_weighed(rest.neighbours)}"),
        *("[titles]", f"except = {_list(rest.title_exceptions)}"),
        *(f"{role} = {_list(texts)}" for role, texts in rest.titles.items()),
        "[themes]",
    ]
    for theme in dict.fromkeys([*phrases, *(theme for theme, _ in rest.exceptions)]):
        excepted = [context for of, context in rest.exceptions if of == theme]
        lines += [f"[themes.{json.dumps(theme)}]", f"except = {_list(excepted)}"]
        lines.append(f"phrases = {_weighed(phrases.get(theme, ()))}")
    return Priors.from_toml("\n".join(lines) + "\n")


def _tokens(phrase: str) -> list[dict[str, Any]]:
    tokens: list[dict[str, Any]] = []
    for part in phrase.split():
        words = part.split("|")
        word = {"LEMMA": {"IN": words} if len(words) > 1 else part}
        tokens += [_ANY] if part == "~" else [_BETWEEN, word] if tokens else [word]
    return tokens


def _text(pattern: str | Iterable[Mapping[str, Any]], lemmas: Mapping[str, str]) -> str:
    """A pattern as a phrase; ValueError or the like where none can say it."""
    if isinstance(pattern, str):
        pattern = [{"LOWER": word} for word in pattern.split()]
    parts = [
        "~" if token == _ANY else _word(token, lemmas) for token in pattern if token != _BETWEEN
    ]
    return " ".join(filter(None, parts))


def _word(token: Mapping[str, Any], lemmas: Mapping[str, str]) -> str:
    ((key, value),) = token.items()
    words = [value] if isinstance(value, str) else value["IN"]
    if key not in ("LEMMA", "LOWER", "TEXT", "ORTH"):
        raise ValueError(key)
    if key != "LEMMA":
        forms = filter(is_kept, map(lower, words))
        words = dict.fromkeys(american(lemmas.get(form, form)) for form in forms)
    return "|".join(words)


def _list(texts: Iterable[str]) -> str:
    return json.dumps(list(texts), ensure_ascii=False)


def _weighed(phrases: Iterable[Phrase]) -> str:
    entries = (
        f"{{ phrase = {json.dumps(p.text, ensure_ascii=False)}, weight = {p.weight} }}"
        for p in phrases
    )
    return f"[{', '.join(entries)}]"
