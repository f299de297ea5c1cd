"""What the leaderboard ranks: an entry per result."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from imdb_genres.evaluation.experiment_result import Result
from imdb_genres.evaluation.metrics import PRIMARY_METRIC
from imdb_genres.tracking.parameters import changed_params


@dataclass
class Entry:
    """A result and all its names: of workspace, HEAD, DVC experiment and MLflow run."""

    names: list[str]
    params: Mapping[str, str]
    baseline_params: Mapping[str, str] | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    model_md5: str = ""
    started: int = 0  # milliseconds
    load_result: Callable[[], Result | None] = lambda: None

    @property
    def score(self) -> float | None:
        """The primary metric; None for a run without one."""
        return self.metrics.get(PRIMARY_METRIC)

    @property
    def changes(self) -> dict[str, tuple[str, str]]:
        """The parameters that differ from the baseline's: baseline value, own value."""
        return changed_params(self.params, self.baseline_params or {})


def merge(entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries in order, those with the same model and parameters merged into one."""
    merged: dict[object, Entry] = {}
    for number, entry in enumerate(entries):
        key = (entry.model_md5, frozenset(entry.params.items())) if entry.model_md5 else number
        if key not in merged:
            merged[key] = entry
            continue
        known = merged[key]
        known.names += [name for name in entry.names if name not in known.names]
        known.metrics = {**entry.metrics, **known.metrics}
        known.baseline_params = known.baseline_params or entry.baseline_params
        known.load_result = _first_result(known.load_result, entry.load_result)
    return list(merged.values())


def _first_result(
    first: Callable[[], Result | None], second: Callable[[], Result | None]
) -> Callable[[], Result | None]:
    return lambda: first() or second()
