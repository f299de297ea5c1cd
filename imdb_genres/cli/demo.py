"""Opens a page to try models on: `make demo`, or `python -m imdb_genres.cli.demo --port 8001`."""

import argparse
import socket
import webbrowser

import uvicorn

from imdb_genres.demo.app import make_app
from imdb_genres.demo.catalogue import Catalogue
from imdb_genres.errors import UserError, exit_on_user_error


def main() -> None:
    """Serve the page on this machine alone until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m imdb_genres.cli.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    options = parser.parse_args()
    with exit_on_user_error("demo"):
        app = make_app(Catalogue())
        listener = bound_socket(options.port)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        print(f"Open {address} (Ctrl-C ends it)", flush=True)
        if not options.no_browser:
            webbrowser.open(address)
        server = uvicorn.Server(
            uvicorn.Config(app, log_level="warning", h11_max_incomplete_event_size=2**16)
        )
        server.run(sockets=[listener])


def bound_socket(port: int) -> socket.socket:
    """Return a socket that only this machine reaches; raise UserError if the port is taken."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen()  # whoever comes before uvicorn is ready waits, and is not refused
    except (OSError, OverflowError) as error:
        listener.close()
        raise UserError(
            f"port {port} cannot be used ({error}), maybe another `make demo` has it; "
            "try `make demo PORT=8001`"
        ) from None
    return listener


if __name__ == "__main__":
    main()
