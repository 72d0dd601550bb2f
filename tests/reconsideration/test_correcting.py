"""A correction mends what was recorded; it takes no step, and approves nothing that a head has to approve."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.reconsideration import domain, main
from services.reconsideration.domain import Case
from services.reconsideration.domain.proceeding import DecisionItem, Extension
from services.reconsideration.terms import (
    AcceptMode,
    ApprovalManner,
    Condition,
    Outcome,
    Procedure,
    Refusal,
    Status,
    Step,
    TerminationGround,
)
from shared.contracts.identity import OfficeKind, Role
from shared.kernel.errors import Forbidden, RuleViolation
from tests.reconsideration.builders import (
    ACCEPTED_ON,
    ALL_MET,
    ANSWERED,
    CALENDAR,
    CLOSED_ON,
    DECIDED,
    HEARD,
    IN_STATUS,
    LATER_ON,
    NOW,
    REVIEWED,
    TODAY,
    a_closed_case,
    lived,
    plainly,
)
from tests.reconsideration.office import Office, refused
from tests.reconsideration.walking import to_decision
from tests.support.callers import KnownCallers, a_caller, an_office, bearer
from tests.support.suites import NOWHERE, client_of, settings

UPHELD = (DecisionItem(Outcome.UPHELD),)


def corrected(case: Case, *, by_head: bool = True, **changes: Any) -> Case:
    return domain.correct(case, changes=changes, by_head=by_head, calendar=CALENDAR, today=TODAY)[0]


def why_not(case: Case, *, by_head: bool = True, **changes: Any) -> str:
    with pytest.raises(RuleViolation) as refusal:
        corrected(case, by_head=by_head, **changes)
    assert refusal.value.message.endswith("。")
    return refusal.value.code.removeprefix("reconsideration.")


def closing(**parts: Any) -> Mapping[str, Any]:
    """An ending as a correction would write it."""
    approved = {"items": UPHELD, "approval": ApprovalManner.HEAD} | parts
    return {
        "outcome": Outcome.UPHELD,
        "closed_on": CLOSED_ON,
        "proceeding": {"closing": replace(lived(*REVIEWED).closing, **approved)},
    }


WHAT_A_HEAD_DECIDES: Mapping[str, tuple[Case, Mapping[str, Any]]] = {
    "ending": (lived(*REVIEWED, HEARD), closing()),
    "outcome": (
        lived(*DECIDED),
        {
            "outcome": Outcome.REVOKED,
            "proceeding": {
                "closing": replace(lived(*DECIDED).closing, items=(DecisionItem(Outcome.REVOKED),))
            },
        },
    ),
    "extension": (
        lived(*REVIEWED),
        {
            "proceeding": {
                "handling": replace(
                    lived(*REVIEWED).handling, extension=Extension(date(2024, 4, 1), 30, date(2024, 4, 1))
                )
            }
        },
    ),
    "back": (lived(*DECIDED), {"outcome": None, "closed_on": None}),
    "refusal": (lived(), {"refusal": Refusal.ABANDONED, "refused_on": ACCEPTED_ON}),
}


@pytest.mark.parametrize("what", WHAT_A_HEAD_DECIDES)
def test_what_a_head_approves_is_corrected_by_a_head(what: str) -> None:
    case, changes = WHAT_A_HEAD_DECIDES[what]

    with pytest.raises(Forbidden, match="须由复议机构负责人更正") as refusal:
        corrected(case, by_head=False, **changes)
    assert refusal.value.code == "reconsideration.correction_by_head"
    assert corrected(case, **changes) != case


def test_a_clerk_corrects_every_other_fact() -> None:
    assert corrected(lived(*DECIDED), by_head=False, respondent="杭锦旗公安局").respondent == "杭锦旗公安局"
    earlier = corrected(lived(*REVIEWED), by_head=False, accepted_on=date(2024, 3, 4))
    assert earlier.decision_due_on == date(2024, 5, 6)


def test_a_row_of_a_ledger_is_corrected_as_it_stands() -> None:
    told, _ = domain.record_from_ledger(a_closed_case(), calendar=CALENDAR, today=TODAY)

    assert corrected(told, by_head=False, outcome=Outcome.REVOKED).outcome is Outcome.REVOKED


# --- What no lawful step leaves behind, nobody writes by a correction


def test_no_correction_decides_without_approval() -> None:
    assert (
        why_not(lived(*REVIEWED, HEARD), outcome=Outcome.UPHELD, closed_on=CLOSED_ON)
        == "decision_not_approved"
    )
    assert why_not(lived(*REVIEWED, HEARD), **closing(approval=None)) == "decision_not_approved"
    assert why_not(lived(*REVIEWED, HEARD), **closing(items=())) == "outcome_not_among_items"
    assert why_not(lived(*DECIDED), outcome=Outcome.REVOKED) == "outcome_not_among_items"


def test_no_correction_decides_unheard() -> None:
    assert why_not(lived(*REVIEWED), **closing()) == "opinion_not_heard"


def test_no_correction_upholds_an_act_without_evidence() -> None:
    silent = lived(plainly(Step.ACCEPT), ANSWERED[0], plainly(Step.LAPSE_REPLY), plainly(Step.HEAR_OPINION))

    assert why_not(silent, **closing()) == "no_evidence"


def test_no_correction_accepts_what_its_conditions_or_its_period_forbid() -> None:
    acceptance = lived(*REVIEWED).acceptance

    def told(**parts: Any) -> Mapping[str, Any]:
        return {"proceeding": {"acceptance": replace(acceptance, **parts)}}

    unmet = tuple({**ALL_MET, Condition.SCOPE: False}.items())
    assert why_not(lived(), accepted_on=ACCEPTED_ON) == "acceptance_not_recorded"
    assert why_not(lived(), accepted_on=ACCEPTED_ON, **told(conditions=unmet)) == "condition_fails"
    assert why_not(lived(), accepted_on=date(2024, 8, 1), **told()) == "review_expired"
    assert why_not(lived(), accepted_on=ACCEPTED_ON, **told(mode=AcceptMode.DEEMED)) == "deemed_on_last_day"
    assert corrected(lived(), accepted_on=ACCEPTED_ON, **told()).status is Status.ACCEPTED


def test_before_2024_receipt_is_acceptance_also_for_a_correction() -> None:
    old = lived(plainly(Step.ACCEPT, date(2023, 11, 3)), of=replace(lived(), received_on=date(2023, 11, 1)))

    assert old.accepted_on == date(2023, 11, 1)
    assert why_not(old, accepted_on=date(2023, 11, 3)) == "accepted_on_receipt"


def test_a_case_taken_up_again_after_its_rejection_may_be_corrected() -> None:
    again = lived(*REVIEWED, plainly(Step.REJECT_APPLICATION), plainly(Step.REOPEN))

    assert corrected(again, matter="更正").matter == "更正"


def test_no_correction_extends_after_the_period_or_in_summary_procedure() -> None:
    handling = lived(*REVIEWED).handling
    late = replace(handling, extension=Extension(date(2024, 5, 7), 30, date(2024, 5, 7)))
    in_time = replace(handling, extension=Extension(date(2024, 4, 1), 30, date(2024, 4, 1)))

    assert why_not(lived(*REVIEWED), proceeding={"handling": late}) == "extension_late"
    summary: dict[str, Any] = {"procedure": Procedure.SUMMARY, "proceeding": {"handling": in_time}}
    assert why_not(lived(*REVIEWED), **summary) == "extension_not_allowed"


def test_no_correction_terminates_by_time_without_sixty_days_of_suspension() -> None:
    ended: dict[str, Any] = {
        "outcome": Outcome.TERMINATED,
        "termination_ground": TerminationGround.T5,
        "closed_on": LATER_ON,
    }

    assert why_not(lived(*REVIEWED), **ended) == "no_termination_by_time"
    assert why_not(IN_STATUS[Status.SUSPENDED](), **ended) == "sixty_days_not_over"


OFFICE = "reconsideration-150625"
CALLERS = KnownCallers(
    {
        "clerk": a_caller("clerk", (Role.RECONSIDERATION_CLERK, OFFICE)),
        "organ": a_caller("organ", (Role.RECONSIDERATION_ORGAN_HEAD, OFFICE)),
        "head": a_caller("head", (Role.RECONSIDERATION_OFFICE_HEAD, OFFICE)),
    },
    [an_office(OFFICE, OfficeKind.RECONSIDERATION, "150625")],
)


def test_over_http_the_clerk_is_refused_and_the_head_is_not(database_url: str, tmp_path: Path) -> None:
    service = main.create(
        settings(database_url, tmp_path), nats_url=NOWHERE, clock=lambda: NOW, directory=CALLERS
    )
    with client_of(service) as client:
        office = Office(client)
        client.headers.update(bearer("clerk"))
        case = office.accepted()
        changes = {"accepted_on": None, "refused_on": "2024-03-05", "refusal": "not_accepted"}
        refused(office.try_correct(case, changes), 403, "reconsideration.correction_by_head")
        assert office.one(case)["status"] == "accepted"

        client.headers.update(bearer("head"))
        assert office.correct(case, **changes)["status"] == "not_accepted"


def test_the_head_of_the_organ_takes_back_an_approval_of_the_wrong_case(
    database_url: str, tmp_path: Path
) -> None:
    service = main.create(
        settings(database_url, tmp_path), nats_url=NOWHERE, clock=lambda: NOW, directory=CALLERS
    )
    with client_of(service) as client:
        office = Office(client)
        client.headers.update(bearer("head"))
        case = office.accepted()
        *proposed, approval = to_decision("upheld")
        pending = office.walk(case, proposed)
        client.headers.update(bearer("organ"))
        closed = office.walk(pending, [approval])
        assert closed["status"] == "closed"
        assert office.step(closed, "undo")["status"] == "decision_pending"


def test_a_case_taken_up_again_after_its_dismissal_can_be_corrected() -> None:
    dismissed = plainly(Step.REJECT_APPLICATION, date(2024, 4, 10))
    again = lived(*REVIEWED, dismissed, plainly(Step.REOPEN))

    assert corrected(again, matter="更正").matter == "更正"
