"""Tables in and out, batch by batch, every value kept as it was.

CSV, TSV, JSONL and Parquet, the text ones also compressed (``.gz``, ``.zst``); ``-`` is stdin and
stdout, CSV or JSON, and a pipe is given out as it comes. Within a format nothing is re-made: CSV
cells are text and stay text (``007``, ``NA`` and `` 1.0`` are not touched), JSONL lines and Parquet
record batches pass through.

    with open_table("ads.csv") as reader, open_output("out.csv", reader, [added]) as writer:
        for batch in reader:
            writer.write(batch, {"role": [judge(text) for text in batch.columns[2]]})
"""

from rolenlp.tables.base import Batch, Reject, TableReader, unchanged
from rolenlp.tables.read import open_table
from rolenlp.tables.values import as_text
from rolenlp.tables.write import open_output
from rolenlp.tables.writer import AddedColumn, TableWriter

__all__ = [
    "AddedColumn",
    "Batch",
    "Reject",
    "TableReader",
    "TableWriter",
    "as_text",
    "open_output",
    "open_table",
    "unchanged",
]
