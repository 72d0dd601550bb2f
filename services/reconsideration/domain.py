"""A reconsideration case 行政复议案件 and what may be done with it. Plain Python: no clock, no database.

Every act takes a case and returns the changed case with what happened, or refuses. `check` states what no case
may contradict, however it came in: by steps, from a ledger or through a correction.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from services.reconsideration.deadlines import decision_due
from services.reconsideration.terms import (
    Channel,
    LawVersion,
    LetterKind,
    OrganLevel,
    Outcome,
    Procedure,
    Refusal,
    RespondentType,
    Status,
    Step,
    TerminationGround,
    WithdrawReason,
)
from shared.kernel.calendar import WorkCalendar
from shared.kernel.errors import Conflict, RuleViolation
from shared.kernel.personal import holds_identity_number

ACT_2023_IN_FORCE = date(2024, 1, 1)  # ARL 90


@dataclass(frozen=True, slots=True)
class Case:
    """All that this service knows of one application, in its present state."""

    case_number: str
    authority_region: str
    authority_level: OrganLevel
    received_on: date
    respondent: str | None = None
    respondent_type: RespondentType | None = None
    matter: str | None = None
    field: str | None = None
    channel: Channel | None = None
    is_group: bool = False
    accepted_on: date | None = None
    refused_on: date | None = None
    refusal: Refusal | None = None
    procedure: Procedure | None = None
    decision_due_on: date | None = None
    due_provisional: bool = False
    closed_on: date | None = None
    outcome: Outcome | None = None
    termination_ground: TerminationGround | None = None
    withdraw_reason: WithdrawReason | None = None
    opinion_letters_on: tuple[date, ...] = ()
    recommendation_letters_on: tuple[date, ...] = ()
    office: str = ""  # whose books it stands in; empty until it is placed
    cancelled: bool = False

    @property
    def status(self) -> Status:
        if self.cancelled:
            return Status.CANCELLED
        if self.closed_on is not None:
            return Status.CLOSED
        if self.accepted_on is not None:
            return Status.UNDER_REVIEW
        return Status.NOT_ACCEPTED if self.refused_on is not None else Status.RECEIVED

    @property
    def law_version(self) -> LawVersion:
        """AR-0.4: the day the application was received decides which Act governs."""
        return LawVersion.ACT2023 if self.received_on >= ACT_2023_IN_FORCE else LawVersion.PRE2024


@dataclass(frozen=True, slots=True)
class Received:
    on: date


@dataclass(frozen=True, slots=True)
class Accepted:
    on: date


@dataclass(frozen=True, slots=True)
class NotAccepted:
    on: date


@dataclass(frozen=True, slots=True)
class Concluded:
    on: date


@dataclass(frozen=True, slots=True)
class Terminated:
    on: date


@dataclass(frozen=True, slots=True)
class LetterIssued:
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


Event = (
    Received
    | Accepted
    | NotAccepted
    | Concluded
    | Terminated
    | LetterIssued
    | LedgerRecorded
    | Corrected
    | Cancelled
)

# Keyed by the act, not by the status it leads to: several acts may lead to one status, each under its own rule.
ALLOWED_FROM: Mapping[Step, frozenset[Status]] = {
    Step.ACCEPT: frozenset({Status.RECEIVED}),
    Step.DECLINE: frozenset({Status.RECEIVED}),
    Step.CONCLUDE: frozenset({Status.UNDER_REVIEW}),
    Step.TERMINATE: frozenset({Status.UNDER_REVIEW}),
    Step.ISSUE_LETTER: frozenset({Status.UNDER_REVIEW, Status.CLOSED}),
    Step.CORRECT: frozenset(Status) - {Status.CANCELLED},
    Step.CANCEL: frozenset(Status) - {Status.CANCELLED},
}

REFUSED_STEP: Mapping[Status, str] = {
    Status.RECEIVED: "此案尚未受理，不能办理这一步。",
    Status.UNDER_REVIEW: "此案已受理，正在审理，不能再办理这一步。",
    Status.CLOSED: "此案已经审结，不能再办理这一步；如有错误请用更正。",
    Status.NOT_ACCEPTED: "此案已作未受理办结，不能再办理这一步；如有错误请用更正。",
    Status.CANCELLED: "此案已作为误录注销，不能再办理。",
}


def receive(application: Case, *, today: date) -> tuple[Case, Received]:
    """收到申请 (ARL 30, AR-3.1): the review period of five working days runs from receipt."""
    check(application, today=today)
    return application, Received(on=application.received_on)


def accept(
    case: Case, *, on: date, procedure: Procedure, calendar: WorkCalendar, today: date
) -> tuple[Case, Accepted]:
    """受理 (ARL 30): the decision period runs from the day of acceptance."""
    _require(case, Step.ACCEPT)
    accepted = _dated(replace(case, accepted_on=on, procedure=procedure), calendar)
    check(accepted, today=today)
    return accepted, Accepted(on=on)


def decline(case: Case, *, on: date, refusal: Refusal, today: date) -> tuple[Case, NotAccepted]:
    """不予受理 (ARL 30(2)), 视为放弃 (ARL 31) or withdrawal before acceptance."""
    _require(case, Step.DECLINE)
    declined = replace(case, refused_on=on, refusal=refusal)
    check(declined, today=today)
    return declined, NotAccepted(on=on)


def conclude(case: Case, *, on: date, outcome: Outcome, today: date) -> tuple[Case, Concluded]:
    """审结 by decision or 调解书 (ARL 61-73)."""
    _require(case, Step.CONCLUDE)
    if outcome is Outcome.TERMINATED:
        raise RuleViolation(
            "reconsideration.use_terminate", "终止须写明事由，请用“终止”这一步。", field="outcome"
        )
    concluded = replace(case, closed_on=on, outcome=outcome)
    check(concluded, today=today)
    return concluded, Concluded(on=on)


def terminate(
    case: Case,
    *,
    on: date,
    ground: TerminationGround,
    withdraw_reason: WithdrawReason | None,
    today: date,
) -> tuple[Case, Terminated]:
    """终止 (ARL 41, AR-5.4): a settlement closes as withdrawal with its reason (ARL 74, AR-5.5)."""
    _require(case, Step.TERMINATE)
    terminated = replace(
        case,
        closed_on=on,
        outcome=Outcome.TERMINATED,
        termination_ground=ground,
        withdraw_reason=withdraw_reason,
    )
    check(terminated, today=today)
    return terminated, Terminated(on=on)


def issue_letter(case: Case, *, on: date, kind: LetterKind, today: date) -> tuple[Case, LetterIssued]:
    """制发意见书 (ARL 76) or 建议书 (实施条例 57)."""
    _require(case, Step.ISSUE_LETTER)
    match kind:
        case LetterKind.OPINION:
            issued = replace(case, opinion_letters_on=(*case.opinion_letters_on, on))
        case LetterKind.RECOMMENDATION:
            issued = replace(case, recommendation_letters_on=(*case.recommendation_letters_on, on))
    check(issued, today=today)
    return issued, LetterIssued(on=on)


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
        raise RuleViolation(
            "reconsideration.nothing_to_correct", "更正的内容与现有记录相同，没有需要更正的。"
        )
    check(corrected, today=today)
    return corrected, Corrected(on=today)


def cancel(case: Case, *, today: date) -> tuple[Case, Cancelled]:
    """注销误录: the case was filed by mistake and counts nowhere; its history stays."""
    _require(case, Step.CANCEL)
    return replace(case, cancelled=True), Cancelled(on=today)


def check(case: Case, *, today: date) -> None:
    """Refuse a case that contradicts itself, the law or the calendar.

    Raises:
        RuleViolation: with the code and field of the first rule that is broken
    """
    for rule in (*PLAIN_RULES, *RULES):
        if rule.broken(case):
            raise RuleViolation(rule.code, rule.sentence, field=rule.field)
    for name in DATE_FIELDS:
        _refuse_future(name, getattr(case, name), today)
    for day in (*case.opinion_letters_on, *case.recommendation_letters_on):
        _refuse_future("opinion_letters", day, today)


def _refuse_future(name: str, day: date | None, today: date) -> None:
    if day is not None and day > today:
        raise RuleViolation(
            "reconsideration.date_in_future", f"{day} 还没有到，不能作为已发生的日期。", field=name
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing no case may contradict: the field to mend, how to see the contradiction, what to say."""

    code: str
    field: str
    broken: Callable[[Case], bool]
    sentence: str


