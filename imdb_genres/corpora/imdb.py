"""IMDb's own plot.list and genres.list, as they were until December 2017."""

from collections.abc import Iterator
from pathlib import Path

from imdb_genres.corpora.base import Film, Report
from imdb_genres.corpora.imdb_lists import read_genres, read_plots
from imdb_genres.corpora.imdb_titles import Title
from imdb_genres.errors import UserError
from imdb_genres.params.data import ImdbParse, Parse

PLOTS, GENRES = "plot.list", "genres.list"


def parse(folder: Path, params: Parse, report: Report) -> Iterator[Film]:
    """Yield a film for each plot of the titles that ``parse.imdb`` asks for."""
    genres = read_genres(_list(folder, GENRES), report)
    for title, plots in read_plots(_list(folder, PLOTS), report):
        if reason := unwanted(title, params.imdb):
            report.dropped[reason] += len(plots)
        else:
            found = genres_of(title, genres, params.imdb)
            for plot in plots:
                yield Film(title.key, title.name, title.year, plot, found)


def _list(folder: Path, name: str) -> Path:
    paths = [path for path in (folder / f"{name}.gz", folder / name) if path.exists()]
    if not paths:
        raise UserError(f"{folder} holds no {name}.gz: run `dvc repro download`")
    return paths[0]


def unwanted(title: Title, params: ImdbParse) -> str | None:
    """Return why a title is not asked for, or None."""
    if title.suspended and not params.suspended:
        return "suspended"
    return None if title.kind in params.kinds else title.kind


def genres_of(title: Title, genres: dict[str, list[str]], params: ImdbParse) -> tuple[str, ...]:
    """Return a title's genres; for an episode without any, its series', if that is asked for."""
    found = genres.get(title.key)
    if not found and title.series and params.series_genres:
        found = genres.get(title.series)
    return tuple(found or ())
