"""Mutated messages in broken frames, in any order: every request is answered, or the server ends and says why.

COPYDESK_NIGHTLY tries 5,000 sequences instead of 300.
"""

from __future__ import annotations

import collections
import json
import logging
import random
import re
from typing import TYPE_CHECKING, Any

import pytest

from copydesk.lsp.log import start_log
from harness.mutation import NOTIFICATIONS, REQUESTS, URI, mutated
from harness.nightly import many
from harness.virtual_time import VirtualLoop
from harness.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.slow

SEQUENCES = many(300, 5000)
BATCH = 100
CODES = {-32700, -32600, -32601, -32602, -32002, -32800, -32803}
INITIALIZE = {"processId": None, "rootUri": None, "capabilities": {"workspace": {"applyEdit": True}}}
LARGEST = 64 * 1024 * 1024


def sequence(chance: random.Random) -> list[bytes]:
    """Return the pieces of a stream of messages, most of them whole, in an order that is mostly right."""
    messages: list[Any] = []
    numbers = iter(range(1, 1000))

    def request(method: str, params: Any) -> dict[str, Any]:
        number: Any = chance.choice((next(numbers), next(numbers), f"n{next(numbers)}", 1))
        return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}

    if chance.random() < 0.9:
        messages += [request("initialize", INITIALIZE), {"jsonrpc": "2.0", "method": "initialized", "params": {}}]
    if chance.random() < 0.8:
        method, params = NOTIFICATIONS[0]
        messages.append({"jsonrpc": "2.0", "method": method, "params": params})
    for _ in range(chance.randrange(3, 14)):
        if chance.random() < 0.4:
            method, params = chance.choice(NOTIFICATIONS)
            message = {"jsonrpc": "2.0", "method": method, "params": params}
        else:
            method, params = chance.choice((*REQUESTS, ("shutdown", None)) if chance.random() < 0.1 else REQUESTS)
            message = request(method, params)
        if chance.random() < 0.5:
            message = message | {"params": mutated(chance, params)}
        messages.append(mutated(chance, message) if chance.random() < 0.15 else message)
    if chance.random() < 0.15:
        messages.insert(chance.randrange(len(messages)), {"jsonrpc": "2.0", "method": "exit"})
    if chance.random() < 0.1:
        chance.shuffle(messages)
    stream = b"".join(framed(chance, message) for message in messages)
    size = chance.choice((1 << 16, 1 << 16, 100, 7))
    return [stream[at : at + size] for at in range(0, len(stream), size)]


