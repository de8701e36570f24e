"""The process that parses web pages and PDF files for the daemon, and may be killed at any time.

Answers one request after another (see `frames`) until stdin closes. It bounds its own processor time and memory where
the system can, ends by itself when it hangs, and opens no connection, no process and no file for writing.
"""

from __future__ import annotations

import faulthandler
import gc
import json
import os
import signal
import sys
import time
from typing import TYPE_CHECKING

from copydesk.adapters.extraction.frames import LENGTHS, Request, frame
from copydesk.adapters.extraction.unreadable import Fault, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, BinaryIO

    from copydesk.adapters.extraction.values import Extracted

_GRACE = 2.0
"""Seconds after which a process that nobody killed ends itself."""

_LOADING = 60.0
"""Seconds that loading a parser may take."""

_REFUSED = frozenset(
    ["socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen"]
    + [f"os.{name}" for name in ("system", "exec", "posix_spawn", "spawn", "fork", "forkpty", "startfile")]
    + [f"os.{name}" for name in ("remove", "rename", "rmdir", "mkdir", "link", "symlink", "chmod", "truncate")]
)


def main() -> None:
    """Serve until stdin closes."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library may print
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command that started us
    sys.addaudithook(_refuse)
    while request := _next(sys.stdin.buffer):
        if not _serve(*request, answers):
            break
    os._exit(0)  # nothing here is worth an orderly end


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _REFUSED:
        raise PermissionError(f"the parsing process may not {event}")
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR):
        raise PermissionError("the parsing process may not write")


def _next(stream: BinaryIO) -> tuple[Request, bytes] | None:
    lengths = stream.read(LENGTHS.size)
    if len(lengths) < LENGTHS.size:
        return None
    head, body = LENGTHS.unpack(lengths)
    request = stream.read(head)
    document = stream.read(body)
    return (Request(**json.loads(request)), document) if len(document) == body else None


def _serve(request: Request, document: bytes, answers: BinaryIO) -> bool:
    """Answer one request; return whether this process is fit for another."""
    _limit(_LOADING, request.memory)
    try:
        parse = _parser(request)
    except ImportError:
        faulthandler.cancel_dump_traceback_later()
        _send(answers, frame({"fault": Fault.NOT_INSTALLED.name}))
        return True
    _send(answers, frame({"ready": True}))
    _limit(request.seconds, request.memory)
    fit = True
    try:
        answer = _answer(parse(document), request.longest)
    except Unreadable as unreadable:
        answer = frame({"fault": unreadable.fault.name})
    except MemoryError:
        answer, fit = frame({"fault": Fault.HUNGRY.name}), False
    except RecursionError:
        answer = frame({"fault": Fault.NESTED.name})
    except Exception:  # a parser that gave up has nothing to say that a writer could use
        answer, fit = frame({"fault": Fault.BROKEN.name}), False
    faulthandler.cancel_dump_traceback_later()
    _send(answers, answer)
    gc.collect()
    return fit


def _answer(extracted: Extracted, longest: int) -> bytes:
    text = extracted.text.encode()
    if len(text) > longest:
        raise Unreadable(Fault.WORDY)
    return frame({"title": extracted.title, "hidden": extracted.hidden}, text)


def _send(answers: BinaryIO, answer: bytes) -> None:
    answers.write(answer)
    answers.flush()


def _parser(request: Request) -> Callable[[bytes], Extracted]:
    """Return what reads a document of the request's kind; the libraries are loaded only now."""
    if request.kind == "pdf":
        from copydesk.adapters.extraction.pdf_text import pdf_text

        return pdf_text
    from copydesk.adapters.extraction.html_text import html_text

    return lambda document: html_text(document, request.charset)


def _limit(seconds: float, memory: int) -> None:
    """Bound the time from now on, and the memory, where the system can."""
    # Works everywhere, and needs no turn of the interpreter; exits without a word, since its output goes nowhere.
    faulthandler.dump_traceback_later(seconds + _GRACE, exit=True, file=sys.stderr)
    try:
        import resource
    except ImportError:  # Windows
        return
    used = time.process_time()
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, int(used + seconds) + 1),
    ):
        hard = resource.getrlimit(kind)[1]
        try:
            resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
        except (ValueError, OSError):
            continue  # macOS does not bound memory


if __name__ == "__main__":
    main()
