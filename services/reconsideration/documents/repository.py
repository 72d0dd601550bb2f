"""Every query about papers and templates. Whether the caller may see the case has been decided before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlmodel import Session

from services.reconsideration.documents.kinds import PaperKind
from services.reconsideration.documents.models import ONE_PAPER_PER_NUMBER, PAPERS_ISSUED, SEALED, TEMPLATES
from services.reconsideration.models import VAULT
from shared.kernel.errors import Conflict, NotFound
from shared.kit.acting import visible
from shared.kit.uniqueness import insert_unless_taken
from shared.kit.vault import CaseKey

_TABLE = "paper"
# A list opens none of the files.
_LISTED = [column for column in PAPERS_ISSUED.c if column.name not in {"content", "fields"}]


@dataclass(frozen=True, slots=True)
class IssuedPaper:
    """A paper as it was issued. Of an erased case only that it was issued is left: its digest is None."""

    id: UUID
    case_id: UUID
    office: str
    kind: PaperKind
    number: str | None
    case_version: int
    issued_on: date
    digest: str | None  # SHA-256 of the file
    template_version: int | None
    template_digest: str
    recorded_at: datetime
    voided_at: datetime | None
    void_reason: str | None


@dataclass(frozen=True, slots=True)
class OwnTemplate:
    version: int
    content: bytes
    uploaded_at: datetime


class NumberTaken(Conflict):
    """Another paper of the office bears the number, be it void."""

    def __init__(self) -> None:
        super().__init__(
            "reconsideration.paper_number_taken", "这个文书编号已经用过，请核对后再填。", field="number"
        )


def add(session: Session, paper: IssuedPaper, *, content: str, fields: str) -> None:
    """Keep a paper; its file and its fields are sealed under the key of its case.

    Raises:
        Conflict: `party.case_erased`
        NumberTaken: nothing was kept
    """
    key = VAULT.key_for_change(session, paper.case_id)
    plain = {"content": content, "fields": fields, "digest": paper.digest, "void_reason": None}
    row = {
        "id": paper.id,
        "case_id": paper.case_id,
        "office": paper.office,
        "kind": paper.kind.value,
        "number": paper.number,
        "case_version": paper.case_version,
        "issued_on": paper.issued_on,
        "template_version": paper.template_version,
        "template_digest": paper.template_digest,
        "recorded_at": paper.recorded_at,
        "voided_at": None,
        **{name: _sealed(key, paper.id, name, plain[name]) for name in SEALED},
    }
    if not insert_unless_taken(session, [row], ONE_PAPER_PER_NUMBER):
        raise NumberTaken


def listed(session: Session, case_id: UUID) -> Sequence[IssuedPaper]:
    """The papers of a case in the order in which they were issued."""
    rows = session.execute(
        select(*_LISTED)
        .where(PAPERS_ISSUED.c.case_id == case_id, visible(session, PAPERS_ISSUED.c.office))
        .order_by(PAPERS_ISSUED.c.id)
    ).all()
    key = VAULT.open_keys(session, [case_id]).get(case_id) if rows else None
    return [_issued(row, key) for row in rows]


def opened(session: Session, case_id: UUID, paper_id: UUID) -> tuple[IssuedPaper, str | None, str | None]:
    """A paper with its file and its fields, as they were given to `add`; None when they were erased.

    Raises:
        NotFound: `reconsideration.paper_not_found`
    """
    row = _row(session, case_id, paper_id)
    key = VAULT.open_keys(session, [case_id]).get(case_id)
    return _issued(row, key), _plain(key, row, "content"), _plain(key, row, "fields")


def void(session: Session, case_id: UUID, paper_id: UUID, *, reason: str, now: datetime) -> IssuedPaper:
    """Mark a paper void. Only who holds its row decides whether it already is.

    Raises:
        NotFound: `reconsideration.paper_not_found`
        Conflict: `party.case_erased`
    """
    key = VAULT.key_for_change(session, case_id)
    row = _row(session, case_id, paper_id, lock=True)
    if row.voided_at is None:
        session.execute(
            update(PAPERS_ISSUED)
            .where(PAPERS_ISSUED.c.id == paper_id)
            .values(voided_at=now, void_reason=_sealed(key, paper_id, "void_reason", reason))
        )
        row = _row(session, case_id, paper_id)
    return _issued(row, key)


def number_taken(session: Session, office: str, number: str) -> bool:
    found = session.execute(
        select(PAPERS_ISSUED.c.id).where(
            PAPERS_ISSUED.c.office == office,
            PAPERS_ISSUED.c.number == number,
            visible(session, PAPERS_ISSUED.c.office),
        )
    ).first()
    return found is not None


def template_in_force(session: Session, office: str, kind: PaperKind) -> OwnTemplate | None:
    """The office's own template, if it has put one in."""
    row = session.execute(
        select(TEMPLATES.c.version, TEMPLATES.c.content, TEMPLATES.c.uploaded_at).where(
            *_of(session, office, kind), TEMPLATES.c.removed_at.is_(None)
        )
    ).first()
    return None if row is None else OwnTemplate(*row)


def replace_template(
    session: Session, office: str, kind: PaperKind, content: bytes, *, now: datetime
) -> OwnTemplate:
    """Put a template in force in place of the former one, which is kept: papers were made with it."""
    remove_template(session, office, kind, now=now)
    last = session.execute(select(func.max(TEMPLATES.c.version)).where(*_of(session, office, kind))).scalar()
    version = (last or 0) + 1
    session.execute(
        insert(TEMPLATES).values(
            office=office, kind=kind.value, version=version, content=content, uploaded_at=now
        )
    )
    return OwnTemplate(version, content, now)


def remove_template(session: Session, office: str, kind: PaperKind, *, now: datetime) -> None:
    """Go back to the built-in template."""
    session.execute(
        update(TEMPLATES)
        .where(*_of(session, office, kind), TEMPLATES.c.removed_at.is_(None))
        .values(removed_at=now)
    )


def _of(session: Session, office: str, kind: PaperKind) -> tuple[Any, ...]:
    return (
        TEMPLATES.c.office == office,
        TEMPLATES.c.kind == kind.value,
        visible(session, TEMPLATES.c.office),
    )


def _row(session: Session, case_id: UUID, paper_id: UUID, *, lock: bool = False) -> Any:
    asked = select(PAPERS_ISSUED).where(
        PAPERS_ISSUED.c.id == paper_id,
        PAPERS_ISSUED.c.case_id == case_id,
        visible(session, PAPERS_ISSUED.c.office),
    )
    row = session.execute(asked.with_for_update() if lock else asked).one_or_none()
    if row is None:
        raise NotFound("reconsideration.paper_not_found", "此案没有这份文书。")
    return row


def _issued(row: Any, key: CaseKey | None) -> IssuedPaper:
    return IssuedPaper(
        id=row.id,
        case_id=row.case_id,
        office=row.office,
        kind=PaperKind(row.kind),
        number=row.number,
        case_version=row.case_version,
        issued_on=row.issued_on,
        digest=_plain(key, row, "digest"),
        template_version=row.template_version,
        template_digest=row.template_digest,
        recorded_at=row.recorded_at,
        voided_at=row.voided_at,
        void_reason=_plain(key, row, "void_reason"),
    )


def _sealed(key: CaseKey, paper_id: UUID, column: str, value: str | None) -> str | None:
    return None if value is None else key.seal(table=_TABLE, column=column, row=paper_id, value=value)


def _plain(key: CaseKey | None, row: Any, column: str) -> str | None:
    if key is None:
        return None
    return key.unseal(table=_TABLE, column=column, row=row.id, sealed=getattr(row, column))
