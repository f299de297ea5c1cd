"""The parameters in the section train that shape a network."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field

from imdb_genres.params.base import Count, Penalty, Section, Share

# one number applies to all hidden layers; a list has one for each
AsList = BeforeValidator(lambda value: value if isinstance(value, list) else [value])
ArchitectureName = Literal[
    "mlp",
    "wide-deep",
    "bag",
    "cnn",
    "gru",
    "encoder",
    "encoder-wide",
]
Activation = Literal["relu", "gelu", "tanh", "sigmoid", "silu", "elu", "softplus"]


def _check_layers(value: object) -> object:
    """Reject values that are neither a number of layers nor all, in one message."""
    if value != "all" and not (type(value) is int and value >= 0):
        raise ValueError(f"found {value!r}, expected the number of layers, or all")
    return value


FrozenLayers = Annotated[int | Literal["all"], BeforeValidator(_check_layers)]


class WideDeep(Section):
    """Parameters of wide-deep only."""

    deep_words: Count


class Bag(Section):
    """Parameters of bag only."""

    embedding_size: Count
    embedding_dropout: Share


class Cnn(Section):
    """Parameters of cnn only."""

    embedding_size: Count
    embedding_dropout: Share
    max_length: Count
    filters: Count
    filter_widths: Annotated[list[Count], Field(min_length=1)]


class Gru(Section):
    """Parameters of gru only."""

    embedding_size: Count
    embedding_dropout: Share
    max_length: Count
    units: Count


class Encoder(Section):
    """Parameters of encoder only; ``weights`` is a key of sources.yaml's encoders."""

    weights: str
    chunk_length: Annotated[int, Field(ge=8)]
    chunks: Count
    pooling: Literal["mean", "first"]
    dropout: Share
    frozen_layers: FrozenLayers
    layer_decay: Annotated[float, Field(gt=0, le=1)]
    head_learning_rate: Annotated[float, Field(gt=0)]
    warmup: Share


class NetworkSettings(Section):
    """The parameters that shape a network: all that an architecture's ``build`` and ``forward`` may read.

    Parameters of one architecture only are in a section named like it, with ``_`` for ``-``.
    """

    architecture: ArchitectureName
    units: Annotated[list[Count], AsList]
    dropout: Annotated[list[Share], AsList]
    activation: Activation
    l1: Annotated[list[Penalty], AsList]
    input_dropout: Share
    wide_deep: WideDeep
    bag: Bag
    cnn: Cnn
    gru: Gru
    encoder: Encoder

    def reads_subwords(self) -> bool:
        """Return whether the architecture reads the subwords of a pretrained encoder."""
        return self.architecture in ("encoder", "encoder-wide")

    def reads_sequences(self) -> bool:
        """Return whether the architecture reads word ids in order: its section has ``max_length``."""
        section = getattr(self, _section_name(self.architecture), None)
        return hasattr(section, "max_length")

    def dump(self) -> dict[str, Any]:
        """Return plain values for model.json: the shared ones and the architecture's own section."""
        other_sections = _sections().keys() - own_sections(self.architecture)
        included = NetworkSettings.model_fields.keys() - other_sections - {"architecture"}
        return self.model_dump(include=set(included))

    @classmethod
    def load(cls, architecture: str, values: dict[str, Any]) -> Self:
        """Return settings from ``values`` of ``dump``, not validated.

        They lack sections of other architectures, and parameters that were added after the model was
        saved; reading one of these raises AttributeError.
        """
        sections = {
            name: section.model_construct(**values[name])
            for name, section in _sections().items()
            if name in values
        }
        return cls.model_construct(**{**values, **sections, "architecture": architecture})


def _section_name(architecture: str) -> str:
    return architecture.replace("-", "_")


def own_sections(architecture: str) -> set[str]:
    """Return the names of the sections that an architecture reads: encoder-wide has two."""
    own = {_section_name(architecture)}
    return own | {"encoder"} if architecture == "encoder-wide" else own


def _sections() -> dict[str, type[Section]]:
    """Return the architectures' sections by name."""
    return {
        name: field.annotation
        for name, field in NetworkSettings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section)
    }
