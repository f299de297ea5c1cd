"""A run's parameters as MLflow has them, and what the run changed against its baseline."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml.error import YAMLError

from imdb_genres.dvc_repo.git import GitError, git_show
from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.io.yaml import parse_yaml
from imdb_genres.tracking.address import redact
from imdb_genres.tracking.config import TrackingConfig
from imdb_genres.tracking.record import flatten

CHANGES_SHOWN = 500  # characters


def flat_params(config: TrackingConfig, params: dict[str, Any]) -> dict[str, str]:
    """Return params.yaml as MLflow parameters of the same names: those to log, without any password."""
    flat = flatten(params)
    return _to_text({name: flat[name] for name in config.params_to_log(flat)})


def _to_text(flat: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: redact(value if isinstance(value, str) else json.dumps(value, default=str))
        for name, value in flat.items()
    }


def committed_params(revision: str) -> dict[str, str]:
    """Return all of params.yaml in a git revision, flat; {} if git does not have it.

    A run may use other sections than its baseline: ``changed_params`` selects by the run's names.
    """
    # a temporary workspace of DVC has its own HEAD
    here = revision == "HEAD" and Path("params.yaml").exists()
    try:
        text = git_show(revision, "params.yaml", None if here else repository_root())
        content = parse_yaml(text)
    except (GitError, YAMLError):
        return {}
    return _to_text(flatten(content)) if isinstance(content, dict) else {}


def changed_params(
    params: Mapping[str, str], baseline: Mapping[str, str]
) -> dict[str, tuple[str, str]]:
    """Return the run's parameters that differ from ``committed_params``: value before, own value.

    The value before is "" where the baseline lacks the parameter, such as a column to filter by.
    Without a baseline nothing is known to differ.
    """
    return {
        name: (baseline.get(name, ""), value)
        for name, value in params.items()
        if baseline and baseline.get(name) != value
    }


def changes_text(params: Mapping[str, str], baseline: Mapping[str, str]) -> str:
    """Return what differs from the baseline, as ``-S`` takes it: ``train.dropout=0.45``."""
    changed = changed_params(params, baseline)
    text = " ".join(f"{name}={value}" for name, (_, value) in changed.items())
    return text if len(text) <= CHANGES_SHOWN else f"{text[:CHANGES_SHOWN]} ..."
