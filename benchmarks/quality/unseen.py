"""Is rolenlp better than what it was, and than its nearest peer, on sources that no fit has seen?

    python -m benchmarks.quality.unseen DATA [--before CHECKOUT] [-o docs/quality.md]

Each group of sources (`benchmarks.data.GROUPS`) is judged by fits on the labelled ads of the other
groups: the ads of `gold.csv`, and those of `labels.csv` that were drawn as they come. CHECKOUT is
an older version of this project; its learner is fitted anew on the same labels, by its own code in
a process of its own. Figures carry 95% intervals, by bootstrap over the ads.
"""

from __future__ import annotations

import argparse
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.data import GROUPS, Ads, families, group_of, read_gold, read_labels
from benchmarks.quality import ours, peers
from benchmarks.quality.measures import conflicts, difference, kept, named, right
from benchmarks.quality.page import fill
from benchmarks.quality.views import DUTIES, TITLED, VIEWS, weights
from rolenlp.metrics import JUDGED, bootstrap, calibration_error, interval, resampled_confusion

SPOKEN = (TITLED, DUTIES)
OURS, BEFORE = "rolenlp", "rolenlp before"
PEER = "TF-IDF 1-2-grams, C=10, balanced"
ALONE = "phrases alone, no labels"
# Fits the learner of the checkout that it runs in, on the ads of the other groups.
CHILD = """
import pickle, sys
import numpy as np
from rolenlp import Posting, RoleClassifier
given = pickle.load(open(sys.argv[1], "rb"))
out = {view: np.zeros((len(ads), 4)) for view, ads in given["asked"].items()}
for number in range(given["groups"]):
    rows = np.flatnonzero(given["group"] != number)
    part = {k: [v[i] for i in rows] for k, v in given["told"].items()}
    ads = [Posting(*given["ads"][i]) for i in rows]
    model = RoleClassifier().fit(ads, [given["roles"][i] for i in rows], **part)
    for view, asked in given["asked"].items():
        test = np.flatnonzero(given["asked_group"] == number)
        out[view][test] = model.predict_proba([Posting(*asked[i]) for i in test])
pickle.dump(out, open(sys.argv[2], "wb"))
"""

By = dict[str, np.ndarray]  # probabilities by view


def before(labels: Ads, asked: dict[str, Ads], checkout: Path) -> By:
    """The probabilities that an older version gives."""
    given = {
        "ads": list(zip(labels.texts, labels.titles, strict=True)),
        "roles": [str(role) for role in labels.roles],
        "group": group_of(labels.sources),
        "groups": len(GROUPS),
        "told": {
            "sources": families(labels.sources),
            "sample_weight": weights(labels, "duties").tolist(),
            "calibration_weight": labels.as_they_come.astype(float).tolist(),
        },
        "asked": {view: list(zip(a.texts, a.titles, strict=True)) for view, a in asked.items()},
        "asked_group": group_of(next(iter(asked.values())).sources),
    }
    with TemporaryDirectory() as directory:
        put, got = (str(Path(directory) / name) for name in ("put", "got"))
        Path(put).write_bytes(pickle.dumps(given))
        environment = {**os.environ, "PYTHONPATH": str(checkout)}
        command = [sys.executable, "-c", CHILD, put, got]
        subprocess.run(command, env=environment, cwd=checkout, check=True)
        out: By = pickle.loads(Path(got).read_bytes())
    return out


def peer(labels: Ads, asked: dict[str, Ads]) -> By:
    """The probabilities that the peer gives, shown what it is asked about."""
    known = {"duties": peers.Labels(labels.roles, weights(labels, "duties"))}
    out = {}
    for view, ads in asked.items():
        tables = [VIEWS[view](labels).plain(), ads.plain()]
        titles, texts = (
            [*tables[0].titles, *tables[1].titles],
            [*tables[0].texts, *tables[1].texts],
        )
        groups = np.concatenate([group_of(table.sources) for table in tables])
        out[view] = peers.held_out(PEER, titles, texts, known, groups)["duties"]
    return out


def join(*tables: Ads) -> Ads:
    """Tables one after another."""
    names = Ads.__dataclass_fields__
    return Ads(*(np.concatenate([getattr(table, name) for table in tables]) for name in names))


def macro_f1(ads: Ads, probabilities: np.ndarray, rows: np.ndarray) -> str:
    """Over product, project and other."""
    rows = rows & np.isin(ads.roles.astype(str), JUDGED)
    cells = resampled_confusion(ads.roles[rows].astype(str), named(probabilities)[rows])
    return str(interval(cells.macro_f1(), int(rows.sum())))


def report(
    name: str, ads: Ads, rows: np.ndarray, given: dict[str, By], judged: ours.Judged
) -> Iterator[str]:
    """What all contenders make of some of the ads."""
    some, sure = ads.where(rows), ads.sure.astype(bool)
    yield f"### {int(rows.sum()):,} ads {name}\n"
    yield "| contender | view | macro-F1 | of sure ads | rolenlp is better by |"
    yield "| --- | --- | --- | --- | --- |"
    for contender, by_view in given.items():
        for view in SPOKEN:
            gap = difference(some, given[OURS][view][rows], by_view[view][rows])
            cells = [macro_f1(ads, by_view[view], rows), macro_f1(ads, by_view[view], rows & sure)]
            by = "-" if contender == OURS else str(gap)
            yield f"| {contender} | {view} | {' | '.join(cells)} | {by} |"
    yield "\n| view | not for review | of these right | calibration error | F1 of hybrid |"
    yield "| --- | --- | --- | --- | --- |"
    part = judged.where(rows)
    for view in SPOKEN:
        p, truth = part.probabilities[view], some.roles.astype(str)
        ok, confidence = right(some, p), p.max(axis=1)
        error = bootstrap(lambda i, c=confidence, o=ok: calibration_error(c[i], o[i]), len(ok))
        said, true = named(p) == "hybrid", truth == "hybrid"
        f1 = bootstrap(lambda i, a=true, b=said: _f1(a[i], b[i]), len(ok))
        least, precise = kept(some, part.verdicts[view])
        yield f"| {view} | {least} | {precise} | {error} | {f1} |"
    precision, recall = conflicts(some, part.verdicts[TITLED])
    yield f"\n`conflict`: precision {precision}, recall {recall}.\n"


def _f1(true: np.ndarray, said: np.ndarray) -> float:
    return float(2 * (true & said).sum() / max(1, true.sum() + said.sum()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--before", type=Path, metavar="CHECKOUT")
    parser.add_argument("-o", "--output", type=Path, help="the page to fill")
    args = parser.parse_args()
    labels, gold = read_labels(args.data), read_gold(args.data)
    drawn = labels.where(labels.as_they_come)
    ads = join(gold, drawn)
    asked = {view: VIEWS[view](ads) for view in SPOKEN}
    (judged,) = ours.held_out(labels, [ads], "duties")
    contenders: dict[str, Callable[[], By]] = {
        PEER: lambda: peer(labels, asked),
        ALONE: lambda: ours.phrases_alone(ads),
    }
    if args.before:
        contenders[BEFORE] = lambda: before(labels, asked, args.before)
    given = {OURS: judged.probabilities, **{name: make() for name, make in contenders.items()}}
    first = np.arange(len(ads)) < len(gold)
    parts = [
        *report("drawn as they come", ads, ~first, given, judged),
        *report("labelled twice", ads, first, given, judged),
    ]
    text = "\n".join(parts)
    print(text)
    if args.output:
        args.output.write_text(fill(args.output.read_text("utf-8"), {"unseen": text}), "utf-8")


if __name__ == "__main__":
    main()
