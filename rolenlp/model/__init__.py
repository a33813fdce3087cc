"""The estimators: what learns from ads that were read."""

from typing import TYPE_CHECKING

from rolenlp.lazy import lazy

if TYPE_CHECKING:
    from rolenlp.model.classifier import RoleClassifier

__all__ = ["RoleClassifier"]

__getattr__ = lazy(__name__, {"RoleClassifier": "rolenlp.model.classifier"})
