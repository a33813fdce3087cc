"""Rows that could not be parsed, as they were, in a file beside the output."""

from __future__ import annotations

import codecs
import csv
from contextlib import AbstractContextManager
from pathlib import Path

from rolenlp.errors import RolenlpError
from rolenlp.files.atomic import OutputFile, writing
from rolenlp.files.use import REJECTED, is_ours, refuse_stranger
from rolenlp.tables import Reject, TableReader

_NAMED = 10


class RejectsFile(AbstractContextManager["RejectsFile"]):
    """``OUTPUT.rejected``, a CSV of line, reason and raw; there only if a row is rejected.

    They are those that `reader` sets aside. Use it in a ``with`` statement around that of the
    output, call :meth:`take` after each batch, and :meth:`finish` when all rows are in, before the
    output is put in place: so no disk that is full is found out about too late.
    The file is put in its place, or one of an earlier run goes, when the output is in its own.
    Who may read it is who may read the output. A file that does not begin as this one does is
    nobody's to replace or remove.

    Attributes:
        count: how many rows were rejected.
        path: the file; None where the output is stdout.

    Raises:
        InputError: something else is in its place.
    """

    def __init__(self, output: str | Path, reader: TableReader) -> None:
        self.count = 0
        self.path = None if str(output) == "-" else Path(f"{output}.rejected")
        self._output, self._reader = output, reader
        if self.path is not None:
            refuse_stranger(self.path, REJECTED)
        self._first: list[Reject] = []
        self._file: OutputFile | None = None

    def take(self) -> None:
        """Write down the rows that were set aside since.

        Raises InputError where the file cannot be written.
        """
        for reject in self._reader.take_rejects():
            self.count += 1
            if len(self._first) < _NAMED:
                self._first.append(reject)
            self._write(str(reject.line), reject.reason, reject.raw)

    def _write(self, *cells: str) -> None:
        if self.path is None:
            return
        if self._file is None:
            self._file = OutputFile(self.path, like=self._output)
            self._write("line", "reason", "raw")
        text = codecs.getwriter("utf-8")(self._file.stream, "backslashreplace")
        with writing(self._file.name):
            csv.writer(text, lineterminator="\n").writerow(cells)

    def finish(self, rows: int, done: str) -> None:
        """Take the last rows and bring all to the disk.

        Raises RolenlpError where these, and `rows` that were `done`, are not all that were read.
        """
        self.take()
        if self._reader.rows_in != rows + self.count:
            raise RolenlpError(
                f"{self._reader.source}: of {self._reader.rows_in:,} rows read, {rows:,} were "
                f"{done} and {self.count:,} rejected, which is not all; please report this"
            )
        if self._file is not None:
            self._file.finish()

    def lines(self) -> list[str]:
        """Where the rows are to be found, for a person; nothing where there are none."""
        if not self.count:
            return []
        if self.path is not None:
            return [f"rejected rows: as they were, with line and reason, in {self.path}"]
        more = self.count - len(self._first)
        return [
            *(f"rejected: line {each.line:,} {each.reason}" for each in self._first),
            *([f"rejected: and {more:,} more"] if more else []),
        ]

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if self._file is not None:
            self._file.__exit__(kind, error, trace)
        elif kind is None and self.path is not None and is_ours(self.path, REJECTED):
            self.path.unlink()
