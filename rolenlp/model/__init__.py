"""The estimators: what learns from ads that were read."""

from typing import TYPE_CHECKING

from rolenlp.lazy import lazy

if TYPE_CHECKING:
    from rolenlp.model.ads import AdReader, ReadAds, read_ads
    from rolenlp.model.classifier import RoleClassifier
    from rolenlp.model.features import (
        LemmaCounts,
        LemmaTfidf,
        PriorFeatures,
        TitleClaims,
        role_features,
    )

__all__ = [
    "AdReader",
    "LemmaCounts",
    "LemmaTfidf",
    "PriorFeatures",
    "ReadAds",
    "RoleClassifier",
    "TitleClaims",
    "read_ads",
    "role_features",
]

__getattr__ = lazy(
    __name__,
    {
        "AdReader": "rolenlp.model.ads",
        "LemmaCounts": "rolenlp.model.features",
        "LemmaTfidf": "rolenlp.model.features",
        "PriorFeatures": "rolenlp.model.features",
        "ReadAds": "rolenlp.model.ads",
        "RoleClassifier": "rolenlp.model.classifier",
        "TitleClaims": "rolenlp.model.features",
        "read_ads": "rolenlp.model.ads",
        "role_features": "rolenlp.model.features",
    },
)
