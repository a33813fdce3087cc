"""One verdict for a person, and the ad with the words that it rests on marked."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import floor

from rolenlp.files.terminal import shown
from rolenlp.reading.reader import MAX_CHARACTERS
from rolenlp.schema import FEW_WORDS, NO_PHRASE, OPPOSITE, POLES, THEMES, Evidence, Prediction
from rolenlp.text.bold import find_bold
from rolenlp.text.clean import Cleaned, clean
from rolenlp.text.personal import find_personal, masked

_WHY_NOT = {
    "empty": "there is no text",
    "too_short": "there are too few words to judge by",
    "not_english": "the text does not seem to be English",
    "error": "something went wrong",
}
_BLANK_LINES = re.compile(r"(?<!\s)[^\S\n]*+\n[^\S\n]*+\n\s*+")
# Cold for product duties, warm and underlined for project duties.
_COLOURS = {
    "risk": "\x1b[1;4;31m",
    "resource": "\x1b[1;4;35m",
    "scope": "\x1b[1;4;33m",
    "customer": "\x1b[1;36m",
    "vision": "\x1b[1;34m",
    "crossfunctional": "\x1b[1;32m",
}
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"
THEME_MEANINGS = {
    "risk": "risks are found and managed",
    "resource": "the team has what it needs",
    "scope": "scope, time and cost are kept",
    "customer": "what clients expect is found out",
    "vision": "vision and strategy of the product",
    "crossfunctional": "sales, engineering and marketing work together",
}
WEIGHT = "how far it moved the verdict"
ORIENTATION = "-1 internal and tactical, +1 customers and market"


@dataclass(frozen=True)
class Piece:
    """A piece of an ad; `themes`, the heaviest first, are empty where no phrase is marked in it."""

    text: str
    themes: tuple[str, ...] = ()
    pole: str = ""
    bold: bool = False


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


def legend(found: Iterable[Evidence]) -> list[tuple[str, str, int]]:
    """Each theme, what its phrases are about, and how many of these there are."""
    counts = Counter(e.theme for e in found)
    return [(theme, THEME_MEANINGS[theme], counts[theme]) for theme in THEMES]


def as_text(
    text: str, verdict: Prediction, phrases: Sequence[Evidence] = (), *, colour: bool = False
) -> str:
    """The verdict, what it rests on, and the ad with its phrases marked, for a terminal.

    `phrases` are those to mark, as `every_phrase` finds them; without, the ones quoted. With
    `colour` each theme has its own, and bold stays bold; without, phrases stand in brackets with
    their themes.
    """
    if not verdict.role:
        return why_not(verdict)
    shown_piece = _coloured if colour else _bracketed
    ad = "".join(map(shown_piece, marked(text, verdict, phrases, bold=colour)))
    how = "in the colour of its theme" if colour else "in [brackets] with its theme"
    which = "every phrase that counts" if phrases else "every phrase quoted"
    heading = f"the ad, {which} {how} (theme, phrases, about)"
    themes = _legend(legend(phrases or (*verdict.evidence, *verdict.stray)), colour)
    return "\n".join([*_facts(verdict), "", heading, *themes, "", ad.strip()])


def _legend(themes: Iterable[tuple[str, str, int]], colour: bool) -> Iterator[str]:
    for theme, about, count in themes:
        before, after = (_COLOURS[theme], _PLAIN) if colour else ("", "")
        name = f"{before}{theme}{after}" + " " * (15 - len(theme))
        yield f"  {name} {count:3}  {about} ({POLES[theme]})"


def _facts(verdict: Prediction) -> Iterator[str]:
    yield f"role           {verdict.role}, {how_sure(verdict)}"
    if verdict.review:
        yield f"review         a person should look: {why_review(verdict)}"
    shares = sorted(verdict.probabilities.items(), key=lambda item: -item[1])
    yield "probabilities  " + ", ".join(f"{role} {p:.3f}" for role, p in shares)
    yield f"orientation    {verdict.orientation:+.2f} ({ORIENTATION})"
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
    quotes = [f'  {e.theme:<15} {e.weight:4.2f}  "{shown(e.quote)}"' for e in found]
    yield f"{heading} (theme, weight: {WEIGHT}, quote)" if quotes else f"{heading}: {none}"
    yield from quotes


def _coloured(piece: Piece) -> str:
    text = shown(piece.text, lines=True)
    if piece.themes:
        return f"{_COLOURS[piece.themes[0]]}{text}{_PLAIN}"
    return f"{_BOLD}{text}{_PLAIN}" if piece.bold else text


def _bracketed(piece: Piece) -> str:
    text = shown(piece.text, lines=True)
    return f"[{', '.join(piece.themes)}: {text}]" if piece.themes else text


def marked(
    text: str,
    verdict: Prediction,
    phrases: Sequence[Evidence] = (),
    *,
    bold: bool = False,
    masks: bool = True,
) -> list[Piece]:
    """The ad without its markup, as it was judged, cut where its phrases are.

    These are `phrases`, or else the verdict's evidence and stray duties. Phrases that overlap are
    one piece, with the themes of all and the pole of the heaviest. With `bold` the ad is also cut
    where bold starts and ends. Blank lines that follow one another are one. E-mail addresses and
    telephone numbers are masked, unless without `masks`: what is shown gets pasted and passed on,
    and who gave the ad has them.
    """
    text = text[:MAX_CHARACTERS]
    cleaned = clean(text)
    personal = find_personal(cleaned.text) if masks else []
    bolds = list(_clean_spans(cleaned, find_bold(text))) if bold else []

    def shown_part(start: int, end: int) -> str:
        first = bisect_right(personal, start, key=lambda each: each[1])
        last = bisect_left(personal, end, key=lambda each: each[0])
        return masked(cleaned.text, start, end, personal[first:last])

    groups = list(_overlapping(phrases or (*verdict.evidence, *verdict.stray)))
    spans = [(min(e.start for e in group), max(e.end for e in group)) for group in groups]
    pieces: list[Piece] = []
    at = 0
    for group, (start, end) in zip(groups, _clean_spans(cleaned, spans), strict=True):
        heaviest = sorted(group, key=lambda e: -e.weight)
        themes = tuple(dict.fromkeys(e.theme for e in heaviest))
        pieces += _unmarked(at, start, bolds, shown_part)
        in_bold = any(first < end and last > start for first, last in _near(bolds, start, end))
        pieces.append(Piece(shown_part(start, end), themes, POLES[themes[0]], in_bold))
        at = end
    return [*pieces, *_unmarked(at, len(cleaned.text), bolds, shown_part)]


_Span = tuple[int, int]


def _clean_spans(cleaned: Cleaned, spans: Iterable[_Span]) -> Iterator[_Span]:
    """Where parts of an ad as it was passed in stand in its clean text."""
    places = range(len(cleaned.text))
    for first, last in spans:
        start = bisect_right(places, first, key=lambda at: cleaned.source_span(at, at + 1)[1])
        yield start, bisect_left(places, last, key=lambda at: cleaned.source_span(at, at + 1)[0])


def _near(spans: Sequence[_Span], start: int, end: int) -> Sequence[_Span]:
    """Those of some spans, in order and apart, that share something with ``start:end``."""
    first = bisect_right(spans, start, key=lambda each: each[1])
    return spans[first : bisect_left(spans, end, key=lambda each: each[0])]


def _unmarked(
    start: int, end: int, bolds: Sequence[_Span], shown_part: Callable[[int, int], str]
) -> Iterator[Piece]:
    """What stands between two phrases: one piece, and with bold parts in it one more for each."""
    for first, last in _near(bolds, start, end):
        first, last = max(first, start), min(last, end)
        if first < last:
            yield Piece(_few_lines(shown_part(start, first)))
            yield Piece(_few_lines(shown_part(first, last)), bold=True)
            start = last
    yield Piece(_few_lines(shown_part(start, end)))


def _few_lines(text: str) -> str:
    return _BLANK_LINES.sub("\n\n", text)


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
