"""The sections tokenize and train. Every default stands in params.yaml."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from imdb_genres.params.base import Count, Penalty, Section, Share

# one number serves every hidden layer; a list gives each its own
AsList = BeforeValidator(lambda value: value if isinstance(value, list) else [value])
Architecture = Literal["mlp", "wide-deep", "bag", "cnn", "gru", "encoder"]
Activation = Literal["relu", "gelu", "tanh", "sigmoid", "silu", "elu", "softplus"]
Mode = Literal["binary", "count", "freq", "tfidf"]
TargetKind = Literal["label", "soft", "multi-label"]
Loss = Literal["cross-entropy", "squared-hinge"]


class Tokenize(Section):
    """How texts become word ids."""

    max_words: Annotated[int, Field(ge=2)]
    ngrams: Annotated[int, Field(ge=1, le=3)]


class WideDeep(Section):
    """What wide-deep alone reads."""

    deep_words: Count


class Bag(Section):
    """What bag alone reads."""

    embedding_size: Count
    embedding_dropout: Share


class Cnn(Section):
    """What cnn alone reads."""

    embedding_size: Count
    embedding_dropout: Share
    max_length: Count
    filters: Count
    filter_widths: Annotated[list[Count], Field(min_length=1)]


class Gru(Section):
    """What gru alone reads."""

    embedding_size: Count
    embedding_dropout: Share
    max_length: Count
    units: Count


class Encoder(Section):
    """What encoder alone reads; ``weights`` is a key of sources.yaml's encoders."""

    weights: str
    chunk_length: Annotated[int, Field(ge=8)]
    chunks: Count
    pooling: Literal["mean", "first"]
    dropout: Share
    frozen_layers: Annotated[int, Field(ge=0)] | Literal["all"]
    layer_decay: Annotated[float, Field(gt=0, le=1)]
    head_learning_rate: Annotated[float, Field(gt=0)]
    warmup: Share


class NetworkSettings(Section):
    """What shapes a network: all that a family's ``build`` and ``forward`` may read.

    Each family has a section for what it alone reads, named like it, with ``_`` for ``-``.
    """

    architecture: Architecture
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

    def reads_sequences(self) -> bool:
        """Tell whether the family reads word ids in order: its section has ``max_length``."""
        own = getattr(self, self.architecture.replace("-", "_"), None)
        return hasattr(own, "max_length")

    def dump(self) -> dict[str, Any]:
        """Return plain values for model.json: the shared ones and the family's own section."""
        left_out = _sections().keys() - {self.architecture.replace("-", "_")}
        shaping = NetworkSettings.model_fields.keys() - left_out - {"architecture"}
        return self.model_dump(include=set(shaping))

    @classmethod
    def load(cls, architecture: str, values: dict[str, Any]) -> Self:
        """Return settings from the values that ``dump`` gave, unchecked.

        Only what ``values`` holds may be read: sections of other families are missing, and so are
        parameters that are younger than the model. Reading one raises AttributeError.
        """
        sections = {
            name: section.model_construct(**values[name])
            for name, section in _sections().items()
            if name in values
        }
        return cls.model_construct(**{**values, **sections, "architecture": architecture})


def _sections() -> dict[str, type[Section]]:
    """Return the families' sections by name."""
    return {
        name: field.annotation
        for name, field in NetworkSettings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section)
    }


class Train(NetworkSettings):
    """The network, and how it is trained."""

    targets: TargetKind
    mode: Mode
    normalize: bool
    l2: Penalty
    loss: Loss
    label_smoothing: Share
    batch_size: Count
    optimizer: Literal["adam", "nadam", "rmsprop", "sgd"]
    learning_rate: Annotated[float, Field(gt=0)]
    momentum: Share
    final_learning_rate_ratio: Annotated[float, Field(ge=0, le=1)]
    weight_decay: Penalty
    epochs: Count
    patience: Annotated[int, Field(ge=0)]
    device: Literal["cpu", "gpu"]
    threads: Count
    deterministic: bool

    @model_validator(mode="after")
    def _one_value_per_layer(self) -> Self:
        for name in ("dropout", "l1"):
            values = len(getattr(self, name))
            if values not in (1, len(self.units)):
                raise ValueError(
                    f"{name} has {values} values for {len(self.units)} hidden layers (train.units); "
                    "give one for all, or one for each"
                )
        return self

    @model_validator(mode="after")
    def _momentum_needs_sgd(self) -> Self:
        if self.momentum and self.optimizer != "sgd":
            raise ValueError(
                f"momentum is {self.momentum}, but {self.optimizer} has its own; set momentum to 0, "
                "or optimizer to sgd"
            )
        return self

    @model_validator(mode="after")
    def _encoder_needs_adam(self) -> Self:
        if self.architecture == "encoder" and self.optimizer != "adam":
            raise ValueError(
                f"optimizer is {self.optimizer}, but encoder is fine-tuned with adam; set "
                "train.optimizer to adam"
            )
        return self

    @model_validator(mode="after")
    def _deep_part_has_layers(self) -> Self:
        if self.architecture == "wide-deep" and not self.units:
            raise ValueError(
                "wide-deep needs hidden layers (units); without them use mlp, its wide part"
            )
        return self
