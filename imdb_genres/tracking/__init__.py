"""Tracks a DVC pipeline in MLflow so that no run is lost, whichever way DVC started it.

A library on its own: it knows the pipeline through one ``TrackingConfig`` and imports nothing of
this project but ``dvc_repo``, ``io``, ``errors`` and ``hashing``. Stages append to a journal
(``Tracker``), one uploader process writes journals into the store (``uploader``), and ``backfill``
adds results that no process tracked.
"""

import logging
import os

# fail within seconds when a server is unreachable, not in MLflow's four minutes; yours win
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "5")
os.environ.setdefault("PGCONNECT_TIMEOUT", "5")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
# they report every retry and every migration
logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)
logging.getLogger("mlflow.store.db.utils").setLevel(logging.ERROR)
