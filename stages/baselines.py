"""Fit the baselines: the majority class, and logistic regression on TF-IDF."""

from imdb_genres.evaluation.baselines import write_baselines
from imdb_genres.params.schema import Params
from imdb_genres.paths import DATA
from imdb_genres.stage import run_stage

BALANCED, FILMS = DATA / "balanced.parquet", DATA / "split.parquet"


def main(params: Params) -> None:
    """Fit the baselines on the balanced training rows and predict the test rows."""
    from imdb_genres.evaluation.fit_baselines import fit_baselines  # scikit-learn takes a second

    baselines = fit_baselines(BALANCED, FILMS, params.baselines.max_rows, params.seed)
    write_baselines(baselines)
    rows = f"{baselines.fitted_rows:,} of {baselines.available_rows:,} training descriptions"
    print(f"baselines: {', '.join(baselines.predictions)}, fitted on {rows}")


if __name__ == "__main__":
    run_stage(main, "baselines")
