"""The one exception that stages raise for what a user can mend."""


class StageError(Exception):
    """What went wrong, where, what was expected and what to do: a sentence for the user."""
