"""Downloads the leads of Wikipedia's articles on American films, one file per decade."""

from pathlib import Path

from imdb_genres.download.downloader import RemoteFile, fetch
from imdb_genres.params.sources import WikipediaSource

ADVICE = (
    "The files are in github.com/prust/wikipedia-movie-data: put movies-1900s.json and its "
    "siblings into a folder and name that under wikipedia: mirrors in sources.yaml."
)


def download(settings: WikipediaSource, folder: Path) -> None:
    """Fetch the file of each decade in ``settings.decades``."""
    files = [
        RemoteFile(f"movies-{decade}.json", sha256, f"wikipedia.decades.{decade}")
        for decade, sha256 in settings.decades.items()
    ]
    fetch(files, settings.mirrors, folder, ADVICE)
