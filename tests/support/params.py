"""The repository's default parameters, with changes: what the user tries in params.yaml is ignored."""

import copy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from imdb_genres.dvc_repo.git import GitError, git_show
from imdb_genres.params.schema import Params, check_params

WORD_ARCHITECTURES = [
    "mlp",
    "wide-deep",
    "bag",
    "cnn",
    "gru",
]  # those that need no pretrained weights
PARAMS = Path(__file__).parents[2] / "params.yaml"


def params_with(changes: dict[str, Any] | None = None) -> Params:
    """Return the checked params after ``changes``, whose keys are dotted: {"split.test": 0.3}."""
    return check_params(values_with(changes or {}))


def values_with(changes: dict[str, Any]) -> dict[str, Any]:
    """Return the plain default values after ``changes``."""
    values = copy.deepcopy(_defaults())
    for key, value in changes.items():
        *sections, name = key.split(".")
        section = values
        for part in sections:
            section = section[part]
        section[name] = value
    return values


@cache
def _defaults() -> dict[str, Any]:
    """Return the values of params.yaml as committed; keys that are new come from the file itself."""
    values: dict[str, Any] = yaml.safe_load(PARAMS.read_text(encoding="utf-8"))
    try:
        committed = yaml.safe_load(git_show("HEAD", PARAMS.name, folder=PARAMS.parent))
    except GitError:
        return values
    return _restored(values, committed)


def _restored(values: dict[str, Any], committed: dict[str, Any]) -> dict[str, Any]:
    restored = {}
    for key, value in values.items():
        old = committed.get(key, value)
        both = isinstance(value, dict) and isinstance(old, dict)
        restored[key] = _restored(value, old) if both else old
    return restored
