"""A verdict on an ad and the phrases that it rests on: what other code gets to see.

It needs nothing but Python, so that importing it, and `rolenlp.predict`, loads nothing heavy.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["MIN_PRECISION", "Evidence", "Prediction"]

MIN_PRECISION = 0.95  # promised for verdicts that are not marked for review


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
    `title_role` are empty, `confidence`, `review`, `orientation` and `conflict` None, the rest
    empty. `evidence` and `stray` hold the strongest first, at most five each. `words` counts the
    words of the text that count, `unknown_words` is the share of its words that the model does not
    know.
    """

    role: str = ""
    confidence: float | None = None
    review: bool | None = None
    probabilities: Mapping[str, float] = field(default_factory=dict)
    orientation: float | None = None
    title_role: str = ""
    conflict: bool | None = None
    evidence: tuple[Evidence, ...] = ()
    stray: tuple[Evidence, ...] = ()
    themes: Mapping[str, int] = field(default_factory=dict)
    status: str = "ok"
    words: int = 0
    unknown_words: float = 0.0

    def _repr_html_(self) -> str:
        if not self.role:
            return f"<p>not judged: {html.escape(self.status)}</p>"
        rows = "".join(
            f"<li><small>{e.theme}</small> <mark>{html.escape(e.quote)}</mark></li>"
            for e in self.evidence
        )
        return f"<p><b>{self.role}</b> {self.confidence:.0%}</p><ul>{rows}</ul>"
