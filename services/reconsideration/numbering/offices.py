"""Whose templates and patterns a caller means: the office that is named, else their own."""

from services.reconsideration.access import OFFICE_KINDS
from shared.kernel.errors import Forbidden, RuleViolation
from shared.kit.access import Access


def office_meant(access: Access, named: str | None) -> str:
    """An office of this procedure within the caller's reach.

    Raises:
        Forbidden: `access.foreign_office`, the same sentence whether the office exists or not
        RuleViolation: `reconsideration.office_needed`
    """
    if named is None:
        held = (access.offices.get(each.grant.office) for each in access.reach)
        own = next((office for office in held if office is not None and office.kind in OFFICE_KINDS), None)
        if own is None:
            raise RuleViolation("reconsideration.office_needed", "请指明是哪个机构。", field="office")
        return own.code
    office = access.offices.get(named)
    if office is None or office.kind not in OFFICE_KINDS or not access.scope.covers(named):
        raise Forbidden("access.foreign_office", "这个机构不归您管理。")
    return named
