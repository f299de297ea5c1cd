"""What a run is called, and the tags by which it is found, understood and restored."""

import getpass
import hashlib
import json
import os
import platform
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from imdb_genres.dvc_repo.git import GitError, git
from imdb_genres.dvc_repo.pipeline import read_stages
from imdb_genres.hashing import dvc_md5
from imdb_genres.io.yaml import read_yaml
from imdb_genres.tracking.record import Record, flatten

RESULTS = ("dvc.lock", "metrics/")  # every run rewrites them


def describe(more: dict[str, str]) -> Record:
    """Return the record of a run of the workspace as it is: name, parameters, tags and ``more``."""
    params = flat_params(read_yaml(Path("params.yaml")))
    paths = read_stages()["train"]["deps"]
    inputs = {path: dvc_md5(Path(path)) for path in paths if Path(path).exists()}
    tags = {
        **hashes(params, inputs),
        **revision(),
        **process_tags(),
        "mlflow.user": _user(),
        "mlflow.source.name": "dvc.yaml",
        "mlflow.source.type": "PROJECT",
        **more,
    }
    name = os.environ.get("DVC_EXP_NAME") or default_run_name(tags)
    return Record(name, params, tags | {"restore": reproduce_command(tags)})


def flat_params(params: dict[str, Any]) -> dict[str, str]:
    """Return params.yaml as MLflow parameters of the same names.

    Options of sources that are not used (download.imdb.mirror, parse.table.text) are left out.
    """
    flat = flatten(params)
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in sorted(flat.items())
        if not re.match(r"(download|parse)\.\w+\.", name)
        or name.split(".")[1] == flat["download.source"]
    }


def hashes(params: dict[str, str], inputs: dict[str, str]) -> dict[str, str]:
    """Return the md5 of the parameters, and of the code and the data in ``inputs`` by path."""
    code = {
        path: md5 for path, md5 in inputs.items() if path.startswith(("stages/", "imdb_genres/"))
    }
    data = {path: md5 for path, md5 in inputs.items() if path not in code}
    return {
        f"dvc.{kind}_md5": hashlib.md5(json.dumps(content, sort_keys=True).encode()).hexdigest()
        for kind, content in (("params", params), ("code", code), ("data", data))
    }


def revision() -> dict[str, str]:
    """Return tags that say which commit this is, what differs from it, and DVC's experiment."""
    tags = {}
    with suppress(GitError):
        changed = [line[3:] for line in git("status", "--porcelain").splitlines()]
        changed = [path for path in changed if not path.startswith(RESULTS)]
        tags["git.dirty"] = "true" if changed else "false"
        tags["git.changed"] = ", ".join(changed[:20])
        tags["mlflow.source.git.commit"] = git("rev-parse", "HEAD")
        tags["mlflow.source.git.branch"] = git("branch", "--show-current")
    tags["dvc.exp_name"] = os.environ.get("DVC_EXP_NAME", "")
    tags["dvc.exp_baseline_rev"] = os.environ.get("DVC_EXP_BASELINE_REV", "")
    return {name: value for name, value in tags.items() if value}


def default_run_name(tags: dict[str, str]) -> str:
    """Return the name of a run outside DVC's experiments: branch and commit, or the folder's."""
    commit = tags.get("mlflow.source.git.commit")
    if not commit:
        return Path.cwd().name
    branch = tags.get("mlflow.source.git.branch")
    return f"{branch}-{commit[:7]}" if branch else commit[:7]


def reproduce_command(tags: dict[str, str], committed: bool = False) -> str:
    """Return the command that brings the run's workspace back; ``committed`` with its results."""
    if name := tags.get("dvc.exp_name"):
        return f"dvc exp apply {name}"
    commit = tags.get("mlflow.source.git.commit", "")[:10]
    if committed:
        return f"git checkout {commit} && dvc checkout"
    match tags.get("git.changed"):
        case _ if not commit:
            return "none: not in a git repository"
        case None:
            return f"git checkout {commit} && dvc repro"
        case "params.yaml":
            return f"git checkout {commit}, this run's parameters into params.yaml, dvc repro"
        case changed:
            return f"none: {changed} differed from {commit}; commit, or use dvc exp run, next time"


def process_tags() -> dict[str, str]:
    """Return tags that name this process, so that others can tell whether it is alive."""
    process = psutil.Process()
    return {
        "process.host": platform.node(),
        "process.pid": str(process.pid),
        "process.started": str(int(process.create_time())),
        "process.command": " ".join(sys.argv),
    }


def process_exited(tags: dict[str, str]) -> bool:
    """Tell whether the process of ``process_tags`` is gone; one on another host is not known to be."""
    if tags.get("process.host") != platform.node():
        return False
    try:
        process = psutil.Process(int(tags["process.pid"]))
        if process.status() == psutil.STATUS_ZOMBIE:
            return True
        started = process.create_time()
    except psutil.NoSuchProcess:
        return True
    # the kernel reckons start times from a clock that may be set; a reused id is minutes younger
    return abs(started - int(tags["process.started"])) > 60


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return str(os.getuid())
