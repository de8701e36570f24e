"""Write the pictures of docs/images from real editors: `make screenshots`, which takes about a minute.

A scripted model answers, so that the pictures are the same each time. Look at each one before committing it: is it what
a writer would want to see?
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from editors.conftest import BIN, BUILD, DOCUMENTS, ROOT, Place
from editors.drafting import HEADING, SECOND, canal, drafts
from editors.picture import draw
from editors.polling import poll
from editors.research import taught
from editors.scripted_model import scripted_model
from editors.vscode import VSCodeServer, install_extension, open_window
from editors.window import position
from editors.writer import neovim

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Locator

    from editors.scripted_model import ScriptedModel
    from editors.window import Window

IMAGES = ROOT / "docs" / "images"
EXAMPLE = ROOT / "examples" / "flawed-post.md"
COPYDESK = Path(os.environ.get("COPYDESK_TEST_COMMAND") or ROOT / ".venv" / BIN / "copydesk")
SCALE = 1.45
INVENTED = "The World Wide Web was invented in 1975 by Bill Gates\nfor exactly this kind of shop."

LOOKS: dict[str, Any] = {
    "workbench.colorTheme": "Default Light Modern",
    "workbench.activityBar.location": "hidden",
    "workbench.layoutControl.enabled": False,
    "breadcrumbs.enabled": False,
    "editor.fontFamily": "DejaVu Sans Mono",
    "editor.fontSize": 14,
    "editor.lineHeight": 21,
    "editor.folding": False,
    "editor.glyphMargin": False,
    "editor.lineDecorationsWidth": 4,
    "editor.lineNumbersMinChars": 3,
    "editor.guides.indentation": False,
    "editor.hover.enabled": True,
    "editor.matchBrackets": "never",
    "editor.occurrencesHighlight": "off",
    "editor.renderLineHighlight": "none",
    "editor.scrollbar.vertical": "hidden",
    "editor.overviewRulerBorder": False,
    "editor.hideCursorInOverviewRuler": True,
    "editor.unicodeHighlight.ambiguousCharacters": False,
}


def main() -> int:
    """Write the pictures that are named, or all."""
    wanted = sys.argv[1:] or list(PICTURES)
    IMAGES.mkdir(exist_ok=True)
    for name in wanted:
        with tempfile.TemporaryDirectory(prefix="copydesk-") as folder, scripted_model(*FLAWS) as model:
            PICTURES[name](Path(folder), model, IMAGES / f"{name}.png")
        print(f"{name}.png, {(IMAGES / f'{name}.png').stat().st_size // 1024} KB")
    return 0


def bakery(folder: Path) -> Place:
    """Return a project with the example that README names."""
    place = Place(folder / "project", folder / "home", "our-website.md")
    (place.project / ".git").mkdir(parents=True)
    place.home.mkdir()
    shutil.copy(EXAMPLE, place.post)
    return place


def mill(folder: Path) -> Place:
    """Return a project with claims, and a library to look them up in."""
    place = Place(folder / "project", folder / "home", "mill.md")
    shutil.copytree(DOCUMENTS / "mill", place.project)
    (place.project / ".git").mkdir()
    place.home.mkdir()
    return place


@contextmanager
def window_on(
    place: Place, model: ScriptedModel, size: tuple[int, int], more: dict[str, Any] | None = None
) -> Iterator[Window]:
    """Open a window of VS Code on a place's document, with nothing beside it."""
    settings = {"copydesk.command": str(COPYDESK), "copydesk.engine.kind": "ollama", "copydesk.engine.host": model.url}
    settings |= LOOKS | {"copydesk.critique.max_per_1000_words": 1000} | (more or {})
    server_folder = BUILD / "vscode" / "server"
    packaged = ROOT / "editor-clients" / "vscode" / "copydesk.vsix"
    extensions = install_extension(server_folder, packaged, place.home)
    failure = BUILD.parent / "screenshots" / "failure-screenshots.png"
    chromium = shutil.which("chromium") or "chromium"
    with (
        VSCodeServer(server_folder, place.home, extensions, settings, place.environment) as server,
        open_window(server, place.project, chromium, failure, size, SCALE) as window,
    ):
        window.open(place.name)
        if more is None:
            window.wait_lens()
        window.page.keyboard.press("Control+KeyB")
        window.page.locator(".part.sidebar").wait_for(state="hidden")
        yield window


def critique(window: Window) -> None:
    """Have the model read the document to its end."""
    window.palette("copydesk: Critique Document")
    window.wait_toast("copydesk: critique")
    window.wait_no_toast("copydesk: critique")


def quiet(window: Window) -> None:
    """Wait until no notification is shown, and the mouse points at nothing."""
    window.palette("Notifications: Clear All Notifications")
    window.page.mouse.move(300, 12)


