"""Texts that try to break cleaning and reading, each made for a length."""

from __future__ import annotations

import random
from collections.abc import Callable

__all__ = ["HOSTILE", "Make"]

Make = Callable[[int], str]


def _again(piece: str) -> Make:
    return lambda n: (piece * (n // len(piece) + 1))[:n]


def _between(before: str, piece: str, after: str = "") -> Make:
    """One that starts and ends, with as much of a piece between."""
    return lambda n: before + _again(piece)(n - len(before) - len(after)) + after


def _any_of(characters: str) -> Make:
    return lambda n: "".join(random.Random(n).choices(characters, k=n))


HOSTILE: dict[str, Make] = {
    # White space, nothing, single characters.
    "spaces": _again(" "),
    "tabs": _again(" \t"),
    "line breaks": _again("\n"),
    "CRLF": _again("\r\n"),
    "line separators": _again("\u2028"),
    "no-break spaces": _again("\xa0"),
    "ideographic spaces": _again("\u3000"),
    "NUL": _again("\0"),
    "control characters": _any_of("\x01\x02\x07\x1b\x7f\x80\x85"),
    "zero-width": _again("\u200b"),
    "zero-width in words": _again("ris\u200bk "),
    "combining": _between("a", "\u0301"),
    "surrogates": _again("\ud800"),
    "surrogates in words": _again("a\udfff b\ud83d "),
    "byte order marks": _again("\ufeff"),
    "emoji": _again("🚀"),
    "joined emoji": _again("👩\u200d👩\u200d👧 "),
    "dotted capital i": _again("İa "),
    "right to left": _again("مدير المشروع "),
    "overrides of direction": _again("\u202erisk\u202c "),
    "Chinese": _again("产品经理负责产品路线图"),
    "mojibake": _again("â€™Ã©"),
    # Words and numbers.
    "one word": _again("a"),
    "the same word": _again("manage "),
    "many words": lambda n: " ".join(f"w{number}x" for number in range(n // 7)),
    "letters": _any_of("abcdefghijklmnopqrstuvwxyz"),
    "digits": _again("7"),
    "groups of digits": _again("12 "),
    "a list of numbers": _between("", "1,", "x"),
    "base64": _any_of("ABCDEFGHIJabcdefghij0123456789+/"),
    "camel case": _again("abcAb"),
    "sentences run together": _again("abc.Ab"),
    "British endings": _again("ise"),
    "phrases": _again("manage the risk and budget and product roadmap "),
    "a phrase with a gap": _between("manage ", "1 ", "risks on time"),
    "negations": _again("not "),
    "roles": _again("project manager "),
    # Marks, one after another.
    **{f"run of {mark}": _again(mark) for mark in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~…—–•’“°"},
    "marks": _any_of("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
    "emoticons": _again(":)"),
    "contractions": _again("can't"),
    "hyphens": _again("a-"),
    "slashes": _again("ab/"),
    "a long URL": _between("https://example.com/", "a/b?c=d&e."),
    "a long host": _between("http://", "a.", "com"),
    "addresses": _again("jo@example.com,"),
    # HTML.
    "open tags": _again("<p>"),
    "nesting": lambda n: "<div>" * (n // 11) + "risk" + "</div>" * (n // 11),
    "closing tags": _again("<p></script>"),
    "list items": _again("<li>"),
    "empty list items": _again("<li/>a"),
    "a giant attribute": _between("<p class='", "x", "'>risk"),
    "an open attribute": _between("<p>risk<p class='", "x"),
    "attributes": _between("<p", " a=b", ">risk"),
    "attributes left open": _between("<p>risk<p", " a=b"),
    "a tag of spaces": _between("<p>risk<p", " "),
    "open names": _again("<a "),
    "open quotes": _again('<a b="'),
    "open comments": _between("<p>", "<!--"),
    "a comment of dashes": _between("<p><!--", "-"),
    "declarations": _again("<p><!x"),
    "instructions": _again("<p><?x"),
    "CDATA": _again("<p><![CDATA["),
    "open scripts": _between("<p>", "<script>"),
    "scripts closed once": _between("<p>", "<script>", "</script>"),
    "styles": _again("<style><p>"),
    "XML": _again('<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">]>&lol;'),
    # Character references.
    "ampersands escaped": _between("&", "amp;"),
    "tags escaped": _between("<p>", "&lt;p&gt;"),
    "references": _again("<p>&amp;&#65;&#x42;&nbsp;"),
    "numbers without end": _between("<p>&#", "1"),
    "hexadecimal without end": _between("<p>&#x", "1"),
    "names without end": _between("<p>&", "a"),
    "references to surrogates": _again("<p>&#xD800;&#0;&#1114112;"),
    "references of two characters": _again("<p>&NotEqualTilde;"),
    "entities of entities": _again("&lol1;&lol2;"),
    # Markdown.
    "emphasis": _again("*a"),
    "strong": _again("**a"),
    "both": _again("***a "),
    "underscores": _again("_a "),
    "links left open": _again("[a]("),
    "links in links": _again("[a](b.(c "),
    "titles of links": _again('[a](b. "c'),
    "a link of spaces": _between("[a](x.", " "),
    "images": _again("![]("),
    "code": _again("`a"),
    "a fence": _between("```", "a", " x"),
    "headings": _again("# \n"),
    "a heading of spaces": _between("#", " "),
    "backslashes": _again("\\*"),
    "a table": _again("| a | b |\n"),
    "a ragged table": _again("| a \n|b|c|d\n||\n"),
    "a row that does not end": _between("", "| ", "x"),
    "rules": _again("|---"),
    "bullets": _again("•a"),
    "bullets after dashes": _again("a– A"),
    "JSON": _again('{"a":[1,2,"b"],'),
}
