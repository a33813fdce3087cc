"""scikit-learn's own checks of estimators, with words in place of numbers."""

from __future__ import annotations

from typing import Any

import pytest
from sklearn.base import is_classifier
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import estimator_checks_generator

from rolenlp.model.ads import AdReader
from rolenlp.model.classifier import RoleClassifier
from rolenlp.model.features import LemmaCounts, LemmaTfidf, PriorFeatures, TitleClaims
from tests.model.numbers_as_words import (
    ClaimsOfNumbers,
    CountsOfNumbers,
    PriorsOfNumbers,
    ReaderOfNumbers,
    RolesOfNumbers,
    TfidfOfNumbers,
)
from tests.small_ads import small_priors

SMALL: dict[str, Any] = {"priors": small_priors(), "boilerplate": {}}
ESTIMATORS = [
    RolesOfNumbers(classes="any", min_postings=2, **SMALL),
    CountsOfNumbers(min_postings=1, **SMALL),
    TfidfOfNumbers(min_postings=1, **SMALL),
    PriorsOfNumbers(sparse_output=False, **SMALL),
    ClaimsOfNumbers(**SMALL),
    ReaderOfNumbers(min_postings=1, **SMALL),
]
# What AdReader gives are ads that were read: no array, and nothing that can be compared as one.
GIVES_NO_ARRAY = (
    "check_estimators_pickle",
    "check_fit_idempotent",
    "check_methods_sample_order_invariance",
    "check_methods_subset_invariance",
    "check_pipeline_consistency",
    "check_transformer_data_not_an_array",
    "check_transformer_general",
    "check_transformer_preserve_dtypes",
)


def _name(check: Any) -> str:
    return str(getattr(check, "func", check).__name__)


def _cases() -> list[Any]:
    out = []
    for estimator in ESTIMATORS:
        # LemmaTfidf is a LemmaCounts: the slower checks need not run on both.
        legacy = not isinstance(estimator, CountsOfNumbers)
        for each, check in estimator_checks_generator(estimator, legacy=legacy):
            name = _name(check)
            if name == "check_array_api_input":
                continue  # of SciPy's array API, which texts have no part in
            if isinstance(estimator, ReaderOfNumbers) and name in GIVES_NO_ARRAY:
                continue
            out.append(pytest.param(each, check, id=f"{type(estimator).__name__}-{name}"))
    return out


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("estimator", "check"), _cases())
def test_scikit_learns_checks(estimator: Any, check: Any) -> None:
    check(estimator)


@pytest.mark.parametrize(
    "estimator",
    [RoleClassifier(), LemmaCounts(), LemmaTfidf(), PriorFeatures(), TitleClaims(), AdReader()],
    ids=lambda estimator: type(estimator).__name__,
)
def test_tags_say_that_it_takes_text(estimator: Any) -> None:
    tags = get_tags(estimator)
    assert tags.input_tags.string
    assert not tags.input_tags.two_d_array
    assert is_classifier(estimator) == tags.target_tags.required == (
        type(estimator) is RoleClassifier
    )
