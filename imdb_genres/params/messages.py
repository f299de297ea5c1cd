"""Turns errors in a YAML file into messages: key, value, what was expected."""

import json
import re
from collections.abc import Iterator
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from imdb_genres.errors import UserError, did_you_mean

Checked = TypeVar("Checked", bound=BaseModel)

EXPECTED = {  # pydantic's messages, in the terms of YAML
    r"a valid dictionary or instance of \w+": "a section with its keys",
    r"a valid (integer|number|string|boolean|list|dictionary)": r"a \1",
    r"a integer": "an integer",
    r"True or False": "true or false",
    r"(List|Dictionary) should have at least (\d+) items? after validation, not \d+": r"\2 or more",
    r"String should have at least (\d+) characters?": r"\1 character or more",
}

RENAMED = {  # keys of earlier versions
    "parse.max_damaged": "parse.max_malformed",
    "evaluate.bootstrap": "evaluate.bootstrap_resamples",
    "train.normalise": "train.normalize",
    "train.learning_rate_end": "train.final_learning_rate_ratio",
    "train.deep_words": "train.wide_deep.deep_words",
    "train.embedding_size": "train.bag.embedding_size, or that of cnn or gru",
    "train.embedding_dropout": "train.bag.embedding_dropout, or that of cnn or gru",
    "train.max_length": "train.cnn.max_length or train.gru.max_length",
    "train.filters": "train.cnn.filters",
    "train.filter_widths": "train.cnn.filter_widths",
    "train.gru_units": "train.gru.units",
}


def check(model: type[Checked], values: Any, source: str) -> Checked:
    """Return plain ``values`` as a ``model``; raise UserError with one line per error."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        lines = [f"{source}: {_format_error(detail, model, values)}" for detail in error.errors()]
        raise UserError("\n".join(lines)) from None


def _format_error(detail: Any, model: type[BaseModel], values: Any) -> str:
    key = ".".join(_list_keys(detail["loc"], values)).removesuffix(".[key]")
    expected = detail["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    match detail["type"]:
        case "missing":
            return f"{key} is missing"
        case "extra_forbidden":
            if key in RENAMED:
                return f"{key} is now called {RENAMED[key]}"
            known = _keys_at(detail["loc"][:-1], model)
            nearest = did_you_mean(detail["loc"][-1], known)
            return f"{key} is not a parameter{nearest}; known: {', '.join(known)}"
        case "value_error":
            return f"{key}: {expected}" if key else str(expected)
    for pattern, replacement in EXPECTED.items():
        expected = re.sub(pattern, replacement, expected)
    nearest = did_you_mean(detail["input"], re.findall(r"'([^']+)'", expected))
    return f"{key or 'the file'} is {_as_yaml(detail['input'])}{nearest}; expected {expected}"


def _list_keys(location: tuple[str | int, ...], values: Any) -> Iterator[str]:
    """Yield the keys of an error, without the index in a single value that stands for a list."""
    for key in location:
        if isinstance(key, str) or isinstance(values, list):
            yield str(key)
        values = values.get(key) if isinstance(values, dict) else None


def _as_yaml(value: Any) -> str:
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:60]}..."


def _keys_at(keys: tuple[str, ...], model: type[BaseModel]) -> list[str]:
    for key in keys:
        if key in model.model_fields:  # otherwise it is a name that the user chose
            model = _section_in(model.model_fields[key].annotation) or model
    return list(model.model_fields)


def _section_in(annotation: Any) -> type[BaseModel] | None:
    """Return the section in an annotation: the annotation itself, or the values of a mapping."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_section_in, get_args(annotation))), None)
