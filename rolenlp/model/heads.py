"""The two questions, each answered by an ad's duties and by its title.

Are product duties at the core of this job? Are project duties? Each answer is a logistic
regression whose coefficients have a prior: n-grams start from nothing, phrases from their
weights in ``priors.toml``. So the answers are there before any labelled ad is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from rolenlp.model.features import Grams, count_grams, phrase_density, tfidf, theme_density
from rolenlp.reading.priors import Priors
from rolenlp.reading.reader import Reading
from rolenlp.schema import POLES, THEMES

if TYPE_CHECKING:
    from rolenlp.model.cache import ReadAds

__all__ = [
    "QUESTIONS",
    "Blocks",
    "Heads",
    "LogOdds",
    "Scales",
    "duties_scale",
    "fit_heads",
    "neighbour_starts",
    "phrase_starts",
    "theme_weights",
]

QUESTIONS = ("product", "project")  # are its duties at the core?

# Before any label, the answer of duties is SLOPE * (the weighted density of the pole's phrases
# less CUT). A theme counts by how far it tells its role from all other jobs: nearly every office
# job works with other departments, but few set a product's vision or keep a project's schedule.
SLOPE = 3.0
CUT = 0.7
THEME_FACTOR = {
    "risk": 1.5,
    "resource": 1.0,
    "scope": 3.0,
    "customer": 1.0,
    "vision": 3.0,
    "crossfunctional": 0.5,
}
TITLE_CLAIM = 3.0  # the log-odds that a title's claim adds to the title's answer
TITLE_START = -1.5
TITLE_REACH = 2.0  # log-odds: no title says more, so that plain duties outweigh it


@dataclass(frozen=True)
class LogOdds:
    """Log-odds of the two questions by duties and by title, each of shape (n_postings, 2).

    `themes`, shape (n_postings, 6), is there where the model learned which themes ads state.
    """

    duties: NDArray[np.float64]
    title: NDArray[np.float64]
    has_title: NDArray[np.bool_]
    has_duties: NDArray[np.bool_]
    themes: NDArray[np.float64] | None = None

    @property
    def both(self) -> NDArray[np.float64]:
        """Duties and title side by side, shape (n_postings, 4); no title says too much."""
        return np.column_stack((self.duties, np.clip(self.title, -TITLE_REACH, TITLE_REACH)))


@dataclass(frozen=True)
class Blocks:
    """The features of a batch: of duties (n-grams, phrases, neighbours, themes, one), of titles."""

    duties: sparse.csr_matrix
    title: sparse.csr_matrix
    has_title: NDArray[np.bool_]
    has_duties: NDArray[np.bool_]

    @classmethod
    def of(cls, reading: Reading | ReadAds, body: Grams, titles: Grams, priors: Priors) -> Self:
        """The blocks of a batch that was read."""
        one = np.ones((len(reading), 1))
        phrases = phrase_density(reading.hits, reading.n_words, len(priors.phrases))
        neighbours = phrase_density(reading.neighbours, reading.n_words, len(priors.neighbours))
        return cls(
            sparse.hstack(
                (
                    tfidf(count_grams(reading.body, body), body),
                    phrases,
                    neighbours,
                    theme_density(phrases, theme_weights(priors)),
                    one,
                )
            ).tocsr(),
            sparse.hstack(
                (
                    tfidf(count_grams(reading.titles, titles), titles),
                    reading.title_hits,
                    one,
                )
            ).tocsr(),
            np.diff(reading.titles.bounds) > 0,
            reading.n_words > 0,
        )

    def rows(self, chosen: NDArray[np.int64]) -> Blocks:
        """The features of some postings."""
        return Blocks(
            self.duties[chosen],
            self.title[chosen],
            self.has_title[chosen],
            self.has_duties[chosen],
        )


def phrase_starts(priors: Priors) -> NDArray[np.float64]:
    """Where the phrases' coefficients start: shape (2, n_phrases), a row a question."""
    starts = np.zeros((len(QUESTIONS), len(priors.phrases)))
    for number, phrase in enumerate(priors.phrases):
        question = QUESTIONS.index(POLES[phrase.theme])
        starts[question, number] = SLOPE * THEME_FACTOR[phrase.theme] * phrase.weight
    return starts


def neighbour_starts(priors: Priors) -> NDArray[np.float64]:
    """Where the coefficients of neighbours start, against both: shape (2, n_neighbours)."""
    return np.tile([-SLOPE * phrase.weight for phrase in priors.neighbours], (len(QUESTIONS), 1))


