"""A run's name, and the tags by which it is found, understood and restored."""

import getpass
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ruamel.yaml.error import YAMLError

from imdb_genres.dvc_repo.fingerprint import input_hashes
from imdb_genres.dvc_repo.git import GitError, git, git_prefix, git_show, is_shallow
from imdb_genres.dvc_repo.pipeline import read_stages
from imdb_genres.dvc_repo.root import repository_root, temporary_workspaces
from imdb_genres.hashing import dvc_md5, short_hash
from imdb_genres.io.yaml import parse_yaml, read_yaml
from imdb_genres.tracking.address import redact, tracking_uri
from imdb_genres.tracking.config import TrackingConfig
from imdb_genres.tracking.record import Record, flatten, process_tags

CHANGED = "changed"  # what a run changed against its baseline
CHANGES_SHOWN = 500  # characters
NOT_KEPT = "DVC keeps no experiment that did not finish"
LOSES_EXPERIMENT = "DVC keeps no experiment of a shallow clone's --temp or --queue; first run `git fetch --unshallow`"


def new_record(config: TrackingConfig, more: dict[str, str]) -> Record:
    """Return the record of a run of the workspace as it is; ``more`` are tags."""
    paths = read_stages()[config.train_stage]["deps"]
    record = make_record(
        config,
        flat_params(config, read_yaml(Path("params.yaml"))),
        {path: dvc_md5(Path(path)) for path in paths if Path(path).exists()},
        {
            **_workspace_tags(config),
            **process_tags(),
            "mlflow.user": _user(),
            "mlflow.source.name": "dvc.yaml",
            "mlflow.source.type": "PROJECT",
            "dvc.exp_name": os.environ.get("DVC_EXP_NAME", ""),
            "dvc.exp_baseline_rev": os.environ.get("DVC_EXP_BASELINE_REV", ""),
            **more,
        },
    )
    record.store = short_hash(tracking_uri())
    return record


def make_record(
    config: TrackingConfig,
    params: dict[str, str],
    inputs: dict[str, str],
    tags: dict[str, str],
    baseline: str = "HEAD",
    committed: bool = False,
) -> Record:
    """Return a record named after its experiment, or else its branch and commit.

    ``inputs`` has the md5 of code and data by path, ``baseline`` is the revision to compare with,
    and ``committed`` tells whether git has the results.
    """
    changed = _changed_tag(params, committed_params(baseline))
    hashes = input_hashes(params, inputs, config.code)
    tags = {f"dvc.{kind}_md5": md5 for kind, md5 in hashes.items()} | {CHANGED: changed} | tags
    tags = {name: value for name, value in tags.items() if value}
    name = tags.get("dvc.exp_name") or default_run_name(tags)
    return Record(name, params, tags | {"restore": reproduce_command(tags, committed)})


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


def _changed_tag(params: dict[str, str], baseline: dict[str, str]) -> str:
    """Return what differs from the baseline, as ``-S`` takes it: ``train.dropout=0.45``."""
    changed = changed_params(params, baseline)
    text = " ".join(f"{name}={value}" for name, (_, value) in changed.items())
    return text if len(text) <= CHANGES_SHOWN else f"{text[:CHANGES_SHOWN]} ..."


def _workspace_tags(config: TrackingConfig) -> dict[str, str]:
    """Return tags that say which commit this is, and what differs from it."""
    tags = {}
    with suppress(GitError):
        changed = [path for path in _changed_paths() if not path.startswith(config.generated)]
        tags["git.dirty"] = "true" if changed else "false"
        tags["git.changed"] = ", ".join(changed[:20])
        tags["mlflow.source.git.commit"] = git("rev-parse", "HEAD")
        tags["mlflow.source.git.branch"] = git("branch", "--show-current")
    return tags


def _changed_paths() -> list[str]:
    """Return the changed and untracked paths of this folder; git's are relative to its own root."""
    status = git("status", "--porcelain", "-z", "--no-renames", "--", ".")
    return [line[3:].removeprefix(git_prefix()) or "." for line in status.split("\0") if line]


def default_run_name(tags: dict[str, str]) -> str:
    """Return a name outside DVC's experiments: branch and commit, else that of the folder."""
    commit = tags.get("mlflow.source.git.commit")
    if not commit:
        return Path.cwd().name
    branch = tags.get("mlflow.source.git.branch")
    return f"{branch}-{commit[:7]}" if branch else commit[:7]


def reproduce_command(tags: dict[str, str], committed: bool = False) -> str:
    """Return the command that restores the run's workspace; ``committed``: with its results."""
    if name := tags.get("dvc.exp_name"):
        return f"none: {LOSES_EXPERIMENT}" if loses_experiment() else f"dvc exp apply {name}"
    commit = tags.get("mlflow.source.git.commit", "")[:10]
    if committed:
        return f"git checkout {commit} && dvc checkout"
    match tags.get("git.changed"):
        case _ if not commit:
            return "none: not in a git repository"
        case None:
            return f"git checkout {commit} && dvc repro"
        case "params.yaml":
            return f"git checkout {commit}, copy this run's parameters into params.yaml, dvc repro"
        case changed:
            return f"none: {changed} differed from {commit}; commit, or use dvc exp run, next time"


def loses_experiment() -> bool:
    """Tell whether DVC will drop this experiment: from a temporary workspace of a shallow clone."""
    temporary = Path.cwd().is_relative_to(temporary_workspaces())
    try:
        return temporary and is_shallow(repository_root())
    except GitError:
        return False


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return str(os.getuid())
