"""Where the time goes between an ad's text and its verdict, by stage, under cProfile."""

from __future__ import annotations

import cProfile
import pstats
from pathlib import Path

from benchmarks.marked import markdown_table
from benchmarks.speed.data import read_ads
from rolenlp.predict import default_model, predict_many

# What is done, and the functions that do it: module, name. A function's time is all that it calls;
# one inside another's is taken off that.
STAGES = {
    "clean: HTML, Markdown, entities": [("clean", "clean")],
    "chunks not seen before: spaCy, or by rule": [("chunks", "read")],
    "chunks to lemmas": [("streams", "read")],
    "masks: names, negation, boilerplate": [("masks", "__call__")],
    "phrases": [("priors", "find")],
    "titles: parts and claims": [("titles", "parted"), ("titles", "__call__")],
    "n-grams, TF-IDF, densities": [("classifier", "_rows")],
    "classifiers and temperature": [("classifier", "_view"), ("themes", "log_odds")],
    "is it English": [("language", "is_english")],
    "evidence: places and quotes": [("evidence", "strongest"), ("evidence", "evidence")],
}
INSIDE = {"chunks not seen before: spaCy, or by rule": "chunks to lemmas"}


def profile_section(data: Path, rows: int) -> str:
    """The share of each stage, of verdicts with evidence; the words of other ads are known."""
    ads = read_ads(data)
    rows = min(rows, len(ads) // 2)
    model = default_model()
    list(predict_many(_postings(ads[:rows]), model=model))
    profile = cProfile.Profile()
    postings = _postings(ads[rows : 2 * rows])
    profile.enable()
    verdicts = list(predict_many(postings, model=model))
    profile.disable()
    stats = pstats.Stats(profile)
    total = stats.total_tt  # type: ignore[attr-defined]
    took = _stages(stats)
    took["the rest"] = total - sum(took.values())
    table = markdown_table(
        ["stage", "milliseconds for 1,000 ads", "share"],
        [
            [name, f"{seconds / len(verdicts) * 1e6:,.0f}", f"{seconds / total:.0%}"]
            for name, seconds in took.items()
        ],
    )
    return (
        f"{table}\n\n{len(verdicts):,} ads with titles, with evidence, after as many others. The "
        "profiler slows Python's own code, so the shares count, not the sums."
    )


def _postings(ads: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"title": title, "text": text} for title, text in ads]


def _stages(stats: pstats.Stats) -> dict[str, float]:
    """Seconds of each stage; one whose functions are gone is left out, and so in the rest."""
    cumulative: dict[tuple[str, str], float] = {}
    for (file, _, name), (_, _, _, seconds, _) in stats.stats.items():  # type: ignore[attr-defined]
        if "rolenlp" in Path(file).parts:
            key = (Path(file).stem, name)
            cumulative[key] = cumulative.get(key, 0.0) + seconds
    took = {
        stage: sum(cumulative.get(function, 0.0) for function in functions)
        for stage, functions in STAGES.items()
        if any(function in cumulative for function in functions)
    }
    for inner, outer in INSIDE.items():
        if inner in took and outer in took:
            took[outer] -= took[inner]
    return took
