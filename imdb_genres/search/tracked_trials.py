"""A search in MLflow: a parent run, and a child run for each trial.

Trials are written to the trial log first. The process that runs the search adds to the store what it
lacks of them, whenever the store can be reached.
"""

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from imdb_genres.errors import UserError
from imdb_genres.search.trial_result import TrialResult, best_result
from imdb_genres.tracking.record import Record, final_points, history_points, process_tags
from imdb_genres.tracking.spawn import tracking_disabled

if TYPE_CHECKING:
    from imdb_genres.tracking.store import Store

SEARCH, TRIAL = "search.key", "search.trial"  # tags
PARENT, NOTE = "mlflow.parentRunId", "mlflow.note.content"
SCORE = "validation_score"  # not the primary metric's name: that is measured on test films
MAX_COMPARED = 100  # trials on one page of MLflow, whose address lists them


def track_trials(name: str, key: str, results: Sequence[TrialResult], finished: bool) -> bool:
    """Add to the store what it lacks of a search; print why and return False if that fails."""
    if tracking_disabled() or not results:
        return True
    from imdb_genres.registry.tracker import opened_store
    from imdb_genres.tracking.opening import store_lock

    try:
        with opened_store() as store, store_lock():
            _add(store, name, key, sorted(results, key=lambda result: result.number), finished)
    except UserError as error:
        print(
            f"search: {error}. The trials are kept; the same command adds them to MLflow later",
            file=sys.stderr,
        )
        return False
    return True


def _add(
    store: "Store", name: str, key: str, results: Sequence[TrialResult], finished: bool
) -> None:
    runs = {run.data.tags.get(TRIAL): run for run in store.with_tag(SEARCH, key)}
    tags = {SEARCH: key, **process_tags()}  # by which a killed search is recognised
    record = Record(f"{name} (search)", {}, tags, started=_started(results[0]))
    record.points = final_points({"trials": len(results)}, results[-1].ended)
    parent = store.open_run(record, runs.get(None)).id
    ids = []
    for result in results:
        run = runs.get(str(result.number))
        trial_tags = {SEARCH: key, PARENT: parent}
        ids.append(run.info.run_id if run else _add_trial(store, name, trial_tags, result))
    store.client.set_tag(parent, NOTE, _description(store.experiment_id, ids, results))
    if finished:
        store.client.set_terminated(parent, "FINISHED", max(result.ended for result in results))


def _add_trial(store: "Store", name: str, tags: dict[str, str], result: TrialResult) -> str:
    """Create the finished run of a trial; return its id."""
    tags = {**tags, TRIAL: str(result.number)} | ({"error": result.error} if result.error else {})
    params = {key: _text(value) for key, value in result.params.items()}
    record = Record(f"{name} trial {result.number}", params, tags, started=_started(result))
    figures = {"seconds": result.seconds} | ({} if result.error else {SCORE: result.score})
    record.points = history_points(result.history, result.ended)
    record.points += final_points(figures, result.ended)
    run_id: str = store.open_run(record, None).id
    store.client.set_terminated(run_id, "FAILED" if result.error else "FINISHED", result.ended)
    return run_id


def _description(experiment_id: str, ids: list[str], results: Sequence[TrialResult]) -> str:
    from imdb_genres.tracking.ui_links import compare_page

    best = best_result(results)
    ranked = sorted(zip(results, ids, strict=True), key=lambda pair: -pair[0].score)
    page = compare_page(experiment_id, [run_id for _, run_id in ranked[:MAX_COMPARED]])
    return (
        f"{len(results)} trials; the best on validation films is trial {best.number}. Its "
        "validation score is biased upwards, being the maximum over all trials: the experiment of the "
        f"recipe's name has the test score.\n\n[Parallel coordinates: parameters and validation scores of all trials]({page})"
    )


def _started(result: TrialResult) -> int:
    return result.ended - int(result.seconds * 1000)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
