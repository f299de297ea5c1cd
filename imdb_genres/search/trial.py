"""One trial: the tokenize and train stages in memory, scored on validation films."""

import time
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from imdb_genres.errors import UserError
from imdb_genres.evaluation.metrics import (
    Truth,
    expected_balanced_accuracy,
    round_probabilities,
)
from imdb_genres.experiments.overrides import apply_changes
from imdb_genres.model.calibration import probabilities, single_label_proba
from imdb_genres.params.schema import Params, check_params
from imdb_genres.params.search import Search
from imdb_genres.params.training import Tokenize
from imdb_genres.search.films import SearchFilms
from imdb_genres.search.trial_result import Trial, TrialResult
from imdb_genres.text.fit_vocabulary import fit_vocabulary
from imdb_genres.text.ragged import concatenate
from imdb_genres.text.tokenizer import TokenizedTexts, tokenize_texts
from imdb_genres.training.dataset import TokenizedDataset

if TYPE_CHECKING:
    from imdb_genres.training.fit import TrainedModel


@dataclass(frozen=True, eq=False)
class RunTrial:
    """Runs trials of a recipe, whose parameters are ``values``, on ``films``.

    A training gives the same bytes as the train stage. The first one imports TensorFlow.
    """

    films: SearchFilms
    values: dict[str, Any]
    settings: Search

    def __call__(self, trial: Trial) -> TrialResult:
        """Train once per seed or fold and average the scores; a training that fails scores 0."""
        started = time.perf_counter()
        try:
            params = check_params(apply_changes(self.values, trial.params))
            trainings = [
                train_and_score(self.films, params, params.seed + seed, fold)
                for seed in range(self.settings.seeds)
                for fold in range(self.settings.folds)
            ]
        except UserError as error:
            return TrialResult(*trial, 0.0, [], *_times(started), error=str(error))
        score = np.mean([score for score, _ in trainings])
        return TrialResult(*trial, float(score), trainings[0][1], *_times(started))


def _times(started: float) -> tuple[float, int]:
    """Return the seconds since ``started``, and the time in milliseconds."""
    return round(time.perf_counter() - started, 2), time.time_ns() // 1_000_000


def train_and_score(
    films: SearchFilms, params: Params, seed: int, fold: int
) -> tuple[float, list[dict[str, float]]]:
    """Return the validation score of a training, and its history."""
    model = train_fold(films, params, seed, fold)
    return validation_score(films, fold, model), list(model.history.epochs)


def train_fold(films: SearchFilms, params: Params, seed: int, fold: int) -> "TrainedModel":
    """Train on all films but those of ``fold``."""
    from imdb_genres.networks.keras_backend import configure
    from imdb_genres.training.fit import train_model

    one_thread = {"threads": 1}  # one training per core; threads change no result
    configure(params.train.model_copy(update=one_thread))
    return train_model(tokenize(films, fold, params.tokenize), params.train, seed)


def validation_score(films: SearchFilms, fold: int, model: "TrainedModel") -> float:
    """Return the primary metric of a model on the films of ``fold``, each film counting once."""
    description = model.description
    proba = round_probabilities(
        probabilities(model.validation_logits, description.targets, description.temperature)
    )
    single_label = single_label_proba(proba, description.targets, description.frequencies)
    predicted = round_probabilities(single_label).argmax(axis=1)
    rows = films.rows(fold)[1]
    film = np.unique(films.film[rows], return_inverse=True)[1]
    truth = Truth(film, films.label[rows], films.labels[rows])
    return expected_balanced_accuracy(truth, predicted).score()


@lru_cache(maxsize=8)
def tokenize(films: SearchFilms, fold: int, settings: Tokenize) -> TokenizedDataset:
    """Return the output of the tokenize stage, with ``fold`` as the validation fold."""
    training, validation = films.rows(fold)
    words = tokenized_texts(films, fold)
    vocabulary = fit_vocabulary(words, settings.max_words, settings.ngrams)
    texts = (films.texts[row] for row in validation)
    order = np.concatenate([training, validation])
    return TokenizedDataset(
        vocabulary,
        concatenate([vocabulary.encode_words(words), vocabulary.encode(texts)]),
        films.genres,
        films.label[order],
        films.labels[order],
        np.arange(len(order)) >= len(training),
    )


@lru_cache(maxsize=8)
def tokenized_texts(films: SearchFilms, fold: int) -> TokenizedTexts:
    """Return the tokenized training texts of ``fold``."""
    return tokenize_texts(films.texts[row] for row in films.rows(fold)[0])
