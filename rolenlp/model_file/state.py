"""A fitted model as plain data and back: texts, numbers, and arrays packed as ``.npy`` bytes.

What is of other kinds than the default, features or classifiers, are estimators; see
`rolenlp.model_file.skops_file` for how they travel.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion
from sklearn.utils.validation import check_is_fitted

from rolenlp.errors import InputError, ModelError
from rolenlp.model.classifier import RoleClassifier
from rolenlp.model.features import LemmaTfidf, as_input, role_features
from rolenlp.model.fitted import Fitted, View
from rolenlp.model.fitting import constant
from rolenlp.model.learning import SHOWN
from rolenlp.model.themes import ThemeOdds
from rolenlp.model_file.state_checks import (
    VIEW_NAMES,
    StateError,
    check_arrays,
    check_parts,
    check_priors,
    unpack,
)
from rolenlp.reading.lexicon import Lexicon
from rolenlp.reading.priors import Priors
from rolenlp.reading.reader import Reader

_KIND = "rolenlp role classifier"
# No settings of a fitted model: what was made of them travels instead.
_VIEWS = dict(zip(SHOWN, VIEW_NAMES, strict=True))
_MADE = ("features", "classifier", "classes", "priors", "boilerplate")


def write_state(model: RoleClassifier) -> dict[str, Any]:
    """Everything that prediction needs, as built-in types only, but for what is foreign.

    Features and classifiers that are not of the default kind stand under ``estimators``, if there
    are some. Raises ModelError for features that cannot be saved.
    """
    check_is_fitted(model, "classes_")
    params = model.get_params(deep=False)
    foreign = _foreign(model)
    return {
        "kind": _KIND,
        "params": {name: _plain(params[name]) for name in params if name not in _MADE},
        "classes": model.classes_.tolist(),
        "roles": list(model.roles_),
        "priors": model.reader_.priors.source,
        "words": model.reader_.lexicon.words[2:],
        "boilerplate": dict(model.reader_.boilerplate),
        "lemmas": model.reader_.lemmas,
        "n_postings": model.n_postings_,
        "arrays": {name: _pack(array) for name, array in _arrays(model, foreign).items()},
        **({"estimators": foreign} if foreign else {}),
    }


def _foreign(model: RoleClassifier) -> dict[str, Any]:
    """Features and classifiers that are not of the default kind, by name; mostly none."""
    out: dict[str, Any] = {}
    if model.features is not None:
        nothing = model.reader_.read([])
        if as_input(model.features_, nothing) is nothing:
            raise ModelError(
                "features that are put together from rolenlp's own cannot be saved: take the "
                "default ones, or pickle the model"
            )
        out["features"] = model.features_
    for view, name in _VIEWS.items():
        used = model.views_[view].classifier
        if type(used) not in (LogisticRegression, DummyClassifier):
            out[name] = used
    return out


def _arrays(model: RoleClassifier, foreign: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    # Half the digits of a coefficient are noise; the canaries are computed after the rounding.
    out: dict[str, NDArray[Any]] = {
        "inverse_temperatures": np.array([model.views_[v].inverse_temperature for v in SHOWN]),
        "role_mix": model.role_mix_,
        "thresholds": model.thresholds_,
        "phrase_effects": model.phrase_effects_.astype(np.float32),
    }
    if "features" not in foreign:
        for name, part in _counted(model.features_).items():
            idf = np.zeros(0) if part.tfidf_ is None else part.tfidf_.idf_
            out[f"{name}_ngrams"] = part.ngrams_.astype(np.int32)
            out[f"{name}_idf"] = idf.astype(np.float32)
    for view, name in _VIEWS.items():
        used = model.views_[view].classifier
        out[f"{name}_classes"] = np.asarray(used.classes_, np.int32)
        if type(used) is LogisticRegression:
            out[f"{name}_coef"] = used.coef_.astype(np.float32)
            out[f"{name}_intercept"] = used.intercept_
    if model.themes_ is not None:
        out["themes_coef"] = model.themes_.coef.astype(np.float32)
        out["themes_intercept"] = model.themes_.intercept
    if model.ads_seen_ is not None:
        out["ads_seen"] = model.ads_seen_
    return out


def _counted(features: FeatureUnion) -> dict[str, LemmaTfidf]:
    """The parts of the default features that have learned n-grams."""
    parts = features.transformer_list
    return {name: part for name, part in parts if isinstance(part, LemmaTfidf)}


def read_state(state: dict[str, Any]) -> RoleClassifier:
    """A fitted model from what `write_state` gave.

    Raises KeyError, TypeError or ValueError where the data is not of such a model; a `StateError`
    says what is wrong with it.
    """
    model = RoleClassifier()
    foreign: dict[str, Any] = {}
    if type(state) is dict and "estimators" in state:
        state = dict(state)
        foreign = state.pop("estimators")
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
    check_arrays(arrays, len(lexicon), priors, len(state["classes"]), foreign)
    reader = Reader(priors, lexicon, state["lemmas"], state["boilerplate"])
    model.set_params(
        **state["params"],
        priors=priors,
        boilerplate=reader.boilerplate,
        features=foreign.get("features"),
        classes=_classes(state["classes"], state["roles"]),
    )
    themes = None
    if "themes_coef" in arrays:
        themes = ThemeOdds(arrays["themes_coef"].astype(float), arrays["themes_intercept"])
    views = {
        view: View(foreign[name] if name in foreign else _classifier(name, arrays), float(inverse))
        for (view, name), inverse in zip(
            _VIEWS.items(), arrays["inverse_temperatures"], strict=True
        )
    }
    return model.take(
        Fitted(
            classes=np.array(state["classes"]),
            roles=tuple(state["roles"]),
            n_postings=state["n_postings"],
            reader=reader,
            features=foreign["features"] if "features" in foreign else _features(reader, arrays),
            views=views,
            themes=themes,
            role_mix=arrays["role_mix"],
            thresholds=arrays["thresholds"],
            phrase_effects=arrays["phrase_effects"].astype(float),
            ads_seen=arrays.get("ads_seen"),
        )
    )


def _classes(classes: list[Any], roles: list[str]) -> dict[Any, str] | None:
    """The setting that labels had; none where they are roles."""
    return None if classes == roles else dict(zip(classes, roles, strict=True))


def _features(reader: Reader, arrays: Mapping[str, NDArray[Any]]) -> FeatureUnion:
    features = role_features(priors=reader.priors, boilerplate=reader.boilerplate)
    for _, part in features.transformer_list:
        part.reader_ = reader
    for name, part in _counted(features).items():
        idf = arrays[f"{name}_idf"].astype(float)
        part.ngrams_ = arrays[f"{name}_ngrams"].astype(np.int64)
        part.tfidf_ = None
        if len(idf):
            part.tfidf_ = TfidfTransformer(sublinear_tf=True)
            part.tfidf_.idf_ = idf
    return features


def _classifier(name: str, arrays: Mapping[str, NDArray[Any]]) -> Any:
    classes = arrays[f"{name}_classes"].astype(np.int64)
    if f"{name}_coef" not in arrays:
        return constant(classes)
    out = LogisticRegression()
    out.classes_ = classes
    out.coef_ = arrays[f"{name}_coef"].astype(float)
    out.intercept_ = arrays[f"{name}_intercept"]
    out.n_features_in_ = out.coef_.shape[1]
    return out


def _plain(value: Any) -> Any:
    """A setting as built-in types; a grid of model, say, holds NumPy's."""
    if isinstance(value, Mapping):
        return {str(name): float(share) for name, share in value.items()}
    return value.item() if isinstance(value, np.generic) else value


def _pack(array: NDArray[Any]) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=False)
    return stream.getvalue()
