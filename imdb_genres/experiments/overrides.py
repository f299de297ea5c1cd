"""Overrides of params.yaml by dotted name, applied here or by ``dvc exp run -S``."""

import json
import re
from copy import deepcopy
from typing import Any

from imdb_genres.params.schema import Params
from imdb_genres.params.searchable import parameter_types

PARAMETERS = frozenset(name for name, _ in parameter_types(Params))


def parameter_values(sections: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return values by dotted name; a parameter that holds a mapping, parse.table.where, is one."""
    values: dict[str, Any] = {}
    for key, value in sections.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and name not in PARAMETERS:
            values |= parameter_values(value, f"{name}.")
        else:
            values[name] = value
    return values


def apply_changes(values: Any, changes: dict[str, Any]) -> Any:
    """Return a copy of nested ``values`` with each dotted name of ``changes`` set, as ``-S`` does."""
    result = deepcopy(values)
    for name, value in changes.items():
        *sections, key = name.split(".")
        inner = result
        for section in sections:
            if not isinstance(inner.get(section), dict):
                inner[section] = {}
            inner = inner[section]
        inner[key] = value
    return result


def set_options(changes: dict[str, Any]) -> list[str]:
    """Return ``-S`` options in the grammar of ``dvc exp run``, which is Hydra's."""
    options = []
    for name, value in changes.items():
        if isinstance(value, dict):  # without this, Hydra merges it with the present mapping
            options.append(f"--set-param={name}=null")
        options.append(f"--set-param={name}={_to_hydra(value)}")
    return options


def _to_hydra(value: Any) -> str:
    """Return JSON, but with the keys of a mapping unquoted."""
    if not isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    items = [f"{_escape(key)}: {_to_hydra(item)}" for key, item in value.items()]
    return f"{{{', '.join(items)}}}"


def _escape(key: str) -> str:
    return re.sub(r"[\\()\[\]{}:=,]", r"\\\g<0>", key)
