"""An evaluation as one page that needs no other file: findings, plots, tables, ads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rolenlp.evaluate.phrase_use import helping, misleading
from rolenlp.evaluate.report.ads import flip_list, mistake_list
from rolenlp.evaluate.report.forest import forest_plot
from rolenlp.evaluate.report.headlines import (
    on_comparison,
    on_confusion,
    on_groups,
    on_phrases,
    on_reliability,
    on_risk,
    on_roles,
    on_titles,
    sentences,
)
from rolenlp.evaluate.report.plots import confusion_plot, reliability_plot, risk_plot
from rolenlp.evaluate.report.style import STYLE
from rolenlp.evaluate.report.tables import (
    change_table,
    figure_table,
    group_table,
    phrase_table,
    role_table,
    threshold_table,
    title_table,
)

if TYPE_CHECKING:
    from rolenlp.evaluate.compare import Comparison
    from rolenlp.evaluate.result import Evaluation

__all__ = ["as_page"]


def as_page(evaluation: Evaluation) -> str:
    """The page: each plot and table under a heading that says what it shows."""
    e = evaluation
    sections = {
        "roles": ("Roles", _roles(e)),
        **({"change": ("What changed", _change(e.compared))} if e.compared else {}),
        **({"where": ("Where", _where(e))} if e.groups else {}),
        "titles": ("Titles and duties", _titles(e)),
        "phrases": ("Phrases", _phrases(e)),
        "mistakes": ("Mistakes", _mistakes(e)),
    }
    links = "".join(f'<a href="#{name}">{says}</a>' for name, (says, _) in sections.items())
    body = "".join(
        f'<section id="{name}">{content}</section>' for name, (_, content) in sections.items()
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>rolenlp: how good are the verdicts?</title>
<style>{STYLE}</style>
</head>
<body>
<h1>How good are the verdicts?</h1>
{"".join(f"<p>{sentence}</p>" for sentence in sentences(e))}
<nav>{links}</nav>
<div class="plots">{_plots(e)}</div>
{body}
</body>
</html>
"""


def _plots(e: Evaluation) -> str:
    ece = e.figures["title and duties"].get("calibration_error")
    error = f" Calibration error (ECE) {ece}." if ece else ""
    no_review = (
        " The dot and the dotted line are where review begins: what is left of it needs none."
    )
    return "".join(
        f"<figure><h3>{heading}</h3>{svg}<figcaption>{how}</figcaption></figure>"
        for heading, svg, how in (
            (
                on_confusion(e),
                confusion_plot(e),
                "Ads by true role (row) and verdict (column). The fuller the colour, the larger "
                "the share of the row.",
            ),
            (
                on_reliability(e),
                reliability_plot(e),
                "Verdicts by their confidence; large dots are many ads, bars are 95% intervals. "
                "Orange where the interval misses the dashed line, on which confidence is honest."
                + error,
            ),
            (
                on_risk(e),
                risk_plot(e),
                "What is wrong if only the surest verdicts are kept, with its 95% interval."
                + (no_review if e.sure else ""),
            ),
        )
    )


def _roles(e: Evaluation) -> str:
    return f"""<h2>{on_roles(e)}</h2>
{role_table(e)}
<h3>All figures</h3>
{figure_table(e)}
<p><small>From {e.n:,} ads, with 95% intervals: bootstrap for these tables, Wilson for shares right
and for what plots show. They hold for ads that the model was not trained on. Macro F1 is the mean
F1 of product, project and other. The title rule takes the role that the title names.</small></p>
<h3>No review from a confidence of</h3>
{threshold_table(e)}
<p><small>Where {e.min_precision * 100:.3g}% of the verdicts are to be right, as the model found on
ads that were held out of its training.</small></p>"""


def _change(comparison: Comparison) -> str:
    return f"""<h2>{on_comparison(comparison)}</h2>
{change_table(comparison)}
<p><small>{comparison.n:,} ads; 95% intervals of the difference from a paired bootstrap: both models
are judged on the same resamples.</small></p>
<h3>{comparison.flipped:,} verdicts changed; those with most at stake first</h3>
{flip_list(comparison.flips)}"""


def _where(e: Evaluation) -> str:
    return f"""<h2>{on_groups(e)}</h2>
<figure class="forest">{forest_plot(e)}<figcaption>Share of the ads judged right, with title and
duties, with its 95% interval. Orange where the interval lies wholly below the dashed line, which is
the share of all ads. Groups of fewer than ten ads are in the table
only.</figcaption></figure>
{group_table(e)}
<p><small>Macro F1 over those of product, project and other that have five ads or more
there.</small></p>"""


def _titles(e: Evaluation) -> str:
    return f"""<h2>{on_titles(e)}</h2>
{title_table(e)}
<p><small>Ads by what their title names, their true role, and the verdict by duties alone; right
verdicts in bold.</small></p>"""


def _phrases(e: Evaluation) -> str:
    return f"""<h2>{on_phrases(e)}</h2>
<p>A phrase helps where the ads that hold it are of its pole (its role, or hybrid) more often than
all ads are, and misleads where they are less often. Conflicts are ads of the other pole's role.</p>
<div class="pair"><div><h3>The most helpful</h3>{phrase_table(helping(e.phrases))}</div>
<div><h3>The most misleading</h3>{phrase_table(misleading(e.phrases))}</div></div>"""


def _mistakes(e: Evaluation) -> str:
    return f"""<h2>The most confident mistakes</h2>
<p><small>Evidence is marked in the words around it: <mark>product</mark>,
<mark class="project">project</mark>. E-mail addresses and telephone numbers are
hidden.</small></p>
{mistake_list(e.mistakes)}"""
