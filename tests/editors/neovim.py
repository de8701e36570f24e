"""A real Neovim in a terminal, asked over its socket and seen as its writer sees it.

with Neovim(program, folder, start="luafile init.lua") as editor:
    editor.open(post)
    editor.wait_note("names no one")
    print(editor.screen())
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import msgpack

from editors.polling import SECONDS, EditorError, poll

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PROMPT_SECONDS = 0.5
"""How long the editor may wait at a prompt before that counts as stopping the writer."""

RECORDER = """
_G.said, _G.ended = {}, {}
vim.api.nvim_create_autocmd("LspProgress", {
  callback = function(event)
    local value = event.data.params.value
    if value.kind == "end" then
      table.insert(_G.ended, value.message or "")
    end
  end,
})
local notify = vim.notify
vim.notify = function(text, level, options)
  table.insert(_G.said, text)
  return notify(text, level, options)
end
"""

ACTIONS = """
local client = vim.lsp.get_clients({ name = "copydesk", bufnr = 0 })[1]
local params = vim.lsp.util.make_range_params(0, client.offset_encoding)
params.context = { diagnostics = {}, triggerKind = 1 }
local answer = client:request_sync("textDocument/codeAction", params, 10000, 0)
return vim.tbl_map(function(action) return action.title end, answer and answer.result or {})
"""

FLOATING = """
for _, window in ipairs(vim.api.nvim_list_wins()) do
  if vim.api.nvim_win_get_config(window).relative ~= "" then
    return table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false), "\\n")
  end
