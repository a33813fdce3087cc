"""One verdict as a page for a browser: needs no other file and runs no script."""

from __future__ import annotations

import html
from collections.abc import Iterable

from rolenlp.prediction import Evidence, Prediction
from rolenlp.reading.priors import POLES
from rolenlp.text.personal import mask_personal
from rolenlp.verdicts.explain import Piece, how_sure, marked, why_not

__all__ = ["as_page"]

_STYLE = """
:root { color-scheme: light dark; --text: #1d2025; --back: #fff; --soft: #6a707a; --line: #d9dde3;
  --product: #0b7285; --project: #a8500f; --product-tint: #d8f1f5; --project-tint: #fde8d3 }
@media (prefers-color-scheme: dark) {
  :root { --text: #e4e6ea; --back: #16181c; --soft: #9aa1ac; --line: #363b43;
    --product: #66d9e8; --project: #ffc078; --product-tint: #123a41; --project-tint: #472d12 }
}
body { font: 1rem/1.6 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem;
  color: var(--text); background: var(--back) }
h1 { font-size: 1.4rem; line-height: 1.3; margin-bottom: .2rem }
h2 { font-size: 1rem; margin: 1.6rem 0 .4rem }
p { margin: .3rem 0 }
.soft, small { color: var(--soft); font-weight: normal }
table { border-collapse: collapse }
td { padding: .1rem .8rem .1rem 0; vertical-align: baseline }
td.number { text-align: right; font-variant-numeric: tabular-nums }
.bar { height: .6rem; min-width: 1px; background: var(--soft) }
.product { color: var(--product) }
.project { color: var(--project) }
mark.product { background: var(--product-tint); border-bottom: 2px solid var(--product) }
mark.project { background: var(--project-tint); border-bottom: 2px dashed var(--project) }
mark { color: inherit; padding: .1em .2em; border-radius: .2em }
.ad { white-space: pre-wrap; overflow-wrap: anywhere; border-top: 1px solid var(--line);
  margin-top: 1.6rem; padding-top: 1rem }
"""


def as_page(text: str, title: str, verdict: Prediction) -> str:
    """The verdict, and the ad with the words that it rests on marked, as HTML."""
    heading = html.escape(mask_personal(title) or "Job ad")
    ad = "".join(map(_piece, marked(text, verdict)))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{heading}: {verdict.role or "not judged"}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>{heading}</h1>
{_verdict(verdict) if verdict.role else f"<p>{html.escape(why_not(verdict))}</p>"}
<div class="ad">{ad.strip()}</div>
</body>
</html>
"""


def _verdict(verdict: Prediction) -> str:
    shares = sorted(verdict.probabilities.items(), key=lambda item: -item[1])
    probabilities = "".join(
        f'<tr><td>{role}</td><td class="number">{p:.3f}</td>'
        f'<td><div class="bar" style="width: {12 * p:.2f}rem"></div></td></tr>'
        for role, p in shares
    )
    notes = []
    if verdict.review:
        notes.append("For review: less sure than promised.")
    if verdict.title_role:
        agrees = "disagree" if verdict.conflict else "do not contradict it"
        notes.append(f"The title says {verdict.title_role}; the duties {agrees}.")
    if verdict.status == "truncated":
        notes.append("The ad is very long: judged on its first part, which is shown here.")
    stray = ""
    if verdict.role in ("product", "project"):
        stray = _quotes("Stray duties, of the opposite pole", verdict.stray)
    return f"""<p><b class="{verdict.role}">{verdict.role}</b>, {how_sure(verdict)}</p>
{"".join(f"<p>{note}</p>" for note in notes)}
<h2>Probabilities</h2>
<table>{probabilities}</table>
<p>Orientation {verdict.orientation:+.2f}
<span class="soft">from -1, internal and tactical, to +1, customers and market</span></p>
{_quotes("Evidence", verdict.evidence)}
{stray}"""


def _quotes(heading: str, found: Iterable[Evidence]) -> str:
    rows = "".join(
        f'<tr><td class="{POLES[e.theme]}">{e.theme}</td><td class="number">{e.weight:.2f}</td>'
        f'<td><mark class="{POLES[e.theme]}">{html.escape(e.quote)}</mark></td></tr>'
        for e in found
    )
    if not rows:
        return f"<h2>{heading}</h2>\n<p>none</p>"
    return f"""<h2>{heading} <small>theme, weight, quote</small></h2>
<table>{rows}</table>"""


def _piece(piece: Piece) -> str:
    text = html.escape(piece.text)
    if not piece.pole:
        return text
    themes = ", ".join(piece.themes)
    return f'<mark class="{piece.pole}" title="{themes}">{text}</mark> <small>{themes}</small>'
