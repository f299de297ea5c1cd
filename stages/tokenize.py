"""Turns descriptions into word indexes; the vocabulary comes from training rows alone."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from stages.files import DATA, replacing
from stages.params import Params
from stages.runner import run
from stages.text import Words, fit_vocabulary, split_words


def main(params: Params) -> None:
    """Write data/vocabulary.txt, and data/tokens.npz for training and validation rows alike."""
    films = pq.read_table(DATA / "balanced.parquet", columns=["text", "fold", "label", "labels"])
    validation = pc.equal(films["fold"], "validation").to_numpy()
    words = split_words(text.as_py() for text in films["text"])
    training = Words(words.distinct, words.rows.take(np.flatnonzero(~validation)))
    vocabulary = fit_vocabulary(training, params.tokenize.max_words, params.tokenize.ngrams)
    rows = vocabulary.encode_words(words)
    vocabulary.write(DATA / "vocabulary.txt")
    arrays = {"ids": rows.ids, "offsets": rows.offsets, "validation": validation, **targets(films)}
    with replacing(DATA / "tokens.npz") as temporary, temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    print(
        f"tokenize: {len(rows)} descriptions, {len(rows.ids)} indexes of {len(vocabulary.words) - 1} words"
    )


def targets(films: pa.Table) -> dict[str, np.ndarray]:
    """Return ``genres`` (sorted names), ``label`` (int16 indexes) and ``labels`` (rows x genres)."""
    lists = films["labels"].combine_chunks()
    genres = np.array(sorted(pc.unique(lists.flatten()).to_pylist()))
    labels = np.zeros((len(films), len(genres)), bool)
    labels[pc.list_parent_indices(lists), np.searchsorted(genres, lists.flatten())] = True
    label = np.searchsorted(genres, films["label"]).astype(np.int16)
    return {"genres": genres, "label": label, "labels": labels}


if __name__ == "__main__":
    run(main)
