"""What each stage cost, kept beside DVC: a figure that differs from run to run is no output."""

import json
import os
import resource
import sys
import time
from pathlib import Path

from stages import STARTED
from stages.files import write_json
from stages.hashing import dvc_md5, short_hash
from stages.repository.lock import Lock, made_by
from stages.repository.pipeline import outputs_of, read_stages
from stages.repository.root import repository_root


def measure() -> dict[str, float]:
    """Return wall and CPU seconds and peak megabytes of this process, its imports included."""
    times = os.times()
    peak = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return {
        "seconds": round(time.time() - STARTED, 2),
        "cpu_seconds": round(sum(times[:4]), 2),
        "peak_mb": round(peak / (2**20 if sys.platform == "darwin" else 2**10), 1),
    }


def keep_costs(stage: str) -> None:
    """Write what this process cost to a file that is found by what ``stage`` made."""
    outputs = outputs_of(read_stages().get(stage, {}))
    made = {path: dvc_md5(Path(path)) for path in outputs if Path(path).exists()}
    write_json(_file(stage, made), measure())


def costs_of(lock: Lock) -> dict[str, float]:
    """Return the known costs of a dvc.lock's stages: ``{"system/parse/seconds": 1.2, ...}``."""
    costs: dict[str, float] = {}
    for stage in lock:
        file = _file(stage, made_by(lock, stage))
        if file.exists():
            costs |= named(stage, json.loads(file.read_text(encoding="utf-8")))
    return costs


def named(stage: str, costs: dict[str, float]) -> dict[str, float]:
    """Return a stage's costs as metrics; MLflow shows those of ``system/`` on a page of their own."""
    return {f"system/{stage}/{unit}": value for unit, value in costs.items()}


def _file(stage: str, made: dict[str, str]) -> Path:
    key = short_hash(json.dumps(made, sort_keys=True))
    return repository_root() / ".dvc" / "tmp" / "costs" / f"{stage}-{key}.json"
