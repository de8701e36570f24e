"""Whatever can go wrong between copydesk and an engine, as one message each with the next step."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.errors import (
    EngineBroken,
    EngineBusy,
    EngineError,
    EngineRefused,
    EngineTimeout,
    EngineUnreachable,
    ModelMissing,
    OutOfMemory,
    PromptTooLong,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_MEMORY = re.compile(
    r"out[ -]of[ -]memory|more system memory|failed to allocate|unable to allocate|insufficient memory"
    r"|cannot allocate|terminated: signal: killed",
    re.IGNORECASE,
)
_CONTEXT = re.compile(
    r"exceed_context_size|exceeds? the (available )?context|longer than the context|context length|context_length"
    r"|maximum context|context window",
    re.IGNORECASE,
)
_MODEL = re.compile(r"model\b.*\b(not found|does not exist|not installed)|no such model|model_not_found", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Site:
    """An engine as messages name it; `start` says how to start it, `install` how to get a model named `{model}`."""

    name: str
    url: str
    start: str
    install: str


@contextmanager
def translated(site: Site, model: str = "") -> Iterator[None]:
    """Turn every failure of the HTTP library, the Ollama package or the JSON they read into an `EngineError`."""
    try:
        yield
    except EngineError:
        raise
    except Exception as error:
        fault = _translate(error, site, model)
        if fault is None:
            raise
        raise fault from error


def _translate(error: Exception, site: Site, model: str) -> EngineError | None:
    import httpx

    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout) or type(error) is ConnectionError:
        return EngineUnreachable(f"{site.name} is not answering at {site.url}.", site.start)
    if isinstance(error, httpx.TimeoutException):
        return EngineTimeout(f"{site.name} was silent for too long.", "Try again, or choose a smaller model.")
    if isinstance(error, httpx.HTTPError | httpx.StreamError | OSError):
        return ended_early(site)
    status = getattr(error, "status_code", None)
    if isinstance(status, int):  # ollama.ResponseError, without importing the package here
        return of_status(status, str(getattr(error, "error", "")), site, model)
    # A line that is not JSON, or JSON of another shape than the protocol's.
    if isinstance(error, ValueError | TypeError | KeyError | AttributeError | IndexError):
        return EngineBroken(
            f"{site.name} at {site.url} sent something that is not an answer.",
            "Check that the address is that of the engine, and that its version is current.",
        )
    return None


def ended_early(site: Site) -> EngineBroken:
    """Return the error for an answer that stopped before its end."""
    return EngineBroken(f"{site.name} stopped in the middle of an answer.", "Try again; its log may say why.")


def of_status(status: int, body: str, site: Site, model: str) -> EngineError:
    """Return the error for an HTTP status, or for an error line in a stream (status -1), and its body."""
    said = _said(body)
    if 300 <= status < 400:
        return EngineRefused(
            f"{site.name} at {site.url} redirected the request to another address; nothing was sent there.",
            "Set the host to the engine's own address.",
        )
    if _CONTEXT.search(said):
        return too_long(site, model)
    if _MEMORY.search(said):
        return OutOfMemory(
            f"{model or 'The model'} does not fit into memory.", "Choose a smaller model or a smaller context."
        )
    if _MODEL.search(said):
        return missing(site, model)
    if status in {401, 403}:
        return EngineRefused(f"{site.name} at {site.url} refused access.", "Check the API key and the host.")
    if status in {429, 503}:
        return EngineBusy(f"{site.name} is busy with other work.", "Try again in a moment.")
    detail = f" ({said})" if said else ""
    number = f" with status {status}" if status > 0 else ""
    return EngineBroken(f"{site.name} failed{number}{detail}.", "Its log may say why; try again or restart it.")


def too_long(site: Site, model: str) -> PromptTooLong:
    """Return the error for a prompt that does not fit."""
    return PromptTooLong(
        f"The text is too long for the context of {model or site.name}.",
        "Split the section at a heading, or raise the context under [engine].",
    )


def missing(site: Site, model: str) -> ModelMissing:
    """Return the error for a model that is not installed."""
    return ModelMissing(f"Model {model} is not installed on {site.name}.", site.install.format(model=model))


def _said(body: str) -> str:
    """Return an error body's own message, short and printable; nothing of a web page."""
    try:
        found = json.loads(body)
    except ValueError:
        found = body
    for name in ("error", "message", "detail"):
        if isinstance(found, dict):
            found = found.get(name, found)
    text = found if isinstance(found, str) else ""
    if "<" in text and ">" in text:
        return ""
    line = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return line[:200].rstrip(".")
