"""Settings reach the server from the client, live, and junk in them is said once."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from harness.editor import NEOVIM, VSCODE
from harness.scripted import ScriptedDesk, configure, services

if TYPE_CHECKING:
    from conftest import Connect
    from copydesk.lsp.ports import ClientSettings, Configuration
    from harness.editor import Personality

URI = "file:///work/post.md"
TEXT = "This is very good.\n"


async def test_only_our_section_is_asked_for(connect: Connect, personality: Personality) -> None:
    editor = (await connect(personality)).editor
    await editor.initialize()
    request = await editor.until(
        lambda: next((m for m in editor.messages if m.get("method") == "workspace/configuration"), None)
    )
    assert request["params"] == {"items": [{"section": "copydesk"}]}


async def test_R76_a_problem_is_said_once(connect: Connect) -> None:
    editor = (await connect()).editor
    editor.settings = {"modle": 1}
    await editor.initialize()
    await editor.until(lambda: editor.said)
    for other in ("a", "b"):
        editor.settings = {"modle": 1, other: 1}
        editor.notify("workspace/didChangeConfiguration", {"settings": None})
        await editor.until(lambda other=other: any(one.startswith(f"{other}:") for one in editor.said))
    assert [one for one in editor.said if "modle" in one] == ["modle: there is no such setting."]


@pytest.mark.parametrize("settings", [None, 5, [], "junk", {"copydesk": None}])
async def test_junk_for_settings_leaves_the_defaults(connect: Connect, settings: Any) -> None:
    editor = (await connect()).editor
    editor.settings = settings if not isinstance(settings, dict) else None
    await editor.initialize()
    editor.notify("workspace/didChangeConfiguration", {"settings": settings})
    editor.open(URI, TEXT)
    await editor.notes(URI, "Very is weak.")


async def test_a_client_that_cannot_be_asked_may_push(connect: Connect) -> None:
    editor = (await connect(NEOVIM)).editor
    await editor.initialize(workspace={"configuration": False})
    editor.open(URI, TEXT)
    await editor.notes(URI, "Very is weak.")
    editor.notify("workspace/didChangeConfiguration", {"settings": {"copydesk": {"disable": ["CD402"]}}})
    await editor.notes(URI)


async def test_settings_that_cannot_be_loaded_leave_those_in_force(connect: Connect) -> None:
    def broken(client: ClientSettings) -> Configuration:
        if client.section:
            raise OSError("disk on fire")
        return configure(client)

    editor = (await connect(VSCODE, services(ScriptedDesk(), configure=broken))).editor
    editor.settings = {"disable": ["CD402"]}
    await editor.initialize()
    editor.open(URI, TEXT)
    await editor.notes(URI, "Very is weak.")
    assert editor.said == []


async def test_nothing_is_sent_to_an_engine_before_the_client_has_named_it(connect: Connect) -> None:
    desk, hired, answered = ScriptedDesk(), [], asyncio.Event()

    async def build(configuration: Configuration) -> ScriptedDesk:
        hired.append(configuration.values)
        return desk

    async def answer(params: Any) -> Any:
        await answered.wait()
        return [{"engine": "the writer's own"}]

    editor = (await connect(VSCODE, services(desk, desk=build))).editor
    editor.answers["workspace/configuration"] = answer
    await editor.initialize()
    editor.open(URI, "This sentence has a flaw.\n")
    await editor.command("copydesk.critiqueDocument", uri=URI)
    answered.set()
    await editor.notes(URI, "Flawed: This sentence has a flaw.")
    assert hired == ["the writer's own"]


async def test_documents_with_settings_of_their_own_share_a_desk(connect: Connect) -> None:
    desk, built = ScriptedDesk(), []

    async def build(configuration: Configuration) -> ScriptedDesk:
        built.append(configuration.engine)
        return desk

    own = services(
        desk,
        desk=build,
        configure=lambda client: replace(configure(client), values=client.document and client.document.parent.name),
        brief=lambda document, configuration: configuration.values,
    )
    editor = (await connect(VSCODE, own)).editor
    await editor.initialize()
    for count, uri in enumerate(("file:///work/a/post.md", "file:///work/b/post.md", "untitled:Untitled-1"), 1):
        editor.open(uri, "This sentence has a flaw.\n")
        await editor.command("copydesk.critiqueDocument", uri=uri)
        await editor.ended(count)
    assert desk.briefs == ["a", "b", None]
    assert len(built) == 1


class Recorder:
    """Records what the server asks the settings for, and on which thread."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._seen: asyncio.Queue[ClientSettings] = asyncio.Queue()
        self.threads: set[str] = set()

    def __call__(self, client: ClientSettings) -> Configuration:
        self.threads.add(threading.current_thread().name)
        self._loop.call_soon_threadsafe(self._seen.put_nowait, client)
        return configure(client)

    async def next(self) -> ClientSettings:
        """Return what was asked for next."""
        return await asyncio.wait_for(self._seen.get(), 60)


