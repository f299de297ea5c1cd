"""What the page offers: models by name, and films of the test fold."""

import threading
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pyarrow.parquet as pq

from imdb_genres.errors import UserError
from imdb_genres.hashing import unit_hash
from imdb_genres.inference.predictor import Predictor
from imdb_genres.model.folder import DESCRIPTION
from imdb_genres.paths import DATA, MODEL
from imdb_genres.registry.find_model import find_model

FILMS_SHOWN = 8
MODELS_KEPT = 8


class Choice(NamedTuple):
    """A model: the ``name`` that finds it, and the ``title`` that people read."""

    name: str
    title: str


class Film(NamedTuple):
    """A film that this folder's model has not learnt from; ``key`` tells it from others."""

    key: str
    title: str
    text: str
    genres: list[str]


class Catalogue:
    """Finds models and films, and keeps in memory what was asked for; several threads may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._predictors: dict[tuple[str, int], Predictor] = {}
        self._tested: dict[str, frozenset[str]] = {}
        self._films: list[Film] | None = None
        self._offered: set[str] = set()
        if not (self.local() or self.registered()):
            find_model(str(MODEL))  # says what to do

    def local(self) -> list[Choice]:
        """Return the model of this folder, if there is one."""
        exists = (MODEL / DESCRIPTION).exists()
        return self._offer([Choice(str(MODEL), "this folder's model")] if exists else [])

    def registered(self) -> list[Choice]:
        """Return MLflow's registered models, the champion first; raise UserError if it is away."""
        from imdb_genres.registry.champion import registered_models  # MLflow's import takes seconds

        return self._offer(Choice(*found) for found in registered_models())

    def _offer(self, choices: Iterable[Choice]) -> list[Choice]:
        offered = list(choices)
        self._offered |= {choice.name for choice in offered}
        return offered

    def predictor(self, name: str) -> Predictor:
        """Return an offered model; raise UserError for another name."""
        if name not in self._offered:
            raise UserError(f"there is no model {name[:80]!r} on this page")
        with self._lock:
            folder = find_model(name)
            key = (
                name,
                (folder / DESCRIPTION).stat().st_mtime_ns,
            )  # this folder's may be trained anew
            if key not in self._predictors:
                self._predictors[key] = Predictor.load(folder)
                if len(self._predictors) > MODELS_KEPT:
                    del self._predictors[next(iter(self._predictors))]
            return self._predictors[key]

    def may_have_trained_on(self, name: str, film: str) -> bool:
        """Tell whether a model may have learnt from a film: one that is registered, but not tested on it."""
        if name == str(MODEL):
            return False
        from imdb_genres.registry.champion import tested_films

        with self._lock:
            if name not in self._tested:
                self._tested[name] = tested_films(name)
            return film not in self._tested[name]

    def films(self, start: int) -> list[Film]:
        """Return some films of the test fold, other ones for another ``start``."""
        with self._lock:
            if self._films is None:
                self._films = read_films(DATA / "split.parquet")
            films = self._films
        shown = min(FILMS_SHOWN, len(films))
        return [films[(start + number) % len(films)] for number in range(shown)]


def read_films(path: Path) -> list[Film]:
    """Return the films of the test fold with their kept genres, shuffled alike each time."""
    if not path.exists():
        return []
    columns = ["film", "title", "year", "text", "labels"]
    rows = pq.read_table(path, columns=columns, filters=[("fold", "=", "test")]).to_pylist()
    rows.sort(key=lambda row: unit_hash(0, "demo", row["film"]))
    return [
        Film(row["film"], _title(row["title"], row["year"]), row["text"], row["labels"])
        for row in rows
    ]


def _title(title: str | None, year: float | None) -> str:
    return f"{title or 'untitled'} ({year:.0f})" if year else title or "untitled"
