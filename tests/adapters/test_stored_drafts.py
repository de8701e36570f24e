"""Drafts that journals hold: listed, read, noted as accepted, removed, and removed of themselves in time."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest

from copydesk.adapters.drafts import (
    ACCEPTED,
    DAY,
    DRAFT,
    MOST_DRAFTS,
    State,
    accept_draft,
    accept_paragraphs,
    clear_drafts,
    discard_draft,
    find_draft,
    list_drafts,
    read_draft,
    tidy,
)
from copydesk.adapters.journal import JournalBusy, JournalIdentity, default_drafts_directory, open_journal
from copydesk.core.brief import Brief
from copydesk.core.draft.draft import Draft
from copydesk.core.draft.ratchet import Stop
from copydesk.core.draft.stored import encoded
from copydesk.drafting.session import KEPT
from copydesk.errors import StoreError
from harness.claims import ScriptedSearch
from harness.draft_models import PAGES, POST, competent
from harness.drafting_desk import DraftEngine, drawn

NOW = 1_800_000_000.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "drafts"


@pytest.fixture(autouse=True)
def untidy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no journal that is opened here remove another."""
    monkeypatch.setattr("copydesk.adapters.journal.tidy", lambda *_, **__: None)


@pytest.fixture(scope="module")
def draft() -> Draft:
    engine = DraftEngine(competent())
    brief = Brief(style="about 40 words")
    return asyncio.run(drawn(engine, POST, "## The Lund", [ScriptedSearch(PAGES)], brief=brief)).draft


def identity(name: str = "post.md", heading: str = "The Lund canal") -> JournalIdentity:
    return JournalIdentity(f"file:///home/ann/{name}", ("Canals", heading), "0" * 64)


def stored(folder: Path, who: JournalIdentity, draft: Draft | None, age: float = 0.0, size: int = 10) -> str:
    """Store a draft that was last changed so many days before `NOW`; return its id."""
    journal = open_journal(folder, who, clock=lambda: NOW - (age + 1) * DAY)
    asyncio.run(journal.record("a" * 64, bytes(size)))
    if draft is not None:
        asyncio.run(journal.keep(KEPT, encoded(draft)))
    journal.close()
    when = NOW - age * DAY
    os.utime(folder / f"{who.id}.journal", (when, when))
    return who.id


def ids(folder: Path) -> list[str]:
    return [one.id for one in list_drafts(folder)]


def test_a_draft_is_kept_under_the_name_that_is_read() -> None:
    assert DRAFT == KEPT
    assert ACCEPTED != KEPT


def test_what_is_stored_is_listed_last_changed_first(folder: Path, draft: Draft) -> None:
    assert list_drafts(folder) == ()
    first = stored(folder, identity(), draft, age=3)
    second = stored(folder, identity("other.md"), replace(draft, status=Stop.CANCELLED), age=1)
    third = stored(folder, identity(heading="New"), None, age=2)
    listed = list_drafts(folder)
    assert [one.id for one in listed] == [second, third, first]
    assert [one.state for one in listed] == [State.UNFINISHED, State.UNFINISHED, State.FINISHED]
    assert [one.stop for one in listed] == [Stop.CANCELLED, None, Stop.CLEAN]
    assert [one.resumable for one in listed] == [True, True, False]
    one = listed[2]
    assert (one.document, one.heading) == ("file:///home/ann/post.md", ("Canals", "The Lund canal"))
    assert (one.words, one.model) == (draft.words, "scripted")
    assert (one.began, one.changed) == ("2027-01-11T08:00:00Z", "2027-01-12T08:00:00Z")
    assert [each.id for each in list_drafts(folder, "file:///home/ann/other.md")] == [second]
    assert [each.id for each in list_drafts(folder, "file:///home/ann/%6fther.md")] == [second]
    assert list_drafts(folder, "file:///home/ann") == ()


def drafted(folder: Path, id: str) -> Draft | None:
    found = read_draft(folder, id)
    return found.draft if found is not None else None


@pytest.mark.parametrize("stop", Stop)
def test_what_another_run_would_change_is_unfinished(folder: Path, draft: Draft, stop: Stop) -> None:
    stored(folder, identity(), replace(draft, status=stop))
    (one,) = list_drafts(folder)
    ended = stop in (Stop.CLEAN, Stop.NO_PROGRESS, Stop.SEEN_BEFORE, Stop.ROUND_CAP)
    assert one.state is (State.FINISHED if ended else State.UNFINISHED)


def test_a_draft_is_read_as_it_was(folder: Path, draft: Draft) -> None:
    id = stored(folder, identity(), draft)
    assert drafted(folder, id) == draft
    assert read_draft(folder, "0" * 16) is None
    assert read_draft(folder, stored(folder, identity(heading="New"), None)) is None
    with pytest.raises(StoreError, match="There is no draft"):
        read_draft(folder, "../../etc/passwd")


def test_a_draft_is_found_by_the_beginning_of_its_id(folder: Path, draft: Draft) -> None:
    id = stored(folder, identity(), draft)
    assert find_draft(folder, id[:4]).id == find_draft(folder, id).id == id
    for prefix in ("", "x", "../", id + "0"):
        with pytest.raises(StoreError, match="There is no draft"):
            find_draft(folder, prefix)
    made: dict[str, str] = {}
    for number in range(40):
        other = stored(folder, identity(heading=str(number)), None)
        if other[0] in made:
            with pytest.raises(StoreError, match="More than one draft"):
                find_draft(folder, other[0])
            break
        made[other[0]] = other