def framed(chance: random.Random, message: Any) -> bytes:
    """Return a message in a frame, now and then in one that no reader can follow."""
    body = json.dumps(message).encode()
    if chance.random() < 0.96:
        head = chance.choice(
            (b"Content-Length: %d\r\n\r\n",) * 6 + (b"content-length:%d\n\n", b"X: y\r\nContent-Length: %d\r\n\r\n")
        )
        return head % len(body) + body
    match chance.randrange(9):
        case 0:
            return b"Content-Length: %d\r\n\r\n%s" % (len(body) + chance.randrange(1, 40), body)
        case 1:
            return b"Content-Length: %d\r\n\r\n%s" % (max(0, len(body) - chance.randrange(1, 9)), body)
        case 2:
            return b"Content-Length: %d\r\n\r\n%s" % (-1, body)
        case 3:
            return b"Content-Length: 99999999999\r\n\r\n" + body
        case 4:
            return body
        case 5:
            return b"Content-Type: x\r\n\r\n" + body
        case 6:
            return b"Content-Length: 0\r\n\r\n"
        case 7:
            return bytes(chance.randrange(256) for _ in range(40)) + b"\r\n\r\n"
    return b"Content-Length: %d\r\n\r\n%s" % (
        len(body),
        body[: len(body) // 2] + b"\xff" * (len(body) - len(body) // 2),
    )


def bodies(stream: bytes) -> Iterator[bytes]:
    """Yield the bodies of a stream up to where its frames end."""
    while (head := re.search(rb"\r?\n\r?\n", stream)) is not None:
        length = re.search(rb"(?im)^content-length:\s*(\d{1,12})\s*$", stream[: head.start()])
        if length is None or int(length[1]) > LARGEST or len(stream) < head.end() + int(length[1]):
            return
        end = head.end() + int(length[1])
        yield stream[head.end() : end]
        stream = stream[end:]


def requests(stream: bytes) -> list[Any]:
    """Return the ids of all requests in a stream that a server must answer under their own id."""
    found = []
    for body in bodies(stream):
        try:
            message = json.loads(body)
        except ValueError:
            continue
        if not isinstance(message, dict) or not isinstance(message.get("id"), int | str):
            continue
        if message.get("jsonrpc") == "2.0" and "method" not in message:
            continue  # an answer
        found.append(message["id"])
        if message.get("method") == "exit":
            break
    return found


def run(seed: int, logged: list[str]) -> str:
    """Run one sequence and return how it ended."""
    chance = random.Random(seed)
    pieces = sequence(chance)
    loop = VirtualLoop()
    try:
        wire = Wire(loop)
        wire.start()
        for piece in pieces:
            wire.send(piece)
            if chance.random() < 0.3:
                loop.steps(chance.randrange(4))
        loop.let(30)
        assert not [line for line in logged if "not handled" in line or "failed" in line], logged
        answers = [one for one in wire.said if "method" not in one]
        codes = {one["error"]["code"] for one in answers if "error" in one}
        assert codes <= CODES, codes
        if wire.ending.done():
            left = b'"exit"' in b"".join(pieces)
            assert wire.broken or left, "it ended for no reason"
            assert wire.ending.result() == 1 or b'"shutdown"' in b"".join(pieces)
            return "broken" if wire.broken else "exit"
        asked = collections.Counter(map(repr, requests(b"".join(pieces))))
        told = collections.Counter(repr(one["id"]) for one in answers if one["id"] is not None)
        assert asked == told, (asked - told, told - asked)
        return "alive"
    finally:
        loop.end()


class Logged(logging.Handler):
    """Keeps what is logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@pytest.mark.parametrize("batch", range(SEQUENCES // BATCH))
def test_F13_every_request_is_answered_or_the_server_ends_with_a_reason(
    batch: int, record_property: Callable[[str, object], None]
) -> None:
    start_log(None)
    handler = Logged()
    logging.getLogger("copydesk").addHandler(handler)
    ends: collections.Counter[str] = collections.Counter()
    try:
        for seed in range(batch * BATCH, (batch + 1) * BATCH):
            handler.lines.clear()
            try:
                ends[run(seed, handler.lines)] += 1
            except AssertionError as error:
                raise AssertionError(f"sequence {seed}: {error}") from error
    finally:
        start_log(None)
    for end, count in ends.items():
        record_property(f"sequences of messages, in the end: {end}", count)
    assert min(ends["alive"], ends["broken"], ends["exit"]) > 0, ends


@pytest.mark.parametrize("command", ["status", "critiqueDocument"])
def test_F13_a_client_that_never_says_initialized_is_served(command: str) -> None:
    loop = VirtualLoop()
    try:
        wire = Wire(loop)
        wire.start()
        arguments = {"uri": URI}
        for number, (method, params) in enumerate(
            [
                ("initialize", INITIALIZE),
                NOTIFICATIONS[0],
                ("workspace/executeCommand", {"command": f"copydesk.{command}", "arguments": [arguments]}),
            ]
        ):
            message = {"jsonrpc": "2.0", "method": method, "params": params}
            wire.send(framed(random.Random(0), message if method.endswith("didOpen") else message | {"id": number}))
        loop.let(5)
        assert [one["id"] for one in wire.said if "result" in one] == [0, 2]
        published = [one["params"] for one in wire.said if one.get("method") == "textDocument/publishDiagnostics"]
        assert len(published[-1]["diagnostics"]) == (1 if command == "status" else 2)
    finally:
        loop.end()


# what is sent, what is answered to the requests among it, and how the server ends
ORDERS: dict[str, tuple[list[str], list[int | None], int | None]] = {
    "R63: as it should be": (["initialize", "initialized", "shutdown", "exit"], [None, None], 0),
    "R63: exit without shutdown": (["initialize", "exit"], [None], 1),
    "R63: exit before all else": (["exit"], [], 1),
    "R63: shutdown before initialize": (["shutdown", "initialize"], [-32002, None], None),
    "R63: a request before initialize": (["hover", "initialize", "hover"], [-32002, None, None], None),
    "R63: initialize twice": (["initialize", "initialize", "hover"], [None, -32600, None], None),
    "R63: a request after shutdown": (["initialize", "shutdown", "hover"], [None, None, -32600], None),
    "R63: shutdown twice": (["initialize", "shutdown", "shutdown", "exit"], [None, None, -32600], 0),
    "R63: nothing after exit": (["initialize", "exit", "hover", "shutdown"], [None], 1),
    "R63: a notification after shutdown, then exit": (["initialize", "shutdown", "didOpen", "exit"], [None, None], 0),
}


@pytest.mark.parametrize(("sent", "answered", "code"), ORDERS.values(), ids=ORDERS)
def test_requests_out_of_order_are_answered_and_the_end_is_in_order(
    sent: list[str], answered: list[int | None], code: int | None
) -> None:
    messages = {
        "initialize": ("initialize", INITIALIZE),
        "hover": REQUESTS[0],
        "shutdown": ("shutdown", None),
        "didOpen": NOTIFICATIONS[0],
        "initialized": ("initialized", {}),
        "exit": ("exit", None),
    }
    loop = VirtualLoop()
    try:
        wire = Wire(loop)
        wire.start()
        for number, name in enumerate(sent):
            method, params = messages[name]
            own = {"id": number} if name in ("initialize", "hover", "shutdown") else {}
            body = json.dumps({"jsonrpc": "2.0", **own, "method": method, "params": params}).encode()
            wire.send(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        loop.let(5)
        answers = sorted((one for one in wire.said if "method" not in one), key=lambda one: one["id"])
        assert [one["error"]["code"] if "error" in one else None for one in answers] == answered
        assert (wire.ending.result() if wire.ending.done() else None) == code
    finally:
        loop.end()


def test_F13_an_answer_to_a_request_of_the_client_s_own_answers_nothing() -> None:
    """pygls keeps the requests of both sides in one table."""
    loop, logged = VirtualLoop(), Logged()
    start_log(None)
    logging.getLogger("copydesk").addHandler(logged)
    try:
        wire = Wire(loop)
        wire.start()
        command = {"command": "copydesk.status", "arguments": [{}]}
        for message in (
            {"id": 1, "method": "initialize", "params": INITIALIZE},
            {"id": 2, "method": "workspace/executeCommand", "params": command},
            {"id": 2, "result": None},
            {"id": 2, "error": {"code": 1, "message": "no"}},
        ):
            body = json.dumps({"jsonrpc": "2.0"} | message).encode()
            wire.send(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        loop.let(5)
        assert [one["id"] for one in wire.said if "result" in one] == [1, 2]
        assert logged.lines == []
    finally:
        loop.end()
        start_log(None)