def theme_weights(priors: Priors) -> NDArray[np.float64]:
    """Each phrase's weight in the column of its theme: shape (n_phrases, n_themes)."""
    weights = np.zeros((len(priors.phrases), len(THEMES)))
    for number, phrase in enumerate(priors.phrases):
        weights[number, THEMES.index(phrase.theme)] = phrase.weight
    return weights


@dataclass(frozen=True)
class Scales:
    """Prior standard deviations of the coefficients: how far labels can move them."""

    words: float
    pairs: float
    phrases: float
    themes: float = 2.0
    title_words: float = 0.5  # titles are short and many: words of one board must not decide
    title_pairs: float = 0.25
    claims: float = 1.0
    intercept: float = 4.0


def duties_scale(
    n_columns: int, priors: Priors, n_single: int, scales: Scales
) -> NDArray[np.float64]:
    """The prior deviation of each column of `Blocks.duties`, `n_single` of them single words."""
    n_phrases = len(priors.phrases) + len(priors.neighbours)
    n_pairs = n_columns - n_single - n_phrases - len(THEMES) - 1
    return np.repeat(
        [scales.words, scales.pairs, scales.phrases, scales.themes, scales.intercept],
        [n_single, n_pairs, n_phrases, len(THEMES), 1],
    )


@dataclass(frozen=True)
class Heads:
    """Coefficients over `Blocks`: `duties` and `title` have shape (2, n_columns)."""

    duties: NDArray[np.float64]
    title: NDArray[np.float64]

    def log_odds(self, blocks: Blocks) -> LogOdds:
        """The log-odds of both questions for every row."""
        return LogOdds(
            blocks.duties @ self.duties.T,
            blocks.title @ self.title.T,
            blocks.has_title,
            blocks.has_duties,
        )


def fit_heads(
    blocks: Blocks,
    core: NDArray[np.bool_],
    weight: NDArray[np.float64],
    priors: Priors,
    n_single: tuple[int, int],
    scales: Scales,
    start: Heads | None = None,
) -> list[Heads]:
    """Fit on rows whose answers are known, once for each column of `weight`.

    Coefficients start from those of `start`, else n-grams from nothing and phrases from weights.
    `core` has shape (n_postings, 2), `weight` (n_postings, n_fits). `n_single` says how many of
    the n-grams, body's and titles', are 1-grams.
    """
    start = start or _unlearned(blocks, priors)
    scale = duties_scale(blocks.duties.shape[1], priors, n_single[0], scales)
    duties = _fit_side(blocks.duties, core, weight, start.duties, scale)
    n_grams = blocks.title.shape[1] - 3
    title = _fit_side(
        blocks.title,
        core,
        weight * blocks.has_title[:, None],
        start.title,
        np.repeat(
            [scales.title_words, scales.title_pairs, scales.claims, scales.intercept],
            [n_single[1], n_grams - n_single[1], 2, 1],
        ),
    )
    return [Heads(*both) for both in zip(duties, title, strict=True)]


def _unlearned(blocks: Blocks, priors: Priors) -> Heads:
    """Where coefficients start before any ad is known."""
    starts = np.hstack((phrase_starts(priors), neighbour_starts(priors)))
    n_grams = blocks.duties.shape[1] - starts.shape[1] - len(THEMES) - 1
    n_title_grams = blocks.title.shape[1] - 3
    themes, cut = np.zeros((2, len(THEMES))), [[-SLOPE * CUT]] * 2
    return Heads(
        np.hstack((np.zeros((2, n_grams)), starts, themes, cut)),
        np.hstack((np.zeros((2, n_title_grams)), TITLE_CLAIM * np.eye(2), [[TITLE_START]] * 2)),
    )


def _fit_side(
    rows: sparse.csr_matrix,
    core: NDArray[np.bool_],
    weight: NDArray[np.float64],
    mean: NDArray[np.float64],
    scale: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Coefficients of shape (n_fits, 2, n_columns); `mean` has (2, n_columns)."""
    from rolenlp.model.logistic import fit_binaries  # not for who judges

    n_fits = weight.shape[1]
    found = fit_binaries(
        rows,
        np.repeat(core, n_fits, axis=1),
        np.tile(weight, (1, 2)),
        np.repeat(mean.T, n_fits, axis=1),
        scale,
    )
    return np.ascontiguousarray(found.T.reshape(2, n_fits, -1).swapaxes(0, 1))
