"""Decides whether a model knows enough words of a text to predict its genre.

For a text without known words, a network predicts its prior; for one in another language, noise.
"""

from collections.abc import Set

import numpy as np

from imdb_genres.text.tokenizer import tokenize_texts

NUM_FREQUENT = 50  # in every language nearly all of them are function words
# Of 871 English test texts and 4,888 snippets of ten words, `best` (19,999 words) refuses none and
# the default (1,499 words) 1 and 17; both refuse German, French, Spanish, Italian, Dutch and Russian
MIN_KNOWN = 0.5
MIN_FREQUENT = 0.1
# English ones, in addition to the most frequent words of the training texts
FUNCTION_WORDS = frozenset(
    """
    a about above after again against all also although am an and another any are around as at be
    because been before being below between both but by can could did do does doing down during
    each either else ever every for from further had has have having he her here hers herself him
    himself his how however i if in into is it its itself just may me might more most must my
    myself neither no nor not now of off on once only or other our ours ourselves out over own
    same she should since so some still such than that the their theirs them themselves then there
    these they this those though through to too under until up upon us very was we were what when
    where whether which while who whom whose why will with within without would yet you your yours
    yourself yourselves
    """.split()  # noqa: SIM905  (a list of literals would be a line each)
)


class Familiarity:
    """Which words of a text a model knows; ``words`` are the training texts', most frequent first."""

    def __init__(self, words: list[str], known: Set[str]) -> None:
        self.known = known
        self._frequent = frozenset(words[:NUM_FREQUENT])
        # in a small vocabulary the most frequent words are not all function words
        self.common = FUNCTION_WORDS | frozenset(words[: min(NUM_FREQUENT, len(words) // 20)])

    def kind(self, word: str) -> str:
        """Return whether a word is ``common``, ``known`` to the model, or ``unknown``."""
        if word not in self.known:
            return "unknown"
        return "common" if word in self.common else "known"

    def explain_refusals(self, texts: list[str]) -> list[str | None]:
        """Return for each text why the model cannot tell its genre, or None if it can."""
        tokens = tokenize_texts(texts)
        flags = np.array(
            [(True, word in self.known, word in self._frequent) for word in tokens.types], int
        )
        counts = np.concatenate(
            [_sum_rows(flags[chunk.ids], chunk.offsets) for chunk in tokens.chunks]
        )
        return [
            _explain_refusal(text, *row) for text, row in zip(texts, counts.tolist(), strict=True)
        ]


def _sum_rows(values: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Return (rows, columns): the sum of ``values`` in each row ``offsets[r]:offsets[r + 1]``."""
    total = np.zeros((len(values) + 1, values.shape[1]), values.dtype)
    np.cumsum(values, axis=0, out=total[1:])
    sums: np.ndarray = total[offsets[1:]] - total[offsets[:-1]]
    return sums


def _explain_refusal(text: str, num_words: int, num_known: int, num_frequent: int) -> str | None:
    if num_words == 0:
        return "the text has no words" if text.strip() else "the text is empty"
    if num_known == 0:
        return "the model knows none of the text's words"
    if num_known < MIN_KNOWN * num_words and num_frequent < MIN_FREQUENT * num_words:
        return (
            f"the model knows {num_known} of the text's {num_words} words, few of them frequent ones; "
            "it may not be in the language of the training texts"
        )
    return None
