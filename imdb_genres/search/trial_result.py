"""Results of finished trials, in memory and as a line of JSON."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple, Self

from imdb_genres.hashing import short_hash


class Trial(NamedTuple):
    """A trial's number, from 0, and its parameters by dotted name."""

    number: int
    params: dict[str, Any]


@dataclass(frozen=True)
class TrialResult:
    """A trial's validation score, 0 for a training that failed with ``error``.

    ``history`` is that of its first training, which the train stage would repeat; ``ended`` is in
    milliseconds since the epoch, as in MLflow.
    """

    number: int
    params: dict[str, Any]
    score: float
    history: list[dict[str, float]] = field(default_factory=list)
    seconds: float = 0.0
    ended: int = 0
    error: str | None = None

    def to_json(self) -> str:
        """Return one line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> Self:
        """Return what ``to_json`` wrote; raise ValueError or TypeError for anything else."""
        return cls(**json.loads(line))


def best_result(results: Iterable[TrialResult]) -> TrialResult:
    """Return the result with the highest score, the first of equal ones."""
    return max(results, key=lambda result: (result.score, -result.number))


def digest(results: Iterable[TrialResult]) -> str:
    """Return a hash of all parameters and scores: equal searches have equal digests."""
    ordered = sorted(results, key=lambda result: result.number)
    content = [[result.number, result.params, result.score, result.error] for result in ordered]
    return short_hash(json.dumps(content))
