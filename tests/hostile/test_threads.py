"""One model, many threads, copies and processes: the answers of one thread alone."""

from __future__ import annotations

import asyncio
import copy
import gc
import os
import pickle
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from weakref import WeakSet

import joblib
import pandas as pd
import pytest

from rolenlp.guard import Guard, Once
from rolenlp.model.classifier import RoleClassifier
from rolenlp.model_file.bundle import load
from rolenlp.model_file.state_checks import unpack
from rolenlp.predict import label_frame, predict, predict_many
from rolenlp.verdicts.explain import as_text
from tests.hostile.helpers_models import FIXTURE
from tests.hostile.helpers_shared import brief, new_ads

THREADS = 8
Ads = list[tuple[str, str]]


@pytest.fixture(scope="module")
def model() -> RoleClassifier:
    return load(FIXTURE)


@pytest.fixture(autouse=True)
def often() -> Iterator[None]:
    """Threads take turns a hundred times as often as they do."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(before / 100)
    yield
    sys.setswitchinterval(before)


def one_by_one(model: RoleClassifier, ads: Ads) -> list[Any]:
    return [brief(predict(text, title, model=model)) for title, text in ads]


def many(model: RoleClassifier, ads: Ads) -> list[Any]:
    return [brief(verdict) for verdict in predict_many(ads, model=model)]


def frame(model: RoleClassifier, ads: Ads) -> list[Any]:
    table = pd.DataFrame(ads, columns=["title", "text"])
    return label_frame(table, model=model)[["role", "evidence", "status"]].to_numpy().tolist()


def explained(model: RoleClassifier, ads: Ads) -> list[Any]:
    return [as_text(text, predict(text, title, model=model)) for title, text in ads]


def shares(model: RoleClassifier, ads: Ads) -> list[Any]:
    return model.predict_proba(ads).round(9).tolist()


WAYS: list[Callable[[RoleClassifier, Ads], list[Any]]] = [
    one_by_one, many, frame, explained, shares,
]  # fmt: skip


def in_threads(work: Callable[[int], Any]) -> list[Any]:
    """What so many threads give that start at once."""
    start = Barrier(THREADS)

    def begin(number: int) -> Any:
        start.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(begin, range(THREADS)))


@pytest.mark.parametrize("seed", range(20))
def test_all_ways_at_once_on_a_cold_model(model: RoleClassifier, seed: int) -> None:
    ads = new_ads(4, seed)
    alone = copy.deepcopy(model)
    want = [way(alone, ads) for way in WAYS]
    cold = copy.deepcopy(model)

    def work(number: int) -> list[list[Any]]:
        # Each in an order of its own, so that new words come in all ways at once.
        turned = [*WAYS[number % len(WAYS) :], *WAYS[: number % len(WAYS)]]
        forth = ads if number % 2 else ads[::-1]
        got = {way: way(cold, forth) for way in turned}
        return [got[way] if number % 2 else got[way][::-1] for way in WAYS]

    assert in_threads(work) == [want] * THREADS
    later = new_ads(4, f"{seed} later")
    assert many(cold, later) == many(alone, later)


def test_asyncio_hands_calls_to_threads(model: RoleClassifier) -> None:
    ads = new_ads(12, "awaited")
    cold = copy.deepcopy(model)

    async def all_at_once() -> list[list[Any]]:
        return await asyncio.gather(*(asyncio.to_thread(many, cold, [ad]) for ad in ads))

    # Not in this thread, where a browser of other tests may run a loop already.
    with ThreadPoolExecutor(1) as thread:
        given = thread.submit(lambda: asyncio.run(all_at_once())).result()
    assert given == [many(model, [ad]) for ad in ads]


def test_models_that_are_loaded_at_once(model: RoleClassifier) -> None:
    ads = new_ads(5, "loaded")
    assert in_threads(lambda _: many(load(FIXTURE), ads)) == [many(model, ads)] * THREADS


def test_models_are_loaded_while_garbage_is_collected() -> None:
    # Python's parser, which NumPy reads a header of an array with, gives up where the collector
    # hands the turn to another thread halfway.
    state = joblib.load(FIXTURE)["arrays"]
    seen: WeakSet[Guard] = WeakSet()

    def unpacked(_: int) -> int:
        for name in [*state] * 50:
            ring = Guard()
            ring.itself = ring  # type: ignore[attr-defined]
            seen.add(ring)
            unpack({name: state[name]})
        return len(unpack(state))

    before = gc.get_threshold()
    gc.set_threshold(20)
    try:
        assert in_threads(unpacked) == [len(state)] * THREADS
    finally:
        gc.set_threshold(*before)


def test_a_model_is_copied_while_it_reads(model: RoleClassifier) -> None:
    ads = new_ads(40, "copied")
    want = many(copy.deepcopy(model), ads)
    read = copy.deepcopy(model)

    def work(number: int) -> list[Any]:
        if number % 2:
            return one_by_one(read, ads)
        copies = [copy.deepcopy(read), pickle.loads(pickle.dumps(read))]
        assert many(copies[0], ads) == many(copies[1], ads)
        return many(copies[0], ads)

    assert in_threads(work) == [want] * THREADS


def test_a_pickled_model_judges_alike(model: RoleClassifier) -> None:
    ads = new_ads(5, "pickled")
    again = pickle.loads(pickle.dumps(model))
    assert many(again, ads) == many(model, ads)
    assert again.reader_.lexicon is again.reader_.finder._phrases.lexicon


def test_what_is_made_once() -> None:
    made: list[object] = []

    @Once
    def make() -> object:
        """A thing."""
        made.append(object())
        return made[-1]

    assert make.__doc__ == "A thing."
    assert in_threads(lambda _: make()) == [made[0]] * THREADS
    make.cache_clear()
    assert make() is made[1]


def test_what_could_not_be_made_is_tried_again() -> None:
    trials = iter([KeyboardInterrupt, 7])

    @Once
    def make() -> int:
        trial = next(trials)
        if trial is KeyboardInterrupt:
            raise KeyboardInterrupt
        return trial

    with pytest.raises(KeyboardInterrupt):
        make()
    assert make() == 7


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda g: pickle.loads(pickle.dumps(g))]
)
def test_a_copy_of_a_guard_has_a_lock_of_its_own(again: Callable[[Guard], Guard]) -> None:
    guard = Guard()
    with guard.lock, again(guard).lock:
        assert guard.lock.locked()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_judges_though_a_thread_was_reading(model: RoleClassifier) -> None:
    ads = new_ads(5, "forked")
    want = many(copy.deepcopy(model), ads)
    read = copy.deepcopy(model)
    with read.reader_._streamer._guard.lock:  # as it is while another thread reads
        child = os.fork()
        if not child:
            os._exit(0 if many(read, ads) == want else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert many(read, ads) == want
