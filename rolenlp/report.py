"""An evaluation as one page that needs no other file: findings, plots, figures, mistakes."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rolenlp.curves import proportion
from rolenlp.metrics import Figure
from rolenlp.personal import mask_personal
from rolenlp.plots import confusion_plot, reliability_plot, risk_plot
from rolenlp.verdicts import quoted

if TYPE_CHECKING:
    from rolenlp.evaluate import Evaluation, Mistake

__all__ = ["as_page"]

_STYLE = """
:root { color-scheme: light dark;
  --ink: #1c2126; --faint: #717a83; --paper: #fff; --line: #d8dde2;
  --right: #1f6fb2; --wrong: #c2570c }
@media screen and (prefers-color-scheme: dark) { :root {
  --ink: #e6e9ec; --faint: #98a2ac; --paper: #15191d; --line: #363d45;
  --right: #5aa9e6; --wrong: #f08c43 } }
body { font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 76rem; margin: 0 auto; padding: 1rem }
h1, h2, h3 { line-height: 1.25; text-wrap: balance }
h2 { margin: 2.5rem 0 .5rem }
p { max-width: 44rem }
small, figcaption { color: var(--faint) }
.plots { display: grid; gap: 1rem 2rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 21rem), 1fr)) }
figure { margin: 0; max-width: 30rem; display: grid; grid-row: span 3;
  grid-template-rows: subgrid; gap: .5rem; break-inside: avoid }
figure h3 { margin: 1rem 0 0 }
figcaption { font-size: .9rem }
svg { width: 100%; height: auto }
svg text { font-family: system-ui, sans-serif !important }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
td, th { padding: .35rem 1.5rem .35rem 0; text-align: left; vertical-align: baseline;
  border-bottom: 1px solid var(--line) }
td small { white-space: nowrap }
.mistakes { padding-left: 0; list-style: none; display: grid; gap: 0 2rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)) }
.mistakes li { padding: .6rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere;
  break-inside: avoid }
.wide { overflow-x: auto }
@media (max-width: 40rem) { table { font-size: .8rem } td, th { padding-right: .5rem }
  td small { display: block; font-size: .68rem } }
@media print { body { max-width: none; padding: 0; font-size: 10pt } h2 { break-after: avoid }
  .plots, .mistakes { grid-template-columns: 1fr 1fr } figure { max-width: 7.4cm } }
"""


def as_page(evaluation: Evaluation) -> str:
    """The page: each plot under a heading that says what it shows."""
    e = evaluation
    plots = "".join(
        f"<figure><h3>{heading}</h3>{svg}<figcaption>{how}</figcaption></figure>"
        for heading, svg, how in (
            (
                _on_confusion(e),
                confusion_plot(e),
                "Ads by true role (row) and verdict (column). The fuller the colour, the larger "
                "the share of the row.",
            ),
            (
                _on_reliability(e),
                reliability_plot(e),
                "Verdicts by their confidence; large dots are many ads, bars are 95% intervals. "
                "Orange where the interval misses the dashed line, on which confidence is honest.",
            ),
            (
                _on_risk(e),
                risk_plot(e),
                "What is wrong if only the surest verdicts are kept, with its 95% interval."
                + (" The dot is what needs no review." if e.sure else ""),
            ),
        )
    )
    mistakes = "".join(map(_mistake, e.mistakes)) or "<li>None: no ad was judged wrongly.</li>"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>rolenlp: how good are the verdicts?</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>How good are the verdicts?</h1>
{"".join(f"<p>{sentence}</p>" for sentence in _sentences(e))}
<div class="plots">{plots}</div>
<h2>Figures</h2>
<div class="wide">{_table(e)}</div>
<p><small>From {e.n:,} ads, with 95% intervals: bootstrap for this table, Wilson for the shares
in the plots. They hold for ads that the model was not trained on. The title rule takes the role
that the title names.</small></p>
<h2>The most confident mistakes</h2>
<ol class="mistakes">{mistakes}</ol>
</body>
</html>
"""


def _sentences(e: Evaluation) -> Iterable[str]:
    roles = ", ".join(f"{n:,} {role}" for role, n in e.by_role.items())
    yield (
        f"{e.n:,} labelled ads ({roles}), {e.with_title:,} of them with a title. "
        f"Title and duties disagree in {e.conflicts:,}."
    )
    if e.not_judged:
        yield f"{e.not_judged:,} could not be judged and count as wrong ({e.why_not_judged})."


def _on_confusion(e: Evaluation) -> str:
    cells = [
        (count, role, verdict)
        for role, row in zip(e.by_role, e.confusion, strict=True)
        for verdict, count in zip(e.verdicts, row, strict=True)
    ]
    right = sum(count for count, role, verdict in cells if role == verdict)
    says = f"{_share(right / e.n)} of the ads are judged right"
    count, role, verdict = max(cell for cell in cells if cell[2] not in ("", cell[1]))
    return f"{says}; most often {role} is taken for {verdict} ({count:,})" if count else says


def _on_reliability(e: Evaluation) -> str:
    n = sum(b.right.n for b in e.reliability)
    if not n:
        return "No ad could be judged"
    sure = sum(b.confidence * b.right.n for b in e.reliability) / n
    right = proportion(round(sum(b.right.value * b.right.n for b in e.reliability)), n)
    says = "Confidence is honest"
    if sure > right.high:
        says = "Too sure"
    elif sure < right.low:
        says = "Not sure enough"
    return f"{says}: {_share(sure)} sure on average, {_share(right.value)} right"


def _on_risk(e: Evaluation) -> str:
    promised = f"{e.min_precision * 100:.3g}%"
    if not e.sure:
        return f"All ads need review: none reaches the model's threshold for {promised}"
    return (
        f"{_share(e.sure.n / e.n)} of the ads need no review, and {_share(e.sure.value)} of them "
        f"are right ({promised} promised)"
    )


def _share(value: float) -> str:
    """As a percentage that says 0% and 100% only of none and all."""
    text = f"{value:.0%}"
    if text in ("0%", "100%") and value not in (0, 1):
        return "under 1%" if value < 0.5 else "over 99%"
    return text


def _table(e: Evaluation) -> str:
    names = dict.fromkeys(name for view in e.figures.values() for name in view)
    head = "".join(f"<th scope=col>{view}</th>" for view in e.figures)
    rows = "".join(
        f"<tr><th scope=row>{_named(name)}</th>"
        + "".join(f"<td>{_cell(view.get(name))}</td>" for view in e.figures.values())
        + "</tr>"
        for name in names
    )
    return f"<table><thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _named(name: str) -> str:
    """``f1_product`` -> ``F1 product``."""
    return name.replace("_", " ").replace("f1", "F1")


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return "–"
    return f"{figure.value:.3f} <small>{figure.low:.3f}&thinsp;–&thinsp;{figure.high:.3f}</small>"


def _mistake(mistake: Mistake) -> str:
    title = html.escape(mask_personal(mistake.title)) or "(no title)"
    evidence = html.escape(quoted(mistake.evidence)) or "no phrase"
    return (
        f"<li><b>{title}</b><br>true role {mistake.true_role}, judged {mistake.verdict}, "
        f"{_share(mistake.confidence)} sure<br><small>ad {mistake.row:,}; {evidence}</small></li>"
    )
