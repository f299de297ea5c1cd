"""The page's server: it takes text, gives JSON, and believes nothing that it is sent."""

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from starlette.middleware.trustedhost import TrustedHostMiddleware

from imdb_genres.demo.catalogue import Catalogue
from imdb_genres.errors import UserError
from imdb_genres.inference.predictions import DisplayOptions, answer
from imdb_genres.text.tokenizer import SEPARATORS

LONGEST_TEXT = 20_000  # characters; every known word costs one more reading of the text
LONGEST_BODY = 200_000  # bytes
PAGE = Path(__file__).parent / "page.html"
BETWEEN_WORDS = re.compile(f"([ {re.escape(SEPARATORS.decode())}]+)")


def without_lone_surrogates(text: str) -> str:
    """Return the text with ? for what no answer could be written in."""
    return text.encode("utf-8", "replace").decode("utf-8")


class Question(BaseModel):
    """What the page asks; ``film`` is the key of the film that the text describes, if it is known."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: Annotated[str, AfterValidator(without_lone_surrogates)]
    model: str = Field(max_length=200)
    film: str | None = None


class RequestError(Exception):
    """What is answered instead: a status and a sentence."""

    def __init__(self, status: int, problem: str) -> None:
        super().__init__(problem)
        self.status = status
        self.problem = problem


def make_app(catalogue: Catalogue) -> FastAPI:
    """Return the server of what the catalogue offers."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    # a foreign page that makes its own name lead to this machine stays outside
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
    page = PAGE.read_text(encoding="utf-8")
    headers = {"Content-Security-Policy": policy(page), "X-Content-Type-Options": "nosniff"}

    @app.get("/")
    def show() -> Response:
        return HTMLResponse(page, headers=headers)

    @app.get("/models")
    def models() -> Any:
        return [choice._asdict() for choice in catalogue.local()]

    @app.get("/registered")
    def registered() -> Any:
        return [choice._asdict() for choice in catalogue.registered()]

    @app.get("/films")
    def films(start: int = 0) -> Any:
        return [film._asdict() for film in catalogue.films(start)]

    @app.post("/answer")
    async def answer_question(request: Request) -> Any:
        question = read_question(await read_body(request))
        return await run_in_threadpool(reply, catalogue, question)

    @app.exception_handler(RequestError)
    def refuse(request: Request, refusal: RequestError) -> Response:
        return JSONResponse({"problem": refusal.problem}, refusal.status)

    @app.exception_handler(UserError)
    def tell(request: Request, error: UserError) -> Response:
        return JSONResponse({"problem": str(error)}, 400)

    return app


def policy(page: str) -> str:
    """Return a policy by which a browser runs the page's own script and loads nothing else."""
    [script] = re.findall("<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


async def read_body(request: Request) -> bytes:
    """Return what was sent; raise RefusalError as soon as it is too much."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            raise RequestError(
                413, f"This is too long: at most {LONGEST_TEXT:,} characters, please."
            )
    return body


def read_question(body: bytes) -> Question:
    """Return the question; raise RefusalError if it is none."""
    try:
        question = Question.model_validate(json.loads(body))
    except (ValidationError, ValueError, RecursionError):
        raise RequestError(400, 'Send {"text": "...", "model": "..."} as JSON.') from None
    if len(question.text) > LONGEST_TEXT:
        raise RequestError(
            413,
            f"A description of {len(question.text):,} characters is too long: "
            f"at most {LONGEST_TEXT:,}, please.",
        )
    return question


def reply(catalogue: Catalogue, question: Question) -> dict[str, Any]:
    """Return what the model says, and the text in pieces, each with its effect on every genre."""
    predictor = catalogue.predictor(question.model)
    [said] = answer(predictor, [question.text], DisplayOptions(explain=True))
    effects: dict[str, dict[str, float]] = {}
    for genre, words in (said.words or {}).items():
        for word, added in words.items():
            effects.setdefault(word, {})[genre] = added
    pieces = [[piece, effects.get(piece.lower())] for piece in BETWEEN_WORDS.split(question.text)]
    return {
        "genre": said.genre,
        "genres": said.genres,
        "probabilities": said.probabilities,
        "pieces": [piece for piece in pieces if piece[0]],
        "known": question.film is not None
        and catalogue.may_have_trained_on(question.model, question.film),
    }
