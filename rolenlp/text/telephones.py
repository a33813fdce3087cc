"""Telephone numbers in a text of plain characters: any 7 digits or more that may be one.

Whatever parts the digits, a run of them is taken for a number unless it is surely something else:
an amount, a date, a time, a percentage, the number of a standard. After a word such as "tel" five
digits do. Every pattern is bounded or takes what it can at once, so that time grows with the
length of a text alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["find_telephones"]

_FEWEST, _FEWEST_SPOKEN = 7, 5
_REACH = 40  # characters on either side of a run of digits that may say what it is

_GAP = r"(?:[,;oOlI](?=\d)|[-\s.()\[\]{}<>/+_:'·•|*~\\=#…]){0,6}+"  # between the digits of a number
_RUN = re.compile(rf"\d(?:{_GAP}\d)*+")
_EXTENSION = re.compile(r"[,;\s]{0,3}(?:x|ext\.?|extension|#)[:.\s]{0,2}\d{1,6}\b", re.IGNORECASE)
_LONE_EXTENSION = re.compile(r"\b(?:ext\.?|extension)[:\s]{0,2}\d{2,6}\b", re.IGNORECASE)
_VANITY = re.compile(
    r"(?<!\d)(?:1[-. ]8\d\d|0?8\d\d(?=[-.])|1[38]00)[-. ](?=[A-Z0-9-]{0,9}[A-Z]{3})"
    r"[A-Z0-9](?:-?[A-Z0-9]){4,9}\b"
)
_FEWEST_VANITY = 4
_DIGIT_WORDS = (
    "zero", "oh", "nought", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    "double", "triple",
)  # fmt: skip
_DIGIT_WORD = f"(?:{'|'.join(_DIGIT_WORDS)})"
_NO_DIGITS = bytes({*range(256)} - {*b"0123456789"})
_IN_WORDS = re.compile(
    rf"(?<!\w){_DIGIT_WORD}(?:[-\s,.]{{1,3}}{_DIGIT_WORD}){{6,}}+(?!\w)", re.IGNORECASE
)
_SPOKEN = re.compile(
    r"\b(?:tele?|tlf|telef\w{0,5}|t[eé]l\w{0,7}|(?:tele)?phone|ph|mobile|mob|cell|fax|call|ring|"
    r"dial|text|sms|whats\s?app|viber|signal|handy|hotline)\b[^\w\n]{0,3}"
    r"(?:(?:us|me|him|her|no|number|nr|on|at|or text|or call)\b[^\w\n]{0,3}){0,3}\Z",
    re.IGNORECASE,
)

# Amounts. Groups of three parted by spaces or full stops are telephone numbers too, so that what
# stands beside them decides.
_CENTS = r"(?:[.,]\d{1,2})?(?!\d)"
_AMOUNT = (
    rf"(?:\d{{1,3}}(?:,\d{{2,3}}){{1,5}}{_CENTS}|\d{{1,3}}(?:\.\d{{3}}){{1,5}}{_CENTS}"
    rf"|\d{{1,3}}(?:[ ']\d{{3}}){{1,5}}{_CENTS}|\d{{1,12}}{_CENTS})"
)
_ONE_OR_TWO = re.compile(rf"{_AMOUNT}(?:\s{{0,2}}[-/]\s{{0,2}}{_AMOUNT})?")
_FIRST_AMOUNT = re.compile(
    r"(?!0\d)(?:\d{1,3}(?:,\d{2,3}){1,5}|\d{1,12})(?:[.,]\d{1,2})?(?![-.,/]?\d)"
)
_LAST_AMOUNT = re.compile(
    r"(?<![\d.,])(?:\d{1,3}(?:,\d{2,3}){1,5}|\d{1,3}(?:[ .']\d{3}){1,3}|\d{1,12})"
    r"(?:[.,]\d{1,8})?\Z"
)
_CODES = (
    r"(?-i:USD|EUR|GBP|CHF|SEK|NOK|DKK|ISK|INR|R[Ss]|CAD|AUD|NZD|SGD|HKD|JPY|CNY|RMB|KRW|PLN|"
    r"CZK|HUF|RON|BGN|RUB|UAH|ILS|ZAR|NGN|KES|EGP|AED|SAR|QAR|KWD|MXN|BRL|ARS|CLP|COP|PHP|MYR|"
    r"THB|IDR|VND|PKR|BDT|LKR|TWD|TL)"
)
_SIGN = r"[$¢£¤¥฿₠-⃀]"
_MONEY_BEFORE = re.compile(
    rf"(?:{_SIGN}|\b(?:{_CODES}|(?-i:RM|Rp|kr))\.?)\s?[-+(~]?\s?\Z", re.IGNORECASE
)
_MONEY_WORD_BEFORE = re.compile(
    r"\b(?:budgets?|salary|salaries|revenues?|turnover|worth|valued?|pay|wages?|compensation|bonus|"
    r"package|income|funding|capital)\b(?:\s(?:of|is|was|up|to|at|over|about|around|from|between|range|"
    r"exceeding|under|above|more|less|than|approx\w*)\b\.?){0,4}[:\s]{1,3}\Z",
    re.IGNORECASE,
)
_MONEY_AFTER = re.compile(
    rf"[-+]?\s?(?:/-|(?:{_SIGN}|{_CODES}\b|Fr\.|kr\b|zł\b|Kč\b|Ft\b|p\.?\s?a\b)(?!\s?\d)"
    r"|(?:dollars?|euros?|pounds?|sterling|rupees?|yen|yuan|francs?|kron\w{1,2}|pesos?|rand|dirhams?|"
    r"riyals?|crores?|lakhs?|lacs?|million|billion|thousand|mln|bn|mio|annually|yearly|monthly|gross|"
    r"per\s(?:annum|year|month|week|day|hour|a\.)|an?\s(?:year|month|week|day|hour)|"
    r"/\s?(?:year|yr|month|mo|week|day|hour|hr|h)|CTC|OTE)\b)",
    re.IGNORECASE,
)
_COUNT_AFTER = re.compile(
    r"\+?\s?(?:(?:active|monthly|daily|registered|paying|business|annual|unique|online|new|total|"
    r"concurrent|retail|residential|commercial|daily active|monthly active)\s)?"
    r"(?:users?|customers?|clients?|people|persons?|employees|members|staff|"
    r"subscribers|visitors|visits|views|downloads|installs|students|pupils|patients|residents|"
    r"households|homes|units|items|products|parts|records|rows|entries|documents|files|"
    r"transactions|orders|requests|queries|events|messages|parcels|packages|shipments|shares|"
    r"stores|shops|sites|properties|vehicles|devices|locations|assets|accounts|companies|businesses|"
    r"miles|km|kms|kilomet\w{3,4}|met\w{2,3}|m2|m3|sqm|sq|square|sqft|sf|ft|feet|acres|"
    r"hectares|tons|tonnes|kg|litres|liters|barrels|gallons|kw|kwh|mw|mwh|gw|gwh|tb|gb|mb|bytes|"
    r"pixels|words|characters|seats|tickets|passengers|guests|meals|"
    r"followers|listings|bookings|merchants|developers|players|viewers|readers|families|children|"
    r"citizens|inhabitants|donors|volunteers)\b",
    re.IGNORECASE,
)
_HOURS = re.compile(r"(?:[01]\d|2[0-4])[0-5]\d\s?-\s?(?:[01]\d|2[0-4])[0-5]\d")
_HOURS_AFTER = re.compile(r"\s?(?:h|hrs?|hours)\b", re.IGNORECASE)
_STANDARD = re.compile(r"[1-9]\d{1,4}(?:[-./:\s()]{1,3}\d{1,5}){0,7}")
_PERCENT_AFTER = re.compile(r"\s?(?:%|‰|per\s?cent|percent|pct\b|basis points)", re.IGNORECASE)
_STANDARD_BEFORE = re.compile(
    r"(?:\b(?:ISO|IEC|EN|DIN|BS|ANSI|IEEE|ASTM|NFPA|NIST|NIST SP|RFC|CFR|USC|FAR|DFARS|NZS|IATF|"
    r"SAE|ASME|ASCE|API|MIL|STD|JIS|ETSI|ITU|OSHA|FIPS|BRC|OHSAS|PAS|UNE|NF|KS|EIA|AIA|"
    r"HTM|CSA)\b[-/\s:]{0,2}){1,4}\Z"
)

# Surely dates, times and other editions, wherever they stand in a run.
_D, _M, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:19\d\d|20[0-4]\d)"
_HH_MM = r"(?:[01]?\d|2[0-4])[.:][0-5]\d"


def _apart(inside: str, part: str) -> str:
    """A pattern that no further digit goes on, whether parted by the same mark or not."""
    return rf"(?<!\d)(?<!\d{part}){inside}(?!\d)(?!{part}\d)"


_COMPACT = r"(?:(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))"
_DATE_OR_TIME = [
    *(_apart(f"{_D}{part}{_D}{part}{_YEAR}", part) for part in (r"\.", "/", "-", r"\s")),
    *(_apart(f"{_YEAR}{part}{_M}{part}{_D}", part) for part in (r"\.", "/", "-")),
    _apart(rf"{_COMPACT}(?:\s?-\s?{_COMPACT})?", r"[-.\s/]"),
    _apart(rf"{_HH_MM}\s{{0,2}}[-/]\s{{0,2}}{_HH_MM}", r"[.:-]"),
    _apart(r"(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?", ":"),
]
_NUMBER = [
    _apart(rf"\d{{3,6}}(?:-\d{{1,2}})?:{_YEAR}", ":"),  # an edition: 9001:2015
    _apart(r"[1-9]\d{0,2}(?:,\d{3}){1,5}(?:\.\d{1,2})?", r"[.,]")
    + r"(?! 0\d{3}(?!\d)| \d{3}(?![\d,]))",
    _apart(r"[1-9]\d?(?:,\d{2}){1,4},\d{3}(?:\.\d{1,2})?", r"[.,]"),  # 12,00,000
    _apart(r"[1-9]\d{0,2}(?:'\d{3}){2,5}(?:[.,]\d{1,2})?", r"[.,']"),
    _apart(r"[1-9]\d{0,2}(?:\.\d{3}){1,5},\d{1,2}", r"[.,]"),
]
_SURE_WHEN = re.compile("|".join(_DATE_OR_TIME))
_SURE = re.compile("|".join([*_DATE_OR_TIME, *_NUMBER]))
_AGAIN = r"\s{0,2}[-/\s]\s{0,2}"
_YEARS = re.compile(rf"{_YEAR}(?:[-/]\d\d(?!\d))?(?:{_AGAIN}{_YEAR}(?:[-/]\d\d(?!\d))?)*+")
_SHORT_DATE = rf"(?:{_D}\.{_D}\.\d\d|{_D}/{_D}/\d\d|{_D}-{_D}-\d\d)"
_DATES = re.compile(rf"{_SHORT_DATE}(?:\s{{0,2}}[-/]\s{{0,2}}{_SHORT_DATE})?")
# Nothing but a round or a decimal number.
_ROUND = re.compile(
    r"[1-9]\d?0{5,7}|[1-9]\d{0,2}([ .])000(?:\1(?:000)){0,3}|[1-9]\d?([ .])\d{3}\2(?:000)"
    r"|[1-9]\d{0,9}[.,]\d{1,2}|[2-9]\.\d{3,16}|0[.,]\d{1,16}"
)
_RANGE = re.compile(r"([1-9]\d{0,5})\s{0,2}-\s{0,2}([1-9]\d{0,3}00)")
_LIST = re.compile(r"[1-9]\d?(?:/\d{1,2}){2,7}")  # of versions: 11/14/17/20
_PRICES = re.compile(r"([1-9]\d{0,2}[.,]\d\d)\s{0,2}-\s{0,2}([1-9]\d{0,2}[.,]\d\d)")


_CLOSING = {"(": ")", "[": "]", "{": "}", "<": ">"}


def find_telephones(text: str) -> list[tuple[int, int]]:
    """Where the telephone numbers of a text of plain characters start and end; some may overlap."""
    spans: list[tuple[int, int]] = []
    lower = text.lower()
    digits = len(text.encode("utf-8", "replace").translate(None, _NO_DIGITS))
    if digits >= _FEWEST_SPOKEN:
        for run in _RUN.finditer(text):
            if len(run[0]) >= _FEWEST_SPOKEN:
                spans += _in_run(text, *run.span())
    if digits >= _FEWEST_VANITY:
        spans += [match.span() for match in _VANITY.finditer(text)]
    if digits and "ext" in lower:
        spans += [match.span() for match in _LONE_EXTENSION.finditer(text)]
    if sum(map(lower.count, _DIGIT_WORDS)) >= _FEWEST:
        spans += [match.span() for match in _IN_WORDS.finditer(text)]
    return spans


def _in_run(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The telephone numbers in a run of digits, none of which goes on outside it."""
    if _count(text, start, end) < _FEWEST_SPOKEN:
        return
    first = start
    while first > 0 and text[first - 1] in "+([" and start - first < 3:
        first -= 1
    spoken = _SPOKEN.search(text[max(0, first - _REACH) : first]) is not None
    fewest = _FEWEST_SPOKEN if spoken else _FEWEST
    if _count(text, start, end) < fewest:
        return
    at, last = _without_amounts(text, start, end, spoken)
    for piece_start, piece_end in _between_sure(text, at, last, spoken):
        if _count(text, piece_start, piece_end) >= fewest and not _is_harmless(
            text[piece_start:piece_end], spoken
        ):
            yield _whole(text, piece_start, piece_end)


