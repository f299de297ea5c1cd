"""Compares experiments on the films that both were tested on."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from imdb_genres.errors import UserError
from imdb_genres.evaluation.bootstrap import (
    SIGN_FLIP_SEED,
    Difference,
    bootstrap_scores,
    difference,
    percentile_interval,
)
from imdb_genres.evaluation.experiment_result import Result, incompatibility
from imdb_genres.evaluation.metrics import PRIMARY_METRIC, Ratio
from imdb_genres.evaluation.tables import humanize

RESAMPLES = 1000  # if a result's parameters do not say


def group_by_seed(results: Iterable[Result]) -> list[list[Result]]:
    """Return the results in groups that differ in the seed only, in order.

    Results with equal parameters, from other code or data, are in different groups.
    """
    groups: dict[tuple[str, int], list[Result]] = {}
    repeated: Counter[str] = Counter()
    for result in results:
        params = json.dumps(result.params)
        without_seed = json.dumps({**result.params, "seed": None})
        groups.setdefault((without_seed, repeated[params]), []).append(result)
        repeated[params] += 1
    return list(groups.values())


def group_name(group: list[Result]) -> str:
    """Return the name of a group's first result, and its number of other seeds."""
    name = group[0].name
    return name if len(group) == 1 else f"{name} and {len(group) - 1} more of other seeds"


def score_lines(groups: list[list[Result]]) -> str:
    """Return a table of the primary metric: mean over seeds, interval, standard deviation."""
    rows = {}
    for group in groups:
        scores = [result.primary.score() for result in group]
        low, high = score_interval(group)
        deviation = f"{np.std(scores, ddof=1):.3f}" if len(group) > 1 else ""
        rows[group_name(group)] = f"{np.mean(scores):.3f}", f"{low:.3f}-{high:.3f}", deviation
    columns = [humanize(PRIMARY_METRIC), "95 % interval", "deviation over seeds"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return table.to_string(justify="left")


def score_interval(group: list[Result]) -> tuple[float, float]:
    """Return the 95 % interval of the mean score; for one result, the one that evaluate wrote."""
    params = group[0].params
    resamples = int(params.get("evaluate.bootstrap_resamples", RESAMPLES))
    ratios = align_to_films(group, all_films(group))
    scores = bootstrap_scores(ratios, resamples, int(params.get("seed", SIGN_FLIP_SEED)))
    return percentile_interval(scores.mean(axis=0))


def compare(first: list[Result], second: list[Result]) -> Difference:
    """Return how much better ``second`` is; results with the same test films are paired.

    Raises UserError if a result is comparable with none of the other group.
    """
    pairs = [(one, other) for one in first for other in second if not incompatibility(one, other)]
    for group, others in ((first, second), (second, first)):
        for result in group:
            if all(incompatibility(result, other) for other in others):
                raise UserError(no_counterpart(result, others[0]))
    films = all_films([*first, *second])
    firsts, seconds = zip(*pairs, strict=True)
    return difference(align_to_films(firsts, films), align_to_films(seconds, films), SIGN_FLIP_SEED)


def no_counterpart(result: Result, other: Result) -> str:
    """Return why ``result`` cannot be compared with results like ``other``."""
    return (
        f"{result.name} and {other.name} cannot be compared: {incompatibility(result, other)}. "
        "Compare experiments with the same corpus, label, split and seed"
    )


def all_films(results: Sequence[Result]) -> pd.Index:
    """Return the union of the films of ``results``."""
    return results[0].films.append([result.films for result in results[1:]]).unique()


def align_to_films(results: Sequence[Result], films: pd.Index) -> list[Ratio]:
    """Return the primary metrics with one row per film; zeros for films that a result lacks."""
    ratios = []
    for result in results:
        numerator, denominator = np.zeros((2, len(films), len(result.genres)))
        positions = films.get_indexer(result.films)
        numerator[positions], denominator[positions] = result.primary
        ratios.append(Ratio(numerator, denominator))
    return ratios
