"""A real Emacs in a terminal, with eglot, asked through emacsclient."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from editors.polling import SECONDS, EditorError, poll

if TYPE_CHECKING:
    from collections.abc import Mapping

ASKED = """(let ((coding-system-for-write 'utf-8)) (with-temp-file "{answer}" (insert (json-serialize {form}))))"""
FORM = """(with-current-buffer "{buffer}" (save-window-excursion {form}))"""


class Emacs:
    """An Emacs inside tmux with none of the user's own configuration; `init` is Lisp run at its start."""

    def __init__(self, home: Path, *, init: str, document: Path, environment: Mapping[str, str]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="copydesk-")  # a socket's path has to be short
        self._short = Path(self._folder.name)
        self._tmux = ["tmux", "-S", str(self._short / "tmux"), "-f", os.devnull]
        self._document = document
        start = home / "init.el"
        start.write_text(
            f'(package-initialize)\n{init}\n(setq server-socket-dir "{self._short}")\n(server-start)\n', "utf-8"
        )
        self._environment = {**os.environ, **environment, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        self._environment.pop("TMUX", None)
        self._argv = ["emacs", "-nw", "-q", "--no-splash", "-l", str(start), str(document)]

    def __enter__(self) -> Self:
        changed = {key: value for key, value in self._environment.items() if os.environ.get(key) != value}
        named = [part for key, value in changed.items() for part in ("-e", f"{key}={value}")]
        self._terminal("new-session", "-d", "-x", "100", "-y", "30", *named, *self._argv)
        try:
            poll("Emacs", (self._short / "server").exists)
        except BaseException as error:
            shown = self.screen()
            self.__exit__()
            raise EditorError(f"{error}\n{shown}") from None
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run(
            [*self._client(), "(let ((kill-emacs-hook kill-emacs-hook)) (set-buffer-modified-p nil) (kill-emacs))"],
            capture_output=True,
            timeout=SECONDS,
        )
        subprocess.run([*self._tmux, "kill-server"], stderr=subprocess.DEVNULL, timeout=SECONDS)
        self._folder.cleanup()

    def ask(self, form: str) -> Any:
        """Evaluate Lisp in the document's buffer and return its value, which has to be fit for JSON."""
        answer = self._short / "answer.json"
        form = ASKED.format(answer=answer, form=FORM.format(buffer=self._document.name, form=form))
        try:
            done = subprocess.run(
                [*self._client(), form], env=self._environment, capture_output=True, text=True, timeout=SECONDS
            )
        except subprocess.TimeoutExpired:
            raise EditorError(f"Emacs does not answer\n{self.screen()}") from None
        if done.returncode:
            raise EditorError(f"{done.stderr}\n{self.screen()}")
        return json.loads(answer.read_text("utf-8"))

    def text(self) -> str:
        """Return the buffer's text."""
        text: str = self.ask("(buffer-substring-no-properties (point-min) (point-max))")
        return text

    def notes(self) -> list[str]:
        """Return the messages of the buffer's diagnostics."""
        messages: list[str] = self.ask("(vconcat (mapcar #'flymake-diagnostic-text (flymake-diagnostics)))")
        return messages

    def take_first_action(self, title: str) -> None:
        """Run the command for code actions and take the one offered first, once its title begins so."""

        def offered() -> bool:
            self.keys("M-x")
            self.keys("-l", "eglot-code-actions")
            self.keys("Enter")
            self.wait_screen("Pick an action")
            if f"default {title}" in self.screen():
                return True
            poll("the end of the question", withdrawn, every=0.3)
            return False

        def withdrawn() -> bool:
            # Emacs loses the key while it hears from the server; one more does no harm.
            self.keys("C-g")
            return "Pick an action" not in self.screen()

        poll(f"the action {title!r}", offered)
        self.keys("Enter")

    def keys(self, *keys: str) -> None:
        """Type keys, as tmux names them."""
        self._terminal("send-keys", *keys)

    def screen(self) -> str:
        """Return what is on the screen."""
        return self._terminal("capture-pane", "-p")

    def wait_screen(self, words: str) -> None:
        """Wait until words are on the screen."""
        try:
            poll(f"{words!r} on the screen", lambda: words in self.screen())
        except EditorError as error:
            raise EditorError(f"{error}\n{self.screen()}") from None

    def _client(self) -> list[str]:
        return ["emacsclient", "-s", str(self._short / "server"), "--eval"]

    def _terminal(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self._tmux, *arguments], env=self._environment, capture_output=True, text=True, timeout=SECONDS
        )
        if done.returncode:
            raise EditorError(f"tmux {arguments[0]}: {done.stderr}")
        return done.stdout
