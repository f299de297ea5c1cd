"""Trains the network and writes model/ and metrics/history.csv."""

from imdb_genres.registry.tracker import TRACKER

if __name__ == "__main__":
    TRACKER.start_uploader()  # imports MLflow on one core while TensorFlow is imported on another

import sys
from contextlib import closing

from imdb_genres.download.checksums import sha256_of_file
from imdb_genres.download.encoders import ensure_encoder
from imdb_genres.model.folder import write_model
from imdb_genres.networks.keras_backend import configure, gpu_errors
from imdb_genres.params.encoders import WEIGHTS
from imdb_genres.params.schema import Params
from imdb_genres.paths import DATA, METRICS, MODEL
from imdb_genres.stage import run_stage
from imdb_genres.tracking.tracker import Run
from imdb_genres.training.checkpoint import Checkpoint, open_checkpoint
from imdb_genres.training.dataset import VOCABULARY, TokenizedDataset
from imdb_genres.training.encoder_wide import train_encoder_wide
from imdb_genres.training.fit import Callbacks, TrainedModel, train_model
from imdb_genres.training.history import EpochMetrics
from imdb_genres.training.progress import TrainingProgress
from imdb_genres.training.report import collapse_warning, large_corpus_hint, summary


def main(params: Params) -> None:
    """Train on data/tokens.npz; report the result, and warn if the network collapsed."""
    configure(params.train)
    dataset = TokenizedDataset.read(DATA)
    if params.train.reads_subwords():
        # DVC may have restored tokens.npz from its cache, without the encoder or for another one
        weights = ensure_encoder(params.train.encoder.weights) / WEIGHTS
        dataset.require_subwords(params.train).check_weights(sha256_of_file(weights))
    with TRACKER.training() as tracked, open_checkpoint("train") as checkpoint:
        model = train(dataset, params, tracked, checkpoint)
        tracked.log_metrics({"weights": model.network.count_params(), "epochs": len(model.history)})
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
    tracked: Run,
    checkpoint: Checkpoint | None,
) -> TrainedModel:
    """Train; log every epoch, and show a progress bar on a terminal."""
    progress = TrainingProgress(params.train.epochs)

    def on_epoch(metrics: EpochMetrics) -> None:
        tracked.log_epoch(metrics)
        progress.on_epoch(metrics)

    is_ensemble = params.train.architecture == "encoder-wide"
    fit = train_encoder_wide if is_ensemble else train_model
    callbacks = Callbacks(on_epoch, progress.on_steps, checkpoint)
    with closing(progress), gpu_errors(params.train):
        return fit(dataset, params.train, params.seed, callbacks)


if __name__ == "__main__":
    run_stage(main, "train")
