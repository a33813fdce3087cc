"""An interruption, wherever it comes, leaves a model as it was."""

from __future__ import annotations

import copy
from itertools import count

import pytest

from rolenlp.model.classifier import RoleClassifier
from rolenlp.model_file.bundle import load
from rolenlp.predict import label_frame, predict_many
from rolenlp.reading.lexicon import Lexicon
from rolenlp.reading.streams import Streamer
from tests.hostile.helpers_models import FIXTURE
from tests.hostile.helpers_shared import brief, interrupted, new_ads, steps
from tests.reading.test_pipeline import LEMMAS


@pytest.fixture(scope="module")
def model() -> RoleClassifier:
    return load(FIXTURE)


def texts(seed: object) -> list[str]:
    """Few and short, with chunks that rules read and one that spaCy is asked about."""
    return [f"own the n{seed}x plans, 10n{seed}k", f"plan\n(n{seed}y)."]


def words(streamer: Streamer, of: list[str]) -> list[tuple[str, list[int]]]:
    """Every word and where it stands."""
    stream, places = streamer.read(of)
    return [
        (streamer.chunks.lexicon.words[number], *places.of(text, [at]).tolist())
        for at, (number, text) in enumerate(
            zip(stream.ids.tolist(), stream.text_of.tolist(), strict=True)
        )
    ]


@pytest.mark.parametrize(
    ("closed", "memory"), [(False, 300_000), (True, 30)], ids=["all kept", "forgetful"]
)
def test_streams_after_an_interruption_at_every_fifth_step(closed: bool, memory: int) -> None:
    shaken, untouched = (
        Streamer(LEMMAS, Lexicon(["own", "plan"], closed=closed), memory=memory) for _ in range(2)
    )
    for step in count(step=5):
        now, others = texts(step), texts(f"{step} others")
        was_cut = interrupted(lambda now=now: shaken.read(now), step)
        for these in (others, now):
            assert words(shaken, these) == words(untouched, these), step
        if not was_cut:
            break
    assert step > 20  # there were so many


@pytest.fixture(scope="module")
def n_steps(model: RoleClassifier) -> int:
    """How many steps the verdicts on three ads take at the least."""
    warm = copy.deepcopy(model)
    list(predict_many(new_ads(3, "warm"), model=warm))
    return steps(lambda: list(predict_many(new_ads(3, "counted"), model=warm)))


@pytest.mark.parametrize("fresh", [True, False], ids=["each time a new model", "always the same"])
@pytest.mark.parametrize("share", [k / 8 for k in range(8)])
def test_verdicts_after_an_interruption(
    model: RoleClassifier, n_steps: int, share: float, fresh: bool
) -> None:
    ads = new_ads(3, share)
    after = new_ads(3, f"{share} after") + ads
    want = [brief(v) for v in predict_many(after, model=copy.deepcopy(model))]
    shaken = copy.deepcopy(model) if fresh else model
    assert interrupted(lambda: list(predict_many(ads, model=shaken)), int(share * 0.9 * n_steps))
    assert [brief(v) for v in predict_many(after, model=shaken)] == want


def test_a_frame_after_many_interruptions(model: RoleClassifier) -> None:
    import pandas as pd

    shaken = copy.deepcopy(model)
    tables = [pd.DataFrame(new_ads(3, f"t{n}"), columns=["title", "text"]) for n in range(12)]
    for n, table in enumerate(tables):
        assert interrupted(lambda table=table: label_frame(table, model=shaken), 100 + 90 * n)
    for table in tables:
        want = label_frame(table, model=copy.deepcopy(model))
        pd.testing.assert_frame_equal(label_frame(table, model=shaken), want)


def test_an_open_lexicon_after_an_interruption_at_every_step() -> None:
    lexicon = Lexicon(["a"])
    for step in count():
        new = [f"w{step}x{n}" for n in range(3)]
        was_cut = interrupted(lambda new=new: [lexicon.id(word) for word in new], step)
        numbers = [lexicon.id(word) for word in new]
        assert [lexicon.words[number] for number in numbers] == new
        assert len(set(lexicon.words)) == len(lexicon)
        if not was_cut:
            break
