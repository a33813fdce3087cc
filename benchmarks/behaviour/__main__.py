"""Does a verdict stay where it must stay, and move where it must move?

    python -m benchmarks.behaviour [DATA] [--model MODEL] [-o docs/behaviour.md]

Ads are changed in ways whose effect is known beforehand, in the manner of CheckList (Ribeiro et
al., 2020, "Beyond accuracy: behavioral testing of NLP models with CheckList", ACL). The ads are
our sample and, where DATA (with `postings.parquet` and `labels.csv`) is given, real ones too. No
ad's true role is looked at.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.behaviour.ads import read_real, read_sample
from benchmarks.behaviour.changes import Ad
from benchmarks.behaviour.trials import DIRECTIONS, INVARIANCES, Outcome, run, sentences
from benchmarks.marked import markdown_table, write_between
from rolenlp import RoleClassifier
from rolenlp.metrics import Figure, bootstrap, proportion
from rolenlp.predict import default_model, load

GROUPS = {"Must stay": INVARIANCES, "Must move": DIRECTIONS}
TARGETS = {"Must stay": 0.03, "Must move": 0.02}  # the share of failures is to be less
MOST_NAMED = 12  # ads named for each test that fails


def total(outcomes: Sequence[Outcome]) -> Outcome:
    """The cases of several tests as one."""
    return Outcome(
        f"all {len(outcomes)} tests",
        tuple(case for outcome in outcomes for case in outcome.cases),
        tuple(failed for outcome in outcomes for failed in outcome.failed),
        tuple(shift for outcome in outcomes for shift in outcome.shift),
        tuple(sure for outcome in outcomes for sure in outcome.sure),
    )


def total_rate(outcome: Outcome) -> Figure:
    """The share of failures; the interval is by bootstrap over ads, for each has many cases."""
    _, ad = np.unique(outcome.cases, return_inverse=True)
    cases, failures = np.bincount(ad), np.bincount(ad, outcome.failed)
    return bootstrap(lambda i: float(failures[i].sum() / cases[i].sum()), len(cases))


def cells(outcome: Outcome, rate: Figure) -> list[str]:
    """Failures of cases, their rate, and the mean shift, for a table."""
    out = [
        f"{sum(outcome.failed)} of {len(outcome.cases):,}",
        f"{rate.value:.1%} [{rate.low:.1%}, {rate.high:.1%}]",
    ]
    return [*out, f"{np.mean(outcome.shift):.3f}"] if outcome.shift else out


def rows(columns: Sequence[Sequence[Outcome]]) -> Iterator[list[str]]:
    """A row a test, with the outcomes on each kind of ads side by side, and one of all tests."""
    for outcomes in zip(*columns, strict=True):
        shares = [proportion(sum(o.failed), len(o.cases)) for o in outcomes]
        both = zip(outcomes, shares, strict=True)
        yield [outcomes[0].name, *(cell for o, share in both for cell in cells(o, share))]
    every = [total(outcomes) for outcomes in columns]
    summed = (cell for outcome in every for cell in cells(outcome, total_rate(outcome)))
    yield [f"**{cell}**" for cell in (every[0].name, *summed)]


def sure_line(where: str, outcome: Outcome) -> str:
    """How many of the failures were on verdicts that nobody was asked to review."""
    bad = sum(f and s for f, s in zip(outcome.failed, outcome.sure, strict=True))
    return (
        f"On the {where} ads {sum(outcome.sure):,} of these cases had a verdict not marked for "
        f"review; {bad} of them fail."
    )


def failing(outcomes: Sequence[Outcome]) -> str:
    """The cases that fail, by test, the tests that fail most first."""
    lines = []
    for outcome in sorted(outcomes, key=lambda o: -sum(o.failed) / len(o.cases)):
        bad = [case for case, failed in zip(outcome.cases, outcome.failed, strict=True) if failed]
        if bad:
            named = [case if case.isdigit() else f'"{case}"' for case in bad[:MOST_NAMED]]
            more = f" and {len(bad) - MOST_NAMED} more" if len(bad) > MOST_NAMED else ""
            lines.append(f"- {outcome.name}: {', '.join(named)}{more}")
    return "\n".join(lines) or "None."


def summary(group: str, where: str, outcomes: Sequence[Outcome]) -> str:
    """Whether a group of tests meets its target on some ads, and which of its tests do not."""
    rate, target = total_rate(total(outcomes)), TARGETS[group]
    above = [
        f"{outcome.name} ({share:.1%})"
        for outcome in outcomes
        if (share := sum(outcome.failed) / len(outcome.cases)) >= target
    ]
    return (
        f"- **{group}, {where} ads: {rate.value:.1%} fail** [{rate.low:.1%}, {rate.high:.1%}]; the "
        f"target is under {target:.0%}. Tests that miss it: {', '.join(above) or 'none'}."
    )


def report(model: RoleClassifier, kinds: dict[str, list[Ad]]) -> str:
    """All tests as Markdown: a summary, a table a group, then what of our own writing fails."""
    plain = list(sentences(model))
    bad, n = sum(sum(outcome.failed) for outcome in plain), sum(len(o.cases) for o in plain)
    first, tables = [f"- **Plain sentences: {bad} of {n} fail.**"], []
    ours: list[Outcome] = []
    columns = ("failures", "rate [95% interval]", "mean shift")
    for group, trials in GROUPS.items():
        found = {w: [run(trial, ads, model) for trial in trials] for w, ads in kinds.items()}
        ours += found["sample"]
        first += [summary(group, where, outcomes) for where, outcomes in found.items()]
        head = [group, *(f"{where}: {column}" for where in kinds for column in columns)]
        tables.append(markdown_table(head, rows(list(found.values()))))
        tables.append("\n".join(sure_line(w, total(outcomes)) for w, outcomes in found.items()))
    tables.append(markdown_table(["Plain sentences", *columns[:2]], rows([plain])))
    return "\n\n".join(
        (
            "\n".join(first),
            *tables,
            "Ads of the sample that fail, by number, the worst test first:",
            failing(ours),
            "Sentences that fail:",
            failing(plain),
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--model", type=Path)
    parser.add_argument("-o", "--output", type=Path)
    args = parser.parse_args()
    model = load(args.model) if args.model else default_model()
    kinds = {"sample": read_sample()}
    if args.data:
        kinds["real"] = read_real(args.data)
    text = report(model, kinds)
    print(text)
    if args.output:
        write_between(args.output, "behaviour", text)


if __name__ == "__main__":
    main()
