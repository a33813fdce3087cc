"""How good a model is on labelled ads: figures with intervals, comparisons, a report."""

from typing import TYPE_CHECKING

from rolenlp.lazy import lazy

if TYPE_CHECKING:
    from rolenlp.evaluate.run import evaluate

__all__ = ["evaluate"]

__getattr__ = lazy(__name__, {"evaluate": "rolenlp.evaluate.run"})
