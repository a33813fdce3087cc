"""Changes to an ad: those that leave its duties what they are, and those that add to them.

A change takes an ad and a source of chance; it gives None where it does not apply.
"""

from __future__ import annotations

import html
import random
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from benchmarks.behaviour.cases import BOILERPLATE, COMPANIES, DUTIES
from benchmarks.behaviour.layouts import as_html, as_markdown, as_plain, is_html, lines_of, shuffled
from rolenlp.schema import POLES

__all__ = ["INVARIANT", "Ad", "Change", "add_duties", "add_sentence"]


@dataclass(frozen=True)
class Ad:
    """A job ad to be changed."""

    id: str
    title: str
    text: str
    company: str = ""


Change = Callable[[Ad, random.Random], Ad | None]

_MARKUP = re.compile(r"(<[^<>]+>|&#?\w+;)")
_WRAPPER = textwrap.TextWrapper(72, break_long_words=False, break_on_hyphens=False)
_SIGNERS = ("Project Manager", "Product Manager", "Head of Product", "Senior Project Manager")
_BRITISH = {
    **{f"{stem}ise": f"{stem}ize" for stem in ("organ", "priorit", "optim", "util", "maxim")},
    **{f"{stem}ise": f"{stem}ize" for stem in ("minim", "recogn", "final", "standard", "special")},
    **{f"{stem}ise": f"{stem}ize" for stem in ("summar", "real", "mobil", "monet", "modern")},
    **{f"{stem}isation": f"{stem}ization" for stem in ("organ", "priorit", "optim", "util")},
    **{f"{stem}isation": f"{stem}ization" for stem in ("standard", "digit", "mobil", "monet")},
    **{f"{stem}our": f"{stem}or" for stem in ("col", "behavi", "lab", "fav", "hon", "harb")},
    "analyse": "analyze",
    "analysing": "analyzing",
    "centre": "center",
    "catalogue": "catalog",
    "defence": "defense",
    "enrolment": "enrollment",
    "fulfil": "fulfill",
    "labelling": "labeling",
    "licence": "license",
    "modelling": "modeling",
    "programme": "program",
    "skilful": "skillful",
    "theatre": "theater",
    "travelling": "traveling",
    "whilst": "while",
}


def _inflected(pairs: dict[str, str]) -> dict[str, str]:
    """The pairs, with the plurals and verb forms that are spelt alike."""
    out = dict(pairs)
    for british, american in pairs.items():
        out[f"{british}s"] = f"{american}s"
        if british.endswith("ise"):
            for ending in ("ing", "ed", "er", "ers"):
                out[british[:-1] + ending] = american[:-1] + ending
    return out


_TO_AMERICAN = {k: v for k, v in _inflected(_BRITISH).items() if k != "whilsts"}
_TO_AMERICAN["analysed"] = "analyzed"
_TO_BRITISH = {v: k for k, v in _TO_AMERICAN.items() if v != "while"}


def _outside_markup(text: str, change: Callable[[str], str]) -> str:
    """The text with what is neither tag nor character reference changed."""
    return "".join(
        part if _MARKUP.fullmatch(part) else change(part) for part in _MARKUP.split(text)
    )


def _in_text(change: Callable[[str], str]) -> Change:
    """Changes the words of the text, never its markup."""

    def apply(ad: Ad, rng: random.Random) -> Ad | None:
        text = _outside_markup(ad.text, change)
        return replace(ad, text=text) if text != ad.text else None

    return apply


def _in_both(change: Callable[[str], str]) -> Change:
    """Changes the words of the text and of the title."""
    in_text = _in_text(change)

    def apply(ad: Ad, rng: random.Random) -> Ad | None:
        changed = in_text(ad, rng)
        return changed and replace(changed, title=change(ad.title))

    return apply


def _spelt(pairs: dict[str, str], text: str) -> str:
    def swap(word: re.Match[str]) -> str:
        new = pairs.get(word[0].lower(), "")
        return (new.capitalize() if word[0][0].isupper() else new) or word[0]

    return re.sub(r"[A-Za-z]+", swap, text)


def _typographic(text: str) -> str:
    text = re.sub(r"(?<=\w)'(?=\w)|(?<=s)'(?=\s)", "’", text)
    text = re.sub(r'"([^"\n]*)"', r"“\1”", text)
    text = re.sub(r"^[ \t]*[-*] ", "• ", text, flags=re.MULTILINE)
    return text.replace(" - ", " – ")


