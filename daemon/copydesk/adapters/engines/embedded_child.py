"""The process that holds llama.cpp's server for the embedded engine; it dies with the process that started it.

Reads one line of JSON settings from stdin, prints one line of JSON (`{"address": …}` or `{"error": …}`), then serves
until stdin closes. The key and the model's path travel on stdin because every user can read a command line.
"""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any


@dataclass(frozen=True, slots=True)
class ChildSettings:
    """What the child needs; a load that takes longer than `deadline` seconds ends the process."""

    api_key: str
    model_path: str
    context: int = 8192
    threads: int = 1
    slots: int = 1
    deadline: float = 120.0

    def to_line(self) -> bytes:
        """Return the settings as the line the child reads."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> ChildSettings:
        """Read the line that `to_line` wrote."""
        return cls(**json.loads(line))


def _parameters(settings: ChildSettings) -> Any:
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = settings.model_path
    parameters.offline = True
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.api_keys = [settings.api_key]
    # The web page, the view of other requests' prompts and the listing of settings have no use here.
    parameters.ui = False
    parameters.endpoint_slots = False
    parameters.n_ctx = settings.context * settings.slots
    parameters.n_parallel = settings.slots
    # Small batches: a cancelled request is noticed between two of them.
    parameters.n_batch = parameters.n_ubatch = 128
    parameters.cpuparams.n_threads = settings.threads
    parameters.cpuparams_batch.n_threads = settings.threads
    parameters.cache_ram_mib = 512
    parameters.ctx_shift = False
    parameters.sleep_idle_seconds = 300
    parameters.verbosity = 1  # errors only: their last lines are shown when the process dies
    return parameters


def main() -> None:
    """Serve until stdin closes."""
    answers = os.fdopen(os.dup(1), "wb")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command that started us
    os.dup2(2, 1)  # llama.cpp may print to stdout, which carries our one line
    settings = ChildSettings.from_line(sys.stdin.buffer.readline())
    # Loading holds the interpreter lock, so that no thread of ours could notice a dead parent or a hang; this can.
    faulthandler.dump_traceback_later(settings.deadline, exit=True, file=sys.stderr)
    try:
        import xllamacpp

        server = xllamacpp.Server(_parameters(settings))
        answer = {"address": server.listening_address}
    except Exception as error:  # whatever the library raises is the parent's to report
        answer = {"error": str(error)}
    faulthandler.cancel_dump_traceback_later()
    answers.write(json.dumps(answer).encode() + b"\n")
    answers.flush()
    if "address" in answer:
        sys.stdin.buffer.read()
    # An orderly end would wait for the generation in flight.
    os._exit(0 if "address" in answer else 1)


if __name__ == "__main__":
    main()
