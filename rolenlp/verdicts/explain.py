"""One verdict for a person, and the ad with the words that it rests on marked."""

from __future__ import annotations

import re
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import floor
from pathlib import Path

from rolenlp.files.terminal import shown
from rolenlp.reading.reader import MAX_CHARACTERS
from rolenlp.schema import FEW_WORDS, NO_PHRASE, OPPOSITE, POLES, Evidence, Prediction
from rolenlp.tables.dialect import find_encoding
from rolenlp.tables.formats import open_input, reading
from rolenlp.text.clean import clean
from rolenlp.text.personal import find_personal, masked

_WHY_NOT = {
    "empty": "there is no text",
    "too_short": "there are too few words to judge by",
    "not_english": "the text does not seem to be English",
    "error": "something went wrong",
}
_BLANK_LINES = re.compile(r"(?<!\s)[^\S\n]*+\n[^\S\n]*+\n\s*+")
_COLOURS = {"product": "\x1b[1;4;36m", "project": "\x1b[1;4;33m"}  # bold, underlined: cyan, yellow
_PLAIN = "\x1b[0m"


@dataclass(frozen=True)
class Piece:
    """A piece of an ad; `themes` and `pole` are empty where no phrase is quoted from it."""

    text: str
    themes: tuple[str, ...] = ()
    pole: str = ""


def read_ad(path: str) -> str:
    """The text of a file, or of stdin for ``-``, in the encoding that it seems to be in.

    Raises InputError where it cannot be read.
    """
    with reading("stdin" if path == "-" else path):
        data = sys.stdin.buffer.read() if path == "-" else open_input(Path(path)).read()
    return data.decode(find_encoding(data), "replace")


def why_not(verdict: Prediction) -> str:
    """Why an ad was not judged."""
    return f"not judged: {_WHY_NOT[verdict.status]} (status {verdict.status})"


def how_sure(verdict: Prediction) -> str:
    """The confidence in whole percent, rounded down: no verdict is wholly sure."""
    return f"{floor(round(100 * (verdict.confidence or 0), 6))}% sure"


def why_review(verdict: Prediction) -> str:
    """Why a verdict is marked for review."""
    if verdict.conflict:
        return "title and duties disagree"
    if verdict.words < FEW_WORDS:
        return f"only {verdict.words} words that count"
    return "less sure than promised"


def as_text(text: str, verdict: Prediction, *, colour: bool = False) -> str:
    """The verdict, what it rests on, and the ad with its phrases marked, for a terminal.

    With `colour` the phrases of product duties are cyan and those of project duties yellow;
    without, they stand in brackets with their themes.
    """
    if not verdict.role:
        return why_not(verdict)
    if colour:
        by_pole = ", ".join(f"{_COLOURS[pole]}{pole}{_PLAIN}" for pole in _COLOURS)
        heading = f"the ad, its phrases by pole: {by_pole}"
        ad = "".join(_coloured(piece) for piece in marked(text, verdict))
    else:
        heading = "the ad, its phrases in [brackets]"
        ad = "".join(_bracketed(piece) for piece in marked(text, verdict))
    return "\n".join([*_facts(verdict), "", heading, "", ad.strip()])


def _facts(verdict: Prediction) -> Iterator[str]:
    doubt = f"; for review: {why_review(verdict)}" if verdict.review else ""
    yield f"role           {verdict.role}, {how_sure(verdict)}{doubt}"
    shares = sorted(verdict.probabilities.items(), key=lambda item: -item[1])
    yield "probabilities  " + ", ".join(f"{role} {p:.3f}" for role, p in shares)
    yield f"orientation    {verdict.orientation:+.2f} (-1 internal, +1 customers and market)"
    if verdict.title_role:
        agrees = "disagree" if verdict.conflict else "do not contradict it"
        yield f"title          says {verdict.title_role}; the duties {agrees}"
    if verdict.status == "truncated":
        yield f"length         very long: judged on its first {MAX_CHARACTERS:,} characters"
    yield ""
    yield from _quotes("evidence", verdict.evidence, NO_PHRASE)
    if opposite := OPPOSITE.get(verdict.role):
        yield from _quotes(
            f"stray duties, which belong to a {opposite} manager", verdict.stray, "none"
        )


def _quotes(heading: str, found: Iterable[Evidence], none: str) -> Iterator[str]:
    quotes = [f'  {e.theme:<14} {e.weight:4.2f}  "{shown(e.quote)}"' for e in found]
    yield f"{heading} (theme, weight, quote)" if quotes else f"{heading}: {none}"
    yield from quotes


def _coloured(piece: Piece) -> str:
    text = shown(piece.text, lines=True)
    return f"{_COLOURS[piece.pole]}{text}{_PLAIN}" if piece.pole else text


def _bracketed(piece: Piece) -> str:
    text = shown(piece.text, lines=True)
    return f"[{', '.join(piece.themes)}: {text}]" if piece.pole else text


def marked(text: str, verdict: Prediction) -> list[Piece]:
    """The ad without its markup, as it was judged, cut where its evidence and stray duties are.

    Phrases that overlap are one piece, with the themes of all and the pole of the heaviest. Blank
    lines that follow one another are one. E-mail addresses and telephone numbers are masked: what
    is shown gets pasted and passed on, and who gave the ad has them.
    """
    cleaned = clean(text[:MAX_CHARACTERS])
    places = range(len(cleaned.text))
    personal = find_personal(cleaned.text)
    pieces, at = [], 0
    for group in _overlapping((*verdict.evidence, *verdict.stray)):
        # The evidence points into the ad as it was passed in: find it again in the clean text.
        start = bisect_right(
            places, min(e.start for e in group), key=lambda at: cleaned.source_span(at, at + 1)[1]
        )
        end = bisect_left(
            places, max(e.end for e in group), key=lambda at: cleaned.source_span(at, at + 1)[0]
        )
        heaviest = max(group, key=lambda e: e.weight)
        themes = tuple(dict.fromkeys(e.theme for e in group))
        pieces.append(_unmarked(masked(cleaned.text, at, start, personal)))
        quote = masked(cleaned.text, start, end, personal)
        pieces.append(Piece(quote, themes, POLES[heaviest.theme]))
        at = end
    return [*pieces, _unmarked(masked(cleaned.text, at, len(cleaned.text), personal))]


def _unmarked(text: str) -> Piece:
    return Piece(_BLANK_LINES.sub("\n\n", text))


def _overlapping(found: Iterable[Evidence]) -> Iterator[list[Evidence]]:
    """Evidence in the ad's order, what overlaps together."""
    group: list[Evidence] = []
    end = 0
    for e in sorted(found, key=lambda e: (e.start, e.end)):
        if group and e.start >= end:
            yield group
            group = []
        group.append(e)
        end = max(end, e.end)
    if group:
        yield group
