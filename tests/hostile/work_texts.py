"""Work that a function does on a text, counted and not timed.

Two counts, as Python's own steps say nothing of what one regular expression does: `steps` counts
lines of Python run; `ends` runs functions in another process that is killed at a number of seconds
of the processor's own time, of which they need a few, while what takes the square of a text's
length would need hours.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from rolenlp.schema import Evidence, Prediction
from rolenlp.text.clean import clean, find_special, restore_line_breaks
from rolenlp.text.html import decode_entities, has_tags, html_text, strip_tags
from rolenlp.text.language import is_english
from rolenlp.text.markdown import blank_tables, strip_marks
from rolenlp.text.personal import mask_personal, quoted
from rolenlp.train.active_learning import Candidate
from rolenlp.train.review_page import as_review_page
from rolenlp.verdicts.excerpts import excerpt
from rolenlp.verdicts.page import as_page
from tests.hostile.texts import HOSTILE, Make, _again, _between

__all__ = ["FLOODS", "STEPS_OF_READING", "ends", "steps"]

Work = Callable[[str], Any]


def steps(work: Work, text: str) -> int:
    """Lines of Python that run in a call, of whatever module."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        count += event in ("line", "call")
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work(text)
    finally:
        sys.settrace(before)
    return count


def ends(work: Work, texts: dict[str, str], seconds: int) -> str:
    """The name of the text on which functions did not end within so much time, or ""."""
    fork = multiprocessing.get_context("fork")
    reader, writer = fork.Pipe(duplex=False)
    process = fork.Process(target=_run, args=(work, texts, seconds, writer))
    process.start()
    writer.close()
    last = ""
    try:
        while True:
            last = reader.recv()
    except EOFError:
        pass
    process.join()
    return "" if process.exitcode == 0 else last


def _run(work: Work, texts: dict[str, str], seconds: int, writer: Any) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    for name, text in texts.items():
        writer.send(name)
        used = resource.getrusage(resource.RUSAGE_SELF)
        limit = int(used.ru_utime + used.ru_stime) + seconds
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        work(text)


def _strip(text: str) -> None:
    for _ in strip_marks(text, find_special(text)):
        pass


def _verdict(text: str) -> Prediction:
    """Of a phrase at a text's end, where all of it is before."""
    cleaned = clean(text)
    end = len(cleaned.text)
    start, last = cleaned.source_span(max(0, end - 2), end) if end else (0, 0)
    return Prediction(
        "product",
        0.5,
        orientation=0.0,
        evidence=(Evidence("vision", "x", start, max(last, 1), 1.0),),
    )


def _explain(text: str) -> None:
    verdict = _verdict(text)
    as_page(text, text, verdict)
    excerpt(text, verdict)
    ad = Candidate(1, text, text, "", verdict, company=text, cells=[text])
    as_review_page([ad], ["text"], "")


def _quote(text: str) -> None:
    quoted(text, 0, len(text))
    quoted(text, len(text) // 2, len(text) // 2 + 9)


STEPS_OF_READING: dict[str, Work] = {
    "clean": clean,
    "HTML": lambda text: (has_tags(text), html_text(text), strip_tags(text).text()),
    "references": lambda text: decode_entities(text).text(),
    "Markdown": _strip,
    "tables": blank_tables,
    "line breaks": restore_line_breaks,
    "language": lambda text: is_english(text.encode("utf-8", "replace").decode()),
    "personal": mask_personal,
    "quotes": _quote,
    "explain": _explain,
}

FLOODS: dict[str, Make] = {
    **HOSTILE,
    # Numbers and addresses.
    "single digits": _again("7 "),
    "thousands": _again("1,000,"),
    "thousands that end wrong": _between("1", ",000", "0"),
    "pairs": _again("12-"),
    "digits far apart": _again("7------"),
    "digits too far apart": _again("7-------"),
    "amounts": _again("$1,000 "),
    "amounts in words": _again("budget of 1000 "),
    "dates": _again("01/02/2023-"),
    "short dates": _again("01/02/23 "),
    "years": _again("2019-"),
    "times": _again("10:00-"),
    "open brackets and digits": _again("(1"),
    "open brackets before a number": _between("", "(", "612345678"),
    "plus signs before a number": _between("", "+", "612345678"),
    "closed numbers": _again("(612345678)"),
    "extensions": _again("ext 1 x 2 "),
    "vanity": _between("1-800-", "A"),
    "vanity again": _again("1-800-A"),
    "standards": _again("ISO 9001 "),
    "calls": _again("call us 61234 "),
    "digits in words": _again("one two "),
    "digits in words, joined": _again("one"),
    "at-signs": _again("@ "),
    "at-signs and letters": _again("a@"),
    "at-signs between": _again("a @ "),
    "at in brackets": _again("a (at) "),
    "at left open": _again("(at"),
    "at in words": _again("a at b.c "),
    "dots in words": _again("a dot "),
    "mail": _again("mail jo at "),
    "a long name": _between("", "a.", "@b"),
    "a long domain": _between("jo@", "a."),
    "a long domain after at": _between("jo.doe at ", "a."),
    "a spaced address": _between("", "a ", "@ a b c d"),
    "quotes before at-signs": _again('"@ '),
    "references of signs": _again("&#64;"),
    "references of references": _between("&", "amp;", "#64;"),
    "percent signs": _again("%40"),
    # Characters.
    "full-width": _again("６１２ "),
    "long forms": _again("\ufdfa"),
    "zero-width between digits": _again("6\u200b"),
    "zero-width after a number": _between("612345678", "\u200b"),
    "zero-width before a number": _between("", "\u200b", "612345678"),
    "zero-width in a number": _between("6", "\u200b", "12345678"),
    "numbers and zero-width": _again("612345678 \u200b\u200b"),
    "marks on a number": _between("612345678", "\u0301"),
    "marks on letters": _again("e\u0301"),
    "spaces before a break": _between("a", " ", "\nb"),
    "blank lines": _again("\n \n"),
    # HTML.
    "unknown tags": _again("<x>"),
    "known and unknown": _again("<p><x y>"),
    "names left open": _again("<p"),
    "closing left open": _again("</p "),
    "values left open": _again("<p b='"),
    "an attribute again": _between("<p>x<p ", "x="),
    "colons in attributes": _between("<p>x<p ", "a:"),
    "comments": _again("<p><!---->"),
    "comments left open": _again("<p><!-"),
    "ends of comments": _again("<p>-->"),
    "titles": _again("<p><title>"),
    "scripts left open": _between("<p><script>", "</script "),
    "plain text": _again("<p><plaintext><xmp>"),
    "escaped twice": _again("<p>&lt;p&gt;"),
    "references left open": _again("<p>&lt"),
    # Markdown.
    "brackets": _again("[("),
    "a link of brackets": _between("[a](b.", "("),
    "closed brackets": _again("]("),
    "stars and spaces": _again("* a*"),
    "strong left open": _again("__a "),
    "fences": _again("```a\n"),
    "rows": _again("\n|a"),
    "rows of spaces": _between("|", " \t", "x"),
}
