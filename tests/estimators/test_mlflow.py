"""mlflow's flavour of scikit-learn keeps a fitted classifier: in files, without a network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rolenlp.predict import predict_many
from tests.small_ads import ADS, fitted

TABLE = pd.DataFrame(ADS, columns=["title", "text"])


def test_mlflow_logs_and_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", (tmp_path / "runs").as_uri())
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    mlflow = pytest.importorskip("mlflow", reason="mlflow-skinny is not installed")
    model = fitted()
    with mlflow.start_run():
        logged = mlflow.sklearn.log_model(
            model, name="roles", pip_requirements=["rolenlp"], serialization_format="cloudpickle"
        )
    again = mlflow.sklearn.load_model(logged.model_uri)
    np.testing.assert_array_equal(again.predict_proba(TABLE), model.predict_proba(TABLE))
    assert list(predict_many(ADS, model=again)) == list(predict_many(ADS, model=model))
    served = mlflow.pyfunc.load_model(logged.model_uri)
    np.testing.assert_array_equal(served.predict(TABLE), model.predict(TABLE))
