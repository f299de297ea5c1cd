"""The repository's parameters, with changes."""

from pathlib import Path
from typing import Any

import yaml

from imdb_genres.params.schema import Params, check_params

PARAMS = Path(__file__).parents[2] / "params.yaml"


def params_with(changes: dict[str, Any] | None = None) -> Params:
    """Return the checked params after ``changes``, whose keys are dotted: {"split.test": 0.3}."""
    return check_params(values_with(changes or {}))


def values_with(changes: dict[str, Any]) -> dict[str, Any]:
    """Return the plain values of params.yaml after ``changes``."""
    values: dict[str, Any] = yaml.safe_load(PARAMS.read_text(encoding="utf-8"))
    for key, value in changes.items():
        *sections, name = key.split(".")
        section = values
        for part in sections:
            section = section[part]
        section[name] = value
    return values
