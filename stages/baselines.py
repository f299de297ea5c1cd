"""Fit what a model has to beat: the majority class, and logistic regression on TF-IDF."""

from imdb_genres.evaluation.baselines import write_baselines
from imdb_genres.params.schema import Params
from imdb_genres.paths import DATA
from imdb_genres.stage import run_stage

BALANCED, FILMS = DATA / "balanced.parquet", DATA / "split.parquet"


def main(_: Params) -> None:
    """Fit the baselines on the balanced training rows and predict the test rows."""
    from imdb_genres.evaluation.fit_baselines import fit_baselines  # scikit-learn takes a second

    predictions = fit_baselines(BALANCED, FILMS)
    write_baselines(predictions)
    print(f"baselines: {', '.join(predictions)}")


if __name__ == "__main__":
    run_stage(main, "baselines")
