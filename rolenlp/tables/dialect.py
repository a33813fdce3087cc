"""What a table's first bytes say of it: its encoding, its delimiter, and how quotes are escaped."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import TYPE_CHECKING

from rolenlp.errors import InputError

if TYPE_CHECKING:
    from _csv import Reader


def doubled(lines: Iterable[str], delimiter: str) -> Iterator[str]:
    """The lines, with a backslash that escapes nothing spelt as the csv module wants it."""
    pair = re.compile(rf'(\\["\\\r\n{re.escape(delimiter)}])|\\').sub
    for line in lines:
        yield pair(lambda found: found[1] or "\\\\", line) if "\\" in line else line


def trimmed(lines: Iterable[str], dialect: Dialect) -> Iterator[str]:
    """The lines without the blanks around cells in quotes, which the csv module takes amiss."""
    mark, blanks = re.escape(dialect.delimiter), dialect.blanks
    slash, pair = (r"\\", r"\\.|") if dialect.backslash else ("", "")
    open_quotes = rf'"(?:{pair}""|[^"{slash}]++)*+'
    cell = re.compile(
        rf'{blanks}({open_quotes}"){blanks}({mark}|[\r\n]*\Z)|{blanks}({open_quotes}\Z)'
        rf"|((?:{pair}[^{slash}{mark}]++)*+(?:{mark}|\Z|.))",
        re.DOTALL,
    )
    within = False  # quotes, which were opened on a line before
    for line in lines:
        cells = list(cell.finditer('"' * within + line))
        yield "".join("".join(filter(None, each.groups())) for each in cells)[within:]
        within = any(each[3] is not None for each in cells)


_ROWS = 50  # rows at the start that the delimiter is found in
DELIMITERS = ",;\t|"
_FOREIGN = 0.25  # share of bytes beyond ASCII, above which a text is hardly in Latin letters
_TELLING = 100  # fewer bytes beyond ASCII than this tell nothing
_GUESSED_FROM = 1 << 16  # bytes given to charset_normalizer, which is slow
_WIDE = 4096  # bytes in which UTF-16 without a mark is looked for
_ESCAPED = re.compile("[\udc80-\udcff]")
_QUOTED_LATE = re.compile(r'[ \t]+"(?:[^"]|"")*"[ \t]*')
ABOVE = 20  # lines that may stand above a header
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?[ \t,;|]*', re.IGNORECASE)  # for a spreadsheet


@dataclass(frozen=True)
class Dialect:
    r"""How cells are parted, whether ``\"`` stands for a quote within quotes, and whether blanks
    after a delimiter, and around quotes, are none of the cell's.
    """

    delimiter: str
    backslash: bool = False
    spaced: bool = False

    @property
    def blanks(self) -> str:
        """The pattern of the blanks around quotes; empty where there can be none."""
        return ("[ ]*+" if self.delimiter == "\t" else "[ \t]*+") if self.spaced else ""

    def rows(self, lines: Iterable[str]) -> Reader:
        """A strict reader (of the csv module) of these lines."""
        escape = "\\" if self.backslash else None
        if self.spaced:
            lines = trimmed(lines, self)
        if self.backslash:
            lines = doubled(lines, self.delimiter)
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            escapechar=escape,
            skipinitialspace=self.spaced,
            strict=True,
        )


def find_encoding(head: bytes, whole: bool = True) -> str:
    """The encoding of a text that starts with ``head``; ``whole`` if there is no more of it.

    UTF-8 unless more bytes speak against it than for it; UTF-16 and UTF-32 where a mark, or
    every other byte, says so; cp1252 for text mostly in Latin letters; otherwise what
    charset_normalizer takes it for.
    """
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    start = head[:_WIDE]
    for name, nul, letter in (("utf-16-le", 1, 0), ("utf-16-be", 0, 1)):
        # Text in Latin letters has a NUL in each pair; a few NULs are just dirt.
        if start[nul::2].count(0) * 4 > len(start) and not start[letter::2].count(0):
            return name
    if head.isascii():
        return "utf-8-sig"
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    text = decoder.decode(head, final=whole)
    wrong = len(_ESCAPED.findall(text))
    right = len(text) - len(text.encode("ascii", "ignore")) - wrong
    # One damaged byte in a file full of good UTF-8 must not garble all the rest.
    if wrong < max(right, 1):
        return "utf-8-sig"
    telling = b"\n".join(line for line in head.split(b"\n") if not line.isascii())[:_GUESSED_FROM]
    if sum(byte > 0x7F for byte in telling) < max(_FOREIGN * len(telling), _TELLING):
        # Asked about English with a few accents, charset_normalizer answers cp1250 or Big5.
        return "cp1252"
    from charset_normalizer import from_bytes

    guess = from_bytes(telling).best()
    return codecs.lookup(guess.encoding).name if guess else "cp1252"


def separator_line(sample: str) -> str:
    """The delimiter that a first line ``sep=;`` names; empty where there is no such line."""
    found = _SEPARATOR_LINE.fullmatch(sample.partition("\n")[0].rstrip("\r"))
    return found[1] if found else ""


def lines_above(sample: str, delimiters: str, is_usual: Callable[[str], bool]) -> int:
    """How many lines stand above a table's header: notes, and lines of blanks.

    There are some where a later line holds a usual name, and none of those above could be its
    header, as `only_notes` tells.
    """
    some = islice(io.StringIO(sample, newline=""), ABOVE)
    lines = [line.rstrip("\r\n")[:_WIDE] for line in some]
    for number, delimiter in product(range(len(lines)), delimiters):
        rows = [
            next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
            for line in lines[: number + 1]
        ]
        header = rows.pop()
        if len(header) > 1 and any(map(is_usual, header)):
            within = "".join(lines[:number]).count('"') % 2  # quotes: it is the middle of a cell
            return number if only_notes(rows, header) and not within else 0
    return 0


def only_notes(rows: Iterable[Sequence[str]], header: Sequence[str]) -> bool:
    """Whether each row is no table's header: it is of another width, or has fewer cells filled."""
    filled = _filled(header)
    return all(len(row) != len(header) or _filled(row) < filled for row in rows)


