"""Word attributions by occlusion: the model's prediction with and without each word."""

import numpy as np

from imdb_genres.inference.predictor import Predictor
from imdb_genres.text.tokenizer import split_pieces

ENCODER_WORDS = 24  # each word needs one prediction, which takes an encoder a third of a second


def top_words(predictor: Predictor, num_words: int, num_shown: int) -> dict[str, list[str]]:
    """Return for each genre its ``num_shown`` most predictive words, the strongest first.

    The model scores each of the vocabulary's ``num_words`` most frequent words as a one-word text.
    """
    candidates = predictor.words[:num_words]
    order = np.argsort(-predictor.predict_proba(candidates), axis=0, kind="stable")[:num_shown].T
    return {
        genre: [candidates[index] for index in indices]
        for genre, indices in zip(predictor.genres, order, strict=True)
    }


def occlusion_attributions(predictor: Predictor, text: str) -> dict[str, np.ndarray]:
    """Return for each known word of ``text`` what it adds to every genre, float64 (genres,).

    That is how far the genre's log-odds fall when all occurrences of the word are removed. An
    encoder's attributions are limited to the ``ENCODER_WORDS`` rarest words of the text.
    """
    pieces = split_pieces(text)
    rank = {word: number for number, word in enumerate(predictor.words)}
    words = [word for word in dict.fromkeys(word for _, word in pieces) if word in rank]
    if predictor.reads_subwords:
        rarest = sorted(words, key=rank.__getitem__)[-ENCODER_WORDS:]
        words = [word for word in words if word in rarest]
    # punctuation and case stay: an encoder reads them
    occluded = ["".join(piece for piece, other in pieces if other != word) for word in words]
    logits = log_odds(predictor.predict_proba([text, *occluded]))
    return dict(zip(words, logits[0] - logits[1:], strict=True))


def log_odds(probabilities: np.ndarray) -> np.ndarray:
    """Return log(p / (1 - p)), with p clipped to [1e-6, 1 - 1e-6]."""
    clipped = np.clip(probabilities.astype(float), 1e-6, 1 - 1e-6)
    logits: np.ndarray = np.log(clipped / (1 - clipped))
    return logits
