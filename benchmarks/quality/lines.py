"""How well do phrases and quotes fit single lines, each read by itself for the duty it states?

    python -m benchmarks.quality.lines DATA [--priors FILE] [--model MODEL] [--half report]

DATA holds `lines.csv` beside `postings.parquet` and `labels.csv`. A line's code is P2 or P1 for a
product duty, J2 or J1 for a project duty (2 plain, 1 leaning), B for both, O for other work, R for
a requirement, N for none of these; a `q` behind it marks a requirement. Phrases were weighed on the
ads of one half, `choose`; the other, `report`, is for judging. An ad is in one half with all its
lines.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
import pandas as pd

from benchmarks.marked import markdown_table
from rolenlp import Posting, RoleClassifier
from rolenlp.metrics import Figure, proportion
from rolenlp.model.features import THEME_FACTOR
from rolenlp.predict import load
from rolenlp.reading.lexicon import Lexicon
from rolenlp.reading.masks import Masks, mask_words
from rolenlp.reading.pipeline import english_lemmas
from rolenlp.reading.priors import PriorFinder, Priors
from rolenlp.reading.streams import Streamer
from rolenlp.schema import POLES, THEMES
from rolenlp.text.clean import clean
from rolenlp.verdicts.judge import judge

HALVES = ("choose", "report")
LETTERS = {"product": "P", "project": "J"}
OF_THEMES = dict(zip("rscuvx", THEMES, strict=True))  # letters of lines.csv
SHORTEST = 20  # characters between hidden role names by which a line is found in its ad


@dataclass(frozen=True)
class Lines:
    """Lines as arrays: the ad, the text, the code, and the themes, shape (n, 6)."""

    ads: np.ndarray
    texts: np.ndarray
    codes: np.ndarray
    themes: np.ndarray

    def __len__(self) -> int:
        return len(self.codes)

    def of_pole(self, pole: str) -> np.ndarray:
        """Which state something of the pole, duty or requirement."""
        return np.char.startswith(self.codes, LETTERS[pole]) | np.char.startswith(self.codes, "B")

    @property
    def required(self) -> np.ndarray:
        """Which state a requirement."""
        return np.char.endswith(self.codes, "q") | (self.codes == "R")


def read_lines(data: Path, half: str) -> Lines:
    """The lines of one half of the ads, or of all."""
    rows = pd.read_csv(data / "lines.csv", dtype=str).fillna("")
    if half in HALVES:
        rows = rows[[HALVES[crc32(ad.encode()) % 2] == half for ad in rows.posting_id]]
    themes = [[letter in cell for letter in OF_THEMES] for cell in rows.themes]
    columns = (rows[name].to_numpy(str) for name in ("posting_id", "text", "code"))
    return Lines(*columns, np.array(themes))


@dataclass(frozen=True)
class Use:
    """One phrase on lines: how many hold it, and how many of these are of its pole and theme."""

    text: str
    theme: str  # "" for a neighbour's
    weight: float
    n: int
    of_pole: int
    of_theme: int
    other: int  # duties of other work


def phrase_hits(priors: Priors, lines: Lines) -> list[tuple[np.ndarray, np.ndarray]]:
    """For the phrases, then the neighbours: numbers of phrases and of lines, each pair once."""
    lexicon = Lexicon([*priors.words(), *mask_words()])
    stream, _ = Streamer(english_lemmas(), lexicon).read([clean(t).text for t in lines.texts])
    masked, _ = Masks(priors.names, {}, lexicon)(stream)
    found = PriorFinder(priors, lexicon).find(masked)
    pairs = [np.unique(np.column_stack((h.phrase, h.text)), axis=0) for h in found]
    return [(pair[:, 0], pair[:, 1]) for pair in pairs]


def uses(priors: Priors, lines: Lines) -> Iterator[Use]:
    """Each phrase and each neighbour on the lines."""
    themed, neighbours = phrase_hits(priors, lines)
    other = lines.codes == "O"
    for number, phrase in enumerate(priors.phrases):
        held = themed[1][themed[0] == number]
        of_pole = lines.of_pole(POLES[phrase.theme])[held]
        of_theme = lines.themes[held, THEMES.index(phrase.theme)] & of_pole
        counts = (len(held), int(of_pole.sum()), int(of_theme.sum()), int(other[held].sum()))
        yield Use(phrase.text, phrase.theme, phrase.weight, *counts)
    neither = ~lines.of_pole("product") & ~lines.of_pole("project")
    for number, phrase in enumerate(priors.neighbours):
        held = neighbours[1][neighbours[0] == number]
        n, right = len(held), int(neither[held].sum())
        yield Use(phrase.text, "", phrase.weight, n, right, right, int(other[held].sum()))


def phrase_table(priors: Priors, lines: Lines) -> str:
    """A row a phrase that any line holds, the worst first within its theme."""
    head = ["phrase", "theme", "weight", "lines", "of its pole", "of its theme"]
    held = [use for use in uses(priors, lines) if use.n]
    held.sort(key=lambda use: (use.theme, use.of_pole / use.n))
    rows = [
        [
            f"`{use.text}`".replace("|", "\\|"),
            use.theme or "(neighbours)",
            f"{use.weight:g}",
            f"{use.n}",
            f"{proportion(use.of_pole, use.n)}",
            f"{proportion(use.of_theme, use.n)}",
        ]
        for use in held
    ]
    return markdown_table(head, rows)


def _share(rows: np.ndarray) -> Figure | str:
    return proportion(int(rows.sum()), len(rows)) if len(rows) else "-"


def weight_table(priors: Priors, lines: Lines) -> str:
    """Of all mentions, by weight: how many stand in a line of the pole."""
    number, line = phrase_hits(priors, lines)[0]
    weights = np.array([phrase.weight * THEME_FACTOR[phrase.theme] for phrase in priors.phrases])
    poles = np.array([POLES[phrase.theme] for phrase in priors.phrases])
    right = np.where(
        poles[number] == "product",
        lines.of_pole("product")[line],
        lines.of_pole("project")[line],
    )
    rows, weight = [], weights[number]
    for low, high in ((0, 0.5), (0.5, 1), (1, 2), (2, 4), (4, 10)):
        chosen = (weight > low) & (weight <= high)
        rows.append([f"{low:g} to {high:g}", f"{chosen.sum()}", f"{_share(right[chosen])}"])
    rows.append(["all", f"{len(line)}", f"{_share(right)}"])
    rows.append(["all, by weight", "", f"{np.average(right, weights=weight):.3f}"])
    return markdown_table(["weight and factor", "mentions", "in a line of the pole"], rows)


def _places(lines: Lines, texts: dict[str, str]) -> list[tuple[int, int] | None]:
    """Where each line stands in its ad's clean text: the longest piece between hidden names."""
    found: list[tuple[int, int] | None] = []
    for ad, line in zip(lines.ads, lines.texts, strict=True):
        piece = max(re.split(r"\s*\[ROLE\]\s*", line, flags=re.IGNORECASE), key=len).split()
        pattern = r"\s+".join(map(re.escape, piece))
        match = re.search(pattern, texts[ad]) if len(" ".join(piece)) >= SHORTEST else None
        found.append(match.span() if match else None)
    return found


