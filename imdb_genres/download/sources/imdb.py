"""Downloads IMDb's plot.list and genres.list."""

from pathlib import Path

from imdb_genres.download.downloader import RemoteFile, fetch
from imdb_genres.params.sources import ImdbSource

ADVICE = (
    "IMDb froze these lists in December 2017, and mirrors move or close. If you find them elsewhere, "
    "put plot.list.gz and genres.list.gz into a folder and name it under imdb: mirrors in sources.yaml."
)


def download(settings: ImdbSource, folder: Path) -> None:
    """Fetch both lists from the first mirror that has both."""
    files = [
        RemoteFile("plot.list.gz", settings.plot_sha256, "imdb.plot_sha256"),
        RemoteFile("genres.list.gz", settings.genres_sha256, "imdb.genres_sha256"),
    ]
    fetch(files, settings.mirrors, folder, ADVICE)
