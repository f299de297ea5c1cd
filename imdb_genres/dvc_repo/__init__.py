"""The repository around a run: its root, git, dvc.lock, and what stages cost."""
