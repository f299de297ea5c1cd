"""Predicts genres from raw texts with a trained model, in evaluation and in serving."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np

from imdb_genres.errors import UserError
from imdb_genres.model.calibration import apply_thresholds, probabilities, single_label_proba
from imdb_genres.model.folder import (
    DESCRIPTION,
    VOCABULARY,
    WEIGHTS,
    Description,
    load_network,
    read_description,
)
from imdb_genres.networks.types import Inputs
from imdb_genres.paths import MODEL
from imdb_genres.text.subwords import SubwordTokenizer, to_chunks
from imdb_genres.text.tokenizer import BATCH_CHARACTERS, batch_texts
from imdb_genres.text.vectorizer import ChunkInput, SparseInput, WordsAndChunks, to_input
from imdb_genres.text.vocabulary import Vocabulary

BATCH_TEXTS = 256


class Predictor:
    """Predicts genres; ``genres`` is the order of every array's columns.

    ``words`` is the vocabulary, most frequent first; the words of an n-gram are joined by a space.
    ``known_words`` also has the words that an encoder was pretrained with.
    """

    def __init__(
        self,
        description: Description,
        vocabulary: Vocabulary,
        network: Callable[[Inputs], np.ndarray],
        subwords: SubwordTokenizer | None = None,
    ) -> None:
        self.genres = description.genres
        self.targets = description.targets
        self.words = vocabulary.words[1:]
        self.known_words = frozenset(self.words) | (subwords.whole_words() if subwords else set())
        self.description = description
        self._vocabulary = vocabulary
        self._network = network
        self._subwords = subwords
        self.reads_subwords = subwords is not None

    @classmethod
    def load(cls, folder: Path = MODEL, double_precision: bool = False) -> "Predictor":
        """Read a model folder; raise UserError if it is missing, corrupt or incomplete.

        An encoder in ``double_precision`` gives the same rounded probabilities on every processor,
        but takes twice the time; other architectures have it anyway.
        """
        description = read_description(folder)
        vocabulary = Vocabulary.read(folder / VOCABULARY)
        try:
            network = load_network(folder, description, len(vocabulary), double_precision)
            reads_chunks = isinstance(description.input, ChunkInput)
            subwords = SubwordTokenizer.read(folder) if reads_chunks else None
            predictor = cls(description, vocabulary, network, subwords)
            predictor.predict_proba([""])
        except PermissionError:
            raise UserError(
                f"{folder / WEIGHTS} cannot be read: you have no permission (`chmod u+r`)"
            ) from None
        except (OSError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise UserError(
                f"{folder / WEIGHTS} does not fit {DESCRIPTION} and {VOCABULARY} next to it: "
                f"run `dvc repro train`, or, if you changed the architecture's code, correct its "
                f"forward ({' '.join(str(error).split())})"
            ) from error
        return predictor

    def predict_proba(self, texts: Iterable[str]) -> np.ndarray:
        """Return float32 (texts, genres): rows that sum to 1, or independent ones if multi-label.

        Raises TypeError for a single text, which would be read as a list of characters.
        """
        if isinstance(texts, str):
            raise TypeError("expected an iterable of texts, found one text: pass [text]")
        chunks = [self._predict(batch) for batch in to_batches(texts)]
        return np.concatenate([np.empty((0, len(self.genres)), np.float32), *chunks])

    def _predict(self, texts: list[str]) -> np.ndarray:
        logits = self._network(self._inputs(texts))
        return probabilities(logits, self.targets, self.description.temperature)

    def _inputs(self, texts: list[str]) -> Inputs:
        settings, tokenizer = self.description.input, self._subwords
        if isinstance(settings, ChunkInput):
            assert tokenizer
            chunks = to_chunks(
                tokenizer.encode(texts),
                settings.chunks,
                settings.length,
                tokenizer.start,
                tokenizer.end,
            )
            if not isinstance(settings, WordsAndChunks):
                return chunks
            words = SparseInput(settings.mode, settings.normalize)
            return to_input(self._vocabulary.encode(texts), self._vocabulary, words), chunks
        return to_input(self._vocabulary.encode(texts), self._vocabulary, settings)

    def single_label_proba(self, probabilities: np.ndarray) -> np.ndarray:
        """Return float32 (texts, genres), rows of sum 1: single-label probabilities, uniform prior."""
        return single_label_proba(probabilities, self.targets, self.description.frequencies)

    def predict_labels(self, probabilities: np.ndarray) -> np.ndarray:
        """Return bool (texts, genres): the labels predicted for each text, at least one."""
        return apply_thresholds(probabilities, self.description.thresholds)


def to_batches(texts: Iterable[str]) -> Iterator[list[str]]:
    """Yield the texts in batches that fit into memory, if every single text does."""
    return batch_texts(texts, BATCH_CHARACTERS, BATCH_TEXTS)
