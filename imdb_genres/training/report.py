"""What the train stage prints about a finished training: a summary, a hint, a warning."""

from collections.abc import Sequence

import numpy as np

from imdb_genres.params.schema import Params
from imdb_genres.training.fit import TrainedModel

LARGE_CORPUS = 10_000  # training descriptions; with Wikipedia's, bigrams did not help 6,000 of them
FEW_WORDS = 3  # known words per text: languages without spaces between words have almost none


def summary(model: TrainedModel) -> str:
    """Return how many epochs were trained, and the accuracies of the selected one."""
    selected = model.history.epochs[model.selected_epoch - 1]
    # the epochs of encoder-wide are its encoder's
    whose = "its encoder's " if model.description.architecture == "encoder-wide" else ""
    return (
        f"{len(model.history)} epochs, selected epoch {model.selected_epoch}: "
        f"{whose}accuracy {selected['accuracy/train']:.3f} in training, "
        f"{selected['accuracy/validation']:.3f} in validation"
    )


def large_corpus_hint(descriptions: int, params: Params) -> str | None:
    """Return a hint to add bigrams if a linear model of single words was trained on a large corpus."""
    is_linear = params.train.architecture == "mlp" and not params.train.units
    if descriptions < LARGE_CORPUS or not is_linear or params.tokenize.ngrams > 1:
        return None
    return (
        f"train: {descriptions:,} training descriptions are enough for bigrams: on 23,625 the recipe "
        "best-large scored 0.507 in validation, best 0.484. Try `imdb-genres experiments best-large`"
    )


def collapse_warning(
    logits: np.ndarray, genres: Sequence[str], words_per_text: float
) -> str | None:
    """Return a warning if a network with these validation ``logits`` predicts one genre only."""
    predicted = np.unique(logits.argmax(axis=1))
    if len(predicted) > 1:
        return None
    advice = "Lower train.l1 (0.15 always does this), train.dropout or train.learning_rate"
    if words_per_text < FEW_WORDS:
        advice = (
            f"A description has only {words_per_text:.1f} known words on average: where words are "
            "written without spaces (Chinese, Japanese, Thai), put spaces between them first"
        )
    return (
        f"train: the network collapsed: it predicts {genres[predicted[0]]} for all "
        f"{len(logits)} validation descriptions. {advice}"
    )
