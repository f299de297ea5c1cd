"""Writes .npz files with the same bytes in every Python version."""

from pathlib import Path
from zipfile import ZipFile, ZipInfo

import numpy as np

from imdb_genres.io.atomic import atomic_replace

MAX_ZIP32 = 2**31 - 2**20  # bytes; just below 2**31 - 1, above which ZIP64 is needed


def write_arrays(path: Path, **arrays: np.ndarray) -> None:
    """Write ``arrays`` to an .npz file that ``np.load`` reads.

    Only large arrays use ZIP64. ``np.savez`` uses it for all, and its bytes changed in Python 3.11.4.
    """
    with atomic_replace(path) as temporary, ZipFile(temporary, "w") as archive:
        for name, values in arrays.items():
            info, is_large = ZipInfo(f"{name}.npy"), values.nbytes > MAX_ZIP32
            with archive.open(info, "w", force_zip64=is_large) as file:
                np.lib.format.write_array(file, values, allow_pickle=False)
