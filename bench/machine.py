"""What the numbers were measured on."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("pygls", "lsprotocol", "ollama", "markdown-it-py", "xllamacpp")


def machine() -> str:
    """Return cores, processor and memory in one line."""
    gigabytes = _memory()
    memory = f", {gigabytes:.0f} GB of memory" if gigabytes else ""
    return f"{os.cpu_count()} cores of {_processor()}{memory}, {platform.system()} {platform.machine()}"


def versions() -> str:
    """Return the versions of Python and of what matters to the numbers."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"copydesk {version('copydesk')}, Python {platform.python_version()}, {packages}"


def resident_megabytes(pid: int) -> float:
    """Return a process's resident memory; raises `RuntimeError` where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    if status.is_file():
        match = re.search(r"^VmRSS:\s+(\d+) kB", status.read_text(), re.MULTILINE)
        if match:
            return int(match[1]) * 1024 / 1e6
    with suppress(OSError, ValueError, subprocess.SubprocessError):
        told = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, timeout=10)
        return int(told.stdout) * 1024 / 1e6
    raise RuntimeError("This system does not tell a process's memory.")


def processor_milliseconds(pid: int) -> float | None:
    """Return how long a process's threads have run on a processor, None where the system does not tell exactly."""
    try:
        threads = [path / "schedstat" for path in Path(f"/proc/{pid}/task").iterdir()]
        return sum(int(path.read_text().split()[0]) for path in threads) / 1e6
    except (OSError, ValueError, IndexError):
        return None


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.is_file():
        match = re.search(r"^model name\s*:\s*(.+)$", information.read_text(), re.MULTILINE)
        if match:
            return match[1]
    return platform.processor() or platform.machine()


def _memory() -> float | None:
    with suppress(OSError, ValueError, AttributeError):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return None
