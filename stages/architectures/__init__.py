"""Network families: one module each, with the same function ``build``, named in train.architecture."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal


@dataclass(frozen=True)
class Family:
    """What a family reads, and its optional parameters with the values that null stands for."""

    reads: Literal["matrix", "sequence"]
    rows: dict[str, Any]
    network: dict[str, Any]


HIDDEN = {"units": [512, 64], "dropout": [0.5], "activation": "relu", "l1": [0.0]}
FAMILIES = {
    "mlp": Family("matrix", {"mode": "binary"}, HIDDEN),
}


def build_network(architecture: str, words: int, genres: int, settings: dict[str, Any]) -> Any:
    """Return the family's ``keras.Model``: rows of ``words`` columns -> ``genres`` logits."""
    module = import_module(f"stages.architectures.{architecture.replace('-', '_')}")
    return module.build(words, genres, **settings)
