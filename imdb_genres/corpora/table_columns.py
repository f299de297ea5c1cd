"""Finds the columns of parse.table, by name or among the usual names."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from imdb_genres.corpora.table_readers import fold
from imdb_genres.errors import UserError, did_you_mean, shorten
from imdb_genres.params.data import AUTO, TableParse

# folded names; of several that a table has, the first one here is taken
USUAL_NAMES = {
    "title": "title primarytitle movietitle filmtitle moviename filmname seriestitle name movie "
    "originaltitle",
    "year": "year releaseyear releasedyear startyear movieyear filmyear yearofrelease releasedate "
    "released premiered date",
    "text": "text description plot overview synopsis plotsynopsis summary plotsummary storyline "
    "moviedescription moviesynopsis fullplot plotoutline logline desc extract abstract",
    "genres": "genres genre moviegenres moviegenre genrelist listedin categories category labels "
    "label tags",
}
ALIASES = {part: names.split() for part, names in USUAL_NAMES.items()}
REQUIRED = ("text", "genres")


@dataclass(frozen=True)
class Columns:
    """The table's column for each part of a film; None where it has none."""

    film: str | None
    title: str | None
    year: str | None
    text: str
    genres: tuple[str, ...]
    unused: dict[str, list[str]] = field(default_factory=dict)  # other columns with a usual name

    def __str__(self) -> str:
        parts = {"film": self.film, "title": self.title, "year": self.year, "text": self.text}
        named = [f"{part} from {column!r}" for part, column in parts.items() if column is not None]
        others = [name for names in self.unused.values() for name in names]
        unused = f" (not from {shorten(map(repr, others))})" if others else ""
        return f"{', '.join(named)}, genres from {shorten(map(repr, self.genres))}{unused}"


def expected_names(options: TableParse) -> frozenset[str]:
    """Return the folded names that a header line may hold."""
    named = [options.film, options.title, options.year, options.text, *_as_list(options.genres)]
    aliases = {alias for names in ALIASES.values() for alias in names}
    return frozenset({fold(name) for name in named if name and name != AUTO} | aliases)


def find_columns(table: str, columns: Sequence[str], options: TableParse) -> Columns:
    """Return the columns of ``options``; raise UserError for one that is missing or repeated."""
    finder = _Finder(table, columns)
    for column in options.where or ():
        finder.require(column, "where")
    film, title, year, text = (
        finder.find(part, getattr(options, part)) for part in ("film", "title", "year", "text")
    )
    genres = [finder.find("genres", name) for name in _as_list(options.genres)]
    return Columns(film, title, year, text or "", tuple(filter(None, genres)), finder.unused)


def _as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


class _Finder:
    def __init__(self, table: str, columns: Sequence[str]) -> None:
        self.table, self.columns = table, columns
        self.unused: dict[str, list[str]] = {}

    def find(self, part: str, name: str | None) -> str | None:
        if name == AUTO:
            return self._find_usual(part)
        return None if name is None else self.require(name, part)

    def require(self, name: str, part: str) -> str:
        if name not in self.columns:
            raise UserError(
                f"{self.table} has no column {name!r} (parse.table.{part})"
                f"{did_you_mean(name, self.columns)}; it has: {shorten(self.columns)}"
            )
        if (times := list(self.columns).count(name)) > 1:
            raise UserError(
                f"{self.table} has {times} columns named {name!r} (parse.table.{part}); "
                "rename all but one of them"
            )
        return name

    def _find_usual(self, part: str) -> str | None:
        aliases = ALIASES[part]
        matches = sorted(
            (column for column in dict.fromkeys(self.columns) if fold(column) in aliases),
            key=lambda column: aliases.index(fold(column)),
        )
        if matches:
            self.unused[part] = matches[1:]
            return self.require(matches[0], part)
        if part in REQUIRED:
            raise UserError(
                f"{self.table} has no column with a usual name for {part} ({shorten(aliases, 4)}); "
                f"set parse.table.{part} to one of: {shorten(self.columns)}"
                f"{self._header_advice()}"
            )
        return None

    def _header_advice(self) -> str:
        """Return advice if the names look like a row of films."""
        if any(len(column) > 80 or column.isdecimal() for column in self.columns):
            return "; if the file has no header line, name its columns in parse.table.columns"
        return ""
