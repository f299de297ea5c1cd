"""Which parameters can be searched, and whether they are numbers."""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

from imdb_genres.errors import did_you_mean
from imdb_genres.params.training import Tokenize, Train

SEARCHABLE: dict[str, type[BaseModel]] = {"tokenize": Tokenize, "train": Train}


def number_types(name: str) -> set[type]:
    """Return which of int and float a parameter may be; raise ValueError if it is unknown."""
    known = dict(_parameters(SEARCHABLE))
    if name.partition(".")[0] not in SEARCHABLE:
        raise ValueError(
            f"space.{name}: only train.* and tokenize.* can be searched, on the same validation films"
        )
    if name not in known:
        raise ValueError(f"space.{name} is not a parameter{did_you_mean(name, known)}")
    types = list(_leaf_types(known[name]))
    return {kind for kind in (int, float) if kind in types}


def _parameters(sections: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the dotted name and the type of every parameter in ``sections``."""
    for key, kind in sections.items():
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            fields = {name: field.annotation for name, field in kind.model_fields.items()}
            yield from _parameters(fields, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", kind


def _leaf_types(annotation: Any) -> Iterator[Any]:
    """Yield the arguments of an annotation that have none themselves: int, None, 'all' ..."""
    arguments = get_args(annotation)
    if not arguments:
        yield annotation
    for argument in arguments:
        yield from _leaf_types(argument)
