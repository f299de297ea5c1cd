"""Reads the corpus's own format into data/films.parquet: one row per description."""

import sys
from itertools import chain

from imdb_genres.corpora.base import Report, load_reader
from imdb_genres.corpora.film_table import write_films
from imdb_genres.corpora.genre_masking import mask_genre_words
from imdb_genres.corpora.selection import choose_plots, filter_films
from imdb_genres.errors import UserError
from imdb_genres.io.atomic import write_json
from imdb_genres.params.schema import Params
from imdb_genres.paths import DATA
from imdb_genres.stage import run_stage

MASKED_BY_DEFAULT = {"wikipedia"}  # corpora whose texts name the genre


def main(params: Params) -> None:
    """Parse data/raw, keep what ``parse`` asks for, and report what was dropped and why."""
    report = Report(params.parse.max_malformed)
    films = load_reader(params.download.source).parse(DATA / "raw", params.parse, report)
    if should_mask(params):
        films = (film._replace(text=mask_genre_words(film.text)) for film in films)
    films = choose_plots(filter_films(films, params.parse.min_words, report), params.parse.plots)
    first = next(films, None)
    if first is None:
        raise UserError(f"no film of {params.download.source} is left; {explain_losses(report)}")
    write_parse_report(write_films(DATA / "films.parquet", chain([first], films)), report)


def should_mask(params: Params) -> bool:
    """Return whether to mask genre words: as set, or by default if the corpus names the genre."""
    choice = params.parse.mask_genre_words
    return params.download.source in MASKED_BY_DEFAULT if choice == "auto" else choice


def explain_losses(report: Report) -> str:
    """Return how many records were dropped and malformed, and why."""
    losses = [f"{count} dropped: {reason}" for reason, count in report.dropped.most_common()]
    if report.malformed:
        losses.append(f"{len(report.malformed)} malformed, the first: {report.first_malformed()}")
    return "; ".join([*losses, *report.notices]) or "the files hold none"


def write_parse_report(rows: int, report: Report) -> None:
    """Write data/parse.json: what was kept, dropped and left out; print a summary."""
    categories = {
        "categories without a genre": report.ignored,
        "categories not in the table": report.unmapped,
    }
    counts = {"descriptions": rows, "dropped": report.dropped, **categories}
    write_json(DATA / "parse.json", counts)
    for record in report.malformed:
        print(f"parse: malformed and skipped: {record}", file=sys.stderr)
    print(f"parse: {rows} descriptions, dropped {dict(report.dropped) or 'none'}")
    for kind, names in categories.items():
        if names:
            print(f"parse: {len(names)} {kind}, listed in data/parse.json")
    for notice in report.notices:
        print(f"parse: {notice}")


if __name__ == "__main__":
    run_stage(main, "parse")
