"""Reads the corpus's own format into data/films.parquet: one row a description."""

import gc
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, groupby, islice
from operator import attrgetter
from pathlib import Path

import pyarrow as pa

from imdb_genres.corpora.base import Film, Report, load_reader
from imdb_genres.corpora.genre_masking import mask_genre_words
from imdb_genres.errors import UserError
from imdb_genres.io.atomic import write_json
from imdb_genres.io.parquet import table_writer
from imdb_genres.params.schema import Params
from imdb_genres.paths import DATA
from imdb_genres.stage import run_stage

SCHEMA = pa.schema(
    {
        "film": pa.string(),
        "title": pa.string(),
        "year": pa.int16(),
        "text": pa.string(),
        "genres": pa.list_(pa.string()),
    }
)
MASKED_BY_DEFAULT = {"wikipedia"}
BATCH_SIZE = 500
BATCHES_PER_ROW_GROUP = 40


@contextmanager
def no_collector() -> Iterator[None]:
    """Do not look for rings among millions of small objects, which have none: a fifth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@no_collector()
def main(params: Params) -> None:
    """Parse data/raw, keep what ``parse`` asks for, and say what was dropped and why."""
    report = Report(params.parse.max_malformed)
    films = load_reader(params.download.source).parse(DATA / "raw", params.parse, report)
    if masks(params):
        films = (film._replace(text=mask_genre_words(film.text)) for film in films)
    kept = choose_plots(keep_films(films, params.parse.min_words, report), params.parse.plots)
    first = next(kept, None)
    if first is None:
        raise UserError(f"no film of {params.download.source} is left; {explain_losses(report)}")
    tell(write_films(DATA / "films.parquet", chain([first], kept)), report)


def explain_losses(report: Report) -> str:
    """Return how many records were dropped and malformed, and why."""
    losses = [f"{count} dropped: {reason}" for reason, count in report.dropped.most_common()]
    if report.malformed:
        losses.append(f"{len(report.malformed)} malformed, the first: {report.first_malformed()}")
    return "; ".join(losses) or "the files hold none"


def tell(rows: int, report: Report) -> None:
    """Write data/parse.json: what was kept, dropped and left out; print the sum of it."""
    categories = {
        "categories without a genre": report.ignored,
        "categories not in the table": report.unmapped,
    }
    counts = {"descriptions": rows, "dropped": report.dropped, **categories}
    write_json(DATA / "parse.json", counts)
    for record in report.malformed:
        print(f"parse: malformed and skipped: {record}", file=sys.stderr)
    print(f"parse: {rows} descriptions, dropped {dict(report.dropped) or 'none'}")
    for what, found in categories.items():
        if found:
            print(f"parse: {len(found)} {what}, listed in data/parse.json")
    for notice in report.notices:
        print(f"parse: {notice}")


def masks(params: Params) -> bool:
    """Say whether genre words are to be hidden: as asked, or where the corpus names the genre."""
    choice = params.parse.mask_genre_words
    return params.download.source in MASKED_BY_DEFAULT if choice == "auto" else choice


def keep_films(films: Iterable[Film], min_words: int, report: Report) -> Iterator[Film]:
    """Yield the films that have a genre and at least ``min_words`` words; count the others."""
    enough = max(min_words, 1)
    for film in films:
        if not film.genres:
            report.dropped["no genre"] += 1
        elif len(film.text.split(maxsplit=enough)) < enough:
            report.dropped["too short"] += 1
        else:
            yield film


def choose_plots(films: Iterable[Film], plots: str) -> Iterator[Film]:
    """Yield ``all`` descriptions of each film, the ``longest``, the ``first``, or all ``joined``."""
    if plots == "all":
        yield from films
        return
    for _, group in groupby(films, key=attrgetter("film")):
        descriptions = list(group)
        match plots:
            case "longest":
                yield max(descriptions, key=lambda film: len(film.text))
            case "first":
                yield descriptions[0]
            case "joined":
                yield descriptions[0]._replace(text=" ".join(film.text for film in descriptions))


def write_films(path: Path, films: Iterable[Film]) -> int:
    """Stream ``films`` into a Parquet file of ``SCHEMA``; return the number of rows."""
    rows = 0
    batches = record_batches(iter(films))
    with table_writer(path, SCHEMA) as writer:
        while group := list(islice(batches, BATCHES_PER_ROW_GROUP)):
            table = pa.Table.from_batches(group).combine_chunks()
            writer.write_table(table)
            rows += len(table)
    return rows


def record_batches(films: Iterator[Film]) -> Iterator[pa.RecordBatch]:
    """Yield ``films`` in columns, few at a time: they are in the processor's cache still."""
    while batch := list(islice(films, BATCH_SIZE)):
        columns = zip(zip(*batch, strict=True), SCHEMA.types, strict=True)
        yield pa.record_batch([pa.array(*column) for column in columns], SCHEMA)


if __name__ == "__main__":
    run_stage(main, "parse")
