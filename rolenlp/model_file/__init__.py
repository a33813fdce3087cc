"""The model file and its card: save and load, and nothing in the file runs."""

from typing import TYPE_CHECKING

from rolenlp.lazy import lazy

if TYPE_CHECKING:
    from rolenlp.model_file.bundle import load, save

__all__ = ["load", "save"]

__getattr__ = lazy(
    __name__,
    {
        "load": "rolenlp.model_file.bundle",
        "save": "rolenlp.model_file.bundle",
    },
)
