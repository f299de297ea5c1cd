"""The models and the films of the test fold that the page offers."""

import threading
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq

from imdb_genres.errors import UserError
from imdb_genres.hashing import unit_hash
from imdb_genres.inference.predictor import Predictor
from imdb_genres.model.folder import DESCRIPTION, read_description
from imdb_genres.paths import DATA, MODEL
from imdb_genres.registry.find_model import find_model, find_models

NUM_FILMS = 8
NUM_LOADED = 8  # models kept in memory
TARGETS = {
    "label": "one genre per film",
    "soft": "all genres of a film, as shares of one",
    "multi-label": "all genres of a film, each on its own",
}


class Choice(NamedTuple):
    """A model: the ``name`` to find it by, and the ``title`` to show."""

    name: str
    title: str


class DemoFilm(NamedTuple):
    """A film of the test fold; ``key`` identifies it."""

    key: str
    title: str
    text: str
    genres: list[str]


class Catalogue:
    """Finds models and films, and keeps them in memory; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._predictors: dict[tuple[str, int], Predictor] = {}
        self._tested: dict[str, frozenset[str]] = {}
        self._films: list[DemoFilm] | None = None
        self._folders: dict[str, Path | None] = {}  # of models on offer; None = not looked up yet
        if not (self.quick_choices() or self.registered_choices()):
            find_model(str(MODEL))  # raises with what to do

    def quick_choices(self) -> list[Choice]:
        """Return the models that are found without importing MLflow, the best one first."""
        models = find_models()
        self._folders |= {model.name: model.folder for model in models}
        return [Choice(model.name, model.title) for model in models]

    def registered_choices(self) -> list[Choice]:
        """Return MLflow's registered models, the champion first; raise UserError if it is down."""
        from imdb_genres.registry.champion import registered_models  # MLflow's import takes seconds

        choices = [Choice(*model) for model in registered_models()]
        for choice in choices:
            self._folders.setdefault(choice.name, None)
        return choices

    def default_name(self) -> str:
        """Return the name of the best model."""
        choices = self.quick_choices() or self.registered_choices()
        return choices[0].name if choices else str(MODEL)

    def _folder(self, name: str) -> Path:
        if name not in self._folders:
            raise UserError(f"there is no model {name[:80]!r} on this page")
        return find_model(str(self._folders[name] or name))  # retraining removes the workspace's

    def predictor(self, name: str) -> Predictor:
        """Load an offered model, or return it from memory; raise UserError for another name."""
        with self._lock:
            folder = self._folder(name)
            # retraining replaces the workspace's model
            key = (name, (folder / DESCRIPTION).stat().st_mtime_ns)
            if key not in self._predictors:
                self._predictors[key] = Predictor.load(folder)
                if len(self._predictors) > NUM_LOADED:
                    del self._predictors[next(iter(self._predictors))]
            return self._predictors[key]

    def card(self, name: str) -> dict[str, Any]:
        """Return the description of an offered model: its network, vocabulary and labels."""
        description = read_description(self._folder(name))
        return {
            "Network": description.architecture,
            "Words known": len(self.predictor(name).words),
            "Trained on": TARGETS[description.targets],
            "Genres": ", ".join(description.genres),
            "": self._registered_card(name),
        }

    def _registered_card(self, name: str) -> str:
        if name == str(MODEL):
            return ""
        from imdb_genres.registry.champion import version_card

        return version_card(name)

    def may_have_trained_on(self, name: str, film: str) -> bool:
        """Return whether a model may have trained on a film: it is registered and not tested on it."""
        if name == str(MODEL):
            return False
        from imdb_genres.registry.champion import tested_films

        with self._lock:
            if name not in self._tested:
                self._tested[name] = tested_films(name)
            return film not in self._tested[name]

    def films(self, start: int) -> list[DemoFilm]:
        """Return NUM_FILMS films of the test fold from position ``start`` on, cyclically."""
        with self._lock:
            if self._films is None:
                self._films = read_films(DATA / "split.parquet")
            films = self._films
        count = min(NUM_FILMS, len(films))
        return [films[(start + number) % len(films)] for number in range(count)]


def read_films(path: Path) -> list[DemoFilm]:
    """Return the test fold's films with their genres, in a fixed random order."""
    if not path.exists():
        return []
    columns = ["film", "title", "year", "text", "labels"]
    rows = pq.read_table(path, columns=columns, filters=[("fold", "=", "test")]).to_pylist()
    rows.sort(key=lambda row: unit_hash(0, "demo", row["film"]))
    return [
        DemoFilm(row["film"], _title(row["title"], row["year"]), row["text"], row["labels"])
        for row in rows
    ]


def _title(title: str | None, year: float | None) -> str:
    return f"{title or 'untitled'} ({year:.0f})" if year else title or "untitled"
