"""The charts, as DVC shows them and as the report holds them."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import vl_convert
import yaml

from imdb_genres.cli.plots_page import write_page
from imdb_genres.evaluation.charts import VEGA_LITE
from tests.support.browser import opened_offline

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "imdb_genres" / "evaluation" / "charts"
ROWS: dict[str, list[dict[str, Any]]] = {
    "history": [
        {
            "epoch": epoch,
            "loss/train": 2.0 / epoch,
            "loss/validation": 2.2 / epoch,
            "accuracy/train": 0.1 * epoch,
            "accuracy/validation": 0.05 * epoch,
        }
        for epoch in range(1, 5)
    ],
    "methods": [
        {"method": "model", "score": "hit_rate", "value": 0.5, "low": 0.4, "high": 0.6},
        {"method": "majority", "score": "hit_rate", "value": 0.2, "low": 0.1, "high": 0.3},
    ],
    "genres": [
        {"genre": "Drama", "precision": 0.5, "recall": 0.25, "f1": 0.333, "films": 20.5},
        {"genre": "War", "precision": 0, "recall": 0, "f1": 0, "films": 3},
    ],
    "confusion": [
        {"genre": genre, "predicted": "Drama", "films": 9, "share": 1} for genre in ("Drama", "War")
    ],
}
WORDS = {
    "history": ["accuracy", "loss", "validation"],
    "methods": ["hit rate", "majority"],
    "genres": ["Drama", "War", "precision"],
    "confusion": ["War", "100%"],
}


def charts_of_the_pipeline() -> dict[str, dict[str, str]]:
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"].values()
    plots = [plot for stage in stages for plot in stage.get("plots", [])]
    return {path: {"template": props["template"]} for plot in plots for path, props in plot.items()}


@pytest.mark.parametrize("chart", ROWS)
def test_a_template_of_a_dvc_plot_draws_its_table(chart: str) -> None:
    template = (TEMPLATES / f"{chart}.json").read_text(encoding="utf-8")
    rows = json.dumps([row | {"rev": ""} for row in ROWS[chart]])
    drawing = vl_convert.vegalite_to_svg(
        template.replace('"<DVC_METRIC_DATA>"', rows), vl_version=VEGA_LITE
    )
    assert drawing.startswith("<svg")
    assert all(word in drawing for word in WORDS[chart])


@pytest.mark.slow
def test_dvc_plots_show_without_a_network(tmp_path: Path) -> None:
    plots = charts_of_the_pipeline()
    for path, properties in plots.items():
        rows = ROWS[Path(properties["template"]).stem]
        (tmp_path / path).parent.mkdir(exist_ok=True)
        with (tmp_path / path).open("w", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
    (tmp_path / "dvc.yaml").write_text(
        yaml.safe_dump({"plots": [{path: properties} for path, properties in plots.items()]})
    )
    for package in ("stages", "imdb_genres"):
        (tmp_path / package).symlink_to(ROOT / package)
    dvc(tmp_path, "init", "--no-scm")
    write_page(tmp_path / ".dvc" / "tmp" / "plots.html")
    dvc(tmp_path, "config", "--local", "plots.html_template", "tmp/plots.html")
    dvc(tmp_path, "plots", "show")
    with opened_offline(tmp_path / "dvc_plots" / "index.html") as page:
        drawn = page.locator(".marks")
        drawn.nth(len(plots) - 1).wait_for()
        assert drawn.count() == len(plots) == len(ROWS)


def dvc(folder: Path, *arguments: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DVC_")}
    subprocess.run(
        [sys.executable, "-m", "dvc", *arguments],
        cwd=folder,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
