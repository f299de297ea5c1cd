"""Damages lists at random and parses them: ``python -m tests.robustness.fuzz [--seconds 60] [--first 0]``.

Each input must be read, or refused with a UserError, in time; and no more damage may pass than
``parse.max_malformed`` allows. Anything else ends the program with the number of the input, from which
``--first`` repeats it.
"""

import argparse
import gzip
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Never

from benchmarks.lists import make_entries, write_lists
from benchmarks.workspace import make_workspace
from imdb_genres.corpora.base import Report
from imdb_genres.corpora.imdb_genre_list import read_genres
from imdb_genres.corpora.imdb_plot_list import read_plots
from imdb_genres.errors import UserError
from imdb_genres.params.schema import Params, read_params
from stages import parse

RAW = Path("data/raw")
PLOTS, GENRES = RAW / "plot.list", RAW / "genres.list"
MAX_MALFORMED = 10
TITLES = ["A (1999)"]
PATIENCE = 10  # CPU seconds for one input
GIANT = 2_000_000  # bytes
PARTS = [
    b"\0", b"\x85", b"\r", b"\r\n", b"\n", b"\n\n", b"\t", b" ", b"MV:", b"\nMV:", b"\nMV: A (1999)\n",
    b"\nPL:", b"\nPL: a", b"\nBY:", b"---", b"\n" + b"-" * 79 + b"\n", b" (1999)", b" (????/II)",
    b" (1999) {x}", b" {(#1.1)}", b" {x", b"}", b" {{SUSPENDED}}", b'"',
    b"PLOT SUMMARIES LIST\n===\n", b"8: THE GENRES LIST\n===\n",
]  # fmt: skip
LINE_ENDS = [b"\r\n", b"\r", b"\n\n", b"\x85", b"\n\0"]


def damage(draw: Random, data: bytes) -> bytes:
    """Return ``data`` with a few changes, gzipped now and then, and changed once more."""
    for _ in range(draw.choice([0, 1, 2, 5])):
        data = change(draw, data)
    if draw.random() < 0.3:
        data = gzip.compress(data, 1)
        data = change(draw, data) if draw.random() < 0.3 else data
    return data


def change(draw: Random, data: bytes) -> bytes:
    """Change a byte, cut, truncate, splice, insert or repeat parts, or end lines in another way."""
    place, other = sorted(draw.choices(range(len(data) + 1), k=2))
    part = draw.choice([*PARTS, draw.randbytes(20), b"".join(draw.choices(PARTS, k=3))])
    match draw.choice("bbbbctsiiirl"):
        case "b":
            return data[:place] + draw.randbytes(1) + data[place + 1 :]
        case "c":
            return data[:place] + data[draw.choice([place + 50, other]) :]
        case "t":
            return data[:place]
        case "s":
            return data[:place] + data[other : other + 10_000] + data[place:]
        case "i":
            return data[:place] + part + data[place:]
        case "r":
            return data[:place] + part * (draw.choice([1000, GIANT]) // len(part)) + data[place:]
        case _:
            return data.replace(b"\n", draw.choice(LINE_ENDS))


def attempt(name: str, function: Callable[[], object]) -> str:
    """Return what became of an input: it was read, or refused with a UserError."""
    signal.setitimer(signal.ITIMER_PROF, PATIENCE)
    try:
        function()
        return f"{name}: read"
    except UserError as error:
        assert str(error)
        return f"{name}: refused"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def read(path: Path) -> None:
    """Read one list to its end; no more damage may pass than is allowed."""
    report = Report(MAX_MALFORMED)
    list(read_plots(path, report) if path == PLOTS else read_genres(path, TITLES, report))
    assert len(report.malformed) <= MAX_MALFORMED


def run(number: int, lists: dict[Path, bytes], params: Params) -> list[str]:
    """Write the lists, damaged as ``number`` says; return what became of them."""
    draw = Random(number)
    for path, whole in lists.items():
        path.write_bytes(damage(draw, whole) if draw.random() < 0.7 else whole)
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        found = [attempt(path.name, lambda path=path: read(path)) for path in lists]  # type: ignore[misc]
        return [*found, attempt("stage", lambda: parse.main(params))]


def give_up(*_: object) -> Never:
    """End what takes too long."""
    raise RuntimeError(f"no end after {PATIENCE} CPU seconds")


def fuzz(seconds: float, number: int) -> Counter[str]:
    """Damage and parse until the CPU time is over; return how often each thing happened."""
    write_lists(RAW, make_entries(60, seed=1), ".list")
    lists = {path: path.read_bytes() for path in (PLOTS, GENRES)}
    outcomes: Counter[str] = Counter()
    params, start = read_params(), time.process_time()
    while time.process_time() - start < seconds:
        try:
            outcomes.update(["inputs", *run(number, lists, params)])
        except Exception as error:
            raise SystemExit(f"input {number}: {error!r}") from error
        number += 1
    return outcomes


def main() -> None:
    """Print what became of the inputs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    options = parser.parse_args()
    signal.signal(signal.SIGPROF, give_up)
    changes = {"download.source": "imdb", "parse.max_malformed": MAX_MALFORMED}
    with TemporaryDirectory() as name, chdir(make_workspace(Path(name) / "workspace", changes)):
        RAW.mkdir(parents=True)
        for what, times in sorted(fuzz(options.seconds, options.first).items()):
            print(f"{times:>8} {what}")


if __name__ == "__main__":
    main()
