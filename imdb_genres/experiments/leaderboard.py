"""Ranks experiments: score, interval, changed parameters, and a paired test against the best."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from imdb_genres.evaluation.bootstrap import SIGN_FLIP_SEED, Difference, difference
from imdb_genres.evaluation.experiment_result import Result, incompatibility
from imdb_genres.evaluation.metrics import PRIMARY_METRIC
from imdb_genres.tracking.identity import changed_params

COLUMNS = ["name", "score", "low", "high", "verdict", "difference", "p", "seconds", "changed"]
SORTABLE = ("score", "seconds", "name", "started")


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


def rank(entries: Sequence[Entry], sort: str = "score") -> pd.DataFrame:
    """Return a row for each entry, best first, unscored ones last; columns COLUMNS.

    ``verdict`` compares with the best entry whose predictions are available; ``difference`` and
    ``p`` are from the paired sign-flip test.
    """
    order = sorted(entries, key=lambda entry: (entry.score is None, -(entry.score or 0)))
    results = ((entry, entry.load_result()) for entry in order)
    best = next(((entry, result) for entry, result in results if result), None)
    rows = [_row(entry, *_verdict(entry, best)) for entry in order]
    table = pd.DataFrame(rows, columns=[*COLUMNS, "started"])
    if sort != "score":
        table = table.sort_values(sort, ascending=sort != "started", kind="stable")
    return table[COLUMNS].reset_index(drop=True)


def _verdict(entry: Entry, best: tuple[Entry, Result] | None) -> tuple[str, Difference | None]:
    if entry.score is None:
        return "no score", None
    if best is None:
        return "no predictions", None
    if entry is best[0]:
        return "best", None
    result = entry.load_result()
    if result is None:
        return "no predictions", None
    if reason := incompatibility(best[1], result):
        return f"not comparable: {reason}", None
    test = difference([best[1].primary], [result.primary], SIGN_FLIP_SEED)
    if not test.significant:
        return "no significant difference", test
    return "worse" if test.value < 0 else "better", test


def _row(entry: Entry, verdict: str, test: Difference | None) -> list[object]:
    changed = ", ".join(f"{name}={after}" for name, (_, after) in entry.changes.items())
    return [
        ", ".join(entry.names),
        entry.score,
        entry.metrics.get(f"{PRIMARY_METRIC}_low"),
        entry.metrics.get(f"{PRIMARY_METRIC}_high"),
        verdict,
        test.value if test else None,
        test.p if test else None,
        entry.metrics.get("system/train/seconds"),
        changed,
        entry.started,
    ]
