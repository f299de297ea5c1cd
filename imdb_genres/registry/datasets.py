"""The data of a run: MLflow's dataset entries, and the keys of the films it was trained on."""

import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow.parquet as pq

from imdb_genres.hashing import dvc_md5
from imdb_genres.paths import DATA
from imdb_genres.tracking.record import Dataset

BALANCED = DATA / "balanced.parquet"
TRAINING_FILMS = "training_films.parquet"
FILM_COLUMNS = ["film", "title", "year", "fold"]
TITLE_YEAR = re.compile(r"\s*\(\d{4}\)$")


class FoldMatch(NamedTuple):
    """The fold of a film; ``year_matches`` is false if a year was given but the film's is unknown."""

    fold: str
    year_matches: bool


def list_datasets(stage: str) -> list[Dataset]:
    """Return the data that ``stage`` reads."""
    if stage == "train":
        validation = np.load(DATA / "tokens.npz")["validation"]
        rows = {"training": int((~validation).sum()), "validation": int(validation.sum())}
        return [_entry(DATA / "tokens.npz", context, count) for context, count in rows.items()]
    folds = pq.read_table(DATA / "split.parquet", columns=["fold"])["fold"].to_pylist()
    return [_entry(DATA / "split.parquet", "test", folds.count("test"))]


def _entry(path: Path, context: str, rows: int) -> Dataset:
    file = path.as_posix()
    name = f"{file} ({context})"
    return Dataset(name=name, path=file, digest=dvc_md5(path), context=context, rows=rows)


def save_training_rows(folder: Path) -> None:
    """Keep the table of training and validation rows in ``folder``, from which to list the films.

    It is a link where the file system has any: stages replace the table, and never write into it.
    """
    if not BALANCED.exists():
        return
    target = folder / BALANCED.name
    target.unlink(missing_ok=True)
    try:
        target.hardlink_to(BALANCED.resolve())
    except OSError:
        shutil.copyfile(BALANCED, target)


def write_training_films(folder: Path, target: Path) -> None:
    """Write key, title, year and fold of the films in ``folder``, each once, if it has any."""
    if (folder / TRAINING_FILMS).exists():  # of a former version
        shutil.copyfile(folder / TRAINING_FILMS, target)
    elif (folder / BALANCED.name).exists():
        films = pq.read_table(folder / BALANCED.name, columns=FILM_COLUMNS)
        films = films.group_by(FILM_COLUMNS).aggregate([]).sort_by("film")
        pq.write_table(films.select(FILM_COLUMNS), target)


def find_folds(films: Iterable[str], path: Path) -> dict[str, FoldMatch | None]:
    """Return the fold in which each film was used, train or validation; None if in neither.

    A film is a key, a title, or a title with its year: Heat (1995). A film whose year is unknown
    matches its title with any year, if no other film matches better.
    """
    rows = pq.read_table(path).to_pylist()
    return {film: _find_fold(film, rows) for film in films}


def _find_fold(film: str, rows: list[dict[str, Any]]) -> FoldMatch | None:
    wanted = film.casefold().strip()
    without_year = TITLE_YEAR.sub("", wanted)
    year_unknown: FoldMatch | None = None
    for row in rows:
        title, year = str(row["title"]).casefold(), row["year"]
        dated = f"{title} ({year:.0f})" if year else title
        if row["film"] == film or wanted in (title, dated):
            return FoldMatch(row["fold"], year_matches=True)
        if not year and without_year == title:
            year_unknown = FoldMatch(row["fold"], year_matches=False)
    return year_unknown
