"""What the routes of this service answer with."""

from services.reconsideration import deadlines, schemas, use_cases
from services.reconsideration.terms import Status
from shared.kit.access import Access, Fields
from shared.kit.concurrency import etag
from shared.kit.edge import Edge
from shared.kit.idempotency import Answer


def shown(edge: Edge, access: Access, filed: use_cases.Filed) -> schemas.CaseView:
    """The case as far as this caller may see it."""
    case_id, version, case = filed
    review_due = None
    if case.status is Status.RECEIVED:
        review_due = deadlines.acceptance_review_due(case.review_starts_on, edge.calendar).on
    found = schemas.view(case_id, version, case, review_due_on=review_due)
    return found if access.fields(case.office) is Fields.CASE else schemas.without_words(found)


def answer(edge: Edge, access: Access, filed: use_cases.Filed, *, status: int = 200) -> Answer:
    case_id, version, _ = filed
    headers = {"ETag": etag(version)}
    if status == 201:
        headers["Location"] = f"/reconsideration/cases/{case_id}"
    return Answer(status, shown(edge, access, filed).model_dump(mode="json"), headers, case_id)
