"""Importing the stages sets up a lean process: few searches for rings, no threads that turn in circles."""

import subprocess
import sys

from tests.support.params import PARAMS

SEARCHES = """
import gc, stages
searches = lambda: sum(generation["collections"] for generation in gc.get_stats())
before = searches()
import pandas
print(searches() - before)
"""
RINGS = """
import weakref, stages
class Ring:
    def __init__(self): self.itself = self
freed = []
weakref.finalize(Ring(), freed.append, True)
rings = [Ring() for _ in range(200_000)]
print(len(freed))
"""
THREADS = """
import os, sys, stages
print(os.environ["OPENBLAS_THREAD_TIMEOUT"] if "numpy" not in sys.modules else 0)
"""


def printed(code: str) -> int:
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, cwd=PARAMS.parent, capture_output=True, text=True, check=True)
    return int(result.stdout)


def test_imports_are_hardly_searched_for_rings() -> None:
    """Python would search some 160 times while pandas is imported."""
    assert printed(SEARCHES) < 10


def test_what_only_a_ring_holds_is_freed_still() -> None:
    assert printed(RINGS) == 1


def test_numpy_s_threads_are_told_to_sleep_before_they_start() -> None:
    assert printed(THREADS) == 4
