"""One request to one checked IP address and its answer, read within bounds. Imports httpx."""

from __future__ import annotations

import ssl
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import httpx
from httpx import AsyncHTTPTransport

from copydesk.adapters.web.bodies import MEBIBYTE, Body, is_binary
from copydesk.adapters.web.reasons import Reason, Refused
from copydesk.adapters.web.values import PDF_TYPE, USER_AGENT, Response

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from ipaddress import IPv4Address, IPv6Address

    from copydesk.adapters.web.addresses import Address
    from copydesk.adapters.web.values import Limits, Question

_HEADER_TOO_LARGE = 431
"""What h11 hints at where a header outgrows its buffer (100 KiB)."""


def tls_context() -> ssl.SSLContext:
    """Return a context that verifies certificates, by no file that an environment variable names."""
    return httpx.create_ssl_context(trust_env=False)


def direct_transport(context: ssl.SSLContext) -> AsyncHTTPTransport:
    """Return a transport without proxies, for one connection that is not kept."""
    return AsyncHTTPTransport(
        verify=context or False,
        trust_env=False,
        http2=False,
        limits=httpx.Limits(max_connections=1, max_keepalive_connections=0),
    )


async def exchange(
    transport: httpx.AsyncBaseTransport,
    address: Address,
    ip: IPv4Address | IPv6Address,
    question: Question,
    limits: Limits,
) -> Response:
    """Return what a host answers at one of its IP addresses; raises `Refused`.

    `UNREACHABLE` tells that no connection was made, so another of the addresses may be tried. There is no deadline
    here but that for connecting.
    """
    request = _request(address, ip, question, limits)
    try:
        answer = await transport.handle_async_request(request)
    except httpx.TransportError as error:
        raise _refusal(error, began=False) from error
    try:
        response = Response(address.url, answer.status_code, _headers(answer.headers))
        if response.headers.get("cf-mitigated") == "challenge":  # how Cloudflare tells programs from browsers
            raise Refused(Reason.CHALLENGE)
        return replace(response, body=await _body(answer, response, question, limits))
    except httpx.TransportError as error:
        raise _refusal(error, began=True) from error
    finally:
        await answer.aclose()


def _request(address: Address, ip: IPv4Address | IPv6Address, question: Question, limits: Limits) -> httpx.Request:
    url = httpx.URL(scheme=address.scheme, host=str(ip), port=address.port, raw_path=address.target.encode("ascii"))
    headers = {
        "Host": address.authority,
        "User-Agent": USER_AGENT,
        "Accept": ", ".join(question.accept) or "*/*",
        "Accept-Encoding": "gzip",
        "Connection": "close",
        **question.known.headers,
    }
    timeout = {"connect": limits.connect, "read": None, "write": None, "pool": None}
    return httpx.Request("GET", url, headers=headers, extensions={"sni_hostname": address.host, "timeout": timeout})


def _headers(received: httpx.Headers) -> dict[str, str]:
    """Return headers by name in lower case; one that is repeated is joined with commas."""
    return {name.lower(): received[name] for name in received}


async def _body(answer: httpx.Response, response: Response, question: Question, limits: Limits) -> bytes:
    fine = 200 <= response.status < 300
    if not fine and not (question.named and response.status >= 400 and response.media_type in question.accept):
        return b""
    if question.accept and response.media_type not in question.accept:
        raise Refused(Reason.TYPE)
    limit = limits.pdf if response.media_type == PDF_TYPE else limits.body
    body = Body(response.headers.get("content-encoding", ""), question.first or limit, first=question.first is not None)
    announced = response.headers.get("content-length", "")
    if question.first is None and announced.isascii() and announced.isdigit() and int(announced) > limit:
        raise Refused(Reason.LARGE, mebibytes=limit / MEBIBYTE)
    async with aclosing(cast("AsyncGenerator[bytes]", answer.aiter_raw())) as chunks:
        async for chunk in chunks:
            body.feed(chunk)
            if body.full:
                break
    whole = body.finished()
    textual = question.accept and response.media_type != PDF_TYPE
    if textual and is_binary(whole, response.charset or ""):
        raise Refused(Reason.BINARY)
    return whole


def _refusal(error: httpx.TransportError, *, began: bool) -> Refused:
    causes = list(_causes(error))
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return Refused(Reason.CERTIFICATE)
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return Refused(Reason.UNREACHABLE)
    # h11 hints at the status that a server would answer to such words; a connection that just ended has no hint.
    hints = {getattr(cause, "error_status_hint", None) for cause in causes} - {None}
    if began or not hints:
        return Refused(Reason.BROKEN)
    return Refused(Reason.LONG_HEADER if _HEADER_TOO_LARGE in hints else Reason.NOT_HTTP)


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found
