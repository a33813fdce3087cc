"""A table of ads in, the same table with its verdicts out."""

from typing import TYPE_CHECKING

from rolenlp.lazy import lazy

if TYPE_CHECKING:
    from rolenlp.label.run import label_table
    from rolenlp.label.summary import Summary
    from rolenlp.label.workers import Options

__all__ = ["Options", "Summary", "label_table"]

__getattr__ = lazy(
    __name__,
    {
        "Options": "rolenlp.label.workers",
        "Summary": "rolenlp.label.summary",
        "label_table": "rolenlp.label.run",
    },
)
