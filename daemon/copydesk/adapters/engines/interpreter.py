"""Running Python modules in processes of their own."""

from __future__ import annotations

import sys


def isolated_python(*arguments: str) -> tuple[str, ...]:
    """Return a command of this Python that imports nothing from the working folder or PYTHONPATH.

    Unlike `-I` it sees the user's own site-packages if this process does: copydesk may be installed there.
    """
    user_site = ("-s",) if sys.flags.no_user_site else ()
    return (sys.executable, "-E", "-P", *user_site, *arguments)
