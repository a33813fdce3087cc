"""Every mistake on gold.csv in a table, with what a reader of the ad says of it.

    python -m benchmarks.quality.mistakes DATA [-o docs/mistakes.md]

Each group of sources is judged by a model fitted on `labels.csv` without that group, in two views:
title and text; duties only (no title, role names hidden in the text). What misled a verdict,
and which true roles a reader doubts, was written by hand into `mistakes.toml` beside this script.
The tables go between their marks in the document, or are printed.
"""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.marked import write_between
from benchmarks.quality.held_out import VIEWS, Judged, judge_gold
from rolenlp.metrics import Figure, interval, resampled_confusion

READINGS = Path(__file__).with_suffix(".toml")
Readings = dict[str, dict[str, str]]
NOT_READ = {"cause": "not yet read", "misled": "-"}  # a mistake that is new


def mistaken(judged: Judged) -> list[int]:
    """The ads that are judged wrongly in any view, by id, so by source."""
    wrong = np.flatnonzero(judged.wrong(VIEWS[0]) | judged.wrong(VIEWS[1]))
    return sorted(wrong.tolist(), key=lambda i: str(judged.ids[i]))


def _macro(truth: np.ndarray, verdict: np.ndarray) -> Figure:
    return interval(resampled_confusion(truth, verdict).macro_f1(), len(truth))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; much of these is words, so all columns are to the left."""
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))


def cause_table(judged: Judged, readings: Readings, causes: dict[str, str]) -> str:
    """How many mistakes each cause has, and how many of them are marked for review."""
    by_cause = np.array(
        [readings.get(judged.ids[i], NOT_READ)["cause"] for i in range(len(judged.ids))]
    )
    said = {**causes, NOT_READ["cause"]: "no reader has seen this mistake"}
    rows = []
    for cause, meaning in [*said.items(), ("all", "")]:
        cells = [f"*{cause}*: {meaning}" if meaning else cause]
        for view in VIEWS:
            wrong = judged.wrong(view) & ((by_cause == cause) | (cause == "all"))
            marked = sum(bool(judged.verdicts[view][i].review) for i in np.flatnonzero(wrong))
            cells += [str(wrong.sum()), str(marked)]
        rows.append(cells)
    head = [f"{of}, {view}" for view in VIEWS for of in ("wrong", "of them, for review")]
    return _table(("cause", *head), (row for row in rows if set(row[1:]) != {"0"}))


def mistake_rows(judged: Judged, readings: Readings) -> Iterator[Sequence[str]]:
    """A row for each ad that is judged wrongly in any view."""
    for i in mistaken(judged):
        sure = "yes" if judged.gold.sure[i] else "no"
        cells = [f"`{judged.ids[i]}`", judged.gold.sources[i], judged.gold.roles[i], sure]
        for view in VIEWS:
            verdict = judged.verdicts[view][i]
            role = f"**{verdict.role}**" if judged.wrong(view)[i] else str(verdict.role)
            mark = ", review" if verdict.review else ""
            cells.append(f"{role} {verdict.confidence or 0:.2f}{mark}")
        said = readings.get(judged.ids[i], NOT_READ)
        orientation = judged.verdicts[VIEWS[0]][i].orientation or 0
        yield [*cells, f"{orientation:+.2f}", said["cause"], said["misled"]]


def doubt_table(judged: Judged, readings: Readings) -> str:
    """The gold labels that a reader doubts; the role read is not used but for the what-if."""
    rows = []
    for i in mistaken(judged):
        if "read_as" in (said := readings.get(judged.ids[i], NOT_READ)):
            passes = " / ".join(judged.passes[i])
            verdicts = " / ".join(judged.roles(view)[i] for view in VIEWS)
            rows.append([f"`{judged.ids[i]}`", judged.gold.roles[i], passes, verdicts])
            rows[-1] += [said["read_as"], said["why"]]
    head = ("posting", "gold", "two passes", "verdicts, both views", "a reader's role", "why")
    return _table(head, rows)


def what_if_table(judged: Judged, readings: Readings) -> str:
    """Macro-F1 as it is, and as it would be without the doubted labels or with them changed."""
    truth = judged.gold.roles.astype(str)
    read_as = [readings.get(judged.ids[i], NOT_READ).get("read_as", "") for i in range(len(truth))]
    doubted = np.array([bool(role) for role in read_as])
    changed = np.where(doubted, read_as, truth)
    cases = {"official: gold as it is": (truth, np.ones(len(truth), bool))}
    cases["what if: without the doubted ads"] = (truth, ~doubted)
    cases["what if: with the reader's roles"] = (changed, np.ones(len(truth), bool))
    rows = []
    for name, (roles, kept) in cases.items():
        figures = (_macro(roles[kept], judged.roles(view)[kept]) for view in VIEWS)
        rows.append([name, str(kept.sum()), *map(str, figures)])
    return _table(("gold labels", "n", *VIEWS), rows)


def ceiling_table(judged: Judged) -> str:
    """Macro-F1 of one annotation pass against the other, and of the verdicts on the same ads."""
    sure, truth = judged.gold.sure.astype(bool), judged.gold.roles.astype(str)
    rows = []
    for name, kept in {"all": sure | True, "sure": sure, "not sure": ~sure}.items():
        a, b = judged.passes[kept].T
        figures = [_macro(a, b), *(_macro(truth[kept], judged.roles(v)[kept]) for v in VIEWS)]
        rows.append([name, str(kept.sum()), *map(str, figures)])
    return _table(("ads", "n", "pass against pass", *VIEWS), rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path)
    args = parser.parse_args()
    said = tomllib.loads(READINGS.read_text("utf-8"))
    judged, readings = judge_gold(args.data), said["ads"]
    head = ("posting", "source", "gold", "sure", *VIEWS, "orientation", "cause", "what misled it")
    tables = {
        "ceiling": ceiling_table(judged),
        "causes": cause_table(judged, readings, said["causes"]),
        "mistakes": _table(head, mistake_rows(judged, readings)),
        "doubts": doubt_table(judged, readings),
        "what if": what_if_table(judged, readings),
    }
    for mark, table in tables.items():
        if args.output:
            write_between(args.output, mark, table)
        else:
            print(f"{mark}\n\n{table}\n")


if __name__ == "__main__":
    main()
