"""Readers of corpora: one module per corpus, each with ``parse(folder, params, report)``.

It yields one ``Film`` per description; the descriptions of a film follow each other.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple, Protocol, cast

from imdb_genres.errors import UserError
from imdb_genres.params.data import Parse

NUM_SHOWN = 3  # malformed records in one message


class Film(NamedTuple):
    """One description of a film; ``film`` is its key, the same in every version of the corpus.

    An episode's ``title`` and ``year`` are its series', so that the split keeps a series together.
    """

    film: str
    title: str
    year: int | None
    text: str
    genres: tuple[str, ...]


class Report:
    """What a corpus dropped, by reason, its malformed records, and notices for the user."""

    def __init__(self, max_malformed: int = 0) -> None:
        self.dropped: Counter[str] = Counter()
        self.ignored: Counter[str] = Counter()  # categories that are not a genre
        self.unmapped: Counter[str] = Counter()  # categories that the corpus's table lacks
        self.malformed: list[str] = []
        self.notices: list[str] = []
        self.max_malformed = max_malformed

    def add_malformed(self, record: str) -> None:
        """Note a malformed record (file, line, what is wrong); raise UserError above the limit."""
        self.malformed.append(record)
        if len(self.malformed) > self.max_malformed:
            raise UserError(
                f"more than {self.max_malformed} malformed records (parse.max_malformed); "
                f"the first: {self.first_malformed()}"
            )

    def first_malformed(self) -> str:
        """Return the first malformed records, as part of a message."""
        return "; ".join(self.malformed[:NUM_SHOWN])


def check_characters(*texts: str) -> None:
    """Raise ValueError for half a surrogate pair: JSON can hold it, UTF-8 and Parquet cannot."""
    "".join(texts).encode()


def group_by_film(films: Iterable[Film], report: Report) -> Iterator[Film]:
    """Yield the descriptions film by film, each with the genres of all descriptions of its film.

    A text that repeats within a film is dropped and counted.
    """
    descriptions: dict[str, dict[str, Film]] = {}
    genres: dict[str, tuple[str, ...]] = {}
    for film in films:
        merged = genres.get(film.film, ()) + film.genres
        genres[film.film] = tuple(dict.fromkeys(merged))
        texts = descriptions.setdefault(film.film, {})
        if film.text in texts:
            report.dropped["repeated text"] += 1
        texts.setdefault(film.text, film)
    for key, texts in descriptions.items():
        for film in texts.values():
            yield film._replace(genres=genres[key])


class CorpusReader(Protocol):
    """The interface of each corpus's module."""

    def parse(self, folder: Path, params: Parse, report: Report) -> Iterator[Film]:
        """Yield the descriptions in ``folder``; raise UserError if it holds another corpus."""


def load_reader(source: str) -> CorpusReader:
    """Return the module that reads ``source``, a value of download.source; raise UserError if none."""
    module = f"imdb_genres.corpora.{source}"
    if find_spec(module) is None:
        path = module.replace(".", "/")
        raise UserError(f"download.source {source!r} has no reader: write {path}.py")
    return cast(CorpusReader, import_module(module))
