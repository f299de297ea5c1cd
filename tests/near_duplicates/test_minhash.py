"""MinHash agrees with the reference implementation, and with the texts' similarity."""

from collections.abc import Iterable

import numpy as np
import pytest
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st

from imdb_genres.near_duplicates import minhash
from imdb_genres.near_duplicates.minhash import (
    INCREMENTS,
    MULTIPLIERS,
    NUM_PERM,
    compute_signatures,
    hash_shingles,
    min_hashes,
)
from imdb_genres.text.ragged import RaggedArray, lengths_to_offsets


def signatures(texts: Iterable[str]) -> np.ndarray:
    return np.concatenate(list(compute_signatures(texts)))


hashes = st.lists(st.lists(st.integers(0, 2**32 - 1), max_size=8), min_size=1, max_size=6)


def rows_of(lists: list[list[int]], dtype: type = np.uint32) -> RaggedArray:
    flat: np.ndarray = np.array([number for row in lists for number in row], dtype)
    return RaggedArray(flat, lengths_to_offsets(np.array([len(row) for row in lists])))


@settings(max_examples=30)
@given(hashes)
def test_min_hashes_are_the_references(lists: list[list[int]]) -> None:
    reference = MinHash.generator(
        lists,
        permutations=(MULTIPLIERS, INCREMENTS),
        hashfunc=int,
        scheme="affine32",
        num_perm=NUM_PERM,
    )
    assert min_hashes(rows_of(lists)).tolist() == [
        sketch.hashvalues.tolist() for sketch in reference
    ]


@given(st.lists(st.lists(st.integers(0, 5), max_size=6), min_size=1, max_size=5))
def test_shingles_are_runs_of_three_words_of_one_row(lists: list[list[int]]) -> None:
    words = np.array([11, 22, 33, 44, 55, 66], np.uint32)
    found = hash_shingles(rows_of(lists, np.int32), words)
    for row, numbers in enumerate(lists):
        runs = [numbers[at : at + 3] for at in range(max(1, len(numbers) - 2))] if numbers else []
        alone = [hash_shingles(rows_of([run], np.int32), words).ids[0] for run in runs]
        assert found.ids[found.offsets[row] : found.offsets[row + 1]].tolist() == alone


def test_other_shingles_have_other_hashes() -> None:
    runs = [[a, b, c] for a in range(20) for b in range(20) for c in range(20)]
    words = np.arange(1, 21, dtype=np.uint32)
    assert len(set(hash_shingles(rows_of(runs, np.int32), words).ids)) >= len(runs) - 1


@pytest.mark.parametrize("shared", [0.0, 0.2, 0.5, 0.8, 1.0])
def test_equal_values_estimate_the_similarity_of_texts(shared: float) -> None:
    rng = np.random.default_rng(1)
    agreements = []
    for _ in range(30):
        both, left, right = np.split(rng.permutation(600), 3)
        kept = both[: round(200 * 2 * shared / (1 + shared))]
        pair = [*kept, *left][:200], [*kept, *right][:200]
        first, second = signatures(" ".join(f"a{n} b{n} c{n}" for n in side) for side in pair)
        agreements.append((first == second).mean())
    assert abs(np.mean(agreements) - shared) < 0.04


def test_a_text_has_the_same_signature_next_to_any_other_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = ["A ferry sinks.", "", "Tide", "Nobody swims to the far shore.", "..."]
    together = signatures(texts)
    assert together.shape == (5, NUM_PERM)
    assert together.dtype == np.uint32
    assert all((signatures([text]) == row).all() for text, row in zip(texts, together, strict=True))
    assert (together[1] == together[4]).all()
    monkeypatch.setattr(minhash, "BATCH_CHARACTERS", 10)
    assert (signatures(texts) == together).all()


def test_signatures_are_the_same_on_every_machine() -> None:
    found = signatures(["A ferry sinks, and nobody swims."])
    assert found[0, :3].tolist() == [378406963, 891475171, 1108860999]
