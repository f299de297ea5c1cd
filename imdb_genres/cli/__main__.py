"""The command `imdb-genres`. Each sub-command is a module next to this one, imported when it runs."""

import signal
import sys
from importlib import import_module

import click
from click.shell_completion import CompletionItem

import imdb_genres.startup  # noqa: F401  (process settings, for entry points only)
from imdb_genres import __version__
from imdb_genres.errors import did_you_mean, user_message

# One line each, shown by `imdb-genres --help` without importing the modules, some of which need
# seconds. Each module has a click command named `command`.
COMMANDS = {
    "predict": "Predict the genres of texts.",
    "demo": "Open a web page to try models on.",
    "ui": "Open the MLflow UI on this repository's runs.",
    "compare": "Compare experiments with a paired test on the same films.",
    "report": "Write the evaluation report, optionally with a learning curve.",
    "leaderboard": "Rank all experiments and runs.",
    "experiments": "Run recipes of experiments.yaml through DVC's queue.",
    "search": "Tune a recipe's parameters on validation films.",
    "sync": "Add results to MLflow that it does not have yet.",
    "recover": "Restore the workspace after `dvc exp run` was killed.",
    "trained-on": "Tell whether films were used to train a model.",
    "verify": "Run the pipeline in two clones and compare their bytes.",
    "docs-page": "Write the tables of docs/experiments.md from MLflow.",
    "plots-page": "Write the page template with which `dvc plots` works offline.",
}


class LazyGroup(click.Group):
    """Imports a sub-command's module when it is asked for, and turns errors into messages."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order of `--help`."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        """Return the sub-command of that name; end with status 2 if there is none."""
        if cmd_name not in COMMANDS:
            ctx.fail(f"no command {cmd_name!r}{did_you_mean(cmd_name, COMMANDS)}")
        module = import_module(f"imdb_genres.cli.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the names with a line each."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the names that start so; click would import every module for its help."""
        return [
            CompletionItem(name, help=line)
            for name, line in COMMANDS.items()
            if name.startswith(incomplete)
        ]

    def invoke(self, ctx: click.Context) -> object:
        """Run the sub-command; exit with status 1 and one message on an error that the user can fix."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            sys.exit(128 + signal.SIGINT)
        except Exception as error:
            if not (message := user_message(error)):
                raise
            sys.exit(f"{ctx.invoked_subcommand}: {message}")


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", prog_name="imdb-genres")
def cli() -> None:
    """Train, compare and use models that predict a film's genres from its description.

    DVC runs the pipeline: `dvc repro`, `dvc exp run`.
    """


def main() -> None:
    """Run the command line."""
    cli(prog_name="imdb-genres")


if __name__ == "__main__":
    main()
