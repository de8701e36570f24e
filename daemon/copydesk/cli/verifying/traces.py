"""Where a secret word stands in files, plainly or in the usual disguises."""

from __future__ import annotations

import base64
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def holding(folder: Path, secret: str) -> Iterator[Path]:
    """Yield the files below a folder whose content or name holds a secret; what a link leads to is not looked at."""
    forms = _forms(secret)
    for where, _, names in os.walk(folder):
        for path in (Path(where, name) for name in names):
            content = b"" if path.is_symlink() else path.read_bytes()
            if forms.search(content) or forms.search(os.fsencode(path.name)):
                yield path


def files(folder: Path) -> int:
    """Return how many files there are below a folder."""
    return sum(len(names) for _, _, names in os.walk(folder))


def _forms(secret: str) -> re.Pattern[bytes]:
    """Return what finds a word in any case, in UTF-8 or UTF-16, in hexadecimal or in base64."""
    plain = secret.encode()
    # Of base64 what does not depend on the neighbours, at each of three places that the word may begin at.
    encoded = (base64.b64encode(bytes(lead) + plain)[-(-lead * 4 // 3) :].rstrip(b"=")[:-1] for lead in range(3))
    wide = (secret.encode(form) for form in ("utf-16-le", "utf-16-be"))
    alike = b"|".join(re.escape(form) for form in (plain, *wide, plain.hex().encode()))
    exact = b"|".join(map(re.escape, encoded))
    return re.compile(b"(?i:" + alike + b")|" + exact)
