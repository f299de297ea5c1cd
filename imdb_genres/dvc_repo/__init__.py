"""The repository: its root, git, dvc.yaml, dvc.lock, DVC's cache, resource usage of stages."""
