"""One module per corpus: ``download(settings, folder)`` fills ``folder`` with the corpus's files."""

from importlib import import_module
from pathlib import Path

from imdb_genres.params.data import Download
from imdb_genres.params.sources import read_sources


def download_corpus(params: Download, folder: Path) -> None:
    """Fetch the files of ``params.source`` into ``folder``, checked against their sha256."""
    module = import_module(f"{__name__}.{params.source}")
    settings = params.table if params.source == "table" else getattr(read_sources(), params.source)
    module.download(settings, folder)
