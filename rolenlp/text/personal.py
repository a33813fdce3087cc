"""E-mail addresses and telephone numbers: found in a text, and masked where it is shown.

They are looked for in the text's plainest characters. Every word with an at-sign is an address,
also where the sign or the full stops are spelt out or parted by spaces; for numbers see
`rolenlp.text.telephones`. How far a look goes is bounded, so that time grows with the length of a
text alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rolenlp.files.terminal import shown
from rolenlp.text.lookalikes import Plain
from rolenlp.text.telephones import find_telephones

__all__ = ["find_personal", "is_address", "mask_personal", "masked", "quoted"]

EMAIL, PHONE = "[email]", "[phone]"
LONGEST_QUOTE = 300  # numbers and marks leave no word, so that a phrase can have any length
_REACH = 256  # characters around a quote that may belong to an address or a number in it

_AT = r"(?:@|at|ät|arroba|chiocciola|at[-\s]sign|at the rate(?: of)?)"
_DOT = r"(?:dot|\.|punkt|point|punto|ponto)"
_OPEN, _CLOSE = r"[(\[{<«]{1,3}\s{0,2}", r"\s{0,2}[)\]}>»]{1,3}"
_MARK = r"\s{0,2}[-_*~|#/\\'\"=]{1,2}\s?"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_SPELT = "\0"  # stands for a full stop that was spelt out
_TLD = (
    r"(?:com|org|net|edu|gov|mil|int|info|biz|io|ai|co|app|dev|me|tv|jobs|careers|agency|tech|cloud|"
    r"eu|uk|us|de|fr|es|it|nl|be|ch|at|pl|pt|se|no|dk|fi|ie|cz|sk|hu|ro|bg|gr|hr|si|lt|lv|ee|ru|ua|"
    r"tr|in|cn|jp|kr|sg|hk|my|id|ph|th|vn|au|nz|ca|br|mx|ar|cl|za|ng|ke|eg|ae|sa|qa|il|pk|bd|lk|"
    r"example|test|invalid|local|localhost)\b"
)
_DOMAIN = rf"(?:{_LABEL}(?:[.\0]{_LABEL}){{1,5}})"
_OF_MAIL = (
    r"(?:gmail|googlemail|hotmail|outlook|live|msn|yahoo|ymail|icloud|aol|gmx|web|mail|protonmail|"
    r"proton|yandex|zoho|fastmail|qq|163|126|rediffmail)[.\0]\w"
)
# Spelt-out full stops, between words; then at-signs, group 1 of which is what stands for the sign.
_ANY_DOT = re.compile(
    rf"(?<=\w)\s{{0,3}}(?:{_OPEN}{_DOT}{_CLOSE}|\s[-_*~|#]{{0,2}}dot[-_*~|#]{{0,2}}\s|[-_*~|#]dot[-_*~|#]"
    rf"|\s(?:punkt|punto|ponto)\s)\s{{0,3}}(?=\w)",
    re.IGNORECASE,
)
_ANY_AT = re.compile(
    rf"(?<=[\w\"'])(\s{{0,3}}{_OPEN}{_AT}{_CLOSE}\s{{0,3}})(?=[\w\"])"
    rf"|(?<=\w)(\s{{0,3}}{_OPEN}a{_CLOSE}\s{{0,3}})(?={_LABEL}(?:[.\0]{_LABEL}){{0,4}}[.\0]{_TLD})"
    rf"|(?<=\w)({_MARK}{_AT}{_MARK}\s?)(?={_LABEL}(?:[.\0]{_LABEL}){{0,4}}[.\0]{_TLD})"
    rf"|(?<=\w)(\s{{1,3}}{_AT}\s{{1,3}})(?={_LABEL}(?:[.\0]{_LABEL}){{0,3}}\0{_TLD}|{_OF_MAIL})"
    rf"|(?<=[a-z0-9])((?-i:AT))(?=[a-z0-9-]{{2,40}}(?:[.\0]|DOT){_TLD})",
    re.IGNORECASE,
)
# Without one of these, in lower case, there is none, and they are quick to search.
_DOT_WORDS = ("dot", "punkt", "punto", "ponto")
_BRACKETED_DOT = re.compile(r"[(\[{<«]\s{0,2}(?:\.|point)\s{0,2}[)\]}>»]")
_AT_WORDS = ("arroba", "chiocciola", "ät", "(a)", "[a]", "{a}")
_MAY_BE_AT = re.compile(
    r"at(?:[^a-z0-9.]{1,8}[\w-]{1,64}(?:[.\0]|\s{0,3}\W{0,3}dot)|[^\w.]{0,4}[)\]}>»]"
    r"|[a-z0-9-]{2,40}(?:\.|dot)[a-z]|[ -]sign| the rate)"
)
# "at" between spaces: an address after a name that is no plain word, or where mail is spoken of.
_PLAIN_AT = re.compile(rf"(?<=\w)(\s{{1,3}}{_AT}\s{{1,3}})(?!www\.)(?={_DOMAIN})", re.IGNORECASE)
_ODD_NAME = re.compile(r"(?<!\S)[(<\[\"']{0,2}\w[\w+-]{0,40}[._\d+][\w.+-]{1,40}\Z")
_MAIL = re.compile(
    r"\b(?:e-?mail|mail|write|contact|reach|cv|resume|send)\b[^.!?\n]{0,40}?"
    r"(?<![\w-])(?!(?:us|me|him|her|them|team|department|office|it|online|website|site|page|here|"
    r"available|more)\Z)[\w+-]{1,40}\Z",
    re.IGNORECASE,
)
# Spaces around the sign, and before the last part of a domain.
_SPACED_AT = re.compile(
    rf"(?:(?<=[\w\"')])\s{{1,3}})?@\s{{0,3}}"
    rf"(?={_DOMAIN}|{_LABEL}(?:\.{_LABEL}){{0,4}}\s{{0,2}}\.\s{{0,2}}{_TLD})"
)
_SPACED_DOT = re.compile(
    rf"(?<=@)({_LABEL}(?:[.\0]{_LABEL}){{0,4}})(?:\s{{1,2}}\.\s{{0,2}}|\.\s{{1,2}})(?={_TLD})"
)
_WORD = re.compile(r"(?<!\S)[^\s@]*+@\S*+")
# What tells that a quote may hold a number, or be near an address; few do, so it saves time.
_NUMBER_NEAR, _ADDRESS_NEAR = 16, 80
_MAY_BE_NUMBER = re.compile(r"[0-9]|[^\x00-\x7f\u2010-\u2027]")
_SIGNS = ("@", "＠", "﹫", "&#", "&commat", "%40")
_SINGLE_BEFORE = re.compile(r"(?:(?<!\w)[\w.+-]\s){2,40}\Z")
_SINGLE_AFTER = re.compile(r"(?:\s[\w.-](?!\w)){3,60}")
_BEFORE, _AFTER = "<([{\"'`,;:.!?*|¡¿«", ">)]}\"'`,;:.!?*|»"

_URL_PARTS = ("@", "://", "www.")
_MOST_DIGITS = 4  # of a word that a model may learn

Span = tuple[int, int, str]  # where it starts and ends, and its mask


def find_personal(text: str) -> list[Span]:
    """Addresses and numbers in a text, in order; none overlap."""
    plain = Plain(text)
    numbers = [(*plain.source_span(*span), PHONE) for span in find_telephones(plain.text)]
    _spell(plain)
    found = [(*plain.source_span(*span), EMAIL) for span in _addresses(plain.text)]
    apart: list[Span] = []
    for start, end, mask in sorted(found + numbers):
        if apart and start < apart[-1][1]:
            first, last, mask = apart.pop()
            start, end = first, max(last, end)
        apart.append((start, end, mask))
    return apart


def masked(text: str, start: int, end: int, found: Iterable[Span]) -> str:
    """``text[start:end]`` with a mask for all that belongs to what was found."""
    pieces = []
    for first, last, mask in found:
        if first < end and last > start:
            pieces += [text[start : max(start, first)], mask]
            start = last
    return "".join([*pieces, text[start:end]])


def mask_personal(text: str) -> str:
    """A text with masks for the addresses and numbers in it."""
    return masked(text, 0, len(text), find_personal(text))


def quoted(text: str, start: int, end: int) -> str:
    """``text[start:end]`` as it may be quoted: masked, white space single, and not too long.

    What cannot be printed is left out or U+FFFD, as on a terminal.
    """
    before, after = max(0, start - _REACH), end + _REACH
    around = text[before:after]
    if _may_be_personal(text, start, end, around):
        quote = masked(around, start - before, end - before, find_personal(around))
    else:
        quote = text[start:end]
    quote = shown(" ".join(quote.split()))
    if len(quote) > LONGEST_QUOTE:
        half = LONGEST_QUOTE // 2
        quote = f"{quote[:half]} ... {quote[-half:]}"
    return quote


def _may_be_personal(text: str, start: int, end: int, around: str) -> bool:
    if _MAY_BE_NUMBER.search(text, max(0, start - _NUMBER_NEAR), end):
        return True
    for sign in _SIGNS:
        if sign in around:
            return True
    return _may_be_at(text[max(0, start - _ADDRESS_NEAR) : end + _ADDRESS_NEAR].lower())


def _may_be_at(lower: str) -> bool:
    """Whether a text in lower case may have an at-sign that is spelt out."""
    for word in _AT_WORDS:
        if word in lower:
            return True
    return _MAY_BE_AT.search(lower) is not None


def is_address(word: str) -> bool:
    """Whether a word may be an address or a long number, which no model is to learn."""
    plain = Plain(word).text
    return any(part in plain for part in _URL_PARTS) or (
        sum(map(str.isdigit, plain)) > _MOST_DIGITS
    )


def _spell(plain: Plain) -> None:
    """Put signs for at-signs and full stops that are spelt out or parted by spaces."""
    lower = plain.text.lower()
    if any(word in lower for word in _DOT_WORDS) or _BRACKETED_DOT.search(lower):
        plain.rewrite((*m.span(), _SPELT) for m in _ANY_DOT.finditer(plain.text))
        lower = plain.text.lower()
    if "@" in lower or _may_be_at(lower):
        plain.rewrite((*m.span(), "@") for m in _ANY_AT.finditer(plain.text))
        text = plain.text
        plain.rewrite(
            (*m.span(), "@")
            for m in _PLAIN_AT.finditer(text)
            if _ODD_NAME.search(text, max(0, m.start() - 90), m.start())
            or _MAIL.search(text, max(0, m.start() - 90), m.start())
        )
    if "@" in plain.text:
        plain.rewrite((*m.span(), "@") for m in _SPACED_AT.finditer(plain.text))
        plain.rewrite((m.end(1), m.end(), ".") for m in _SPACED_DOT.finditer(plain.text))


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    """Words with an at-sign, without the marks around them."""
    if "@" not in text:
        return
    for word in _WORD.finditer(text):
        start, end = word.span()
        while start < end and text[start] in _BEFORE:
            start += 1
        while end > start and text[end - 1] in _AFTER:
            end -= 1
        name = text[start:end]
        if "@[" in name and text.startswith("]", end):
            end += 1
        if name == "@":
            before = _SINGLE_BEFORE.search(text, max(0, start - 80), start)
            after = _SINGLE_AFTER.match(text, end, end + 120)
            if before and after:
                yield before.start(), after.end()
        elif any(map(str.isalpha, name)):
            if name.startswith("@") and (
                odd := _ODD_BEFORE.search(text, max(0, start - 90), start)
            ):
                start = odd.start()
            if name.endswith("@") and (label := _LABEL_AFTER.match(text, end)):
                end = label.end()
            if '"@' in name and name.count('"') == 1:
                opening = text.rfind('"', max(0, start - 66), start)
                start = opening if opening >= 0 else start
            yield start, end


_ODD_BEFORE = re.compile(r"(?<!\S)\w[\w+-]{0,40}[._\d+][\w.+-]{1,40}\s{1,3}\Z")
_LABEL_AFTER = re.compile(r"\s{1,3}[a-z0-9][a-z0-9-]{1,62}(?![\w.])")
