"""Entry points set up a lean process; importing the library changes nothing in it."""

import os
import subprocess
import sys

from tests.support.params import PARAMS

ROOT = PARAMS.parent
COLLECTIONS = """
import gc, stages
collections = lambda: sum(generation["collections"] for generation in gc.get_stats())
before = collections()
import pandas
print(collections() - before)
"""
CYCLES = """
import weakref, stages
class Cycle:
    def __init__(self): self.itself = self
freed = []
weakref.finalize(Cycle(), freed.append, True)
cycles = [Cycle() for _ in range(200_000)]
print(len(freed))
"""
THREADS = """
import os, sys, stages
print(os.environ["OPENBLAS_THREAD_TIMEOUT"] if "numpy" not in sys.modules else 0)
"""
LIBRARY = """
import gc, importlib, os, signal, sys
state = lambda: [dict(os.environ), gc.get_threshold(), gc.isenabled(), signal.getsignal(signal.SIGTERM)]
before = state()
for name in ("imdb_genres", "imdb_genres.text.tokenizer", "imdb_genres.params.schema",
             "imdb_genres.inference.predictor", "imdb_genres.dvc_repo.pipeline"):
    importlib.import_module(name)
assert "imdb_genres.startup" not in sys.modules
print(sum(a != b for a, b in zip(before, state())))
"""


def printed(code: str) -> int:
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return int(result.stdout)


def test_imports_are_hardly_scanned_by_the_garbage_collector() -> None:
    """Python would collect some 160 times while pandas is imported."""
    assert printed(COLLECTIONS) < 10


def test_unreachable_cycles_are_still_freed() -> None:
    assert printed(CYCLES) == 1


def test_openblas_threads_sleep_instead_of_busy_waiting() -> None:
    assert printed(THREADS) == 4


def test_importing_the_library_changes_nothing_in_the_process() -> None:
    assert printed(LIBRARY) == 0


def test_a_terminal_of_another_encoding_ends_no_stage() -> None:
    code = "import stages; print('Kom\u00f6die', end='')"
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert result.stdout == "Kom?die"