end
return ""
"""

TAKE = """
local title = ...
vim.lsp.buf.code_action({ apply = true, filter = function(action) return vim.startswith(action.title, title) end })
"""


@dataclass(frozen=True, slots=True)
class Note:
    """A diagnostic; line from 1, column in bytes from 1."""

    code: str
    line: int
    column: int
    message: str
    words: str


class Rpc:
    """Neovim's msgpack-RPC: one request at a time, and none waits for ever."""

    def __init__(self, path: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        try:
            self._socket.connect(path)
        except OSError:
            self._socket.close()
            raise
        # Buffers, windows and tab pages come as extension types that hold their number.
        self._unpacker = msgpack.Unpacker(
            raw=False, strict_map_key=False, ext_hook=lambda _, data: msgpack.unpackb(data), unicode_errors="replace"
        )
        self._answers: dict[int, tuple[Any, Any]] = {}
        self._number = 0

    def send(self, method: str, *arguments: Any) -> int:
        """Send a request and return its number."""
        self._number += 1
        self._socket.sendall(msgpack.packb([0, self._number, method, list(arguments)]))
        return self._number

    def received(self, number: int, seconds: float) -> bool:
        """Wait so long for an answer and tell whether it is there."""
        deadline = time.monotonic() + seconds
        while number not in self._answers:
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self._socket.settimeout(left)
            try:
                data = self._socket.recv(1 << 16)
            except TimeoutError:
                return False
            if not data:
                raise EditorError("Neovim has ended")
            self._unpacker.feed(data)
            for message in self._unpacker:
                if message[0] == 1:
                    self._answers[message[1]] = (message[2], message[3])
        return True

    def answer(self, number: int) -> Any:
        """Return an answer that was received."""
        error, result = self._answers.pop(number)
        if error is not None:
            raise EditorError(str(error[1] if isinstance(error, list) else error))
        return result

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()


class Neovim:
    """A Neovim inside tmux with none of the user's own configuration; `init` is Lua run at its start."""

    def __init__(
        self,
        program: Path,
        home: Path,
        *,
        init: str,
        plugin: Path,
        environment: Mapping[str, str],
        size: tuple[int, int] = (100, 30),
    ) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self._size, self._home = size, home
        self._folder = tempfile.TemporaryDirectory(prefix="copydesk-")  # a socket's path has to be short
        self._socket = str(Path(self._folder.name) / "nvim")
        self._tmux = ["tmux", "-S", str(Path(self._folder.name) / "tmux"), "-f", os.devnull]
        start = home / "init.lua"
        start.write_text(f"{RECORDER}\nvim.opt.runtimepath:prepend([[{plugin}]])\n{init}\n", "utf-8")
        self._argv = [str(program), "-i", "NONE", "-n", "-u", str(start), "--listen", self._socket]
        self._environment = {**os.environ, **environment, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        self._environment.pop("TMUX", None)
        self._rpc: Rpc | None = None

    def __enter__(self) -> Self:
        columns, rows = self._size
        changed = {key: value for key, value in self._environment.items() if os.environ.get(key) != value}
        named = [part for key, value in changed.items() for part in ("-e", f"{key}={value}")]
        size = ["-x", str(columns), "-y", str(rows)]
        command = ["new-session", "-d", *size, "-c", str(self._home), *named, *self._argv]
        try:
            self._run(*command, ";", "set", "-g", "status", "off")
            self._rpc = poll("Neovim's socket", self._connected)
            # It listens before it has read its configuration.
            poll("Neovim's start", lambda: self.lua("return vim.v.vim_did_enter == 1"))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._rpc is not None:
            with contextlib.suppress(OSError, EditorError):
                self._rpc.received(self._rpc.send("nvim_command", "qall!"), 5)
            self._rpc.close()
        subprocess.run([*self._tmux, "kill-server"], stderr=subprocess.DEVNULL, timeout=SECONDS, check=False)
        self._folder.cleanup()

    def call(self, method: str, *arguments: Any) -> Any:
        """Call a function of Neovim's API; a prompt that stops the writer is an error that shows the screen."""
        assert self._rpc is not None
        number, deadline = self._rpc.send(method, *arguments), time.monotonic() + SECONDS
        prompted = 0
        while not self._rpc.received(number, PROMPT_SECONDS / 2):
            prompted = prompted + 1 if self.prompted() else 0
            if prompted >= 2:
                raise EditorError(f"Neovim waits for a key at a prompt\n{self.screen()}")
            if time.monotonic() > deadline:
                raise EditorError(f"{method} did not answer\n{self.screen()}")
        return self._rpc.answer(number)

    def prompted(self) -> bool:
        """Tell whether the editor waits at a prompt; only this is answered there."""
        assert self._rpc is not None
        number = self._rpc.send("nvim_get_mode")
        return self._rpc.received(number, SECONDS) and bool(self._rpc.answer(number)["blocking"])

    def lua(self, code: str, *arguments: Any) -> Any:
        """Run Lua, which finds its arguments in `...`, and return what it returns."""
        return self.call("nvim_exec_lua", code, list(arguments))

    def command(self, line: str) -> None:
        """Run an Ex command."""
        self.call("nvim_command", line)

    def keys(self, keys: str) -> None:
        """Type keys, in Neovim's notation."""
        assert self._rpc is not None
        number = self._rpc.send("nvim_input", keys)
        assert self._rpc.received(number, SECONDS)
        self._rpc.answer(number)

    def open(self, path: Path) -> None:
        """Edit a file."""
        self.lua("vim.cmd.edit(vim.fn.fnameescape(...))", str(path))

    def go(self, words: str) -> None:
        """Put the cursor on the first place of some words."""
        found = self.lua(r"local words = ...; return vim.fn.search([[\V]] .. vim.fn.escape(words, [[\]]), 'cw')", words)
        assert found, f"{words!r} is not in the buffer"

    def text(self) -> str:
        """Return the buffer's text."""
        return "\n".join(self.lua("return vim.api.nvim_buf_get_lines(0, 0, -1, false)")) + "\n"

    def notes(self) -> list[Note]:
        """Return the buffer's diagnostics in order."""
        rows = self.lua("""
          return vim.tbl_map(function(one)
            local text = vim.api.nvim_buf_get_text(0, one.lnum, one.col, one.end_lnum, one.end_col, {})
            return { one.code, one.lnum + 1, one.col + 1, one.message, table.concat(text, " ") }
          end, vim.diagnostic.get(0))""")
        return sorted((Note(*row) for row in rows), key=lambda note: (note.line, note.column))

    def wait_codes(self, *codes: str) -> list[Note]:
        """Wait until exactly these codes are shown, in document order."""
        try:
            poll(f"notes {codes}", lambda: [note.code for note in self.notes()] == list(codes))
        except EditorError as error:
            raise EditorError(f"{error}\n{self.notes()}\n{self.screen()}") from None
        return self.notes()

    def wait_attached(self) -> None:
        """Wait until the language server follows the document."""
        poll("the server", lambda: self.lua("return #vim.lsp.get_clients({ name = 'copydesk', bufnr = 0 })"))

    def actions(self) -> list[str]:
        """Return the titles of the code actions at the cursor."""
        titles: list[str] = self.lua(ACTIONS)
        return titles

    def wait_action(self, title: str) -> None:
        """Wait until a code action whose title begins so is offered at the cursor."""
        poll(f"the action {title!r}", lambda: any(action.startswith(title) for action in self.actions()))

    def take(self, title: str) -> None:
        """Take the code action at the cursor whose title begins so, once it is offered."""
        self.wait_action(title)
        self.lua(TAKE, title)

    def hover(self) -> str:
        """Show what there is to say of the note at the cursor, and return it."""
        self.lua("vim.lsp.buf.hover()")
        return poll("the hover", lambda: str(self.lua(FLOATING)))

    def said(self) -> list[str]:
        """Return what was said by vim.notify."""
        lines: list[str] = self.lua("return _G.said")
        return lines

    def ended(self) -> list[str]:
        """Return how jobs ended."""
        lines: list[str] = self.lua("return _G.ended")
        return lines

    def messages(self) -> str:
        """Return everything that was said, also what did not fit the message line."""
        lines: str = self.lua("return vim.fn.execute('messages')")
        return lines

    def screen(self, *, colours: bool = False) -> str:
        """Return what is on the screen."""
        return self._run("capture-pane", "-p", *(["-e"] if colours else []))

    def wait_screen(self, words: str) -> str:
        """Wait until words are on the screen, and return it."""
        try:
            return poll(f"{words!r} on the screen", self._screen_with(words))
        except EditorError as error:
            raise EditorError(f"{error}\n{self.screen()}") from None

    def _screen_with(self, words: str) -> Callable[[], str]:
        def look() -> str:
            shown = self.screen()
            return shown if words in shown else ""

        return look

    def _connected(self) -> Rpc | None:
        try:
            return Rpc(self._socket)
        except OSError:
            return None

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self._tmux, *arguments], env=self._environment, capture_output=True, text=True, timeout=SECONDS
        )
        if done.returncode:
            raise EditorError(f"tmux {arguments[0]}: {done.stderr}")
        return done.stdout