def _without_amounts(text: str, start: int, end: int, spoken: bool) -> tuple[int, int]:
    """A run without the amounts at its ends that a sign or a word beside it tells of."""
    before, after = text[max(0, start - _REACH) : start], text[end : end + _REACH]
    money_before = _MONEY_BEFORE.search(before) is not None
    money_after = _MONEY_AFTER.match(after) is not None
    counted = not spoken and text[start] != "0"
    counted = counted and bool(_COUNT_AFTER.match(after) or _MONEY_WORD_BEFORE.search(before))
    if _HOURS.fullmatch(text, start, end) and _HOURS_AFTER.match(after):
        return end, end
    if _STANDARD_BEFORE.search(before) and _STANDARD.fullmatch(text, start, end):
        return end, end
    if (money_before or money_after or counted) and _ONE_OR_TWO.fullmatch(text, start, end):
        return end, end
    if money_before and (amount := _FIRST_AMOUNT.match(text, start)):
        start = min(amount.end(), end)
    if money_after or _PERCENT_AFTER.match(after):
        cut = max(start, end - _REACH)
        if amount := _LAST_AMOUNT.search(text[cut:end]):
            end = cut + amount.start()
    return start, max(start, end)


def _between_sure(text: str, start: int, end: int, spoken: bool) -> Iterator[tuple[int, int]]:
    """The pieces of ``text[start:end]`` between what is surely no telephone number."""
    at = start
    for sure in (_SURE_WHEN if spoken else _SURE).finditer(text, start, end):
        yield at, sure.start()
        at = sure.end()
    yield at, end


