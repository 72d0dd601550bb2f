"""Checkpoints: signed when due, one form only, in the table and as files."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.kit.audit_checkpoints import Checkpoints
from shared.kit.audit_notes import Checkpoint, NoteUnreadable, digest, instant, read, sign
from tests.support.events import NOW
from tests.verify.audited import START, Audited

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.fixture
def audited(database_url: str, tmp_path: Path) -> Iterator[Audited]:
    made = Audited(database_url, tmp_path)
    yield made
    made.database.dispose()


def a_note(size: int = 7, *, head: str = "ab" * 32, key: Ed25519PrivateKey = KEY) -> str:
    return sign(
        key, service="litigation", size=size, head=head, algorithm="sha256", made_at=NOW, previous="-"
    )


def test_a_note_says_what_was_signed() -> None:
    assert read(a_note()) == Checkpoint(
        "litigation", 7, "ab" * 32, "sha256", NOW, "-", KEY.public_key().public_bytes_raw()
    )
    assert a_note().splitlines()[:2] == ["dingfen/audit/litigation", "7"]


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("\n7\n", "\n8\n"),
        ("\n7\n", "\n07\n"),
        ("\n7\n", "\n+7\n"),
        ("algorithm sha256", "algorithm sm3"),
        ("algorithm sha256", "algorithm md5"),
        ("audit/litigation\n7", "audit/mediation\n7"),
        ("— dingfen/audit/litigation", "— dingfen/audit/mediation"),
        ("— ", "- "),
        ("previous -", "previous -\nmore 1"),
        ("\n\n", "\n"),
        ("Z\n", "Z \n"),
    ],
)
def test_a_note_that_was_touched_is_not_read(written: str, instead: str) -> None:
    note = a_note()
    assert written in note

    with pytest.raises(NoteUnreadable):
        read(note.replace(written, instead, 1))


def test_every_single_changed_character_is_noticed() -> None:
    note = a_note()

    for place in range(len(note)):
        with pytest.raises(NoteUnreadable):
            read(note[:place] + chr(ord(note[place]) ^ 1) + note[place + 1 :])
        with pytest.raises(NoteUnreadable):
            read(note[:place] + note[place + 1 :])


def test_an_instant_has_one_text() -> None:
    assert instant(START) == "2026-11-22T01:00:00.123456Z"
    assert instant(NOW) == "2026-11-22T01:00:00.000000Z"


def test_the_first_rows_are_signed_at_once_and_later_ones_after_a_minute(audited: Audited) -> None:
    audited.chain()
    assert audited.notes() == []
    audited.happen(1)
    audited.chain()
    assert len(audited.notes()) == 1

    audited.happen(1)
    audited.chain()
    assert len(audited.notes()) == 1
    audited.pass_time(61)
    audited.chain()
    audited.pass_time(600)
    audited.chain()

    notes = [read(note) for note in audited.notes()]
    assert [note.size for note in notes] == [2, 4]
    assert notes[1].previous == digest("sha256", audited.notes()[0].encode())


def test_a_thousand_rows_are_signed_without_waiting(audited: Audited) -> None:
    audited.happen(1)
    audited.chain()
    with audited.database.writing() as session:
        audited.events.record(session, [], audited.now)
    for _ in range(4):
        audited.happen(210)
    audited.now = START

    audited.chain()

    assert [read(note).size for note in audited.notes()] == [2, 1010]


def test_a_clock_that_was_set_back_neither_stops_checkpoints_nor_reorders_them(audited: Audited) -> None:
    audited.happen(1)
    audited.chain()
    audited.now = START - timedelta(days=1)
    audited.happen(1)
    audited.chain()

    first, second = (read(note) for note in audited.notes())
    assert second.size > first.size
    assert second.made_at == first.made_at


def test_every_checkpoint_lies_in_a_file_also_after_files_were_lost(audited: Audited) -> None:
    for _ in range(3):
        audited.happen(2)
        audited.sign()
    folder = audited.folder / "checkpoints" / "litigation"
    written = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert len(written) == 3
    assert sorted(written.values()) == sorted(audited.notes())
    sorted(folder.iterdir())[0].unlink()

    again = Checkpoints(
        audited.database,
        audited.trail,
        service="litigation",
        key=KEY,
        folder=audited.folder / "checkpoints",
        clock=audited.clock,
    )
    again.keep_up()

    assert {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()} == written
