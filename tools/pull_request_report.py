"""Prints what a pull request changes, in Markdown: ``python -m tools.pull_request_report BASE``.

BASE is the commit to compare the workspace with. The curves are Mermaid charts, which GitHub draws in
comments; it does not show pictures that are not hosted somewhere.
"""

import csv
import sys

from imdb_genres.dvc_repo.dvc import run_dvc
from imdb_genres.dvc_repo.git import GitError, git_show
from imdb_genres.dvc_repo.root import repository_root

HISTORY = "metrics/history.csv"
CURVES = ("accuracy", "loss")
MAX_POINTS = 60


def main(base: str) -> None:
    """Print metrics and parameters that differ, then the learning curves before and after."""
    print("## Metrics\n")
    print(dvc_diff("metrics", base))
    print("\n## Parameters\n")
    print(dvc_diff("params", base))
    print("\n## Learning curves")
    after = (repository_root() / HISTORY).read_text(encoding="utf-8")
    for title, text in (("Before", history_at(base)), ("After", after)):
        for curve in CURVES:
            if folds := read_curve(text, curve):
                print(f"\n```mermaid\n{chart(f'{title}: {curve}', folds)}\n```")


def dvc_diff(kind: str, base: str) -> str:
    """Return the table of `dvc metrics diff` or `dvc params diff`."""
    result = run_dvc(kind, "diff", "--md", base, capture_output=True)
    if result.returncode:
        return f"`dvc {kind} diff {base}` failed: {result.stderr.strip()}"
    table = result.stdout.strip()
    return table if table.count("\n") > 1 else "No change."  # DVC prints an empty table's header


def history_at(revision: str) -> str:
    """Return the learning curves as committed at ``revision``; empty if there are none."""
    try:
        return git_show(revision, HISTORY, folder=repository_root()).decode()
    except GitError:
        return ""


def read_curve(text: str, curve: str) -> dict[str, list[float]]:
    """Return the values of ``curve`` by epoch, for each fold that a history.csv's text has."""
    rows = list(csv.DictReader(text.splitlines()))
    names = [name for name in rows[0] if name.startswith(f"{curve}/")] if rows else []
    return {name.partition("/")[2]: [float(row[name]) for row in rows] for name in names}


def chart(title: str, folds: dict[str, list[float]]) -> str:
    """Return a Mermaid chart with a line for each fold, thinned to ``MAX_POINTS``."""
    epochs = max(map(len, folds.values()))
    step = -(-epochs // MAX_POINTS)
    lines = ["xychart-beta", f'    title "{title} ({", ".join(folds)})"']
    lines.append(f'    x-axis "epoch" 1 --> {epochs}')
    for values in folds.values():
        lines.append(f"    line [{', '.join(f'{value:.4f}' for value in values[::step])}]")
    return "\n".join(lines)


if __name__ == "__main__":
    main(sys.argv[1])
