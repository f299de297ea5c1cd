"""A run's name, and the tags by which it is found, understood and restored."""

import getpass
import os
from contextlib import suppress
from pathlib import Path

from imdb_genres.dvc_repo.fingerprint import input_hashes
from imdb_genres.dvc_repo.git import GitError, git, git_prefix, is_shallow
from imdb_genres.dvc_repo.pipeline import read_stages
from imdb_genres.dvc_repo.root import repository_root, temporary_workspaces
from imdb_genres.hashing import dvc_md5, short_hash
from imdb_genres.io.yaml import read_yaml
from imdb_genres.tracking.address import tracking_uri
from imdb_genres.tracking.config import TrackingConfig
from imdb_genres.tracking.parameters import changes_text, committed_params, flat_params
from imdb_genres.tracking.record import Record, process_tags

CHANGED = "changed"  # what a run changed against its baseline
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
    changed = changes_text(params, committed_params(baseline))
    hashes = input_hashes(params, inputs, config.code)
    tags = {f"dvc.{kind}_md5": md5 for kind, md5 in hashes.items()} | {CHANGED: changed} | tags
    tags = {name: value for name, value in tags.items() if value}
    name = tags.get("dvc.exp_name") or default_run_name(tags)
    return Record(name, params, tags | {"restore": reproduce_command(tags, committed)})


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
