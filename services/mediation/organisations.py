"""The register of organisations 调解组织名册 and what may be done with an entry. Plain Python: no clock, no database.

It holds the people's mediation committees 人民调解委员会 that a county must keep statistics of (人民调解法 10) and
the other bodies that reports count beside them (PM-1.2).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.mediation.case import LONGEST_NAME
from services.mediation.terms import OrganisationStatus, OrganisationStep, OrganisationType
from shared.kernel.consistency import Rule, plain_rules, refuse_broken, refuse_future
from shared.kernel.errors import Conflict, RuleViolation

COMMITTEES = frozenset(
    {
        OrganisationType.VILLAGE,
        OrganisationType.RESIDENT,
        OrganisationType.TOWN,
        OrganisationType.STREET,
        OrganisationType.ENTERPRISE,
        OrganisationType.SOCIAL,
        OrganisationType.UNSPECIFIED,
    }
)


@dataclass(frozen=True, slots=True)
class Organisation:
    """One entry of the register, in its present state."""

    name: str
    region: str
    org_type: OrganisationType = OrganisationType.UNSPECIFIED
    is_industry: bool = False
    is_agent_point: bool = False
    established_on: date | None = None
    dissolved_on: date | None = None
    office: str = ""  # whose books it stands in; empty until it is placed
    cancelled: bool = False

    @property
    def status(self) -> OrganisationStatus:
        if self.cancelled:
            return OrganisationStatus.CANCELLED
        return OrganisationStatus.STANDING if self.dissolved_on is None else OrganisationStatus.DISSOLVED


@dataclass(frozen=True, slots=True)
class Registered:
    on: date


@dataclass(frozen=True, slots=True)
class Dissolved:
    on: date


@dataclass(frozen=True, slots=True)
class Corrected:
    on: date


@dataclass(frozen=True, slots=True)
class Cancelled:
    on: date


Event = Registered | Dissolved | Corrected | Cancelled

ALLOWED_FROM: Mapping[OrganisationStep, frozenset[OrganisationStatus]] = {
    OrganisationStep.DISSOLVE: frozenset({OrganisationStatus.STANDING}),
    OrganisationStep.CORRECT: frozenset(OrganisationStatus) - {OrganisationStatus.CANCELLED},
    OrganisationStep.CANCEL: frozenset(OrganisationStatus) - {OrganisationStatus.CANCELLED},
}

REFUSED_STEP: Mapping[OrganisationStatus, str] = {
    OrganisationStatus.STANDING: "此组织在册，不能办理这一步。",
    OrganisationStatus.DISSOLVED: "此组织已经撤销，不能再办理这一步；如有错误请用更正。",
    OrganisationStatus.CANCELLED: "此组织已作为误录注销，不能再办理。",
}


def register(organisation: Organisation, *, today: date) -> tuple[Organisation, Registered]:
    """登记入册 (人民调解法 10): established by a village, a neighbourhood, an enterprise or another body (8, 34)."""
    check(organisation, today=today)
    return organisation, Registered(on=organisation.dissolved_on or organisation.established_on or today)


def dissolve(organisation: Organisation, *, on: date, today: date) -> tuple[Organisation, Dissolved]:
    """撤销: from this day on it no longer counts as standing."""
    _require(organisation, OrganisationStep.DISSOLVE)
    dissolved = replace(organisation, dissolved_on=on)
    check(dissolved, today=today)
    return dissolved, Dissolved(on=on)


def correct(
    organisation: Organisation, *, changes: Mapping[str, Any], today: date
) -> tuple[Organisation, Corrected]:
    """更正 of any recorded fact; the corrected entry must stand by itself."""
    _require(organisation, OrganisationStep.CORRECT)
    corrected = replace(organisation, **changes)
    if corrected == organisation:
        raise RuleViolation("mediation.nothing_to_correct", "更正的内容与现有记录相同，没有需要更正的。")
    check(corrected, today=today)
    return corrected, Corrected(on=today)


def cancel(organisation: Organisation, *, today: date) -> tuple[Organisation, Cancelled]:
    """注销误录: the entry was made by mistake and counts nowhere; its history stays."""
    _require(organisation, OrganisationStep.CANCEL)
    return replace(organisation, cancelled=True), Cancelled(on=today)


def check(organisation: Organisation, *, today: date) -> None:
    """Refuse an entry that contradicts itself or the calendar.

    Raises:
        RuleViolation: with the code and field of the first rule that is broken
    """
    refuse_broken(organisation, (*PLAIN_RULES, *RULES))
    for name in DATE_FIELDS:
        refuse_future("mediation", name, getattr(organisation, name), today)


DATE_FIELDS = ("established_on", "dissolved_on")


# Kept in plain and published or searched: what names a person has its own sealed place.
PLAIN_WORDS = ("name",)
PLAIN_RULES: tuple[Rule[Organisation], ...] = plain_rules(PLAIN_WORDS)
RULES: tuple[Rule[Organisation], ...] = (
    Rule(
        "mediation.name_unreadable",
        "name",
        lambda o: not 0 < len(o.name) <= LONGEST_NAME,
        f"组织名称不能为空，也不超过 {LONGEST_NAME} 个字。",
    ),
    Rule(
        "mediation.industry_outside_committees",
        "is_industry",
        lambda o: o.is_industry and o.org_type not in COMMITTEES,
        "只有人民调解委员会才分行业性、专业性，其他组织请填“否”。",
    ),
    Rule(
        "mediation.dissolved_before_established",
        "dissolved_on",
        lambda o: (
            o.established_on is not None and o.dissolved_on is not None and o.dissolved_on < o.established_on
        ),
        "撤销日期早于成立日期。",
    ),
)


def _require(organisation: Organisation, step: OrganisationStep) -> None:
    if organisation.status not in ALLOWED_FROM[step]:
        raise Conflict(f"mediation.organisation_{step}_not_allowed", REFUSED_STEP[organisation.status])
