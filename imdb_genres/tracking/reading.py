"""Reads back what a run recorded."""

from pathlib import Path

from imdb_genres.tracking.store import open_store, store_lock


def read_artifact(name: str, artifact: str, folder: Path) -> tuple[dict[str, str], Path] | None:
    """Copy ``artifact`` of the run of this id or name into ``folder``; None if there is none.

    Of several runs of a name the newest counts that has it. Returns the run's parameters too.
    """
    with store_lock():
        store = open_store()
    for run in store.search():
        if name in (run.info.run_id, run.info.run_name):
            listed = store.client.list_artifacts(run.info.run_id, artifact.rpartition("/")[0])
            if artifact in [entry.path for entry in listed]:
                local = store.client.download_artifacts(run.info.run_id, artifact, str(folder))
                return run.data.params, Path(local)
    return None
