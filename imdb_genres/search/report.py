"""Reports the result of a search, on test films."""

from imdb_genres.errors import UserError
from imdb_genres.evaluation.bootstrap import verdict
from imdb_genres.experiments.compare import compare, score_lines
from imdb_genres.experiments.results import read_result
from imdb_genres.search.trial_result import TrialResult, best_result, digest


def report(name: str, against: str | None, results: list[TrialResult]) -> str:
    """Return the winner's test score, the paired verdict, and how many trials it was chosen from.

    Says that the best trial's validation score is biased upwards.
    """
    best = best_result(results)
    failed = sum(result.error is not None for result in results)
    winner = read_result(name)
    lines = [
        score_lines([[winner]]),
        f"{name} is trial {best.number}, the best on validation films of {len(results)} trials"
        + (f", {failed} of which failed" if failed else "")
        + f" (validation {best.score:.3f}, biased upwards: the maximum over all trials).",
        *(f"  {key}: {value}" for key, value in best.params.items()),
        f"Digest of all trials' parameters and scores: {digest(results)}",
    ]
    if against:
        try:
            lines.append(verdict(against, name, compare([read_result(against)], [winner])))
        except UserError as error:
            lines.append(
                f"It is not compared with {against}: {error}. Later, "
                f"`imdb-genres compare {against} {name}` compares them."
            )
    return "\n".join(lines)
