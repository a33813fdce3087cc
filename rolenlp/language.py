"""Is a text English? Its function words tell, nearly always; a detector settles the rest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lingua import LanguageDetector

__all__ = ["is_english"]

_FUNCTION_WORDS = frozenset(
    "the and of to in for with you will be is are our on your as we that or an by this from "
    "have their has at it can not who all".split()
)
_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE = 4_000  # characters looked at
_FIRST = 1_500  # of these so many are looked at first: they nearly always tell
_ASKED = 1_000  # characters that the detector is asked about; it is slow
_PLAIN = 0.15  # English prose holds 0.25 to 0.5 of these words, other languages under 0.1
_FEWEST_WORDS = 20  # shorter texts are taken for English unless they are in another script


def is_english(text: str) -> bool:
    """Whether a clean text, by its first 4,000 characters, is mostly English.

    Terse lists hold few function words; for them, and for all texts in doubt, lingua decides.
    """
    first = text[:_FIRST].lower().split()
    if len(first) >= _FEWEST_WORDS and _share(first) >= _PLAIN:
        return True
    words: list[str] = _WORD.findall(text[:_SAMPLE].lower())
    if not words:
        return False
    if _share(words) >= _PLAIN:
        return True
    if len(words) < _FEWEST_WORDS:
        return sum(word.isascii() for word in words) > len(words) / 2
    from lingua import Language

    return bool(_detector().detect_language_of(text[:_ASKED]) == Language.ENGLISH)


def _share(words: Sequence[str]) -> float:
    return sum(map(_FUNCTION_WORDS.__contains__, words)) / len(words)


@lru_cache(maxsize=1)
def _detector() -> LanguageDetector:
    from lingua import LanguageDetectorBuilder

    return LanguageDetectorBuilder.from_all_languages().with_low_accuracy_mode().build()
