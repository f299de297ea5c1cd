"""What is known of one run, whether a stage reports it or it is read back from git."""

import csv
import io
import platform
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypedDict

import psutil


class Point(NamedTuple):
    """A value of a metric; ``step`` is the epoch as in history.csv, or 0 for a final figure."""

    key: str
    value: float
    step: int
    timestamp: int  # milliseconds

    @property
    def position(self) -> tuple[str, int]:
        """The metric and its step: a run has one value there."""
        return self.key, self.step


class Dataset(TypedDict):
    """Data that a stage read: ``context`` is "training", for example."""

    name: str
    path: str
    digest: str
    context: str
    rows: int


def now() -> int:
    """Return the current time in milliseconds, as MLflow stores it."""
    return time.time_ns() // 1_000_000


@dataclass
class Record:
    """A run: name, parameters, tags, metrics, and how it ended."""

    name: str
    params: dict[str, str]
    tags: dict[str, str]
    points: list[Point] = field(default_factory=list)
    datasets: list[Dataset] = field(default_factory=list)
    status: str = "RUNNING"
    store: str | None = None
    run_id: str | None = None
    started: int = field(default_factory=now)
    ended: int | None = None


def parse_history(text: str, timestamp: int) -> list[Point]:
    """Return the points of a history file: one row per epoch, one column per metric."""
    return history_points(csv.DictReader(io.StringIO(text)), timestamp)


def history_points(rows: Iterable[Mapping[str, Any]], timestamp: int) -> list[Point]:
    """Return the points of epochs; each row has ``epoch`` and the metrics by name."""
    return [
        Point(key, float(value), int(row["epoch"]), timestamp)
        for row in rows
        for key, value in row.items()
        if key != "epoch"
    ]


def final_points(figures: Mapping[str, Any], timestamp: int) -> list[Point]:
    """Return the numbers in nested ``figures``, named as ``dvc metrics show`` names them."""
    return [
        Point(key, float(value), 0, timestamp)
        for key, value in flatten(figures).items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    ]


def flatten(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return nested mappings as one, keys joined: ``{"a": {"b": 1}}`` -> ``{"a.b": 1}``."""
    flat: dict[str, Any] = {}
    for key, value in content.items():
        if isinstance(value, Mapping):
            flat |= {f"{key}.{name}": inner for name, inner in flatten(value).items()}
        else:
            flat[str(key)] = value
    return flat


def process_tags() -> dict[str, str]:
    """Return tags that identify this process, so that others can tell whether it is alive."""
    process = psutil.Process()
    return {
        "process.host": platform.node(),
        "process.pid": str(process.pid),
        "process.started": str(int(process.create_time())),
    }


def process_exited(tags: dict[str, str]) -> bool:
    """Tell whether the process of ``process_tags`` is gone; never of one on another host."""
    if tags.get("process.host") != platform.node():
        return False
    try:
        process = psutil.Process(int(tags["process.pid"]))
        if process.status() == psutil.STATUS_ZOMBIE:
            return True
        started = process.create_time()
    except psutil.NoSuchProcess:
        return True
    # start times shift when the clock is adjusted; a reused id is minutes younger
    return abs(started - int(tags["process.started"])) > 60
