"""Product manager or project manager? Judges job ads by their duties and shows the evidence."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rolenlp.model import RoleClassifier
    from rolenlp.predict import Evidence, Posting, Prediction

__version__ = "0.1.0"
__all__ = ["Evidence", "Posting", "Prediction", "RoleClassifier", "__version__"]

_HOMES = {
    "Evidence": "rolenlp.prediction",
    "Posting": "rolenlp.postings",
    "Prediction": "rolenlp.prediction",
    "RoleClassifier": "rolenlp.model",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: ``import rolenlp`` loads nothing heavy."""
    if name not in _HOMES:
        raise AttributeError(f"module 'rolenlp' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
