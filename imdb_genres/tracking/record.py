"""All that is known of one run, whether a stage reports it or it is read back from git."""

import csv
import io
import json
import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple, Self


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
    datasets: list[dict[str, Any]] = field(default_factory=list)
    status: str = "RUNNING"
    stage: str = ""
    store: str | None = None
    run_id: str | None = None
    started: int = field(default_factory=now)
    ended: int | None = None

    def to_json(self) -> str:
        """Return the record as JSON, for ``from_json``."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the record that ``to_json`` wrote."""
        content = json.loads(text)
        content["points"] = [Point(*point) for point in content["points"]]
        return cls(**content)


def history_rows(text: str) -> list[dict[str, str]]:
    """Return the rows of a history file: one per epoch, one column per metric."""
    return list(csv.DictReader(io.StringIO(text)))


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


def equal(value: float | None, other: float) -> bool:
    """Tell whether ``value`` was logged already, allowing for a round trip through a file."""
    if value is None:
        return False
    return math.isclose(value, other, rel_tol=1e-5) or (math.isnan(value) and math.isnan(other))
