"""Subword tokens of a pretrained encoder, from the tokenizer that comes with its weights."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from imdb_genres.errors import UserError
from imdb_genres.text.ragged import RaggedArray, concatenate, lengths_to_offsets
from imdb_genres.text.tokenizer import BATCH_CHARACTERS, batch_texts

if TYPE_CHECKING:
    from tokenizers import Tokenizer

TOKENIZER = "tokenizer.json"
PADDING, START, END = "[PAD]", "[CLS]", "[SEP]"
CONTINUATION = "##"  # prefix of a subword that continues a word
INSTALL = "install the extra `encoder`: `make setup`, or `pip install 'imdb-genres[encoder]'`"


class SubwordTokenizer:
    """Texts -> subword ids, by Hugging Face's ``tokenizers`` and a tokenizer.json.

    ``start`` and ``end`` are the ids that begin and end each chunk of a text.
    """

    def __init__(self, tokenizer: "Tokenizer") -> None:
        self._tokenizer = tokenizer
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self.start, self.end = special_id(tokenizer, START), special_id(tokenizer, END)

    @classmethod
    def read(cls, folder: Path) -> "SubwordTokenizer":
        """Read tokenizer.json; raise UserError if it is unreadable or not BERT's."""
        try:
            from tokenizers import Tokenizer
        except ImportError:
            raise UserError(f"an encoder needs the package tokenizers: {INSTALL}") from None
        path = folder / TOKENIZER
        if not path.exists():
            raise UserError(f"{path} is missing: it comes with the encoder's weights")
        try:
            tokenizer = Tokenizer.from_file(str(path))
        except Exception as error:  # the library raises nothing more specific
            raise UserError(f"{path} is not a Hugging Face tokenizer ({error})") from None
        if tokenizer.token_to_id(PADDING) != 0:
            raise UserError(f"{path}: expected BERT's special tokens, {PADDING} with the id 0")
        return cls(tokenizer)

    def whole_words(self) -> set[str]:
        """Return the words that the tokenizer does not split."""
        return {word for word in self._tokenizer.get_vocab() if not word.startswith(CONTINUATION)}

    def encode(self, texts: Iterable[str]) -> RaggedArray:
        """Return the ids of all subwords of each text, without special tokens, uint16 or int32."""
        batches = batch_texts(texts, BATCH_CHARACTERS)
        return concatenate([self._encode(batch) for batch in batches] or [self._encode([])])

    def _encode(self, texts: list[str]) -> RaggedArray:
        encodings = self._tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        ids = [encoding.ids for encoding in encodings]
        dtype = np.uint16 if self._tokenizer.get_vocab_size() <= 2**16 else np.int32
        flat = np.concatenate([np.empty(0, dtype), *(np.array(row, dtype) for row in ids)])
        return RaggedArray(flat, lengths_to_offsets(np.array([len(row) for row in ids], np.int64)))


def special_id(tokenizer: "Tokenizer", token: str) -> int:
    """Return the id of a special token; raise UserError if the tokenizer has none."""
    number = tokenizer.token_to_id(token)
    if number is None:
        raise UserError(f"{TOKENIZER}: expected BERT's special tokens, but {token} is missing")
    return number


def to_chunks(rows: RaggedArray, chunks: int, length: int, start: int, end: int) -> np.ndarray:
    """Return int32 (rows, chunks, length): each text's first subwords, in chunks, padded with 0.

    A chunk holds ``length - 2`` subwords between ``start`` and ``end``. A text without subwords has
    one chunk with nothing between them; other chunks without subwords are all padding.
    """
    inner = length - 2
    lengths = np.minimum(np.diff(rows.offsets), chunks * inner)
    position = np.arange(chunks * inner)
    filled = position < lengths[:, None]
    subwords = np.zeros((len(rows), chunks * inner), np.int32)
    subwords[filled] = rows.ids[(rows.offsets[:-1, None] + position)[filled]]
    chunk_lengths = np.clip(lengths[:, None] - inner * np.arange(chunks), 0, inner)
    used = chunk_lengths > 0
    used[:, 0] = True
    result = np.zeros((len(rows), chunks, length), np.int32)
    result[:, :, 1:-1] = subwords.reshape(len(rows), chunks, inner)
    result[:, :, 0] = start * used
    row, chunk = np.nonzero(used)
    result[row, chunk, chunk_lengths[row, chunk] + 1] = end
    return result
