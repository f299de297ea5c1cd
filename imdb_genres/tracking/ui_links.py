"""Addresses of MLflow's pages that show something: its own first page is empty."""

import json
from urllib.parse import urlencode


def experiment_page(experiment_id: str) -> str:
    """Return the page with every run's curves, one chart a metric."""
    query = urlencode({"compareRunsMode": "CHART", "workflowType": "machine_learning"})
    return f"#/experiments/{experiment_id}/runs?{query}"


def overlay_page(experiment_id: str, run_ids: list[str], metrics: list[str]) -> str:
    """Return the page that lays ``metrics`` of the runs over each other, by epoch."""
    query = {
        "runs": json.dumps(run_ids),
        "metric": json.dumps(metrics[0]),
        "experiments": json.dumps([experiment_id]),
        "plot_metric_keys": json.dumps(metrics),
        "x_axis": "step",
    }
    return f"#/metric?{urlencode(query)}"


def notes(experiment_id: str, run_id: str) -> str:
    """Return a run's description in Markdown: links to its curves, laid over each other."""
    lines = []
    for name in ("accuracy", "loss"):
        page = overlay_page(experiment_id, [run_id], [f"{name}/train", f"{name}/validation"])
        lines.append(f"- [{name} in training and validation]({page})")
    return "\n".join(
        [*lines, "- the tag `restore` holds the command that brings its workspace back"]
    )
