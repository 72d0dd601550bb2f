"""An issued paper is kept as it was issued: numbered, sealed, opened again byte for byte, and void at most once."""

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlmodel import Session
from uuid_utils.compat import uuid7

from services.reconsideration import repository as cases
from services.reconsideration.documents import issuing, repository
from services.reconsideration.documents.docx_building import built_template
from services.reconsideration.documents.docx_rendering import render_docx
from services.reconsideration.documents.kinds import PaperKind
from services.reconsideration.documents.models import PAPERS_ISSUED
from services.reconsideration.documents.pdf_rendering import render_pdf
from services.reconsideration.documents.repository import IssuedPaper
from services.reconsideration.main import MIGRATIONS
from services.reconsideration.models import METADATA, VAULT
from services.reconsideration.terms import LawVersion
from shared.kernel.errors import Conflict, NotFound, RuleViolation
from shared.kit.acting import Acting, Scope
from shared.kit.database import Database
from shared.kit.migrations import migrate
from shared.kit.vault_erasure import erase
from tests.kit.crowd import at_once
from tests.reconsideration.builders import NOW, a_case
from tests.reconsideration.documents.filling import filled
from tests.support.sealed import unlocked

OFFICE = "reconsideration-150625"
ISSUED_ON = date(2024, 3, 5)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url, METADATA, pool_size=20)
    migrate(opened, MIGRATIONS)
    unlocked(VAULT, opened, NOW)
    yield opened
    opened.dispose()


@pytest.fixture
def case_id(database: Database) -> UUID:
    made = uuid7()
    with database.writing() as session:
        cases.add(session, [(made, a_case(office=OFFICE), ())], now=NOW)
    return made


def given(kind: PaperKind) -> dict[str, Any]:
    """What a use case hands over: all but the number and the date."""
    return {name: value for name, value in filled(kind).items() if name not in {"paper_number", "issued_on"}}


def issue(
    session: Session, case_id: UUID, kind: PaperKind = PaperKind.DECISION, **what_matters: Any
) -> IssuedPaper:
    asked: dict[str, Any] = {
        "law": LawVersion.ACT2023,
        "fields": given(kind),
        "case_version": 1,
        "issued_on": ISSUED_ON,
        "now": NOW,
    }
    return issuing.issue(session, case_id, office=OFFICE, kind=kind, **asked | what_matters)


@pytest.mark.parametrize("kind", PaperKind)
def test_a_paper_is_opened_as_it_was_issued(database: Database, case_id: UUID, kind: PaperKind) -> None:
    with database.writing() as session:
        issued = issue(session, case_id, kind)

    with database.reading() as session:
        found, content = issuing.opened(session, case_id, issued.id)
        _, pdf = issuing.opened_pdf(session, case_id, issued.id)
        assert issuing.listed(session, case_id) == [issued]
    whole = given(kind) | {"issued_on": ISSUED_ON}
    if issued.number is not None:
        whole["paper_number"] = issued.number
    assert found == issued
    assert found.digest == hashlib.sha256(content).hexdigest()
    assert content == render_docx(kind, whole)
    assert pdf == render_pdf(kind, whole)


def test_papers_are_numbered_by_their_words_and_receipts_are_not(database: Database, case_id: UUID) -> None:
    kinds = (PaperKind.DECISION, PaperKind.SUSPENSION_NOTICE, PaperKind.DECISION, PaperKind.DELIVERY_RECEIPT)
    with database.writing() as session:
        numbers = [issue(session, case_id, kind).number for kind in kinds]

    assert numbers == ["行复决〔2024〕1号", "行复中〔2024〕1号", "行复决〔2024〕2号", None]


def test_an_entered_number_is_kept_and_passed_over(database: Database, case_id: UUID) -> None:
    with database.writing() as session:
        entered = issue(session, case_id, number="行复决〔2024〕1号")

        assert entered.number == "行复决〔2024〕1号"
        assert issue(session, case_id).number == "行复决〔2024〕2号"
        with pytest.raises(Conflict) as refusal:
            issue(session, case_id, number="行复决〔2024〕2号")
    assert refusal.value.code == "reconsideration.paper_number_taken"


def test_a_receipt_takes_no_number(database: Database, case_id: UUID) -> None:
    with pytest.raises(RuleViolation, match="不编号"), database.writing() as session:
        issue(session, case_id, PaperKind.DELIVERY_RECEIPT, number="1号")


def test_clerks_who_issue_at_once_leave_no_gap_though_some_papers_are_incomplete(
    database: Database, case_id: UUID
) -> None:
    incomplete = given(PaperKind.DECISION) | {"reasoning": ""}

    def work(place: int) -> str | None:
        fields = incomplete if place % 3 == 0 else given(PaperKind.DECISION)
        try:
            with database.writing() as session:
                return issue(session, case_id, fields=fields).number
        except RuleViolation:
            return None

    numbers = [number for number in at_once(12, work) if number is not None]

    assert sorted(numbers) == sorted(f"行复决〔2024〕{n}号" for n in range(1, 9))


