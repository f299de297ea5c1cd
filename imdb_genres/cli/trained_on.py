"""Says whether a film was among those that trained a model: `imdb-genres trained-on FILM`."""

import click

from imdb_genres.registry.find_model import CHAMPION, REGISTERED_MODEL


@click.command()
@click.argument("films", metavar="FILM...", nargs=-1, required=True)
@click.option(
    "--model",
    default=f"models:/{REGISTERED_MODEL}@{CHAMPION}",
    show_default=True,
    help="An MLflow model URI, or a run's name or id.",
)
def command(films: tuple[str, ...], model: str) -> None:
    """Tell whether films were used to train a model.

    FILM is a title such as "Heat (1995)" or "Heat", or the film's key in data/split.parquet. The exit
    status is 1 if the model was trained on any of them. Where the year of a film is unknown, its title
    is enough.
    """
    from imdb_genres.registry.datasets import TITLE_YEAR, find_folds
    from imdb_genres.registry.logged_models import training_films

    matches = find_folds(films, training_films(model))
    for film, match in matches.items():
        if match:
            note = "" if match.year_matches else " (year unknown)"
            print(f"{film}: yes, in {match.fold}{note}")
        else:
            name = "title and year" if TITLE_YEAR.search(film) else "title"
            print(f"{film}: no, none of the model's training and validation films has this {name}")
    raise SystemExit(any(matches.values()))
