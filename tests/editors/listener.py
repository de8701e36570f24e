"""A port on this machine that counts who connects, named by hostile words as the place of pictures."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Listener:
    """Accepts connections and closes them; `hits` is how many there were."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._socket.getsockname()[1]}"
        self.hits = 0

    def serve(self) -> None:
        """Count until `close`."""
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.hits += 1
            connection.close()

    def close(self) -> None:
        """Stop."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@contextmanager
def listening() -> Iterator[Listener]:
    """Listen on a free port of the loopback interface."""
    listener = Listener()
    thread = threading.Thread(target=listener.serve, name="listener", daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        listener.close()
        thread.join(5)
