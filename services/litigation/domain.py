"""A litigation case 行政应诉案件 and what may be done with it. Plain Python: no clock, no database.

One case is one unit: a court's case × instance × designated organ (AL-1.6, AL-1.7). Every act takes a case and
returns the changed case with what happened, or refuses. `check` states what no case may contradict, however it
came in: by steps, from a ledger or through a correction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from services.litigation.appearance import AppearanceDuty, Hearing, assess
from services.litigation.terms import Instance, Result, Status, Step
from shared.kernel.consistency import Rule, plain_rules, precedes, refuse_broken, refuse_future
from shared.kernel.errors import Conflict, RuleViolation

# 败诉 (ALL 70, 72-78). 维持, 改判 and 发回 do not tell what the organ lost: their final content does.
LOST = frozenset(
    {
        Result.REVOKED,
        Result.PARTLY_REVOKED,
        Result.PERFORMANCE_ORDERED,
        Result.PAYMENT_ORDERED,
        Result.CONFIRMED_UNLAWFUL,
        Result.CONFIRMED_VOID,
        Result.REMEDY_ORDERED,
        Result.VARIED,
        Result.AGREEMENT_LIABLE,
    }
)
OF_APPEAL = frozenset({Result.UPHELD, Result.REVERSED, Result.REMANDED})  # ALL 89
BY_JUDGMENT = LOST | {Result.CLAIMS_REJECTED, Result.UPHELD, Result.REVERSED}  # 判决; the others are rulings
# What may oblige the organ: a lost suit, a mediation statement, and a judgment on appeal, whose content is not told.
MAY_OBLIGE = LOST | {Result.MEDIATED, Result.UPHELD, Result.REVERSED}
RESULTS_OF: Mapping[Instance, frozenset[Result]] = {
    Instance.FIRST: frozenset(Result) - OF_APPEAL,
    Instance.SECOND: frozenset(Result),
    # A review ends by ruling: dismissed, withdrawn, or the case is sent to be tried anew (2018 解释 116, 118).
    Instance.RETRIAL_REVIEW: frozenset(
        {Result.SUIT_DISMISSED, Result.SUIT_WITHDRAWN, Result.MEDIATED, Result.REMANDED}
    ),
    Instance.RETRIAL: frozenset(Result),
}
LONGEST_NUMBER = 64
LONGEST_NAME = 200
MOST_HEARINGS = 99
MOST_FEN = 2**53


@dataclass(frozen=True, slots=True)
class Case:
    """All that this service knows of one unit, in its present state."""

    case_number: str
    region: str  # of the organ
    notified_on: date
    instance: Instance = Instance.FIRST
    court: str | None = None
    organ: str | None = None
    appearance_notified: bool = False  # 已收到法院的出庭通知，尚未开庭, APP 5(2)
    hearings: tuple[Hearing, ...] = ()
    closed_on: date | None = None
    result: Result | None = None
    delivered_on: date | None = None
    performed_on: date | None = None
    performed_fen: int = 0
    reconsideration_case: UUID | None = None  # 经复议: the case before the suit, by reference (AR-7.8)
    office: str = ""  # whose books it stands in; empty until it is placed
    cancelled: bool = False

    @property
    def status(self) -> Status:
        if self.cancelled:
            return Status.CANCELLED
        if self.performed_on is not None:
            return Status.PERFORMED
        if self.closed_on is not None:
            return Status.CLOSED
        return Status.HEARD if self.hearings else Status.NOTIFIED

    @property
    def first_heard_on(self) -> date | None:
        return min((hearing.on for hearing in self.hearings), default=None)

    @property
    def last_heard_on(self) -> date | None:
        return max((hearing.on for hearing in self.hearings), default=None)

    @property
    def duty(self) -> AppearanceDuty:
        return assess(self.hearings)

    @property
    def lost(self) -> bool:
        return self.result in LOST

    @property
    def by_judgment(self) -> bool:
        return self.result in BY_JUDGMENT

    @property
    def open_to_appeal(self) -> bool:
        """ALL 85: judgments of the first instance and the ruling that dismisses the suit (2018 解释 101)."""
        return self.instance is Instance.FIRST and (self.by_judgment or self.result is Result.SUIT_DISMISSED)


@dataclass(frozen=True, slots=True)
class Notified:
    on: date


@dataclass(frozen=True, slots=True)
class Heard:
    on: date


@dataclass(frozen=True, slots=True)
class Judged:
    on: date


@dataclass(frozen=True, slots=True)
class Performed:
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


Event = Notified | Heard | Judged | Performed | LedgerRecorded | Corrected | Cancelled

# Keyed by the act, not by the status it leads to: a unit may be heard again and stays heard.
ALLOWED_FROM: Mapping[Step, frozenset[Status]] = {
    Step.HOLD_HEARING: frozenset({Status.NOTIFIED, Status.HEARD}),
    # Without a hearing too: 撤诉, 驳回起诉, and the second instance in writing (ALL 86, AL-1.13).
    Step.JUDGE: frozenset({Status.NOTIFIED, Status.HEARD}),
    Step.PERFORM: frozenset({Status.CLOSED}),
    Step.CORRECT: frozenset(Status) - {Status.CANCELLED},
    Step.CANCEL: frozenset(Status) - {Status.CANCELLED},
}

REFUSED_STEP: Mapping[Status, str] = {
    Status.NOTIFIED: "此案尚未结案，不能办理这一步。",
    Status.HEARD: "此案尚未结案，不能办理这一步。",
    Status.CLOSED: "此案已经结案，不能再办理这一步；如有错误请用更正。",
    Status.PERFORMED: "此案已经履行，不能再办理这一步；如有错误请用更正。",
    Status.CANCELLED: "此案已作为误录注销，不能再办理。",
}


def register(case: Case, *, today: date) -> tuple[Case, Notified]:
    """收到应诉通知 (ALL 67): the organ is sued, and the period for its answer runs."""
    registered = _settled(case)
    check(registered, today=today)
    return registered, Notified(on=registered.notified_on)


def hold_hearing(case: Case, *, hearing: Hearing, today: date) -> tuple[Case, Heard]:
    """开庭: one held session and who of the organ came (APP 2, 7)."""
    _require(case, Step.HOLD_HEARING)
    heard = _settled(replace(case, hearings=(*case.hearings, hearing)))
    check(heard, today=today)
    return heard, Heard(on=hearing.on)


def judge(
    case: Case, *, on: date, result: Result, delivered_on: date | None, today: date
) -> tuple[Case, Judged]:
    """结案 by judgment, ruling or mediation statement; withdrawal and dismissal close the unit as well."""
    _require(case, Step.JUDGE)
    judged = replace(case, closed_on=on, result=result, delivered_on=delivered_on)
    check(judged, today=today)
    return judged, Judged(on=on)


def perform(case: Case, *, on: date, performed_fen: int, today: date) -> tuple[Case, Performed]:
    """履行 of what the court ordered or the parties agreed (ALL 94-96)."""
    _require(case, Step.PERFORM)
    performed = replace(case, performed_on=on, performed_fen=performed_fen)
    check(performed, today=today)
    return performed, Performed(on=on)


def record_from_ledger(case: Case, *, today: date) -> tuple[Case, LedgerRecorded]:
    """台账录入: a unit in its present state, from the years before this system kept the books."""
    settled = _settled(case)
    check(settled, today=today)
    return settled, LedgerRecorded(on=_last_date(settled))


def correct(case: Case, *, changes: Mapping[str, Any], today: date) -> tuple[Case, Corrected]:
    """更正 of any recorded fact; hearings are replaced as a whole, and the corrected case must stand by itself."""
    _require(case, Step.CORRECT)
    corrected = _settled(replace(case, **changes))
    if corrected == case:
        raise RuleViolation("litigation.nothing_to_correct", "更正的内容与现有记录相同，没有需要更正的。")
    check(corrected, today=today)
    return corrected, Corrected(on=today)


def cancel(case: Case, *, today: date) -> tuple[Case, Cancelled]:
    """注销误录: the unit was filed by mistake and counts nowhere; its history stays."""
    _require(case, Step.CANCEL)
    return replace(case, cancelled=True), Cancelled(on=today)


def check(case: Case, *, today: date) -> None:
    """Refuse a case that contradicts itself, the law or the calendar.

    Raises:
        RuleViolation: with the code and field of the first rule that is broken
    """
    refuse_broken(case, (*PLAIN_RULES, *RULES))
    dates = [(name, getattr(case, name)) for name in DATE_FIELDS]
    for name, day in [*dates, ("hearings", case.last_heard_on)]:
        refuse_future("litigation", name, day, today)


def _same_day_twice(case: Case) -> bool:
    return len({hearing.on for hearing in case.hearings}) < len(case.hearings)


DATE_FIELDS = ("notified_on", "closed_on", "delivered_on", "performed_on")


# Kept in plain and published or searched: what names a person has its own sealed place.
PLAIN_WORDS = ("case_number", "court", "organ")
PLAIN_RULES: tuple[Rule[Case], ...] = plain_rules(PLAIN_WORDS)
RULES: tuple[Rule[Case], ...] = (
    Rule(
        "litigation.number_unreadable",
        "case_number",
        lambda c: len(c.case_number) > LONGEST_NUMBER or not any(sign.isdecimal() for sign in c.case_number),
        f"案号应含有数字，且不超过 {LONGEST_NUMBER} 个字。",
    ),
    Rule(
        "litigation.court_too_long",
        "court",
        lambda c: len(c.court or "") > LONGEST_NAME,
        f"法院名称不应超过 {LONGEST_NAME} 个字。",
    ),
    Rule(
        "litigation.organ_too_long",
        "organ",
        lambda c: len(c.organ or "") > LONGEST_NAME,
        f"机关名称不应超过 {LONGEST_NAME} 个字。",
    ),
    Rule(
        "litigation.heard_before_notified",
        "hearings",
        lambda c: precedes(c.first_heard_on, c.notified_on),
        "开庭日期早于收到应诉通知的日期。",
    ),
    Rule(
        "litigation.two_hearings_on_one_day",
        "hearings",
        _same_day_twice,
        "同一天已有一次开庭；同一天内多次开庭的，按一次记录。",
    ),
    Rule(
        "litigation.too_many_hearings",
        "hearings",
        lambda c: len(c.hearings) > MOST_HEARINGS,
        f"一件案件的开庭不会超过 {MOST_HEARINGS} 次。",
    ),
    Rule(
        "litigation.left_without_coming",
        "hearings",
        lambda c: any(hearing.left_early and not hearing.officer_came for hearing in c.hearings),
        "没有负责人到庭，就不会有负责人中途退庭。",
    ),
    Rule(
        "litigation.identity_without_coming",
        "hearings",
        lambda c: any(not hearing.identity_accepted and not hearing.officer_came for hearing in c.hearings),
        "没有负责人到庭，就没有对负责人身份的审查。",
    ),
    Rule(
        "litigation.closed_before_notified",
        "closed_on",
        lambda c: precedes(c.closed_on, c.notified_on),
        "结案日期早于收到应诉通知的日期。",
    ),
    Rule(
        "litigation.closed_before_heard",
        "closed_on",
        lambda c: precedes(c.closed_on, c.last_heard_on),
        "结案日期早于开庭日期。",
    ),
    Rule(
        "litigation.result_without_closing",
        "closed_on",
        lambda c: c.result is not None and c.closed_on is None,
        "有裁判结果，却没有结案日期。",
    ),
    Rule(
        "litigation.closing_without_result",
        "result",
        lambda c: c.closed_on is not None and c.result is None,
        "有结案日期，却没有裁判结果。",
    ),
    Rule(
        "litigation.result_not_of_instance",
        "result",
        lambda c: c.result is not None and c.result not in RESULTS_OF[c.instance],
        "这个审级不会有这种裁判结果；维持、改判只在二审、再审，发回重审不在一审。",
    ),
    Rule(
        "litigation.delivered_before_closing",
        "delivered_on",
        lambda c: c.delivered_on is not None and (c.closed_on is None or c.delivered_on < c.closed_on),
        "裁判文书的送达日期不能早于结案，也不能没有结案。",
    ),
    Rule(
        "litigation.performed_before_closing",
        "performed_on",
        lambda c: c.performed_on is not None and (c.closed_on is None or c.performed_on < c.closed_on),
        "履行日期不能早于结案，也不能没有结案。",
    ),
    Rule(
        "litigation.nothing_to_perform",
        "performed_on",
        lambda c: c.performed_on is not None and c.result is not None and c.result not in MAY_OBLIGE,
        "这种裁判结果没有要求机关履行什么，不能有履行日期。",
    ),
    Rule(
        "litigation.amount_without_performance",
        "performed_fen",
        lambda c: c.performed_fen != 0 and c.performed_on is None,
        "有履行金额，却没有履行日期。",
    ),
    Rule(
        "litigation.amount_out_of_range",
        "performed_fen",
        lambda c: not 0 <= c.performed_fen <= MOST_FEN,
        "履行金额不能是负数，也不能大到不合常理。",
    ),
)


def _settled(case: Case) -> Case:
    """Hearings in order of date; a notice that came before the first hearing belongs to it once it is held."""
    if not case.hearings:
        return case
    first, *others = sorted(case.hearings, key=lambda hearing: hearing.on)
    if case.appearance_notified:
        first = replace(first, court_notified=True)
    return replace(case, appearance_notified=False, hearings=(first, *others))


def _last_date(case: Case) -> date:
    return case.performed_on or case.closed_on or case.last_heard_on or case.notified_on


def _require(case: Case, step: Step) -> None:
    if case.status not in ALLOWED_FROM[step]:
        raise Conflict(f"litigation.{step}_not_allowed", REFUSED_STEP[case.status])
