"""What the verifier says of honest trails of every kind, and when it says that it cannot tell."""

import base64
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import dingfen_verify
from dingfen_verify import INCOMPLETE, OK, TAMPERED
from shared.kit.audit_notes import Algorithm, read
from shared.kit.keys import Keys
from tests.support.databases import only_sqlite
from tests.verify.audited import Audited


@pytest.fixture
def audited(database_url: str, tmp_path: Path) -> Iterator[Audited]:
    made = an_audited(database_url, tmp_path)
    yield made
    made.database.dispose()


def an_audited(url: str, folder: Path, algorithm: Algorithm = "sha256") -> Audited:
    """Two checkpoints over some forty rows."""
    made = Audited(url, folder, algorithm=algorithm)
    for _ in range(2):
        made.happen(15)
        made.sign()
    return made


class Verified:
    def __init__(self, status: int, told: dict[str, Any]) -> None:
        self.status = status
        self.checked = told["checked"]
        self.problems = told["problems"]
        self.codes = {problem["code"] for problem in told["problems"]}


def verify(audited: Audited, capsys: pytest.CaptureFixture[str], *more: str, **instead: str) -> Verified:
    """Over the SQLite file, or over the export of a PostgreSQL database."""
    options = {
        "checkpoints": str(audited.folder / "checkpoints"),
        "service": audited.service,
        "key": str(audited.public_key()),
        "as-of": (audited.now + timedelta(milliseconds=500)).isoformat(),
    }
    if audited.database.is_sqlite:
        options["db"] = str(audited.file())
    else:
        options["export"] = str(audited.export(audited.folder / "export.jsonl"))
    options |= {name.replace("_", "-"): value for name, value in instead.items()}
    if "export" in instead:
        options.pop("db", None)
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    status = dingfen_verify.main(["audit", *arguments, "--json", *more])
    return Verified(status, json.loads(capsys.readouterr().out))


def test_an_honest_trail_passes_from_either_database(
    audited: Audited, capsys: pytest.CaptureFixture[str]
) -> None:
    found = verify(audited, capsys)

    assert (found.status, found.problems) == (OK, [])
    assert found.checked["rows"] == found.checked["last_checkpoint"] == 36
    assert (found.checked["events"], found.checked["checkpoints"]) == (30, 2)


