"""Reads and validates what the page sends."""

import json
from typing import Annotated

from fastapi import Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from imdb_genres.errors import UserError

MAX_TEXT_LENGTH = 20_000  # characters; each known word costs one more prediction of the text
MAX_BODY_LENGTH = 200_000  # bytes


def replace_lone_surrogates(text: str) -> str:
    """Return the text with ? for lone surrogates, which UTF-8 cannot encode."""
    return text.encode("utf-8", "replace").decode("utf-8")


class Question(BaseModel):
    """What the page sends.

    ``model`` is the name of a model on offer, by default the first; ``film`` the key of the film that
    the text describes, if known.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    text: Annotated[str, AfterValidator(replace_lone_surrogates)]
    model: str | None = Field(default=None, max_length=200)
    film: str | None = None


class RequestError(UserError):
    """An invalid request, with the HTTP status of its response."""

    def __init__(self, status: int, problem: str) -> None:
        super().__init__(problem)
        self.status = status


async def read_body(request: Request) -> bytes:
    """Return the request's body; raise RequestError as soon as it is too long."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_LENGTH:
            raise RequestError(
                413, f"This is too long: at most {MAX_TEXT_LENGTH:,} characters, please."
            )
    return body


def parse_question(body: bytes) -> Question:
    """Return the question; raise RequestError if it is malformed or its text too long."""
    try:
        question = Question.model_validate(json.loads(body))
    except (ValidationError, ValueError, RecursionError):
        raise RequestError(
            400, 'Send {"text": "..."} as JSON, with "model": "..." for another model of /models.'
        ) from None
    if len(question.text) > MAX_TEXT_LENGTH:
        raise RequestError(
            413,
            f"A description of {len(question.text):,} characters is too long: "
            f"at most {MAX_TEXT_LENGTH:,}, please.",
        )
    return question
