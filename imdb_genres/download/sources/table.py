"""Copies your own table of films."""

import shutil
from pathlib import Path

from imdb_genres.errors import UserError
from imdb_genres.params.data import TableDownload


def download(settings: TableDownload, folder: Path) -> None:
    """Copy the table under its own name. DVC watches the original: see dvc.yaml."""
    path = Path(settings.path)
    if not path.is_file():
        raise UserError(f"download.table.path: there is no file {path}")
    shutil.copyfile(path, folder / path.name)
