"""Product manager or project manager? Judges job ads by their duties and shows the evidence."""

from typing import TYPE_CHECKING

from rolenlp.lazy import lazy

if TYPE_CHECKING:
    from rolenlp import predict
    from rolenlp.model.classifier import RoleClassifier
    from rolenlp.predict import Evidence, Posting, Prediction, label_frame, load, predict_many

__version__ = "0.1.0"
__all__ = [
    "Evidence",
    "Posting",
    "Prediction",
    "RoleClassifier",
    "__version__",
    "label_frame",
    "load",
    "predict",
    "predict_many",
]

__getattr__ = lazy(
    __name__,
    {
        "Evidence": "rolenlp.schema",
        "Posting": "rolenlp.schema",
        "Prediction": "rolenlp.schema",
        "RoleClassifier": "rolenlp.model.classifier",
        "label_frame": "rolenlp.predict",
        "load": "rolenlp.predict",
        "predict": "rolenlp.predict",
        "predict_many": "rolenlp.predict",
    },
)
