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
    "GROUPS",
    "THEMES",
    "Ads",
    "families",
    "group_of",
    "hide_role_names",
    "read_gold",
    "read_gold_themes",
    "read_labels",
    "read_themes",
]


DRAWN_AS_THEY_COME = (1, 4)  # of the draws of `labels.csv`; the others look for hard ads
# Sources are left out together where employers or collectors are the same; and the small ones in
# three lots, so that there are nine fits and not twenty.
GROUPS = (
    ("glassdoor_2023_data_roles",),
    ("ashby_boards_2025", "stapply_ashby_2025"),
    ("dice_2023_truncated500",),
    ("nhs_jobs_2020",),
    ("aec_linkedin_2024",),
    ("arbeitnow_de_2026", "himalayas_remote_2026", "remote_boards_misc_2026"),
    ("bert_pm_gpt4_211", "linkedin_egypt_2022", "hahu_ethiopia_2023", "google_job_skills"),
    (
        "adzuna_uk_train_sample",
        "adzuna_uk_full_2026",
        "linkedin_india_2024",
        "afriworket_et_2026",
        "emscad_2014_part",
        "analytics_engineer_jds_2026",
    ),
    (
        "armenian_job_posts_part",
        "linkedin_brightdata_2024",
        "afghanistan_ngo_2026",
        "careerpages_md_2021",
    ),
)
_FAMILIES = {  # of sources that share employers or collectors
    "stapply_ashby_2025": "ashby_boards_2025",
    "himalayas_remote_2026": "arbeitnow_de_2026",
    "remote_boards_misc_2026": "arbeitnow_de_2026",
    "adzuna_uk_full_2026": "adzuna_uk_train_sample",
}
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
    as_they_come: np.ndarray  # whether drawn before any model: the mix nearest to a search's
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


def group_of(sources: np.ndarray) -> np.ndarray:
    """The number in `GROUPS` of each source; one that no group names stands alone, with -1."""
    number = {source: at for at, group in enumerate(GROUPS) for source in group}
    return np.array([number.get(str(source), -1) for source in sources])


def families(sources: np.ndarray) -> list[str]:
    """The source of each ad, by one name for those that share employers or collectors."""
    return [_FAMILIES.get(str(source), str(source)) for source in sources]


def _read(data: Path, name: str) -> Ads:
    postings = pd.read_parquet(data / "postings.parquet").set_index("posting_id")
    rows = pd.read_csv(data / name).set_index("posting_id").join(postings)
    columns = ("title", "description", "role", "source", "certain", "title_label")
    draw = rows.get("draw", pd.Series(1, rows.index)).isin(DRAWN_AS_THEY_COME).to_numpy()
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
