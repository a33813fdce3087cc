"""Labelled tables as annotation tools export them: doccano, Prodigy, Label Studio.

What a tool wraps is unwrapped here, so that the rest sees a table with a column of texts and a
column of labels. Tables of other making pass as they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from rolenlp.tables import Batch, TableReader
from rolenlp.train.labels import label_of

_REJECTED = "answer"  # Prodigy: accept, reject or ignore


def unwrapped(reader: TableReader) -> tuple[list[str], Iterator[Batch]]:
    """The names of an open table's columns and its batches; rows stay those of the table."""
    names = list(reader.names)
    batches = iter(reader)
    if {"data", "annotations"} <= set(names):
        return _from_label_studio(names, batches)
    if _REJECTED in names and "text" in names and {"accept", "label"} & set(names):
        return _from_prodigy(names, batches)
    if {"data", "label"} <= set(names) and "text" not in names:  # doccano, some versions
        names[names.index("data")] = "text"
    return names, batches


def _from_label_studio(
    names: list[str], batches: Iterator[Batch]
) -> tuple[list[str], Iterator[Batch]]:
    """A task a row: what was imported, its id and what all annotators chose."""
    first = next(batches, None)
    if first is None:
        return names, batches
    at_data, at_chosen = names.index("data"), names.index("annotations")
    keys = dict.fromkeys(key for task in map(_object, first.columns[at_data]) for key in task)
    inner = [key for key in keys if key not in ("label", "id")]

    def tasks() -> Iterator[Batch]:
        for batch in chain([first], batches):
            data = list(map(_object, batch.columns[at_data]))
            columns = [[task.get(key) for task in data] for key in inner]
            ids = batch.columns[names.index("id")] if "id" in names else [None] * len(batch)
            chosen = list(map(_chosen, batch.columns[at_chosen]))
            yield Batch(batch.first_row, len(batch), [*columns, ids, chosen], None)

    return [*inner, "id", "label"], tasks()


def _chosen(annotations: Any) -> str:
    kept = [each for each in _list(annotations) if not each.get("was_cancelled")]
    values = (result.get("value") for each in kept for result in _list(each.get("result")))
    return label_of([value for value in values if isinstance(value, dict) and "choices" in value])


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