def evidence_table(data: Path, model: RoleClassifier, lines: Lines) -> str:
    """Quotes of evidence in the lines of the pole, and plain duty lines that are quoted or hit."""
    postings = pd.read_parquet(data / "postings.parquet").set_index("posting_id")
    ads = list(dict.fromkeys(lines.ads))
    sources = {ad: str(postings.description[ad]) for ad in ads}
    cleaned = {ad: clean(source) for ad, source in sources.items()}
    places = _places(lines, {ad: each.text for ad, each in cleaned.items()})
    asked = [Posting(sources[ad]) for ad in ads]
    verdicts = [v for i in range(0, len(ads), 256) for v in judge(model, asked[i : i + 256])]
    number = {ad: place for place, ad in enumerate(ads)}
    of_ad: list[list[tuple[int, int, int]]] = [[] for _ in ads]
    for line, place in enumerate(places):
        if place:
            source = cleaned[lines.ads[line]].source_span(*place)
            of_ad[number[lines.ads[line]]].append((*source, line))
    quotes = [
        (POLES[e.theme], THEMES.index(e.theme), kind, rank, verdict.role == "other", line)
        for spans, verdict in zip(of_ad, verdicts, strict=True)
        for kind, found in enumerate((verdict.evidence, verdict.stray))
        for rank, e in enumerate(found)
        for start, end, line in spans
        if start < e.end and e.start < end
    ]
    pole, theme, kind, rank, other, line = map(np.array, zip(*quotes, strict=True))
    product, project = (lines.of_pole(each)[line] for each in ("product", "project"))
    right = np.where(pole == "product", product, project)
    duty = right & ~lines.required[line]
    plain = np.isin(lines.codes, ("P2", "J2")) & np.array([place is not None for place in places])
    reads = model.reader_.read([Posting(text) for text in lines.texts])
    phrases = model.reader_.priors.phrases
    own = np.where(np.char.startswith(lines.codes, "P"), "product", "project")
    hit = np.zeros(len(lines), bool)
    for phrase, text in zip(reads.hits.phrase, reads.hits.text, strict=True):
        hit[text] |= POLES[phrases[phrase].theme] == own[text]
    quoted = np.zeros(len(lines), bool)
    quoted[line[pole == own[line]]] = True
    n_judged = [verdict for verdict in verdicts if verdict.role]
    none = np.array([not verdict.evidence for verdict in n_judged])
    rows = [
        ("quotes of evidence in a line of their pole", _share(right[kind == 0])),
        ("... of verdicts that are not `other`", _share(right[(kind == 0) & ~other])),
        ("the first two quotes", _share(right[(kind == 0) & (rank < 2)])),
        ("... and in a duty, no requirement", _share(duty[kind == 0])),
        ("... and of their theme", _share((right & lines.themes[line, theme])[kind == 0])),
        ("stray duties in a line of their pole", _share(right[kind == 1])),
        ("plain duty lines that any phrase of their pole hits", _share(hit[plain])),
        ("plain product lines", _share(hit[plain & (lines.codes == "P2")])),
        ("plain project lines", _share(hit[plain & (lines.codes == "J2")])),
        ("plain duty lines that are quoted", _share(quoted[plain])),
        ("lines of other work or none that a phrase weighing 1 or more hits", _loud(model, lines)),
        ("verdicts that quote nothing", _share(none)),
        ("quotes an ad", f"{np.mean([len(verdict.evidence) for verdict in n_judged]):.2f}"),
    ]
    return markdown_table(
        ["figure", "share", "n"],
        [[name, f"{share}", _n(share)] for name, share in rows],
    )