def _is_harmless(piece: str, spoken: bool) -> bool:
    """Whether a piece of a run is nothing but years, short dates, a range, a round number."""
    piece = piece.strip(" \t\n.-/()[]+_:'·•|*~\\,")
    if _YEARS.fullmatch(piece) or _DATES.fullmatch(piece):
        return True
    if spoken:
        return False
    a_range = _RANGE.fullmatch(piece)
    if a_range and (len(a_range[1]) < 3 or a_range[1].endswith("0")):
        return int(a_range[1]) < int(a_range[2])
    if _LIST.fullmatch(piece):
        numbers = list(map(int, piece.split("/")))
        return numbers == sorted(numbers)
    prices = _PRICES.fullmatch(piece)
    if prices:
        low, high = (float(price.replace(",", ".")) for price in prices.groups())
        return low < high
    return _ROUND.fullmatch(piece) is not None


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    """From the first digit to the last, with a plus, an open bracket and an extension."""
    while not text[start].isdigit():
        start += 1
    while not text[end - 1].isdigit():
        end -= 1
    for _ in range(3):
        before = text[start - 1 : start]
        if before == "+" or (before in _CLOSING and _CLOSING[before] in text[start:end]):
            start -= 1
    if text[max(0, start - 2) : start] == "+ ":
        start -= 2
    if text[end : end + 1] in (")", "]") and text.count("(", start, end) > text.count(
        ")", start, end
    ):
        end += 1
    extension = _EXTENSION.match(text, end)
    return start, extension.end() if extension else end


def _count(text: str, start: int, end: int) -> int:
    return sum(map(str.isdigit, text[start:end]))
