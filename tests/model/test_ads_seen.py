"""A model remembers hashes of its training ads, in memory and in its file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rolenlp.model.ads_seen import ad_hashes, remembered
from rolenlp.model.classifier import RoleClassifier
from rolenlp.model_file.bundle import load, save
from rolenlp.schema import Posting
from tests.small_ads import ADS, ROLES, fitted


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Posting("Own the plan.", "PM"), Posting(" own\nTHE plan", "Nurse"), True),
        (Posting("Own the plan."), Posting("Own a plan."), False),
        (Posting("", "PM"), Posting(" ", "pm"), True),
        (Posting("", "PM"), Posting("", "Nurse"), False),
    ],
)
def test_one_ad(one: Posting, other: Posting, same: bool) -> None:
    first, second = ad_hashes([one, other]).tolist()
    assert (first == second) is same


def test_each_is_kept_once_and_those_without_a_letter_are_not() -> None:
    hashes = ad_hashes([Posting("a"), Posting("b"), Posting("A"), Posting(" - ")])
    assert hashes[3] == 0
    assert remembered(hashes, None).tolist() == sorted(set(hashes[:2].tolist()))


@pytest.mark.parametrize("ending", ["joblib", "skops"])
def test_a_file_keeps_them(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"m.{ending}"
    save(fitted(), path, {})
    hashes = load(path).ads_seen_
    assert hashes is not None
    assert hashes.tolist() == sorted(ad_hashes([Posting(t, n) for n, t in ADS]).tolist())


def test_a_file_of_before_does_not_tell(tmp_path: Path) -> None:
    model = RoleClassifier().fit([], [])
    model.ads_seen_ = None  # as such a file is read
    save(model, tmp_path / "m.joblib", {})
    assert load(tmp_path / "m.joblib").ads_seen_ is None


def test_a_model_that_goes_on_remembers_its_bases_ads_too() -> None:
    base = RoleClassifier(min_postings=2).fit(ADS[::2], ROLES[::2])
    model = RoleClassifier(min_postings=2).fit(ADS[1::2], ROLES[1::2], base=base)
    assert np.isin(ad_hashes([Posting(t, n) for n, t in ADS]), model.ads_seen_).all()
