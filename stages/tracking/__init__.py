"""The only package that knows MLflow: every run is in the store, whichever way DVC started it.

``training`` and ``evaluation`` wrap the two stages that are tracked; ``python -m stages.sync``
adds what they could not (restored from DVC's cache, server away). See docs/tracking.md.
"""

import os

# an unreachable server is found out in seconds, not in MLflow's four minutes; set what you like
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "5")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

from stages.tracking.live import Run, evaluation, training

__all__ = ["Run", "evaluation", "training"]
