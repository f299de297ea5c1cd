"""What all tests start from: no tracking, and nothing of a DVC run that started them."""

import os

import pytest


@pytest.fixture(autouse=True)
def untracked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the tests out of the repository's MLflow store."""
    for name in os.environ:
        if name.startswith(("DVC_", "MLFLOW_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TRACKING", "off")
