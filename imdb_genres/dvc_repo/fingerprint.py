"""Hashes of what determines the outputs of a stage."""

import hashlib
import json
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from imdb_genres.dvc_repo.pipeline import read_stages
from imdb_genres.hashing import dvc_md5, short_hash
from imdb_genres.io.yaml import read_yaml

LIBRARIES = ("keras", "numpy", "tensorflow")


def fingerprint(stage: str) -> str:
    """Return a hash of the parameters and of the files that dvc.yaml lists for ``stage``.

    The numeric libraries are part of it; the folder, the time and the user are not.
    """
    content = read_stages()[stage]
    params = read_yaml(Path("params.yaml"))
    return short_hash(
        json.dumps(
            {
                "params": {name: _value(params, name) for name in content["params"]},
                "files": {path: dvc_md5(Path(path)) for path in content["deps"]},
                "libraries": _versions(),
            },
            sort_keys=True,
        )
    )


def input_hashes(
    params: dict[str, str], inputs: dict[str, str], code: tuple[str, ...]
) -> dict[str, str]:
    """Return the md5 of the parameters, and of the code and the data in ``inputs``.

    ``inputs`` has the md5 of files by path; paths that start with one of ``code`` are code.
    """
    kinds = {
        "params": params,
        "code": {path: md5 for path, md5 in inputs.items() if path.startswith(code)},
        "data": {path: md5 for path, md5 in inputs.items() if not path.startswith(code)},
    }
    texts = {kind: json.dumps(content, sort_keys=True) for kind, content in kinds.items()}
    return {kind: hashlib.md5(text.encode()).hexdigest() for kind, text in texts.items()}


def _versions() -> dict[str, str]:
    versions = {}
    for name in LIBRARIES:
        with suppress(PackageNotFoundError):
            versions[name] = version(name)
    return versions


def _value(params: Any, name: str) -> Any:
    for key in name.split("."):
        params = params[key]
    return params
