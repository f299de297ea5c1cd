"""One module per corpus: ``download(settings, folder)`` fills ``folder`` with the corpus's files."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from imdb_genres.errors import UserError
from imdb_genres.params.data import Download
from imdb_genres.params.sources import read_sources


def download_corpus(params: Download, folder: Path) -> None:
    """Fetch the files of ``params.source`` into ``folder``, checked against their sha256.

    Raises UserError for a source without a module here or without a section in ``Sources``.
    """
    source, module = params.source, f"{__name__}.{params.source}"
    if find_spec(module) is None:
        path = module.replace(".", "/")
        raise UserError(f"download.source {source!r} has no download: write {path}.py")
    settings = params.table if source == "table" else getattr(read_sources(), source, None)
    if settings is None:
        raise UserError(
            f"download.source {source!r} is not in Sources: add its section to "
            "imdb_genres/params/sources.py and sources.yaml"
        )
    import_module(module).download(settings, folder)
