"""The page's server: takes texts, returns predictions as JSON."""

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.middleware.trustedhost import TrustedHostMiddleware
from fastapi.responses import HTMLResponse, JSONResponse, Response

from imdb_genres.demo.catalogue import Catalogue
from imdb_genres.demo.question import Question, RequestError, parse_question, read_body
from imdb_genres.demo.words import mark_words
from imdb_genres.errors import UserError
from imdb_genres.inference.predictions import DisplayOptions, predict_texts

PAGE = Path(__file__).parent / "page.html"


def make_app(catalogue: Catalogue) -> FastAPI:
    """Return the server for the models and films of the catalogue."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    # blocks DNS rebinding: a foreign page whose host name resolves to this machine
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
    app.exception_handler(UserError)(explain_error)
    add_page(app)
    add_catalogue(app, catalogue)

    @app.post("/predict")
    async def predict(request: Request) -> dict[str, Any]:
        question = parse_question(await read_body(request))
        return await run_in_threadpool(answer, catalogue, question)

    return app


def explain_error(request: Request, error: UserError) -> Response:
    """Return the message of an error as JSON."""
    status = error.status if isinstance(error, RequestError) else 400
    return JSONResponse({"problem": str(error)}, status)


def add_page(app: FastAPI) -> None:
    """Serve the page itself."""
    page = PAGE.read_text(encoding="utf-8")
    headers = {
        "Content-Security-Policy": content_security_policy(page),
        "X-Content-Type-Options": "nosniff",
    }

    @app.get("/")
    def show_page() -> Response:
        return HTMLResponse(page, headers=headers)


def add_catalogue(app: FastAPI, catalogue: Catalogue) -> None:
    """Serve the models and films that the page offers."""

    @app.get("/models")
    def list_models() -> list[dict[str, Any]]:
        return [choice._asdict() for choice in catalogue.quick_choices()]

    @app.get("/registered")
    def list_registered() -> list[dict[str, Any]]:
        return [choice._asdict() for choice in catalogue.registered_choices()]

    @app.get("/card")
    def show_card(model: str) -> dict[str, Any]:
        return catalogue.card(model)

    @app.get("/films")
    def list_films(start: int = 0) -> list[dict[str, Any]]:
        return [film._asdict() for film in catalogue.films(start)]


def content_security_policy(page: str) -> str:
    """Return a policy that lets a browser run the page's own script and load nothing else."""
    [script] = re.findall("<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def answer(catalogue: Catalogue, question: Question) -> dict[str, Any]:
    """Return the prediction for a text, and the text in pieces with each word's attributions."""
    model = question.model or catalogue.default_name()
    predictor = catalogue.predictor(model)
    [prediction] = predict_texts(predictor, [question.text], DisplayOptions(explain=True))
    may_have_trained = question.film is not None and catalogue.may_have_trained_on(
        model, question.film
    )
    return {
        "genre": prediction.genre,
        "genres": prediction.genres,
        "probabilities": prediction.probabilities,
        "refusal": prediction.refusal,
        "may_have_trained": may_have_trained,
        **mark_words(predictor, question.text, prediction.attributions),
    }
