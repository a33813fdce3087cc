"""Labelled tables as annotation tools export them: doccano, Prodigy, Label Studio, Argilla.

What a tool wraps is unwrapped here, so that the rest sees a table with a column of texts and a
column of labels. Tables of other making pass as they are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from rolenlp.tables import Batch, TableReader
from rolenlp.train.labels import label_of

# Columns of tasks that are looked into.
_TASKS = ("id", "data", "annotations", "fields", "metadata", "responses", "status")
_REJECTED = "answer"  # Prodigy: accept, reject or ignore


def unwrapped(reader: TableReader) -> tuple[list[str], Iterator[Batch]]:
    """The names of an open table's columns and its batches; rows stay those of the table."""
    names = list(reader.names)
    batches = iter(reader)
    if {"data", "annotations"} <= set(names):
        return _tasks(names, batches, _label_studio_task)
    if {"fields", "responses"} <= set(names):
        return _tasks(names, batches, _argilla_task)
    if _REJECTED in names and "text" in names and {"accept", "label"} & set(names):
        return _from_prodigy(names, batches)
    if {"data", "label"} <= set(names) and "text" not in names:  # doccano, some versions
        names[names.index("data")] = "text"
    return names, batches


@dataclass(frozen=True)
class _Task:
    """A task: what was imported, its id, the label that people chose, "" for none, and when."""

    data: Mapping[str, Any]
    name: Any
    label: str
    when: str = ""


def _tasks(
    names: list[str], batches: Iterator[Batch], task_of: Callable[[Mapping[str, Any]], _Task]
) -> tuple[list[str], Iterator[Batch]]:
    """A task a row. Those that `tasks` made have the columns that the review page's have."""
    first = next(batches, None)
    if first is None:
        return names, batches

    def tasks_in(batch: Batch) -> list[_Task]:
        columns = {name: batch.columns[at] for at, name in enumerate(names) if name in _TASKS}
        rows = zip(*columns.values(), strict=True)
        return [task_of(dict(zip(columns, row, strict=True))) for row in rows]

    keys = dict.fromkeys(key for task in tasks_in(first) for key in task.data)
    ours = "model_role" in keys
    added = ["id", "role", "reviewed_at"] if ours else ["id", "label"]
    apart = {*added, "label", *(["ad_id"] if ours else [])}
    inner = [key for key in keys if key not in apart]

    def unwrapped_batches() -> Iterator[Batch]:
        for batch in chain([first], batches):
            tasks = tasks_in(batch)
            columns = [[task.data.get(key) for task in tasks] for key in inner]
            columns.append([task.data.get("ad_id") if ours else task.name for task in tasks])
            columns.append([task.label for task in tasks])
            columns += [[task.when for task in tasks]] * ours
            yield Batch(batch.first_row, len(batch), columns, None)

    return [*inner, *added], unwrapped_batches()


def _label_studio_task(row: Mapping[str, Any]) -> _Task:
    kept = [each for each in _list(row["annotations"]) if not each.get("was_cancelled")]
    values = [result.get("value") for each in kept for result in _list(each.get("result"))]
    chosen = [value for value in values if isinstance(value, dict) and "choices" in value]
    when = str(kept[-1].get("updated_at", "")) if kept else ""
    return _Task(_object(row["data"]), row.get("id"), label_of(chosen), when)


def _argilla_task(row: Mapping[str, Any]) -> _Task:
    """A record; while responses are wanted, or are drafts, it is not completed."""
    given = _object(row["responses"]) if row.get("status") in ("completed", None) else {}
    values = [each.get("value") for answers in given.values() for each in _list(answers)]
    chosen = [value for value in values if isinstance(value, str)]
    data = {**_object(row.get("metadata")), **_object(row["fields"])}
    return _Task(data, row.get("id"), label_of(chosen))


def _from_prodigy(names: list[str], batches: Iterator[Batch]) -> tuple[list[str], Iterator[Batch]]:
    """A task a row: no label where it was rejected or ignored, what was accepted elsewhere."""
    answer = names.index(_REJECTED)
    label = names.index("accept" if "accept" in names else "label")
    kept = [at for at, name in enumerate(names) if at != label and name != "label"]

    def tasks() -> Iterator[Batch]:
        for batch in batches:
            given = zip(batch.columns[label], batch.columns[answer], strict=True)
            labels = [each if said == "accept" else None for each, said in given]
            columns = [batch.columns[at] for at in kept]
            yield Batch(batch.first_row, len(batch), [*columns, labels], None)

    return [*(names[at] for at in kept), "label"], tasks()


def _object(value: Any) -> Mapping[str, Any]:
    value = _parsed(value)
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[dict[str, Any]]:
    value = _parsed(value)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _parsed(value: Any) -> Any:
    """What a cell holds, which is text where the format knows no other values."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return None
