"""The section train."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from imdb_genres.networks.registry import FAMILIES
from imdb_genres.params.base import Count, Penalty, Section, Share

# one number serves every hidden layer; a list gives each its own
AsList = BeforeValidator(lambda value: value if isinstance(value, list) else [value])
Activation = Literal["relu", "gelu", "tanh", "sigmoid", "silu", "elu", "softplus"]


class Train(Section):
    """The network and how it is trained. What one family only uses is null for the others."""

    architecture: Literal["mlp", "wide-deep", "bag", "cnn", "gru"]
    targets: Literal["label", "soft", "multi-label"]
    mode: Literal["binary", "count", "freq", "tfidf"] | None
    normalise: bool | None
    units: Annotated[list[Count], AsList]
    dropout: Annotated[list[Share], AsList]
    activation: Activation
    l1: Annotated[list[Penalty], AsList]
    l2: Penalty
    input_dropout: Share
    deep_words: Count | None
    embedding_size: Count | None
    embedding_dropout: Share | None
    max_length: Count | None
    filters: Count | None
    filter_widths: Annotated[list[Count], Field(min_length=1)] | None
    gru_units: Count | None
    loss: Literal["cross-entropy", "squared-hinge"]
    label_smoothing: Share
    batch_size: Count
    optimizer: Literal["adam", "nadam", "rmsprop", "sgd"]
    learning_rate: Annotated[float, Field(gt=0)]
    momentum: Share
    learning_rate_end: Annotated[float, Field(ge=0, le=1)]
    weight_decay: Penalty
    epochs: Count
    patience: Annotated[int, Field(ge=0)]
    threads: Count
    deterministic: bool

    @model_validator(mode="before")
    @classmethod
    def _family_values(cls, values: Any) -> Any:
        """Put the family's values for null, and refuse what the family does not use."""
        if not isinstance(values, dict) or values.get("architecture") not in FAMILIES:
            return values
        family = FAMILIES[values["architecture"]]
        used = family.rows | family.network
        for name in set().union(*(other.rows | other.network for other in FAMILIES.values())):
            if name not in used and values.get(name) is not None:
                raise ValueError(
                    f"{name} is {values[name]!r}, but {values['architecture']} has no use for it; "
                    "set it to null"
                )
        return {
            **values,
            **{name: used[name] for name in used if name in values and values[name] is None},
        }

    @model_validator(mode="after")
    def _one_value_a_layer(self) -> Self:
        for name in ("dropout", "l1"):
            values = len(getattr(self, name))
            if values not in (1, len(self.units)):
                raise ValueError(
                    f"{name} has {values} values for {len(self.units)} hidden layers (train.units); "
                    "give one for all, or one for each"
                )
        return self

    @model_validator(mode="after")
    def _momentum_is_of_sgd(self) -> Self:
        if self.momentum and self.optimizer != "sgd":
            raise ValueError(
                f"momentum is {self.momentum}, but {self.optimizer} has its own; set it to 0, "
                "or optimizer to sgd"
            )
        return self

    @model_validator(mode="after")
    def _deep_part_has_layers(self) -> Self:
        if self.architecture == "wide-deep" and not self.units:
            raise ValueError(
                "wide-deep needs hidden layers (units); mlp without them is its wide part"
            )
        return self
