"""Which parameters can be searched, and whether they are numbers."""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

from imdb_genres.errors import did_you_mean
from imdb_genres.params.schema import Params

SEARCHABLE = ("tokenize.", "train.")


def number_types(name: str) -> set[type]:
    """Return which of int and float a parameter may be; raise ValueError if it is unknown."""
    known = {key: kind for key, kind in parameter_types(Params) if key.startswith(SEARCHABLE)}
    if not name.startswith(SEARCHABLE):
        raise ValueError(
            f"space.{name}: only train.* and tokenize.* can be searched, on the same validation films"
        )
    if name not in known:
        raise ValueError(f"space.{name} is not a parameter{did_you_mean(name, known)}")
    types = list(_leaf_types(known[name]))
    return {kind for kind in (int, float) if kind in types}


def parameter_types(section: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the dotted name and the type of every parameter in ``section``."""
    for key, field in section.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from parameter_types(kind, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", kind


def _leaf_types(annotation: Any) -> Iterator[Any]:
    """Yield the arguments of an annotation that have none themselves: int, None, 'all' ..."""
    arguments = get_args(annotation)
    if not arguments:
        yield annotation
    for argument in arguments:
        yield from _leaf_types(argument)
