"""Batches of an encoder are computed side by side."""

import threading

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from imdb_genres.networks import pooling
from imdb_genres.networks.pooling import map_on_threads


def test_each_batch_has_a_single_thread_of_the_linear_algebra_library() -> None:
    def threads(batch: np.ndarray) -> np.ndarray:
        blas = [library for library in threadpool_info() if library["user_api"] == "blas"]
        return np.array([batch[0], *(library["num_threads"] for library in blas)])

    found = map_on_threads(threads, [np.array([number]) for number in range(5)])
    assert [number for number, *_ in found] == [0, 1, 2, 3, 4]
    assert {number for _, *counts in found for number in counts} == {1}


def test_batches_are_computed_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pooling, "THREADS", 2)
    both = threading.Barrier(2, timeout=10)

    def wait(batch: np.ndarray) -> np.ndarray:
        both.wait()
        return batch

    assert len(map_on_threads(wait, [np.zeros(1)] * 2)) == 2
