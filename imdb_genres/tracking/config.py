"""The configuration of the library for one pipeline: ``TrackingConfig``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imdb_genres.tracking.record import Dataset

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

# an MLflow client, the run, the folder of its journal
LogModel = Callable[["MlflowClient", "Run", Path], None]
# the same -> one sentence for the user
OnEvaluated = Callable[["MlflowClient", "Run", Path], str | None]


@dataclass(frozen=True)
class TrackingConfig:
    """The stages, files and hooks of one DVC pipeline. Paths are relative to dvc.yaml."""

    experiment: str
    """Name of the MLflow experiment."""
    uploader: str
    """Module that calls ``run_uploader(config)`` when it is run with ``python -m``."""
    sync_command: str
    """Command that calls ``sync(config)``, and ``relocate(config)`` before it with ``--relocate``."""
    train_stage: str = "train"
    evaluate_stage: str = "evaluate"
    train_waits: bool = True
    """Whether a training that succeeds waits until its run is in the store.

    If False, it ends at once and the uploader continues in the background; an evaluation waits for
    both. An evaluation, and a training that fails, always wait.
    """
    model: Path = Path("model")
    """Output of the train stage; its md5 identifies a run."""
    history: Path = Path("metrics/history.csv")
    """One row per epoch: a column ``epoch``, then one column per metric, such as ``loss/train``."""
    scores: tuple[Path, ...] = (Path("metrics/scores.json"),)
    """Files of final metrics, nested or flat; those of former versions may lack some."""
    code: tuple[str, ...] = ("stages/",)
    """Prefixes of dependencies that are code rather than data."""
    generated: tuple[str, ...] = ("dvc.lock", "metrics/")
    """Files that every run rewrites: they do not count as changes of the workspace."""
    select_param: Callable[[str, Mapping[str, Any]], bool] = lambda name, params: True
    """Whether to log a parameter, from its dotted name and all parameters, flattened."""
    headline: tuple[str, ...] = ()
    """The primary metric, and the lower and upper bound of its interval where there is one."""
    curves: tuple[str, ...] = ("loss",)
    """Metrics with ``/train`` and ``/validation``, to be linked from a run's description."""
    datasets: Callable[[str], list[Dataset]] = lambda stage: []
    """The data that a stage reads."""
    save_model: Callable[[Path], None] | None = None
    """Copies all that ``log_model`` needs into a journal's folder, while the stage runs."""
    log_model: LogModel | None = None
    """Logs the model that ``save_model`` saved, if it did; must tolerate being called twice."""
    on_evaluated: OnEvaluated | None = None
    """Called for a run that was evaluated; returns what it decided, in one sentence."""

    @property
    def metrics(self) -> Path:
        """The folder of the pipeline's metrics and plots."""
        return self.scores[0].parent

    def params_to_log(self, flat: Mapping[str, Any]) -> list[str]:
        """Return the names of the parameters to log, sorted."""
        return [name for name in sorted(flat) if self.select_param(name, flat)]
