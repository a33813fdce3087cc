"""From probabilities and phrases to a verdict that shows what it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rolenlp.model.classifier import Answers
from rolenlp.model.features import THEME_FACTOR
from rolenlp.model.themes import theme_counts
from rolenlp.reading.reader import MAX_CHARACTERS, Reading
from rolenlp.schema import FEW_WORDS, MIN_PRECISION, POLES, ROLES, THEMES, Posting
from rolenlp.text.language import is_english
from rolenlp.verdicts.columns import Verdicts
from rolenlp.verdicts.evidence import strongest

if TYPE_CHECKING:
    from rolenlp.model.classifier import RoleClassifier

KNOWN = 0.7  # a text so many of whose words the model knows is English
FEWEST_WORDS = 5  # an ad with fewer words that count cannot be judged
# Title and duties disagree where the title's own role, for all that the title says for it, is less
# than DOUBT times as likely as another.
DOUBT = 0.6
TITLE_IS_OTHER = 0.9  # the probability from which a title claims neither role
# What code that meets a text unlike all others raises, and a machine in trouble does not.
BY_AN_AD = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
# Its judging tells whether a model can judge at all.
PLAIN_AD = Posting("<p>Keep the <b>project plan</b>, manage risks, own the vision.</p>", "Manager")
_MODEST = 3.0  # added to the weight of all phrases, so that one hint alone is no orientation


def judge(
    model: RoleClassifier,
    postings: Sequence[Posting],
    *,
    min_precision: float = MIN_PRECISION,
    role_prior: Mapping[str, float] | None = None,
) -> Verdicts:
    """A verdict for every posting, in order; `role_prior` as in `RoleClassifier.predict_proba`."""
    reading = model.reader_.read(postings)
    answers = model.answer(reading, role_prior)
    combined = answers.probabilities
    finder, hits = model.reader_.finder, reading.hits
    themes = theme_counts(
        hits,
        finder.themes[hits.phrase],
        finder.weights[hits.phrase],
        len(reading),
        answers.themes,
    )
    status = [_status(posting, reading, i) for i, posting in enumerate(postings)]
    numbers = combined.argmax(axis=1)
    confidence = combined.max(axis=1)
    title_role = _title_roles(reading, answers)
    # Where no duty is found there is nothing to contradict a title.
    conflict = _conflicts(title_role, combined) & np.isin(np.arange(len(reading)), hits.text)
    # A verdict against its ad's own title is right less often than its confidence says.
    least = model.thresholds(min_precision)[answers.has_title.astype(np.intp), numbers]
    roles = [
        ROLES[number] if each in ("ok", "truncated") else ""
        for number, each in zip(numbers.tolist(), status, strict=True)
    ]
    values = {
        "role": roles,
        "confidence": confidence.tolist(),
        "review": (conflict | (confidence < least) | (reading.n_words < FEW_WORDS)).tolist(),
        **{f"p_{role}": combined[:, at].tolist() for at, role in enumerate(ROLES)},
        "orientation": _orientations(reading, model).tolist(),
        "title_role": title_role.tolist(),
        "conflict": conflict.tolist(),
        "status": status,
        **{f"theme_{theme}": themes[:, at].tolist() for at, theme in enumerate(THEMES)},
        "words": reading.n_words.tolist(),
        "unknown_words": (1 - reading.known_share).tolist(),
    }
    return Verdicts.of(values, *strongest(model, reading, roles))


def judge_each(
    model: RoleClassifier,
    ads: Sequence[Posting],
    *,
    min_precision: float = MIN_PRECISION,
    role_prior: Mapping[str, float] | None = None,
    debug: bool = False,
) -> Verdicts:
    """A verdict on every ad, in order and quoted; status ``error`` for one that cannot be judged.

    That is one whose judging fails in a way in which a text can make it fail, while that of a
    plain ad does not; when debugging, it is an error like others.

    Raises what judging raises for other reasons, such as MemoryError, OSError and ImportError.
    """
    try:
        # Quoted here: an ad can be at fault in that as well.
        return judge(model, ads, min_precision=min_precision, role_prior=role_prior).quoted()
    except BY_AN_AD:
        if debug:
            raise
        if len(ads) == 1:
            # Raises where it is not the ad: the model, or a setting.
            judge(model, [PLAIN_AD], min_precision=min_precision, role_prior=role_prior)
            unjudged = judge(model, [Posting("")]).quoted()
            return replace(unjudged, values={**unjudged.values, "status": ["error"]})
    # One ad of the batch is at fault: find it, and judge the others.
    each = partial(judge_each, model, min_precision=min_precision, role_prior=role_prior)
    return Verdicts.joined([each([ad]) for ad in ads])


def _status(posting: Posting, reading: Reading, i: int) -> str:
    text = reading.cleaned[i].text
    if not text or text.isspace():
        return "empty"
    if reading.n_words[i] < FEWEST_WORDS:
        return "too_short"
    if reading.known_share[i] < KNOWN and not is_english(text):
        return "not_english"
    return "truncated" if len(posting.text) > MAX_CHARACTERS else "ok"


def _title_roles(reading: Reading, answers: Answers) -> NDArray[np.str_]:
    """What each title alone says: the roles that it names, or that it is plainly neither."""
    product, project = reading.title_hits.T
    neither = answers.has_title & (answers.title[:, ROLES.index("other")] > TITLE_IS_OTHER)
    return np.select(
        [product & project, product, project, neither],
        ["hybrid", "product", "project", "other"],
        "",
    )


def _conflicts(title_role: NDArray[np.str_], combined: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where titles and duties disagree."""
    doubted = combined < DOUBT * combined.max(axis=1, keepdims=True)
    return np.asarray(np.any(doubted & (title_role[:, None] == np.array(ROLES)), axis=1))


def _orientations(reading: Reading, model: RoleClassifier) -> NDArray[np.float64]:
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
    return np.asarray(net / (total + _MODEST))
