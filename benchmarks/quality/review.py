"""Do 100 ads chosen for review teach more than 100 at random?

    python -m benchmarks.quality.review DATA [-o docs/choosing.md]

A model is fitted on 200 labelled ads, 100 more are taken from the others, by `rolenlp review`'s
choice or by chance, and get their labels, as if a person had settled them. The model fitted on all
300 judges ads that it has not seen, duties only.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.model_selection import GroupKFold

from benchmarks.data import Ads, families, group_of, read_labels
from benchmarks.marked import markdown_table, write_between
from benchmarks.quality.ours import postings
from rolenlp import RoleClassifier
from rolenlp.metrics import macro_f1
from rolenlp.model import ReadAds, read_ads
from rolenlp.predict import predict_many
from rolenlp.train.active_learning import Candidate, Shortlist, choose

__all__ = ["KNOWN_SOURCES", "NEW_SOURCES", "Trial", "gain", "splits"]

START, REVIEWS = 200, 100
SEEDS = range(5)  # the choice was tuned on seeds from 100 up
BY_CHANCE = 3  # draws a seed, whose mean counts
GROUPS = 3  # of sources, each left out in turn
KNOWN_SOURCES, NEW_SOURCES = "sources that it learned from", "other sources"
BEFORE, CHANCE, CHOICE = f"{START} ads", f"{REVIEWS} more at random", f"{REVIEWS} more chosen"
CALIBRATED = {True: "", False: f", calibrated on the {START}"}
_RESAMPLES = 1000
_ROLES = ("product", "project", "hybrid", "other")


@dataclass
class Trial:
    """One seed: true roles of the ads judged, and what models said of them.

    `said` holds the answers by how the model learned, one array a draw. `taken` counts the roles
    of the ads reviewed.
    """

    truth: np.ndarray
    said: dict[str, list[np.ndarray]]
    taken: dict[str, Counter[str]]


def splits(ads: Ads, seed: int, setting: str) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Ads to judge, drawn as they come, and ads to learn from, in an order that the seed gives.

    Of known sources: half of them is judged. Of new ones: those of each group of sources, and only
    the other groups teach.
    """
    order = np.random.default_rng(seed).permutation(len(ads))
    first = ads.as_they_come[order]
    if setting == KNOWN_SOURCES:
        judged = order[first][: first.sum() // 2]
        yield judged, order[~np.isin(order, judged)]
        return
    group = group_of(ads.sources)
    rows = np.flatnonzero(ads.as_they_come)
    for _, test in GroupKFold(GROUPS).split(rows, groups=group[rows]):
        out = np.isin(group[order], group[rows[test]])
        yield order[first & out], order[~out]


def trial(ads: Ads, read: ReadAds, duties: ReadAds, seed: int, setting: str) -> Trial:
    """All of a seed, the groups of a setting one after the other."""
    parts = [_part(ads, read, duties, *split, seed) for split in splits(ads, seed, setting)]
    first = parts[0]
    said = {
        name: [np.concatenate(draws) for draws in zip(*(p.said[name] for p in parts), strict=True)]
        for name in first.said
    }
    taken = {name: sum((p.taken[name] for p in parts), Counter()) for name in first.taken}
    return Trial(np.concatenate([p.truth for p in parts]), said, taken)


def _part(
    ads: Ads, read: ReadAds, duties: ReadAds, judged: np.ndarray, learn: np.ndarray, seed: int
) -> Trial:
    start, pool = learn[:START], np.sort(learn[START:])
    roles = ads.roles.astype(str)
    asked = duties[judged]
    nothing = np.zeros(0, np.int64)
    before = _fit(ads, read, start, nothing, calibrates=True)
    rngs = [np.random.default_rng([seed, draw]) for draw in range(BY_CHANCE)]
    picked = {
        CHANCE: [rng.choice(pool, REVIEWS, replace=False) for rng in rngs],
        CHOICE: [_choice(before, ads, pool)],
    }
    said = {BEFORE: [before.predict(asked).astype(str)]}
    for calibrates, how in CALIBRATED.items():
        for name, draws in picked.items():
            models = [_fit(ads, read, start, rows, calibrates=calibrates) for rows in draws]
            said[name + how] = [model.predict(asked).astype(str) for model in models]
    taken = {name: Counter(roles[np.concatenate(draws)]) for name, draws in picked.items()}
    return Trial(roles[judged], said, taken)


def _fit(
    ads: Ads, read: ReadAds, start: np.ndarray, reviewed: np.ndarray, *, calibrates: bool
) -> RoleClassifier:
    """A model of the first ads and those reviewed, which may count in calibration or not."""
    rows = np.concatenate((start, reviewed))
    weight = np.repeat([1.0, float(calibrates)], [len(start), len(reviewed)])
    return RoleClassifier().fit(
        read[rows],
        ads.roles[rows].astype(str),
        sources=families(ads.sources[rows]),
        calibration_weight=list(weight),
    )


def _choice(model: RoleClassifier, ads: Ads, pool: np.ndarray) -> np.ndarray:
    """The rows that `rolenlp review` puts on its page."""
    shortlist = Shortlist(REVIEWS)
    asked = postings(ads.where(pool))
    for row, ad, verdict in zip(pool, asked, predict_many(asked, model=model), strict=True):
        if verdict.role:
            source = str(ads.sources[row])
            shortlist.add(Candidate(int(row), ad.title, ad.text, source, verdict))
    return np.array([each.row for each in choose(list(shortlist), REVIEWS)])


def gain(trials: list[Trial]) -> dict[str, list[tuple[float, float, float]]]:
    """By how a model learned: macro-F1, what was gained, and what against as many ads at random.

    With 95% intervals, over seeds and, within them, ads.
    """
    names = list(trials[0].said)
    chance = [names.index(name.replace(CHOICE, CHANCE)) for name in names]

    def figures(trial: Trial, rows: np.ndarray) -> np.ndarray:
        truth = trial.truth[rows]
        f1 = np.array(
            [np.mean([macro_f1(truth, one[rows]) for one in trial.said[name]]) for name in names]
        )
        return np.stack((f1, f1 - f1[0], f1 - f1[chance]), axis=1)

    rng = np.random.default_rng(0)
    resamples = []
    for _ in range(_RESAMPLES):
        drawn = [trials[i] for i in rng.integers(0, len(trials), len(trials))]
        parts = [figures(t, rng.integers(0, len(t.truth), len(t.truth))) for t in drawn]
        resamples.append(np.mean(parts, axis=0))
    value = np.mean([figures(t, np.arange(len(t.truth))) for t in trials], axis=0)
    low, high = np.percentile(resamples, [2.5, 97.5], axis=0)
    each = np.stack((value, low, high), axis=2)
    return {name: [tuple(row) for row in each[i].tolist()] for i, name in enumerate(names)}


def report(trials: dict[str, list[Trial]]) -> str:
    """The tables of the page."""
    head = ["macro-F1, duties only", "after", "gained", "choice against chance"]
    parts = []
    for setting, each in trials.items():
        rows = []
        for name, (after, gained, against) in gain(each).items():
            row = [name, "{:.3f} [{:.3f}, {:.3f}]".format(*after)]
            for figure, shown in ((gained, name != BEFORE), (against, CHOICE in name)):
                row.append("{:+.3f} [{:+.3f}, {:+.3f}]".format(*figure) if shown else "")
            rows.append(row)
        parts.append(f"On {setting} (n = {len(each[0].truth):,} a seed):")
        parts.append(markdown_table(head, rows))
    mixes = []
    for name in (CHANCE, CHOICE):
        for setting, each in trials.items():
            total = sum((one.taken[name] for one in each), Counter())
            share = [f"{100 * total[role] / total.total():.0f}" for role in _ROLES]
            mixes.append([f"{name}, {setting}", *share])
    parts.append("Roles of the ads reviewed, in percent:")
    parts.append(markdown_table(["ads", *_ROLES], mixes))
    return "\n\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, help="the page to write the tables into")
    given = parser.parse_args()
    ads = read_labels(given.data)
    read, duties = (read_ads(postings(each)) for each in (ads, ads.duties_only()))
    trials = {
        setting: [trial(ads, read, duties, seed, setting) for seed in SEEDS]
        for setting in (KNOWN_SOURCES, NEW_SOURCES)
    }
    tables = report(trials)
    print(tables)
    if given.output:
        write_between(given.output, "gain", tables)


if __name__ == "__main__":
    main()
