"""Results as git keeps them: DVC's experiments, the commit that is checked out, the workspace."""

import hashlib
import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from imdb_genres.dvc_repo.git import GitError, git, git_bytes
from imdb_genres.dvc_repo.lockfile import (
    Lock,
    dependency_hashes,
    output_hashes,
    params_of,
    parse_lock,
)
from imdb_genres.dvc_repo.resource_usage import load_usage
from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.tracking.identity import default_run_name, flat_params, hashes, reproduce_command
from imdb_genres.tracking.record import Point, Record, final_points, history_points, history_rows

EXPERIMENT_REF = re.compile(r"refs/exps/([0-9a-f]{2})/([0-9a-f]{38})/(.+)")
HISTORY = "metrics/history.csv"
SCORES = ("metrics/scores.json", "metrics/details.json")  # the second was not always there


class Revision(NamedTuple):
    """A commit, or the workspace where ``commit`` is empty; an experiment has DVC's name."""

    commit: str = ""
    experiment: str = ""
    baseline: str = ""

    def read(self, path: str) -> bytes:
        """Return a file's content; nothing if it is not there."""
        if not self.commit:
            file = repository_root() / path
            return file.read_bytes() if file.is_file() else b""
        try:
            return git_bytes("show", f"{self.commit}:{path}", folder=repository_root())
        except GitError:
            return b""

    def files(self, folder: str) -> list[str]:
        """Return the paths of the files in ``folder``."""
        if not self.commit:
            files = (repository_root() / folder).rglob("*")
            return [str(file.relative_to(repository_root())) for file in files if file.is_file()]
        listing = git("ls-tree", "-r", "--name-only", self.commit, folder, folder=repository_root())
        return listing.splitlines()


def revisions() -> Iterator[Revision]:
    """Yield every experiment of DVC, then the commit that is checked out, then the workspace."""
    try:
        refs = git(
            "for-each-ref",
            "--format=%(objectname) %(refname)",
            "refs/exps",
            folder=repository_root(),
        )
        for line in refs.splitlines():
            commit, _, ref = line.partition(" ")
            if match := EXPERIMENT_REF.fullmatch(ref):
                yield Revision(commit, match[3], match[1] + match[2])
        yield Revision(git("rev-parse", "HEAD", folder=repository_root()))
    except GitError:  # no repository, or no commit yet
        pass
    yield Revision()


def restored_record(revision: Revision) -> Record | None:
    """Return the run that left ``revision``'s dvc.lock and metrics/; None where none was trained.

    Parameters are those that the stages ran with; a file that is not the one of dvc.lock, as an
    interrupted pipeline leaves it, is passed over.
    """
    lock = parse_lock(revision.read("dvc.lock").decode())
    model = output_hashes(lock, "train").get("model")
    if model is None:
        return None
    when = _time(revision)
    params = flat_params(params_of(lock))
    tags = {
        "dvc.model_md5": model,
        "restored": "from git",
        **hashes(params, dependency_hashes(lock, "train")),
        **_tags(revision),
    }
    return Record(
        revision.experiment or default_run_name(tags),
        params,
        tags | {"restore": reproduce_command(tags, committed=bool(revision.commit))},
        _points(revision, lock, when),
        status="FINISHED",
        started=when,
        ended=when,
    )


def _points(revision: Revision, lock: Lock, when: int) -> list[Point]:
    points = final_points(load_usage(lock), when)
    history = revision.read(HISTORY)
    if _md5(history) == output_hashes(lock, "train").get(HISTORY):
        points += history_points(history_rows(history.decode()), when)
    same_model = (
        dependency_hashes(lock, "evaluate").get("model") == output_hashes(lock, "train")["model"]
    )
    if same_model:
        measured: dict[str, float] = {}
        for path in SCORES:
            content = revision.read(path)
            if _md5(content) == output_hashes(lock, "evaluate").get(path):
                measured |= json.loads(content)
        points += final_points(measured, when)
    return points


def _tags(revision: Revision) -> dict[str, str]:
    """Return tags of the names that a run has which was tracked as it went."""
    root = repository_root()
    tags = {"dvc.exp_name": revision.experiment, "dvc.exp_baseline_rev": revision.baseline}
    try:
        tags["mlflow.source.git.commit"] = revision.commit or git("rev-parse", "HEAD", folder=root)
        tags["mlflow.source.git.branch"] = git("branch", "--show-current", folder=root)
        tags["mlflow.user"] = git(
            "show", "-s", "--format=%an", revision.commit or "HEAD", folder=root
        )
    except GitError:
        pass
    return {name: value for name, value in tags.items() if value}


def _time(revision: Revision) -> int:
    """Return when the result was kept, in milliseconds."""
    if not revision.commit:
        return int((repository_root() / "dvc.lock").stat().st_mtime * 1000)
    return 1000 * int(git("show", "-s", "--format=%ct", revision.commit, folder=repository_root()))


def _md5(content: bytes) -> str:
    return hashlib.md5(content).hexdigest()
