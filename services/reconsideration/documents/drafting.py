"""Drafts of papers 草稿: what is laid before the head who approves it. Made anew each time, without a number, not kept.

A table for a jurist to read: the papers that somebody approves or signs first, and the step that is proposed with them.
"""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from docx import Document
from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from sqlmodel import Session

from services.reconsideration import labels
from services.reconsideration.documents.docx_building import built_template, settled
from services.reconsideration.documents.docx_rendering import filled
from services.reconsideration.documents.issuing import own_template
from services.reconsideration.documents.kinds import PAPERS, PaperKind
from services.reconsideration.documents.occasions import require_known
from services.reconsideration.documents.values import Fields, presented
from services.reconsideration.domain import ALLOWED_FROM, Case
from services.reconsideration.domain.states import OPEN
from services.reconsideration.numbering.patterns import Series, to_come
from services.reconsideration.numbering.repository import pattern_of
from services.reconsideration.terms import LawVersion, Status, Step
from shared.kernel.errors import RuleViolation

MARK = "草稿　未经批准，不得送达"
DAY_TO_COME = "　　　　年　　月　　日"


@dataclass(frozen=True, slots=True)
class Proposal:
    """`steps`: one of them is proposed together with the paper; `lies_in`: it is before its head, or its signers."""

    steps: tuple[Step, ...]
    lies_in: frozenset[Status] = frozenset()

    @property
    def states(self) -> frozenset[Status]:
        return self.lies_in.union(*(ALLOWED_FROM[step] for step in self.steps))


DRAFTS: Mapping[PaperKind, Proposal] = {
    PaperKind.NON_ACCEPTANCE_DECISION: Proposal((Step.DECLINE,)),
    PaperKind.SUSPENSION_NOTICE: Proposal((Step.SUSPEND,)),
    PaperKind.EXTENSION_NOTICE: Proposal((Step.EXTEND,)),
    PaperKind.CONVERSION_NOTICE: Proposal((Step.CONVERT,)),
    PaperKind.DISMISSAL_DECISION: Proposal((Step.REJECT_APPLICATION,)),
    PaperKind.TERMINATION_DECISION: Proposal((Step.TERMINATE, Step.WITHDRAW)),
    # Its step is that it took effect: what the parties are to sign is written by hand (ARL 73).
    PaperKind.MEDIATION_STATEMENT: Proposal((), OPEN),
    # Once it is submitted the books know what is proposed (ARL 61).
    PaperKind.DECISION: Proposal((Step.SUBMIT_DECISION,), frozenset({Status.DECISION_PENDING})),
}


def require_ahead(kind: PaperKind, case: Case, *, is_proposed: bool) -> None:
    """
    Raises:
        RuleViolation: `reconsideration.no_draft_ahead`, `reconsideration.draft_without_proposal`; see `require_known`
    """
    require_known(kind, case)
    proposal, title = DRAFTS[kind], PAPERS[kind].title
    if case.status not in proposal.states:
        raise RuleViolation(
            "reconsideration.no_draft_ahead",
            f"此案的状态是“{labels.STATUS[case.status]}”，没有待批的《{title}》，不能打印草稿。",
        )
    if not is_proposed and case.status not in proposal.lies_in:
        steps = "”或者“".join(labels.STEP[step] for step in proposal.steps)
        raise RuleViolation(
            "reconsideration.draft_without_proposal",
            f"《{title}》还没有报批，请把“{steps}”拟登记的内容一并写上。",
            field="step",
        )


def draft(
    session: Session, kind: PaperKind, *, office: str, law: LawVersion, fields: Fields, today: date
) -> bytes:
    """The paper as DOCX, marked on every page; its number and its day are left open.

    Raises:
        RuleViolation: see `values.presented`
    """
    paper = PAPERS[kind]
    pattern = pattern_of(session, office=office, series=Series.PAPER)
    number = to_come(pattern, year=today.year, word=paper.word)
    words = presented(kind, {**fields, "paper_number": number, "issued_on": today})
    own = own_template(session, office, kind, law)
    content = filled(
        built_template(kind, law) if own is None else own.content,
        {**words, "issued_on": DAY_TO_COME, "issued_on_chinese": DAY_TO_COME},
    )
    return _marked(content)


def _marked(content: bytes) -> bytes:
    """Also an office's own template: above whatever its pages bear already."""
    document = Document(io.BytesIO(content))
    for header in _headers(document):
        header.is_linked_to_previous = False
        line = header.paragraphs[0].insert_paragraph_before(MARK)
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.runs[0].bold = True
    buffer = io.BytesIO()
    document.save(buffer)
    return settled(buffer.getvalue())


def _headers(document: Docx) -> Iterator[Any]:
    """Every header of its own; a later section without one bears that of the section before."""
    even = document.settings.odd_and_even_pages_header_footer
    for place, section in enumerate(document.sections):
        present = [section.header]
        present += [section.even_page_header] if even else []
        present += [section.first_page_header] if section.different_first_page_header_footer else []
        yield from (header for header in present if place == 0 or not header.is_linked_to_previous)
