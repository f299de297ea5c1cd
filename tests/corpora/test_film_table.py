"""Films are written to Parquet as they come, a few row groups in memory."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from imdb_genres.corpora import film_table
from imdb_genres.corpora.base import Film
from imdb_genres.corpora.film_table import SCHEMA, write_films

FILMS = [
    Film("a", "Tide", 1931, "A ferry sinks.", ("War",)),
    Film("a", "Tide", 1931, "A ferry sinks slowly.", ("War",)),
    Film("a", "Tide", 1931, "It sinks.", ("War",)),
    Film("b", "Żuk", None, "A beetle wins.", ("Comedy", "War")),
]


def test_films_are_streamed_into_parquet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film_table, "BATCH_SIZE", 3)
    assert write_films(tmp_path / "films.parquet", iter(FILMS)) == 4
    written = pq.read_table(tmp_path / "films.parquet")
    assert written.schema == SCHEMA
    assert [Film(**{**row, "genres": tuple(row["genres"])}) for row in written.to_pylist()] == FILMS
