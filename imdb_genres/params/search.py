"""The section ``search`` of a recipe: the search space and the number of trials."""

from collections.abc import Iterator
from random import Random
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from imdb_genres.errors import did_you_mean
from imdb_genres.params.base import Count, Section
from imdb_genres.params.searchable import number_types

Number = int | float


class Dimension(Section):
    """The values of one parameter: ``choices``, or numbers from ``low`` to ``high``, both included.

    ``when`` restricts it to trials with these choices of earlier parameters; in others the parameter
    keeps the recipe's own value.
    """

    choices: Annotated[list[Any], Field(min_length=2)] | None = None
    low: Number | None = None
    high: Number | None = None
    log: bool = False
    when: Annotated[dict[str, Any], Field(default_factory=dict)]

    @model_validator(mode="after")
    def _is_a_list_or_a_range(self) -> Self:
        match self.choices, self.low, self.high:
            case list(), None, None:
                return self
            case None, int() | float() as low, int() | float() as high:
                if low >= high:
                    raise ValueError(f"low is {low}, expected less than high, {high}")
                if self.log and low <= 0:
                    raise ValueError(f"low is {low}, expected above 0 on a log scale")
                return self
        raise ValueError("give a list of choices, or low and high")

    def applies(self, values: dict[str, Any]) -> bool:
        """Return whether the parameter is searched in a trial with these ``values``."""
        return all(values.get(name) in _as_list(allowed) for name, allowed in self.when.items())

    def contains(self, value: Any) -> bool:
        """Return whether ``value`` is one of the choices, or in the range."""
        if self.choices:
            return value in self.choices
        low, high = self.ends()
        return isinstance(value, int | float) and low <= value <= high

    def ends(self) -> list[Any]:
        """Return the choices, or both ends of the range."""
        return self.choices or [self.low, self.high]


AsDimension = BeforeValidator(lambda x: {"choices": x} if isinstance(x, list) else x)


class Search(Section):
    """A hyper-parameter search, reproducible from ``seed`` and ``at_once``.

    The first trial has the recipe's own values, the next ones those of the recipes ``try_first``.
    ``at_once`` trials are chosen together, from the results of all earlier rounds. Every trial is
    trained with ``seeds`` different seeds, or on ``folds`` different validation folds; its score is
    the mean.
    """

    trials: Count
    at_once: Count = 8
    seed: Annotated[int, Field(ge=0)] = 1
    seeds: Count = 1
    folds: Count = 1
    try_first: Annotated[list[str], Field(default_factory=list)]
    space: Annotated[dict[str, Annotated[Dimension, AsDimension]], Field(min_length=1)]

    @model_validator(mode="after")
    def _averages_one_way(self) -> Self:
        if self.seeds > 1 and self.folds > 1:
            raise ValueError("seeds and folds both average a trial; give one of them")
        return self

    @model_validator(mode="after")
    def _dimensions_fit_their_parameters(self) -> Self:
        for name, dimension in self.space.items():
            numbers = number_types(name)
            if dimension.choices is None and not numbers:
                raise ValueError(f"space.{name} has no numbers to range over; list its choices")
            fractions = any(isinstance(end, float) for end in dimension.ends())
            if dimension.choices is None and fractions and float not in numbers:
                raise ValueError(f"space.{name} is an integer; so must low and high be")
            self._check_conditions(name, dimension)
        return self

    def _check_conditions(self, name: str, dimension: Dimension) -> None:
        earlier = list(self.space)[: list(self.space).index(name)]
        for other, allowed in dimension.when.items():
            if other not in earlier:
                nearest = did_you_mean(other, earlier)
                raise ValueError(f"space.{name}.when: {other} is not searched before it{nearest}")
            for value in _as_list(allowed):
                if value not in (choices := self.space[other].choices or []):
                    nearest = did_you_mean(value, map(str, choices))
                    raise ValueError(
                        f"space.{name}.when: {value!r} is not among the choices of {other}{nearest}"
                    )

    def extreme_trials(self, number: int = 100) -> Iterator[dict[str, Any]]:
        """Yield random trials made of choices and ends of ranges, the same in every call."""
        random = Random(0)
        for _ in range(number):
            values: dict[str, Any] = {}
            for name, dimension in self.space.items():
                if dimension.applies(values):
                    values[name] = random.choice(dimension.ends())
            yield values


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
