"""The style sheet of the report: light, dark, narrow and printed."""

from __future__ import annotations

__all__ = ["STYLE"]

STYLE = """
:root { color-scheme: light dark;
  --ink: #1c2126; --faint: #666f78; --paper: #fff; --line: #d8dde2;
  --right: #1f6fb2; --wrong: #c2570c; --product: #0b7285; --project: #a8500f;
  --outward: #d8f1f5; --inward: #fde8d3 }
@media screen and (prefers-color-scheme: dark) { :root {
  --ink: #e6e9ec; --faint: #98a2ac; --paper: #15191d; --line: #363d45;
  --right: #5aa9e6; --wrong: #f08c43; --product: #66d9e8; --project: #ffc078;
  --outward: #123a41; --inward: #472d12 } }
body { font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 76rem; margin: 0 auto; padding: 1rem }
h1, h2, h3 { line-height: 1.25; text-wrap: balance }
h2 { margin: 2.5rem 0 .5rem }
p { max-width: 44rem }
small, figcaption { color: var(--faint) }
.plots { display: grid; gap: 1rem 2rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 21rem), 1fr)) }
.plots figure { max-width: 30rem; display: grid; grid-row: span 3;
  grid-template-rows: subgrid; gap: .5rem }
figure { margin: 0; break-inside: avoid }
figure h3 { margin: 1rem 0 0 }
figcaption { font-size: .9rem }
svg { width: 100%; height: auto }
svg text { font-family: system-ui, sans-serif !important }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
td, th { padding: .35rem 1.5rem .35rem 0; text-align: left; vertical-align: baseline;
  border-bottom: 1px solid var(--line) }
td small { white-space: nowrap } td br + small { white-space: normal }
.ads { padding-left: 0; list-style: none; display: grid; gap: 0 2rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)) }
.ads li { padding: .6rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere;
  break-inside: avoid }
.ads blockquote { margin: .3rem 0; font-size: .9rem }
nav { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; font-size: .9rem }
a { color: var(--right) }
mark { color: inherit; background: none; border-radius: .2em; padding: .05em .15em;
  border-bottom: 2px solid var(--product); background: var(--outward) }
mark.project { border-bottom: 2px dashed var(--project); background: var(--inward) }
.wide { overflow-x: auto }
.pair { display: grid; gap: 0 2.5rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 34rem), 1fr)) }
.forest { max-width: 34rem }
.pair td, .pair th { padding-right: .8rem }
td.number, th.number { text-align: right }
tbody tr.new td, tbody tr.new th { border-top: 2px solid var(--faint) }
th { overflow-wrap: break-word }
@media (max-width: 40rem) { table { font-size: .74rem } td, th { padding-right: .3rem }
  td small { display: block; font-size: .62rem } }
@page { margin: 1.5cm }
@media print { nav { display: none } .wide { overflow: visible }
  body { max-width: none; padding: 0; font-size: 10pt } h2, h3 { break-after: avoid }
  tr { break-inside: avoid } mark, svg { print-color-adjust: exact }
  td, th { padding-right: .8rem } .pair { grid-template-columns: 1fr }
  .plots { grid-template-columns: repeat(3, 1fr); gap: 1rem }
  .ads { grid-template-columns: 1fr 1fr } }
"""
