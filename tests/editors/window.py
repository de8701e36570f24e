"""A window of VS Code, used as its writer uses it: by keyboard and by what is on the screen."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.sync_api import Error, expect

from editors.polling import SECONDS, EditorError, poll

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator, Page

MENU = ".action-widget:not(.action-list-submenu-panel)"
"""The menu of quick fixes; newer versions keep a second, empty one."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A row of the Problems panel; line and column from 1."""

    code: str
    line: int
    column: int
    message: str


def position(text: str, words: str) -> tuple[int, int]:
    """Return where words begin in a text, line and column from 1, in UTF-16 units."""
    before = text.partition(words)[0]
    line = before.count("\n") + 1
    return line, len(before.rpartition("\n")[2].encode("utf-16-le")) // 2 + 1


class Window:
    """One window."""

    def __init__(self, opened: Page) -> None:
        self.page = opened

    @property
    def editor(self) -> Locator:
        """Return the active editor."""
        return self.page.locator(".editor-group-container.active .editor-instance .monaco-editor").first

    def open(self, name: str) -> None:
        """Open a file of the project's own folder."""
        row = self.page.locator(".explorer-folders-view .monaco-list-row").filter(
            has=self.page.locator(".label-name", has_text=re.compile(f"^{re.escape(name)}$"))
        )
        row.first.dblclick(timeout=30_000)
        self.wait_tab(name)

    def wait_tab(self, name: str) -> None:
        """Wait until a file is shown that the editor was told to open."""
        self.page.locator(f'.tabs-container .tab.active[data-resource-name="{name}"]').wait_for(timeout=SECONDS * 1000)
        self.editor.locator(".view-line").first.wait_for(timeout=SECONDS * 1000)

    def wait_lens(self) -> None:
        """Wait until the server has read the document, which its lines above headings show."""
        self.editor.locator(".codelens-decoration").first.wait_for(timeout=SECONDS * 1000)

    def text(self) -> str:
        """Return the lines that are drawn, top to bottom."""
        drawn: str = self.editor.evaluate(
            r"""root => [...root.querySelectorAll('.view-line')]
                 .sort((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top))
                 .map(line => line.textContent.replace(/\u00a0/g, ' ')).join('\n')"""
        )
        return drawn

    def go(self, line: int, column: int) -> None:
        """Put the cursor at a position, counted from 1 in UTF-16 units."""
        self.editor.locator(".view-line").first.wait_for()
        self.page.keyboard.press("Control+KeyG")
        self._fill(f":{line}:{column}")
        self.page.keyboard.press("Enter")
        self.page.locator(".quick-input-widget").wait_for(state="hidden")
        expect(self.page.locator(".statusbar")).to_contain_text(f"Ln {line}, ")

    def palette(self, command: str) -> None:
        """Run a command by its whole title, once it is listed."""
        label = self.page.locator(".quick-input-list-label, .label-name", has_text=command)
        row = self.page.locator(".quick-input-widget .monaco-list-row").filter(has=label).first

        def listed() -> bool:
            # The list shows the commands that there were when it was opened.
            self.page.keyboard.press("F1")
            self._fill(f">{command}")
            with contextlib.suppress(Error):
                row.wait_for(timeout=3000)
                return True
            self.page.keyboard.press("Escape")
            return False

        poll(f"the command {command!r}", listed)
        row.click()

    def problems(self) -> list[Problem]:
        """Return the rows of the Problems panel."""
        if not self.page.locator(".markers-panel").is_visible():
            self.page.keyboard.press("Control+Shift+KeyM")
            self.page.locator(".markers-panel").wait_for()
        found = self._problems_in_sight()
        panel = self.page.locator(".markers-panel .monaco-list").first
        counts = self.page.locator(".markers-panel .monaco-count-badge").all_inner_texts()
        if len(found) < sum(int(count) for count in counts if count.isdigit()):
            # A list has only the rows that it shows.
            panel.hover()
            self.page.mouse.wheel(0, 10_000)
            found |= self._problems_in_sight()
            self.page.mouse.wheel(0, -10_000)
        return sorted(found, key=lambda problem: (problem.line, problem.column))

    def _problems_in_sight(self) -> set[Problem]:
        rows = self.page.locator(".markers-panel .monaco-list-row").evaluate_all(
            """rows => rows.map(row => {
                 const text = one => (row.querySelector(one)?.textContent ?? '').trim();
                 return { code: text('.marker-code'),
                   message: [...row.querySelectorAll('.marker-message')].map(n => n.textContent).join('\\n'),
                   at: text('.marker-line') };
               })"""
        )
        found = set()
        for row in rows:
            at = re.search(r"(\d+)\D+(\d+)", row["at"])
            if at and row["code"]:  # rows of files and of related places have none
                found.add(Problem(row["code"].strip("()"), int(at[1]), int(at[2]), row["message"]))
        return found

    def wait_codes(self, *codes: str) -> list[Problem]:
        """Wait until the Problems panel shows exactly these codes, in document order."""
        try:
            poll(f"problems {codes}", lambda: [one.code for one in self.problems()] == list(codes))
        except EditorError as error:
            raise EditorError(f"{error}\n{self.problems()}") from None
        return self.problems()

    def fixes(self, line: int, column: int) -> list[str]:
        """Open the quick fixes at a position and return their titles."""
        self.go(line, column)
        rows = self.page.locator(f"{MENU} .monaco-list-row.action")

        def opened() -> bool:
            self.page.keyboard.press("Control+Period")
            with contextlib.suppress(Error):
                rows.first.wait_for(timeout=1500)
            return rows.count() > 0

        poll("the quick fixes", opened)
        return rows.locator(".title").all_inner_texts()

    def wait_fix(self, title: str, line: int, column: int) -> list[str]:
        """Open the quick fixes at a position once one's title begins so, and return their titles."""

        def offered() -> list[str]:
            titles = self.fixes(line, column)
            if any(one.startswith(title) for one in titles):
                return titles
            self.page.keyboard.press("Escape")
            return []

        return poll(f"the quick fix {title!r}", offered)

    def fix(self, title: str, line: int, column: int) -> None:
        """Apply the quick fix whose title begins so, once it is offered."""
        self.page.keyboard.press("Escape")
        titles = self.wait_fix(title, line, column)
        # By keyboard: until the mouse moves, an invisible element lies over a fresh menu.
        focused = self.page.locator(f"{MENU} .monaco-list-row.action.focused")
        for _ in titles:
            if focused.count() and focused.first.inner_text().strip().startswith(title):
                break
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Enter")
        self.page.locator(MENU).wait_for(state="hidden")

    def hover(self, line: int, column: int, words: str) -> Locator:
        """Show what there is to say at a position, once it has these words, and return it."""
        self.go(line, column)
        card = self.page.locator(".monaco-hover:visible").filter(has_text=words).first

        def shown() -> bool:
            self.page.keyboard.press("Control+KeyK")
            self.page.keyboard.press("Control+KeyI")
            with contextlib.suppress(Error):
                card.wait_for(timeout=3000)
                return True
            self.page.keyboard.press("Escape")
            return False

        poll(f"the hover {words!r}", shown)
        return card

    def undo(self) -> None:
        """Undo once."""
        self.page.keyboard.press("Control+KeyZ")

    def save(self) -> None:
        """Save the document."""
        self.page.keyboard.press("Control+KeyS")
        expect(self.page.locator(".tabs-container .tab.active.dirty")).to_have_count(0)

    def wait_toast(self, words: str) -> Locator:
        """Wait for a notification that says this."""
        toast = self.page.locator(".notifications-toasts .notification-list-item").filter(has_text=words).first
        toast.wait_for(timeout=SECONDS * 1000)
        return toast

    def wait_no_toast(self, words: str) -> None:
        """Wait until no notification says this."""
        toasts = self.page.locator(".notifications-toasts .notification-list-item").filter(has_text=words)
        expect(toasts).to_have_count(0, timeout=SECONDS * 1000)

    def press(self, words: str, button: str) -> None:
        """Press a button of the notification that says this."""
        toast = self.wait_toast(words)
        toast.hover()
        toast.locator(".monaco-button", has_text=button).first.click()

    def picture(self, path: Path) -> None:
        """Keep what is on the screen."""
        self.page.screenshot(path=str(path))

    def _fill(self, words: str) -> None:
        box = self.page.locator(".quick-input-widget:not([style*='display: none']) input.input").first
        box.wait_for(timeout=10_000)
        box.fill(words)
