"""An evaluation as one page that needs no other file: findings, plots, tables, ads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rolenlp.evaluate.compare import on_training
from rolenlp.evaluate.phrase_use import helping, misleading
from rolenlp.evaluate.report import headlines, plots
from rolenlp.schema import MAIN_VIEW, POLES
from rolenlp.text.personal import mask_personal
from rolenlp.verdicts.columns import quoted
from rolenlp.verdicts.render import render

if TYPE_CHECKING:
    from rolenlp.evaluate.result import Evaluation
    from rolenlp.schema import Evidence


def as_page(evaluation: Evaluation) -> str:
    """The page: each plot and table under a heading that says what it shows."""
    e = evaluation
    return render(
        "rolenlp.evaluate.report",
        "report.html",
        e=e,
        main_view=MAIN_VIEW,
        headlines=headlines,
        plots=plots,
        names=dict.fromkeys(name for view in e.figures.values() for name in view),
        ece=e.figures[MAIN_VIEW].get("calibration_error"),
        helping=helping,
        misleading=misleading,
        poles=POLES,
        on_training=on_training,
        brief=_brief,
        quotes=_quotes,
        share=headlines.share,
    )


def _quotes(evidence: Sequence[Evidence]) -> str:
    return mask_personal(quoted(tuple(evidence)))


def _brief(phrase: str) -> str:
    """A phrase with at most three words to choose from at a place: ``set|own|drive|… ~ vision``."""
    words = (word.split("|") for word in phrase.split())
    return " ".join("|".join(w if len(w) <= 3 else [*w[:3], "…"]) for w in words)
