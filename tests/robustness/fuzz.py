"""Corrupts lists at random and parses them: ``python -m tests.robustness.fuzz [--seconds 60] [--first 0]``.

Each input must be read, or refused with a UserError, in time; and no more malformed records may pass
than ``parse.max_malformed`` allows. Anything else ends the program with the number of the input, from which
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
TIME_LIMIT = 10  # CPU seconds for one input
MAX_REPEATED = 2_000_000  # bytes
SNIPPETS = [
    b"\0", b"\x85", b"\r", b"\r\n", b"\n", b"\n\n", b"\t", b" ", b"MV:", b"\nMV:", b"\nMV: A (1999)\n",
    b"\nPL:", b"\nPL: a", b"\nBY:", b"---", b"\n" + b"-" * 79 + b"\n", b" (1999)", b" (????/II)",
    b" (1999) {x}", b" {(#1.1)}", b" {x", b"}", b" {{SUSPENDED}}", b'"',
    b"PLOT SUMMARIES LIST\n===\n", b"8: THE GENRES LIST\n===\n",
]  # fmt: skip
LINE_ENDS = [b"\r\n", b"\r", b"\n\n", b"\x85", b"\n\0"]


def corrupt(draw: Random, data: bytes) -> bytes:
    """Return ``data`` after a few random mutations, sometimes gzipped and mutated again."""
    for _ in range(draw.choice([0, 1, 2, 5])):
        data = mutate(draw, data)
    if draw.random() < 0.3:
        data = gzip.compress(data, 1)
        data = mutate(draw, data) if draw.random() < 0.3 else data
    return data


def mutate(draw: Random, data: bytes) -> bytes:
    """Change a byte, cut, truncate, splice, insert or repeat parts, or end lines in another way."""
    start, stop = sorted(draw.choices(range(len(data) + 1), k=2))
    snippet = draw.choice([*SNIPPETS, draw.randbytes(20), b"".join(draw.choices(SNIPPETS, k=3))])
    match draw.choice("bbbbctsiiirl"):
        case "b":
            return data[:start] + draw.randbytes(1) + data[start + 1 :]
        case "c":
            return data[:start] + data[draw.choice([start + 50, stop]) :]
        case "t":
            return data[:start]
        case "s":
            return data[:start] + data[stop : stop + 10_000] + data[start:]
        case "i":
            return data[:start] + snippet + data[start:]
        case "r":
            return (
                data[:start]
                + snippet * (draw.choice([1000, MAX_REPEATED]) // len(snippet))
                + data[start:]
            )
        case _:
            return data.replace(b"\n", draw.choice(LINE_ENDS))


def attempt(name: str, function: Callable[[], object]) -> str:
    """Return the outcome of an input: it was read, or refused with a UserError."""
    signal.setitimer(signal.ITIMER_PROF, TIME_LIMIT)
    try:
        function()
        return f"{name}: read"
    except UserError as error:
        assert str(error)
        return f"{name}: refused"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def read(path: Path) -> None:
    """Read one list to its end; no more malformed records may pass than are allowed."""
    report = Report(MAX_MALFORMED)
    list(read_plots(path, report) if path == PLOTS else read_genres(path, TITLES, report))
    assert len(report.malformed) <= MAX_MALFORMED


def run(number: int, lists: dict[Path, bytes], params: Params) -> list[str]:
    """Write the lists, corrupted by the seed ``number``; return their outcomes."""
    draw = Random(number)
    for path, whole in lists.items():
        path.write_bytes(corrupt(draw, whole) if draw.random() < 0.7 else whole)
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        outcomes = [attempt(path.name, lambda path=path: read(path)) for path in lists]  # type: ignore[misc]
        return [*outcomes, attempt("stage", lambda: parse.main(params))]


def stop_slow_input(*_: object) -> Never:
    """Raise in an input that takes too long."""
    raise RuntimeError(f"no end after {TIME_LIMIT} CPU seconds")


def fuzz(seconds: float, number: int) -> Counter[str]:
    """Corrupt and parse until the CPU time is over; return how often each outcome occurred."""
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
    """Print how often each outcome occurred."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    options = parser.parse_args()
    signal.signal(signal.SIGPROF, stop_slow_input)
    changes = {"download.source": "imdb", "parse.max_malformed": MAX_MALFORMED}
    with TemporaryDirectory() as name, chdir(make_workspace(Path(name) / "workspace", changes)):
        RAW.mkdir(parents=True)
        for outcome, times in sorted(fuzz(options.seconds, options.first).items()):
            print(f"{times:>8} {outcome}")


if __name__ == "__main__":
    main()
