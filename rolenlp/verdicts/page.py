"""One verdict as a page for a browser: needs no other file and runs no script."""

from __future__ import annotations

from rolenlp.schema import NO_PHRASE, POLES, Prediction
from rolenlp.text.personal import mask_personal
from rolenlp.verdicts.explain import how_sure, marked, why_not, why_review
from rolenlp.verdicts.render import render


def as_page(text: str, title: str, verdict: Prediction) -> str:
    """The verdict, and the ad with the words that it rests on marked, as HTML."""
    return render(
        "rolenlp.verdicts",
        "verdict.html",
        heading=mask_personal(title) or "Job ad",
        verdict=verdict,
        sure=how_sure(verdict),
        why_review=why_review(verdict) if verdict.review else "",
        no_phrase=NO_PHRASE,
        why_not="" if verdict.role else why_not(verdict),
        pieces=marked(text, verdict),
        poles=POLES,
    )
