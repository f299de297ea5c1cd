"""IMDb's own plot.list and genres.list, as they were until December 2017."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from imdb_genres.corpora.base import Film, Report
from imdb_genres.corpora.imdb_genre_list import read_genres
from imdb_genres.corpora.imdb_plot_list import read_keys, read_plots
from imdb_genres.corpora.imdb_titles import Title, parse_title
from imdb_genres.errors import UserError
from imdb_genres.params.data import ImdbParse, Parse

PLOTS, GENRES = "plot.list", "genres.list"


def parse(folder: Path, params: Parse, report: Report) -> Iterator[Film]:
    """Yield a film for each plot of the titles that ``parse.imdb`` asks for.

    plot.list is read twice, first for its titles: most rows of genres.list are of titles without a
    plot, and only the others are kept in memory.
    """
    plots_path = _find_list(folder, PLOTS)
    keys = _needed_keys(plots_path, params.imdb)
    genres = read_genres(_find_list(folder, GENRES), keys, report)
    for title, plots in read_plots(plots_path, report):
        if reason := drop_reason(title, params.imdb):
            report.dropped[reason] += len(plots)
        else:
            film_genres = choose_genres(title, genres, params.imdb)
            for plot in plots:
                yield Film(title.key, title.name, title.year, plot, film_genres)


def _find_list(folder: Path, name: str) -> Path:
    paths = [path for path in (folder / f"{name}.gz", folder / name) if path.exists()]
    if not paths:
        raise UserError(f"{folder} holds no {name}.gz: run `dvc repro download`")
    return paths[0]


def _needed_keys(path: Path, params: ImdbParse) -> Iterator[str]:
    """Yield the keys of all titles whose genres ``choose_genres`` may look up."""
    for key in read_keys(path):
        yield key
        if params.series_genres and (title := parse_title(key)) and title.series:
            yield title.series


def drop_reason(title: Title, params: ImdbParse) -> str | None:
    """Return why ``parse.imdb`` excludes a title, or None."""
    if title.suspended and not params.suspended:
        return "suspended"
    return None if title.kind in params.kinds else title.kind


def choose_genres(
    title: Title, genres: Mapping[str, tuple[str, ...]], params: ImdbParse
) -> tuple[str, ...]:
    """Return a title's genres; with ``series_genres``, an episode without any gets its series'."""
    own = genres[title.key]
    if not own and title.series and params.series_genres:
        return genres[title.series]
    return own
