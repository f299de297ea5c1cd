"""Cost of reading IMDb's lists, compared with unzipping them: ``python -m benchmarks.parse [--plots N]``.

The lists are made at run time. ``parse`` reads, joins and writes Parquet; IMDbPY 6.8, fetched into a
temporary folder, parses only (benchmarks/imdbpy.py). Each is a process of its own, imports included.
"""

import argparse
import subprocess
import sys
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.lists import make_entries, make_unplotted, write_lists
from benchmarks.measure import Cost, medians
from benchmarks.workspace import make_workspace

RAW = Path("data/raw")
PEER = Path(__file__).with_name("imdbpy.py")
UNPACK = (
    "import gzip\n"
    "for name in ('plot', 'genres'):\n"
    f"    with gzip.open(f'{RAW}/{{name}}.list.gz') as file:\n"
    "        while file.read(1 << 22): pass\n"
)


def main() -> None:
    """Make the lists, and print the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plots", type=int, default=250_000)
    parser.add_argument("--more-genre-rows", type=int, default=0, help="of titles without a plot")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = make_workspace(Path(name) / "workspace", {"download.source": "imdb"})
        (folder / RAW).mkdir(parents=True)
        entries = make_entries(options.plots, seed=1)
        unplotted = make_unplotted(options.more_genre_rows, seed=1)
        write_lists(folder / RAW, chain(entries, unplotted))
        contenders = {
            "Python's gzip, reading both to the end": [sys.executable, "-c", UNPACK],
            "parse": [sys.executable, "-m", "stages.parse"],
            "IMDbPY 6.8, parsing only": imdbpy(Path(name) / "IMDbPY"),
        }
        costs = medians(contenders, options.rounds, folder)
        print(table(costs, sum(map(unpacked_size, (folder / RAW).iterdir())) / 1e6))


def imdbpy(folder: Path) -> list[str]:
    """Install IMDbPY, and nothing that it depends on, into ``folder``; return the peer's command."""
    install = ["install", "--quiet", "--no-deps", f"--target={folder}", "IMDbPY==6.8"]
    subprocess.run([sys.executable, "-m", "pip", *install], check=True)
    return [sys.executable, "-P", str(PEER), str(folder), str(RAW)]


def unpacked_size(path: Path) -> int:
    """Return the size in bytes of a gzipped file's content, from the file's last four bytes."""
    return int.from_bytes(path.read_bytes()[-4:], "little")


def table(costs: Mapping[str, Cost], megabytes: float) -> str:
    """Return a Markdown table; ``megabytes`` are those of both lists, unpacked."""
    lines = [f"| {megabytes:.0f} MB | CPU s | MB/s | CPU to gzip | peak MB |"]
    lines.append("|---|---:|---:|---:|---:|")
    least = next(iter(costs.values())).cpu
    for name, cost in costs.items():
        figures = [f"{cost.cpu:.2f}", f"{megabytes / cost.cpu:.0f}", f"{cost.cpu / least:.2f}"]
        lines.append(f"| {' | '.join([name, *figures, f'{cost.peak:.0f}'])} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
