"""What a client is told of a request that cannot be answered, in words that hold none of its parameters and no path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pygls.exceptions import JsonRpcException, JsonRpcInternalError, JsonRpcRequestCancelled

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

DETAILS = 300
"""Characters of a description."""


def misfit(error: JsonRpcException) -> str:
    """Return which parameters do not fit, by path and expected type, never by value."""
    from cattrs import transform_error

    cause = error.__cause__
    found = transform_error(cause) if isinstance(cause, Exception) else []
    return "; ".join(["The parameters do not fit", *found])[:DETAILS]


def failure(future: Future[Any], crashed: Callable[[BaseException], str]) -> JsonRpcException | None:
    """Return why a request that is done has no result, None where it has one.

    `crashed` is given what went wrong inside, and returns what the client is told of it.
    """
    if future.cancelled():
        return JsonRpcRequestCancelled("The request was cancelled.")
    exception = future.exception()
    if exception is None or isinstance(exception, JsonRpcException):
        return exception
    return JsonRpcInternalError(crashed(exception))


def refusal(request: object, error: JsonRpcException) -> dict[str, Any]:
    """Return a JSON-RPC 2.0 error for a request; its id is null where it has none that could be one."""
    details = {} if error.data is None else {"data": error.data}
    return {
        "jsonrpc": "2.0",
        "id": request if isinstance(request, int | str) else None,
        "error": {"code": error.code, "message": error.message} | details,
    }
