"""Texts in, lemmas and the phrases of the themes out."""

from typing import TYPE_CHECKING

from rolenlp.lazy import lazy

if TYPE_CHECKING:
    from rolenlp.reading.priors import Priors

__all__ = ["Priors"]

__getattr__ = lazy(__name__, {"Priors": "rolenlp.reading.priors"})
