"""The batch run: a table of ads in, the same table with verdicts out, batch by batch."""

from __future__ import annotations

import gc
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from rolenlp.errors import InputError, RolenlpError
from rolenlp.files.atomic import locked
from rolenlp.label.dedup import Answer, Repeats
from rolenlp.label.journal import Journal
from rolenlp.label.run_key import run_key
from rolenlp.label.summary import FACTS, Summary
from rolenlp.label.workers import Judge, Options, Promise, judge_here, judge_in_processes
from rolenlp.model_file.card import read_card
from rolenlp.schema import Posting
from rolenlp.tables import (
    AddedColumn,
    Batch,
    TableReader,
    TableWriter,
    as_text,
    open_output,
    unchanged,
)
from rolenlp.tables.checks import refuse_lost
from rolenlp.tables.columns import Columns
from rolenlp.tables.rejects import RejectsFile
from rolenlp.verdicts.columns import columns, measures

__all__ = ["Options", "Summary", "label_table"]

# Fewer rows, or characters, are judged here before other processes are ready.
_FEW_ROWS = 8_192
_FEW_CHARACTERS = 1 << 25


def label_table(
    reader: TableReader,
    output: str | Path,
    found: Columns,
    options: Options,
    *,
    jobs: int = 1,
    resume: bool = False,
    progress: Callable[[int], None] = lambda rows: None,
) -> Summary:
    """Judge every row of an open table and write it, with the verdict's columns, to `output`.

    Rows keep their order and their values; those that cannot be parsed go to `output` with
    ``.rejected`` after it, as they were, and the two together are checked to be all. With more
    `jobs` than one, so many other processes judge, unless the table is small. `progress` is told
    the rows of each batch written. An ad that cannot be judged carries the status ``error``; the
    run goes on, but not where memory, the disk or a library is at fault. The rate counts from when
    the model is loaded.

    A run from file to file keeps a journal of its verdicts beside the output until that is whole;
    `resume` takes those of the journal that is there. Either way the bytes written are the same.

    Raises `ModelError` before anything is written, `InputError` where the table changes, it, the
    output or the journal cannot be used, or another run writes the output, and ValueError for a
    precision that is none.
    """
    refuse_lost(output, reader)
    summary = Summary(card=read_card(options.model))
    empty = columns([], themes=options.themes, prefix=options.prefix)
    added = [AddedColumn(column.name, column.kind) for column in empty]
    kept = [*empty, *measures([])]
    journal = None
    with ExitStack() as stack:
        stack.enter_context(locked(output))
        batches, ahead = unchanged(reader), 0
        if jobs > 1:
            batches, small = _peeked(batches)
            jobs = 1 if small else jobs
        if jobs == 1:
            judge = judge_here(options)
        else:
            judge = stack.enter_context(judge_in_processes(options, jobs))
            ahead = 2 * jobs  # keeps them busy, and memory flat
        if str(output) != "-" and reader.watch.steady:
            key = run_key(reader, found, options)
            journal = stack.enter_context(Journal(output, key, kept, resume=resume))
            judge = journal.around(judge)
        elif resume:
            raise InputError(
                f"{reader.source}: is no regular file, so a run on it cannot be resumed; "
                "save it as a file, or run without --resume"
            )
        # What is loaded by now stays: no use to look for garbage in it again and again.
        gc.freeze()
        stack.callback(gc.unfreeze)
        started = time.perf_counter()
        rejects = stack.enter_context(RejectsFile(output))
        writer = stack.enter_context(open_output(output, reader, added))
        for pending in _asked(batches, found, judge, ahead):
            _settle(pending, writer, options.prefix)
            rows = [answer.row for answer in pending.answers]
            writer.write_ready(pending.batch, [ready for ready, _, _ in rows])
            summary.count((facts, measured) for _, facts, measured in rows)
            rejects.add(reader.take_rejects())
            progress(len(pending.batch))
        rejects.add(reader.take_rejects())
        if reader.rows_in != summary.rows + rejects.count:
            raise RolenlpError(
                f"{reader.source}: of {reader.rows_in:,} rows read, {summary.rows:,} were judged "
                f"and {rejects.count:,} rejected, which is not all; please report this"
            )
        rejects.finish()
    summary.rejected, summary.where = rejects.count, rejects.lines()
    summary.resumed = journal.taken if journal else 0
    summary.seconds = time.perf_counter() - started
    return summary


def _peeked(batches: Iterator[Batch]) -> tuple[Iterator[Batch], bool]:
    """The batches of a table, and whether it is small."""
    head: list[Batch] = []
    rows = characters = 0
    for batch in batches:
        head.append(batch)
        rows += len(batch)
        characters += batch.characters
        if rows > _FEW_ROWS or characters > _FEW_CHARACTERS:
            return chain(head, batches), False
    return iter(head), True


@dataclass(frozen=True)
class _Pending:
    """A batch, and what is to be known of its rows once its new ads are judged."""

    batch: Batch
    answers: list[Answer]
    new: list[Answer]
    verdicts: Promise | None


def _asked(
    batches: Iterable[Batch], found: Columns, judge: Judge, ahead: int
) -> Iterator[_Pending]:
    """Each batch, its new ads with the judge, and as many as `ahead` after it too."""
    repeats = Repeats()
    waiting: deque[_Pending] = deque()
    for batch in batches:
        answers, new = repeats.look_up(_postings(batch, found))
        asked = judge(list(new.values())) if new else None
        waiting.append(_Pending(batch, answers, list(new), asked))
        if len(waiting) > ahead:
            yield waiting.popleft()
    yield from waiting


def _postings(batch: Batch, found: Columns) -> list[Posting]:
    texts = map(as_text, batch.columns[found.text])
    if found.title is None:
        return [Posting(text) for text in texts]
    titles = map(as_text, batch.columns[found.title])
    return [Posting(text, title) for text, title in zip(texts, titles, strict=True)]


def _settle(pending: _Pending, writer: TableWriter, prefix: str) -> None:
    """Give the answers that are new: what the writer adds to a row, facts and measures."""
    if pending.verdicts is None:
        return
    *added, words, unknown = pending.verdicts.result()
    values = {column.name: column.values for column in added}
    ready = writer.ready(values, len(pending.new))
    facts = zip(*(values[prefix + name] for name in FACTS), strict=True)
    measured = (
        each if each[-1] else None
        for each in zip(
            words.values,
            unknown.values,
            values[prefix + "confidence"],
            values[prefix + "role"],
            strict=True,
        )
    )
    rows = zip(ready, facts, measured, strict=True)
    for answer, row in zip(pending.new, rows, strict=True):
        answer.row = row
