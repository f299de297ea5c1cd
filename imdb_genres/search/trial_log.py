"""Finished trials of a search on disk, one per line, so that a killed search loses none."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from imdb_genres.dvc_repo.pipeline import read_stages
from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.errors import UserError
from imdb_genres.hashing import dvc_md5, short_hash
from imdb_genres.io.atomic import atomic_replace
from imdb_genres.params.search import Search
from imdb_genres.search.trial_result import TrialResult

FOLDER = Path(".dvc") / "tmp" / "searches"
CODE = ("imdb_genres/search", "imdb_genres/evaluation/metrics.py")
LIBRARIES = ("keras", "numpy", "optuna", "tensorflow")


class TrialLog:
    """Appends results to a file. Only one process may write to it: see ``open_trial_log``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.results = {result.number: result for result in read_results(path)}
        with atomic_replace(path) as temporary:  # drops a line that a crash left incomplete
            lines = [f"{result.to_json()}\n" for result in self.results.values()]
            temporary.write_text("".join(lines), encoding="utf-8")

    def add(self, result: TrialResult) -> None:
        """Append a result; it is on disk when this returns."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{result.to_json()}\n")
            file.flush()
            os.fsync(file.fileno())
        self.results[result.number] = result


@contextmanager
def open_trial_log(name: str, key: str) -> Iterator[TrialLog]:
    """Yield the trial log of the search ``name`` with this ``search_key``.

    Raises UserError if another process is running this search.
    """
    path = repository_root() / FOLDER / f"{name}-{key}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        acquired = FileLock(path.with_suffix(".lock"), timeout=0).acquire()
    except Timeout:
        raise UserError(
            f"another process is running the search {name}: wait for it to end"
        ) from None
    with acquired:
        yield TrialLog(path)


def read_results(path: Path) -> Iterator[TrialResult]:
    """Yield the results in ``path`` up to the first incomplete line."""
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            yield TrialResult.from_json(line)
        except (ValueError, TypeError):
            return


def search_key(
    settings: Search, values: dict[str, Any], starts: list[dict[str, Any]], films: Path
) -> str:
    """Hash everything that determines a trial.

    That is settings, parameters, first trials (``starts``, flat), films, code and libraries. The
    number of trials is left out, so that a longer search continues a shorter one.
    """
    stages = read_stages()
    deps = {path for stage in ("tokenize", "train") for path in stages[stage]["deps"]}
    code = sorted({path for path in deps if path.startswith("imdb_genres")} | {*CODE})
    content = {
        "search": settings.model_dump(exclude={"trials", "try_first"}),
        "starts": [{name: start.get(name) for name in settings.space} for start in starts],
        "params": {name: values[name] for name in ("seed", "split", "tokenize", "train")},
        "films": dvc_md5(films),
        "code": {path: dvc_md5(Path(path)) for path in code},
        "libraries": {name: version(name) for name in LIBRARIES},
    }
    return short_hash(json.dumps(content, sort_keys=True))
