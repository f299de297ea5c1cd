"""Where the store is: never in a folder that DVC removes; and no password in any message."""

import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.errors import UserError, root_cause

SQLITE = "sqlite:///"


def tracking_uri() -> str:
    """Return MLFLOW_TRACKING_URI, or the repository's own sqlite file.

    A relative sqlite path is relative to the repository, not to the folder that a stage runs in:
    DVC's temporary workspaces are removed.
    """
    uri = os.environ.get("MLFLOW_TRACKING_URI")
    if not uri:
        return sqlite_uri(repository_root() / "mlflow.db")
    if uri.startswith(SQLITE) and not uri.startswith(SQLITE + "/"):
        path, *query = uri.removeprefix(SQLITE).split("?", 1)
        return "?".join([sqlite_uri(repository_root() / path), *query])
    return uri


def sqlite_uri(path: Path) -> str:
    """Return the URI of a sqlite file; MLflow decodes what is quoted here."""
    return SQLITE + str(path).replace("%", "%25").replace("?", "%3F")


def database_path(uri: str) -> Path | None:
    """Return the file of a sqlite store, None for any other store; the URI may have a query."""
    path = uri.removeprefix(SQLITE).partition("?")[0]
    return Path(unquote(path)) if uri.startswith(SQLITE) else None


def query_database(path: Path, sql: str, *values: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query, which cannot change the sqlite file; raise sqlite3.Error."""
    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as database:
        return database.execute(sql, values).fetchall()


def is_server(uri: str) -> bool:
    """Tell whether an MLflow server answers at this address."""
    return uri.startswith(("http:", "https:"))


def artifact_root() -> str:
    """Return where artifacts are stored, unless a server has its own location."""
    return (repository_root() / "mlartifacts").as_uri()


def local_folder(uri: str) -> Path | None:
    """Return the folder of a ``file:`` URI or a plain path, None for any other location."""
    if uri.startswith("file:"):
        return Path(unquote(urlsplit(uri).path))
    return Path(uri) if uri.startswith("/") else None


def redact(text: str) -> str:
    """Remove user names, passwords and tokens from every address in ``text``."""
    text = re.sub(r"(?<=://)[^\s/'\"]*@", "", text)
    text = re.sub(
        r"(?i)((?:password|passwd|pwd|token|secret|api_?key)=)[^\s&;'\"]+", r"\1***", text
    )
    secrets = [os.environ.get(f"MLFLOW_TRACKING_{name}") for name in ("PASSWORD", "TOKEN")]
    try:
        password = urlsplit(os.environ.get("MLFLOW_TRACKING_URI", "")).password or ""
    except ValueError:
        password = ""
    for secret in filter(None, [*secrets, password, unquote(password)]):
        text = text.replace(secret, "***")
    return text


def shown_uri() -> str:
    """Return the store's address for a message: without user and password."""
    return redact(tracking_uri())


def error_message(error: BaseException) -> str:
    """Return the root cause in one line, such as a refused connection behind MLflow's retries."""
    cause = root_cause(error)
    return redact(f"{type(cause).__name__}: {' '.join(str(cause).split())[:300]}")


def store_message(error: Exception) -> str:
    """Return what to tell the user of an error of the store, in one line."""
    if isinstance(error, UserError):
        return str(error)
    return f"the MLflow store {shown_uri()} cannot be used ({error_message(error)})"
