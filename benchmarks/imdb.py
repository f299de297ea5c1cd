"""What each stage costs on lists as large as IMDb's: ``python -m benchmarks.imdb [--recipe best]``.

700,000 plots and 3 million genre rows, made at run time, all kinds of titles kept; everything else is
params.yaml's, or the recipe's. ``--lists`` takes a folder that already holds both lists.
"""

import argparse
import sys
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from benchmarks.lists import make_entries, make_unplotted, write_lists
from benchmarks.measure import Cost, run
from benchmarks.workspace import make_workspace
from imdb_genres.dvc_repo.pipeline import read_stages
from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.experiments.recipes import collect_overrides, read_recipes

KINDS = ["film", "tv-movie", "video", "video-game", "series", "episode"]
CHANGES = {
    "download.source": "imdb",
    "parse.imdb.kinds": KINDS,
    "parse.imdb.suspended": True,
    "parse.imdb.series_genres": True,
}


def main() -> None:
    """Run the stages one by one, and print their costs in Markdown as each ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plots", type=int, default=700_000)
    parser.add_argument("--more-genre-rows", type=int, default=0, help="of titles without a plot")
    parser.add_argument("--lists", type=Path, help="a folder with plot.list.gz and genres.list.gz")
    parser.add_argument("--recipe", default="as-meant", help="of experiments.yaml")
    options = parser.parse_args()
    changes = {**CHANGES, **collect_overrides(read_recipes(), options.recipe)}
    with TemporaryDirectory() as name:
        lists = options.lists or Path(name)
        if not options.lists:
            entries = make_entries(options.plots, seed=1)
            write_lists(lists, chain(entries, make_unplotted(options.more_genre_rows, seed=1)))
        workspace = make_workspace(Path(name) / "workspace", changes)
        use_mirror(workspace, lists.resolve())
        print(f"| {options.recipe} | wall s | CPU s | peak MB |\n|---|---:|---:|---:|", flush=True)
        costs = []
        for stage in read_stages():
            cost = run([sys.executable, "-m", f"stages.{stage}"], workspace)
            print(row(stage, cost), flush=True)
            costs.append(cost)
        print(row("sum, and the largest", total(costs)))


def use_mirror(workspace: Path, lists: Path) -> None:
    """Let the workspace's download copy the files in ``lists``."""
    sources = yaml.safe_load((repository_root() / "sources.yaml").read_text(encoding="utf-8"))
    sources["imdb"]["mirrors"] = [str(lists)]
    (workspace / "sources.yaml").unlink()  # a link to the repository's
    (workspace / "sources.yaml").write_text(yaml.safe_dump(sources), encoding="utf-8")


def row(name: str, cost: Cost) -> str:
    """Return a row of the table."""
    return f"| {name} | {cost.wall:.0f} | {cost.cpu:.1f} | {cost.peak:,.0f} |"


def total(costs: list[Cost]) -> Cost:
    """Return the sums of time, and the largest memory."""
    wall, cpu, peak = zip(*costs, strict=True)
    return Cost(sum(wall), sum(cpu), max(peak))


if __name__ == "__main__":
    main()
