"""Which organ is competent (ARL 24-28, DOMAIN 2.2), as far as the respondent's kind tells."""

from collections.abc import Mapping

from services.reconsideration.domain.case import Case
from services.reconsideration.terms import OrganLevel, RespondentType

# Vertical systems: the superior department decides, outside the books of a local government (ARL 25, 27).
COMPETENT_ELSEWHERE: Mapping[RespondentType, str] = {
    RespondentType.CUSTOMS: "上一级海关（第二十七条）",
    RespondentType.FINANCE: "上一级金融管理机关（第二十七条）",
    RespondentType.FOREIGN_EXCHANGE: "上一级外汇管理机关（第二十七条）",
    RespondentType.TAX: "上一级税务机关（第二十七条）",
    RespondentType.STATE_SECURITY: "上一级国家安全机关（第二十七条）",
    RespondentType.MINISTRY: "作出行政行为的国务院部门（第二十五条）",
}

# A government's act is reviewed by the government above it; no county stands above a government (ARL 24(1)(二)).
ABOVE_A_GOVERNMENT = "上一级人民政府（第二十四条第一款第二项）"


def competent_organ(case: Case) -> str | None:
    """The organ that is competent instead of this one, with the article; None when nothing speaks against this one.

    A county reviews no county government: a 人民政府 as respondent needs an organ above the county (乡镇 have a kind
    of their own).
    """
    if case.respondent_type is None or case.authority_level is OrganLevel.NATION:
        return None
    if case.respondent_type is RespondentType.GOVERNMENT and case.authority_level is OrganLevel.COUNTY:
        return ABOVE_A_GOVERNMENT
    return COMPETENT_ELSEWHERE.get(case.respondent_type)
