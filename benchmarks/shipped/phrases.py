"""What is each phrase of `rolenlp/reading/priors.toml` worth, and what are they worth together?

    python -m benchmarks.shipped.phrases DATA [-o docs/phrases.md]

Judged on `labels.csv` by duties alone: no title, role names hidden in the text. Ads drawn as they
come were taken by their titles, not because they are hard. The phrases were chosen and weighed on
these ads, so what they do elsewhere is for `benchmarks/quality` to say.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.data import Ads, read_labels, read_themes
from rolenlp import Posting, RoleClassifier
from rolenlp.metrics import JUDGED, interval, resampled_confusion
from rolenlp.predict import default_model
from rolenlp.reading.priors import Hits
from rolenlp.schema import POLES, THEMES, Prediction
from rolenlp.verdicts.judge import judge

FEWEST = 5  # ads of a role in a source, for the role to be judged there
BATCH = 256
DRAWN = "drawn as they come"


def verdicts(model: RoleClassifier, ads: Ads) -> list[Prediction]:
    """The verdict on every ad."""
    postings = [Posting(text) for text in ads.texts]
    starts = range(0, len(postings), BATCH)
    return [verdict for i in starts for verdict in judge(model, postings[i : i + BATCH])]


def role_table(ads: Ads, judged: np.ndarray) -> Iterator[str]:
    """Macro-F1 of the verdicts by phrases alone: ads drawn as they come, all, each source."""
    truth, sources, drawn = ads.roles.astype(str), ads.sources.astype(str), ads.as_they_come
    groups = {DRAWN: drawn, "all": np.ones(len(ads), bool)}
    groups |= {f"{DRAWN}, {s}": drawn & (sources == s) for s in sorted(set(sources))}
    yield "| ads | n | roles | macro-F1 |"
    yield "| --- | --- | --- | --- |"
    for name, chosen in groups.items():
        a, b = truth[chosen], judged[chosen]
        roles = [role for role in JUDGED if np.sum(a == role) >= FEWEST]
        if roles:
            figure = interval(resampled_confusion(a, b).macro_f1(roles), len(a))
            yield f"| {name} | {len(a):,} | {', '.join(roles)} | {figure} |"


def theme_table(counts: np.ndarray, stated: np.ndarray, drawn: np.ndarray) -> Iterator[str]:
    """How far a theme with phrases is a theme that annotators found."""
    yield f"| theme | precision | recall | F1, {DRAWN} | F1, all |"
    yield "| --- | --- | --- | --- | --- |"

    def f1_of(themes: Sequence[int], rows: np.ndarray) -> str:
        truth, found = stated[rows].astype(str), (counts[rows] > 0).astype(str)
        cells = [resampled_confusion(truth[:, t], found[:, t]) for t in themes]
        return str(interval(np.mean([each.f1("True") for each in cells], axis=0), len(rows)))

    one, every = np.flatnonzero(drawn), np.arange(len(drawn))
    for number, theme in enumerate(THEMES):
        both = (counts[one, number] > 0) & stated[one, number]
        yield (
            f"| {theme} | {both.sum() / (counts[one, number] > 0).sum():.3f} "
            f"| {both.sum() / stated[one, number].sum():.3f} "
            f"| {f1_of([number], one)} | {f1_of([number], every)} |"
        )
    themes = range(len(THEMES))
    yield f"| mean | | | {f1_of(themes, one)} | {f1_of(themes, every)} |"


def holders(hits: Hits, n_phrases: int) -> list[np.ndarray]:
    """For every phrase, the ads that hold it."""
    return [np.unique(hits.text[hits.phrase == number]) for number in range(n_phrases)]


def phrase_table(model: RoleClassifier, hits: Hits, ads: Ads, stated: np.ndarray) -> Iterator[str]:
    """A row a phrase; its effects are towards its own pole.

    Trained is the model that ships, whose phrases may be older.
    """
    roles = ads.roles.astype(str)
    priors = model.reader_.priors
    shipped = default_model()
    trained = {
        (phrase.theme, phrase.text): effect
        for phrase, effect in zip(
            shipped.reader_.priors.phrases, shipped.phrase_effects_.tolist(), strict=True
        )
    }
    heads = "theme, phrase, weight, ads, of its pole, state its theme, conflicts, alone, trained"
    yield f"| {heads.replace(', ', ' | ')} |"
    yield "| --- " * 9 + "|"
    for number, held in enumerate(holders(hits, len(priors.phrases))):
        phrase = priors.phrases[number]
        pole = POLES[phrase.theme]
        other, pull = ("project", 1) if pole == "product" else ("product", -1)
        effect = trained.get((phrase.theme, phrase.text))
        cells = [phrase.theme, f"`{phrase.text}`".replace("|", "\\|"), f"{phrase.weight:g}"]
        cells += [f"{len(held):,}"]
        if len(held):
            cells += [
                f"{np.isin(roles[held], (pole, 'hybrid')).mean():.0%}",
                f"{stated[held, THEMES.index(phrase.theme)].mean():.0%}",
                f"{np.sum(roles[held] == other)}",
            ]
        else:
            cells += ["-"] * 3
        cells += [
            f"{pull * model.phrase_effects_[number]:.1f}",
            "-" if effect is None else f"{pull * effect:.1f}",
        ]
        yield "| " + " | ".join(cells) + " |"


def neighbour_table(model: RoleClassifier, hits: Hits, ads: Ads) -> Iterator[str]:
    """A row a phrase of neighbouring jobs."""
    roles = ads.roles.astype(str)
    neighbours = model.reader_.priors.neighbours
    yield "| phrase | weight | ads | `other` |"
    yield "| --- | --- | --- | --- |"
    for phrase, held in zip(neighbours, holders(hits, len(neighbours)), strict=True):
        text = phrase.text.replace("|", "\\|")
        other = f"{np.mean(roles[held] == 'other'):.0%}" if len(held) else "-"
        yield f"| `{text}` | {phrase.weight:g} | {len(held):,} | {other} |"


def report(data: Path) -> str:
    """The whole report as Markdown."""
    ads = read_labels(data).duties_only()
    stated, _ = read_themes(data)
    model = RoleClassifier().fit([], [])
    found = verdicts(model, ads)
    judged = np.array([verdict.role or "other" for verdict in found])
    counts = np.array([[verdict.themes.get(theme, 0) for theme in THEMES] for verdict in found])
    reading = model.reader_.read([Posting(text) for text in ads.texts])
    parts: list[str | Iterator[str]] = [
        "# Phrases",
        f"The phrases of `rolenlp/reading/priors.toml` on {len(ads):,} labelled ads, by duties "
        "alone: no title, role names hidden. They were chosen and weighed on these ads, so the "
        "figures say how well they fit, not how well they will do on others. Made by "
        "`benchmarks/shipped/phrases.py`.",
        "## The verdict by phrases alone",
        f"`RoleClassifier().fit([], [])`: no ad was learnt from. Roles with {FEWEST} ads or more.",
        role_table(ads, judged),
        "## Themes",
        "A theme is found where `--themes` counts a phrase of it. Precision and recall "
        f"on ads {DRAWN}.",
        theme_table(counts, stated, ads.as_they_come),
        "## Each phrase",
        "*Of its pole*: ads whose role is the pole's, or hybrid. *Conflicts*: ads of the other "
        "pole. *Alone* and *trained*: how far a phrase of density 1 moves the log-odds of product "
        "against project towards its own pole, in the model without labels and in the one that "
        "ships.",
        phrase_table(model, reading.hits, ads, stated),
        "## Neighbours",
        neighbour_table(model, reading.neighbours, ads),
    ]
    return "\n\n".join(p if isinstance(p, str) else "\n".join(p) for p in parts) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path)
    args = parser.parse_args()
    text = report(args.data)
    if args.output:
        args.output.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
