"""How fast the post's network learns, and in how much memory, compared with others on the same rows.

``python -m benchmarks.train [--texts 36000] [--rounds 3]``: each run is a fresh process; speed is
that of the faster of the second and third epoch, memory what comes on top of the imports.
"""

import argparse
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import psutil

from benchmarks.corpus import make_films
from benchmarks.measure import read_output
from imdb_genres.params.schema import read_params
from imdb_genres.params.training import Train
from imdb_genres.text.fit_vocabulary import fit_vocabulary
from imdb_genres.text.ragged import RaggedArray
from imdb_genres.text.tokenizer import tokenize_texts
from imdb_genres.text.vocabulary import Vocabulary
from imdb_genres.training.dataset import TokenizedDataset

GENRES, BATCH, EPOCHS = 9, 64, 3
Epoch = Callable[[], Any]


def main() -> None:
    """Print the table, or in a process of its own one contender's figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=36_000)
    parser.add_argument("--rounds", type=int, default=3, help="runs of each, of which the median")
    parser.add_argument("--only", nargs="*", default=list(CONTENDERS), help="names of contenders")
    parser.add_argument("--contender", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.contender:
        print(json.dumps(measure(options.contender, options.folder)))
        return
    with TemporaryDirectory() as folder:
        write_rows(Path(folder), options.texts)
        runs = [run(name, folder) for _ in range(options.rounds) for name in options.only]
    print(table(runs, options.only))


def write_rows(folder: Path, texts: int) -> None:
    """Write the vocabulary and word indexes of benchmark texts, and a genre for each."""
    words = tokenize_texts(text for text, _ in make_films(texts, seed=1))
    vocabulary = fit_vocabulary(words, read_params().tokenize.max_words)
    rows = vocabulary.encode_words(words)
    vocabulary.write(folder / "vocabulary.txt")
    label = np.random.default_rng(1).integers(0, GENRES, texts)
    np.savez(folder / "rows.npz", ids=rows.ids, offsets=rows.offsets, label=label)


def run(contender: str, folder: str) -> dict[str, Any]:
    """Measure one contender in a fresh process."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.train",
        "--contender",
        contender,
        "--folder",
        folder,
    ]
    return {"contender": contender, **json.loads(read_output(command).splitlines()[-1])}


def measure(contender: str, folder: Path) -> dict[str, float]:
    """Return samples a second, by the clock and by CPU time, and MB on top of the imports."""
    prepare, imports = CONTENDERS[contender]
    for module in imports:
        __import__(module)
    base = psutil.Process().memory_info().rss
    with np.load(folder / "rows.npz") as file:
        rows, label = RaggedArray(file["ids"], file["offsets"]), file["label"]
    epoch = prepare(rows, Vocabulary.read(folder / "vocabulary.txt"), label)
    seconds = []
    for _ in range(EPOCHS):
        start = time.perf_counter(), time.process_time()
        epoch()
        seconds.append((time.perf_counter() - start[0], time.process_time() - start[1]))
    wall, cpu = map(min, zip(*seconds[1:], strict=True))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"speed": len(rows) / wall, "cpu": len(rows) / cpu, "memory": (peak - base) / 1e6}


def settings(**changes: Any) -> Train:
    """Return the post's network's parameters."""
    return read_params().train.model_copy(update=changes)


def ours(threads: int) -> Callable[[RaggedArray, Vocabulary, np.ndarray], Epoch]:
    """Return the train stage's way, on so many threads."""

    def prepare(rows: RaggedArray, vocabulary: Vocabulary, label: np.ndarray) -> Epoch:
        from imdb_genres.networks.keras_backend import configure
        from imdb_genres.training.fit import make_trainer

        configure(settings(threads=threads))
        labels = np.eye(GENRES, dtype=bool)[label]
        nobody = np.zeros(len(label), bool)
        dataset = TokenizedDataset(vocabulary, rows, [""] * GENRES, label, labels, nobody)
        trainer = make_trainer(dataset, settings(), seed=1)
        return lambda: trainer.train_epoch(np.random.permutation(len(rows)), BATCH)

    return prepare


def keras_fit(steps: int, threads: int | None = None) -> Callable[..., Epoch]:
    """Return Keras's ``fit`` on the dense matrix, with ``steps`` to a call of the graph.

    It has all of TensorFlow's ``threads``, or so many.
    """

    def prepare(rows: RaggedArray, vocabulary: Vocabulary, label: np.ndarray) -> Epoch:
        from imdb_genres.networks.keras_backend import configure, keras
        from imdb_genres.text.vectorizer import to_matrix

        if threads:
            configure(settings(threads=threads))
        network = keras.Sequential([keras.Input((len(vocabulary.words),))])
        for units, dropout, l1 in zip(
            settings().units, settings().dropout, settings().l1, strict=True
        ):
            penalty = keras.regularizers.L1(l1) if l1 else None
            network.add(keras.layers.Dense(units, "relu", kernel_regularizer=penalty))
            network.add(keras.layers.Dropout(dropout))
        network.add(keras.layers.Dense(GENRES, "softmax"))
        network.compile(
            "adam", "categorical_crossentropy", metrics=["accuracy"], steps_per_execution=steps
        )
        matrix = to_matrix(rows, vocabulary, "binary").toarray()
        targets = np.eye(GENRES, dtype=np.float32)[label]
        return lambda: network.fit(matrix, targets, BATCH, verbose=0)

    return prepare


def scikit_learn(rows: RaggedArray, vocabulary: Vocabulary, label: np.ndarray) -> Epoch:
    """Return scikit-learn's perceptron on the sparse matrix; it has no dropout."""
    from sklearn.neural_network import MLPClassifier

    from imdb_genres.text.vectorizer import to_matrix

    network = MLPClassifier(tuple(settings().units), batch_size=BATCH, random_state=1)
    matrix = to_matrix(rows, vocabulary, "binary")
    return lambda: network.partial_fit(matrix, label, classes=np.arange(GENRES))


CONTENDERS: dict[str, tuple[Callable[[RaggedArray, Vocabulary, np.ndarray], Epoch], list[str]]] = {
    "Keras fit, dense": (keras_fit(1), ["imdb_genres.networks.keras_backend"]),
    "Keras fit, dense, 16 steps a call": (keras_fit(16), ["imdb_genres.networks.keras_backend"]),
    "Keras fit, dense, 1 thread": (keras_fit(1, threads=1), ["imdb_genres.networks.keras_backend"]),
    "scikit-learn MLPClassifier": (scikit_learn, ["sklearn.neural_network"]),
    "train stage, 1 thread": (ours(1), ["imdb_genres.training.fit"]),
    "train stage, 2 threads": (ours(2), ["imdb_genres.training.fit"]),
}


def table(runs: list[dict[str, Any]], contenders: list[str]) -> str:
    """Return the medians in Markdown; ratios are to the first contender."""
    lines = [
        "| | samples/s | ratio | samples/CPU s | ratio | MB beyond imports |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    medians = {
        name: [
            statistics.median(run[key] for run in runs if run["contender"] == name)
            for key in ("speed", "cpu", "memory")
        ]
        for name in contenders
    }
    first = medians[contenders[0]]
    for name, (speed, cpu, memory) in medians.items():
        lines.append(
            f"| {name} | {speed:,.0f} | {speed / first[0]:.2f} | {cpu:,.0f} "
            f"| {cpu / first[1]:.2f} | {memory:,.0f} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
