"""A model tried on labelled ads: its verdicts, with titles and by duties alone, and the phrases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from rolenlp.model.ads_seen import ad_hashes
from rolenlp.schema import BATCH, MIN_PRECISION, ROLES, Posting
from rolenlp.train.labelled import Labelled, roles_from_titles
from rolenlp.verdicts.columns import Verdicts
from rolenlp.verdicts.judge import judge

if TYPE_CHECKING:
    from rolenlp.model.classifier import RoleClassifier

NOT_JUDGED = ""  # the verdict on an ad that could not be judged: always wrong
# What a title names, by the role that it would give the ad; "" stands for no title.
TITLES = {
    "product": "title names product",
    "project": "title names project",
    "hybrid": "title names both",
    "other": "title names neither",
    "": "no title",
}


@dataclass(frozen=True)
class Trial:
    """What a model says of labelled ads: lists and arrays have an entry an ad.

    `role`, `confidence` and `review` are those of `verdicts`, ``""``, 0 and False where an ad was
    not judged;
    `by_duties` and `duties_confidence` are what is said without the title; `by_title` is the role
    that the title names. `held` are pairs (phrase, ad), shape (n, 2): which phrases of the model
    the ad's text holds. `words` counts all words of a text, `trained_on` the ads that the model was
    fitted on; None where it does not remember.
    """

    model: RoleClassifier
    ads: list[Posting]
    truth: NDArray[np.str_]
    sources: list[str]
    verdicts: Verdicts
    role: NDArray[np.str_]
    confidence: NDArray[np.float64]
    review: NDArray[np.bool_]
    by_duties: NDArray[np.str_]
    duties_confidence: NDArray[np.float64]
    by_title: NDArray[np.str_]
    held: NDArray[np.int64]
    words: NDArray[np.int64]
    trained_on: int | None

    @classmethod
    def of(
        cls,
        model: RoleClassifier,
        labelled: Labelled,
        *,
        min_precision: float = MIN_PRECISION,
        role_prior: Mapping[str, float] | None = None,
    ) -> Self:
        """Judge labelled ads with their titles and without."""
        ads = labelled.postings
        parts, shares, held, words = [], [], [], []
        for first in range(0, len(ads), BATCH):
            batch = ads[first : first + BATCH]
            parts.append(judge(model, batch, min_precision=min_precision, role_prior=role_prior))
            reading = model.reader_.read([Posting(ad.text) for ad in batch])
            shares.append(model.answer(reading, role_prior).probabilities)
            pairs = np.column_stack((reading.hits.phrase, first + reading.hits.text))
            held.append(np.unique(pairs, axis=0))
            words += [len(cleaned.text.split()) for cleaned in reading.cleaned]
        verdicts = Verdicts.joined(parts)
        role = np.array([role or NOT_JUDGED for role in verdicts.values["role"]])
        judged = role != NOT_JUDGED
        by_duties = np.vstack(shares)
        seen = model.ads_seen_
        return cls(
            model,
            ads,
            np.array(labelled.roles),
            labelled.sources,
            verdicts,
            role,
            np.array([each or 0.0 for each in verdicts.values["confidence"]]),
            np.array(verdicts.values["review"], bool) & judged,
            np.where(judged, np.array(ROLES)[by_duties.argmax(axis=1)], NOT_JUDGED),
            np.where(judged, by_duties.max(axis=1), 0.0),
            np.array(roles_from_titles([ad.title for ad in ads])),
            np.vstack(held),
            np.array(words),
            None if seen is None else int(np.isin(ad_hashes(ads), seen).sum()),
        )

    def __len__(self) -> int:
        return len(self.ads)

    @property
    def titles(self) -> NDArray[np.str_]:
        """The kind of each ad's title: ``title names product`` and so on, ``no title``."""
        return np.array(
            [
                TITLES[role if ad.title.strip() else ""]
                for ad, role in zip(self.ads, self.by_title.tolist(), strict=True)
            ]
        )