def _filled(row: Sequence[str]) -> int:
    # "Unnamed: 1" is what pandas calls a column without a name.
    return sum(not cell.startswith("Unnamed: ") for cell in map(str.strip, row) if cell)


def find_dialect(sample: str, delimiters: str, whole: bool) -> Dialect:
    """The delimiter, and the way of escaping, that split most rows as they split the header."""
    best, best_score = Dialect(delimiters[0]), (0.0, 0)
    marks = re.escape(delimiters.replace("\t", "") or ",")
    blanks = delimiters != " " and re.search(
        rf'[{marks}][ \t]+"|\t +"|"[ \t]+[{marks}\r\n]|" +\t', sample
    )
    if re.match(r"(?:[^\t\r\n]*[,;|]\t)+[^\t\r\n]*[\r\n]", sample):
        delimiters = delimiters.replace("\t", "") or delimiters  # such tabs are blanks
    # A cell may just end in a backslash, so doubled quotes are tried first, and win a draw. Blanks
    # before quotes are the cell's, quotes and all, unless rows come out whole without them, or as
    # whole, and no quotes in the table open without blanks.
    for spaced, backslash in product(
        (False, True) if blanks else (False,),
        (False, True) if '\\"' in sample else (False,),
    ):
        for delimiter in delimiters:
            dialect = Dialect(delimiter, backslash, spaced)
            widths = list(islice(_widths(dialect, sample), _ROWS))
            if not whole and len(widths) < _ROWS:
                widths = widths[:1] + widths[1:-1]  # the last may be cut short
            width = widths[0] if widths else 1
            if width > 1 or len(delimiters) == 1:
                score = (widths.count(width) / max(len(widths), 1), width)
                drawn = score == best_score and best == replace(dialect, spaced=False)
                if score > best_score or (spaced and drawn and _opens_after_blanks(best, sample)):
                    best, best_score = dialect, score
    return best


def _widths(dialect: Dialect, sample: str) -> Iterator[int]:
    """How many cells each row has; -1 for what is no row."""
    return (len(row) if row else -1 for row in _rows(dialect, sample))


def _opens_after_blanks(dialect: Dialect, sample: str) -> bool:
    """Whether cells look like `` "a"``, and none opens with quotes but the first of a row."""
    return f'{dialect.delimiter}"' not in sample and any(
        _QUOTED_LATE.fullmatch(cell)
        for row in islice(_rows(dialect, sample), _ROWS)
        for cell in row[1:]
    )


def _rows(dialect: Dialect, sample: str) -> Iterator[list[str]]:
    """The rows that have cells; an empty one for what is no row."""
    rows = dialect.rows(io.StringIO(sample, newline=""))
    while True:
        try:
            row = next(rows, None)
        except csv.Error:
            yield []
            continue
        if row is None:
            return
        if row:
            yield row


def given_delimiter(delimiter: str, source: str) -> str:
    r"""Check a delimiter that was given; ``\t`` may be spelt out.

    Raises:
        InputError: it is not one character that can divide cells.
    """
    character = "\t" if delimiter == "\\t" else delimiter
    if len(character) != 1 or character in '"\\\r\n':
        raise InputError(
            f"{source}: {json.dumps(delimiter)} cannot divide cells; "
            'give --delimiter one character, such as ";"'
        )
    return character
