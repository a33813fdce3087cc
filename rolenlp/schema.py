"""What every part speaks of: an ad, its verdict, and the names of roles, themes, poles and views.

It needs nothing but Python, so that importing it, and `rolenlp.predict`, loads nothing heavy.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

ROLES = ("hybrid", "other", "product", "project")  # sorted, as scikit-learn orders classes
ROLE_ORDER = ("product", "project", "hybrid", "other")  # as tables and pages show them
JUDGED_STATUS = ("ok", "truncated")  # of ads that got a role
POLES = {
    "risk": "project",
    "resource": "project",
    "scope": "project",
    "customer": "product",
    "vision": "product",
    "crossfunctional": "product",
}
THEMES = tuple(POLES)
OPPOSITE = {"product": "project", "project": "product"}  # of the poles
MAIN_VIEW = "title and duties"  # what an ad is judged by
DUTIES_VIEW = "duties"
TITLE_VIEW = "title"
VIEWS = (MAIN_VIEW, DUTIES_VIEW)
BATCH = 512  # ads that are read at a time
FEW_WORDS = 25  # that count; an ad of fewer is for review whatever its confidence
MIN_PRECISION = 0.95  # promised for verdicts that are not marked for review

NO_PHRASE = "no phrase can be quoted for this verdict"  # said where it has no evidence


@dataclass(frozen=True, slots=True)
class Posting:
    """One job ad: its text as published, and its title ("" where it has none)."""

    text: str
    title: str = ""


def as_posting(ad: Any) -> Posting:
    """A Posting from a text, a ``(title, text)`` pair, a dict with ``text`` (and ``title``).

    A missing value (None, NaN, NA, or a text such as "N/A" that stands for one) counts as empty.
    Raises TypeError for anything else.
    """
    if isinstance(ad, Posting):
        return Posting(ad_text(ad.text), ad_text(ad.title))
    if isinstance(ad, Mapping) and "text" in ad:
        return Posting(ad_text(ad["text"]), ad_text(ad.get("title")))
    if isinstance(ad, tuple) and len(ad) == 2:
        return Posting(ad_text(ad[1]), ad_text(ad[0]))
    if isinstance(ad, str) or is_missing(ad):
        return Posting(ad_text(ad))
    raise TypeError(
        "an ad is a text, a (title, text) pair, a Posting, or a dict with 'text' and perhaps "
        f"'title'; got {type(ad).__name__}"
    )


def as_postings(ads: pd.DataFrame | Iterable[Any]) -> Iterator[Posting]:
    """Postings, lazily and in order, from a DataFrame (``text``, ``title``) or any iterable."""
    if isinstance(ads, str | Mapping | Posting):
        raise TypeError("expected many ads, got one: put it in a list")
    if to_pylist := getattr(ads, "to_pylist", None):  # Arrow's tables and arrays
        ads = to_pylist()
    columns = getattr(ads, "columns", None)
    if columns is None:
        return map(as_posting, ads)
    if "text" not in columns:
        named = ", ".join(str(name)[:40] for name in columns[:8])  # it may be a row of ads
        raise ValueError(f"the table needs a column 'text'; it has {named}")
    texts = ads["text"]  # type: ignore[index]
    titles = ads["title"] if "title" in columns else [""] * len(texts)  # type: ignore[index]
    return (Posting(ad_text(x), ad_text(t)) for x, t in zip(texts, titles, strict=True))


def ad_text(value: Any) -> str:
    """The text of a cell; that of a missing value is empty.

    >>> ad_text("PM"), ad_text(float("nan")), ad_text("N/A")
    ('PM', '', '')
    """
    if isinstance(value, bytes | bytearray | memoryview):
        raise TypeError("an ad's text is text, not bytes: decode it first")
    if is_missing(value):
        return ""
    return value if isinstance(value, str) else str(value)


# What tables have where a value is missing, in small letters: what pandas, R, spreadsheets and
# databases write, and the -1 of scrapers.
_MISSING = frozenset("nan -nan none null nil nat na n/a n.a. #n/a #na <na> -1 -1.0".split())
_LONGEST_MISSING = 8  # characters, with blanks around


def is_missing(value: Any) -> bool:
    """Whether a value is None, NaN, NaT or NA, or a text that stands for one."""
    text = value if isinstance(value, str) else str(value)
    return len(text) <= _LONGEST_MISSING and text.strip().casefold() in _MISSING


def mix_text(mix: Mapping[str, float]) -> str:
    """A mix of roles for a person: ``product 10.0%, project 12.5% ...``."""
    return ", ".join(f"{role} {mix[role]:.1%}" for role in ROLE_ORDER)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A phrase of the ad: ``text[start:end]`` of the text that was passed in.

    `quote` is that slice as a reader sees it: markup gone, entities decoded, white space single,
    e-mail addresses and telephone numbers masked, and long ones without their middle.
    `weight` is how far the phrase moved the log-odds of product duties against project duties,
    towards its own theme's pole.
    """

    theme: str
    quote: str
    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """The verdict on one ad.

    Where `status` is neither ``ok`` nor ``truncated`` the ad was not judged: `role` and
    `title_role` are empty, `confidence`, `orientation` and `conflict` None, the rest empty, and
    `review` is True: such an ad asks for a person too. `evidence` and `stray` hold at most five
    each: what the holder does, the strongest first, then what the ad requires. `words` counts the
    words of the text that count, `unknown_words` is the share of its words that the model does not
    know. It can be hashed, pickled and copied.
    """

    role: str = ""
    confidence: float | None = None
    review: bool = True
    probabilities: Mapping[str, float] = field(default_factory=dict, hash=False)
    orientation: float | None = None
    title_role: str = ""
    conflict: bool | None = None
    evidence: tuple[Evidence, ...] = ()
    stray: tuple[Evidence, ...] = ()
    themes: Mapping[str, int] = field(default_factory=dict, hash=False)
    status: str = "ok"
    words: int = 0
    unknown_words: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """All of it in plain types, as JSON has them; evidence is a list of dicts.

        Example:
            >>> Prediction(status="empty").to_dict()["status"]
            'empty'
        """
        return asdict(self, dict_factory=_plain)

    def _repr_html_(self) -> str:
        if not self.role:
            return f"<p>not judged: {html.escape(self.status)}</p>"
        rows = "".join(
            f"<li><small>{e.theme}</small> <mark>{html.escape(e.quote)}</mark></li>"
            for e in self.evidence
        )
        quotes = f"<ul>{rows}</ul>" if rows else f"<p>{NO_PHRASE}</p>"
        return f"<p><b>{self.role}</b> {self.confidence:.0%}</p>{quotes}"


def _plain(items: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in items}
