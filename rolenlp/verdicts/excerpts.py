"""What an ad says around the phrases that a verdict rests on, personal data hidden."""

from __future__ import annotations

from itertools import chain

from rolenlp.schema import Prediction
from rolenlp.text.personal import mask_personal
from rolenlp.verdicts.explain import Piece, marked

_AROUND = 60  # characters kept on each side of a phrase
_OPENING = 240  # characters of an ad in which no phrase is quoted
_GAP = " … "


def excerpt(text: str, verdict: Prediction) -> tuple[Piece, ...]:
    """The phrases quoted from an ad with a few words around each; its opening where none is."""
    pieces = [Piece(_on_one_line(p.text), p.themes, p.pole) for p in marked(text, verdict)]
    last = len(pieces) - 1
    if not last:
        return (Piece(_start(pieces[0].text.lstrip(), _OPENING)),)
    return tuple(
        chain.from_iterable(
            (piece,) if piece.pole else _shortened(piece.text, place == 0, place == last)
            for place, piece in enumerate(pieces)
        )
    )


def _shortened(text: str, first: bool, last: bool) -> tuple[Piece, ...]:
    """What stands between two phrases, before the first, or after the last."""
    if first:
        text = _end(text, _AROUND)
    elif last:
        text = _start(text, _AROUND)
    elif len(text) > 2 * _AROUND + len(_GAP):
        text = _start(text, _AROUND).removesuffix("…") + _GAP.lstrip() + _end(text, _AROUND)[1:]
    return (Piece(text),) if text else ()


def _start(text: str, most: int) -> str:
    """The first words of a text, whole ones where there is a space."""
    if len(text) <= most:
        return text
    kept = text[:most]
    return (kept[: kept.rfind(" ") + 1] or kept) + "…"


def _end(text: str, most: int) -> str:
    """The last words of a text."""
    if len(text) <= most:
        return text
    kept = text[-most:]
    return "…" + (kept[kept.find(" ") :] if " " in kept[:-1] else kept)


def _on_one_line(text: str) -> str:
    """A text in one line, with its outer spaces, so that pieces stay apart."""
    words = " ".join(mask_personal(text).split())
    if not words:
        return " " if text else ""
    return " " * text[0].isspace() + words + " " * text[-1].isspace()
