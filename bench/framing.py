"""An editor that also understands servers which send more headers than the one that matters."""

from __future__ import annotations

import contextlib
import os
import re

from harness.editor import Editor

_HEAD = re.compile(rb"(?:[\w-]+: [^\r\n]*\r\n)*?Content-Length: (\d+)\r\n(?:[\w-]+: [^\r\n]*\r\n)*\r\n", re.IGNORECASE)


class TolerantEditor(Editor):
    """Reads any header fields; pygls's own writer adds a content type."""

    def _read(self) -> None:
        pending = bytearray()
        with contextlib.suppress(OSError, RuntimeError):
            while data := os.read(self._incoming, 1 << 16):
                pending += data
                while head := _HEAD.match(pending):
                    end = head.end() + int(head[1])
                    if len(pending) < end:
                        break
                    self._deliver(bytes(pending[head.end() : end]))
                    del pending[:end]
        with contextlib.suppress(OSError):
            os.close(self._incoming)
        with contextlib.suppress(RuntimeError):
            self._deliver(None)
