"""A job ad as the rest of rolenlp sees it: a text and, where there is one, a title."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Posting", "PostingLike", "as_posting", "as_postings"]

PostingLike = "str | tuple[str | None, str] | Posting | Mapping[str, Any]"


@dataclass(frozen=True, slots=True)
class Posting:
    """One job ad: its text as published, and its title ("" where it has none)."""

    text: str
    title: str = ""


def as_posting(ad: Any) -> Posting:
    """A Posting from a text, a ``(title, text)`` pair, a dict with ``text`` (and ``title``).

    A missing value (None, NaN, NA) counts as empty. Raises TypeError for anything else.
    """
    if isinstance(ad, Posting):
        return ad
    if isinstance(ad, str):
        return Posting(ad)
    if isinstance(ad, Mapping) and "text" in ad:
        return Posting(_text(ad["text"]), _text(ad.get("title")))
    if isinstance(ad, tuple) and len(ad) == 2:
        return Posting(_text(ad[1]), _text(ad[0]))
    if _is_missing(ad):
        return Posting("")
    raise TypeError(
        "an ad is a text, a (title, text) pair, a Posting, or a dict with 'text' and perhaps "
        f"'title'; got {type(ad).__name__}"
    )


def as_postings(ads: pd.DataFrame | Iterable[Any]) -> Iterator[Posting]:
    """Postings, lazily and in order, from a DataFrame (``text``, ``title``) or any iterable."""
    if isinstance(ads, str | Mapping | Posting):
        raise TypeError("expected many ads, got one: put it in a list")
    columns = getattr(ads, "columns", None)
    if columns is None:
        return map(as_posting, ads)
    if "text" not in columns:
        named = ", ".join(str(name)[:40] for name in columns[:8])  # it may be a row of ads
        raise ValueError(f"the table needs a column 'text'; it has {named}")
    texts = ads["text"]  # type: ignore[index]
    titles = ads["title"] if "title" in columns else [""] * len(texts)  # type: ignore[index]
    return (Posting(_text(x), _text(t)) for x, t in zip(texts, titles, strict=True))


def _text(value: Any) -> str:
    """The text of a cell; a missing value is the empty text."""
    if isinstance(value, str):
        return value
    return "" if _is_missing(value) else str(value)


def _is_missing(value: Any) -> bool:
    """Whether a value that is no text is None, NaN, NaT or NA, told by how it is written."""
    return str(value) in ("None", "nan", "NaN", "NaT", "<NA>")
