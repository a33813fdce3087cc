"""From probabilities and phrases to a verdict that shows what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rolenlp.calibrate import ROLES
from rolenlp.heads import THEME_FACTOR
from rolenlp.language import is_english
from rolenlp.postings import Posting
from rolenlp.prediction import MIN_PRECISION, Evidence, Prediction
from rolenlp.priors import POLES, THEMES
from rolenlp.reading import MAX_CHARACTERS, Reading
from rolenlp.stated import theme_counts

if TYPE_CHECKING:
    from rolenlp.model import RoleClassifier

__all__ = ["judge"]

MOST_EVIDENCE = 5
KNOWN = 0.7  # a text so many of whose words the model knows is English
FEWEST_WORDS = 5  # an ad with fewer words that count cannot be judged
# Title and duties disagree where the title's own role, for all that the title says for it, is left
# less than DOUBT and one other role more than SURE.
DOUBT, SURE = 0.45, 0.5
TITLE_IS_OTHER = -2.2  # log-odds, 0.1, below which a title claims neither role
_MODEST = 3.0  # added to the weight of all phrases, so that one hint alone is no orientation


def judge(
    model: RoleClassifier,
    postings: Sequence[Posting],
    *,
    min_precision: float = MIN_PRECISION,
) -> list[Prediction]:
    """A verdict for every posting, in order."""
    reading = model.reader_.read(postings)
    answers = model.answers(reading)
    combined = model.probabilities(answers)
    finder, hits = model.reader_.finder, reading.hits
    themes = theme_counts(
        hits,
        finder.themes[hits.phrase],
        finder.weights[hits.phrase],
        len(reading),
        answers.themes,
    )
    orientation = _orientations(reading, model)
    evidence = _Weigher(model, reading)
    thresholds = model.thresholds(min_precision)
    out: list[Prediction] = []
    for i, posting in enumerate(postings):
        status = _status(posting, reading, i)
        if status not in ("ok", "truncated"):
            out.append(Prediction(status=status))
            continue
        number = int(combined[i].argmax())
        role, confidence = ROLES[number], float(combined[i, number])
        title_role = _title_role(reading.title_hits[i], answers.title[i], answers.has_title[i])
        found = evidence.of(i)
        out.append(
            Prediction(
                role=role,
                confidence=confidence,
                review=bool(confidence < thresholds[int(answers.has_title[i]), number]),
                probabilities=dict(zip(ROLES, combined[i].tolist(), strict=True)),
                orientation=orientation[i],
                title_role=title_role,
                conflict=_conflict(title_role, combined[i]),
                evidence=_strongest(e for e in found if _speaks_for(e, role)),
                stray=_strongest(e for e in found if _is_stray(e, role)),
                themes=dict(zip(THEMES, themes[i].tolist(), strict=True)),
                status=status,
            )
        )
    return out


def _status(posting: Posting, reading: Reading, i: int) -> str:
    text = reading.cleaned[i].text
    if not text or text.isspace():
        return "empty"
    if reading.n_words[i] < FEWEST_WORDS:
        return "too_short"
    if reading.known_share[i] < KNOWN and not is_english(text):
        return "not_english"
    return "truncated" if len(posting.text) > MAX_CHARACTERS else "ok"


def _title_role(claims: NDArray[np.bool_], answers: NDArray[np.float64], has_title: bool) -> str:
    """What the title alone says: the roles that it names, or that it is plainly neither."""
    product, project = claims
    if product and project:
        return "hybrid"
    if product or project:
        return "product" if product else "project"
    return "other" if has_title and answers.max() < TITLE_IS_OTHER else ""


def _conflict(title_role: str, combined: NDArray[np.float64]) -> bool:
    if not title_role:
        return False
    return bool(combined[ROLES.index(title_role)] < DOUBT and combined.max() > SURE)


def _orientations(reading: Reading, model: RoleClassifier) -> list[float]:
    """Weight of product phrases less that of project phrases, over the weight of all: -1 to 1.

    A phrase weighs as much as it does in the verdict before any label.
    """
    hits, finder = reading.hits, model.reader_.finder
    theme = finder.themes[hits.phrase]
    pole = np.array([1.0 if POLES[theme] == "product" else -1.0 for theme in THEMES])[theme]
    factor = np.array([THEME_FACTOR[theme] for theme in THEMES])[theme]
    weight = finder.weights[hits.phrase] * factor
    total = np.bincount(hits.text, weight, minlength=len(reading))
    net = np.bincount(hits.text, weight * pole, minlength=len(reading))
    return [float(value) for value in net / (total + _MODEST)]


class _Weigher:
    """Weighs the phrases of a batch by the model's coefficients and finds them in the texts."""

    def __init__(self, model: RoleClassifier, reading: Reading) -> None:
        self._model = model
        self._reading = reading
        product, project = model.phrase_coefficients()
        outward = np.array([POLES[p.theme] == "product" for p in model.reader_.priors.phrases])
        self._weight = np.where(outward, product - project, project - product)
        self._bounds = np.searchsorted(reading.hits.text, np.arange(len(reading) + 1))
        self._scale = 1 / np.sqrt(reading.n_words + 30)

    def of(self, i: int) -> list[Evidence]:
        """All phrases of posting `i` that moved its verdict towards their pole, by place."""
        hits, cleaned = self._reading.hits, self._reading.cleaned[i]
        mine = np.arange(self._bounds[i], self._bounds[i + 1])
        weights = self._weight[hits.phrase[mine]] * self._scale[i]
        mine, weights = mine[weights > 0], weights[weights > 0]
        if not len(mine):
            return []
        places = self._reading.places
        spans = places.of(i, np.concatenate((hits.start[mine], hits.end[mine] - 1)))
        starts, ends = spans[: len(mine), 0].tolist(), spans[len(mine) :, 1].tolist()
        phrases = self._model.reader_.priors.phrases
        found = []
        for phrase, start, end, weight in zip(
            hits.phrase[mine].tolist(), starts, ends, weights.tolist(), strict=True
        ):
            quote = " ".join(cleaned.text[start:end].split())
            source = cleaned.source_span(start, end)
            found.append(Evidence(phrases[phrase].theme, quote, *source, weight))
        return found


def _speaks_for(evidence: Evidence, role: str) -> bool:
    return role in ("hybrid", "other") or POLES[evidence.theme] == role


def _is_stray(evidence: Evidence, role: str) -> bool:
    return role in ("product", "project") and POLES[evidence.theme] != role


def _strongest(found: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The heaviest first; a phrase that is quoted already is not quoted again."""
    chosen: dict[str, Evidence] = {}
    for evidence in sorted(found, key=lambda e: (-e.weight, e.start)):
        chosen.setdefault(evidence.quote.lower(), evidence)
    return tuple(chosen.values())[:MOST_EVIDENCE]
