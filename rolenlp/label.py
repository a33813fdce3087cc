"""The batch run: a table of ads in, the same table with verdicts out, batch by batch."""

from __future__ import annotations

import signal
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from rolenlp.bundle import load
from rolenlp.card import default_model_path
from rolenlp.columns import Columns
from rolenlp.decide import judge
from rolenlp.errors import RolenlpError
from rolenlp.model import RoleClassifier
from rolenlp.postings import Posting
from rolenlp.prediction import MIN_PRECISION, Prediction
from rolenlp.repeats import Repeats, Row
from rolenlp.tables import AddedColumn, Batch, TableReader, as_text, open_output
from rolenlp.verdicts import Column, columns

__all__ = ["Options", "Summary", "label_table"]


@dataclass(frozen=True)
class Options:
    """How to judge; processes get a copy."""

    model: Path = field(default_factory=default_model_path)
    min_precision: float = MIN_PRECISION
    themes: bool = False
    prefix: str = ""
    debug: bool = False  # raise what goes wrong with an ad, instead of giving it a status


@dataclass
class Summary:
    """What a run did: rows, seconds, and how many of each role, status and doubt."""

    rows: int = 0
    seconds: float = 0.0
    review: int = 0
    conflicts: int = 0
    roles: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)

    def lines(self) -> list[str]:
        """The summary for a person, a fact a line."""

        def counts(of: Counter[str]) -> str:
            return ", ".join(f"{name} {n:,}" for name, n in of.most_common()) or "none"

        rate = self.rows / self.seconds if self.seconds else 0.0
        return [
            f"{self.rows:,} rows in {self.seconds:.1f} s ({rate:,.0f} a second)",
            f"roles: {counts(self.roles)}",
            f"for review: {self.review:,}; title and duties disagree: {self.conflicts:,}",
            f"status: {counts(self.statuses)}",
        ]


def label_table(
    reader: TableReader,
    output: str | Path,
    found: Columns,
    options: Options,
    *,
    jobs: int = 1,
    progress: Callable[[int], None] = lambda rows: None,
) -> Summary:
    """Judge every row of an open table and write it, with the verdict's columns, to `output`.

    Rows keep their order and their values. `progress` is told the rows of each batch written.
    A row whose judging fails carries the status ``error``; the run goes on. The rate counts from
    when the model is loaded. Raises `ModelError` before anything is written, `InputError` where
    the table or the output cannot be used, and ValueError for a precision that is none.
    """
    summary = Summary()
    added = [
        AddedColumn(column.name, column.kind)
        for column in columns([], themes=options.themes, prefix=options.prefix)
    ]
    with ExitStack() as stack:
        if jobs == 1:
            judged = _judged_here(reader, found, options, _model(options))
        else:
            pool = stack.enter_context(_workers(options, jobs))
            judged = _judged_by(pool, jobs, reader, found, options)
        started = time.perf_counter()
        writer = stack.enter_context(open_output(output, reader, added))
        for batch, verdicts in judged:
            writer.write(batch, {column.name: column.values for column in verdicts})
            _count(summary, verdicts, options.prefix)
            progress(len(batch))
    summary.seconds = time.perf_counter() - started
    return summary


_Judged = Iterator[tuple[Batch, list[Column]]]


def _judged_here(
    batches: Iterable[Batch], found: Columns, options: Options, model: RoleClassifier
) -> _Judged:
    repeats = Repeats()
    for batch in batches:
        yield batch, _verdicts(model, _postings(batch, found), options, repeats)


def _judged_by(
    pool: ProcessPoolExecutor,
    jobs: int,
    batches: Iterable[Batch],
    found: Columns,
    options: Options,
) -> _Judged:
    waiting: deque[tuple[Batch, Future[list[Column]]]] = deque()
    source = iter(batches)
    while True:
        # A few batches ahead keep the workers busy, and memory flat.
        for batch in islice(source, 2 * jobs - len(waiting)):
            waiting.append((batch, pool.submit(_work, _postings(batch, found), options)))
        if not waiting:
            return
        batch, verdicts = waiting.popleft()
        yield batch, verdicts.result()


def _postings(batch: Batch, found: Columns) -> list[Posting]:
    texts = map(as_text, batch.columns[found.text])
    if found.title is None:
        return [Posting(text) for text in texts]
    titles = map(as_text, batch.columns[found.title])
    return [Posting(text, title) for text, title in zip(texts, titles, strict=True)]


@contextmanager
def _workers(options: Options, jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that are ready to judge."""
    # Spawned, not forked: threads and open files of this process do not follow. Ctrl-C reaches
    # them too, but it is for this process to answer.
    pool = ProcessPoolExecutor(
        jobs, get_context("spawn"), signal.signal, (signal.SIGINT, signal.SIG_IGN)
    )
    try:
        for ready in [pool.submit(_get_ready, options) for _ in range(jobs)]:
            ready.result()
        yield pool
    except BrokenProcessPool:
        raise RolenlpError(
            "a process ended before its work was done, perhaps for want of memory; "
            "run again with fewer --jobs"
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _get_ready(options: Options) -> None:
    _worker_model(options)


def _work(postings: list[Posting], options: Options) -> list[Column]:
    return _verdicts(_worker_model(options), postings, options, _worker_repeats(options))


@lru_cache(maxsize=1)
def _worker_model(options: Options) -> RoleClassifier:
    """The model, loaded once in a worker's life."""
    return _model(options)


@lru_cache(maxsize=1)
def _worker_repeats(options: Options) -> Repeats:
    return Repeats()


def _model(options: Options) -> RoleClassifier:
    model = load(options.model)
    model.thresholds(options.min_precision)  # else each row would fail for the run's mistake
    return model


def _verdicts(
    model: RoleClassifier, postings: list[Posting], options: Options, repeats: Repeats
) -> list[Column]:
    def judged(ads: list[Posting]) -> list[Row]:
        verdicts = columns(_judge_all(model, ads, options), themes=options.themes)
        return list(zip(*(column.values for column in verdicts), strict=True))

    rows = repeats.rows(postings, judged)
    empty = columns([], themes=options.themes, prefix=options.prefix)
    values = zip(*rows, strict=True) if rows else ([] for _ in empty)
    return [
        Column(column.name, column.kind, list(each))
        for column, each in zip(empty, values, strict=True)
    ]


def _judge_all(
    model: RoleClassifier, postings: list[Posting], options: Options
) -> list[Prediction]:
    try:
        return judge(model, postings, min_precision=options.min_precision)
    except Exception:
        if options.debug:
            raise
        if len(postings) == 1:
            return [Prediction(status="error")]
    # One ad of the batch is at fault: find it, and judge the others.
    return [verdict for ad in postings for verdict in _judge_all(model, [ad], options)]


def _count(summary: Summary, verdicts: list[Column], prefix: str) -> None:
    values = {column.name.removeprefix(prefix): column.values for column in verdicts}
    summary.rows += len(values["role"])
    summary.roles.update(role for role in values["role"] if role)
    summary.statuses.update(values["status"])
    summary.review += sum(map(bool, values["review"]))
    summary.conflicts += sum(map(bool, values["conflict"]))
