"""Doubtful ads as tasks for Label Studio and Argilla, which begin with the model's verdicts.

`exports` reads the answers back. Texts are without markup, so that places of phrases are places in
what is shown; both tools count characters as Python does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rolenlp import __version__
from rolenlp.files.use import review_files
from rolenlp.schema import POLES, Prediction
from rolenlp.train.active_learning import Candidate
from rolenlp.train.review_page import MEANINGS
from rolenlp.verdicts.explain import marked
from rolenlp.verdicts.render import render

_MODEL = f"rolenlp {__version__}"


@dataclass(frozen=True)
class Task:
    """An ad for a person to judge, its id ("" for none) and the verdict with its evidence."""

    ad: Candidate
    name: str
    verdict: Prediction


def as_files(tool: str, tasks: Sequence[Task], output: str | Path) -> dict[Path, str]:
    """The files that a tool takes, and what is in them: tasks, and Label Studio's configuration."""
    if tool == "argilla":
        texts = [_as_json(_records(tasks))]
    else:
        config = render("rolenlp.train", "label_studio.xml", meanings=MEANINGS, themes=POLES)
        texts = [_as_json(map(_label_studio, tasks)), config]
    paths = [Path(each.path) for each in review_files(output, tool)]
    return dict(zip(paths, texts, strict=True))


def _as_json(tasks: Iterable[Any]) -> str:
    return json.dumps(list(tasks), indent=1) + "\n"


def _label_studio(task: Task) -> dict[str, Any]:
    """As https://labelstud.io/guide/predictions has it: results name the configuration's tags."""
    text, spans = _shown(task)
    role = {"from_name": "role", "type": "choices", "value": {"choices": [task.verdict.role]}}
    evidence = [
        {
            "from_name": "evidence",
            "type": "labels",
            "value": {"start": start, "end": end, "text": text[start:end], "labels": [theme]},
        }
        for start, end, theme in spans
    ]
    results = [
        {"id": f"{task.ad.row}-{number}", "to_name": "text", **each}
        for number, each in enumerate([role, *evidence])
    ]
    score = task.verdict.confidence
    return {
        "data": {"title": task.ad.title, "text": text, **_about(task)},
        "predictions": [{"model_version": _MODEL, "score": score, "result": results}],
    }


def _records(tasks: Sequence[Task]) -> Iterable[dict[str, Any]]:
    """As `to_json` of an Argilla dataset's records writes them, and its `from_json` reads them."""
    names = [task.name for task in tasks]
    unique = all(names) and len(set(names)) == len(names)  # as ids have to be there
    for task in tasks:
        text, spans = _shown(task)
        suggestions: dict[str, Any] = {
            "role": {"value": task.verdict.role, "score": task.verdict.confidence, "agent": _MODEL}
        }
        if spans:
            value = [{"start": start, "end": end, "label": theme} for start, end, theme in spans]
            suggestions["evidence"] = {"value": value, "agent": _MODEL}
        yield {
            "id": task.name if unique else f"row {task.ad.row}",
            "fields": {"title": task.ad.title, "text": text},
            "metadata": _about(task),
            "suggestions": suggestions,
        }


def _about(task: Task) -> dict[str, str]:
    """What comes back with the answer; ``id`` is for the tool's own ids."""
    about = {"ad_id": task.name, "source": task.ad.source, "model_role": task.verdict.role}
    return {name: value for name, value in about.items() if value}


def _shown(task: Task) -> tuple[str, list[tuple[int, int, str]]]:
    """An ad as it was judged, and where its phrases stand, each with its theme."""
    text = ""
    spans = []
    for piece in marked(task.ad.text, task.verdict, masks=False):
        part = piece.text.replace("\r\n", "\n").replace("\r", "\n")  # as browsers do
        if piece.themes and part:
            spans.append((len(text), len(text) + len(part), piece.themes[0]))
        text += part
    return text, spans
