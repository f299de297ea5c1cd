"""Runs a search from a recipe to its finished trials."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from imdb_genres.params.schema import check_params
from imdb_genres.params.search import Search
from imdb_genres.progress import progress_bar
from imdb_genres.search.dvc_experiments import prepare_films
from imdb_genres.search.films import read_films
from imdb_genres.search.rounds import Runner, search
from imdb_genres.search.tracked_trials import track_trials
from imdb_genres.search.trial import RunTrial
from imdb_genres.search.trial_log import open_trial_log, search_key
from imdb_genres.search.trial_result import TrialResult, best_result
from imdb_genres.search.workers import TrialFunction
from imdb_genres.tracking.record import flatten

Workers = Callable[[TrialFunction], AbstractContextManager[Runner]]  # process_pool or ray_cluster


def run_search(
    name: str,
    settings: Search,
    values: dict[str, Any],
    try_first: list[dict[str, Any]],
    changes: dict[str, Any],
    start_workers: Workers,
) -> list[TrialResult]:
    """Return the results of all trials of recipe ``name``; a bar shows the best score so far.

    ``values``: the recipe's nested parameters; ``try_first``: those of the recipes in
    ``search.try_first``; ``changes``: overrides of the workspace's params.yaml, by dotted name.
    """
    params = check_params(values)
    with prepare_films(name, changes) as path:
        films = read_films(path, params.split, params.seed, settings.folds)
        starts = [flatten(each) for each in (values, *try_first)]
        key = search_key(settings, values, starts, path)
    results: list[TrialResult] = []
    tracked = True
    with (
        open_trial_log(name, key) as log,
        start_workers(RunTrial(films, values, settings)) as run_trials,
        progress_bar(total=settings.trials, desc="trials", unit="trial") as bar,
    ):
        for result in search(settings, starts, run_trials, log):
            results.append(result)
            bar.update()
            bar.set_postfix(best=f"{best_result(results).score:.4f}")
            if tracked and len(results) % settings.at_once == 0:
                tracked = track_trials(name, key, results, finished=False)
        track_trials(name, key, results, finished=True)
    return results
