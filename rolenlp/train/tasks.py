"""Doubtful ads as tasks for Label Studio and Argilla, which begin with the model's verdicts.

`exports` reads the answers back. Texts are without markup, so that places of phrases are places in
what is shown; both tools count characters as Python does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rolenlp import __version__
from rolenlp.files.use import review_files
from rolenlp.schema import POLES
from rolenlp.train.active_learning import Candidate
from rolenlp.train.review_page import MEANINGS
from rolenlp.verdicts.explain import marked
from rolenlp.verdicts.render import render

_MODEL = f"rolenlp {__version__}"


def as_files(tool: str, ads: Sequence[Candidate], output: str | Path) -> dict[Path, str]:
    """The files that a tool takes, and what is in them: tasks, and Label Studio's configuration."""
    if tool == "argilla":
        texts = [_as_json(_records(ads))]
    else:
        config = render("rolenlp.train", "label_studio.xml", meanings=MEANINGS, themes=POLES)
        texts = [_as_json(map(_label_studio, ads)), config]
    paths = [Path(each.path) for each in review_files(output, tool)]
    return dict(zip(paths, texts, strict=True))


def _as_json(tasks: Iterable[Any]) -> str:
    return json.dumps(list(tasks), indent=1) + "\n"


def _label_studio(ad: Candidate) -> dict[str, Any]:
    """As https://labelstud.io/guide/predictions has it: results name the configuration's tags."""
    text, spans = _shown(ad)
    role = {"from_name": "role", "type": "choices", "value": {"choices": [ad.verdict.role]}}
    evidence = [
        {
            "from_name": "evidence",
            "type": "labels",
            "value": {"start": start, "end": end, "text": text[start:end], "labels": [theme]},
        }
        for start, end, theme in spans
    ]
    results = [
        {"id": f"{ad.row}-{number}", "to_name": "text", **each}
        for number, each in enumerate([role, *evidence])
    ]
    score = ad.verdict.confidence
    return {
        "data": {"title": ad.title, "text": text, **_about(ad)},
        "predictions": [{"model_version": _MODEL, "score": score, "result": results}],
    }


def _records(ads: Sequence[Candidate]) -> Iterable[dict[str, Any]]:
    """As `to_json` of an Argilla dataset's records writes them, and its `from_json` reads them."""
    names = [ad.name for ad in ads]
    unique = all(names) and len(set(names)) == len(names)  # as ids have to be there
    for ad in ads:
        text, spans = _shown(ad)
        suggestions: dict[str, Any] = {
            "role": {"value": ad.verdict.role, "score": ad.verdict.confidence, "agent": _MODEL}
        }
        if spans:
            value = [{"start": start, "end": end, "label": theme} for start, end, theme in spans]
            suggestions["evidence"] = {"value": value, "agent": _MODEL}
        yield {
            "id": ad.name if unique else f"row {ad.row}",
            "fields": {"title": ad.title, "text": text},
            "metadata": _about(ad),
            "suggestions": suggestions,
        }


def _about(ad: Candidate) -> dict[str, str]:
    """What comes back with the answer; ``id`` is for the tool's own ids."""
    about = {"ad_id": ad.name, "source": ad.source, "model_role": ad.verdict.role}
    return {name: value for name, value in about.items() if value}


def _shown(ad: Candidate) -> tuple[str, list[tuple[int, int, str]]]:
    """An ad as it was judged, and where its phrases stand, each with its theme."""
    text = ""
    spans = []
    for piece in marked(ad.text, ad.verdict, masks=False):
        part = piece.text.replace("\r\n", "\n").replace("\r", "\n")  # as browsers do
        if piece.themes and part:
            spans.append((len(text), len(text) + len(part), piece.themes[0]))
        text += part
    return text, spans
