"""Opens a page to try models on: `imdb-genres demo --port 8001`."""

import errno
import socket
import webbrowser

import click
import uvicorn

from imdb_genres.demo.app import make_app
from imdb_genres.demo.catalogue import Catalogue
from imdb_genres.errors import UserError


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port on this machine; 0 for any.",
)
@click.option("--no-browser", is_flag=True, help="Only print the address.")
def command(port: int, no_browser: bool) -> None:
    """Open a web page to try models on, which marks the words for and against a genre.

    Only this machine can reach the page. Ctrl-C stops the server.
    """
    app = make_app(Catalogue())
    listener = bound_socket(port)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    print(f"Open {address} (Ctrl-C ends it)", flush=True)
    if not no_browser:
        webbrowser.open(address)
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="warning", h11_max_incomplete_event_size=2**16)
    )
    server.run(sockets=[listener])


def bound_socket(port: int) -> socket.socket:
    """Return a socket that only this machine can reach; raise UserError if it cannot be used."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen()  # a browser that connects before uvicorn is ready waits instead of being refused
    except OSError as error:
        listener.close()
        taken = error.errno == errno.EADDRINUSE
        reason = "is taken" if taken else f"cannot be used ({error.strerror})"
        raise UserError(f"port {port} {reason}; try --port {max(port + 1, 8000)}") from None
    return listener
