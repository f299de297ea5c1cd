"""Ranks experiments: score, interval, changed parameters, and a paired test against the best."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from imdb_genres.evaluation.bootstrap import SIGN_FLIP_SEED, Difference, difference
from imdb_genres.evaluation.experiment_result import Result, incompatibility
from imdb_genres.evaluation.metrics import PRIMARY_METRIC
from imdb_genres.experiments.leaderboard_entry import Entry

MEASURES = ["name", "score", "low", "high", "verdict", "difference", "p", "seconds", "changed"]
COLUMNS = [*MEASURES, "group", "group_note"]
SORTABLE = ("score", "seconds", "name", "started")


@dataclass
class _Group:
    """Entries that can be compared with one another, best first."""

    entries: list[Entry]
    best: Result | None  # of the first entry; None for entries without predictions
    note: str = ""  # why they are not compared with those of the first group


def rank(entries: Iterable[Entry], sort: str = "score") -> pd.DataFrame:
    """Return a row for each entry, best first in each group; columns COLUMNS.

    A ``group`` holds results on the same test films and genres. Group 1 is the largest; the last one
    holds the entries without score or predictions. ``group_note`` says why a group is not compared
    with group 1; it is empty there. ``verdict`` compares with the best of the group; ``difference``
    and ``p`` are from the paired sign-flip test.
    """
    order = sorted(entries, key=lambda entry: (entry.score is None, -(entry.score or 0)))
    rows = [
        [*_row(entry, *_verdict(entry, group)), number, group.note, entry.started]
        for number, group in enumerate(_group(order), start=1)
        for entry in group.entries
    ]
    table = pd.DataFrame(rows, columns=[*COLUMNS, "started"])
    if sort != "score":
        table = table.sort_values(["group", sort], ascending=[True, sort != "started"])
    return table[COLUMNS].reset_index(drop=True)


def _group(entries: Iterable[Entry]) -> list[_Group]:
    """Return the groups of ``entries``, which are sorted by score, the largest group first."""
    groups: list[_Group] = []
    others = _Group([], None)
    for entry in entries:
        result = None if entry.score is None else entry.load_result()
        group = others if result is None else _comparable_group(groups, result)
        group.entries.append(entry)
    groups.sort(key=lambda group: -len(group.entries))
    for group in groups[1:]:
        name, reason = groups[0].entries[0].names[0], _incompatibility(groups[0], group.best)
        group.note = f"Not comparable with {name}: {reason}"
    if groups:
        others.note = "Not compared, for lack of predictions"
    return [group for group in [*groups, others] if group.entries]


def _comparable_group(groups: list[_Group], result: Result) -> _Group:
    """Return the group that ``result`` can be compared with; add one to ``groups`` if there is none."""
    for group in groups:
        if _incompatibility(group, result) is None:
            return group
    groups.append(_Group([], result))
    return groups[-1]


def _incompatibility(group: _Group, result: Result | None) -> str | None:
    return incompatibility(group.best, result) if group.best and result else None


def _verdict(entry: Entry, group: _Group) -> tuple[str, Difference | None]:
    if entry.score is None:
        return "no score", None
    result = entry.load_result()
    if group.best is None or result is None:
        return "no predictions", None
    if entry is group.entries[0]:
        return "best", None
    test = difference([group.best.primary], [result.primary], SIGN_FLIP_SEED)
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
    ]
