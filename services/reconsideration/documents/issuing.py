"""Issues papers 制发文书 and opens them again: numbered, made, and kept byte for byte, in the caller's transaction.

The case must have been loaded within the caller's reach before anything of this is called.
"""

import base64
import hashlib
from contextlib import suppress
from datetime import date, datetime
from functools import cache
from uuid import UUID

import orjson
from sqlmodel import Session
from uuid_utils.compat import uuid7

from services.reconsideration.documents import repository
from services.reconsideration.documents.citations import RESTS_ON
from services.reconsideration.documents.docx_building import built_template
from services.reconsideration.documents.docx_rendering import render_docx
from services.reconsideration.documents.kinds import PAPERS, PaperKind
from services.reconsideration.documents.pdf_rendering import render_pdf
from services.reconsideration.documents.repository import IssuedPaper
from services.reconsideration.documents.values import Fields
from services.reconsideration.numbering.patterns import Series
from services.reconsideration.numbering.repository import next_number
from services.reconsideration.terms import LawVersion
from shared.kernel.errors import Conflict, RuleViolation

listed = repository.listed


def issue(
    session: Session,
    case_id: UUID,
    *,
    office: str,
    kind: PaperKind,
    law: LawVersion,
    fields: Fields,
    case_version: int,
    issued_on: date,
    now: datetime,
    number: str | None = None,
) -> IssuedPaper:
    """Make a paper and keep it; `number` when it was entered by hand, else the next of the office's series.

    `fields` need neither the number nor the date.

    Raises:
        RuleViolation: `reconsideration.paper_number_unwanted`; see `values.presented`
        Conflict: `reconsideration.paper_number_taken` of an entered number, `party.case_erased`
    """
    paper = PAPERS[kind]
    own = own_template(session, office, kind, law)
    template = built_template(kind, law) if own is None else own.content

    def keep(number: str | None) -> IssuedPaper:
        given = {"paper_number": number, "issued_on": issued_on}
        whole = {**fields, **{name: value for name, value in given.items() if name in paper.fields}}
        content = render_docx(kind, whole, template)
        issued = IssuedPaper(
            id=uuid7(),
            case_id=case_id,
            office=office,
            kind=kind,
            number=number,
            case_version=case_version,
            issued_on=issued_on,
            digest=_digest(content),
            template_version=None if own is None else own.version,
            template_digest=_digest(template),
            recorded_at=now,
            voided_at=None,
            void_reason=None,
        )
        repository.add(
            session,
            issued,
            content=base64.b64encode(content).decode(),
            fields=orjson.dumps(whole).decode(),
        )
        return issued

    if number is not None and not paper.word:
        raise RuleViolation(
            "reconsideration.paper_number_unwanted", f"《{paper.title}》不编号。", field="number"
        )
    if number is not None or not paper.word:
        return keep(number)
    while True:
        drawn = next_number(
            session,
            office=office,
            series=Series.PAPER,
            year=issued_on.year,
            word=paper.word,
            taken=lambda candidate: repository.number_taken(session, office, candidate),
        )
        with suppress(repository.NumberTaken):  # somebody enters it at this moment
            return keep(drawn)


def own_template(
    session: Session, office: str, kind: PaperKind, law: LawVersion
) -> repository.OwnTemplate | None:
    """An office writes its templates by the Act in force: a case of the old one is told in our words."""
    return repository.template_in_force(session, office, kind) if law is LawVersion.ACT2023 else None


def opened(session: Session, case_id: UUID, paper_id: UUID) -> tuple[IssuedPaper, bytes]:
    """A paper and its DOCX file, byte for byte as it was issued.

    Raises:
        NotFound: `reconsideration.paper_not_found`
        Conflict: `reconsideration.paper_erased`
    """
    issued, content, _ = repository.opened(session, case_id, paper_id)
    if content is None:
        raise _erased()
    return issued, base64.b64decode(content)


def opened_pdf(session: Session, case_id: UUID, paper_id: UUID) -> tuple[IssuedPaper, bytes]:
    """A paper as PDF, set from what it was made of.

    Raises:
        NotFound: `reconsideration.paper_not_found`
        Conflict: `reconsideration.paper_erased`, `reconsideration.pdf_differs`
        RuleViolation: `reconsideration.no_font`, `reconsideration.no_glyph`
    """
    issued, _, fields = repository.opened(session, case_id, paper_id)
    if fields is None:
        raise _erased()
    law = _worded_by(issued)
    if law is None:
        raise Conflict(
            "reconsideration.pdf_differs",
            "这份文书是用别的模板制发的，系统生成的 PDF 会与它不同；请打开 DOCX 原件，再另存为 PDF。",
        )
    return issued, render_pdf(issued.kind, orjson.loads(fields), law=law)


def void(session: Session, case_id: UUID, paper_id: UUID, *, reason: str, now: datetime) -> IssuedPaper:
    """作废: the paper stays in the list with its number, which nobody gets again.

    Raises:
        NotFound: `reconsideration.paper_not_found`
        Conflict: `reconsideration.paper_void`, `party.case_erased`
    """
    issued = repository.void(session, case_id, paper_id, reason=reason, now=now)
    if issued.voided_at != now:
        raise Conflict("reconsideration.paper_void", "这份文书已经作废。")
    return issued


def _worded_by(issued: IssuedPaper) -> LawVersion | None:
    """The Act in whose built-in words the paper was made; None when it was made with another template."""
    made = (
        law for law in RESTS_ON[issued.kind] if issued.template_digest == _template_digest(issued.kind, law)
    )
    return next(made, None)


@cache
def _template_digest(kind: PaperKind, law: LawVersion) -> str:
    return _digest(built_template(kind, law))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _erased() -> Conflict:
    return Conflict("reconsideration.paper_erased", "此案的个人信息已依法删除，文书的内容不再保存。")
