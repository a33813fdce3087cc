"""Is a text English? Its function words tell, nearly always; a detector settles the rest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rolenlp.guard import Once

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

__all__ = ["is_english"]

_FUNCTION_WORDS = frozenset(
    "the and of to in for with you will be is are our on your as we that or an by this from "
    "have their has at it can not who all".split()
)
# Of the languages that most ads not in English are in; hardly one is an English word too.
_FOREIGN_WORDS = frozenset(
    "le les des du et est pour avec vous nous une sur dans aux au à "
    "der das und mit für von wir sie ihr vom bis einen einem nicht ist ein eine zu zum zur auf den "
    "dem bei "
    "el los las y con para por del una que en su "
    "het een van voor wij je ben bent met aan ons "
    "il di della dei con che gli nel e un "
    "o os da dos em uma não com ao você "
    "w z na się oraz dla jest "
    "de la och på för att med som er og av til".split()
)
_WORD = re.compile(r"[^\W\d_]+")
_PIECES = 20  # looked at, evenly spread over a text, so that all parts of it count
_SAMPLE, _ASKED = 20_000, 1_000  # characters looked at, and of them asked about; asking is slow
_PLAIN = 0.12  # English prose holds 0.25 to 0.5 of these words, other languages under 0.1
_FEWEST_WORDS = 20  # shorter texts are English unless they seem to be anything else
_FEWEST_FOREIGN = 3  # fewer tell nothing: names have "de" and "la"
_LONGEST_WORD = 40


def is_english(text: str) -> bool:
    """Whether a clean text is English, by about half at least, in samples of 20,000 characters.

    An ad that comes whole in two languages is. One with twice as many function words of other
    languages as of English is not. Terse lists hold few of either; for them langid decides, and
    where they have under 20 words they are taken for English unless most are in another script.
    """
    words: list[str] = _WORD.findall(_spread(text, _SAMPLE).lower())
    english, foreign = _count(words, _FUNCTION_WORDS), _count(words, _FOREIGN_WORDS)
    if not words or (foreign >= _FEWEST_FOREIGN and foreign > 2 * english):
        return False
    if len(words) < _FEWEST_WORDS:
        plain = sum(word.isascii() and len(word) <= _LONGEST_WORD for word in words)
        return plain > len(words) / 2
    if english / len(words) >= _PLAIN:
        return True
    return bool(_identifier().classify(_spread(text, _ASKED))[0] == "en")


def _spread(text: str, size: int) -> str:
    """Pieces of a text, so many characters in all; the whole of one that is no longer."""
    if len(text) <= size:
        return text
    piece = size // _PIECES
    apart = (len(text) - piece) // (_PIECES - 1)
    return " ".join(text[start : start + piece] for start in range(0, _PIECES * apart, apart))


def _count(words: Sequence[str], among: frozenset[str]) -> int:
    return sum(map(among.__contains__, words))


@Once
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE)
