"""Damages lists at random and parses them: ``python -m benchmarks.fuzz [--seconds 60] [--first 0]``.

Each input must be read, or refused with a StageError, in time; and no more damage may pass than
``parse.max_damaged`` allows. Anything else ends the program with the number of the input, from which
``--first`` repeats it.
"""

import argparse
import gzip
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Never

from benchmarks.lists import make_entries, write_lists
from benchmarks.workspace import make_workspace
from stages import parse
from stages.corpora import Report
from stages.corpora.imdb_lists import read_genres, read_plots
from stages.errors import StageError
from stages.params import Params, read_params

RAW = Path("data/raw")
NAMES = ("plot.list", "genres.list")
MAX_DAMAGED = 10
PATIENCE = 20  # seconds for one input
PARTS = [
    b"\0", b"\x85", b"\r", b"\r\n", b"\n", b"\n\n", b"\t", b" ", b"MV:", b"\nMV:", b"\nMV: A (1999)\n",
    b"\nPL:", b"\nPL: a", b"\nBY:", b"---", b"\n" + b"-" * 79 + b"\n", b" (1999)", b" (????/II)",
    b" (1999) {x}", b" {(#1.1)}", b" {x", b"}", b" {{SUSPENDED}}", b'"', b"PLOT SUMMARIES LIST\n===\n",
    b"8: THE GENRES LIST\n===\n",
]  # fmt: skip


def flip(draw: Random, data: bytes) -> bytes:
    """Change one byte."""
    place = draw.randrange(len(data) + 1)
    return data[:place] + draw.randbytes(1) + data[place + 1 :]


def cut(draw: Random, data: bytes) -> bytes:
    """Leave out a piece, or all from there on."""
    first, last = sorted(draw.choices(range(len(data) + 1), k=2))
    return data[:first] + data[draw.choice([last, first + 50, len(data)]) :]


def splice(draw: Random, data: bytes) -> bytes:
    """Put a piece of it in another place."""
    place, first = draw.choices(range(len(data) + 1), k=2)
    return data[:place] + data[first : first + draw.choice([10, 100, 10_000])] + data[place:]


def insert(draw: Random, data: bytes) -> bytes:
    """Put in noise, or a part of the format, now and then very often."""
    place = draw.randrange(len(data) + 1)
    part = draw.choice([*PARTS, draw.randbytes(20), b"".join(draw.choices(PARTS, k=3))])
    return data[:place] + part * draw.choice([1, 1, 1, 1, 3, 1000, 2_000_000 // len(part)]) + data[place:]  # fmt: skip


def end_lines(draw: Random, data: bytes) -> bytes:
    """End lines as other systems do."""
    return data.replace(b"\n", draw.choice([b"\r\n", b"\r", b"\n\n", b"\x85", b"\n\0"]))


CHANGES: Sequence[Callable[[Random, bytes], bytes]] = [flip] * 4 + [cut, splice, insert] * 2 + [end_lines]  # fmt: skip


def damage(draw: Random, data: bytes) -> bytes:
    """Return ``data`` with a few changes, gzipped or not, the archive too changed now and then."""
    for change in draw.choices(CHANGES, k=draw.choice([0, 1, 2, 5])):
        data = change(draw, data)
    if draw.random() < 0.3:
        data = gzip.compress(data, 1)
        for change in draw.choices([flip, cut, splice, insert], k=draw.choice([0, 0, 1])):
            data = change(draw, data)
    return data


def attempt(name: str, function: Callable[[], object]) -> str:
    """Return what became of an input; only a StageError may be raised."""
    signal.alarm(PATIENCE)
    try:
        function()
        return f"{name}: read"
    except StageError as error:
        assert str(error)
        return f"{name}: refused"
    finally:
        signal.alarm(0)


def read(reader: Callable[[Path, Report], object], name: str) -> None:
    """Read one list to its end; no more damage may pass than is allowed."""
    report = Report(MAX_DAMAGED)
    list(reader(RAW / name, report))  # type: ignore[call-overload]
    assert len(report.damaged) <= MAX_DAMAGED


def run(number: int, lists: dict[str, bytes], params: Params) -> list[str]:
    """Write the lists damaged as ``number`` says; return what became of them."""
    draw = Random(number)
    for name, whole in lists.items():
        (RAW / name).write_bytes(damage(draw, whole) if draw.random() < 0.7 else whole)
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        return [
            attempt("plot.list", lambda: read(read_plots, "plot.list")),
            attempt("genres.list", lambda: read(read_genres, "genres.list")),
            attempt("stage", lambda: parse.main(params)),
        ]


def give_up(*_: object) -> Never:
    """End what takes too long."""
    raise RuntimeError(f"no end after {PATIENCE} seconds")


def main() -> None:
    """Damage and parse until the time is over; print what became of the inputs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    options = parser.parse_args()
    signal.signal(signal.SIGALRM, give_up)
    outcomes: Counter[str] = Counter()
    with TemporaryDirectory() as name:
        changes = {"download.source": "imdb", "parse.max_damaged": MAX_DAMAGED}
        with chdir(make_workspace(Path(name) / "workspace", changes)):
            RAW.mkdir(parents=True)
            write_lists(RAW, make_entries(60, seed=1), ".list")
            lists = {name: (RAW / name).read_bytes() for name in NAMES}
            params, number, start = read_params(), options.first, time.process_time()
            while time.process_time() - start < options.seconds:
                try:
                    outcomes.update(run(number, lists, params))
                except Exception as error:
                    raise SystemExit(f"input {number}: {error!r}") from error
                number += 1
    print(f"{number - options.first} inputs:", *(f"{n} {what}" for what, n in sorted(outcomes.items())), sep="\n")  # fmt: skip


if __name__ == "__main__":
    main()
