"""Which of the two roles a title claims.

A title is cut into parts, and a part claims a role where it names a holder of it ("Senior Product
Manager II") or all of it is that field of work ("Product Management"). Part of a longer name claims
nothing: "Head of Product Design", "Director, Product Marketing".
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from rolenlp.reading.lexicon import BREAK_ID, Lexicon
from rolenlp.reading.phrases import PhraseFinder
from rolenlp.reading.priors import Priors
from rolenlp.reading.streams import Stream

_ROLES = ("product", "project")
_WITHIN = re.compile(r"\b(sr|jr|mgr|assoc|asst)\.", re.IGNORECASE)  # "Sr. Manager"
# "Product/Project Manager": both are managers.
_HOLDERS = "manager|management|owner|lead|leader|director|coordinator|head"
_SHARED = re.compile(
    rf"\b(product|project)(?:\s*[/&+,]\s*|\s+(?:and|or)\s+)(?=(?:product|project|program(?:me)?|"
    rf"process|portfolio|delivery)s?\s+({_HOLDERS})s?\b)",
    re.IGNORECASE,
)
# "Executive Assistant to Head of Product", "Copywriter for the Product Lead": what follows is
# somebody else. Nor does one who serves a field of work, or teaches it, hold it.
_OF_ANOTHER = re.compile(
    r"(\b(?:assistant|secretary|staff|advis[eo]r|aide|support|reports?|reporting)(?=\s+(?:to|for)\b)|"
    r"\b(?:partner|recruiter|teacher|lecturer|lectureship|professor|instructor|tutor|trainer|coach)"
    r"(?=\s+(?:to|for|of|in|on)\b)|"
    r"(?<=\w)(?=\s+(?:to|for)\s+(?:the|our)\b))[^|;()\[\]]*",
    re.IGNORECASE,
)
_PARTING = re.compile(r" ?([|/()\[\];:,–—•·&+]| -|- | and ) ?", re.IGNORECASE)
# "Director, Product": a rank alone belongs to what follows it.
_RANK = re.compile(
    r"(?:(?:senior|sr|junior|jr|associate|assistant|executive|managing|global|group|general|"
    r"principal|staff|deputy|regional|interim)\s+)*"
    r"(?:director|head|[aes]?vp|(?:vice )?president|manager|mgr|lead|chief|associate|principal)"
    r"(?:\s+(?:i+|iv|v|\d))?",
    re.IGNORECASE,
)
# "Recruiter, Product Managers": those are not the holder.
_MANY = re.compile(r"\b(?:product|project)\s+(?:managers|owners|leads|leaders)\b", re.IGNORECASE)
_OF = re.compile(r"\b(?:for|of|with|to)\b", re.IGNORECASE)

# Names of work, not of who does it. The first two claim where nothing follows in their part ("Head
# of Product"), the last two where no other part is before them: "Data Analyst, Product Management"
# is a data analyst's title.
_THINGS = ("product|project",)
_FIELDS = ("product|project management",)
_OFFICES = ("pmo",)


def parted(title: str) -> str:
    """A title with each part that can name its holder on a line.

    Example:
        >>> parted("Director, Product Marketing | Payments")
        'Director Product Marketing\\nPayments'
        >>> parted("Sr. Product/Project Manager")
        'Sr Product Manager\\nProject Manager'
    """
    text = " ".join(_WITHIN.sub(r"\1 ", title).split())
    text = _SHARED.sub(r"\1 \2|", text)
    text = _OF_ANOTHER.sub(r"\1", text)
    pieces = _PARTING.split(text)
    parts = [""]
    joined = True  # whether the next piece goes on with the last part
    for number, piece in enumerate(pieces[::2]):
        if many := _MANY.search(piece):
            holder = not parts[0] and not _OF.search(piece[: many.start()])
            piece = piece if holder else _MANY.sub("", piece)
        parts[-1:] = [f"{parts[-1]} {piece}".strip()] if joined else [parts[-1], piece]
        mark = pieces[2 * number + 1].strip() if 2 * number + 1 < len(pieces) else ""
        joined = not parts[-1] or (mark[:1] in (",", "-", "–") and bool(_RANK.fullmatch(piece)))
    return "\n".join(parts)


class TitleClaims:
    """Tells which roles the titles of a stream claim, by the phrases of some priors."""

    def __init__(self, priors: Priors, lexicon: Lexicon) -> None:
        groups = [*(priors.titles[role] for role in _ROLES), priors.title_exceptions]
        groups += [_THINGS, _FIELDS, _OFFICES]
        self._group = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
        self._phrases = PhraseFinder([phrase for group in groups for phrase in group], lexicon)

    def __call__(self, titles: Stream) -> NDArray[np.bool_]:
        """Shape (n_titles, 2): whether each claims to be a product and a project manager's.

        The titles are `parted`.
        """
        found = self._phrases.find(titles)
        group = self._group[found.phrase]
        n = len(titles.ids)
        excepted = np.zeros(n + 1, bool)
        for start, end in zip(found.start[group == 2], found.end[group == 2], strict=True):
            excepted[start:end] = True
        ends = np.ones(n + 1, bool)  # of a part, at the place behind its last word
        ends[:n] = titles.ids == BREAK_ID
        ends[titles.bounds] = True
        parts = np.concatenate(([0], np.cumsum(titles.ids == BREAK_ID)))
        text = np.searchsorted(titles.bounds, found.start, side="right") - 1
        later = parts[found.start] > parts[titles.bounds[text]]
        spans = found.start * (n + 1) + found.end
        must_end = np.isin(found.end, found.end[group == 3])
        must_end |= np.isin(spans, spans[group == 4])
        must_be_first = np.isin(spans, spans[group >= 4])
        claims = (group < 2) & ~excepted[found.start]
        claims &= (ends[found.end] | ~must_end) & ~(later & must_be_first)
        hits = np.zeros((len(titles), 2), bool)
        hits[text[claims], group[claims]] = True
        return hits
