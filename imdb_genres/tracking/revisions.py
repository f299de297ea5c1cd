"""Results in git: DVC's experiments, the commit that is checked out, and the workspace."""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from imdb_genres.dvc_repo.cache import cached_file
from imdb_genres.dvc_repo.git import GitError, git, git_show
from imdb_genres.dvc_repo.lockfile import (
    Lock,
    dependency_hashes,
    locked_params,
    output_hashes,
    parse_lock,
)
from imdb_genres.dvc_repo.resource_usage import load_usage
from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.tracking.config import TrackingConfig
from imdb_genres.tracking.identity import make_record
from imdb_genres.tracking.parameters import flat_params
from imdb_genres.tracking.record import Point, Record, final_points, parse_history

EXPERIMENT_REF = re.compile(r"refs/exps/([0-9a-f]{2})/([0-9a-f]{38})/(.+)")


class Revision(NamedTuple):
    """A commit, or the workspace where ``commit`` is empty; an experiment has DVC's name."""

    commit: str = ""
    experiment: str = ""
    baseline: str = ""

    def read(self, path: str) -> bytes:
        """Return a file's content; nothing if it is missing. Paths are relative to dvc.yaml."""
        if not self.commit:
            file = repository_root() / path
            return file.read_bytes() if file.is_file() else b""
        try:
            return git_show(self.commit, path, repository_root())
        except GitError:
            return b""

    def read_output(self, path: str, md5: str) -> bytes:
        """Return an output of this ``md5``, from git or DVC's cache; nothing if neither has it."""
        content = self.read(path)
        return content if _md5(content) == md5 else cached_file(md5)

    def read_lock(self) -> Lock:
        """Return the stages of its dvc.lock."""
        return parse_lock(self.read("dvc.lock").decode())


def _git(*arguments: str) -> str:
    return git(*arguments, folder=repository_root())


def revisions() -> Iterator[Revision]:
    """Yield every experiment of DVC, then the commit that is checked out, then the workspace."""
    with suppress(GitError):  # no repository, or no commit yet
        refs = _git("for-each-ref", "--format=%(objectname) %(refname)", "refs/exps")
        for line in refs.splitlines():
            commit, _, ref = line.partition(" ")
            if match := EXPERIMENT_REF.fullmatch(ref):
                yield Revision(commit, match[3], match[1] + match[2])
        yield Revision(_git("rev-parse", "HEAD"))
    yield Revision()


def restored_record(config: TrackingConfig, revision: Revision) -> Record | None:
    """Return the run that left ``revision``'s dvc.lock and metrics; None where none was trained.

    Parameters are those that the stages ran with; a file that is not the one of dvc.lock, as an
    interrupted pipeline leaves it, is ignored.
    """
    lock = revision.read_lock()
    model = output_hashes(lock, config.train_stage).get(config.model.as_posix())
    if model is None:
        return None
    record = make_record(
        config,
        flat_params(config, locked_params(lock)),
        dependency_hashes(lock, config.train_stage),
        {"dvc.model_md5": model, "restored": "from git", **_tags(revision)},
        baseline=revision.baseline or "HEAD",
        committed=bool(revision.commit),
    )
    when = _time(revision)
    points = _points(config, revision, lock, when)
    return replace(record, points=points, status="FINISHED", started=when, ended=when)


def evaluation_outputs(config: TrackingConfig, lock: Lock) -> dict[str, str]:
    """Return the md5 of each output of the evaluate stage; none if it evaluated another model."""
    model = config.model.as_posix()
    trained = output_hashes(lock, config.train_stage).get(model)
    evaluated = dependency_hashes(lock, config.evaluate_stage).get(model)
    return output_hashes(lock, config.evaluate_stage) if evaluated == trained else {}


def _points(config: TrackingConfig, revision: Revision, lock: Lock, when: int) -> list[Point]:
    points = final_points(load_usage(lock), when)
    trained = output_hashes(lock, config.train_stage)
    history = config.history.as_posix()
    content = revision.read_output(history, trained.get(history, ""))
    points += parse_history(content.decode(), when)
    scores: dict[str, Any] = {}
    evaluated = evaluation_outputs(config, lock)
    for path in map(Path.as_posix, config.scores):
        scores |= json.loads(revision.read_output(path, evaluated.get(path, "")) or "{}")
    points += final_points(scores, when)
    return points


def _tags(revision: Revision) -> dict[str, str]:
    """Return tags under the names that tracked runs have."""
    tags = {"dvc.exp_name": revision.experiment, "dvc.exp_baseline_rev": revision.baseline}
    with suppress(GitError):
        tags["mlflow.source.git.commit"] = revision.commit or _git("rev-parse", "HEAD")
        tags["mlflow.source.git.branch"] = _git("branch", "--show-current")
        tags["mlflow.user"] = _git("show", "-s", "--format=%an", revision.commit or "HEAD")
    return tags


def _time(revision: Revision) -> int:
    """Return when the result was committed, in milliseconds."""
    if not revision.commit:
        return int((repository_root() / "dvc.lock").stat().st_mtime * 1000)
    return 1000 * int(_git("show", "-s", "--format=%ct", revision.commit))


def _md5(content: bytes) -> str:
    return hashlib.md5(content).hexdigest()
