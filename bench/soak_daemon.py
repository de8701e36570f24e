"""The language server as editors start it, with one command more: how much it holds. `python bench/soak_daemon.py`."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
from typing import Any

from copydesk.cli.guarding import guarded
from copydesk.cli.serve import services
from copydesk.lsp import stdio
from copydesk.lsp.log import start_log
from copydesk.lsp.server import create_server

COUNTS = "bench.counts"
"""The command's name."""


def main() -> int:
    """Serve one editor."""
    start_log(None)
    with guarded() as egress:
        server = create_server(services(egress))

        @server.command(COUNTS)
        def counts(arguments: Any) -> dict[str, int]:
            gc.collect()
            return {
                "tasks": len(asyncio.all_tasks()),
                "threads": threading.active_count(),
                "requests": len(server.protocol._request_futures),
            }

        return stdio.run(server)


if __name__ == "__main__":
    sys.exit(main())
