"""Small HTTP and FTP servers on this machine, for the downloads."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import DTPHandler, FTPHandler
from pyftpdlib.servers import FTPServer


class Shop:
    """What a server does, and what it was asked: ``cut`` ends each answer after so many bytes."""

    def __init__(self) -> None:
        self.cut: int | None = None
        self.ranges = True
        self.stamps = True
        self.head = True
        self.encoding: str | None = None
        self.asked: list[str] = []


@contextmanager
def http_server(folder: Path) -> Iterator[tuple[str, Shop]]:
    shop = Shop()

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def do_HEAD(self) -> None:
            self.answer(head=True)

        def do_GET(self) -> None:
            self.answer(head=False)

        def answer(self, head: bool) -> None:
            path = folder / self.path.lstrip("/")
            if head and not shop.head:
                return self.send_error(501)
            if not path.is_file():
                return self.send_error(404)
            content = path.read_bytes()
            wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
            offset = int(wanted[1]) if wanted and shop.ranges else 0
            shop.asked.append(f"{self.command} {offset}")
            self.send_response(206 if offset else 200)
            self.send_header("Content-Length", str(len(content) - offset))
            if offset:
                size = len(content)
                self.send_header("Content-Range", f"bytes {offset}-{size - 1}/{size}")
            if shop.stamps:
                self.send_header("ETag", f'"{path.stat().st_mtime_ns}"')
            if shop.encoding:
                self.send_header("Content-Encoding", shop.encoding)
            self.end_headers()
            if not head:
                end = len(content) if shop.cut is None else offset + shop.cut
                self.wfile.write(content[offset:end])
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", shop
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def ftp_server(folder: Path) -> Iterator[tuple[str, Shop]]:
    shop = Shop()

    class Data(DTPHandler):  # type: ignore[misc]
        def send(self, data: bytes) -> int:
            if shop.cut is not None and self.tot_bytes_sent + len(data) > shop.cut:
                sent = super().send(data[: shop.cut])
                self.cmd_channel.close()
                self.close()
                return int(sent)
            return int(super().send(data))

    authorizer = DummyAuthorizer()
    authorizer.add_anonymous(str(folder))

    class Handler(FTPHandler):  # type: ignore[misc]
        def ftp_REST(self, line: str) -> Any:  # noqa: N802
            if not shop.ranges:
                return self.respond("502 Command not implemented.")
            shop.asked.append(f"REST {line}")
            return super().ftp_REST(line)

        def ftp_MDTM(self, path: str) -> Any:  # noqa: N802
            if not shop.stamps:
                return self.respond("502 Command not implemented.")
            return super().ftp_MDTM(path)

    Handler.authorizer = authorizer
    Handler.dtp_handler = Data
    Handler.use_sendfile = False
    server = FTPServer(("127.0.0.1", 0), Handler)
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            server.serve_forever(timeout=0.02, blocking=False)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"ftp://127.0.0.1:{server.address[1]}", shop
    finally:
        stop.set()
        thread.join()
        server.close_all()
