"""Ads judged for a batch run, in this process or in several; an ad at fault stops no run.

Only an ad can be at fault: where memory, the disk, a library or the model fails, the run ends.
"""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rolenlp.errors import InputError, RolenlpError
from rolenlp.model_file.card import default_model_path
from rolenlp.schema import MIN_PRECISION, Posting

if TYPE_CHECKING:
    from rolenlp.model.classifier import RoleClassifier
    from rolenlp.tables import TableReader
    from rolenlp.tables.columns import Columns as Found
    from rolenlp.verdicts.columns import Verdicts

MEASURES = ("words", "unknown_words")  # of ads, beside their verdicts: for the summary


@dataclass(frozen=True)
class Options:
    """How to judge; processes get a copy."""

    model: Path = field(default_factory=default_model_path)
    min_precision: float = MIN_PRECISION
    themes: bool = False
    prefix: str = ""
    debug: bool = False  # raise what goes wrong with an ad, instead of giving it a status
    role_mix: Mapping[str, float] | None = None  # as `role_prior` of `RoleClassifier`
    taxonomy: str | None = None  # whose occupations to add


def with_own_mix(
    options: Options, reader: TableReader, again: Callable[[], TableReader], found: Found
) -> Options:
    """The options with the mix of roles that the table of a reader seems to have.

    It is read once more for that, as `again` opens it. Raises InputError where it cannot be.
    """
    if reader.state is None:
        raise InputError(
            f"{reader.source}: is no regular file, so its mix of roles cannot be estimated first; "
            "save it as a file, or name the shares: --role-mix"
        )
    with again() as table:
        ads = (ad for batch in table for ad in found.postings(batch))
        return replace(options, role_mix=_model(options).estimate_role_mix(ads))


Columns = list[list[Any]]  # of `added_columns`, then of `MEASURES`: a value an ad
Judge = Callable[[Sequence[Posting]], Future[Columns]]  # the verdicts on the ads that it is given


def done(columns: Columns) -> Future[Columns]:
    """What is known already, as if somebody had been asked."""
    future: Future[Columns] = Future()
    future.set_result(columns)
    return future


def judge_here(options: Options) -> Judge:
    """A judge in this process. Raises as `load` does, and ValueError for a wrong precision."""
    model = _model(options)
    return lambda ads: done(_columns(model, ads, options))


@contextmanager
def judge_in_processes(options: Options, jobs: int) -> Iterator[Judge]:
    """A judge in as many other processes, once they are ready. Raises as `judge_here` does."""
    # Spawned, not forked: threads and open files of this process do not follow. Ctrl-C reaches
    # them too, but it is for this process to answer.
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _set_up)

    def judge(ads: Sequence[Posting]) -> Future[Columns]:
        # Plain texts are the quickest to hand over.
        return pool.submit(_work, [ad.text for ad in ads], [ad.title for ad in ads], options)

    try:
        for ready in [pool.submit(_get_ready, options) for _ in range(jobs)]:
            ready.result()
        yield judge
    except BrokenProcessPool as error:
        ended = RolenlpError(
            "a process ended before its work was done, perhaps for want of memory; "
            "run again with fewer processes, like --jobs 1"
        )
        for note in getattr(error, "__notes__", []):
            ended.add_note(note)
        raise ended from None
    finally:
        pool.shutdown(cancel_futures=True)


def _set_up() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Where the run is killed, nobody else tells its workers."""
    parent = parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _get_ready(options: Options) -> None:
    from rolenlp.verdicts.judge import PLAIN_AD

    judge_all(_worker_model(options), [PLAIN_AD], options)
    gc.freeze()


def _work(texts: list[str], titles: list[str], options: Options) -> Columns:
    ads = list(map(Posting, texts, titles))
    return _columns(_worker_model(options), ads, options)


@lru_cache(maxsize=1)
def _worker_model(options: Options) -> RoleClassifier:
    """The model, loaded once in a worker's life."""
    return _model(options)


def _model(options: Options) -> RoleClassifier:
    # What a model needs takes a second to load: for those who judge.
    from rolenlp.model_file.bundle import load_once

    model = load_once(options.model)
    model.thresholds(options.min_precision)  # else each row would fail for the run's mistake
    return model


def _columns(model: RoleClassifier, ads: Sequence[Posting], options: Options) -> Columns:
    verdicts = judge_all(model, ads, options)
    if options.taxonomy:
        from rolenlp.verdicts.taxonomies import with_occupations

        verdicts = with_occupations(verdicts, ads, options.taxonomy)
    measures = [verdicts.values[name] for name in MEASURES]
    columns = verdicts.columns(themes=options.themes, occupations=bool(options.taxonomy))
    return [*columns, *measures]


def judge_all(model: RoleClassifier, ads: Sequence[Posting], options: Options) -> Verdicts:
    """As `judge_each`, with options; when debugging, what goes wrong with an ad is raised."""
    from rolenlp.verdicts.judge import judge_each

    return judge_each(
        model,
        ads,
        min_precision=options.min_precision,
        role_prior=options.role_mix,
        debug=options.debug,
    )