def crop(window: Window, path: Path, *shown: Locator, margin: int = 0) -> None:
    """Keep what is on the screen as far as some parts of it reach, and a margin; from the left edge on."""
    boxes = [box for one in shown if (box := one.bounding_box())]
    top = max(min(box["y"] for box in boxes) - margin, 0)
    right = max(box["x"] + box["width"] for box in boxes) + margin
    bottom = max(box["y"] + box["height"] for box in boxes) + margin
    window.page.screenshot(path=str(path), clip={"x": 0, "y": top, "width": right, "height": bottom - top})


def vscode_notes(folder: Path, model: ScriptedModel, path: Path) -> None:
    """Findings in the text, and listed below it."""
    place = bakery(folder)
    text = place.post.read_text("utf-8")
    with window_on(place, model, (860, 640)) as window:
        critique(window)
        window.problems()
        window.go(*position(text, "plenty of room to spare.\n\n## The computer"))
        quiet(window)
        crop(window, path, window.page.locator(".part.editor"), window.page.locator(".part.panel"))


def vscode_findings(folder: Path, model: ScriptedModel, path: Path) -> None:
    """All findings by section, beside the text."""
    place = bakery(folder)
    with window_on(place, model, (1100, 560)) as window:
        critique(window)
        window.palette("View: Show copydesk")
        window.page.locator(".part.sidebar .monaco-list-row", has_text="hacked").first.wait_for()
        window.go(*position(place.post.read_text("utf-8"), "not a complicated thing"))
        quiet(window)
        crop(window, path, window.page.locator(".part.sidebar"), window.page.locator(".part.editor"))


def vscode_quick_fix(folder: Path, model: ScriptedModel, path: Path) -> None:
    """What can be done about a finding, a rewrite first."""
    place = bakery(folder)
    model.rewrites["Studies show"] = "We think that small businesses overpay for hosting."
    at = position(place.post.read_text("utf-8"), "Studies show")
    with window_on(place, model, (900, 560)) as window:
        window.fix("Rewrite:", *at)
        window.wait_fix("Accept rewrite:", *at)
        window.page.keyboard.press("Escape")
        quiet(window)
        window.fixes(*at)
        crop(window, path, window.page.locator(".part.editor"))


def vscode_evidence(folder: Path, model: ScriptedModel, path: Path) -> None:
    """A refuted claim and what the sources say."""
    place = mill(folder)
    taught(model)
    text = place.post.read_text("utf-8")
    with window_on(place, model, (1060, 1000)) as window:
        at = position(text, "61 metres")
        window.go(*at)
        window.palette("copydesk: Research Claims in This Section")
        window.wait_toast("copydesk: research")
        window.wait_no_toast("copydesk: research")
        window.editor.locator(".codelens-decoration", has_text="supported").first.wait_for()
        quiet(window)
        card = window.hover(*at, "judged by")
        last = window.editor.locator(".view-line", has_text="quarry at Holm")
        first = window.editor.locator(".view-line", has_text="Stones and sails")
        crop(window, path, first, card, last, margin=16)


def vscode_draft(folder: Path, model: ScriptedModel, path: Path) -> None:
    """A draft as it is written, beside the document."""
    place = canal(folder)
    drafts(model)
    model.hold(SECOND)
    with window_on(place, model, (1000, 420), {"copydesk.critique.code_lens": False}) as window:
        window.go(*position(place.post.read_text("utf-8"), HEADING))
        window.palette("copydesk: Draft Section")
        window.page.mouse.move(300, 12)
        window.page.locator(".view-lines", has_text="83 locks").wait_for()
        window.wait_toast("writer writing")
        window.picture(path)


def neovim_notes(folder: Path, model: ScriptedModel, path: Path) -> None:
    """Findings in Neovim, while the model reads."""
    place = bakery(folder)
    model.hold(INVENTED.replace("\n", " "))
    with neovim(BUILD / "venv" / BIN / "nvim", place, COPYDESK, model.url, size=(92, 30)) as editor:
        editor.open(place.post)
        editor.wait_attached()
        editor.command("Copydesk critique")
        poll("the finding", lambda: any("hacked" in note.words for note in editor.notes()))
        editor.go("The case is grey")
        editor.command("normal! zz")
        editor.command("let &statusline = '%t%=%{v:lua.require(\"copydesk\").status()} '")
        editor.wait_screen("└")
        editor.wait_screen("reading ")
        draw(editor.screen(colours=True), path, shutil.which("chromium") or "chromium")


FLAWS = ("will never be hacked", "invented in 1975 by Bill Gates")
PICTURES: dict[str, Callable[[Path, ScriptedModel, Path], None]] = {
    "vscode-notes": vscode_notes,
    "vscode-findings": vscode_findings,
    "vscode-quick-fix": vscode_quick_fix,
    "vscode-evidence": vscode_evidence,
    "vscode-draft": vscode_draft,
    "neovim-notes": neovim_notes,
}

if __name__ == "__main__":
    sys.exit(main())