def test_an_accepted_draft_is_no_longer_offered_until_it_is_made_again(folder: Path, draft: Draft) -> None:
    id = stored(folder, identity(), draft)
    accept_draft(folder, id)
    assert [one.state for one in list_drafts(folder)] == [State.ACCEPTED]
    assert drafted(folder, id) == draft
    stored(folder, identity(), replace(draft, status=Stop.CANCELLED))
    stored(folder, identity(), draft)
    assert [one.state for one in list_drafts(folder)] == [State.FINISHED]
    accept_draft(folder, "0" * 16)
    assert len(list_drafts(folder)) == 1


def test_paragraphs_that_were_accepted_are_known_until_the_draft_is_made_again(folder: Path, draft: Draft) -> None:
    id = stored(folder, identity(), draft)
    accept_paragraphs(folder, id, {0})
    found = read_draft(folder, id)
    assert found is not None
    assert found.taken == {0}
    assert [one.state for one in list_drafts(folder)] == [State.FINISHED]
    accept_paragraphs(folder, id, {0, 99})
    found = read_draft(folder, id)
    assert found is not None
    assert found.taken == {0}, "a paragraph that there is not"
    stored(folder, identity(), replace(draft, status=Stop.CANCELLED))
    found = read_draft(folder, id)
    assert found is not None
    assert not found.taken


def test_a_discarded_draft_is_gone(folder: Path, draft: Draft) -> None:
    id, other = stored(folder, identity(), draft), stored(folder, identity("other.md"), draft)
    assert discard_draft(folder, id)
    assert not discard_draft(folder, id)
    assert ids(folder) == [other]


def test_a_draft_that_is_being_made_is_listed_and_not_removed(folder: Path, draft: Draft) -> None:
    id = stored(folder, identity(), draft)
    other = stored(folder, identity("other.md"), draft)
    journal = open_journal(folder, identity())
    assert {one.id: one.state for one in list_drafts(folder)}[id] is State.UNDER_WAY
    with pytest.raises(JournalBusy):
        discard_draft(folder, id)
    with pytest.raises(JournalBusy):
        accept_draft(folder, id)
    with pytest.raises(StoreError, match=r"Removed: 1\. Not removed: 1\."):
        clear_drafts(folder)
    assert other not in ids(folder)
    tidy(folder, NOW + 500 * DAY)
    assert ids(folder) == [id]
    journal.close()
    assert clear_drafts(folder) == 1
    assert ids(folder) == []
    assert os.listdir(folder) == []  # noqa: PTH208


@pytest.mark.parametrize(
    ("state", "age", "stays"),
    [
        ("finished", 29, True),
        ("finished", 31, False),
        ("accepted", 29, True),
        ("accepted", 31, False),
        ("unfinished", 31, True),
        ("unfinished", 89, True),
        ("unfinished", 91, False),
        ("nothing", 89, True),
        ("nothing", 91, False),
        ("finished", -400, True),
    ],
)
def test_old_drafts_go_of_themselves(folder: Path, draft: Draft, state: str, age: float, stays: bool) -> None:
    made = {"unfinished": replace(draft, status=Stop.ENGINE_ERROR), "nothing": None}.get(state, draft)
    id = stored(folder, identity(), made)
    if state == "accepted":
        accept_draft(folder, id)
    os.utime(folder / f"{id}.journal", (NOW - age * DAY, NOW - age * DAY))
    spare = stored(folder, identity("spare.md"), draft, age=400)
    tidy(folder, NOW, spared=spare)
    assert (id in ids(folder)) is stays
    assert spare in ids(folder)


def test_of_too_many_drafts_the_accepted_go_first_and_the_unfinished_last(folder: Path, draft: Draft) -> None:
    unfinished = [stored(folder, identity(heading=f"u{n}"), None, age=20) for n in range(MOST_DRAFTS - 4)]
    finished = [stored(folder, identity(heading=f"f{n}"), draft, age=n) for n in range(6)]
    accept_draft(folder, finished[0])
    tidy(folder, NOW)
    left = set(ids(folder))
    assert len(left) == MOST_DRAFTS - 1
    assert set(unfinished) <= left
    assert set(finished) & left == set(finished[1:4])


def test_of_drafts_that_are_too_large_the_oldest_go(
    folder: Path, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("copydesk.adapters.drafts.MOST_BYTES", 250_000)
    made = [stored(folder, identity(heading=str(n)), draft, age=n, size=60_000) for n in range(5)]
    tidy(folder, NOW)
    assert ids(folder) == made[:2]


def test_what_is_damaged_or_another_s_is_left_out(folder: Path, draft: Draft) -> None:
    id = stored(folder, identity(), draft)
    (folder / "0123456789abcdef.journal").write_bytes(b"nonsense\n")
    (folder / "notes.txt").write_bytes(b"mine")
    assert ids(folder) == [id]
    content = (folder / f"{id}.journal").read_bytes()
    (folder / f"{id}.journal").write_bytes(content.replace(b" head ", b" hEad "))
    assert ids(folder) == []
    assert drafted(folder, id) == draft
    tidy(folder, NOW + 60 * DAY)
    assert (folder / "notes.txt").exists()
    assert not (folder / "0123456789abcdef.journal").exists()


def test_R20_a_link_in_place_of_the_directory_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="is a link"):
        list_drafts(folder)
    tidy(folder, NOW)


def test_the_directory_is_the_users_own_and_in_no_workspace(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert default_drafts_directory() == tmp_path / "copydesk" / "drafts"
