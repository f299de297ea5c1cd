"""Chooses trials with Optuna, in rounds.

A round asks Optuna for ``at_once`` trials, runs them, and reports their scores in order. Its sampler
is seeded with the search's seed and the round's number, so the trials do not depend on the number of
workers, their speed, or interruptions.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import optuna

from imdb_genres.errors import UserError
from imdb_genres.params.search import Dimension, Search
from imdb_genres.params.searchable import number_types
from imdb_genres.search.trial_log import TrialLog
from imdb_genres.search.trial_result import Trial, TrialResult

Runner = Callable[[list[Trial]], Iterable[TrialResult]]  # yields results as they finish


def search(
    settings: Search, starts: Iterable[dict[str, Any]], run_trials: Runner, log: TrialLog
) -> Iterator[TrialResult]:
    """Run a search; yield every result once, also those that the log has.

    The first trials have the parameters ``starts``, as far as these lie in the space. ``run_trials``
    runs the trials that the log lacks.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(direction="maximize")
    for start in starts:
        if point := starting_point(settings, start):
            study.enqueue_trial(point)
    for number in range(0, settings.trials, settings.at_once):
        study.sampler = _sampler(settings.seed, number // settings.at_once)
        trials = [_ask(study, settings) for _ in range(settings.at_once)]
        trials = trials[: settings.trials - number]
        yield from _finish(trials, run_trials, log)
        for trial in trials:
            study.tell(trial.number, log.results[trial.number].score)


def _ask(study: optuna.Study, settings: Search) -> Trial:
    trial = study.ask()
    return Trial(trial.number, suggest(trial, settings))


def _finish(trials: list[Trial], run_trials: Runner, log: TrialLog) -> Iterator[TrialResult]:
    """Yield the results of ``trials``: those of the log first, the others as they finish."""
    for number, params in trials:
        known = log.results.get(number)
        if known and known.params != params:
            raise UserError(
                f"trial {number} in {log.path} has other parameters than this search chooses: "
                "the file was edited; remove it to start again"
            )
        if known:
            yield known
    missing = [trial for trial in trials if trial.number not in log.results]
    for result in run_trials(missing) if missing else ():
        log.add(result)
        yield result


def _sampler(seed: int, number: int) -> optuna.samplers.BaseSampler:
    state = int(np.random.SeedSequence([seed, number]).generate_state(1)[0])
    return optuna.samplers.TPESampler(seed=state, constant_liar=True)


def suggest(trial: optuna.Trial, settings: Search) -> dict[str, Any]:
    """Return the values that ``trial`` tries, without parameters whose ``when`` is not met."""
    values: dict[str, Any] = {}
    for name, dimension in settings.space.items():
        if dimension.applies(values):
            values[name] = _suggest(trial, name, dimension)
    return values


def _suggest(trial: optuna.Trial, name: str, dimension: Dimension) -> Any:
    if dimension.choices:
        texts = [json.dumps(choice) for choice in dimension.choices]  # Optuna takes no lists
        return json.loads(trial.suggest_categorical(name, texts))
    low, high = dimension.ends()
    if float not in number_types(name):
        return trial.suggest_int(name, low, high, log=dimension.log)
    value = trial.suggest_float(name, low, high, log=dimension.log)
    return min(max(float(f"{value:.4g}"), low), high)  # easier to read


def starting_point(settings: Search, start: dict[str, Any]) -> dict[str, Any] | None:
    """Return a recipe's values ``start`` in Optuna's form; None if outside the space."""
    values: dict[str, Any] = {}
    point: dict[str, Any] = {}
    for name, dimension in settings.space.items():
        if not dimension.applies(values):
            continue
        values[name] = value = start.get(name)
        if not dimension.contains(value):
            return None
        point[name] = json.dumps(value) if dimension.choices else value
    return point
