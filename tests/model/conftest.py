"""What the tests of the estimators share."""

from collections.abc import Iterator
from functools import cache

import pytest

from rolenlp.model.ads import ReadAds, read_ads
from rolenlp.model.classifier import RoleClassifier
from rolenlp.reading import chunks
from tests.small_ads import ADS, ROLES, small_priors


@pytest.fixture(scope="package", autouse=True)
def one_tokenizer() -> Iterator[None]:
    """Made once: for each fit anew it is most of what a small fit takes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "build_tokenizer", cache(chunks.build_tokenizer))
        yield


@pytest.fixture(scope="session")
def read() -> ReadAds:
    """The 32 small ads, read with the small priors."""
    return read_ads(ADS, small_priors(), {})


def small(**settings: object) -> RoleClassifier:
    """A model of the small priors that reads all of an ad."""
    known = {"priors": small_priors(), "min_postings": 2, "boilerplate": {}}
    return RoleClassifier(**{**known, **settings})  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def base(read: ReadAds) -> RoleClassifier:
    """Fitted on the 32 small ads; do not change it."""
    return small().fit(read, ROLES)
