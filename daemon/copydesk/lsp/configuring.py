"""The settings in force for each document, asked of the client and the files.

They are asked for at start, for each folder of an opened document, and again whenever either says they changed.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from copydesk.lsp.documents import file_path
from copydesk.lsp.log import fault
from copydesk.lsp.ports import ClientSettings, Configuration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from copydesk.lsp.client import Client

logger = logging.getLogger(__name__)


class Settings:
    """Holds the configuration in force for each folder with an open document; `changed` is called after each change.

    `current` is what holds for a document without a file.
    """

    def __init__(
        self, client: Client, configure: Callable[[ClientSettings], Configuration], changed: Callable[[], None]
    ) -> None:
        self._client = client
        self._configure = configure
        self._changed = changed
        self._initialization: Any = None
        self._section: Any = None
        self._folders: dict[str, None] = {}
        self._reported: set[str] = set()
        self._loading = asyncio.Lock()
        self._loaded = asyncio.Event()
        self._told = asyncio.Event()
        self._started = False
        self._starting: asyncio.Task[None] | None = None
        self._of_folder: dict[Path, Configuration] = {}
        self.current = Configuration()

    @property
    def folders(self) -> tuple[Path, ...]:
        """Return the workspace folders that are on this machine's disk."""
        return tuple(path for uri in self._folders if (path := file_path(uri)) is not None)

    def introduced(self, params: types.InitializeParams) -> None:
        """Remember what the client said on initialization."""
        self._initialization = params.initialization_options
        folders = [folder.uri for folder in params.workspace_folders or ()]
        root = [params.root_uri] if params.root_uri and not folders else []
        self._folders = dict.fromkeys([*folders, *root])

    def move(self, added: Iterable[types.WorkspaceFolder], removed: Iterable[types.WorkspaceFolder]) -> None:
        """Take over a change of the workspace folders."""
        for folder in removed:
            self._folders.pop(folder.uri, None)
        self._folders |= dict.fromkeys(folder.uri for folder in added)

    def of(self, document: Path | None) -> Configuration:
        """Return the configuration of a document as far as it has been loaded."""
        return self.current if document is None else self._of_folder.get(document.parent, self.current)

    def keep(self, documents: Iterable[Path]) -> None:
        """Forget the configurations of all documents but these."""
        folders = {document.parent for document in documents}
        self._of_folder = {folder: one for folder, one in self._of_folder.items() if folder in folders}

    async def loaded(self, document: Path | None) -> Configuration:
        """Return the configuration of a document once it has been loaded for the first time."""
        self._begin()
        await self._loaded.wait()
        if document is None:
            return self.current
        if document.parent not in self._of_folder:
            async with self._loading:
                if document.parent not in self._of_folder:
                    configuration = await self._configured(document, self.current)
                    self._of_folder[document.parent] = configuration
                    self._report(configuration)
        return self.of(document)

    async def told(self, document: Path | None) -> Configuration:
        """Return the configuration of a document once the client has said, or failed to say, what it sets.

        What is sent to an engine waits for this: until then a default stands for the engine that the writer chose.
        """
        self._begin()
        await self._told.wait()
        return await self.loaded(document)

    async def start(self) -> None:
        """Load the settings without waiting for the client, then with what it answers, then watch for changes."""
        if self._started:
            return
        self._started = True
        try:
            await self._load()
            if self._client.features.configuration:
                await self.reload()
        finally:
            self._told.set()
        await self._client.watch()

    async def reload(self, pushed: Any = None) -> None:
        """Load the settings again; `pushed` is what a client sent that cannot be asked."""
        if self._client.features.configuration:
            self._section = await self._client.configuration()
        elif isinstance(pushed, dict):
            self._section = pushed.get("copydesk")
        await self._load()

    def _begin(self) -> None:
        """Start for a client that asks for something and never said `initialized`."""
        if not self._started and self._starting is None:
            self._starting = asyncio.create_task(self.start())

    async def _load(self) -> None:
        async with self._loading:
            before = (self.current, *self._of_folder.values())
            self.current = await self._configured(None, self.current)
            for folder, known in tuple(self._of_folder.items()):
                # What a folder's files are called makes no difference to where their settings are.
                configuration = await self._configured(folder / "document", known)
                if folder in self._of_folder:
                    self._of_folder[folder] = configuration
            after = (self.current, *self._of_folder.values())
            first = not self._loaded.is_set()
            self._loaded.set()
        for configuration in after:
            self._report(configuration)
        if first or before != after:
            self._changed()

    async def _configured(self, document: Path | None, known: Configuration) -> Configuration:
        """Return the configuration of a document; `known` where it cannot be loaded."""
        said = ClientSettings(self.folders, self._initialization, self._section, document)
        try:
            return await asyncio.to_thread(self._configure, said)
        except Exception as error:
            logger.error("settings not loaded: %s", fault(error))
            return known

    def _report(self, configuration: Configuration) -> None:
        for problem in configuration.problems:
            if problem not in self._reported:
                self._reported.add(problem)
                self._client.say(problem, types.MessageType.Warning)
