"""A thousand tamperings of an audit trail, each found; an honest one passes."""

import json
import random
import shutil
import sqlite3
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

import dingfen_verify
from dingfen_verify import INCOMPLETE, OK, TAMPERED
from shared.kit.keys import Keys
from tests.verify.audited import Audited
from tests.verify.tamperings import TAMPERINGS, Copy, Tampering

ROUNDS = 1_000


@dataclass(frozen=True)
class Evidence:
    """What an auditor holds: the file, its checkpoints, the key, and a witness."""

    db: Path
    checkpoints: Path
    key: Path
    witness: Path
    as_of: str
    other: Path
    older: Path

    def arguments(self, db: Path, checkpoints: Path, *more: str) -> list[str]:
        return [
            *("audit", "--db", str(db), "--checkpoints", str(checkpoints), "--key", str(self.key)),
            *("--witness", str(self.witness), "--as-of", self.as_of, "--lang", "en", *more),
        ]


def gathered(audited: Audited, witness: Audited, other: Audited, older: Path) -> Evidence:
    for service in (audited, witness, other):
        service.database.dispose()  # the last connection empties the write-ahead log into the file
    return Evidence(
        audited.file(),
        audited.folder / "checkpoints" / "litigation",
        audited.public_key(),
        witness.file(),
        (audited.now + timedelta(seconds=1)).isoformat(),
        other.file(),
        older,
    )


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """Some 300 rows, nine checkpoints that a witness saw, and a few rows that are chained and not yet signed."""
    folder = tmp_path_factory.mktemp("audited")
    keys = Keys(folder / "keys")
    audited = Audited(f"sqlite:///{folder / 'litigation.db'}", folder, keys=keys)
    witness = Audited(f"sqlite:///{folder / 'mediation.db'}", folder / "m", service="mediation", keys=keys)
    older = folder / "older.db"
    for number in range(9):
        audited.happen(27)
        audited.sign()
        witness.now = audited.now
        witness.happen(3)
        witness.sign()
        assert witness.witness().keep("litigation", audited.notes()[-1]) == "accepted"
        if number == 5:
            audited.database.dispose()
            shutil.copy(audited.file(), older)
    audited.happen(4)
    while audited.sequencer.step():
        pass
    return gathered(audited, witness, witness, older)


def status(*arguments: str) -> int:
    return dingfen_verify.main(arguments)


@contextmanager
def copied(evidence: Evidence, folder: Path) -> Iterator[tuple[Copy, Path]]:
    """A copy without triggers and with nothing that would refuse or be slow."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(evidence.checkpoints, folder / "notes")
    shutil.copy(evidence.db, folder / "copy.db")
    with closing(sqlite3.connect(folder / "copy.db")) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("PRAGMA synchronous = OFF")
        db.execute("PRAGMA ignore_check_constraints = ON")
        for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {trigger}")
        signed = db.execute("SELECT max(size) FROM audit_checkpoint").fetchone()[0]
        yield Copy(db, folder / "notes", signed, evidence.other, evidence.older), folder / "copy.db"
        db.commit()


def throw(evidence: Evidence, folder: Path, tampering: Tampering, chance: random.Random) -> Path:
    """One tampering that did change something; the changed database."""
    while True:
        with copied(evidence, folder) as (copy, path):
            if tampering(copy, chance):
                return path


def test_an_honest_trail_passes(evidence: Evidence, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(*evidence.arguments(evidence.db, evidence.checkpoints, "--json")) == OK

    told = json.loads(capsys.readouterr().out)
    assert (told["result"], told["problems"]) == ("ok", [])
    assert (told["checked"]["checkpoints"], told["checked"]["witnessed"]) == (9, 9)
    assert told["checked"]["events"] == 247
    assert told["checked"]["rows"] > told["checked"]["last_checkpoint"] > 290


def test_an_untouched_copy_passes(evidence: Evidence, tmp_path: Path) -> None:
    with copied(evidence, tmp_path / "copy") as (_, path):
        pass

    assert status(*evidence.arguments(path, tmp_path / "copy" / "notes")) == OK


def test_rows_behind_the_last_checkpoint_can_be_cut_by_who_owns_the_machine(
    evidence: Evidence, tmp_path: Path
) -> None:
    """The limit, said openly: nobody else has heard of these rows yet."""
    with copied(evidence, tmp_path / "copy") as (copy, path):
        for seq, row in copy.audited()[copy.signed :]:
            case = uuid.UUID(row["object_id"]).hex if row["object_kind"] == "case" else ""
            copy.db.execute("DELETE FROM audit_chain WHERE seq = ?", (seq,))
            copy.db.execute("DELETE FROM audit WHERE id = ?", (row["id"],))
            copy.db.execute(
                "DELETE FROM event WHERE case_id = ? AND case_version = ?", (case, row["version"])
            )

    assert status(*evidence.arguments(path, tmp_path / "copy" / "notes")) == OK


@pytest.mark.parametrize("tampering", TAMPERINGS, ids=lambda each: each.__name__)
def test_every_kind_of_tampering_is_found(
    evidence: Evidence, tmp_path: Path, tampering: Tampering, capsys: pytest.CaptureFixture[str]
) -> None:
    path = throw(evidence, tmp_path / "copy", tampering, random.Random(1))

    assert status(*evidence.arguments(path, tmp_path / "copy" / "notes")) in (TAMPERED, INCOMPLETE)
    assert capsys.readouterr().out.splitlines()[0][0] in "✗？"


def test_a_thousand_random_tamperings_are_found(
    evidence: Evidence, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = random.SystemRandom().getrandbits(32)
    chance = random.Random(seed)
    found: Counter[tuple[str, int]] = Counter()
    missed: list[tuple[int, str]] = []

    for number in range(ROUNDS):
        tampering = chance.choice(TAMPERINGS)
        path = throw(evidence, tmp_path / "copy", tampering, chance)
        result = status(*evidence.arguments(path, tmp_path / "copy" / "notes"))
        found[tampering.__name__, result] += 1
        if result == OK:
            missed.append((number, tampering.__name__))

    capsys.readouterr()
    print(
        f"seed {seed}: {sum(found.values())} tamperings, {len(missed)} missed; (kind, exit status): {dict(found)}"
    )
    assert missed == [], f"seed {seed}"
    assert found.total() == ROUNDS
    assert {kind for kind, _ in found} == {each.__name__ for each in TAMPERINGS}
