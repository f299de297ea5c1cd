"""How this project is tracked: the library ``tracking``, configured with our stages and hooks."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imdb_genres.evaluation.metrics import PRIMARY_METRIC
from imdb_genres.params.network import own_sections
from imdb_genres.paths import METRICS, MODEL
from imdb_genres.registry.names import SYNC_COMMAND
from imdb_genres.tracking.config import TrackingConfig
from imdb_genres.tracking.record import Dataset
from imdb_genres.tracking.tracker import Tracker

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run as StoredRun

    from imdb_genres.tracking.store import Store


def _select_param(name: str, params: Mapping[str, Any]) -> bool:
    """Leave out the options of sources and architectures that are not used: parse.table.text, say."""
    if source := re.match(r"(?:download|parse)\.(\w+)\.", name):
        return source[1] == params.get("download.source")
    section = re.match(r"train\.(\w+)\.", name)
    return section is None or section[1] in own_sections(str(params.get("train.architecture", "")))


def _datasets(stage: str) -> list[Dataset]:
    from imdb_genres.registry.datasets import list_datasets

    return list_datasets(stage)


def _save_model(journal: Path) -> None:
    from imdb_genres.registry.datasets import save_training_rows
    from imdb_genres.registry.served_code import save_model

    save_model(MODEL, journal)
    save_training_rows(journal)


def _log_model(client: "MlflowClient", run: "StoredRun", journal: Path) -> None:
    from imdb_genres.registry.log_model import log_model

    log_model(client, run, journal)


def _on_evaluated(client: "MlflowClient", run: "StoredRun", journal: Path) -> str | None:
    from imdb_genres.registry.promotion import register_evaluated

    return register_evaluated(client, run, journal)


CONFIG = TrackingConfig(
    experiment="imdb-genres",
    uploader="imdb_genres.registry.uploader",
    sync_command=SYNC_COMMAND,
    train_waits=False,
    model=MODEL,
    history=METRICS / "history.csv",
    scores=(METRICS / "scores.json", METRICS / "details.json"),
    code=("stages/", "imdb_genres/"),
    select_param=_select_param,
    headline=(PRIMARY_METRIC, f"{PRIMARY_METRIC}_low", f"{PRIMARY_METRIC}_high"),
    curves=("accuracy", "loss"),
    datasets=_datasets,
    save_model=_save_model,
    log_model=_log_model,
    on_evaluated=_on_evaluated,
)
TRACKER = Tracker(CONFIG)


@contextmanager
def opened_store() -> Iterator["Store"]:
    """Yield this project's store; turn its errors into UserErrors."""
    from imdb_genres.tracking.opening import open_store, store_errors, store_lock

    with store_errors():
        with store_lock():
            store = open_store(CONFIG)
        yield store


def read_artifact(name: str, artifact: str, folder: Path) -> tuple[dict[str, str], Path] | None:
    """Copy ``artifact`` of the run of this id or name into ``folder``; see ``Store.read_artifact``."""
    with opened_store() as store:
        return store.read_artifact(name, artifact, folder)
