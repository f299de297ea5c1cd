"""A trained model as a function from raw texts to genres: the same for scores and for serving."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from imdb_genres.errors import UserError
from imdb_genres.model.folder import DESCRIPTION, VOCABULARY, WEIGHTS, Description, read_description
from imdb_genres.model.probabilities import probabilities, several
from imdb_genres.networks.forward import logits
from imdb_genres.networks.numpy_layers import Layers, read_layers
from imdb_genres.paths import MODEL
from imdb_genres.text.vectorizer import to_input
from imdb_genres.text.vocabulary import Vocabulary

TEXTS_AT_ONCE = 256
CHARACTERS_AT_ONCE = 2**22


class Predictor:
    """Names genres; ``genres`` is the order of every array's columns.

    ``words`` are those it knows, the most frequent first; those of an n-gram are joined by a space.
    """

    def __init__(self, description: Description, vocabulary: Vocabulary, layers: Layers) -> None:
        self.genres = description.genres
        self.targets = description.targets
        self.words = vocabulary.words[1:]
        self.description = description
        self._vocabulary = vocabulary
        self._layers = layers

    @classmethod
    def load(cls, folder: Path = MODEL) -> "Predictor":
        """Read a model folder; raise UserError if it is missing, damaged or incomplete."""
        description = read_description(folder)
        vocabulary = Vocabulary.read(folder / VOCABULARY)
        try:
            layers = read_layers(folder / WEIGHTS)
            if len(layers.get("embedding", [vocabulary])[0]) != len(vocabulary):
                raise ValueError("it has vectors for another number of words")
            predictor = cls(description, vocabulary, layers)
            predictor.predict([""])
        except (OSError, AttributeError, KeyError, TypeError, ValueError) as error:
            raise UserError(
                f"{folder / WEIGHTS} does not fit {DESCRIPTION} and {VOCABULARY} beside it: "
                f"run `dvc repro train` ({' '.join(str(error).split())})"
            ) from None
        return predictor

    def predict(self, texts: Iterable[str]) -> np.ndarray:
        """Return float32 (texts, genres): probabilities that sum to 1, or one for each genre alone."""
        parts = [self._predict(batch) for batch in batches(texts)]
        return np.concatenate([np.empty((0, len(self.genres)), np.float32), *parts])

    def _predict(self, texts: list[str]) -> np.ndarray:
        model = self.description
        rows = to_input(self._vocabulary.encode(texts), self._vocabulary, model.rows)
        values = logits(model.architecture, self._layers, rows, model.network)
        return probabilities(values, model.targets, model.temperature)

    def single(self, probabilities: np.ndarray) -> np.ndarray:
        """Return float32 (texts, genres), rows of sum 1: which genre, if one, and all as common.

        The headline gives the share 1 / films of a genre for it: so a rare genre needs less probability.
        """
        if self.targets != "multi-label":
            return probabilities
        balanced = probabilities / np.array(self.description.frequencies, np.float32)
        return np.asarray(balanced / balanced.sum(axis=1, keepdims=True))

    def several(self, probabilities: np.ndarray) -> np.ndarray:
        """Return bool (texts, genres): the genres named for each text, by thresholds; at least one."""
        return several(probabilities, self.description.thresholds)


def batches(texts: Iterable[str]) -> Iterator[list[str]]:
    """Yield the texts in lists that fit into memory, as long as a single text does."""
    batch: list[str] = []
    characters = 0
    for text in texts:
        batch.append(text)
        characters += len(text)
        if len(batch) == TEXTS_AT_ONCE or characters >= CHARACTERS_AT_ONCE:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch
