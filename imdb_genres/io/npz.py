"""Writes .npz files to the same bytes with every Python."""

from pathlib import Path
from zipfile import ZipFile, ZipInfo

import numpy as np

from imdb_genres.io.atomic import atomic_replace

LARGE = 2**31 - 2**20  # bytes; a larger member needs ZIP64, whose limit is 2**31 - 1


def write_arrays(path: Path, **arrays: np.ndarray) -> None:
    """Write ``arrays`` to an .npz file that ``np.load`` reads.

    Only large arrays are written as ZIP64, as ``np.savez`` writes all: how that looks changed in
    Python 3.11.4.
    """
    with atomic_replace(path) as temporary, ZipFile(temporary, "w") as archive:
        for name, values in arrays.items():
            with archive.open(
                ZipInfo(f"{name}.npy"), "w", force_zip64=values.nbytes > LARGE
            ) as file:
                np.lib.format.write_array(file, values, allow_pickle=False)
