"""The batch run: a table of ads in, the same table with verdicts out, batch by batch."""

from __future__ import annotations

import gc
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import Literal

import joblib

from rolenlp.errors import InputError
from rolenlp.files.atomic import locked
from rolenlp.label.dedup import Answer, Repeats
from rolenlp.label.journal import Journal, digest_of, run_key
from rolenlp.label.summary import Summary
from rolenlp.label.workers import (
    MEASURES,
    Columns,
    Judge,
    Options,
    done,
    judge_here,
    judge_in_processes,
)
from rolenlp.model_file.card import read_card
from rolenlp.schema import BATCH
from rolenlp.tables import AddedColumn, Batch, TableReader, open_output, unchanged
from rolenlp.tables.base import BATCH_CHARACTERS
from rolenlp.tables.columns import Columns as Found
from rolenlp.tables.rejects import RejectsFile
from rolenlp.tables.write import check_output
from rolenlp.verdicts.columns import added_columns

Jobs = int | Literal["auto"]

# What other processes cost to start, as the rows, or characters, that are judged meanwhile: on two
# idle cores each takes four seconds, and an ad of 3,900 characters half a thousandth of that.
_START_ROWS = 8_192
_START_CHARACTERS = 1 << 25


def label_table(
    reader: TableReader,
    output: str | Path,
    found: Found,
    options: Options,
    *,
    jobs: Jobs = 1,
    resume: bool = False,
    progress: Callable[[int], None] = lambda rows: None,
    name: str = "judged",
) -> Summary:
    """Judge every row of an open table and write it, with the verdict's columns, to `output`.

    Rows keep their order and their values; those that cannot be parsed go to `output` with
    ``.rejected`` after it, as they were, and the two together are checked to be all. With more
    `jobs` than one, so many other processes judge, unless the table is small; ``"auto"`` are as
    many as there are cores to use, but none for a stream. `progress` is told the rows of each
    batch written. A database gets a table of the `name`.

    An ad that cannot be judged carries the status ``error``; the run goes on, but
    not where memory, the disk or a library is at fault. The rate counts from when the model is
    loaded.

    A run from file to file keeps a journal of its verdicts beside the output until that is whole;
    `resume` takes those of the journal that is there. Either way the bytes written are the same.

    Raises `ModelError` before anything is written, `InputError` where the table changes, it, the
    output or the journal cannot be used, or another run writes the output, and ValueError for a
    precision that is none.
    """
    plain = added_columns(themes=options.themes, occupations=bool(options.taxonomy))
    names = [column.name for column in plain]
    added = [AddedColumn(options.prefix + column.name, column.kind) for column in plain]
    check_output(output, reader, added)
    summary = Summary(card=read_card(options.model))
    journal = None
    with ExitStack() as stack:
        stack.enter_context(locked(output))
        batches, processes = _shared(reader, jobs)
        if processes == 1:
            judge = judge_here(options)
        else:
            judge = stack.enter_context(judge_in_processes(options, processes))
        if str(output) != "-" and reader.state:
            journal = Journal(output, run_key(reader, found, options), resume=resume)
            stack.enter_context(journal)
        elif resume:
            raise InputError(
                f"{reader.source}: is no regular file, so a run on it cannot be resumed; "
                "save it as a file, or run without --resume"
            )
        # What is loaded by now stays: no use to look for garbage in it again and again.
        gc.freeze()
        stack.callback(gc.unfreeze)
        started = time.perf_counter()
        rejects = stack.enter_context(RejectsFile(output, reader))
        writer = stack.enter_context(open_output(output, reader, added, table=name))

        def ahead(batch: Batch) -> int:
            """Keeps processes busy, and memory flat, and nobody who reads waiting."""
            return 0 if processes == 1 or _is_slow(reader, batch) else 2 * processes

        for batch, answers in _judged(batches, found, judge, journal, ahead):
            verdicts = {
                name: [columns[at][row] for columns, row in answers]
                for at, name in enumerate([*names, *MEASURES])
            }
            writer.write(batch, {options.prefix + name: verdicts[name] for name in names})
            summary.count(verdicts)
            rejects.take()
            progress(len(batch))
        rejects.finish(summary.rows, "judged")
    summary.rejected, summary.where = rejects.count, rejects.lines()
    summary.resumed = journal.taken if journal else 0
    summary.seconds = time.perf_counter() - started
    return summary


def _shared(reader: TableReader, jobs: Jobs) -> tuple[Iterator[Batch], int]:
    """The batches of a table, and how many processes it is worth.

    That is more than one where they save more work than it takes to start them.
    """
    batches = unchanged(reader)
    if jobs == "auto":
        # The rows of a stream go on as they come: none is held back to see how many there are.
        jobs = joblib.cpu_count() if reader.state else 1
    head: list[Batch] = []
    saved = 1 - 1 / jobs
    rows = characters = 0
    for batch in batches if jobs > 1 else ():
        head.append(batch)
        rows += len(batch)
        characters += batch.characters
        if _is_slow(reader, batch):
            break
        if saved * rows > _START_ROWS or saved * characters > _START_CHARACTERS:
            return chain(head, batches), jobs
    return chain(head, batches), 1


def _is_slow(reader: TableReader, batch: Batch) -> bool:
    """Whether a batch of a stream was given out because no more rows came for now."""
    is_full = len(batch) >= BATCH or batch.characters >= BATCH_CHARACTERS
    return reader.state is None and not is_full


def _judged(
    batches: Iterable[Batch],
    found: Found,
    judge: Judge,
    journal: Journal | None,
    ahead: Callable[[Batch], int],
) -> Iterator[tuple[Batch, list[Answer]]]:
    """Each batch with its answers, while as many as `ahead` says are with the judge too."""
    repeats = Repeats()
    waiting: deque[tuple[Batch, list[Answer], Columns, Future[Columns], str]] = deque()

    def settled() -> tuple[Batch, list[Answer]]:
        """The first that waits, once its new ads are judged; the journal is told of them."""
        batch, answers, columns, verdicts, digest = waiting.popleft()
        columns += verdicts.result()
        if journal and digest:
            journal.note(digest, columns)
        return batch, answers

    for batch in batches:
        answers, ads, columns = repeats.look_up(found.postings(batch))
        digest = digest_of(ads) if ads and journal else ""
        known: Columns | None = None if ads else []
        if journal and digest:
            known = journal.known(digest, len(ads))
        if known is None:
            waiting.append((batch, answers, columns, judge(ads), digest))
        else:
            waiting.append((batch, answers, columns, done(known), ""))
        while len(waiting) > ahead(batch):
            yield settled()
    while waiting:
        yield settled()
