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
TABLE_VIEW = "best-first"


def charts_page(experiment_id: str) -> str:
    """Return the page with a chart for each metric, all runs in it but those that failed."""
    return _runs_page(experiment_id, compareRunsMode="CHART", searchFilter=FAILED_LEFT_OUT)


def table_page(experiment_id: str) -> str:
    """Return the table of runs as ``table_view`` saved it.

    MLflow ignores a saved view where the address itself has a filter or an order.
    """
    return _runs_page(experiment_id, compareRunsMode="TABLE", viewStateShareKey=TABLE_VIEW)


def _runs_page(experiment_id: str, **query: str) -> str:
    # without a workflow MLflow asks which kind of experiment it is
    query["workflowType"] = "machine_learning"
    return f"#/experiments/{experiment_id}/runs?{urlencode(query)}"


def table_view(columns: dict[tuple[str, str], int], order_by: str) -> tuple[str, str]:
    """Return the experiment's tag, key and value, that saves a view of the table of runs.

    It has these ``columns``, (kind, name) with a width in pixels, and the highest ``order_by``
    comes first. Failed runs are left out.
    """
    widths = {f"{kind}.`{name}`": width for (kind, name), width in columns.items()}
    state = {
        "searchFilter": FAILED_LEFT_OUT,
        "orderByKey": order_by,
        "orderByAsc": False,
        "selectedColumns": list(widths),
        "columnOrder": list(widths),
        "columnWidths": widths,
    }
    view = {"name": TABLE_VIEW, "createdAt": 0, "state": json.dumps(state)}
    return f"mlflow.sharedViewState.{TABLE_VIEW}", json.dumps(view)


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
    """Return a run's description in Markdown: what changed, the score, links to the curves.

    It is short: MLflow hides what is longer than a few lines.
    """
    tags, metrics, info = run.data.tags, run.data.metrics, run.info
    pages = {
        name: overlay_page(
            info.experiment_id, [info.run_id], [f"{name}/train", f"{name}/validation"]
        )
        for name in config.curves
        if f"{name}/train" in metrics
    }
    parts = {
        "Changed": f"`{tags[CHANGED]}`" if tags.get(CHANGED) else "nothing",
        "Score": _score(config, metrics),
        "Curves": ", ".join(f"[{name}]({page})" for name, page in pages.items()),
        "Verdict": tags.get(VERDICT),
        "Error": tags.get("error"),
        "Restore its workspace": f"`{tags.get('restore', 'none')}`",
    }
    return "\n".join(f"- **{title}:** {text}" for title, text in parts.items() if text)


def _score(config: TrackingConfig, metrics: dict[str, float]) -> str:
    if not config.headline or config.headline[0] not in metrics:
        return ""
    name, *bounds = config.headline
    text = f"{name.replace('_', ' ')} {metrics[name]:.3f}"
    if len(bounds) == 2 and all(bound in metrics for bound in bounds):
        low, high = (metrics[bound] for bound in bounds)
        text += f" (95 % interval {low:.3f} to {high:.3f})"
    return text
