"""Time and memory of every stage by the size of the corpus, as a table and a chart.

``python -m benchmarks.growth [--texts 5000 50000 250000]``; the texts are made at run time and read
as a user's table. Genres are kept by their share, the same at every size; training is two epochs.
``--picture growth.svg`` draws a chart, too.
"""

import argparse
import csv
import json
import math
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import vl_convert

from benchmarks.corpus import make_films
from benchmarks.measure import Cost, run
from benchmarks.workspace import make_workspace
from imdb_genres.dvc_repo.pipeline import read_stages
from imdb_genres.evaluation.charts import VEGA_LITE

CHANGES = {
    "download.source": "table",
    "download.table.path": "films.csv",
    "train.epochs": 2,
    "train.patience": 0,
    "evaluate.bootstrap_resamples": 100,
}
KEPT_SHARE = 0.04  # of the films: the default's 200 of 5,000
CHART = Path(__file__).with_name("growth.json")


def main() -> None:
    """Print the table in Markdown, and draw the chart if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, nargs="+", default=[5_000, 50_000, 250_000])
    parser.add_argument("--picture", type=Path, help="where to write the chart, as SVG")
    options = parser.parse_args()
    if len(set(options.texts)) < 2:
        parser.error("give two sizes or more: --texts 5000 50000")
    costs = {number: stage_costs(number) for number in sorted(set(options.texts))}
    print(table(costs))
    if options.picture:
        options.picture.write_text(picture(costs), encoding="utf-8")


def stage_costs(number: int) -> dict[str, Cost]:
    """Return what each stage costs on ``number`` texts, the start of its process included."""
    with TemporaryDirectory() as name:
        changes = {**CHANGES, "label.min_films": round(number * KEPT_SHARE)}
        folder = make_workspace(Path(name) / "workspace", changes)
        with (folder / "films.csv").open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["title", "year", "text", "genres"])
            for film, (text, genres) in enumerate(make_films(number, seed=1)):
                rows.writerow([f"Film {film}", 2000, text, ",".join(genres)])
        return {
            stage: run([sys.executable, "-m", f"stages.{stage}"], folder) for stage in read_stages()
        }


def table(costs: dict[int, dict[str, Cost]]) -> str:
    """Return CPU seconds and peak MB of each stage for each number of texts.

    The exponent is the slope of the chart's last segment: 1 is linear, 2 quadratic.
    """
    titles = [f"{number:,} texts" for number in costs]
    units = [f"{title}, {unit}" for unit in ("CPU s", "peak MB") for title in titles]
    lines = [
        f"| | {' | '.join(units)} | exponent of time |",
        "|---|" + "---:|" * (len(units) + 1),
    ]
    before, last = list(costs)[-2:]
    for stage in costs[last]:
        cpu = [f"{cost[stage].cpu:.1f}" for cost in costs.values()]
        peak = [f"{cost[stage].peak:.0f}" for cost in costs.values()]
        ratio = costs[last][stage].cpu / costs[before][stage].cpu
        exponent = math.log(ratio) / math.log(last / before)
        lines.append(f"| {' | '.join([stage, *cpu, *peak, f'{exponent:.2f}'])} |")
    return "\n".join(lines)


def picture(costs: dict[int, dict[str, Cost]]) -> str:
    """Return an SVG of both on logarithmic axes, with a line that is linear in the texts."""
    cheapest = Cost(*map(min, zip(*costs[min(costs)].values(), strict=True)))
    lines = {
        number: {**stages, "linear": Cost(*(figure * number / min(costs) for figure in cheapest))}
        for number, stages in costs.items()
    }
    rows: list[dict[str, Any]] = [
        {"texts": number, "stage": stage, "measure": measure, "value": value}
        for number, stages in lines.items()
        for stage, cost in stages.items()
        for measure, value in (("CPU seconds", cost.cpu), ("peak MB", cost.peak))
    ]
    specification = CHART.read_text(encoding="utf-8").replace('"<ROWS>"', json.dumps(rows))
    return str(vl_convert.vegalite_to_svg(specification, vl_version=VEGA_LITE))


if __name__ == "__main__":
    main()
