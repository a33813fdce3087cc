"""Does it help to go on from a model (``--base``) when a few ads of a new source are labelled?

    python -m benchmarks.quality.go_on DATA [--held 0.1 0.25 0.5 1] [--seeds 5 6 7]

For each source with 500 ads or more a base is fitted on all other sources of `labels.csv`. Then 50
or 200 ads of the source are labelled, and the rest of its ads of draw 1 is judged by duties alone:
by the base as it is, by a model fitted anew on the new ads, and by one that goes on from the base.
Macro-F1 is over the ads of all these sources, the mean of the seeds, with a bootstrap over the ads;
those that any seed drew are not judged. `--held` tries other ways to hold the base's coefficients
(`rolenlp.model.warm_start.HELD`), which was chosen with seed 0.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.data import Ads, read_labels
from benchmarks.quality.ours import fit, postings
from rolenlp import RoleClassifier
from rolenlp.metrics import interval, resampled_confusion
from rolenlp.model import warm_start

FEWEST = 500  # labelled ads of a source
SIZES = (50, 200)
REMEMBERED = 20_000


def fitted(ads: Ads, base: RoleClassifier | None) -> RoleClassifier:
    """A model of new ads, as `rolenlp train` makes it."""
    model = RoleClassifier(remember=REMEMBERED)
    return model.fit(postings(ads), [str(role) for role in ads.roles], base=base)


def verdicts(model: RoleClassifier, ads: Ads) -> np.ndarray:
    """What a model says of ads by their duties."""
    return model.predict(postings(ads))


def trials(
    ads: Ads, sizes: Sequence[int], seeds: Sequence[int], ways: Sequence[float]
) -> tuple[dict[int, list[np.ndarray]], dict[int, dict[tuple[str, int], list[np.ndarray]]]]:
    """By size, the judged ads' truth, and their verdicts by way and seed; sources end to end.

    The ads judged are those of the source that no seed and size drew.
    """
    names, counts = np.unique(ads.sources.astype(str), return_counts=True)
    truth: dict[int, list[np.ndarray]] = defaultdict(list)
    said: dict[int, dict[tuple[str, int], list[np.ndarray]]] = {
        size: defaultdict(list) for size in sizes
    }
    for source in names[counts >= FEWEST]:
        here = np.flatnonzero(ads.sources == source)
        base = fit(ads.where(ads.sources != source), model=RoleClassifier(remember=REMEMBERED))
        for size in sizes:
            drawn = {
                seed: np.random.default_rng(seed).choice(here, size, replace=False)
                for seed in seeds
            }
            used = np.concatenate(list(drawn.values()))
            rest = ads.where(here[~np.isin(here, used) & ads.as_they_come[here]]).duties_only()
            truth[size].append(rest.roles.astype(str))
            for seed, rows in drawn.items():
                new = ads.where(rows)
                said[size]["base alone", seed].append(verdicts(base, rest))
                said[size]["new ads alone", seed].append(verdicts(fitted(new, None), rest))
                for way in ways:
                    warm_start.HELD = way
                    model = fitted(new, base)
                    said[size][f"going on, held {way:g}", seed].append(verdicts(model, rest))
        print(source, len(here), flush=True)
    return truth, said


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--held", type=float, nargs="+", default=[warm_start.HELD])
    parser.add_argument("--seeds", type=int, nargs="+", default=[5, 6, 7])
    args = parser.parse_args()
    truth, said = trials(read_labels(args.data), SIZES, args.seeds, args.held)
    for size in SIZES:
        roles = np.concatenate(truth[size])
        by_way: dict[str, list[np.ndarray]] = defaultdict(list)
        for (way, _), parts in said[size].items():
            by_way[way].append(np.concatenate(parts))

        scores = {
            way: np.mean([resampled_confusion(roles, row).macro_f1() for row in rows], axis=0)
            for way, rows in by_way.items()
        }
        print(f"\n{size} new ads a source, {len(roles)} ads judged, {len(args.seeds)} seeds")
        for way, score in scores.items():
            print(f"{way:24} {interval(score, len(roles))}", end="")
            for other in ("base alone", "new ads alone"):
                gap = interval(score - scores[other], len(roles))
                print(f"   against {other} {gap}", end="")
            print()


if __name__ == "__main__":
    main()