@only_sqlite
def test_file_and_export_of_one_database_give_the_same_head(
    audited: Audited, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    of_file = verify(audited, capsys)
    of_export = verify(audited, capsys, export=str(audited.export(tmp_path / "export.jsonl")))

    assert of_export.status == OK
    assert of_export.checked == of_file.checked


def test_a_trail_of_the_national_suite_passes(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    audited = an_audited(database_url, tmp_path, algorithm="sm3")

    assert verify(audited, capsys).status == OK
    assert all("\nalgorithm sm3\n" in note for note in audited.notes())
    audited.database.dispose()


def test_a_key_of_somebody_else_is_noticed(
    audited: Audited, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stranger = Keys(tmp_path / "stranger")
    stranger.signing_key("litigation")

    found = verify(audited, capsys, key=str(stranger.path("litigation.checkpoint.pub")))

    assert found.status == TAMPERED
    assert found.codes == {"note.forged", "note.none"}
    assert {problem.get("what") for problem in found.problems} == {"signed with another key", None}


@only_sqlite
def test_a_checkpoint_that_only_names_the_right_key_is_a_forgery(
    audited: Audited, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A whole new history, signed by a thief who writes the real key and its id into his notes. No witness is asked."""
    thief = Audited(f"sqlite:///{tmp_path / 'thief.db'}", tmp_path / "thief")
    thief.happen(5)
    thief.sign()
    real = read(audited.notes()[0])
    key_id = base64.b64decode(audited.notes()[0].split(" ")[-1])[:4]
    (note,) = thief.notes()
    named = base64.b64encode(read(note).key).decode(), base64.b64encode(real.key).decode()
    signature = note.split(" ")[-1].strip()
    renamed = base64.b64encode(key_id + base64.b64decode(signature)[4:]).decode()
    forged = note.replace(*named).replace(signature, renamed)
    (file,) = (thief.folder / "checkpoints" / "litigation").iterdir()
    file.write_text(forged, encoding="utf-8")
    with closing(sqlite3.connect(thief.file())) as db:
        db.execute("DROP TRIGGER audit_checkpoint_is_never_changed")
        db.execute("UPDATE audit_checkpoint SET note = ?", (forged,))
        db.commit()

    found = verify(thief, capsys, key=str(audited.public_key()))

    assert found.status == TAMPERED
    assert found.problems[0]["what"] == "the signature does not fit"
    thief.database.dispose()


def test_a_witness_that_saw_another_history_tells(
    audited: Audited, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same key signed two chains: the one that is shown now, and the one that a witness was told."""
    before = Audited(f"sqlite:///{tmp_path / 'before.db'}", tmp_path / "before", keys=audited.keys)
    before.happen(10)
    before.sign()
    witness = Audited(
        f"sqlite:///{tmp_path / 'w.db'}", tmp_path / "w", service="mediation", keys=audited.keys
    )
    witness.witness().keep("litigation", before.notes()[0])

    for source in (witness.file(), witness.export(tmp_path / "w.jsonl"), before.folder / "checkpoints"):
        found = verify(audited, capsys, witness=str(source))
        assert found.status == TAMPERED
        assert found.codes == {"head.differs"}
    for each in (before, witness):
        each.database.dispose()


def test_a_witness_that_never_heard_of_the_service_proves_nothing(
    audited: Audited, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = verify(audited, capsys, witness=str(tmp_path))

    assert (found.status, found.codes) == (INCOMPLETE, {"witness.none"})


def test_rows_that_stay_out_of_the_chain_are_reported(
    audited: Audited, capsys: pytest.CaptureFixture[str]
) -> None:
    audited.happen(2)
    assert verify(audited, capsys, as_of=(audited.now).isoformat()).status == OK
    audited.pass_time(2)

    found = verify(audited, capsys)

    assert (found.status, found.codes) == (INCOMPLETE, {"row.late"})
    assert found.problems[0]["count"] == 3


def test_rows_that_stay_without_a_checkpoint_are_reported(
    audited: Audited, capsys: pytest.CaptureFixture[str]
) -> None:
    audited.happen(2)
    audited.sequencer.step()
    assert verify(audited, capsys).status == OK
    audited.pass_time(130)

    found = verify(audited, capsys)

    assert (found.status, found.codes) == (INCOMPLETE, {"note.old"})


def test_a_quiet_trail_is_not_too_old_unless_an_age_is_asked_for(
    audited: Audited, capsys: pytest.CaptureFixture[str]
) -> None:
    audited.pass_time(10 * 86_400)

    assert verify(audited, capsys).status == OK
    assert verify(audited, capsys, "--max-age", "86400").codes == {"note.old"}


def test_a_row_from_the_future_is_noticed(audited: Audited, capsys: pytest.CaptureFixture[str]) -> None:
    audited.pass_time(90_000)
    audited.happen(1)
    audited.pass_time(-90_000)
    audited.sign()

    found = verify(audited, capsys)

    assert (found.status, found.codes) == (TAMPERED, {"row.time"})


def test_checkpoints_that_are_missing_leave_it_open(
    audited: Audited, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "none").mkdir()
    found = verify(audited, capsys, checkpoints=str(tmp_path / "none"))
    assert (found.status, found.codes) == (INCOMPLETE, {"note.unfiled"})

    first = min((audited.folder / "checkpoints" / "litigation").iterdir())
    first.unlink()
    found = verify(audited, capsys)
    assert (found.status, found.codes) == (INCOMPLETE, {"note.unfiled"})


def test_an_empty_trail_proves_nothing(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    audited = Audited(database_url, tmp_path)

    assert verify(audited, capsys).codes == {"note.none"}
    audited.database.dispose()


@only_sqlite
@pytest.mark.parametrize("content", [None, b"", b"no database", b"SQLite format 3\x00" + bytes(200)])
def test_what_cannot_be_read_is_no_proof_of_anything(
    audited: Audited, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    broken = tmp_path / "broken.db"
    if content is not None:
        broken.write_bytes(content)

    assert verify(audited, capsys, db=str(broken)).codes == {"unreadable"}
    broken.unlink(missing_ok=True)


def test_a_cut_export_is_incomplete(
    audited: Audited, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = audited.export(tmp_path / "whole.jsonl").read_bytes().splitlines(keepends=True)
    cut = tmp_path / "cut.jsonl"

    cut.write_bytes(b"".join(whole[:-1]))
    without_its_end = verify(audited, capsys, export=str(cut))
    cut.write_bytes(b"".join(whole[:-3] + whole[-1:]))
    without_two_events = verify(audited, capsys, export=str(cut))

    assert (without_its_end.status, without_its_end.codes) == (INCOMPLETE, {"export.cut"})
    assert {"export.cut", "event.unaudited", "event.missing"} & without_two_events.codes
    assert without_two_events.status == TAMPERED


@only_sqlite
def test_it_runs_alone_somewhere_else_on_a_copy_that_cannot_be_written(
    audited: Audited, tmp_path: Path
) -> None:
    audited.database.dispose()
    away = tmp_path / "away"
    away.mkdir()
    shutil.copy(str(dingfen_verify.__file__), away / "verify.py")
    shutil.copy(audited.file(), away / "books.db")
    shutil.copytree(audited.folder / "checkpoints" / "litigation", away / "checkpoints")
    shutil.copy(audited.public_key(), away / "key.pub")
    (away / "books.db").chmod(0o400)
    away.chmod(0o500)
    before = {path: path.stat().st_mtime_ns for path in away.rglob("*")}
    as_of = audited.now.isoformat()

    try:
        done = subprocess.run(
            [
                *(sys.executable, "-I", "-B", "verify.py", "audit", "--db", "books.db"),
                *("--checkpoints", "checkpoints", "--key", "key.pub", "--as-of", as_of),
            ],
            cwd=away,
            env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1"},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
    finally:
        away.chmod(0o700)

    assert (done.returncode, done.stderr) == (OK, "")
    assert "✓ 核验通过。" in done.stdout.splitlines()
    assert {path: path.stat().st_mtime_ns for path in away.rglob("*")} == before


def test_it_imports_nothing_of_the_project() -> None:
    text = Path(str(dingfen_verify.__file__)).read_text(encoding="utf-8")
    imported = {
        line.split()[1].split(".")[0] for line in text.splitlines() if line.startswith(("import ", "from "))
    }

    assert imported - set(sys.stdlib_module_names) == {"cryptography"}


def test_every_finding_is_said_in_two_languages() -> None:
    for code, (level, chinese, english) in dingfen_verify.SAID.items():
        assert level in (TAMPERED, INCOMPLETE), code
        assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese), code
        assert english.isascii(), code


def test_checkpoints_made_after_the_copy_are_set_aside(
    audited: Audited, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export, made_at = audited.export(tmp_path / "then.jsonl"), audited.now
    os.utime(export, (made_at.timestamp() + 1, made_at.timestamp() + 1))
    audited.happen(5)
    audited.sign()

    then = verify(audited, capsys, export=str(export), as_of=made_at.isoformat())
    assert (then.status, then.problems) == (OK, [])
    assert then.checked["later_checkpoints_set_aside"] == 1
    assert verify(audited, capsys, export=str(export)).codes == {"note.removed", "chain.cut"}

    arguments = ["--checkpoints", str(audited.folder / "checkpoints"), "--key", str(audited.public_key())]
    of_the_file_s_time = ["audit", "--export", str(export), *arguments, "--service", "litigation"]
    assert dingfen_verify.main(of_the_file_s_time) == OK


@only_sqlite
def test_a_service_may_go_on_while_it_is_verified(
    audited: Audited, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A checkpoint that is made after the files were read, and before the database is, is none too many."""
    opened = dingfen_verify.open_sqlite

    def just_before(path: Path) -> sqlite3.Connection:
        audited.happen(3)
        audited.sign()
        return opened(path)

    monkeypatch.setattr(dingfen_verify, "open_sqlite", just_before)
    as_of = (audited.now + timedelta(seconds=63)).isoformat()

    assert verify(audited, capsys, as_of=as_of).status == OK
