"""Running Python modules in processes of their own."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def isolated_python(*arguments: str) -> tuple[str, ...]:
    """Return a command of this Python that imports nothing from the working folder or PYTHONPATH.

    Unlike `-I` it sees the user's own site-packages if this process does: copydesk may be installed there.
    """
    user_site = ("-s",) if sys.flags.no_user_site else ()
    return (sys.executable, "-E", "-P", *user_site, *arguments)


async def start(command: tuple[str, ...], environment: Mapping[str, str], errors: int) -> asyncio.subprocess.Process:
    """Start a command with pipes for what goes in and out; `errors` is where its stderr goes, as for `subprocess`."""
    return await asyncio.create_subprocess_exec(
        *command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        cwd=sys.prefix,  # not the writer's folder: libraries look for plug-ins where they are started
        env=environment,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
