"""The page on which a person settles doubtful ads: one file that asks nothing of a network.

What comes from ads is data: JSON that no parser of HTML looks into, and that the page's script
puts in as text. A Content-Security-Policy allows that one script and that one style, by their
hashes, and nothing else to run or to load.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rolenlp.schema import POLES, THEMES
from rolenlp.text.personal import mask_personal
from rolenlp.train.active_learning import Candidate
from rolenlp.verdicts.explain import Piece, how_sure, marked
from rolenlp.verdicts.render import render

# What the four roles mean, at a glance.
MEANINGS = {
    "product": "What is built or sold, and why: customers, vision, roadmap",
    "project": "Getting work delivered: plan, risks, people, time and cost",
    "hybrid": "Both, neither plainly the smaller part",
    "other": "Neither is the core of the job",
}
_KEYS = {"product": "p", "project": "j", "hybrid": "h", "other": "o"}
_BULLET = re.compile(r"\s*[•●◦○▪·*–-]\s+")


def as_review_page(ads: Sequence[Candidate], columns: Sequence[str], then: Sequence[str]) -> str:
    """The page, as HTML.

    Verdicts have their evidence, and cells are text, for the corrections. `columns` are the names
    of the cells and then of the reviewer's role, the model's and the time; `then` are the commands
    that take the corrections.
    """
    shown = [_shown(ad) for ad in ads]
    return render(
        "rolenlp.train",
        "review.html",
        data={
            "key": _key(shown),
            "roles": list(MEANINGS),
            "columns": list(columns),
            "then": list(then),
            "ads": shown,
        },
        meanings=MEANINGS,
        keys=_KEYS,
        themes={
            pole: [theme for theme in THEMES if POLES[theme] == pole] for pole in POLES.values()
        },
        digest=_digest,
    )


def _shown(ad: Candidate) -> dict[str, Any]:
    return {
        "title": mask_personal(ad.title),
        "company": mask_personal(ad.company),
        "role": ad.verdict.role,
        "sure": how_sure(ad.verdict).removesuffix(" sure"),
        "title_role": ad.verdict.title_role,
        "blocks": list(_blocks(marked(ad.text, ad.verdict))),
        "cells": list(ad.cells),
    }


def _blocks(pieces: Iterable[Piece]) -> Iterable[list[Any]]:
    """The lines of an ad: ``p`` or ``li``, then its pieces, marked ones with pole and themes."""
    lines: list[list[Any]] = [["p"]]
    for piece in pieces:
        for number, text in enumerate(piece.text.split("\n")):
            if number:
                lines.append(["p"])
            line = lines[-1]
            if len(line) == 1 and (bullet := _BULLET.match(text)):
                line[0], text = "li", text[bullet.end() :]
            if text.strip() or (text and len(line) > 1):
                line.append([text, piece.pole, ", ".join(piece.themes)] if piece.pole else text)
    return (line for line in lines if len(line) > 1)


def _key(shown: Sequence[Mapping[str, Any]]) -> str:
    """A name for the decisions on just these ads, under which the browser keeps them."""
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:32]


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
