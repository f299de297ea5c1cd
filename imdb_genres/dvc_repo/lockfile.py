"""dvc.lock: each stage's parameters, and the md5 of its dependencies and outputs."""

from pathlib import Path
from typing import Any

from ruamel.yaml.error import YAMLError

from imdb_genres.errors import UserError
from imdb_genres.io.yaml import parse_yaml

Lock = dict[str, Any]


def read_lock(path: Path = Path("dvc.lock")) -> Lock:
    """Return the stages of a dvc.lock; without the file, none."""
    return parse_lock(path.read_text(encoding="utf-8")) if path.exists() else {}


def parse_lock(text: str) -> Lock:
    """Return the stages of a dvc.lock's text; raise UserError if it is not YAML or not complete."""
    complete = not text or text.endswith("\n")  # DVC writes the file in place
    try:
        lock: Lock = (parse_yaml(text) or {}).get("stages", {})
        for stage in lock:
            output_hashes(lock, stage)
            dependency_hashes(lock, stage)
        locked_params(lock)
    except (YAMLError, AttributeError, KeyError, TypeError):  # the last three: not DVC's structure
        complete = False
    if not complete:
        raise UserError(
            "dvc.lock is not complete YAML: resolve the merge conflict and run `dvc repro`, or "
            "wait until DVC has written the file"
        )
    return lock


def output_hashes(lock: Lock, stage: str) -> dict[str, str]:
    """Return the md5 of each output of ``stage``, by path."""
    return {out["path"]: out["md5"] for out in lock.get(stage, {}).get("outs", ())}


def dependency_hashes(lock: Lock, stage: str) -> dict[str, str]:
    """Return the md5 of each dependency of ``stage``, by path."""
    return {dep["path"]: dep["md5"] for dep in lock.get(stage, {}).get("deps", ())}


def locked_params(lock: Lock) -> dict[str, Any]:
    """Return the parameters that the stages ran with, by the names that dvc.yaml lists."""
    return {
        name: value
        for stage in lock.values()
        for name, value in stage.get("params", {}).get("params.yaml", {}).items()
    }