async def test_folders_options_and_section_are_handed_on(connect: Connect) -> None:
    recorder = Recorder()
    editor = (await connect(VSCODE, services(ScriptedDesk(), configure=recorder))).editor
    editor.settings = {"engine": "x"}
    await editor.initialize(["file:///work", "vscode-remote://elsewhere"], options={"boot": 1})
    first, second = await recorder.next(), await recorder.next()
    assert [path.as_posix() for path in first.folders] == ["/work"]
    assert (first.initialization, first.section) == ({"boot": 1}, None)
    assert (second.initialization, second.section) == ({"boot": 1}, {"engine": "x"})
    change = {"added": [{"uri": "file:///more", "name": "more"}], "removed": [{"uri": "file:///work", "name": "work"}]}
    editor.notify("workspace/didChangeWorkspaceFolders", {"event": change})
    assert [path.as_posix() for path in (await recorder.next()).folders] == ["/more"]
    assert threading.main_thread().name not in recorder.threads


@pytest.mark.parametrize(("personality", "watches"), [(VSCODE, True), (NEOVIM, False)], ids=["vscode", "neovim"])
async def test_changes_of_the_project_file_are_watched_where_the_client_lets_us(
    connect: Connect, personality: Personality, watches: bool
) -> None:
    recorder = Recorder()
    editor = (await connect(personality, services(ScriptedDesk(), configure=recorder))).editor
    await editor.initialize()
    for _ in range(2):
        await recorder.next()
    if watches:
        request = await editor.until(
            lambda: next((m for m in editor.messages if m.get("method") == "client/registerCapability"), None)
        )
        methods = [one["method"] for one in request["params"]["registrations"]]
        assert methods == ["workspace/didChangeConfiguration", "workspace/didChangeWatchedFiles"]
    editor.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": "file:///work/copydesk.toml", "type": 2}]})
    await recorder.next()


async def test_capabilities_are_those_of_the_protocol_page(connect: Connect, personality: Personality) -> None:
    editor = (await connect(personality)).editor
    result = await editor.initialize()
    capabilities = result["capabilities"]
    assert result["serverInfo"]["name"] == "copydesk"
    assert capabilities["positionEncoding"] == personality.units
    assert capabilities["textDocumentSync"].items() >= {"openClose": True, "change": 1}.items()
    assert sorted(capabilities["executeCommandProvider"]["commands"]) == [
        "copydesk.applyNote",
        "copydesk.cancel",
        "copydesk.citeNote",
        "copydesk.clear",
        "copydesk.critiqueDocument",
        "copydesk.discardDraft",
        "copydesk.dismissNote",
        "copydesk.dismissals",
        "copydesk.doctor",
        "copydesk.draftSection",
        "copydesk.explainNote",
        "copydesk.jobs",
        "copydesk.ledger",
        "copydesk.notes",
        "copydesk.openSource",
        "copydesk.researchClaim",
        "copydesk.researchNote",
        "copydesk.researchSection",
        "copydesk.restoreNote",
        "copydesk.resumeDraft",
        "copydesk.rewriteNote",
        "copydesk.showDraft",
        "copydesk.status",
    ]
    assert capabilities["codeActionProvider"] == {"codeActionKinds": ["quickfix"]}
    assert capabilities["hoverProvider"] is True
    assert capabilities["codeLensProvider"] == {"resolveProvider": False}
    assert "diagnosticProvider" not in capabilities
