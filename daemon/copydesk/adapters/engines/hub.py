"""Downloading a model file from Hugging Face, when the user asks for one by name and never otherwise."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from copydesk.adapters.engines.model_files import models_folder, parse_reference
from copydesk.errors import EngineBroken, ModelMissing

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping

    import httpx

    from copydesk.adapters.egress import Egress
    from copydesk.adapters.engines.model_files import HubReference

_PART = re.compile(r"-\d{5}-of-(\d{5})\.gguf$")
_SECONDS = 60.0
_PORTS = {"http": 80, "https": 443}
PURPOSE = "model"


@dataclass(frozen=True, slots=True)
class _Listed:
    name: str
    size: int
    digest: str


async def fetch(reference: str, progress: Callable[[int, int], None], egress: Egress | None = None) -> Path:
    """Download the file that `hf:owner/name[:part]` means, with its parts; return where `locate` finds it.

    `progress` is told bytes done and bytes in all. Every file's SHA-256 is checked against the one that the hub lists
    before it is put in place. `egress` records the connections, and is told where the hub sends to. Raises
    `ModelMissing` where it cannot be had, `EngineBroken` for a wrong digest.
    """
    import httpx

    wanted = parse_reference(reference)
    endpoint = (os.environ.get("HF_ENDPOINT") or "https://huggingface.co").rstrip("/")
    client = _client(endpoint, egress)
    try:
        async with client:
            files = await _chosen(client, wanted)
            total = sum(file.size for file in files)
            done = 0
            for file in files:
                async for read in _download(client, wanted, file):
                    progress(done + read, total)
                done += file.size
    except httpx.HTTPStatusError as error:
        raise _unavailable(reference, f"the hub answers {error.response.status_code}") from error
    except httpx.HTTPError as error:
        raise _unavailable(reference, f"{endpoint} cannot be reached") from error
    except OSError as error:
        raise ModelMissing(f"{reference} could not be stored: {error}.", f"See to {models_folder()}.") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _unavailable(reference, f"{endpoint} sent something that is not a list of files") from error
    return _folder(wanted) / files[0].name


def _client(endpoint: str, egress: Egress | None) -> httpx.AsyncClient:
    import httpx

    token = os.environ.get("HF_TOKEN")
    # The one place where redirects and proxies are right: the hub sends to its stores, and no text of the user's goes.
    return httpx.AsyncClient(
        base_url=endpoint,
        headers={"Authorization": f"Bearer {token}"} if token else {},
        timeout=httpx.Timeout(_SECONDS),
        follow_redirects=True,
        **({} if egress is None else _recorded(endpoint, egress)),
    )


def _recorded(endpoint: str, egress: Egress) -> dict[str, Any]:
    """Return what makes a client record its connections, and allows the proxies and stores that it meets."""
    import httpx
    from httpx._utils import get_environment_proxies  # a client that is given a transport looks for none itself

    from copydesk.adapters.recorded import RecordedTransport, transport_to

    mounts: dict[str, httpx.AsyncBaseTransport | None] = {}
    for pattern, proxy in get_environment_proxies().items():
        mounts[pattern] = None
        if proxy is not None:
            address = httpx.URL(proxy)
            egress.allow(_host(address), address.port or _PORTS.get(address.scheme, 1080), "proxy")
            mounts[pattern] = RecordedTransport(httpx.AsyncHTTPTransport(proxy=proxy), egress, PURPOSE)

    async def redirected(response: httpx.Response) -> None:
        with suppress(httpx.InvalidURL):
            target = response.url.join(response.headers["location"]) if response.has_redirect_location else None
            if target is not None and target.scheme in {"https", response.url.scheme}:
                egress.allow(_host(target), target.port or _PORTS.get(target.scheme, 0), PURPOSE)

    transport = transport_to(egress, endpoint, PURPOSE)
    return {"transport": transport, "mounts": mounts, "event_hooks": {"response": [redirected]}}


def _host(url: httpx.URL) -> str:
    return url.raw_host.decode("ascii")


def _folder(reference: HubReference) -> Path:
    return models_folder() / f"{reference.owner}--{reference.name}"


async def _chosen(client: httpx.AsyncClient, wanted: HubReference) -> list[_Listed]:
    """Return the files to fetch, the first part first."""
    response = await client.get(f"/api/models/{wanted.owner}/{wanted.name}/tree/main")
    response.raise_for_status()
    listed = {str(entry["path"]): entry for entry in response.json() if _is_model(entry)}
    picked = wanted.pick(Path(name) for name in listed)
    if picked is None:
        offered = ", ".join(sorted(listed)[:12]) or "no GGUF file"
        raise ModelMissing(
            f"{wanted.owner}/{wanted.name} has no such file; it has {offered}.", "Name one of these after a colon."
        )
    parts = _PART.search(picked.name)
    names = [picked.name]
    if parts:
        stem = picked.name[: parts.start()]
        names = sorted(name for name in listed if name.startswith(stem) and _PART.search(name))
    return [_Listed(name, int(listed[name]["lfs"]["size"]), str(listed[name]["lfs"]["oid"])) for name in names]


def _is_model(entry: Mapping[str, Any]) -> bool:
    name = PurePosixPath(str(entry["path"]))
    return name.suffix == ".gguf" and len(name.parts) == 1 and "\\" not in name.name and bool(entry.get("lfs"))


async def _download(client: httpx.AsyncClient, wanted: HubReference, file: _Listed) -> AsyncGenerator[int]:
    """Yield how many bytes have arrived; the file is in place at the end."""
    target = _folder(wanted) / file.name
    target.parent.mkdir(parents=True, exist_ok=True)
    arriving = target.with_name(f"{file.name}.arriving")
    digest = sha256()
    read = 0
    try:
        async with client.stream("GET", f"/{wanted.owner}/{wanted.name}/resolve/main/{file.name}") as response:
            response.raise_for_status()
            with arriving.open("wb") as disk:
                async for chunk in response.aiter_bytes():
                    disk.write(chunk)
                    digest.update(chunk)
                    read += len(chunk)
                    yield read
        if digest.hexdigest() != file.digest:
            raise EngineBroken(
                f"{file.name} arrived damaged: its SHA-256 is not the one that the hub lists.", "Try again."
            )
        arriving.replace(target)
    finally:
        arriving.unlink(missing_ok=True)


def _unavailable(reference: str, why: str) -> ModelMissing:
    return ModelMissing(
        f"{reference} could not be fetched: {why}.",
        "Check the name and the connection; a model that asks for consent needs HF_TOKEN in the environment.",
    )
