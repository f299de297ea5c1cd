"""Files of arrays can be read by NumPy, and have the same bytes in every Python version."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from imdb_genres.io import npz
from imdb_genres.io.npz import write_arrays

ARRAYS = {
    "ids": np.arange(5, dtype=np.int16),
    "genres": np.array(["Drama", "Film-Noir"]),
    "labels": np.eye(2, dtype=bool),
    "none": np.empty(0),
}


def test_numpy_reads_what_was_written(tmp_path: Path) -> None:
    write_arrays(tmp_path / "some.npz", **ARRAYS)
    with np.load(tmp_path / "some.npz") as read:
        assert list(read) == list(ARRAYS)
        for name, values in ARRAYS.items():
            assert read[name].dtype == values.dtype
            assert np.array_equal(read[name], values)


def test_the_bytes_do_not_depend_on_python(tmp_path: Path) -> None:
    write_arrays(tmp_path / "some.npz", **ARRAYS)
    made = hashlib.md5((tmp_path / "some.npz").read_bytes()).hexdigest()
    assert made == "25f584bd9e6cbcf5ef6d3d8a202fa773"  # of Python 3.11.2 to 3.13.0


def test_arrays_above_two_gigabytes_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zipfile.ZIP64_LIMIT", 2000)
    monkeypatch.setattr(npz, "MAX_ZIP32", 1000)
    write_arrays(tmp_path / "some.npz", large=np.arange(1000), **ARRAYS)
    with np.load(tmp_path / "some.npz") as read:
        assert np.array_equal(read["large"], np.arange(1000))


def test_objects_that_would_be_pickled_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Object arrays cannot be saved"):
        write_arrays(tmp_path / "some.npz", ids=np.array([{}]))
    assert not list(tmp_path.iterdir())
