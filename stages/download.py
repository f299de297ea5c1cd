"""Downloads the chosen corpus into data/raw, every file checked against its sha256."""

from imdb_genres.download.sources import download_corpus
from imdb_genres.io.atomic import atomic_replace
from imdb_genres.params.schema import Params
from imdb_genres.paths import DATA
from imdb_genres.stage import run_stage


def main(params: Params) -> None:
    """Fill data/raw with the files of ``download.source``."""
    with atomic_replace(DATA / "raw") as folder:
        folder.mkdir()
        download_corpus(params.download, folder)
        size = sum(file.stat().st_size for file in folder.iterdir())
    print(f"download: {params.download.source}, {size:,} bytes")


if __name__ == "__main__":
    run_stage(main, "download")
