"""What is wrong with parameters that do not fit, in words that hold none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pygls.exceptions import JsonRpcException

DETAILS = 300
"""Characters of a description."""


def misfit(error: JsonRpcException) -> str:
    """Return which parameters do not fit, by path and expected type, never by value."""
    from cattrs import transform_error

    cause = error.__cause__
    found = transform_error(cause) if isinstance(cause, Exception) else []
    return "; ".join(["The parameters do not fit", *found])[:DETAILS]
