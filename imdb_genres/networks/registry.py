"""Network families: one module each, with the same function ``build``, named in train.architecture."""

from dataclasses import dataclass, field
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Family:
    """The parameters of a family's rows and of its network, with the values that null stands for.

    ``fixed`` are settings of its rows that are not a matter of choice.
    """

    rows: dict[str, Any]
    network: dict[str, Any]
    fixed: dict[str, Any] = field(default_factory=dict)


HEAD = {
    "input_dropout": 0.0,
    "units": [512, 64],
    "dropout": [0.5],
    "activation": "relu",
    "l1": [0.0],
}
WORDS_AS_VECTORS = {**HEAD, "embedding_size": 100, "embedding_dropout": 0.5}
FAMILIES = {
    "mlp": Family({"mode": "binary", "normalise": False}, HEAD),
    "wide-deep": Family({"mode": "tfidf", "normalise": True}, {**HEAD, "deep_words": 5000}),
    "bag": Family({}, WORDS_AS_VECTORS, {"mode": "freq", "normalise": False}),
    "cnn": Family(
        {"max_length": 250},
        {**WORDS_AS_VECTORS, "filters": 100, "filter_widths": [3, 4, 5]},
    ),
    "gru": Family({"max_length": 150}, {**WORDS_AS_VECTORS, "gru_units": 64}),
}


def build_network(architecture: str, words: int, genres: int, settings: dict[str, Any]) -> Any:
    """Return the family's ``keras.Model``: rows of indexes below ``words`` -> ``genres`` logits."""
    module = import_module(f"imdb_genres.networks.{architecture.replace('-', '_')}")
    return module.build(words, genres, **settings)


def rows_settings(settings: Any) -> dict[str, Any]:
    """Return what the rows of the family that ``settings`` (params.Train) names depend on."""
    family = FAMILIES[settings.architecture]
    return family.fixed | {name: getattr(settings, name) for name in family.rows}


def network_settings(settings: Any) -> dict[str, Any]:
    """Return the keyword arguments of ``build`` of the family that ``settings`` names."""
    return {name: getattr(settings, name) for name in FAMILIES[settings.architecture].network}
