"""Compares experiments: `imdb-genres compare NAME OTHER`."""

import click

from imdb_genres.evaluation.bootstrap import verdict
from imdb_genres.experiments.compare import compare, group_by_seed, group_name, score_lines
from imdb_genres.experiments.results import read_result


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
def command(names: tuple[str, ...]) -> None:
    """Compare experiments with a paired test on the same test films.

    Each NAME is a DVC experiment, a git revision, an MLflow run (id or name) or 'workspace'.
    Experiments that differ only in the seed form one group. Each group is compared with the first.
    """
    groups = group_by_seed([read_result(name) for name in names])
    print(score_lines(groups))
    reference, *others = groups
    for group in others:
        print(verdict(group_name(reference), group_name(group), compare(reference, group)))
