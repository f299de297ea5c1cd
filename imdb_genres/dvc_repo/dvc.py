"""Runs DVC's command line."""

import subprocess
import sys
from typing import Any

from imdb_genres.dvc_repo.git import clean_environment


def run_dvc(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the dvc of this Python environment; ``options`` are those of ``subprocess.run``."""
    command = [sys.executable, "-m", "dvc", *arguments]
    return subprocess.run(command, text=True, **{"env": clean_environment(), **options})
