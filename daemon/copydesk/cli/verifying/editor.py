"""An editor that is none: it opens the sample's document in the language server and uses each long command once."""

from __future__ import annotations

import json
import time
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping

    from copydesk.cli.verifying.sample import Sample

_PAUSE, _PATIENCE = 0.05, 60.0


def use(server: subprocess.Popen[bytes], sample: Sample, settings: Mapping[str, object]) -> None:
    """Speak to a server on its pipes until everything that was begun has ended, and take leave.

    Raises `OSError` or `ValueError` where it does not answer, or not in time.
    """
    assert server.stdin is not None and server.stdout is not None
    client = _Client(server.stdin, server.stdout)
    uri = sample.document.as_uri()
    folders = [{"uri": sample.project.as_uri(), "name": "project"}]
    options = {"processId": None, "capabilities": {}, "workspaceFolders": folders, "initializationOptions": settings}
    client.ask("initialize", options)
    client.tell("initialized", {})
    text = sample.document.read_text("utf-8")
    client.tell(
        "textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "markdown", "version": 1, "text": text}}
    )
    heading = text[: text.index("## The mill")].count("\n")
    for command, more in (
        ("copydesk.critiqueDocument", {}),
        ("copydesk.researchSection", {"position": {"line": 0, "character": 0}}),
        ("copydesk.draftSection", {"position": {"line": heading, "character": 0}}),
    ):
        client.run(command, {"uri": uri, **more})
        until = time.monotonic() + _PATIENCE
        while client.run("copydesk.jobs", {})["jobs"] and time.monotonic() < until:
            time.sleep(_PAUSE)
    client.ask("shutdown", None)
    client.tell("exit", None)


class _Client:
    """Reads and writes messages of the Language Server Protocol; what a server asks is answered with nothing."""

    def __init__(self, to_server: IO[bytes], from_server: IO[bytes]) -> None:
        self._to_server = to_server
        self._from_server = from_server
        self._last = 0

    def run(self, command: str, argument: Mapping[str, object]) -> Any:
        """Return what a command of the server's returns, None if it refuses."""
        return self.ask("workspace/executeCommand", {"command": command, "arguments": [argument]}).get("result")

    def ask(self, method: str, params: object) -> dict[str, Any]:
        """Send a request and return its answer."""
        self._last += 1
        self._send({"id": self._last, "method": method, "params": params})
        while (message := self._receive()).get("id") != self._last or "method" in message:
            if "method" in message and "id" in message:
                self._send({"id": message["id"], "result": None})
        return message

    def tell(self, method: str, params: object) -> None:
        """Send a notification."""
        self._send({"method": method, "params": params})

    def _send(self, message: Mapping[str, object]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._to_server.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._to_server.flush()

    def _receive(self) -> dict[str, Any]:
        length = 0
        while (line := self._from_server.readline()).strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        return dict(json.loads(self._from_server.read(length)))
