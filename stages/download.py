"""Fetches the chosen corpus into data/raw, every file checked against its sha256."""

from stages.corpora import load_corpus
from stages.files import DATA, replacing
from stages.params import Params
from stages.runner import run


def main(params: Params) -> None:
    """Fill data/raw with the files of ``download.source``."""
    source = params.download.source
    with replacing(DATA / "raw") as folder:
        folder.mkdir()
        load_corpus(source).download(getattr(params.download, source), folder)
        size = sum(file.stat().st_size for file in folder.iterdir())
    print(f"download: {source}, {size:,} bytes")


if __name__ == "__main__":
    run(main)
