"""Lists the store's runs without MLflow's types."""

from typing import NamedTuple


class StoredRun(NamedTuple):
    """A run as the store holds it."""

    run_id: str
    name: str
    status: str
    started: int  # milliseconds
    params: dict[str, str]
    metrics: dict[str, float]
    tags: dict[str, str]


def list_runs(experiment: str) -> list[StoredRun]:
    """Return the runs of an MLflow experiment, newest first; none where there is no store."""
    from imdb_genres.tracking.store import open_existing_client

    client = open_existing_client()
    found = client.get_experiment_by_name(experiment) if client else None
    if client is None or found is None:
        return []
    runs: list[StoredRun] = []
    token = None
    while True:
        page = client.search_runs(
            [found.experiment_id],
            max_results=1000,
            order_by=["attributes.start_time DESC"],
            page_token=token,
        )
        runs += [
            StoredRun(
                run.info.run_id,
                run.info.run_name,
                run.info.status,
                run.info.start_time,
                run.data.params,
                run.data.metrics,
                run.data.tags,
            )
            for run in page
        ]
        token = page.token
        if not token:
            return runs
