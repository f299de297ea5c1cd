"""Links into MLflow's pages, whose own start page shows nothing, and the description of a run."""

import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from imdb_genres.tracking.config import TrackingConfig
from imdb_genres.tracking.identity import CHANGED

if TYPE_CHECKING:
    from mlflow.entities import Run

FAILED_LEFT_OUT = "attributes.status != 'FAILED'"  # such as a typo in params.yaml
VERDICT = "verdict"


def charts_page(experiment_id: str) -> str:
    """Return the page with a chart for each metric, all runs in it."""
    return _runs_page(experiment_id, compareRunsMode="CHART")


def table_page(experiment_id: str, columns: list[tuple[str, str]], order_by: str) -> str:
    """Return the table of runs with these columns, (kind, name), the best run first."""
    names = ["attributes.`Duration`", *(f"{kind}.`{name}`" for kind, name in columns)]
    return _runs_page(
        experiment_id,
        compareRunsMode="TABLE",
        selectedColumns=",".join(names),
        orderByKey=order_by,
        orderByAsc="false",
    )


def _runs_page(experiment_id: str, **query: str) -> str:
    options = {"searchFilter": FAILED_LEFT_OUT, "workflowType": "machine_learning", **query}
    return f"#/experiments/{experiment_id}/runs?{urlencode(options)}"


def overlay_page(experiment_id: str, run_ids: list[str], metrics: list[str]) -> str:
    """Return the page with ``metrics`` of the runs in one chart, by epoch."""
    query = {
        "runs": json.dumps(run_ids),
        "metric": json.dumps(metrics[0]),
        "experiments": json.dumps([experiment_id]),
        "plot_metric_keys": json.dumps(metrics),
        "x_axis": "step",
    }
    return f"#/metric?{urlencode(query)}"


def compare_page(experiment_id: str, run_ids: list[str]) -> str:
    """Return the page that lists what differs between the runs."""
    query = {"runs": json.dumps(run_ids), "experiments": json.dumps([experiment_id])}
    return f"#/compare-runs?{urlencode(query)}"


def run_description(config: TrackingConfig, run: "Run") -> str:
    """Return a run's description in Markdown: what changed, the score, links to the curves."""
    tags = run.data.tags
    lines = [f"**Changed:** `{tags[CHANGED]}`" if tags.get(CHANGED) else "**Changed:** nothing"]
    if score := _score(config, run.data.metrics):
        lines.append(f"**Score:** {score}")
    if verdict := tags.get(VERDICT):
        lines.append(f"**Verdict:** {verdict}")
    if error := tags.get("error"):
        lines.append(f"**Error:** {error}")
    for name in config.curves:
        pair = [f"{name}/train", f"{name}/validation"]
        page = overlay_page(run.info.experiment_id, [run.info.run_id], pair)
        lines.append(f"- [{name} in training and validation]({page})")
    lines.append(f"- to restore its workspace: `{tags.get('restore', 'none')}`")
    return "\n\n".join(lines)


def _score(config: TrackingConfig, metrics: dict[str, float]) -> str:
    if not config.headline or config.headline[0] not in metrics:
        return ""
    name, *bounds = config.headline
    text = f"{name.replace('_', ' ')} {metrics[name]:.3f}"
    if len(bounds) == 2 and all(bound in metrics for bound in bounds):
        low, high = (metrics[bound] for bound in bounds)
        text += f" (95 % interval {low:.3f} to {high:.3f})"
    return text
