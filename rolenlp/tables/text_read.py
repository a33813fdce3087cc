"""What the readers of tables that are text have in common."""

from __future__ import annotations

from bisect import bisect_right

from rolenlp.tables.base import TOO_LONG, Reject, TableReader
from rolenlp.tables.text import TextFile

_MOST_HELD = 1 << 24  # characters of rejected rows, before a batch is given out so that they go
MOST_RAW = 1 << 16  # characters of a rejected row that is too long


class TextReader(TableReader):
    """A table that is text; rows that cannot be parsed are set aside."""

    def __init__(self, file: TextFile, path: str, batch_size: int) -> None:
        self.path = path
        self.notes = file.notes
        self.bytes_total = file.bytes_total
        self._file = file
        self._batch_size = batch_size
        self._rejects: list[Reject] = []
        self._held = 0

    @property
    def bytes_read(self) -> int:
        """Bytes read so far, of ``bytes_total``."""
        return self._file.bytes_read

    def take_rejects(self) -> list[Reject]:
        """The rows that could not be parsed since this was last asked."""
        taken, self._rejects, self._held = self._rejects, [], 0
        return taken

    def close(self) -> None:
        """Close the file; stdin stays open."""
        self._file.close()

    def _reject(self, line: int, reason: str, raw: str) -> None:
        """Set aside a row; `line` counts parts of long lines, as `TextFile.blocks` gives them."""
        if reason == TOO_LONG:
            raw = raw[:MOST_RAW]
        line -= bisect_right(self._file.parts, line)
        self.rows_in += 1
        self._rejects.append(Reject(line, reason, raw.removesuffix("\n").removesuffix("\r")))
        self._held += len(raw)

    @property
    def _held_enough(self) -> bool:
        return self._held > _MOST_HELD

    @property
    def _many_rejects(self) -> bool:
        return len(self._rejects) >= self._batch_size or self._held_enough

    def _odd(self, last: int) -> bool:
        """Whether lines up to this one, and not asked about before, have bytes not readable."""
        odd, found = self._file.odd_lines, False
        while odd and odd[0] <= last:
            odd.popleft()
            found = True
        return found

    @property
    def _odd_reason(self) -> str:
        return f"has bytes that are not {self._file.encoding}"
