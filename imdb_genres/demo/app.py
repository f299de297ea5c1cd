"""The page's server: takes texts, returns predictions as JSON, validates all input."""

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
from imdb_genres.demo.words import mark_words
from imdb_genres.errors import UserError
from imdb_genres.inference.predictions import DisplayOptions, predict_texts

MAX_TEXT_LENGTH = 20_000  # characters; each known word costs one more prediction of the text
MAX_BODY_LENGTH = 200_000  # bytes
PAGE = Path(__file__).parent / "page.html"


def replace_lone_surrogates(text: str) -> str:
    """Return the text with ? for lone surrogates, which UTF-8 cannot encode."""
    return text.encode("utf-8", "replace").decode("utf-8")


class Question(BaseModel):
    """What the page sends; ``film`` is the key of the film that the text describes, if known."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: Annotated[str, AfterValidator(replace_lone_surrogates)]
    model: str = Field(max_length=200)
    film: str | None = None


class RequestError(Exception):
    """An invalid request: the status and the message of the response."""

    def __init__(self, status: int, problem: str) -> None:
        super().__init__(problem)
        self.status = status
        self.problem = problem


def make_app(catalogue: Catalogue) -> FastAPI:
    """Return the server for the models and films of the catalogue."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    # blocks DNS rebinding: a foreign page whose host name resolves to this machine
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
    page = PAGE.read_text(encoding="utf-8")
    headers = {
        "Content-Security-Policy": content_security_policy(page),
        "X-Content-Type-Options": "nosniff",
    }

    @app.get("/")
    def show_page() -> Response:
        return HTMLResponse(page, headers=headers)

    @app.get("/models")
    def list_models() -> Any:
        return [choice._asdict() for choice in catalogue.quick_choices()]

    @app.get("/registered")
    def list_registered() -> Any:
        return [choice._asdict() for choice in catalogue.registered_choices()]

    @app.get("/card")
    def show_card(model: str) -> Any:
        return catalogue.card(model)

    @app.get("/films")
    def list_films(start: int = 0) -> Any:
        return [film._asdict() for film in catalogue.films(start)]

    @app.post("/predict")
    async def predict(request: Request) -> Any:
        question = parse_question(await read_body(request))
        return await run_in_threadpool(answer, catalogue, question)

    @app.exception_handler(RequestError)
    def refuse(request: Request, error: RequestError) -> Response:
        return JSONResponse({"problem": error.problem}, error.status)

    @app.exception_handler(UserError)
    def explain(request: Request, error: UserError) -> Response:
        return JSONResponse({"problem": str(error)}, 400)

    return app


def content_security_policy(page: str) -> str:
    """Return a policy by which a browser runs the page's own script and loads nothing else."""
    [script] = re.findall("<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


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
        raise RequestError(400, 'Send {"text": "...", "model": "..."} as JSON.') from None
    if len(question.text) > MAX_TEXT_LENGTH:
        raise RequestError(
            413,
            f"A description of {len(question.text):,} characters is too long: "
            f"at most {MAX_TEXT_LENGTH:,}, please.",
        )
    return question


def answer(catalogue: Catalogue, question: Question) -> dict[str, Any]:
    """Return the model's prediction, and the text in pieces with what each word adds to each genre."""
    predictor = catalogue.predictor(question.model)
    [prediction] = predict_texts(predictor, [question.text], DisplayOptions(explain=True))
    film = question.film
    return {
        "genre": prediction.genre,
        "genres": prediction.genres,
        "probabilities": prediction.probabilities,
        "refusal": prediction.refusal,
        "may_have_trained": film is not None
        and catalogue.may_have_trained_on(question.model, film),
        **mark_words(predictor, question.text, prediction.attributions),
    }
