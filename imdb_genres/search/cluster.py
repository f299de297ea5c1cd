"""Runs trials on the nodes of a Ray cluster. Only this module imports Ray, and only when used."""

import platform
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import imdb_genres
from imdb_genres.errors import UserError
from imdb_genres.search.rounds import Runner
from imdb_genres.search.trial_result import Trial, TrialResult
from imdb_genres.search.workers import TrialFunction

LIBRARIES = ("keras", "numpy", "pyarrow", "scipy", "tensorflow")
MAX_RETRIES = 5  # of a trial whose node fails; one more failure ends the search
_run_trial: tuple[str, TrialFunction] | None = (
    None  # of this worker process, with the id of its search
)


@contextmanager
def ray_cluster(run_trial: TrialFunction, address: str) -> Iterator[Runner]:
    """Yield a runner of trials that calls ``run_trial`` on a cluster, one trial per CPU.

    Nodes get this package's code and the films from this machine. Raises UserError if Ray is not
    installed, the cluster cannot be reached, or a node has other versions of the libraries.
    """
    try:
        import ray
    except ImportError:
        raise UserError("--cluster needs Ray: pip install 'imdb-genres[cluster]'") from None
    with code_folder() as folder:
        try:
            environment = {"working_dir": str(folder)}
            ray.init(address, runtime_env=environment, log_to_driver=False, logging_level="ERROR")
        except Exception as error:
            raise UserError(
                f"no Ray cluster at {address} ({_last_line(error)}): start one with `ray start`, "
                "and join it from this machine too; docs/scaling.md shows how"
            ) from None
        try:
            check_nodes(ray)
            yield _runner(ray, run_trial)
        finally:
            ray.shutdown()


@contextmanager
def code_folder() -> Iterator[Path]:
    """Yield a folder that holds this package's code and nothing else."""
    package = Path(imdb_genres.__file__).parent
    with TemporaryDirectory() as name:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(package, Path(name) / package.name, ignore=ignored)
        yield Path(name)


def check_nodes(ray: ModuleType) -> None:
    """Raise UserError if a node cannot import the code or has other versions of the libraries."""
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    here = versions()
    for node in ray.nodes():
        if not node["Alive"]:
            continue
        strategy = NodeAffinitySchedulingStrategy(node["NodeID"], soft=False)
        task = ray.remote(num_cpus=0, max_retries=0, scheduling_strategy=strategy)(versions)
        address = node["NodeManagerAddress"]
        try:
            there = ray.get(task.remote(), timeout=120)
        except Exception as error:
            raise UserError(f"the node {address} cannot run trials: {_last_line(error)}") from None
        differing = [
            f"{name} {there[name]}, here {here[name]}" for name in here if here[name] != there[name]
        ]
        if differing:
            raise UserError(
                f"the node {address} has {'; '.join(differing)}: install requirements.lock there"
            )


def versions() -> dict[str, str]:
    """Return the versions of what trials depend on besides this package's code."""
    return {"Python": platform.python_version()} | {name: version(name) for name in LIBRARIES}


def _runner(ray: ModuleType, run_trial: TrialFunction) -> Runner:
    reference = ray.put(run_trial)
    task = ray.remote(num_cpus=1, max_retries=MAX_RETRIES)(_call)

    def run_trials(trials: list[Trial]) -> Iterator[TrialResult]:
        pending = [task.remote([reference], trial) for trial in trials]
        while pending:
            (finished, *_), pending = ray.wait(pending)
            yield ray.get(finished)

    return run_trials


def _call(references: list[Any], trial: Trial) -> TrialResult:
    """Run a trial in a worker; the films are fetched once per process, not once per task."""
    global _run_trial
    import ray

    key = references[0].hex()
    if _run_trial is None or _run_trial[0] != key:
        _run_trial = key, ray.get(references[0])
    return _run_trial[1](trial)


def _last_line(error: Exception) -> str:
    """Return the last line of a message: Ray's messages contain the node's traceback."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
