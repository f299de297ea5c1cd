"""Compares our networks with other methods, on the pipeline's own folds and genres, for several seeds.

``python -m benchmarks.peers [--seeds 7 1 2 3 4]`` where `dvc repro parse` has run, on the corpus of
params.yaml; with ``--reference best-large`` for 10,000 training films and more, or with
``--experiment linear-searched`` for the settings that a search has found. Each method
learns from the training films with a few settings, validation films choose one of these, and the
test films are looked at once. ``benchmarks/requirements.txt`` brings fastText; without it, it is left out.
"""

import argparse
import gc
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks.contenders import BEST, CONTENDERS, Contender, experiment_contender
from benchmarks.learners import Films, Scorer
from imdb_genres.evaluation.bootstrap import one_thread
from imdb_genres.evaluation.experiment_result import Result, make_result
from imdb_genres.evaluation.metrics import (
    PRIMARY_METRIC,
    Predictions,
    compute_metrics,
    expected_balanced_accuracy,
)
from imdb_genres.evaluation.predictions import PredictionTable, ground_truth
from imdb_genres.experiments.compare import compare
from imdb_genres.labels import choose_label, count_genre_sets, filter_labels, select_genres
from imdb_genres.model.calibration import apply_thresholds, fit_thresholds
from imdb_genres.near_duplicates.groups import group_films, work_id
from imdb_genres.networks.keras_backend import configure
from imdb_genres.params.schema import Params, read_params
from stages.split import FOLDS, assign_folds

SCORES = [PRIMARY_METRIC, "hit_rate", "labels_jaccard", "labels_micro_f1", "labels_macro_f1"]


class Outcome(NamedTuple):
    """What a method with the setting that validation chose did on the test films of one seed."""

    result: Result
    setting: dict[str, Any]
    scores: dict[str, float]
    cost: dict[str, float]


def main() -> None:
    """Compare, and print the tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[7, 1, 2, 3, 4])
    parser.add_argument("--films", type=Path, default=Path("data/films.parquet"))
    parser.add_argument("--processes", type=int, default=1, help="seeds at the same time")
    parser.add_argument(
        "--only", nargs="+", default=list(CONTENDERS), help="in addition to the reference"
    )
    parser.add_argument("--reference", default=BEST, help="what the others are compared with")
    parser.add_argument("--experiment", nargs="*", default=[], help="DVC's, instead of --reference")
    options = parser.parse_args()
    if "fastText" not in CONTENDERS:
        print("fastText is left out: pip install --no-deps -r benchmarks/requirements.txt\n")
    experiments = {name: experiment_contender(name) for name in options.experiment}
    names = dict.fromkeys([*(options.experiment or [options.reference]), *options.only])
    params = read_params()
    films = labelled(pd.read_parquet(options.films), params)
    groups = assign_groups(films)
    jobs = [(with_folds(films, groups, params, seed), seed) for seed in options.seeds]
    spawn = get_context("spawn")  # TensorFlow's threads do not survive a fork
    with ProcessPoolExecutor(
        options.processes, spawn, configure, (params.train.model_copy(update={"threads": 1}),)
    ) as pool:
        run = partial(run_seed, names=names, others=experiments)
        outcomes = list(pool.map(run, *zip(*jobs, strict=True)))
    print(table(outcomes), "\n")
    print(settings_table(outcomes, CONTENDERS | experiments))


def labelled(films: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Return the films that have a kept genre, with these as ``labels``, as the label stage does."""
    genres = select_genres(
        count_genre_sets(films.drop_duplicates("film")["genres"]), params.label.min_films
    )
    labels = filter_labels(films["genres"], genres)
    films = films.assign(labels=pd.Series(labels, films.index))
    return films[[bool(listed) for listed in labels]]


def assign_groups(films: pd.DataFrame) -> np.ndarray:
    """Return the group of each film, as the split stage does; unknown years are equal, NaN is not."""
    codes = pd.Categorical(films["film"]).codes.astype(np.int32)
    years = films["year"].fillna(0)
    works = [work_id(title, year) for title, year in zip(films["title"], years, strict=True)]
    return group_films(codes, np.array(works, np.uint64), films["text"])


def with_folds(films: pd.DataFrame, groups: np.ndarray, params: Params, seed: int) -> pd.DataFrame:
    """Add the ``label`` and the ``fold`` that the seed draws for every film."""
    draw = ((labels, film) for labels, film in zip(films["labels"], films["film"], strict=True))
    categories = pd.Categorical(films["film"])
    folds = assign_folds(pa.array(categories.categories), groups, params.split, seed)
    return films.assign(
        label=[choose_label(labels, film, "random", {}, seed) for labels, film in draw],
        fold=np.array(FOLDS)[folds[categories.codes]],
    )


