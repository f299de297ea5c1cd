"""NumPy's arrays in a file, to the same bytes whichever Python writes it."""

from pathlib import Path
from zipfile import ZipFile, ZipInfo

import numpy as np

from imdb_genres.io.atomic import atomic_replace


def write_arrays(path: Path, **arrays: np.ndarray) -> None:
    """Write ``arrays``, none above 2 GB, to an .npz file that ``np.load`` reads.

    ``np.savez`` asks zipfile for room for larger ones, and how that looks changed in Python 3.11.4.
    """
    with atomic_replace(path) as temporary, ZipFile(temporary, "w") as archive:
        for name, values in arrays.items():
            with archive.open(ZipInfo(f"{name}.npy"), "w") as file:
                np.lib.format.write_array(file, values, allow_pickle=False)
