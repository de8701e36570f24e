"""Replacing a document on disk: whole or not at all, and only what was read."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from copydesk.adapters.files import read_text, replace_text
from copydesk.core.text import Text
from copydesk.errors import DocumentError


@pytest.fixture
def post(tmp_path: Path) -> Path:
    path = tmp_path / "post.md"
    path.write_bytes("\ufeff# Gr\u00fc\u00dfe\r\n\r\nEins.\n".encode())
    return path


def test_a_file_that_is_what_was_read_is_replaced_byte_for_byte(post: Path) -> None:
    post.chmod(0o604)
    before = read_text(post)
    replace_text(post, before, before.source + "Zwei.\r\n")
    assert post.read_bytes() == "\ufeff# Gr\u00fc\u00dfe\r\n\r\nEins.\nZwei.\r\n".encode()
    assert stat.S_IMODE(post.stat().st_mode) == 0o604
    assert list(post.parent.iterdir()) == [post]


@pytest.mark.parametrize("change", ["appended", "removed", "line end", "mark"])
def test_a_file_that_changed_is_left_alone(post: Path, change: str) -> None:
    before = read_text(post)
    content = post.read_bytes()
    changed = {
        "appended": content + b"!",
        "line end": content.replace(b"\r\n\r\n", b"\n\n"),
        "mark": content.removeprefix(b"\xef\xbb\xbf"),
    }.get(change)
    if changed is None:
        post.unlink()
    else:
        post.write_bytes(changed)
    with pytest.raises(DocumentError) as caught:
        replace_text(post, before, "All new.\n")
    assert "post.md" in caught.value.sentence
    assert changed is None or post.read_bytes() == changed
    assert list(post.parent.iterdir()) == ([] if changed is None else [post])


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_R58_a_disk_that_fails_leaves_the_file_as_it_was(
    post: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    before, content = read_text(post), post.read_bytes()

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail) if step == "fsync" else monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(DocumentError, match=r"cannot be written \(No space left on device\)"):
        replace_text(post, before, "All new.\n")
    assert post.read_bytes() == content
    assert list(post.parent.iterdir()) == [post]


def test_half_a_character_is_not_written(post: Path) -> None:
    before, content = read_text(post), post.read_bytes()
    with pytest.raises(DocumentError, match="half a character"):
        replace_text(post, before, "Ha\ud83d\n")
    assert post.read_bytes() == content
    assert list(post.parent.iterdir()) == [post]


def test_what_a_link_points_to_is_replaced_and_the_link_stays(post: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link.md"
    link.symlink_to(post)
    replace_text(link, read_text(link), "New.\n")
    assert link.is_symlink()
    assert post.read_text() == "New.\n"


def test_the_text_that_was_read_is_what_counts(post: Path) -> None:
    with pytest.raises(DocumentError, match="changed in the meantime, so nothing was written"):
        replace_text(post, Text("Another text.\n"), "New.\n")
