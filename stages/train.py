"""Trains the network and writes model/ and metrics/history.csv."""

import sys
from contextlib import closing

from imdb_genres.download.encoders import ensure_encoder
from imdb_genres.model.folder import write_model
from imdb_genres.networks.keras_backend import configure, gpu_errors
from imdb_genres.params.schema import Params
from imdb_genres.paths import DATA, METRICS, MODEL
from imdb_genres.registry import tracker
from imdb_genres.stage import run_stage
from imdb_genres.training.checkpoint import Checkpoint, open_checkpoint
from imdb_genres.training.dataset import VOCABULARY, TokenizedDataset
from imdb_genres.training.encoder_wide import train_encoder_wide
from imdb_genres.training.fit import TrainedModel, collapse_warning, train_model
from imdb_genres.training.history import EpochMetrics
from imdb_genres.training.progress import TrainingProgress

LARGE_CORPUS = 10_000  # training descriptions; with 6,000 of Wikipedia's films bigrams gain nothing


def main(params: Params) -> None:
    """Train on data/tokens.npz; report the result, and warn if the network collapsed."""
    configure(params.train)
    if params.train.reads_subwords():
        ensure_encoder(params.train.encoder.weights)  # tokenize may come from DVC's cache
    dataset = TokenizedDataset.read(DATA)
    with tracker.training() as tracked, open_checkpoint("train") as checkpoint:
        model = train(dataset, params, tracked, checkpoint)
        tracked.log_scores({"weights": model.network.count_params(), "epochs": len(model.history)})
        model.history.write(METRICS / "history.csv")
        write_model(MODEL, model.network, model.description, DATA / VOCABULARY)
    print(f"train: {params.train.architecture}, {summary(model)}")
    if hint := large_corpus_hint(len(dataset.folds()[0]), params):
        print(hint)
    words_per_text = len(dataset.rows.ids) / len(dataset.rows)
    if warning := collapse_warning(model.validation_logits, dataset.genres, words_per_text):
        print(warning, file=sys.stderr)


def train(
    dataset: TokenizedDataset,
    params: Params,
    tracked: tracker.Run,
    checkpoint: Checkpoint | None,
) -> TrainedModel:
    """Train; log every epoch, and show a progress bar on a terminal."""
    progress = TrainingProgress(params.train.epochs)

    def on_epoch(metrics: EpochMetrics) -> None:
        tracked.log_epoch(metrics)
        progress.on_epoch(metrics)

    two_parts = params.train.architecture == "encoder-wide"
    train_parts = train_encoder_wide if two_parts else train_model
    with closing(progress), gpu_errors(params.train):
        return train_parts(
            dataset, params.train, params.seed, on_epoch, checkpoint, progress.on_steps
        )


def summary(model: TrainedModel) -> str:
    """Return how many epochs were trained, and the accuracies of the selected one."""
    selected = model.history.epochs[model.selected_epoch - 1]
    return (
        f"{len(model.history)} epochs, selected epoch {model.selected_epoch}: "
        f"accuracy {selected['accuracy/train']:.3f} in training, "
        f"{selected['accuracy/validation']:.3f} in validation"
    )


def large_corpus_hint(descriptions: int, params: Params) -> str | None:
    """Return what to try instead of a linear model of single words with so many training rows."""
    is_linear = params.train.architecture == "mlp" and not params.train.units
    if descriptions < LARGE_CORPUS or not is_linear or params.tokenize.ngrams > 1:
        return None
    return (
        f"train: {descriptions:,} training descriptions are enough for bigrams: on 23,625 the recipe "
        "best-large scored 0.507 in validation, best 0.484. Try `imdb-genres experiments best-large`"
    )


if __name__ == "__main__":
    run_stage(main, "train")
