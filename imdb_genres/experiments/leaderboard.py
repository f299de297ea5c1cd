"""Ranks experiments: score, interval, what each changed, and a paired test against the best."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from imdb_genres.evaluation.bootstrap import Difference, difference
from imdb_genres.evaluation.experiment_result import Result, incompatibility
from imdb_genres.evaluation.metrics import PRIMARY_METRIC

SEED = 7  # of the sign flips
COLUMNS = ["name", "score", "low", "high", "verdict", "difference", "p", "seconds", "changed"]
SORTABLE = ("score", "seconds", "name", "started")


@dataclass
class Entry:
    """A result by all its names: workspace, HEAD, DVC experiment and MLflow run may be one."""

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
        """The parameters that differ from the baseline's: its value, own value.

        Parameters that only one of them has come with another version of the code, and are left out.
        """
        baseline = self.baseline_params or {}
        return {
            name: (baseline[name], value)
            for name, value in self.params.items()
            if name in baseline and baseline[name] != value
        }


def merge(entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries with those of the same model and parameters as one, in their order."""
    merged: dict[object, Entry] = {}
    for number, entry in enumerate(entries):
        key = (entry.model_md5, frozenset(entry.params.items())) if entry.model_md5 else number
        if (known := merged.get(key)) is None:
            merged[key] = entry
            continue
        known.names += [name for name in entry.names if name not in known.names]
        known.metrics = {**entry.metrics, **known.metrics}
        known.baseline_params = known.baseline_params or entry.baseline_params
        known.load_result = _first_of(known.load_result, entry.load_result)
    return list(merged.values())


def _first_of(
    first: Callable[[], Result | None], second: Callable[[], Result | None]
) -> Callable[[], Result | None]:
    return lambda: first() or second()


def rank(entries: Sequence[Entry], sort: str = "score") -> pd.DataFrame:
    """Return a row for each entry, best first, unscored ones last; columns COLUMNS.

    ``verdict`` compares with the best entry whose predictions are at hand; ``difference`` and ``p``
    are those of the paired sign-flip test.
    """
    order = sorted(entries, key=lambda entry: (entry.score is None, -(entry.score or 0)))
    best = next(((entry, result) for entry in order if (result := entry.load_result())), None)
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
    found = difference([best[1].primary], [result.primary], SEED)
    if not found.significant:
        return "no significant difference", found
    return "worse" if found.value < 0 else "better", found


def _row(entry: Entry, verdict: str, found: Difference | None) -> list[object]:
    changed = ", ".join(f"{name}={after}" for name, (_, after) in entry.changes.items())
    return [
        ", ".join(entry.names),
        entry.score,
        entry.metrics.get(f"{PRIMARY_METRIC}_low"),
        entry.metrics.get(f"{PRIMARY_METRIC}_high"),
        verdict,
        found.value if found else None,
        found.p if found else None,
        entry.metrics.get("system/train/seconds"),
        changed,
        entry.started,
    ]


def to_cells(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table as strings for people: interval and test in a column each."""

    def numbers(name: str, form: str) -> list[str]:
        return ["" if pd.isna(value) else format(value, form) for value in table[name]]

    low, high = numbers("low", ".3f"), numbers("high", ".3f")
    values, p = numbers("difference", "+.3f"), numbers("p", ".2g")
    return pd.DataFrame(
        {
            "name": table["name"],
            "score": numbers("score", ".3f"),
            "95 % interval": [f"{a}-{b}" if a else "" for a, b in zip(low, high, strict=True)],
            "against the best": [
                f"{verdict} ({value}, p = {chance})" if value else verdict
                for verdict, value, chance in zip(table["verdict"], values, p, strict=True)
            ],
            "train s": numbers("seconds", ".0f"),
            "changed": table["changed"],
        }
    )


def to_text(table: pd.DataFrame, width: int | None = None) -> str:
    """Return the table as lines, cut to ``width`` characters if it is given."""
    cells = to_cells(table)
    lines = [cells.columns.to_list(), *cells.to_numpy().tolist()]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rows = ["  ".join(map(str.ljust, line, widths)).rstrip() for line in lines]
    return "\n".join(
        row if width is None or len(row) <= width else f"{row[: width - 3]}..." for row in rows
    )


def to_markdown(table: pd.DataFrame) -> str:
    """Return the table in Markdown; a ``|`` in a cell is escaped."""
    cells = to_cells(table)
    lines = [cells.columns.to_list(), ["---"] * len(cells.columns), *cells.to_numpy().tolist()]
    escaped = [[cell.replace("|", "\\|") for cell in line] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in escaped)
