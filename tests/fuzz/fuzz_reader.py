"""Fuzzes the reader of tables: `python -m tests.fuzz.fuzz_reader [-max_total_time=120] [CORPUS]`.

Whatever the bytes: a table that opens gives each row to the judge or sets it aside, a table that
does not open says why in one line, and what is written is read again as it was. Wants the extra
`fuzz`.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from pathlib import Path

_NAMES = ("a.csv", "a.tsv", "a.jsonl")


def read_any(data: bytes) -> None:
    """Read bytes as each kind of table; raises AssertionError where a row goes missing."""
    from rolenlp.errors import RolenlpError
    from rolenlp.tables import AddedColumn, as_text, open_output, open_table

    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / _NAMES[len(data) % len(_NAMES)], Path(folder) / "b.tsv"
        source.write_bytes(data)
        try:
            reader = open_table(source, batch_size=3)
        except RolenlpError as error:
            assert "\n" not in str(error)
            return
        rows: list[list[str]] = []
        away = 0
        try:
            with reader, open_output(target, reader, [AddedColumn("added", "string")]) as writer:
                for batch in reader:
                    writer.write(batch, {"added": ["="] * len(batch)})
                    away += len(reader.take_rejects())
                    columns = [[as_text(cell) for cell in each] for each in batch.columns]
                    rows += map(list, zip(*columns, ["'="] * len(batch), strict=True))
                away += len(reader.take_rejects())
        except RolenlpError:
            return  # a name of an added column is there already
        assert reader.rows_in == len(rows) + away, (reader.rows_in, len(rows), away)
        with target.open(encoding="utf-8", newline="") as file:
            written = list(csv.reader(file, delimiter="\t", strict=True))[1:]
        spelt = [
            [cell.encode("utf-8", "backslashreplace").decode() for cell in row] for row in rows
        ]
        assert written == spelt


def main() -> None:
    """Fuzz until told to stop."""
    import atheris

    with atheris.instrument_imports(include=["rolenlp.tables"]):
        import rolenlp.tables.csv_read
        import rolenlp.tables.json_read  # noqa: F401

    atheris.Setup(sys.argv, read_any)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
