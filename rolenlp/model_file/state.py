"""A fitted model as plain data and back: texts, numbers, and arrays packed as ``.npy`` bytes."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from rolenlp.errors import InputError
from rolenlp.model.calibration import Calibrator
from rolenlp.model.classifier import RoleClassifier
from rolenlp.model.features import Grams
from rolenlp.model.fitted import Calibrators, Fitted
from rolenlp.model.heads import Heads
from rolenlp.model_file.state_checks import (
    StateError,
    check_arrays,
    check_parts,
    check_priors,
    unpack,
)
from rolenlp.reading.lexicon import Lexicon
from rolenlp.reading.priors import Priors
from rolenlp.reading.reader import Reader
from rolenlp.schema import ROLES

__all__ = ["read_state", "write_state"]

_KIND = "rolenlp role classifier"


def write_state(model: RoleClassifier) -> dict[str, Any]:
    """Everything that prediction needs, as built-in types only."""
    check_is_fitted(model, "classes_")
    params = model.get_params()
    for name in ("priors", "boilerplate"):  # what was made of them travels instead
        params.pop(name)
    params.pop("remember")  # a matter of one search
    return {
        "kind": _KIND,
        "params": {name: _plain(value) for name, value in params.items()},
        "priors": model.reader_.priors.source,
        "words": model.reader_.lexicon.words[2:],
        "boilerplate": dict(model.reader_.boilerplate),
        "lemmas": model.lemmas_,
        "n_postings": model.n_postings_,
        "arrays": {name: _pack(array) for name, array in _arrays(model).items()},
    }


def _arrays(model: RoleClassifier) -> dict[str, NDArray[Any]]:
    # Half the digits of a coefficient are noise; the canaries are computed after the rounding.
    stated = {} if model.theme_heads_ is None else {"themes": model.theme_heads_}
    return {
        "body_keys": model.body_grams_.keys,
        "body_idf": model.body_grams_.idf.astype(np.float32),
        "title_keys": model.title_grams_.keys,
        "title_idf": model.title_grams_.idf.astype(np.float32),
        "duties": model.heads_.duties.astype(np.float32),
        "title": model.heads_.title.astype(np.float32),
        "by_duties": model.calibrators_.by_duties.coefficients,
        "by_both": model.calibrators_.by_both.coefficients,
        "by_title": model.calibrators_.by_title.coefficients,
        "thresholds": model.thresholds_,
        **{name: array.astype(np.float32) for name, array in stated.items()},
    }


def read_state(state: dict[str, Any]) -> RoleClassifier:
    """A fitted model from what `write_state` gave.

    Raises KeyError, TypeError or ValueError where the data is not of such a model; a `StateError`
    says what is wrong with it.
    """
    model = RoleClassifier()
    check_parts(state, model.get_params())
    if state["kind"] != _KIND:
        raise StateError("it is of another kind")
    try:
        priors = Priors.from_toml(state["priors"])
    except InputError:
        raise StateError("its priors are none") from None
    check_priors(priors)
    lexicon = Lexicon(state["words"], closed=True)
    arrays = unpack(state["arrays"])
    check_arrays(arrays, len(lexicon), priors)
    lemmas, boilerplate = state["lemmas"], state["boilerplate"]
    model.set_params(**state["params"], priors=priors, boilerplate=boilerplate)
    return model.take(
        Fitted(
            classes=np.array(ROLES),
            n_postings=state["n_postings"],
            reader=Reader(priors, lexicon, lemmas, boilerplate),
            lemmas=lemmas,
            body_grams=Grams(arrays["body_keys"], arrays["body_idf"].astype(float)),
            title_grams=Grams(arrays["title_keys"], arrays["title_idf"].astype(float)),
            heads=Heads(arrays["duties"].astype(float), arrays["title"].astype(float)),
            theme_heads=arrays["themes"].astype(float) if "themes" in arrays else None,
            calibrators=Calibrators(
                Calibrator(arrays["by_duties"]),
                Calibrator(arrays["by_both"]),
                Calibrator(arrays["by_title"]),
            ),
            thresholds=arrays["thresholds"],
        )
    )


def _plain(value: Any) -> Any:
    """A setting as built-in types; a grid of model, say, holds NumPy's."""
    if isinstance(value, Mapping):
        return {str(name): float(share) for name, share in value.items()}
    return value.item() if isinstance(value, np.generic) else value


def _pack(array: NDArray[Any]) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=False)
    return stream.getvalue()
