"""What the routes of this service answer with."""

from fastapi import APIRouter

from services.reconsideration import deadlines, schemas, use_cases
from services.reconsideration.domain import Case
from services.reconsideration.terms import Status
from shared.kit.access import Access, Fields
from shared.kit.case_routes import Acts
from shared.kit.edge import Edge


def shown(edge: Edge, access: Access, filed: use_cases.Filed) -> schemas.CaseView:
    """The case as far as this caller may see it."""
    case_id, version, case = filed
    review_due = None
    if case.status is Status.RECEIVED:
        review_due = deadlines.acceptance_review_due(
            case.review_starts_on, edge.calendar, law=case.law_version
        ).on
    found = schemas.view(case_id, version, case, review_due_on=review_due)
    return found if access.fields(case.office) is Fields.CASE else schemas.without_words(found)


def acts_on_cases(router: APIRouter, edge: Edge) -> Acts[Case]:
    return Acts(
        router,
        edge,
        at="/cases",
        id_name="case_id",
        view=schemas.CaseView,
        show=lambda session, access, filed: shown(edge, access, filed),
    )
