"""Fixtures of tests that play the uploader themselves."""

from pathlib import Path

import pytest

from imdb_genres.tracking import spawn


@pytest.fixture
def journals_stay(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No uploader runs when a stage ends."""
    monkeypatch.setattr(spawn, "start_uploader", lambda config: None)
    monkeypatch.setattr(spawn, "wait_for_upload", lambda config, journal: {})
