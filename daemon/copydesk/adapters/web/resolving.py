"""Looking up a host's addresses with the system's own resolver, without waiting for it longer than one wants."""

from __future__ import annotations

import asyncio
import contextvars
import socket
import threading
from contextlib import suppress

from copydesk.adapters.web.reasons import Reason, Refused


async def looked_up(host: str, port: int) -> list[str]:
    """Return a host's IP addresses, best first; raises `Refused` where there is none.

    The look-up runs in a thread of its own that does not keep the process: the system's resolver cannot be stopped,
    and one that hangs must hold up neither the deadline nor the end of the program.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[str]] = loop.create_future()

    def settle(addresses: list[str], error: Exception | None) -> None:
        if answer.done():
            return
        if error is None:
            answer.set_result(addresses)
        else:
            answer.set_exception(error)

    def ask() -> None:
        addresses: list[str] = []
        failure: Exception | None = None
        try:
            addresses = _addresses(host, port)
        except Exception as error:
            failure = error
        with suppress(RuntimeError):  # the loop may have ended meanwhile
            loop.call_soon_threadsafe(settle, addresses, failure)

    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(ask,), name="copydesk-look-up", daemon=True).start()
    try:
        return await answer
    except (OSError, UnicodeError) as error:
        raise Refused(Reason.UNKNOWN_HOST) from error


def _addresses(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