def _typewritten(text: str) -> str:
    for curly, straight in zip("‘’“”–", "''\"\"-", strict=True):
        text = text.replace(curly, straight)
    return re.sub(r"^[ \t]*[•·●▪] ", "- ", text, flags=re.MULTILINE)


def _crlf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def _wrapped(text: str) -> str:
    """Lines of at most 72 characters, as in e-mail; what is one line stays together."""
    return "\n".join(_WRAPPER.fill(line) for line in text.splitlines())


def _wrap(ad: Ad, rng: random.Random) -> Ad | None:
    text = _wrapped(ad.text)
    return replace(ad, text=text) if text != ad.text else None


def _to_html(ad: Ad, rng: random.Random, *, entities: bool) -> Ad | None:
    if is_html(ad.text) and not entities:
        return None
    return replace(ad, text=as_html(lines_of(ad.text), entities=entities))


def _to_markdown(ad: Ad, rng: random.Random) -> Ad | None:
    return replace(ad, text=as_markdown(lines_of(ad.text)))


def _to_plain(ad: Ad, rng: random.Random) -> Ad | None:
    text = as_plain(lines_of(ad.text))
    return replace(ad, text=text) if text != ad.text else None


def _reorder(ad: Ad, rng: random.Random) -> Ad | None:
    lines = lines_of(ad.text)
    mixed = shuffled(lines, rng)
    if mixed == lines:
        return None
    return replace(ad, text=as_html(mixed) if is_html(ad.text) else as_plain(mixed))


def _paragraph(ad: Ad, text: str) -> str:
    return f"<p>{html.escape(text, quote=False)}</p>" if is_html(ad.text) else text


def add_sentence(ad: Ad, text: str, *, front: bool = False) -> Ad:
    """The ad with one more paragraph, behind or in front."""
    parts = [ad.text, _paragraph(ad, text)]
    return replace(ad, text="\n\n".join(parts[::-1] if front else parts))


def _boilerplate(ad: Ad, rng: random.Random, *, kind: str) -> Ad:
    return add_sentence(ad, rng.choice(BOILERPLATE[kind]), front=kind.startswith("about"))


def _all_boilerplate(ad: Ad, rng: random.Random, *, country: str) -> Ad:
    for kind in BOILERPLATE:
        if kind.endswith(country):
            ad = _boilerplate(ad, rng, kind=kind)
    return ad


def _company(ad: Ad, rng: random.Random) -> Ad | None:
    name = re.compile(rf"(?<!\w){re.escape(ad.company)}(?!\w)")
    if not ad.company.strip() or not name.search(ad.text):
        return None
    new = rng.choice(COMPANIES)
    return replace(ad, text=name.sub(lambda _: new, ad.text), company=new)


def _signature(ad: Ad, rng: random.Random) -> Ad:
    return add_sentence(ad, f"Contact: Jane Roe, {rng.choice(_SIGNERS)}")


def add_duties(ad: Ad, rng: random.Random, *, pole: str) -> Ad:
    """The ad with three more duties, one of each theme of a pole."""
    themes = [theme for theme in DUTIES if POLES[theme] == pole]
    for theme in themes:
        ad = add_sentence(ad, rng.choice(DUTIES[theme]))
    return ad


# None of these changes what the job is.
INVARIANT: dict[str, Change] = {
    "upper case": _in_both(str.upper),
    "lower case": _in_both(str.lower),
    "doubled spaces": _in_text(lambda text: text.replace(" ", "  ")),
    "tabs for spaces": _in_text(lambda text: text.replace(" ", "\t")),
    "Windows line ends": _in_text(_crlf),
    "lines wrapped at 72 characters": _wrap,
    "to plain text": _to_plain,
    "to HTML": partial(_to_html, entities=False),
    "to HTML with entities": partial(_to_html, entities=True),
    "to Markdown": _to_markdown,
    **{f"added {kind}": partial(_boilerplate, kind=kind) for kind in BOILERPLATE},
    "added all of it, US": partial(_all_boilerplate, country="US"),
    "added all of it, UK": partial(_all_boilerplate, country="UK"),
    "another company": _company,
    "American spelling": _in_both(partial(_spelt, _TO_AMERICAN)),
    "British spelling": _in_both(partial(_spelt, _TO_BRITISH)),
    "sections in another order": _reorder,
    "a signer's job title": _signature,
    "typographic quotes and bullets": _in_text(_typographic),
    "typewriter quotes and bullets": _in_text(_typewritten),
}