def run_seed(
    films: pd.DataFrame,
    seed: int,
    names: Iterable[str] = CONTENDERS,
    others: Mapping[str, Contender] = {},
) -> dict[str, Outcome]:
    """Return what the contenders ``names`` do on one seed's folds; ``others`` are not in CONTENDERS."""
    genres = sorted(set(films["labels"].explode()))
    tables = [films[films["fold"] == fold] for fold in FOLDS]
    outcomes = {}
    for name in names:
        contender = others.get(name) or CONTENDERS[name]
        outcomes[name] = run_contender(name, contender, tables, genres, seed)
        score = outcomes[name].scores[PRIMARY_METRIC]
        print(f"seed {seed}: {name} {score:.3f} {outcomes[name].setting}", file=sys.stderr)
    return outcomes


def run_contender(
    name: str, contender: Contender, tables: Sequence[pd.DataFrame], genres: list[str], seed: int
) -> Outcome:
    """Fit every setting, choose by the primary metric on validation films, and score it on test films."""
    train, validation, test = (to_films(table, genres) for table in tables)
    truth = ground_truth(tables[1], genres)
    best = -1.0
    for setting in contender.settings:
        learned, spent = timed_fit(contender, train, validation, seed, setting)
        predicted = learned(validation.texts).argmax(axis=1)
        if (score := expected_balanced_accuracy(truth, predicted).score()) > best:
            best, chosen, scorer, cost = score, setting, learned, spent
    thresholds = fit_thresholds(scorer(validation.texts), validation.labels)
    values = scorer(test.texts)
    predictions = Predictions(values, apply_thresholds(values, thresholds))
    measured = compute_metrics(ground_truth(tables[2], genres), predictions)
    result = make_result(
        name, {"seed": str(seed)}, PredictionTable.of(tables[2], predictions, genres)
    )
    return Outcome(result, chosen, {score: measured[score].score() for score in SCORES}, cost)


def to_films(table: pd.DataFrame, genres: list[str]) -> Films:
    """Return the rows of ``table`` as contenders take them."""
    truth = ground_truth(table, genres)
    return Films(table["text"].tolist(), truth.label, truth.labels, genres)


def timed_fit(
    contender: Contender, train: Films, validation: Films, seed: int, setting: dict[str, Any]
) -> tuple[Scorer, dict[str, float]]:
    """Return what was learnt with ``setting``, and the seconds for features and fit, on one thread.

    No method pays for the garbage of the one before, nor for looking through imported modules.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    wall, cpu = time.perf_counter(), time.process_time()
    with one_thread():
        scorer = contender.fit(train, validation, seed, **setting)
    return scorer, {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}


def table(outcomes: Sequence[dict[str, Outcome]]) -> str:
    """Return a line for each contender: means over seeds, and its difference to the first one."""
    reference = next(iter(outcomes[0]))
    headers = [
        *("method", PRIMARY_METRIC.replace("_", " "), f"minus {reference} [95 %]", "hit rate"),
        *("Jaccard", "micro-F1", "macro-F1", "CPU s", "wall s"),
    ]
    lines = [f"| {' | '.join(headers)} |", f"|{'---|' * len(headers)}"]
    ours = [seed[reference].result for seed in outcomes]
    for name in outcomes[0]:
        own = [seed[name] for seed in outcomes]
        scores = pd.DataFrame([outcome.scores for outcome in own])
        cost = pd.DataFrame([outcome.cost for outcome in own]).mean()
        comparison = compare(ours, [outcome.result for outcome in own])
        cells = [
            name,
            mean_and_deviation(scores[PRIMARY_METRIC]),
            ""
            if name == reference
            else f"{comparison.value:+.3f} [{comparison.low:+.3f}, {comparison.high:+.3f}]",
            *(f"{scores[score].mean():.3f}" for score in SCORES[1:]),
            f"{cost['cpu']:.1f}",
            f"{cost['wall']:.1f}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def mean_and_deviation(scores: pd.Series) -> str:
    """Return the mean over seeds, and the standard deviation if there are several."""
    deviation = f" ± {np.std(scores, ddof=1):.3f}" if len(scores) > 1 else ""
    return f"{scores.mean():.3f}{deviation}"


def settings_table(
    outcomes: Sequence[dict[str, Outcome]], contenders: Mapping[str, Contender]
) -> str:
    """Return a line for each contender and setting: how often validation chose it."""
    lines = ["| method | what its settings differ in | chosen for seeds |", "|---|---|---|"]
    for name in outcomes[0]:
        settings = contenders[name].settings
        common = set.intersection(*(set(map(str, s.items())) for s in settings))
        for setting in settings:
            times = sum(seed[name].setting == setting for seed in outcomes)
            words = [
                f"{k.split('.')[-1]} {v}" for k, v in setting.items() if str((k, v)) not in common
            ]
            lines.append(f"| {name} | {', '.join(words)} | {times} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