def test_nothing_of_a_paper_can_be_read_without_the_key_of_its_case(
    database: Database, case_id: UUID
) -> None:
    with database.writing() as session:
        issued = issue(session, case_id)
        issuing.void(session, case_id, issued.id, reason="张三要求重发", now=NOW)

    with database.reading() as session:
        row = session.execute(select(PAPERS_ISSUED)).one()
    assert all(
        getattr(row, name).startswith("v1.") for name in ("content", "fields", "digest", "void_reason")
    )


def test_of_an_erased_case_only_that_papers_were_issued_is_left(database: Database, case_id: UUID) -> None:
    with database.writing() as session:
        issued = issue(session, case_id)
    with database.writing() as session:
        erase(session, VAULT, case_id, NOW)

    with database.reading() as session:
        (left,) = issuing.listed(session, case_id)
        for read in (issuing.opened, issuing.opened_pdf):
            with pytest.raises(Conflict) as refusal:
                read(session, case_id, issued.id)
            assert refusal.value.code == "reconsideration.paper_erased"
    assert (left.number, left.digest) == (issued.number, None)
    with pytest.raises(Conflict), database.writing() as session:
        issue(session, case_id)


def test_a_void_paper_keeps_its_number_and_is_void_once(database: Database, case_id: UUID) -> None:
    with database.writing() as session:
        issued = issue(session, case_id)
    with database.writing() as session:
        void = issuing.void(session, case_id, issued.id, reason="日期有误", now=NOW)
    with pytest.raises(Conflict) as refusal, database.writing() as session:
        issuing.void(session, case_id, issued.id, reason="再次", now=NOW + timedelta(minutes=1))

    assert refusal.value.code == "reconsideration.paper_void"
    assert (void.number, void.voided_at, void.void_reason) == (issued.number, NOW, "日期有误")
    with database.writing() as session:
        assert issue(session, case_id).number == "行复决〔2024〕2号"


def test_a_paper_of_another_case_or_office_is_not_found(database: Database, case_id: UUID) -> None:
    with database.writing() as session:
        issued = issue(session, case_id)
    other = "reconsideration-150621"
    stranger = Acting("clerk", "session", "reconsideration_clerk", other, Scope(frozenset({other})))

    with database.reading() as session, pytest.raises(NotFound):
        issuing.opened(session, uuid4(), issued.id)
    with database.reading(stranger) as session:
        assert issuing.listed(session, case_id) == []
        with pytest.raises(NotFound):
            issuing.opened(session, case_id, issued.id)
        # The database keeps it out as well where it can.
        assert session.execute(text("SELECT count(*) FROM paper")).scalar() == int(database.is_sqlite)


def test_an_office_with_its_own_template_issues_with_it_and_gets_no_other_pdf(
    database: Database, case_id: UUID
) -> None:
    own = built_template(PaperKind.OPINION)  # as good as any other that prints less
    with database.writing() as session:
        before = issue(session, case_id)
        repository.replace_template(session, OFFICE, PaperKind.DECISION, own, now=NOW)
    with pytest.raises(Exception, match="recipient"), database.writing() as session:
        issue(session, case_id)  # a template that check_template would have refused

    with database.writing() as session:
        first = repository.replace_template(
            session, OFFICE, PaperKind.DECISION, _shorter(PaperKind.DECISION), now=NOW
        )
        issued = issue(session, case_id)

    assert (first.version, issued.template_version, before.template_version) == (2, 2, None)
    with database.reading() as session:
        assert issuing.opened_pdf(session, case_id, before.id)
        with pytest.raises(Conflict) as refusal:
            issuing.opened_pdf(session, case_id, issued.id)
    assert refusal.value.code == "reconsideration.pdf_differs"


def test_a_case_of_the_old_act_is_told_in_our_words_whatever_template_the_office_has(
    database: Database, case_id: UUID
) -> None:
    """An office's own template names the articles of the Act in force."""
    kind, law = PaperKind.DECISION, LawVersion.PRE2024
    with database.writing() as session:
        repository.replace_template(session, OFFICE, kind, _shorter(kind), now=NOW)
        issued = issue(session, case_id, law=law)

    with database.reading() as session:
        found, content = issuing.opened(session, case_id, issued.id)
        _, pdf = issuing.opened_pdf(session, case_id, issued.id)
    whole = given(kind) | {"issued_on": ISSUED_ON, "paper_number": issued.number}
    assert found.template_version is None
    assert content == render_docx(kind, whole, law=law)
    assert pdf == render_pdf(kind, whole, law=law)


def _shorter(kind: PaperKind) -> bytes:
    import io

    from docx import Document

    document = Document(io.BytesIO(built_template(kind)))
    document.add_paragraph("本机构自己的模板：{{ case_number }}")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()
