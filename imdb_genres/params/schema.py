"""params.yaml, typed and checked as a whole at the start of every stage."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from imdb_genres.io.yaml import read_yaml
from imdb_genres.params.base import Count, Section
from imdb_genres.params.data import Download, Parse
from imdb_genres.params.messages import check
from imdb_genres.params.training import Tokenize, Train


class Label(Section):
    """Which genres are classes, and which single label represents a film."""

    strategy: Literal["random", "first", "rarest", "all"]
    min_films: Count


class Split(Section):
    """The shares of the test and validation folds, and which films stay together."""

    group: Literal["film", "text"]
    test: Annotated[float, Field(gt=0, lt=1)]
    validation: Annotated[float, Field(gt=0, lt=1)]

    @model_validator(mode="after")
    def _leaves_training_films(self) -> Self:
        if self.test + self.validation >= 1:
            raise ValueError("test and validation together must stay below 1")
        return self


class Balance(Section):
    """How training classes are made equal."""

    strategy: Literal["downsample", "oversample", "none"]


class Baselines(Section):
    """How baselines are fitted."""

    max_rows: Count


class Evaluate(Section):
    """What is measured on the test fold."""

    bootstrap_resamples: Count


class Params(Section):
    """All of params.yaml."""

    seed: Annotated[int, Field(ge=0, lt=2**31)]
    download: Download
    parse: Parse
    label: Label
    split: Split
    balance: Balance
    baselines: Baselines
    tokenize: Tokenize
    train: Train
    evaluate: Evaluate

    @model_validator(mode="after")
    def _sequences_are_words(self) -> Self:
        if self.train.reads_sequences() and self.tokenize.ngrams > 1:
            raise ValueError(
                f"train.architecture {self.train.architecture} depends on word order; "
                f"set tokenize.ngrams to 1 (found {self.tokenize.ngrams})"
            )
        return self

    @model_validator(mode="after")
    def _targets_fit_labels(self) -> Self:
        all_labels = self.label.strategy == "all"
        if all_labels != (self.train.targets != "label"):
            raise ValueError(
                "label.strategy: all goes with train.targets: soft or multi-label; "
                f"found {self.label.strategy} and {self.train.targets}"
            )
        if all_labels and self.balance.strategy != "none":
            raise ValueError(
                "label.strategy: all leaves no single label to balance; set balance.strategy to none"
            )
        return self


def read_params(path: Path = Path("params.yaml")) -> Params:
    """Read and check params.yaml; raise UserError with one line per error."""
    return check_params(read_yaml(path), str(path))


def check_params(values: Any, source: str = "params.yaml") -> Params:
    """Return plain values as checked Params; raise UserError with one line per error."""
    return check(Params, values, source)
