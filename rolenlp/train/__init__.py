"""Labelled tables in, a model file out; label issues, and ads for a person to review."""

from typing import TYPE_CHECKING

from rolenlp.lazy import lazy

if TYPE_CHECKING:
    from rolenlp.train.run import train

__all__ = ["train"]

__getattr__ = lazy(__name__, {"train": "rolenlp.train.run"})
