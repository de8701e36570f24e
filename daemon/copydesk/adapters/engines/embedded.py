"""The embedded engine: llama.cpp's own server in a child process, for machines without Ollama."""

from __future__ import annotations

import asyncio
import os
from contextlib import aclosing
from dataclasses import dataclass
from hashlib import file_digest
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING

from copydesk.adapters.engines.child_process import ChildProcess, RestartPolicy
from copydesk.adapters.engines.dialects import LlamaCpp
from copydesk.adapters.engines.embedded_child import ChildSettings
from copydesk.adapters.engines.faults import Site, missing
from copydesk.adapters.engines.gguf import Head, read_head
from copydesk.adapters.engines.model_files import locate
from copydesk.adapters.engines.openai import OpenAIEngine
from copydesk.errors import EngineBroken, EngineUnreachable, ModelMissing
from copydesk.ports import Delta, EngineFacts, Finished, Locality, ModelFacts, Scores

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping
    from pathlib import Path

    from copydesk.adapters.egress import Egress
    from copydesk.adapters.engines.pacing import Patience
    from copydesk.ports import Prompt, Sampling

_LIBRARY = "xllamacpp"
_SITE = Site(
    "The embedded engine",
    "this machine",
    start="Try again.",
    install="The embedded engine holds one model, the file configured; {model} is another.",
)
_GIGABYTE = 1e9


def library_version() -> str | None:
    """Return the version of the library with llama.cpp in it, or None where it is not installed."""
    if find_spec(_LIBRARY) is None:
        return None
    try:
        return version(_LIBRARY)
    except PackageNotFoundError:
        return None


def default_threads() -> int:
    """Return how many threads serve a model well while its writer works on the same machine."""
    cores = os.cpu_count() or 1
    return cores if cores <= 4 else cores // 2


@dataclass(frozen=True, slots=True)
class _Model:
    path: Path
    size: int
    modified: int
    head: Head

    @property
    def name(self) -> str:
        return self.path.stem


class EmbeddedEngine:
    """Serves the GGUF file at a path or `hf:owner/repository[:quantisation]`; `context` in tokens.

    Nothing is started before the first question to the model, and nothing is ever downloaded.
    """

    def __init__(
        self,
        model: str,
        *,
        context: int = 8192,
        threads: int | None = None,
        concurrency: int = 1,
        patience: Patience | None = None,
        restarts: RestartPolicy | None = None,
        egress: Egress | None = None,
    ) -> None:
        self.concurrency = concurrency
        self._reference = model
        self._context = context
        self._threads = threads or default_threads()
        self._patience = patience
        self._restarts = restarts
        self._egress = egress
        self._digests: dict[tuple[Path, int, int], str] = {}
        self._child: ChildProcess | None = None
        self._server: tuple[str, OpenAIEngine] | None = None

    @property
    def pid(self) -> int | None:
        """Return the child's process id, or None while it does not run."""
        return self._child.pid if self._child else None

    async def facts(self) -> EngineFacts:
        """Return what would serve; raises `EngineUnreachable` without the library, `ModelMissing` without the file."""
        installed = library_version()
        if installed is None:
            raise EngineUnreachable(
                "The embedded engine is not installed.",
                "Install it with `pipx install --force '.[embedded,web]'` in a checkout.",
            )
        model = await asyncio.to_thread(_read, self._reference)
        return EngineFacts("embedded", "this machine", installed, Locality.LOCAL, (await self._facts_of(model),))

    async def model_facts(self, model: str) -> ModelFacts:
        """Return facts of the model; its digest is the SHA-256 of the file."""
        found = await asyncio.to_thread(_read, self._reference)
        self._require(model, found)
        return await self._facts_of(found)

    async def stream(
        self, prompt: Prompt, sampling: Sampling, schema: Mapping[str, object] | None = None
    ) -> AsyncGenerator[Delta | Finished]:
        """Stream an answer; see the port."""
        engine = await self._ready(prompt.model)
        try:
            async with aclosing(engine.stream(prompt, sampling, schema)) as items:
                async for item in items:
                    yield item
        except (EngineBroken, EngineUnreachable) as error:
            raise (await self._death() or error) from error

    async def score(self, prompt: Prompt, options: tuple[str, ...]) -> Scores:
        """Return how likely each option is as the first token; see the port."""
        engine = await self._ready(prompt.model)
        try:
            return await engine.score(prompt, options)
        except (EngineBroken, EngineUnreachable) as error:
            raise (await self._death() or error) from error

    async def close(self) -> None:
        """End the child process."""
        if self._server is not None:
            (_, engine), self._server = self._server, None
            await engine.close()
        if self._child is not None:
            child, self._child = self._child, None
            await child.close()

    async def _ready(self, name: str) -> OpenAIEngine:
        if self._child is None:
            if library_version() is None:
                await self.facts()
            model = await asyncio.to_thread(_read, self._reference)
            self._require(name, model)
            # Another caller may have come first while the file was read.
            self._child = self._child or ChildProcess(self._settings(model), self._restarts)
        serving = await self._child.serving()
        if self._server is None or self._server[0] != serving.api_key:
            if self._server is not None:
                await self._server[1].close()
            engine = OpenAIEngine(
                serving.address,
                api_key=serving.api_key,
                context=self._context,
                concurrency=self.concurrency,
                dialect=LlamaCpp(),
                patience=self._patience,
                site=_SITE,
                egress=self._egress,
            )
            self._server = (serving.api_key, engine)
        return self._server[1]

    async def _death(self) -> Exception | None:
        return await self._child.death() if self._child else None

    def _settings(self, model: _Model) -> ChildSettings:
        return ChildSettings(
            api_key="",
            model_path=str(model.path),
            context=min(self._context, model.head.context or self._context),
            threads=self._threads,
            slots=self.concurrency,
            deadline=60.0 + 10.0 * model.size / _GIGABYTE,
        )

    def _require(self, name: str, model: _Model) -> None:
        if name not in {model.name, self._reference}:
            raise missing(_SITE, name)

    async def _facts_of(self, model: _Model) -> ModelFacts:
        key = (model.path, model.size, model.modified)
        if key not in self._digests:
            self._digests[key] = await asyncio.to_thread(_digest, model.path)
        return ModelFacts(
            name=model.name,
            digest=self._digests[key],
            context=min(self._context, model.head.context or self._context),
            licence=model.head.licence,
            size=model.size,
            parameters=model.head.parameters,
        )


def _read(reference: str) -> _Model:
    path = locate(reference)
    try:
        state = path.stat()
        return _Model(path, state.st_size, state.st_mtime_ns, read_head(path))
    except (OSError, ValueError) as error:
        raise ModelMissing(f"The model file {path} cannot be used: {error}.", "Name another model file.") from error


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
