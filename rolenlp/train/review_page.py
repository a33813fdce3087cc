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
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from rolenlp.prediction import Prediction
from rolenlp.reading.priors import POLES, THEMES
from rolenlp.text.personal import mask_personal
from rolenlp.verdicts.explain import Piece, how_sure, marked

__all__ = ["MEANINGS", "PageAd", "as_review_page"]

# What the four roles mean, at a glance.
MEANINGS = {
    "product": "What is built or sold, and why: customers, vision, roadmap",
    "project": "Getting work delivered: plan, risks, people, time and cost",
    "hybrid": "Both, neither plainly the smaller part",
    "other": "Neither is the core of the job",
}
_KEYS = {"product": "p", "project": "j", "hybrid": "h", "other": "o"}
_BULLET = re.compile(r"\s*[•●◦○▪·*–-]\s+")
# What could end the element that holds the JSON, or a line of script, spelt as JSON may.
_ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


@dataclass(frozen=True)
class PageAd:
    """An ad on the page: what is shown, the model's verdict, and its row for the corrections."""

    text: str
    title: str
    company: str
    cells: Sequence[str]
    verdict: Prediction  # with its evidence


def as_review_page(ads: Sequence[PageAd], columns: Sequence[str], train: str) -> str:
    """The page, as HTML.

    `columns` are the names of the cells and then of the reviewer's role, the model's and the time;
    `train` is the command that takes the corrections.
    """
    shown = [_shown(ad) for ad in ads]
    data = json.dumps(
        {
            "key": _key(shown),
            "roles": list(MEANINGS),
            "columns": list(columns),
            "train": train,
            "ads": shown,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    ).translate(_ESCAPES)
    script, style = (_resource(f"review.{kind}") for kind in ("js", "css"))
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; "
        "trusted-types 'none'"
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>rolenlp: {len(ads):,} ads to settle</title>
<style>{style}</style>
</head>
<body>
<main>
<section id="panel" aria-labelledby="question">
<h1 id="question">What does this ad’s holder answer for?</h1>
<p class="how">Read the duties, not the title, and press a key or a button.</p>
<div id="roles" role="group" aria-labelledby="question">
{"".join(_role_button(role) for role in MEANINGS)}</div>
<div id="tools" role="group" aria-label="Other actions">
{_button("s", "skip", "Skip")}
{_button("u", "undo", "Undo")}
{_button("v", "verdict", "Verdict")}
{_button("d", "download", "Download")}
</div>
<div role="status">
<p id="said"></p>
<p id="count"></p>
</div>
<progress id="bar" aria-labelledby="count"></progress>
<div class="how">
{_legend()}
<p><label><input type="checkbox" id="keys" checked> Single keys decide</label></p>
<p class="soft">Decisions stay in this browser; nothing is sent.</p>
</div>
</section>
<article id="ad" aria-labelledby="heading"></article>
</main>
<script type="application/json" id="data">{data}</script>
<script>{script}</script>
</body>
</html>
"""


def _shown(ad: PageAd) -> dict[str, Any]:
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


def _role_button(role: str) -> str:
    key = _KEYS[role]
    return (
        f'<button type="button" data-key="{key}" data-role="{role}" aria-keyshortcuts="{key}">'
        f"<kbd>{key.upper()}</kbd><b>{role}</b><span>{MEANINGS[role]}</span></button>\n"
    )


def _button(key: str, name: str, label: str) -> str:
    return (
        f'<button type="button" id="{name}" data-key="{key}" aria-keyshortcuts="{key}">'
        f"<kbd>{key.upper()}</kbd> {label}</button>"
    )


def _legend() -> str:
    def themes(pole: str) -> str:
        names = ", ".join(theme for theme in THEMES if POLES[theme] == pole)
        return f'<mark class="{pole}">phrases of {pole} duties</mark> <small>{names}</small>'

    return f"<p>{themes('product')}<br>{themes('project')}</p>"


def _key(shown: Sequence[Mapping[str, Any]]) -> str:
    """A name for the decisions on just these ads, under which the browser keeps them."""
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:32]


def _resource(name: str) -> str:
    return files("rolenlp.train").joinpath("pages", name).read_text("utf-8")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
