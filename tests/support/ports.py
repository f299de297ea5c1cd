"""Ports of the loopback interface that no test running in parallel takes meanwhile."""

import random
import socket

BELOW_EPHEMERAL = range(20_000, 32_000)  # bind(0) never returns one of these


def free_port() -> int:
    """Return a port that nothing listens on."""
    while True:
        port = random.choice(BELOW_EPHEMERAL)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