def _before(earlier: date | None, later: date | None) -> bool:
    return earlier is not None and later is not None and earlier < later


DATE_FIELDS = ("received_on", "accepted_on", "refused_on", "closed_on")
MOST_LETTERS = 99  # of a kind in one case; an event has to hold the date of each
LONGEST_NUMBER = 64


def _names_somebody(field: str, of: Case) -> bool:
    return holds_identity_number(getattr(of, field))


# Kept in plain and published or searched: what names a person has its own sealed place.
PLAIN_WORDS = ("case_number", "respondent", "field")
PLAIN_RULES: tuple[Rule, ...] = tuple(
    Rule(
        "request.identity_number_in_plain",
        name,
        partial(_names_somebody, name),
        "这一项不能写身份证号码：当事人的信息请在“当事人”里登记。",
    )
    for name in PLAIN_WORDS
)
RULES: tuple[Rule, ...] = (
    Rule(
        "reconsideration.number_unreadable",
        "case_number",
        lambda c: len(c.case_number) > LONGEST_NUMBER or not any(map(str.isdecimal, c.case_number)),
        f"案号须含有数字，且不超过 {LONGEST_NUMBER} 个字。",
    ),
    Rule(
        "reconsideration.accepted_before_received",
        "accepted_on",
        lambda c: _before(c.accepted_on, c.received_on),
        "受理日期早于收到申请的日期。",
    ),
    Rule(
        "reconsideration.refused_before_received",
        "refused_on",
        lambda c: _before(c.refused_on, c.received_on),
        "不予受理的日期早于收到申请的日期。",
    ),
    Rule(
        "reconsideration.closed_before_received",
        "closed_on",
        lambda c: _before(c.closed_on, c.received_on),
        "结案日期早于收到申请的日期。",
    ),
    Rule(
        "reconsideration.closed_before_accepted",
        "closed_on",
        lambda c: _before(c.closed_on, c.accepted_on),
        "结案日期早于受理日期。",
    ),
    Rule(
        "reconsideration.accepted_and_refused",
        "refused_on",
        lambda c: c.accepted_on is not None and c.refused_on is not None,
        "同一案件不能既受理又不予受理。",
    ),
    Rule(
        "reconsideration.refusal_incomplete",
        "refused_on",
        lambda c: (c.refused_on is None) != (c.refusal is None),
        "未受理办结须同时写明日期和方式。",
    ),
    Rule(
        "reconsideration.closed_without_acceptance",
        "accepted_on",
        lambda c: c.accepted_on is None and (c.closed_on is not None or c.outcome is not None),
        "没有受理日期，不能有审结日期或结果。",
    ),
    Rule(
        "reconsideration.outcome_without_closing",
        "closed_on",
        lambda c: c.outcome is not None and c.closed_on is None,
        "有审结结果，却没有结案日期。",
    ),
    Rule(
        "reconsideration.closing_without_outcome",
        "outcome",
        lambda c: c.closed_on is not None and c.outcome is None,
        "有结案日期，却没有审结结果。",
    ),
    Rule(
        "reconsideration.ground_without_termination",
        "termination_ground",
        lambda c: c.outcome is not Outcome.TERMINATED and c.termination_ground is not None,
        "只有终止的案件才有终止事由。",
    ),
    Rule(
        "reconsideration.withdraw_reason_without_withdrawal",
        "withdraw_reason",
        lambda c: c.withdraw_reason is not None and c.termination_ground is not TerminationGround.T1,
        "只有因撤回申请而终止的案件才有撤回原因。",
    ),
    Rule(
        "reconsideration.withdrawal_without_reason",
        "withdraw_reason",
        lambda c: c.withdraw_reason is None and c.termination_ground is TerminationGround.T1,
        "因撤回申请而终止的，须写明撤回原因；不清楚的写“其他”。",
    ),
    Rule(
        "reconsideration.letter_before_acceptance",
        "opinion_letters",
        lambda c: any(
            c.accepted_on is None or day < c.accepted_on
            for day in (*c.opinion_letters_on, *c.recommendation_letters_on)
        ),
        "意见书、建议书不能早于受理。",
    ),
    Rule(
        "reconsideration.too_many_letters",
        "opinion_letters",
        lambda c: max(len(c.opinion_letters_on), len(c.recommendation_letters_on)) > MOST_LETTERS,
        f"一件案件不会有超过 {MOST_LETTERS} 份意见书或建议书。",
    ),
)


def _dated(case: Case, calendar: WorkCalendar) -> Case:
    """The decision's due date follows from acceptance and procedure, and is never typed in."""
    if case.accepted_on is None:
        return replace(case, procedure=None, decision_due_on=None, due_provisional=False)
    procedure = (
        case.procedure or Procedure.ORDINARY
    )  # ARL 53: summary procedure is a choice, ordinary the rule
    # Before 2024 there was no summary procedure in the Act; pilots that used the word had the ordinary period.
    governed_by = procedure if case.law_version is LawVersion.ACT2023 else Procedure.ORDINARY
    due = decision_due(case.accepted_on, governed_by, calendar)
    return replace(case, procedure=procedure, decision_due_on=due.on, due_provisional=due.provisional)


def _last_date(case: Case) -> date:
    return case.closed_on or case.refused_on or case.accepted_on or case.received_on


def _require(case: Case, step: Step) -> None:
    if case.status not in ALLOWED_FROM[step]:
        raise Conflict(f"reconsideration.{step}_not_allowed", REFUSED_STEP[case.status])
