"""Runs a command of copydesk under an audit hook: `python -m harness.audited REPORT ARGUMENT…`.

REPORT gets a line of JSON for each process that was started, each call of a shell, each socket that was bound,
and each global that was unpickled.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

WATCHED = frozenset(
    {
        *("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile", "pty.spawn"),
        *("socket.bind", "pickle.find_class", "marshal.loads", "webbrowser.open", "ctypes.dlopen/remote"),
    }
)


def main() -> int:
    """Run the command and return its status."""
    report = Path(sys.argv[1]).open("a", encoding="utf-8", buffering=1)  # noqa: SIM115 - open until the end
    imported = False

    def hear(event: str, arguments: tuple[object, ...]) -> None:
        # Python itself reads its compiled modules by marshal.
        if event in WATCHED and (event != "marshal.loads" or (imported and "importlib" not in _caller())):
            report.write(json.dumps([event, [str(one) for one in arguments]]) + "\n")

    sys.addaudithook(hear)
    from copydesk.cli.main import main as command

    imported = True
    return command(sys.argv[2:])


def _caller() -> str:
    frame = sys._getframe(2)
    return frame.f_code.co_filename


if __name__ == "__main__":
    sys.exit(main())