def _n(share: Figure | str) -> str:
    return f"{share.n}" if isinstance(share, Figure) else ""


def _loud(model: RoleClassifier, lines: Lines) -> Figure | str:
    neither = np.flatnonzero(np.isin(lines.codes, ("N", "O", "R")))
    reads = model.reader_.read([Posting(text) for text in lines.texts[neither]])
    phrases = model.reader_.priors.phrases
    loud = np.array([p.weight * THEME_FACTOR[p.theme] >= 1 for p in phrases])
    hit = np.zeros(len(neither), bool)
    hit[reads.hits.text[loud[reads.hits.phrase]]] = True
    return _share(hit)


def report(data: Path, priors: Priors, model: RoleClassifier, half: str) -> str:
    """All tables as Markdown."""
    lines = read_lines(data, half)
    base = ", ".join(f"{pole} {_share(lines.of_pole(pole))}" for pole in LETTERS)
    parts = [
        f"# {len(lines):,} lines of {len(set(lines.ads)):,} ads",
        f"Of each pole: {base}.",
        "## Evidence",
        evidence_table(data, model, lines),
        "## Mentions by weight",
        weight_table(priors, lines),
        "## Phrases",
        phrase_table(priors, lines),
    ]
    return "\n\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--priors", type=Path, help="phrases to try; default: those that ship")
    parser.add_argument("--model", help="whose evidence; default: one that knows phrases alone")
    parser.add_argument("--half", choices=(*HALVES, "all"), default="report")
    args = parser.parse_args()
    text = args.priors.read_text("utf-8") if args.priors else None
    priors = Priors.default() if text is None else Priors.from_toml(text)
    model = load(args.model) if args.model else RoleClassifier(priors=priors).fit([], [])
    print(report(args.data, priors, model, args.half))


if __name__ == "__main__":
    main()
