"""One verdict as a page for a browser: needs no other file and runs no script."""

from __future__ import annotations

from collections.abc import Sequence

from rolenlp.schema import NO_PHRASE, POLES, Evidence, Prediction
from rolenlp.text.personal import mask_personal
from rolenlp.verdicts.explain import (
    ORIENTATION,
    WEIGHT,
    how_sure,
    legend,
    marked,
    why_not,
    why_review,
)
from rolenlp.verdicts.render import render


def as_page(text: str, title: str, verdict: Prediction, phrases: Sequence[Evidence] = ()) -> str:
    """The verdict, and the ad with the words that it rests on marked, as HTML.

    `phrases` are those to mark, as `every_phrase` finds them; without, the ones quoted.
    """
    return render(
        "rolenlp.verdicts",
        "verdict.html",
        heading=mask_personal(title) or "Job ad",
        verdict=verdict,
        sure=how_sure(verdict),
        why_review=why_review(verdict) if verdict.review else "",
        no_phrase=NO_PHRASE,
        why_not="" if verdict.role else why_not(verdict),
        every=bool(phrases),
        legend=legend(phrases or (*verdict.evidence, *verdict.stray)),
        pieces=marked(text, verdict, phrases, bold=True),
        poles=POLES,
        orientation=ORIENTATION,
        weight=WEIGHT,
    )
