"""How right are the verdicts on sources that training never saw? rolenlp beside other ways.

    python -m benchmarks.quality DATA -o docs/peers.md

Writes those figures that the page has marks for. Without a page all tables are printed; `--only`
and `--quick` measure less.
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from collections.abc import Mapping
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import numpy as np
from joblib import Memory

from benchmarks.data import Ads, group_of, read_gold, read_gold_themes, read_labels
from benchmarks.quality import boards, measures, ours, parts, peers
from benchmarks.quality.contest import OURS, PHRASES, TITLE_RULE, UNTRAINED, Contest
from benchmarks.quality.curve import curve
from benchmarks.quality.page import fill
from benchmarks.quality.views import (
    DUTIES,
    LEARNED,
    ROLES,
    TITLED,
    VIEWS,
    from_title,
    learned_roles,
    weights,
)

MEASURED = "rolenlp numpy scikit-learn spacy fasttext sentence-transformers".split()


def say(*words: object) -> None:
    """Progress, on stderr."""
    print(f"{time.process_time() / 60:5.1f} min", *words, file=sys.stderr, flush=True)


def title_rule(gold: Ads) -> dict[str, np.ndarray]:
    """Certain of what the title says, in the views that show it."""
    named = np.array([[float(role == name) for name in ROLES] for role in from_title(gold)])
    return {view: named for view in VIEWS if view != DUTIES}


def remembered(cache: Path | None) -> Memory:
    """Results in a directory, as long as the peers are what they were; in none without one."""
    code = sha256(Path(peers.__file__).read_bytes()).hexdigest()[:12]
    return Memory(cache / code if cache else None, verbose=0)


def peer_by_view(
    name: str, labels: Ads, gold: Ads, memory: Memory
) -> dict[str, dict[str, np.ndarray]]:
    """A peer's probabilities by what it learned from and by view."""
    judge = memory.cache(peers.held_out)
    known = {
        learned: peers.Labels(learned_roles(labels, learned), weights(labels, learned))
        for learned in LEARNED
    }
    groups = group_of(np.concatenate((labels.sources, gold.sources)))
    out: dict[str, dict[str, np.ndarray]] = {learned: {} for learned in LEARNED}
    for view, shown in VIEWS.items():
        ads = [shown(table.plain()) for table in (labels, gold)]
        titles, texts = ([*ads[0].titles, *ads[1].titles], [*ads[0].texts, *ads[1].texts])
        for learned, probabilities in judge(name, titles, texts, known, groups).items():
            out[learned][view] = probabilities
    return out


def compete(labels: Ads, gold: Ads, args: argparse.Namespace) -> tuple[Contest, list[ours.Judged]]:
    """All contenders asked for, and what rolenlp made of the gold and of the labelled ads."""

    def wanted(name: str) -> bool:
        return not args.only or args.only.lower() in name.lower()

    contest, judged = Contest(gold), []
    if wanted(TITLE_RULE):
        contest.add(TITLE_RULE, UNTRAINED, title_rule(gold))
    for name, peer in peers.PEERS.items():
        if args.quick or not wanted(name):
            continue
        if not peer.installed:
            contest.missing[name] = peer.needs
            continue
        by_learned = peer_by_view(name, labels, gold, remembered(args.cache))
        for learned, by_view in by_learned.items():
            contest.add(name, learned, by_view)
        say(name)
    if wanted(PHRASES):
        contest.add(PHRASES, UNTRAINED, ours.phrases_alone(gold))
    if wanted(OURS):
        for learned in LEARNED:
            tables = [gold, labels] if learned == "duties" else [gold]
            judged = ours.held_out(labels, tables, learned)
            contest.add(OURS, learned, judged[0].probabilities)
            say(OURS, "trained on", learned)
    return contest, judged


def of_contest(contest: Contest) -> dict[str, str]:
    """The parts that compare contenders."""
    names = {TITLED: "titled", DUTIES: "duties", "title only": "titles"}
    out = {f"contest-{names[view]}": contest.table(view) for view in VIEWS}
    if any(name == OURS for name, _ in contest.rows()):
        out |= {"short": contest.short(), "differences": contest.differences()}
    return out


def of_ours(data: Path, sets: Mapping[str, ours.Judged], on_labels: ours.Judged) -> dict[str, str]:
    """The parts on rolenlp alone; the first of the sets is the gold ads."""
    on_gold = next(iter(sets.values()))
    labels, outside = on_labels.ads, on_labels.probabilities
    inside = boards.from_within(labels)
    say("within one source")
    seen = measures.themes(*read_gold_themes(data), on_gold.verdicts[TITLED])
    rows = boards.by_board(labels, outside, labels.as_they_come)
    return {
        "trust": parts.trust(sets),
        "review": parts.review(sets),
        "conflict": parts.conflict(sets),
        "themes": parts.themes(*seen),
        "mistakes": parts.mistakes(on_gold),
        "kinds": parts.kinds(on_gold),
        "boards": parts.boards(rows),
        "within": parts.within(boards.within(labels, outside, inside)),
    }


def run(labels: Ads, gold: Ads) -> str:
    """What the figures were made with and from."""
    installed = [f"{name} {version(name)}" for name in MEASURED if _is_installed(name)]
    return (
        f"{len(gold)} gold ads, {len(labels):,} labelled ads; Python "
        f"{platform.python_version()}, {', '.join(installed)}; "
        f"this run took {time.process_time() / 60:.0f} minutes of one core."
    )


def _is_installed(name: str) -> bool:
    try:
        return bool(version(name))
    except ImportError:
        return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, help="the page to fill")
    parser.add_argument("--only", metavar="NAME", help="contenders whose name contains this")
    parser.add_argument("--quick", action="store_true", help="no peers, no learning curve")
    parser.add_argument(
        "--cache", type=Path, help="directory for the peers' verdicts: rolenlp does not change them"
    )
    args = parser.parse_args()
    less = args.only or args.quick
    if less and args.output:
        parser.error("--only and --quick measure less than the page shows: leave out -o")
    page = args.output.read_text("utf-8") if args.output else ""
    labels, gold = read_labels(args.data), read_gold(args.data)
    contest, judged = compete(labels, gold, args)
    made = of_contest(contest)
    if not args.only:
        on_gold, on_labels = judged
        drawn = on_labels.where(labels.as_they_come)
        sets = {
            f"{len(gold)} ads labelled twice": on_gold,
            f"{len(drawn.ads):,} ads drawn as they come": drawn,
        }
        made |= of_ours(args.data, sets, on_labels)
    if not less:
        made["learning"] = parts.learning(curve(labels, gold))
        say("learning curve")
    if args.output:
        made["run"] = run(labels, gold)
        args.output.write_text(fill(page, made), "utf-8")
    else:
        print("\n\n".join(f"## {name}\n\n{part}" for name, part in made.items()))


if __name__ == "__main__":
    main()
