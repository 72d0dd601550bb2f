"""What may be done with a mediation case 调解案件. Plain Python: no clock, no database.

Every act takes a case and returns the changed case with what happened, or refuses. What a case may look like
afterwards stands in case.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.mediation.case import Case, check
from services.mediation.deadlines import confirmation_due, mediation_due
from services.mediation.terms import AgreementForm, Outcome, Status, Step, TerminationReason
from shared.kernel.calendar import WorkCalendar
from shared.kernel.errors import Conflict, RuleViolation

AGREEMENTS: Mapping[AgreementForm, Outcome] = {
    AgreementForm.WRITTEN: Outcome.AGREED_WRITTEN,
    AgreementForm.ORAL: Outcome.AGREED_ORAL,
}


@dataclass(frozen=True, slots=True)
class Registered:
    on: date


@dataclass(frozen=True, slots=True)
class Accepted:
    on: date


@dataclass(frozen=True, slots=True)
class Declined:
    on: date


@dataclass(frozen=True, slots=True)
class Agreed:
    on: date


@dataclass(frozen=True, slots=True)
class Failed:
    on: date


@dataclass(frozen=True, slots=True)
class Terminated:
    on: date


@dataclass(frozen=True, slots=True)
class Confirmed:
    on: date


@dataclass(frozen=True, slots=True)
class LedgerRecorded:
    on: date


@dataclass(frozen=True, slots=True)
class Corrected:
    on: date


@dataclass(frozen=True, slots=True)
class Cancelled:
    on: date


@dataclass(frozen=True, slots=True)
class Recalculated:
    on: date


Event = (
    Registered
    | Accepted
    | Declined
    | Agreed
    | Failed
    | Terminated
    | Confirmed
    | LedgerRecorded
    | Corrected
    | Cancelled
    | Recalculated
)

# Keyed by the act, not by the status it leads to: several acts may lead to one status, each under its own rule.
ALLOWED_FROM: Mapping[Step, frozenset[Status]] = {
    Step.ACCEPT: frozenset({Status.REGISTERED}),
    Step.DECLINE: frozenset({Status.REGISTERED}),
    Step.AGREE: frozenset({Status.IN_MEDIATION}),
    Step.FAIL: frozenset({Status.IN_MEDIATION}),
    Step.TERMINATE: frozenset({Status.IN_MEDIATION}),
    Step.CONFIRM: frozenset({Status.AGREED}),
    Step.CORRECT: frozenset(Status) - {Status.CANCELLED},
    Step.CANCEL: frozenset(Status) - {Status.CANCELLED},
}

REFUSED_STEP: Mapping[Status, str] = {
    Status.REGISTERED: "此案尚未受理，不能办理这一步。",
    Status.IN_MEDIATION: "此案已受理，正在调解，不能办理这一步。",
    Status.AGREED: "此案已达成协议，不能再办理这一步；如有错误请用更正。",
    Status.CONFIRMED: "此案的协议已经司法确认，不能再办理这一步；如有错误请用更正。",
    Status.NOT_AGREED: "此案未达成协议，已经结案，不能再办理这一步；如有错误请用更正。",
    Status.DECLINED: "此案不予受理，不能再办理这一步；如有错误请用更正。",
    Status.CANCELLED: "此案已作为误录注销，不能再办理。",
}


def register(dispute: Case, *, today: date) -> tuple[Case, Registered]:
    """登记: a party applied, the committee acts of itself, or a court or organ sent the dispute (PML 17, 18)."""
    check(dispute, today=today)
    return dispute, Registered(on=dispute.registered_on)


def accept(case: Case, *, on: date, calendar: WorkCalendar, today: date) -> tuple[Case, Accepted]:
    """受理: the period runs from this day, its length depends on who referred the dispute (PM-2.3)."""
    _require(case, Step.ACCEPT)
    accepted = _dated(replace(case, accepted_on=on), calendar)
    check(accepted, today=today)
    return accepted, Accepted(on=on)


def decline(case: Case, *, on: date, today: date) -> tuple[Case, Declined]:
    """不予受理: out of scope, or a party clearly refuses mediation (PML 17)."""
    _require(case, Step.DECLINE)
    declined = replace(case, declined_on=on)
    check(declined, today=today)
    return declined, Declined(on=on)


def agree(
    case: Case, *, on: date, form: AgreementForm, effective_on: date | None, amount_fen: int, today: date
) -> tuple[Case, Agreed]:
    """达成协议: in writing it takes effect with the last signature or seal (PML 29), orally at once (PML 30).

    The case is closed on the day the agreement takes effect.
    """
    _require(case, Step.AGREE)
    if effective_on is not None and effective_on < on:
        raise RuleViolation(
            "mediation.effective_before_agreement", "生效日期早于达成协议的日期。", field="effective_on"
        )
    if form is AgreementForm.ORAL and effective_on not in (None, on):
        raise RuleViolation(
            "mediation.oral_effective_at_once",
            "口头协议自达成之日起生效（人民调解法第三十条），不另填生效日期。",
            field="effective_on",
        )
    effective = effective_on or on
    agreed = replace(
        case, closed_on=effective, outcome=AGREEMENTS[form], effective_on=effective, amount_fen=amount_fen
    )
    check(agreed, today=today)
    return agreed, Agreed(on=effective)


def fail(case: Case, *, on: date, today: date) -> tuple[Case, Failed]:
    """调解不成 (PML 26): no agreement was reached, or time ran out."""
    _require(case, Step.FAIL)
    failed = replace(case, closed_on=on, outcome=Outcome.FAILED)
    check(failed, today=today)
    return failed, Failed(on=on)


def terminate(case: Case, *, on: date, reason: TerminationReason, today: date) -> tuple[Case, Terminated]:
    """终止: mediation ended without a result of its own; 息诉撤诉 is no 调解成功 (PM-3.3)."""
    _require(case, Step.TERMINATE)
    terminated = replace(case, closed_on=on, outcome=Outcome.TERMINATED, termination_reason=reason)
    check(terminated, today=today)
    return terminated, Terminated(on=on)


def confirm(
    case: Case, *, on: date, applied_on: date | None, calendar: WorkCalendar, today: date
) -> tuple[Case, Confirmed]:
    """司法确认: the court ruled the agreement valid; both parties had 30 days to apply for it (PML 33, PM-2.7)."""
    _require(case, Step.CONFIRM)
    confirmed = replace(case, confirmed_on=on)
    check(confirmed, today=today)
    if applied_on is not None and case.effective_on is not None:
        _check_application(applied_on, case.effective_on, ruled_on=on, calendar=calendar)
    return confirmed, Confirmed(on=on)


def _check_application(
    applied_on: date, effective_on: date, *, ruled_on: date, calendar: WorkCalendar
) -> None:
    if applied_on < effective_on:
        raise RuleViolation(
            "mediation.application_before_effect", "申请司法确认的日期早于协议生效日期。", field="applied_on"
        )
    if applied_on > ruled_on:
        raise RuleViolation(
            "mediation.application_after_ruling", "申请司法确认的日期晚于裁定日期。", field="applied_on"
        )
    due = confirmation_due(effective_on, calendar)
    if applied_on > due.on:
        raise RuleViolation(
            "mediation.application_too_late",
            f"申请司法确认应在协议生效之日起三十日内（人民调解法第三十三条），至 {due.on} 为止。",
            field="applied_on",
        )


def record_from_ledger(case: Case, *, calendar: WorkCalendar, today: date) -> tuple[Case, LedgerRecorded]:
    """台账录入: a case in its present state, from the years before this system kept the books."""
    dated = _dated(case, calendar)
    check(dated, today=today)
    return dated, LedgerRecorded(on=_last_date(dated))


def correct(
    case: Case, *, changes: Mapping[str, Any], calendar: WorkCalendar, today: date
) -> tuple[Case, Corrected]:
    """更正 of any recorded fact; the corrected case must stand by itself."""
    _require(case, Step.CORRECT)
    corrected = _dated(replace(case, **changes), calendar)
    if corrected == case:
        raise RuleViolation("mediation.nothing_to_correct", "更正的内容与现有记录相同，没有需要更正的。")
    check(corrected, today=today)
    return corrected, Corrected(on=today)


def cancel(case: Case, *, today: date) -> tuple[Case, Cancelled]:
    """注销误录: the case was filed by mistake and counts nowhere; its history stays."""
    _require(case, Step.CANCEL)
    return replace(case, cancelled=True), Cancelled(on=today)


def recalculate(case: Case, *, calendar: WorkCalendar, today: date) -> tuple[Case, Recalculated] | None:
    """重算期限 by a calendar that knows more (CAL-11); None when that changes nothing."""
    recalculated = case if case.cancelled else _dated(case, calendar)
    return None if recalculated == case else (recalculated, Recalculated(on=today))


def _dated(case: Case, calendar: WorkCalendar) -> Case:
    """The day by which mediation should end follows from acceptance and referral, and is never typed in."""
    if case.accepted_on is None:
        return replace(case, due_on=None, due_provisional=False)
    due = mediation_due(case.accepted_on, case.referral, calendar)
    return replace(case, due_on=due.on, due_provisional=due.provisional)


def _last_date(case: Case) -> date:
    return case.confirmed_on or case.closed_on or case.declined_on or case.accepted_on or case.registered_on


def _require(case: Case, step: Step) -> None:
    if case.status not in ALLOWED_FROM[step]:
        raise Conflict(f"mediation.{step}_not_allowed", REFUSED_STEP[case.status])
