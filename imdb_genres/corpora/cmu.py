"""The CMU Movie Summary Corpus in full: 42,000 Wikipedia plots with Freebase's genres.

``plot_summaries.txt`` holds a Wikipedia id, a tab and the plot; ``movie.metadata.tsv`` nine columns
without names, of which the Wikipedia id, the title, the release date and the genres are read.
"""

import json
import re
import shutil
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from reprlib import repr as brief

from imdb_genres.corpora.base import Film, Report, by_film, check_characters
from imdb_genres.corpora.genre_mapping import canonical_genres
from imdb_genres.corpora.table_readers import read_lines
from imdb_genres.errors import UserError
from imdb_genres.params.data import CmuDownload, Parse

ARCHIVE = "MovieSummaries.tar.gz"
PLOTS, METADATA = "plot_summaries.txt", "movie.metadata.tsv"
COLUMNS = 9
FIRST_FILM = 1888
ADVICE = (
    f"The corpus lives at www.cs.cmu.edu/~ark/personas: put {ARCHIVE} into a folder and name that "
    "in download.cmu.mirrors."
)


def download(options: CmuDownload, folder: Path) -> None:
    """Fetch the archive, and keep the two files of it that are read."""
    from imdb_genres.download.downloader import (  # not for parse: requests is slow to import
        RemoteFile,
        fetch,
    )

    files = [RemoteFile(ARCHIVE, options.sha256, "download.cmu.sha256")]
    fetch(files, options.mirrors, folder, ADVICE)
    (archive,) = folder.iterdir()
    try:
        unpack(archive, folder)
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise UserError(f"{archive.name} is not a readable archive: {error}") from None
    archive.unlink()
    if missing := [name for name in (PLOTS, METADATA) if not (folder / name).exists()]:
        raise UserError(f"{archive.name} holds no {' and no '.join(missing)}")


def unpack(archive: Path, folder: Path) -> None:
    """Write the two files into ``folder``, whatever paths the archive gives them."""
    with tarfile.open(archive) as files:
        for member in files:
            name = PurePosixPath(member.name).name
            if name in (PLOTS, METADATA) and (source := files.extractfile(member)):
                with (folder / name).open("wb") as target:
                    shutil.copyfileobj(source, target)


def parse(folder: Path, params: Parse, report: Report) -> Iterator[Film]:
    """Yield the films that have a plot, a title and genres; the Wikipedia id is their key."""
    films = dict(_rows(folder / METADATA, COLUMNS, report))
    yield from by_film(_films(folder / PLOTS, films, report), report)


def _films(path: Path, films: dict[str, list[str]], report: Report) -> Iterator[Film]:
    for key, (text,) in _rows(path, 2, report):
        if key not in films:
            report.dropped["no metadata"] += 1
            continue
        _, title, released, *_, categories = films[key]
        try:
            genres = canonical_genres(_names(categories), "freebase_genres.tsv", report)
        except ValueError as error:
            report.add_malformed(f"{METADATA}, film {key}: {error}")
            continue
        yield Film(key, title, _year(released), text, genres)


def _rows(path: Path, columns: int, report: Report) -> Iterator[tuple[str, list[str]]]:
    """Yield the first column of each line, the Wikipedia id, and the others."""
    for number, line in enumerate(read_lines(path), start=1):
        key, *others = line.rstrip("\r\n").split("\t")
        if key.isdecimal() and len(others) == columns - 1:
            yield key, others
        else:
            report.add_malformed(
                f"{path.name}, line {number}: {brief(line)}, expected {columns} columns with tabs "
                "between them, the first a Wikipedia id"
            )


def _names(categories: str) -> Iterable[str]:
    """Return the names in a JSON object of Freebase ids and names."""
    try:
        names = list(json.loads(categories).values())
    except (ValueError, AttributeError, RecursionError):
        names = [None]
    if not all(isinstance(name, str) for name in names):
        raise ValueError(f"genres {brief(categories)}, expected a JSON object of names")
    check_characters(*names)
    return names


def _year(released: str) -> int | None:
    """Return the year of a date; None for none, and for one from before there was film."""
    found = re.match(r"\d{4}", released)
    return int(found[0]) if found and int(found[0]) >= FIRST_FILM else None
