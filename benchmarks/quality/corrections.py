"""Does it help to go on from a model (``--base``) when a few ads of a new source are corrected?

    python -m benchmarks.quality.corrections DATA [--seeds 5 6 7]

For each source with 500 ads or more a base is fitted on the groups of sources that it is not in.
Then 25, 50 or 200 ads of the source are labelled, and the rest of its ads that were drawn as they
come is judged by duties alone: by the base as it is, by a model of the new ads alone, and by one
that goes on from the base. Macro-F1 is over the ads of all these sources, the mean of the seeds,
with a bootstrap over the ads; those that any seed drew are not judged.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.data import Ads, group_of, read_labels
from benchmarks.quality.ours import fit, postings
from rolenlp import RoleClassifier
from rolenlp.metrics import interval, resampled_confusion
from rolenlp.model import read_ads

FEWEST = 500  # labelled ads of a source
SIZES = (25, 50, 200)
BASE, ALONE, ON = "base alone", "new ads alone", "going on"

Verdicts = dict[int, dict[tuple[str, int], list[np.ndarray]]]  # by size, way and seed


def trials(
    ads: Ads, sizes: Sequence[int], seeds: Sequence[int]
) -> tuple[dict[int, list[np.ndarray]], Verdicts]:
    """By size, the judged ads' truth, and their verdicts by way and seed; sources end to end."""
    names, counts = np.unique(ads.sources.astype(str), return_counts=True)
    truth: dict[int, list[np.ndarray]] = defaultdict(list)
    said: Verdicts = {size: defaultdict(list) for size in sizes}
    read, group = read_ads(postings(ads)), group_of(ads.sources)
    for source in names[counts >= FEWEST]:
        here = np.flatnonzero(ads.sources == source)
        others = np.flatnonzero(group != group[here[0]])
        base = fit(ads.where(others), read=read[others])
        for size in sizes:
            drawn = {
                seed: np.random.default_rng(seed).choice(here, size, replace=False)
                for seed in seeds
            }
            used = np.concatenate(list(drawn.values()))
            rest = ads.where(here[~np.isin(here, used) & ads.as_they_come[here]]).duties_only()
            asked = postings(rest)
            truth[size].append(rest.roles.astype(str))
            for seed, rows in drawn.items():
                roles = ads.roles[rows].astype(str)
                ways = {
                    BASE: base,
                    ALONE: RoleClassifier().fit(read[rows], roles),
                    ON: RoleClassifier().fit(read[rows], roles, base=base),
                }
                for way, model in ways.items():
                    said[size][way, seed].append(model.predict(asked).astype(str))
        print(source, len(here), flush=True)
    return truth, said


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[5, 6, 7])
    args = parser.parse_args()
    truth, said = trials(read_labels(args.data), SIZES, args.seeds)
    for size in SIZES:
        roles = np.concatenate(truth[size])
        scores = {}
        for way in (BASE, ALONE, ON):
            rows = [np.concatenate(said[size][way, seed]) for seed in args.seeds]
            each = [resampled_confusion(roles, row).macro_f1() for row in rows]
            scores[way] = np.mean(each, axis=0)
        print(f"\n{size} new ads a source, {len(roles)} ads judged, {len(args.seeds)} seeds")
        for way, score in scores.items():
            gaps = [
                f"   against {other} {interval(score - scores[other], len(roles))}"
                for other in (BASE, ALONE)
            ]
            print(f"{way:16} {interval(score, len(roles))}{''.join(gaps)}")


if __name__ == "__main__":
    main()
