"""scikit-learn's own checks of estimators, with words in place of numbers."""

from __future__ import annotations

from typing import Any

import pytest
from sklearn.base import is_classifier
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks

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
_NO_ARRAY = "what AdReader gives are ads that were read: no array, nor comparable as one"
GIVES_NO_ARRAY = dict.fromkeys(
    (
        "check_estimators_pickle",
        "check_fit_idempotent",
        "check_methods_sample_order_invariance",
        "check_methods_subset_invariance",
        "check_pipeline_consistency",
        "check_transformer_data_not_an_array",
        "check_transformer_general",
        "check_transformer_preserve_dtypes",
    ),
    _NO_ARRAY,
)


def _senseless(estimator: Any) -> dict[str, str]:
    return GIVES_NO_ARRAY if isinstance(estimator, ReaderOfNumbers) else {}


@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks(ESTIMATORS, expected_failed_checks=_senseless, xfail_strict=True)
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
    assert (
        is_classifier(estimator) == tags.target_tags.required == (type(estimator) is RoleClassifier)
    )
