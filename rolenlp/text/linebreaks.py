"""Line breaks put back into texts that have lost theirs: "Who We AreAt ...", "scope.Manage ..."."""

import re
from collections import Counter

from rolenlp.text.offsets import Rewrite

__all__ = ["restore_line_breaks"]

# Shorter texts may well be a single line, and one break in so many characters is as good as none.
_MIN_LENGTH = 400
_CHARACTERS_PER_BREAK = 1000

# Where a line may have started, one case a row: a capitalised word right after a word (two letters
# are too few to tell a word from half a name, but for the heading "About Us") or a closing mark; a
# capital after a word and its full stop ("status.EEO", not "U.S."); a bullet within a line.
_SEAM = re.compile(
    r"[A-Z•·●▪■◦–\uf0a7\uf0b7](?:(?<=[a-z.:)!?;%][A-Z])(?:"  # hardly one capital gets further
    r"(?:(?<=[A-Za-z][a-z][a-z][A-Z])|(?<=\bUs[A-Z])|(?<=\S[.:)!?;%][A-Z]))(?=[a-z])"
    r"|(?<=[a-z][a-z][a-z][.:)!?;][A-Z])(?!\.))"
    r"|(?<=[^\n][•·●▪■◦\uf0a7\uf0b7])"
    r"|(?<=[a-z.:);]–)(?=\s[A-Z]))"
)
_WORD_BEFORE = re.compile(r"[A-Z]?[a-z]++\Z")
_WORD_AFTER = re.compile(r"[A-Z][a-z]+")
_LONGEST_WORD = 30
# Names written as one word. Others are known by being repeated in the text.
_NAMES = frozenset(
    "BigQuery DevOps FinTech GitHub GitLab HubSpot JavaScript LinkedIn MacBook MacDonald "
    "MicroStation NetSuite OneNote OpenRoads PayPal PeopleSoft PowerPoint PowerShell QuickBooks "
    "SalesForce ServiceNow SharePoint SketchUp TensorFlow TikTok TypeScript WhatsApp WordPress "
    "YouTube".split()
)


def restore_line_breaks(text: str) -> Rewrite:
    """Insert a line break where two lines seem to have been run together.

    A text stays that has line breaks, is under 400 characters or has no seams.
    """
    rewrite = Rewrite(text)
    if len(text) < _MIN_LENGTH or _has_line_breaks(text):
        return rewrite
    seams = [seam.start() for seam in _SEAM.finditer(text)]
    words = [_joined_word(text, seam) for seam in seams]
    times = Counter(words)
    for seam, word in zip(seams, words, strict=True):
        if not word or (word not in _NAMES and (times[word] == 1 or word[0].islower())):
            rewrite.replace(seam, seam, "\n")
    return rewrite


def _has_line_breaks(text: str) -> bool:
    at = -1
    for _ in range(0, len(text), _CHARACTERS_PER_BREAK):
        at = text.find("\n", at + 1)
        if at < 0:
            return False
    return True


def _joined_word(text: str, seam: int) -> str:
    """The two words that meet at a seam, as one; empty where it has no words on both sides."""
    before = _WORD_BEFORE.search(text, max(0, seam - _LONGEST_WORD), seam)
    after = _WORD_AFTER.match(text, seam, seam + _LONGEST_WORD)
    return before[0] + after[0] if before and after else ""
