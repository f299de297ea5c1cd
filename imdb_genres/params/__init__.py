"""params.yaml as typed, checked settings."""
