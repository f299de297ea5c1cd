"""Evaluation: metrics with intervals and tests, baselines, tables, charts and the report."""
