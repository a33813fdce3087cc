"""How right are the verdicts on sources that training never saw? Ours beside simpler ways.

    python benchmarks/quality.py DATA [-o docs/quality.md]

Each source of `gold.csv` is judged by fits on `labels.csv` without that source. Two views: title
and text; duties only (no title, role names hidden in the text). Macro-F1 is over product,
project and other; intervals are 95%, by bootstrap over ads.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from data import Ads, read_gold, read_labels
from rolenlp import Posting, RoleClassifier
from rolenlp.labelled import roles_from_titles
from rolenlp.metrics import Figure, bootstrap, calibration_error, coverage, kappa, macro_f1

VIEWS = ("title + text", "duties only")


@dataclass(frozen=True)
class Judged:
    """Verdicts on ads, with a confidence where the contender gives one."""

    roles: np.ndarray
    confidence: np.ndarray | None = None


# A contender is fitted on ads, as they are and as duties only, and then judges either view.
Judge = Callable[[Ads, str], Judged]
Contender = Callable[[Ads, Ads], Judge]


def title_rule(train: Ads, duties: Ads) -> Judge:
    """What the title names; ambiguous titles are `other`."""
    return lambda test, view: Judged(np.array(roles_from_titles(list(test.titles)), object))


def _regression(vectorizer: TfidfVectorizer, model: LogisticRegression) -> Contender:
    """A pipeline that is fitted on the view that it judges, title and text joined."""

    def fit(train: Ads, duties: Ads) -> Judge:
        fitted = {}
        for view, ads in zip(VIEWS, (train, duties), strict=True):
            words = clone(vectorizer)
            fitted[view] = words, clone(model).fit(words.fit_transform(_joined(ads)), ads.roles)

        def judge(test: Ads, view: str) -> Judged:
            words, regression = fitted[view]
            probabilities = regression.predict_proba(words.transform(_joined(test)))
            return Judged(regression.classes_[probabilities.argmax(1)], probabilities.max(1))

        return judge

    return fit


def phrases_alone(train: Ads, duties: Ads) -> Judge:
    """rolenlp without a single labelled ad."""
    model = RoleClassifier().fit([], [])
    return lambda test, view: _judge(model, test)


def ours(train: Ads, duties: Ads) -> Judge:
    """rolenlp, fitted once on titles and texts; it judges the view that it is given."""
    weight = np.where(train.sure.astype(bool), 1.0, 0.5)
    model = RoleClassifier().fit(
        _postings(train), list(train.roles), sources=list(train.sources), sample_weight=weight
    )
    return lambda test, view: _judge(model, test)


CONTENDERS: dict[str, Contender] = {
    "title rule": title_rule,
    "TF-IDF + logistic regression, defaults": _regression(
        TfidfVectorizer(), LogisticRegression(max_iter=1000)
    ),
    "TF-IDF 1-2-grams, C=10, balanced": _regression(
        TfidfVectorizer(ngram_range=(1, 2), min_df=3, sublinear_tf=True),
        LogisticRegression(C=10, class_weight="balanced", max_iter=1000),
    ),
    "rolenlp, no labels (phrases alone)": phrases_alone,
    "rolenlp": ours,
}


def _joined(ads: Ads) -> list[str]:
    return [f"{title}\n{text}" for title, text in zip(ads.titles, ads.texts, strict=True)]


def _postings(ads: Ads) -> list[Posting]:
    return [Posting(text, title) for title, text in zip(ads.titles, ads.texts, strict=True)]


def _judge(model: RoleClassifier, ads: Ads) -> Judged:
    probabilities = model.predict_proba(_postings(ads))
    return Judged(model.classes_[probabilities.argmax(1)], probabilities.max(1))


def judge_by_source(contender: Contender, labels: Ads, gold: Ads) -> dict[str, Judged]:
    """Verdicts on all gold ads by view, each from a fit that has not seen the ad's source."""
    out = {view: (np.empty(len(gold), object), np.full(len(gold), np.nan)) for view in VIEWS}
    duties = labels.duties_only()
    tests = dict(zip(VIEWS, (gold, gold.duties_only()), strict=True))
    for source in sorted(set(gold.sources)):
        rows, seen = gold.sources == source, labels.sources != source
        judge = contender(labels.where(seen), duties.where(seen))
        for view, test in tests.items():
            judged = judge(test.where(rows), view)
            out[view][0][rows] = judged.roles
            if judged.confidence is not None:
                out[view][1][rows] = judged.confidence
    return {
        view: Judged(roles, None if np.isnan(conf).any() else conf)
        for view, (roles, conf) in out.items()
    }


def figures(gold: Ads, judged: Judged) -> dict[str, Figure]:
    """The figures of one contender in one view."""
    truth, verdict = gold.roles.astype(str), judged.roles.astype(str)
    n, right = len(gold), truth == verdict
    sure = gold.sure.astype(bool)
    core = np.isin(truth, ("product", "project"))
    measures = {
        "macro-F1": lambda i: macro_f1(truth[i], verdict[i]),
        "macro-F1, sure ads": lambda i: macro_f1(truth[i][sure[i]], verdict[i][sure[i]]),
        "kappa": lambda i: kappa(truth[i], verdict[i]),
        "product or project": lambda i: _sides(truth[i][core[i]], verdict[i][core[i]]),
    }
    if judged.confidence is not None:
        confidence = judged.confidence
        measures["ECE"] = lambda i: calibration_error(confidence[i], right[i])
        measures["coverage at 95%"] = lambda i: coverage(confidence[i], right[i], 0.95)
    return {name: bootstrap(measure, n) for name, measure in measures.items()}


def _sides(truth: np.ndarray, verdict: np.ndarray) -> float:
    """Of product and project ads given either role, the share on the right side."""
    sided = np.isin(verdict, ("product", "project"))
    return float(np.mean(truth[sided] == verdict[sided])) if sided.any() else 0.0


def table(results: dict[str, dict[str, Figure]]) -> str:
    """Figures by contender as a Markdown table."""
    names = list(dict.fromkeys(name for figures in results.values() for name in figures))
    lines = ["| | " + " | ".join(names) + " |", "| --- |" + " --- |" * len(names)]
    for contender, row in results.items():
        cells = [str(row[name]) if name in row else "-" for name in names]
        lines.append(f"| {contender} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--only", help="contenders whose name contains this")
    args = parser.parse_args()
    labels, gold = read_labels(args.data), read_gold(args.data)
    results: dict[str, dict[str, dict[str, Figure]]] = {view: {} for view in VIEWS}
    for name, contender in CONTENDERS.items():
        if args.only and args.only not in name:
            continue
        for view, judged in judge_by_source(contender, labels, gold).items():
            if name == "title rule" and view == "duties only":
                continue
            results[view][name] = figures(gold, judged)
            print(view, name, results[view][name]["macro-F1"], flush=True)
    parts = [
        "# Quality",
        f"{len(gold)} ads labelled twice, each judged by fits on {len(labels):,} labelled ads "
        "without its source. Made by `benchmarks/quality.py`.",
    ]
    for view, rows in results.items():
        parts += [f"## {view[0].upper()}{view[1:]}", table(rows)]
    text = "\n\n".join(parts) + "\n"
    print(text)
    if args.output:
        args.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
