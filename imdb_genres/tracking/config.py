"""Where the store is: never inside a folder that DVC removes; and why it does not answer."""

import os
import re

from imdb_genres.dvc_repo.root import repository_root


def tracking_uri() -> str:
    """Return MLFLOW_TRACKING_URI, or the repository's own sqlite file.

    A relative sqlite path counts from the repository, not from the folder that a stage runs in:
    DVC's temporary workspaces are removed.
    """
    uri = os.environ.get("MLFLOW_TRACKING_URI") or "sqlite:///mlflow.db"
    relative = re.fullmatch(r"sqlite:///([^/].*)", uri)
    return f"sqlite:///{repository_root() / relative[1]}" if relative else uri


def shown_uri() -> str:
    """Return the store's address for a message: without user and password."""
    return re.sub("(?<=//)[^/@]*@", "", tracking_uri())


def artifact_root() -> str:
    """Return where artifacts lie, unless a server has its own place."""
    return (repository_root() / "mlartifacts").as_uri()


def reason(error: BaseException) -> str:
    """Return what began it all: a refused connection, where MLflow tells of its retries."""
    while inner := error.__cause__ or error.__context__:
        error = inner
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
