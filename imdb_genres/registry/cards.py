"""Model card and data card of a registered version, in Markdown, from what its run recorded."""

from mlflow.entities import LoggedModel, Run

from imdb_genres.evaluation.experiment_result import Result
from imdb_genres.evaluation.metrics import PRIMARY_METRIC

CARD_PARAMS = ("train.architecture", "train.targets", "train.loss", "tokenize.max_words", "seed")


def version_description(run: Run, model: LoggedModel, result: Result, decision: str) -> str:
    """Return the description of a version: what it is, how good, on which data, how to use it."""
    return "\n\n".join([model_card(run, model, result, decision), data_card(run, result)])


def model_card(run: Run, model: LoggedModel, result: Result, decision: str) -> str:
    """Return what the model does, how it scored, and its limits."""
    metrics = run.data.metrics
    low, high = (metrics.get(f"{PRIMARY_METRIC}_{bound}") for bound in ("low", "high"))
    interval = f" (95 % interval {low:.3f} to {high:.3f})" if low and high else ""
    name = PRIMARY_METRIC.replace("_", " ")
    settings = ", ".join(
        f"{key} {run.data.params[key]}" for key in CARD_PARAMS if key in run.data.params
    )
    return "\n".join(
        [
            "## Model card",
            f"- **Task**: genres of a film from its description ({', '.join(result.genres)})",
            f"- **Trained by**: run `{run.info.run_name}`; changed: {run.data.tags.get('changed', 'nothing')}",
            f"- **Settings**: {settings}",
            f"- **{name}**: {result.primary.score():.3f}{interval} on {len(result.films)} test films",
            f"- **Decision**: {decision}",
            f"- **Use**: `imdb-genres predict --model models:/{model.model_id} TEXT`, or "
            f"`mlflow models serve -m models:/{model.model_id} --env-manager local`",
            "- **Limits**: descriptions like those of the corpus; a probability is no judgement of a "
            "film; where the model knows too few words of a text, `cannot_tell` says so",
        ]
    )


def data_card(run: Run, result: Result) -> str:
    """Return which data the model was trained and tested on."""
    lines = ["## Data card", f"- **Source**: {run.data.params.get('download.source', 'unknown')}"]
    for item in run.inputs.dataset_inputs if run.inputs else []:
        lines.append(f"- {item.dataset.name}: md5 `{item.dataset.digest}`, {item.dataset.profile}")
    lines.append(f"- **Test films**: {len(result.films)}, none of them in training or validation")
    lines.append(
        "- **Training films**: `training_films.parquet` with the model, in which "
        "`imdb-genres trained-on FILM` looks films up"
    )
    return "\n".join(lines)
