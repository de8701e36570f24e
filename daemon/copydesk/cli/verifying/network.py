"""A network with nothing in it but loopback, on Linux: whatever a program tries, nothing leaves."""

from __future__ import annotations

import shutil
import socket
import struct
import subprocess
import sys

_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 1
"""SIOCGIFFLAGS, SIOCSIFFLAGS and IFF_UP of `netdevice(7)`."""
_SECONDS = 10


def empty_network() -> tuple[str, ...]:
    """Return the words that start a program in an empty network; none where this system or user may not."""
    program = shutil.which("unshare") if sys.platform == "linux" else None
    if program is None:
        return ()
    words = (program, "--map-root-user", "--net")
    try:
        tried = subprocess.run([*words, sys.executable, "-c", ""], capture_output=True, timeout=_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return words if tried.returncode == 0 else ()


def switch_loopback_on() -> None:
    """Let programs of an empty network reach one another; raises `OSError`."""
    if sys.platform != "win32":
        import fcntl

        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            answer = fcntl.ioctl(asking, _GET_FLAGS, struct.pack("16sh14x", b"lo", 0))
            flags = struct.unpack_from("16sh", answer)[1]
            fcntl.ioctl(asking, _SET_FLAGS, struct.pack("16sh14x", b"lo", flags | _UP))


def interfaces() -> tuple[str, ...]:
    """Return the names of this network's interfaces."""
    return tuple(name for _, name in socket.if_nameindex())
