"""Resource usage per stage, stored outside DVC because it is not deterministic."""

import json
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

from filelock import FileLock

from imdb_genres.dvc_repo.clock import STARTED
from imdb_genres.dvc_repo.lockfile import Lock, output_hashes, read_lock
from imdb_genres.dvc_repo.pipeline import outputs_of, read_stages
from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.hashing import dvc_md5, short_hash
from imdb_genres.io.atomic import write_json


def measure() -> dict[str, float]:
    """Return wall and CPU seconds and peak megabytes of this process, its imports included."""
    times = os.times()
    return {
        "seconds": round(time.time() - STARTED, 2),
        "cpu_seconds": round(sum(times[:4]), 2),
        "peak_mb": round(_peak_bytes() / 2**20, 1),
    }


def _peak_bytes() -> int:
    """Return the largest resident size of this process or one of its children; 0 if unknown."""
    try:
        import resource  # not on Windows
    except ModuleNotFoundError:
        return 0
    unit = 1 if sys.platform == "darwin" else 2**10
    both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return unit * max(resource.getrusage(who).ru_maxrss for who in both)


def save_usage(stage: str) -> None:
    """Save the usage of this process, to be found by the outputs of ``stage``."""
    outputs = outputs_of(read_stages().get(stage, {}))
    made = {path: dvc_md5(Path(path)) for path in outputs if Path(path).exists()}
    file = _file(stage, made)
    file.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(file.parent / "lock"):  # experiments that run side by side share the folder
        write_json(file, measure())


def load_usage(lock: Lock) -> dict[str, float]:
    """Return the known usage of a dvc.lock's stages: ``{"system/parse/seconds": 1.2, ...}``."""
    usage: dict[str, float] = {}
    for stage in lock:
        file = _file(stage, output_hashes(lock, stage))
        with suppress(OSError, ValueError):  # missing, or damaged by a crash: not worth an error
            usage |= _as_metrics(stage, json.loads(file.read_text(encoding="utf-8")))
    return usage


def usage_so_far(stage: str) -> dict[str, float]:
    """Return the usage of this process, which runs ``stage``, and of the stages in dvc.lock."""
    return load_usage(read_lock()) | _as_metrics(stage, measure())


def _as_metrics(stage: str, usage: dict[str, float]) -> dict[str, float]:
    """Return a stage's usage as metrics; MLflow shows those of ``system/`` on a separate page."""
    return {f"system/{stage}/{unit}": value for unit, value in usage.items()}


def _file(stage: str, made: dict[str, str]) -> Path:
    key = short_hash(json.dumps(made, sort_keys=True))
    return repository_root() / ".dvc" / "tmp" / "costs" / f"{stage}-{key}.json"
