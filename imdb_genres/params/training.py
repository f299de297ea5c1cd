"""The sections tokenize and train. All defaults are in params.yaml."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from imdb_genres.params.base import Count, Penalty, Section, Share
from imdb_genres.params.network import NetworkSettings

Mode = Literal["binary", "count", "freq", "tfidf"]
TargetKind = Literal["label", "soft", "multi-label"]
Loss = Literal["cross-entropy", "squared-hinge"]
Optimizer = Literal["adam", "nadam", "rmsprop", "sgd"]


class Tokenize(Section):
    """How texts become word ids."""

    max_words: Annotated[int, Field(ge=2)]
    ngrams: Annotated[int, Field(ge=1, le=3)]


class OptimizerSettings(Section):
    """An optimizer, and the parameters that all architectures give it."""

    optimizer: Optimizer
    learning_rate: Annotated[float, Field(gt=0)]
    momentum: Share
    weight_decay: Penalty

    @model_validator(mode="after")
    def _momentum_needs_sgd(self) -> Self:
        if self.momentum and self.optimizer != "sgd":
            raise ValueError(
                f"momentum is {self.momentum}, but {self.optimizer} has its own; set momentum to 0, "
                "or optimizer to sgd"
            )
        return self


class EncoderWide(OptimizerSettings):
    """Parameters of encoder-wide only, in addition to encoder's: how its linear model is trained."""

    loss: Loss
    batch_size: Count
    epochs: Count


class Train(NetworkSettings, OptimizerSettings):
    """The network, and how it is trained."""

    targets: TargetKind
    mode: Mode
    normalize: bool
    l2: Penalty
    loss: Loss
    label_smoothing: Share
    batch_size: Count
    final_learning_rate_ratio: Annotated[float, Field(ge=0, le=1)]
    epochs: Count
    patience: Annotated[int, Field(ge=0)]
    device: Literal["cpu", "gpu"]
    threads: Count
    deterministic: bool
    encoder_wide: EncoderWide

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
    def _encoder_needs_adam(self) -> Self:
        if self.reads_subwords() and self.optimizer != "adam":
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
