"""Rules of the register."""

from collections.abc import Callable
from datetime import date

import pytest

from services.mediation import organisations
from services.mediation.organisations import COMMITTEES, RULES, Organisation
from services.mediation.terms import OrganisationStatus, OrganisationStep, OrganisationType
from shared.kernel.consistency import Rule
from shared.kernel.errors import Conflict, RuleViolation
from tests.mediation.examples import TODAY, an_organisation

DISSOLVED_ON = date(2024, 6, 30)
EXAMPLES = {
    OrganisationStatus.STANDING: an_organisation(),
    OrganisationStatus.DISSOLVED: an_organisation(dissolved_on=DISSOLVED_ON),
    OrganisationStatus.CANCELLED: an_organisation(cancelled=True),
}
ACTS: dict[OrganisationStep, Callable[[Organisation], tuple[Organisation, organisations.Event]]] = {
    OrganisationStep.DISSOLVE: lambda entry: organisations.dissolve(entry, on=DISSOLVED_ON, today=TODAY),
    OrganisationStep.CORRECT: lambda entry: organisations.correct(
        entry, changes={"is_agent_point": True}, today=TODAY
    ),
    OrganisationStep.CANCEL: lambda entry: organisations.cancel(entry, today=TODAY),
}


@pytest.mark.parametrize("step", ACTS)
@pytest.mark.parametrize("status", OrganisationStatus)
def test_every_step_is_taken_from_its_statuses_and_refused_from_all_others(
    status: OrganisationStatus, step: OrganisationStep
) -> None:
    entry = EXAMPLES[status]
    assert entry.status is status

    if status in organisations.ALLOWED_FROM[step]:
        changed, _ = ACTS[step](entry)
        organisations.check(changed, today=TODAY)
    else:
        with pytest.raises(Conflict) as refusal:
            ACTS[step](entry)
        assert refusal.value.code == f"mediation.organisation_{step}_not_allowed"


@pytest.mark.parametrize("org_type", OrganisationType)
def test_only_a_peoples_mediation_committee_can_be_of_an_industry(org_type: OrganisationType) -> None:
    entry = an_organisation(org_type=org_type, is_industry=True)

    if org_type in COMMITTEES:
        organisations.check(entry, today=TODAY)
    else:
        with pytest.raises(RuleViolation) as refusal:
            organisations.check(entry, today=TODAY)
        assert refusal.value.code == "mediation.industry_outside_committees"


BROKEN = {
    "mediation.name_unreadable": an_organisation(name=""),
    "mediation.industry_outside_committees": an_organisation(
        org_type=OrganisationType.STATION, is_industry=True
    ),
    "mediation.dissolved_before_established": an_organisation(dissolved_on=date(2009, 1, 1)),
}


@pytest.mark.parametrize("rule", RULES)
def test_an_entry_that_contradicts_itself_is_refused(rule: Rule[organisations.Organisation]) -> None:
    with pytest.raises(RuleViolation) as refusal:
        organisations.check(BROKEN[rule.code], today=TODAY)

    assert (refusal.value.code, refusal.value.field) == (rule.code, rule.field)


def test_a_dissolution_that_has_not_come_is_refused() -> None:
    with pytest.raises(RuleViolation) as refusal:
        organisations.dissolve(an_organisation(), on=date(2026, 11, 23), today=TODAY)
    assert refusal.value.code == "mediation.date_in_future"


def test_an_entry_is_registered_on_its_founding_day_or_else_today() -> None:
    _, founded = organisations.register(an_organisation(), today=TODAY)
    _, unknown = organisations.register(an_organisation(established_on=None), today=TODAY)

    assert (founded.on, unknown.on) == (date(2010, 5, 1), TODAY)


def test_a_correction_that_changes_nothing_is_refused() -> None:
    with pytest.raises(RuleViolation, match="没有需要更正的"):
        organisations.correct(an_organisation(), changes={"is_industry": False}, today=TODAY)
