"""Words made of numbers, so that scikit-learn's checks of estimators run on those that take ads.

A number becomes the words of all steps that it reaches, as a thermometer shows it: what a bag of
words can tell apart, these can.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import validate_data

from rolenlp.model.ads import AdReader
from rolenlp.model.classifier import RoleClassifier
from rolenlp.model.features import LemmaCounts, LemmaTfidf, PriorFeatures, TitleClaims

_STEPS = np.linspace(-3, 3, 7)
_LETTERS = "bcdfghjklmnpqrtvwxz"  # no word of these has another as its lemma


def _word(column: int, step: int) -> str:
    return "q" + _LETTERS[column // 19 % 19] + _LETTERS[column % 19] + _LETTERS[step]


def as_texts(X: NDArray[Any]) -> list[str]:
    """A text a row; its words say how large each number is."""
    columns = [[_word(j, s) for s in range(len(_STEPS))] for j in range(X.shape[1])]
    return [
        " ".join(
            word
            for value, words in zip(row, columns, strict=True)
            for word in words[: np.searchsorted(_STEPS, value)]
        )
        for row in X.tolist()
    ]


class OfNumbers:
    """An estimator of ads that takes a table of numbers in their place, and checks it."""

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        tags.input_tags.string = False
        tags.input_tags.two_d_array = True
        return tags

    def _told(self, X: Any, y: Any) -> tuple[list[str], Any]:
        if y is None:
            return as_texts(validate_data(self, X)), None
        X, y = validate_data(self, X, y)
        return as_texts(X), y

    def _ads_of(self, X: Any) -> list[str]:
        return as_texts(validate_data(self, X, reset=False))


class RolesOfNumbers(OfNumbers, RoleClassifier):
    def fit(self, X: Any, y: Any = None, *args: Any, **more: Any) -> Any:
        return super().fit(*self._told(X, y), *args, **more)

    def predict_proba(self, X: Any, **more: Any) -> Any:
        return super().predict_proba(self._ads_of(X), **more)


class _Transforms(OfNumbers):
    def fit_transform(self, X: Any, y: Any = None, **more: Any) -> Any:
        return super().fit_transform(*self._told(X, y), **more)  # type: ignore[misc]

    def transform(self, X: Any) -> Any:
        return super().transform(self._ads_of(X))  # type: ignore[misc]


class _Features(_Transforms):
    def fit(self, X: Any, y: Any = None, **more: Any) -> Any:
        return super().fit(*self._told(X, y), **more)  # type: ignore[misc]


class CountsOfNumbers(_Features, LemmaCounts): ...


class TfidfOfNumbers(_Features, LemmaTfidf): ...


class PriorsOfNumbers(_Features, PriorFeatures): ...


class ClaimsOfNumbers(_Features, TitleClaims): ...


class ReaderOfNumbers(_Transforms, AdReader): ...
