"""What a fit is told of its ads: labels, weights, sources, themes; checked before any is read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold, KFold
from sklearn.utils.multiclass import check_classification_targets

from rolenlp.model.fitted import Fitted
from rolenlp.model.themes import theme_table
from rolenlp.schema import ROLES

_FEWEST_FOR_FOLDS = 20  # ads; fewer are not worth answering without them
_FOLDS = 5
_FEWEST_SOURCES = 3

Classes = "Mapping[Any, str | None] | Sequence[str | None] | str | None"


@dataclass(frozen=True)
class Targets:
    """What was told of `n` ads: arrays of one entry an ad.

    `label` numbers `classes`, the labels that were seen, of which `roles` says what role each
    stands for ("" for none). `stated`, shape (n, 6), are the themes.
    """

    classes: NDArray[Any]
    roles: tuple[str, ...]
    label: NDArray[np.int64]
    weight: NDArray[np.float64]
    calibrating: NDArray[np.float64]
    sources: Sequence[str] | None
    stated: NDArray[np.bool_] | None

    @classmethod
    def of(
        cls,
        n: int,
        y: Any,
        classes: Any,
        *,
        sources: Sequence[object] | None = None,
        sample_weight: Sequence[float] | None = None,
        calibration_weight: Sequence[float] | None = None,
        themes: Sequence[Collection[str]] | None = None,
        base: Fitted | None = None,
    ) -> Self:
        """What was told of `n` ads; ValueError where it does not fit them.

        `classes` is that of `rolenlp.model.classifier.RoleClassifier`; with a `base` the classes
        are its, whichever were seen.
        """
        if y is None:
            raise ValueError("RoleClassifier requires y to be passed, but the target y is None")
        labels = np.asarray(y if len(y) else np.zeros(0, str))
        if labels.ndim != 1 or len(labels) != n:
            raise ValueError(f"{n} ads but labels of shape {labels.shape}")
        if labels.dtype == object:
            labels = labels.astype(str) if all(isinstance(v, str) for v in labels) else labels
        known = _known(labels, classes) if base is None else _of_base(base)
        for place, label in enumerate(labels.tolist()):
            if label not in known:
                hint = f"roles are {', '.join(ROLES)}; for other labels see classes"
                if not isinstance(label, str):  # scikit-learn numbers them here and there
                    hint += ", like classes={0: 'hybrid', 1: 'other', 2: 'product', 3: 'project'}"
                if base is not None:
                    hint = f"the base knows {', '.join(map(str, known))}; train without it"
                elif classes is not None:
                    hint = "classes does not name it"
                raise ValueError(f"role {str(label)[:40]!r} of ad {place}: {hint}")
        if n:
            check_classification_targets(labels)
        found = np.unique(labels) if n and base is None else np.array(sorted(known))
        weight = _weights(sample_weight, n, "sample")
        calibrating = weight
        if calibration_weight is not None:
            calibrating = _weights(calibration_weight, n, "calibration")
        for name, told in (("sources", sources), ("entries of themes", themes)):
            if told is not None and len(told) != n:
                raise ValueError(f"{n} ads but {len(told)} {name}")
        return cls(
            found,
            tuple(known[label] or "" for label in found.tolist()),
            np.searchsorted(found, labels) if n else np.zeros(0, np.int64),
            weight,
            calibrating,
            None if sources is None else [str(source) for source in sources],
            None if themes is None else theme_table(themes),
        )

    def shares(self) -> NDArray[np.float64]:
        """The shares of the classes among the ads that calibrate; equal without ads."""
        sums = np.bincount(self.label, self.calibrating, minlength=len(self.classes))
        return np.asarray((sums if sums.sum() else np.ones(len(sums))) / (sums.sum() or len(sums)))

    def folds(self) -> list[NDArray[np.int64]]:
        """Rows to answer by a fit without them: by source, else by chance; none for few rows."""
        n = len(self.label)
        if n < _FEWEST_FOR_FOLDS or len(self.classes) < 2:
            return []
        n_sources = len(set(self.sources or ()))
        if n_sources >= _FEWEST_SOURCES:
            by_source = GroupKFold(n_splits=min(n_sources, _FOLDS))
            return [rows for _, rows in by_source.split(np.zeros(n), groups=self.sources)]
        by_chance = KFold(n_splits=_FOLDS, shuffle=True, random_state=0)
        return [rows for _, rows in by_chance.split(np.zeros(n))]


def _known(labels: NDArray[Any], classes: Any) -> Mapping[Any, str | None]:
    """The role of each label that there can be; ValueError for a role that there is not."""
    if isinstance(classes, str) and classes == "any" and len(labels):
        return {label: label if label in ROLES else "" for label in labels.tolist()}
    if classes is None or isinstance(classes, str):
        return {role: role for role in ROLES}
    known = classes if isinstance(classes, Mapping) else dict(enumerate(classes))
    for role in known.values():
        if role and role not in ROLES:
            raise ValueError(f"classes has the role {role!r}: roles are {', '.join(ROLES)}")
    return known


def _of_base(base: Fitted) -> Mapping[Any, str | None]:
    return dict(zip(base.classes.tolist(), base.roles, strict=True))


def _weights(weight: Sequence[float] | None, n: int, kind: str) -> NDArray[np.float64]:
    if weight is None:
        return np.ones(n)
    values = np.asarray(weight, float)
    if values.shape != (n,):
        raise ValueError(f"{n} ads but {kind} weights of shape {values.shape}")
    if not np.all((values >= 0) & np.isfinite(values)):
        raise ValueError(f"{kind} weights must be numbers from 0 up")
    return values


def balance(
    label: NDArray[np.int64], weight: NDArray[np.float64], shares: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Factors that bring the labels to the shares, and leave the sum of the weights as it is."""
    sums = np.bincount(label, weight, minlength=len(shares))
    present = sums > 0
    factor = np.zeros(len(shares))
    factor[present] = shares[present] / shares[present].sum() * weight.sum() / sums[present]
    return factor[label]


def by_class(roles: Sequence[str]) -> NDArray[np.float64]:
    """What turns probabilities of `ROLES` into those of classes: shape (4, n_classes).

    Several classes of one role have equal parts of it. Its transpose, where it is not 0, sums
    classes up to roles.
    """
    same = np.array([[role == of for of in roles] for role in ROLES], float)
    return np.asarray(same / np.maximum(1, same.sum(axis=1, keepdims=True)))


def shares_of(told: Mapping[str, float], roles: Sequence[str]) -> NDArray[np.float64]:
    """Shares of classes that stand for `roles`, from shares of the roles; they sum to 1.

    A role that is not named has 0. Raises ValueError for what is no role or no share, and unless a
    role of the classes has one above 0.
    """
    if not set(told) <= set(ROLES) or not all(0 <= share < np.inf for share in told.values()):
        raise ValueError(f"a mix of roles needs a share from 0 up for any of {', '.join(ROLES)}")
    shares = np.array([told.get(name, 0) for name in ROLES]) @ by_class(roles)
    if not shares.sum():
        raise ValueError("a mix of roles has no share for any role that the model knows")
    return np.asarray(shares / shares.sum())
