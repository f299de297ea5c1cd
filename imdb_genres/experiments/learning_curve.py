"""Learning curve: the primary metric by the number of training descriptions.

The train stage itself trains the network, in a temporary folder with a part of the training rows; the
vocabulary stays that of all rows. The scores of every size are cached in .dvc/tmp.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from imdb_genres.dvc_repo.fingerprint import fingerprint
from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.errors import UserError
from imdb_genres.evaluation.baselines import LOGISTIC
from imdb_genres.evaluation.bootstrap import bootstrap_scores, percentile_interval
from imdb_genres.evaluation.evaluator import predict
from imdb_genres.evaluation.metrics import Truth, expected_balanced_accuracy
from imdb_genres.evaluation.predictions import ground_truth
from imdb_genres.evaluation.tables import MODEL_METHOD
from imdb_genres.hashing import dvc_md5, short_hash
from imdb_genres.inference.predictor import Predictor
from imdb_genres.io.atomic import write_json
from imdb_genres.io.npz import write_arrays
from imdb_genres.params.schema import Params
from imdb_genres.paths import DATA, MODEL
from imdb_genres.text.ragged import RaggedArray

FRACTIONS = (1 / 8, 1 / 4, 1 / 2, 3 / 4, 1.0)
FILMS, BALANCED = DATA / "split.parquet", DATA / "balanced.parquet"
TOKENS, VOCABULARY = DATA / "tokens.npz", DATA / "vocabulary.txt"
CODE = ("dvc.yaml", "sources.yaml", "stages", "imdb_genres")  # needed by the train stage
Predict = Callable[[Iterable[str]], np.ndarray]  # texts -> indices of their predicted genres


def learning_curve(params: Params, say: Callable[[str], object]) -> pd.DataFrame:
    """Return a row for each method and size: method, descriptions, value, low, high.

    Trains the sizes that are not cached; ``say`` prints the progress. Raises UserError for an
    architecture with an encoder.
    """
    if params.train.reads_subwords():
        raise UserError(
            f"a learning curve cannot train the architecture {params.train.architecture}, which "
            "has an encoder: leave out --learning-curve"
        )
    cache = repository_root() / ".dvc" / "tmp" / "learning-curve"
    options = f"{params.baselines.max_rows} {params.evaluate.bootstrap_resamples}"
    key = short_hash(fingerprint("train") + dvc_md5(FILMS) + dvc_md5(MODEL) + options)
    points = []
    for fraction in FRACTIONS:
        file = cache / f"{key}-{fraction:.3f}.json"
        if not file.exists():
            say(f"learning curve: training on {fraction:.0%} of the training descriptions")
            write_json(file, measure(params, fraction))
        points += json.loads(file.read_text(encoding="utf-8"))
    return pd.DataFrame(points).sort_values(["method", "descriptions"], kind="stable")


def measure(params: Params, fraction: float) -> list[dict[str, object]]:
    """Return the model's and logistic regression's score after training on ``fraction``."""
    from imdb_genres.evaluation.fit_baselines import logistic_regression, sample_rows

    films = pd.read_parquet(FILMS)
    test = films[films["fold"] == "test"]
    with np.load(TOKENS) as arrays:
        tokens = dict(arrays)
    genres = tokens["genres"].tolist()
    truth = ground_truth(test, genres)
    rows = training_rows(tokens["validation"], fraction, params.seed)
    balanced = pd.read_parquet(BALANCED, columns=["fold", "text", "label"])
    train = balanced[balanced["fold"] == "train"]  # in the order of the training rows of tokens.npz
    positions = np.searchsorted(np.flatnonzero(~tokens["validation"]), rows)
    part = train.iloc[sample_rows(positions, params.baselines.max_rows, params.seed)]
    logistic = logistic_regression(part["text"].to_numpy(), part["label"].to_numpy(), genres)
    methods: dict[str, Predict] = {
        MODEL_METHOD: trained_network(tokens, rows, fraction),
        LOGISTIC: lambda texts: logistic(texts).argmax(axis=1),
    }
    points: list[dict[str, object]] = []
    for name, predict_genre in methods.items():
        scores = score(truth, predict_genre(test["text"]), params)
        points.append({"method": name, "descriptions": len(rows), **scores})
    return points


def score(truth: Truth, predicted: np.ndarray, params: Params) -> dict[str, float]:
    """Return the primary metric with its bootstrap interval."""
    ratio = expected_balanced_accuracy(truth, predicted)
    samples = bootstrap_scores([ratio], params.evaluate.bootstrap_resamples, params.seed)[0]
    low, high = percentile_interval(samples)
    return {"value": round(ratio.score(), 6), "low": round(low, 6), "high": round(high, 6)}


def training_rows(is_validation: np.ndarray, fraction: float, seed: int) -> np.ndarray:
    """Return ``fraction`` of the training rows, sorted; larger fractions include smaller ones."""
    rows = np.random.default_rng(seed).permutation(np.flatnonzero(~is_validation))
    return np.sort(rows[: max(int(len(rows) * fraction), 1)])


def trained_network(tokens: dict[str, np.ndarray], rows: np.ndarray, fraction: float) -> Predict:
    """Return the network of model/, or one trained on the training rows ``rows``."""
    if fraction == 1:
        predictor = Predictor.load(MODEL)
    else:
        with tempfile.TemporaryDirectory() as folder:
            predictor = train_in(Path(folder), tokens, rows)
    return lambda texts: predict(predictor, texts).predicted


def train_in(folder: Path, tokens: dict[str, np.ndarray], rows: np.ndarray) -> Predictor:
    """Run the train stage in ``folder`` and return its model."""
    root = repository_root()
    (folder / ".dvc").mkdir()
    (folder / "data").mkdir()
    for name in CODE:
        (folder / name).symlink_to(root / name)
    for name in ("params.yaml", str(VOCABULARY)):
        (folder / name).write_bytes((root / name).read_bytes())
    kept = np.sort(np.concatenate([rows, np.flatnonzero(tokens["validation"])]))
    write_arrays(folder / TOKENS, **subset(tokens, kept))
    command = [sys.executable, "-m", "stages.train"]
    environment = os.environ | {"TRACKING": "off"}
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if result.returncode:
        raise UserError(f"training on {len(rows)} descriptions failed: {result.stderr.strip()}")
    return Predictor.load(folder / MODEL)


def subset(tokens: dict[str, np.ndarray], rows: np.ndarray) -> dict[str, np.ndarray]:
    """Return the arrays of tokens.npz with the given rows only."""
    selected = RaggedArray(tokens["ids"], tokens["offsets"]).take(rows)
    return {
        **tokens,
        **{name: tokens[name][rows] for name in ("label", "labels", "validation")},
        "ids": selected.ids,
        "offsets": selected.offsets.astype(tokens["offsets"].dtype),
    }
