"""Models in MLflow: logging, serving and the registry."""
