"""Do 100 ads chosen for review teach more than 100 at random?

    python benchmarks/review.py DATA [-o docs/review.md]

A model is fitted on 200 labelled ads, 100 more are taken from the others, by `rolenlp review`'s
choice or by chance, and get their labels, as if a person had settled them. The model fitted on all
300 judges ads that it has not seen, duties only.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.model_selection import GroupKFold

from data import Ads, read_labels
from marked import markdown_table, write_between
from ours import postings
from rolenlp import RoleClassifier
from rolenlp.metrics import macro_f1
from rolenlp.predict import predict_many
from rolenlp.selection import Candidate, Shortlist, choose

__all__ = ["KNOWN_SOURCES", "NEW_SOURCES", "Trial", "gain", "splits"]

START, REVIEWS = 200, 100
SEEDS = range(5)  # the choice was tuned on seeds from 100 up
BY_CHANCE = 5  # draws a seed, whose mean counts
GROUPS = 3  # of sources, each left out in turn
KNOWN_SOURCES, NEW_SOURCES = "sources that it learned from", "other sources"
_RESAMPLES = 1000
_ROLES = ("product", "project", "hybrid", "other")
_REMEMBER = 20_000  # more than there are ads, in both views


@dataclass
class Trial:
    """One seed: true roles, and what each model said; of the ads judged, in one order.

    `taken` counts the roles of the ads reviewed.
    """

    truth: np.ndarray
    before: np.ndarray
    chosen: np.ndarray
    by_chance: list[np.ndarray]
    taken: dict[str, Counter[str]]


def splits(ads: Ads, seed: int, setting: str) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Ads to judge, all of draw 1, and ads to learn from, in an order that the seed gives.

    Of known sources: half of draw 1 is judged. Of new ones: draw 1 of each group of sources, and
    only the other groups teach.
    """
    order = np.random.default_rng(seed).permutation(len(ads))
    first = ads.first_draw[order]
    if setting == KNOWN_SOURCES:
        judged = order[first][: first.sum() // 2]
        yield judged, order[~np.isin(order, judged)]
        return
    sources = ads.sources.astype(str)
    rows = np.flatnonzero(ads.first_draw)
    for _, test in GroupKFold(GROUPS).split(rows, groups=sources[rows]):
        out = np.isin(sources[order], sources[rows[test]])
        yield order[first & out], order[~out]


def trial(ads: Ads, duties: Ads, seed: int, setting: str) -> Trial:
    """All of a seed, the groups of a setting one after the other."""
    parts = [_part(ads, duties, *split, seed) for split in splits(ads, seed, setting)]

    def joined(get: Callable[[Trial], np.ndarray]) -> np.ndarray:
        return np.concatenate([get(part) for part in parts])

    taken = {name: sum((part.taken[name] for part in parts), Counter()) for name in parts[0].taken}
    return Trial(
        joined(lambda part: part.truth),
        joined(lambda part: part.before),
        joined(lambda part: part.chosen),
        [joined(lambda part, i=i: part.by_chance[i]) for i in range(BY_CHANCE)],
        taken,
    )


def _part(ads: Ads, duties: Ads, judged: np.ndarray, learn: np.ndarray, seed: int) -> Trial:
    start, pool = learn[:START], np.sort(learn[START:])
    roles = ads.roles.astype(str)
    asked = postings(duties.where(judged))
    before = _fit(ads, start)
    picked = {"chosen": [_choice(before, ads, pool)], "at random": []}
    for draw in range(BY_CHANCE):
        rng = np.random.default_rng([seed, draw])
        picked["at random"].append(rng.choice(pool, REVIEWS, replace=False))
    said = {
        name: [_fit(ads, np.concatenate((start, rows))).predict(asked) for rows in draws]
        for name, draws in picked.items()
    }
    taken = {name: Counter(roles[np.concatenate(draws)]) for name, draws in picked.items()}
    truth = roles[judged]
    return Trial(truth, before.predict(asked), said["chosen"][0], said["at random"], taken)


def _fit(ads: Ads, rows: np.ndarray) -> RoleClassifier:
    """As `rolenlp train` fits."""
    learned = ads.where(rows)
    model = RoleClassifier(remember=_REMEMBER)
    return model.fit(postings(learned), list(learned.roles), sources=list(learned.sources))


def _choice(model: RoleClassifier, ads: Ads, pool: np.ndarray) -> np.ndarray:
    """The rows that `rolenlp review` puts on its page."""
    shortlist = Shortlist(REVIEWS)
    asked = postings(ads.where(pool))
    for row, ad, verdict in zip(pool, asked, predict_many(asked, model=model), strict=True):
        if verdict.role:
            source = str(ads.sources[row])
            shortlist.add(Candidate(int(row), ad.title, ad.text, source, verdict))
    return np.array([each.row for each in choose(list(shortlist), REVIEWS)])


def gain(trials: list[Trial]) -> dict[str, tuple[float, float, float]]:
    """Macro-F1 and what is gained, with 95% intervals: over seeds and, within them, ads."""

    def figures(trial: Trial, rows: np.ndarray) -> np.ndarray:
        truth = trial.truth[rows]
        before, chosen, *by_chance = (
            macro_f1(truth, said[rows].astype(str))
            for said in (trial.before, trial.chosen, *trial.by_chance)
        )
        chance = float(np.mean(by_chance))
        return np.array([before, chance, chosen, chance - before, chosen - before, chosen - chance])

    rng = np.random.default_rng(0)
    resamples = []
    for _ in range(_RESAMPLES):
        drawn = [trials[i] for i in rng.integers(0, len(trials), len(trials))]
        parts = [figures(t, rng.integers(0, len(t.truth), len(t.truth))) for t in drawn]
        resamples.append(np.mean(parts, axis=0))
    value = np.mean([figures(t, np.arange(len(t.truth))) for t in trials], axis=0)
    low, high = np.percentile(resamples, [2.5, 97.5], axis=0)
    names = (
        f"{START} ads",
        f"and {REVIEWS} at random",
        f"and {REVIEWS} chosen",
        "gained at random",
        "gained by choice",
        "choice against chance",
    )
    return dict(zip(names, zip(value, low, high, strict=True), strict=True))


def report(trials: dict[str, list[Trial]]) -> str:
    """The tables of the page."""
    gains = {setting: gain(each) for setting, each in trials.items()}
    judged = {setting: len(each[0].truth) for setting, each in trials.items()}
    head = ["duties only, macro-F1", *(f"{name} (n = {judged[name]:,})" for name in gains)]
    rows = []
    for number, name in enumerate(next(iter(gains.values()))):
        shown = "{:.3f} [{:.3f}, {:.3f}]" if number < 3 else "{:+.3f} [{:+.3f}, {:+.3f}]"
        rows.append([name, *(shown.format(*gains[setting][name]) for setting in gains)])
    mixes = []
    for name in ("at random", "chosen"):
        for setting, each in trials.items():
            total = sum((one.taken[name] for one in each), Counter())
            share = [f"{100 * total[role] / total.total():.0f}" for role in _ROLES]
            mixes.append([f"{name}, {setting}", *share])
    mix = markdown_table(["of 100 ads reviewed", *_ROLES], mixes)
    return f"{markdown_table(head, rows)}\n\n{mix}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, help="the page to write the tables into")
    given = parser.parse_args()
    ads = read_labels(given.data)
    duties = ads.duties_only()
    trials = {
        setting: [trial(ads, duties, seed, setting) for seed in SEEDS]
        for setting in (KNOWN_SOURCES, NEW_SOURCES)
    }
    tables = report(trials)
    print(tables)
    if given.output:
        write_between(given.output, "gain", tables)


if __name__ == "__main__":
    main()
