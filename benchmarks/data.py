"""The public postings that the benchmarks judge on, and the views of them.

DATA holds `postings.parquet`, `labels.csv` (for training) and `gold.csv` (for judging only).
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from rolenlp.schema import THEMES

__all__ = [
    "THEMES",
    "Ads",
    "hide_role_names",
    "read_gold",
    "read_gold_themes",
    "read_labels",
    "read_themes",
]


# Role names as an annotator saw them hidden; wider than needed, so that nothing slips through.
_ROLE_NAMES = re.compile(
    r"\b(?:product|project|program(?:me)?|portfolio|delivery|scrum)[\s/&-]+"
    r"(?:(?:product|project|program(?:me)?|portfolio|delivery)[\s/&-]+)?"
    r"(?:manage(?:rs?|ment)|owners?|ownership|leads?|leaders?|directors?|coordinators?|"
    r"administrators?|officers?|masters?)\b|\bPMs?\b",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^<>]+>")


def hide_role_names(text: str) -> str:
    """The text with every role name cut out: a word in its place would tell that one was there."""
    return _ROLE_NAMES.sub(" ", text)


@dataclass(frozen=True)
class Ads:
    """Ads as columns: titles, texts, true roles, sources, and whether annotators were sure."""

    titles: np.ndarray
    texts: np.ndarray
    roles: np.ndarray
    sources: np.ndarray
    sure: np.ndarray
    title_labels: np.ndarray
    first_draw: np.ndarray  # whether drawn before any model: the mix nearest to a search's
    themes: np.ndarray  # the themes that an annotator saw, parted by ";"

    def __len__(self) -> int:
        return len(self.roles)

    def where(self, rows: np.ndarray) -> Ads:
        """Some of the ads."""
        return Ads(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))

    def duties_only(self) -> Ads:
        """The same ads without titles, role names hidden."""
        texts = np.array([hide_role_names(text) for text in self.texts], object)
        return replace(self, titles=np.full(len(self), "", object), texts=texts)

    def titles_only(self) -> Ads:
        """The same ads without texts."""
        return replace(self, texts=np.full(len(self), "", object))

    def plain(self) -> Ads:
        """The same ads without HTML in their texts, for those who cannot read it."""
        texts = [html.unescape(_TAG.sub(" ", text)) for text in self.texts]
        return replace(self, texts=np.array(texts, object))


def _read(data: Path, name: str) -> Ads:
    postings = pd.read_parquet(data / "postings.parquet").set_index("posting_id")
    rows = pd.read_csv(data / name).set_index("posting_id").join(postings)
    columns = ("title", "description", "role", "source", "certain", "title_label")
    draw = rows.get("draw", pd.Series(1, rows.index)).to_numpy() == 1
    themes = rows.get("themes", pd.Series("", rows.index)).fillna("").to_numpy(object)
    return Ads(*(rows[column].to_numpy(object) for column in columns), draw, themes)


def read_labels(data: Path) -> Ads:
    """The ads labelled for training."""
    return _read(data, "labels.csv")


def read_themes(data: Path) -> tuple[np.ndarray, np.ndarray]:
    """The themes that annotators found in the ads of `read_labels`, and the ads' draws.

    Shapes (n_ads, n_themes), columns as in `THEMES`, and (n_ads,).
    """
    rows = pd.read_csv(data / "labels.csv")
    stated = [set(str(themes).split(";")) for themes in rows.themes]
    return np.array([[t in themes for t in THEMES] for themes in stated]), rows.draw.to_numpy()


def read_gold(data: Path) -> Ads:
    """The ads labelled twice, for judging only."""
    return _read(data, "gold.csv")


def read_gold_themes(data: Path) -> tuple[np.ndarray, np.ndarray]:
    """Which of `THEMES` each annotator saw in the ads of `read_gold`: two arrays (n_ads, 6)."""
    rows = pd.read_csv(data / "gold.csv")
    first, second = (
        np.array([[theme in cell.split(";") for theme in THEMES] for cell in column])
        for column in (rows.themes_a.fillna(""), rows.themes_b.fillna(""))
    )
    return first, second
