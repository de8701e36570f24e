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
WRITER = """
(require 'cl-lib)
(defvar writer-asked nil)
(defvar writer-task nil)
(defvar writer-done nil)
(advice-add 'y-or-n-p :override (lambda (question) (push question writer-asked) t))

(global-set-key [f5] (lambda () (interactive)
  (let ((came-to "failed"))
    (unwind-protect (setq came-to (if (apply writer-task) "done" "not offered"))
      ; Only now: while a command waits for the server, Emacs answers others.
      (setq writer-done came-to)))))

(defun writer-does (&rest task)
  (setq writer-task task writer-done nil unread-command-events (list 'f5))
  t)

(defun writer-goes (words)
  (goto-char (point-min))
  (search-forward words)
  (goto-char (match-beginning 0)))

(defun writer-chooses (title words)
  (writer-goes words)
  (let (chosen)
    (cl-letf (((symbol-function 'completing-read)
               (lambda (_ offered &rest _)
                 (setq chosen (seq-find (lambda (one) (string-prefix-p title one)) (mapcar #'car offered)))
                 (or chosen (error "Not offered yet")))))
      (condition-case problem
          (call-interactively #'eglot-code-actions)
        (error (when chosen (signal (car problem) (cdr problem))))))
    chosen))
"""
"""What the writer does: run a command by a key, choose a code action, and answer a question with yes.

The choosing is played in Lisp: of keys some are lost while Emacs hears from the server, C-g above all. Commands are run
by a key all the same, because Emacs is not idle then, and does less beside them than while it waits for a key.
"""


class Emacs:
    """An Emacs inside tmux with none of the user's own configuration; `init` is Lisp run at its start."""

    def __init__(self, home: Path, *, init: str, document: Path, environment: Mapping[str, str]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="copydesk-")  # a socket's path has to be short
        self._short = Path(self._folder.name)
        self._tmux = ["tmux", "-S", str(self._short / "tmux"), "-f", os.devnull]
        self._document = document
        start = home / "init.el"
        start.write_text(
            f'(package-initialize)\n{init}\n{WRITER}\n(setq server-socket-dir "{self._short}")\n(server-start)\n',
            "utf-8",
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

    def take(self, title: str, words: str) -> None:
        """Run the command for code actions at some words, and choose one by how its title begins once it is offered."""
        task = f"#'writer-chooses {_lisp(title)} {_lisp(words)}"
        poll(f"the action {title!r}", lambda: self._does(task) == "done", every=0.2)

    def go(self, words: str) -> None:
        """Put the cursor on the first place of some words, where it stays for commands."""
        assert self._does(f"#'writer-goes {_lisp(words)}") == "done", self.screen()

    def run(self, command: str) -> None:
        """Run an interactive command."""
        assert self._does(f"#'call-interactively #'{command}") != "failed", self.screen()

    def asked(self) -> list[str]:
        """Return the questions that were answered with yes."""
        questions: list[str] = self.ask("(vconcat writer-asked)")
        return questions

    def said(self) -> str:
        """Return everything that was said."""
        lines: str = self.ask("(with-current-buffer (messages-buffer) (buffer-string))")
        return lines

    def screen(self) -> str:
        """Return what is on the screen."""
        return self._terminal("capture-pane", "-p")

    def _does(self, task: str) -> str:
        self.ask(f"(writer-does {task})")
        return poll("the end of a command", lambda: str(self.ask("(or writer-done :null)") or ""))

    def _client(self) -> list[str]:
        return ["emacsclient", "-s", str(self._short / "server"), "--eval"]

    def _terminal(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self._tmux, *arguments], env=self._environment, capture_output=True, text=True, timeout=SECONDS
        )
        if done.returncode:
            raise EditorError(f"tmux {arguments[0]}: {done.stderr}")
        return done.stdout


def _lisp(words: str) -> str:
    """Return words as a string of Lisp."""
    escaped = words.replace("\\", r"\\").replace('"', r"\"")
    return f'"{escaped}"'
