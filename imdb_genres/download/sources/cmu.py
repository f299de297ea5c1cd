"""Downloads the CMU Movie Summary Corpus: two files of an archive."""

import shutil
import tarfile
import zlib
from pathlib import Path, PurePosixPath

from imdb_genres.download.downloader import RemoteFile, fetch
from imdb_genres.errors import UserError, disk_error
from imdb_genres.params.sources import CmuSource

ARCHIVE = "MovieSummaries.tar.gz"
PLOTS, METADATA = "plot_summaries.txt", "movie.metadata.tsv"
ADVICE = (
    f"The corpus lives at www.cs.cmu.edu/~ark/personas: put {ARCHIVE} into a folder and name that "
    "under cmu: mirrors in sources.yaml."
)


def download(settings: CmuSource, folder: Path) -> None:
    """Fetch the archive and extract the two files that the reader needs."""
    files = [RemoteFile(ARCHIVE, settings.sha256, "cmu.sha256")]
    fetch(files, settings.mirrors, folder, ADVICE)
    (archive,) = folder.iterdir()
    try:
        extract(archive, folder)
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        if disk_error(error):
            raise
        raise UserError(f"{archive.name} is not a readable archive: {error}") from None
    archive.unlink()
    if missing := [name for name in (PLOTS, METADATA) if not (folder / name).exists()]:
        raise UserError(f"{archive.name} holds no {' and no '.join(missing)}")


def extract(archive: Path, folder: Path) -> None:
    """Write the two files into ``folder``, whatever paths the archive gives them."""
    with tarfile.open(archive) as files:
        for member in files:
            name = PurePosixPath(member.name).name
            if name in (PLOTS, METADATA) and (source := files.extractfile(member)):
                with (folder / name).open("wb") as target:
                    shutil.copyfileobj(source, target)
