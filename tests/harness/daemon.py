"""The language server as a process of its own, around the scripted desk: `python -m harness.daemon [CHATTER]`.

With CHATTER the desk prints to standard output while it works, as a careless library would, and so does a child
process of it.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from copydesk.lsp.log import start_log
from copydesk.lsp.server import serve
from harness.scripted import ScriptedDesk, services

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

HEAVY = ("ollama", "httpx", "pydantic", "diskcache", "markdown_it", "xllamacpp", "trafilatura", "sentencex")


class Chatterer(ScriptedDesk):
    """Prints before each event."""

    async def critique(self, document: Any, brief: Any, **more: Any) -> AsyncIterator[Any]:
        """Critique, and chatter."""
        async for event in super().critique(document, brief, **more):
            print("stray words\r\n" * 200, flush=True)
            await asyncio.to_thread(subprocess.run, [sys.executable, "-c", "print('a child speaks')"], check=True)
            yield event


def main() -> int:
    """Serve, and name the heavy modules that were loaded by the time of `initialize`."""
    start_log(None)
    desk = Chatterer() if "CHATTER" in sys.argv else ScriptedDesk()
    desk.step = asyncio.Semaphore(0) if "HANG" in sys.argv else None

    def configure(client: Any) -> Any:
        from copydesk.lsp.ports import Configuration

        loaded = [name for name in HEAVY if name in sys.modules]
        return Configuration(problems=(f"loaded: {', '.join(loaded) or 'nothing heavy'}",))

    return serve(services(desk, configure=configure))


if __name__ == "__main__":
    sys.exit(main())
