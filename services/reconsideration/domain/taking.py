"""Taking a step: the state allows it, its date follows the one before, its rule decides, nothing contradicts."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from services.reconsideration.domain.acceptance import received_elsewhere_on, review_deadline
from services.reconsideration.domain.afterwards import dated_afterwards
from services.reconsideration.domain.case import Case, Happened, Moment
from services.reconsideration.domain.checks import check
from services.reconsideration.domain.correcting import require_rights, require_standing
from services.reconsideration.domain.handling import dated as dated_handling
from services.reconsideration.domain.intake import require_application, with_prerequisite
from services.reconsideration.domain.performing import dated_performance
from services.reconsideration.domain.states import ACTS, ALLOWED_FROM, REFUSED_STEP
from services.reconsideration.terms import AcceptMode, Channel, Step
from shared.kernel.calendar import WorkCalendar
from shared.kernel.errors import Conflict, RuleViolation

# Before forwarding only these wait somewhere else than at the office (AR 2.3, rows 1-3).
WAITS_ELSEWHERE = frozenset({Channel.VIA_ORGAN, Channel.AGENT_POINT})
# What follows the end of a case, and only that. A suit may precede it: over silence (行政诉讼法 45).
AFTER_THE_END = frozenset(
    {
        Step.RECORD_PERFORMANCE,
        Step.FOLLOW_UP,
        Step.COPY_TO_SUPERIOR,
        Step.RECORD_PETITION,
        Step.PUBLISH,
    }
)

EVIDENCE = "evidence"  # what papers a step rests on; any step may tell it

# The parts of a proceeding that a correction may name. What follows from the acts, or says whence a case came, is none.
CORRECTABLE_PARTS = frozenset(
    {
        *("application", "acceptance", "handling", "closing", "cycles"),
        *("merged_into", "linked", "suit_pending_on"),
    }
)


def receive(application: Case, *, moment: Moment) -> tuple[Case, Happened]:
    """收到申请 (ARL 30, AR-3.1), or a draft that still waits at the agent point or the organ (row 1)."""
    if application.application.is_draft and application.channel not in WAITS_ELSEWHERE:
        raise RuleViolation(
            "reconsideration.draft_elsewhere",
            "只有代办点和作出处罚的机关收到、尚未转来的申请才登记为待转送。",
            field="channel",
        )
    elsewhere_on = received_elsewhere_on(application)
    if elsewhere_on is not None and elsewhere_on != application.received_on:
        raise RuleViolation(
            "reconsideration.received_elsewhere",
            f"按地方规则，代办点、行政机关收到申请之日 {elsewhere_on} 就是收到之日，请照此填写。",
            field="received_on",
        )
    begun = _filed(application) if application.application.is_draft else _begun(application)
    begun = with_prerequisite(begun)
    require_application(begun, moment.calendar)
    check(begun, today=moment.today)
    return begun, Happened(Step.RECEIVE, application.received_on)


def _filed(draft: Case) -> Case:
    """A draft keeps its day of filing when it is forwarded: timeliness and the organ's clock go by it (CAL-6)."""
    return draft.changed("application", filed_on=draft.application.filed_on or draft.received_on)


def _begun(application: Case) -> Case:
    return replace(application, proceeding=replace(application.proceeding, moved_on=application.received_on))


def take(
    case: Case, step: Step, *, on: date, entered: Mapping[str, Any], moment: Moment
) -> tuple[Case, Happened]:
    """办理一步. Pure: the same case, step and moment give the same result.

    Raises:
        Conflict: `reconsideration.<step>_not_allowed`: not possible in this state
        RuleViolation: what the step's own rule, the order of dates or `check` refuses
    """
    if step not in ACTS:
        raise Conflict(f"reconsideration.{step}_not_allowed", "这不是办案的一步；登记、更正、注销各有其处。")
    require(case, step)
    act = ACTS[step]
    _require_order(case, step, on, today=moment.today)
    asked = {name: value for name, value in entered.items() if name != EVIDENCE}
    taken = act.rule(case, on=on, moment=moment, **asked)
    taken = _with_evidence(taken, step, entered.get(EVIDENCE))
    if act.moves:
        taken = replace(taken, proceeding=replace(taken.proceeding, moved_on=on))
    taken = dated(taken, moment.calendar)
    check(taken, today=moment.today)
    return taken, Happened(step, on)


def _with_evidence(case: Case, step: Step, papers: str | None) -> Case:
    """证据材料清单 of one step, beside those of the same step taken before."""
    kind = f"{EVIDENCE}.{step.value}."
    earlier = sum(key.startswith(kind) for key in case.texts)
    return case.told(key=f"{kind}{earlier + 1}", words=papers)


def require(case: Case, step: Step) -> None:
    """
    Raises:
        Conflict: the state table does not list the step for this state
    """
    if case.status not in ALLOWED_FROM[step]:
        raise Conflict(f"reconsideration.{step}_not_allowed", REFUSED_STEP[case.status])


def _require_order(case: Case, step: Step, on: date, *, today: date) -> None:
    """A legal date may lie in the past, but never before the step it follows; nothing happens in the future."""
    if on > today:
        raise RuleViolation(
            "reconsideration.date_in_future", f"{on} 还没有到，不能作为已发生的日期。", field="on"
        )
    if ACTS[step].moves:
        earliest = _previous(case)
    else:
        ended_on = case.closed_on or case.refused_on
        earliest = ended_on if ended_on is not None and step in AFTER_THE_END else _began(case)
    if on < earliest:
        raise RuleViolation(
            "reconsideration.before_previous_step", f"{on} 早于它所接续的上一步（{earliest}）。", field="on"
        )


def _began(case: Case) -> date:
    """Where the present stage began: what moves nothing may be dated anywhere within it."""
    cycles, supplement = case.proceeding.cycles, case.acceptance.supplement
    known = (
        case.received_on,
        case.accepted_on,
        None if supplement is None else supplement.sent_on,
        cycles[-1].reopened_on if cycles else None,
    )
    return max(day for day in known if day is not None)


def _previous(case: Case) -> date:
    """The date of the act that brought the case where it is; after a correction, what is then known of it."""
    return case.proceeding.moved_on or _last_known_move(case)


def _last_known_move(case: Case) -> date:
    handling, supplement, submission = case.handling, case.acceptance.supplement, case.closing.submission
    stops = (day for each in handling.suspensions for day in (each.on, each.resumed_on))
    known: tuple[date | None, ...] = (
        case.received_on,
        *(() if supplement is None else (supplement.sent_on, supplement.submitted_on)),
        case.accepted_on,
        handling.replied_on,
        handling.reply_lapsed_on,
        *stops,
        None if submission is None else submission.on,
        case.closed_on,
        case.refused_on,
        *(each.reopened_on for each in case.proceeding.cycles),
    )
    return max(day for day in known if day is not None)


def dated(case: Case, calendar: WorkCalendar) -> Case:
    """Every due date that is kept follows from the acts and the calendar."""
    return dated_performance(dated_afterwards(dated_handling(case, calendar), calendar), calendar)


def record_from_ledger(case: Case, *, calendar: WorkCalendar, today: date) -> tuple[Case, Happened]:
    """台账录入: a case in its present state, from the years before this system kept the books."""
    taken_over = replace(case.proceeding, from_ledger=True, recorded_on=today)
    kept = dated(replace(case, proceeding=taken_over), calendar)
    check(kept, today=today)
    return kept, Happened(Step.RECORD, _previous(kept))


def correct(
    case: Case, *, changes: Mapping[str, Any], by_head: bool, calendar: WorkCalendar, today: date
) -> tuple[Case, Happened]:
    """更正 of any recorded fact; the corrected case must stand by itself, and one handled here in law.

    `proceeding` among the changes names its corrected parts, and each part that is a mapping its corrected fields;
    what is not named stays as it is.
    """
    require(case, Step.CORRECT)
    facts = {name: value for name, value in changes.items() if name != "proceeding"}
    proceeding = replace(case.proceeding, **_whole_parts(case, changes.get("proceeding", {})))
    corrected = _as_accepted(replace(case, proceeding=proceeding, **facts), case, calendar)
    corrected = dated(corrected, calendar)
    if corrected.application != case.application:
        named = changes.get("proceeding", {}).get("application", ())
        corrected = with_prerequisite(corrected, case.application, named=named)
    if corrected == case:
        raise RuleViolation(
            "reconsideration.nothing_to_correct", "更正的内容与现有记录相同，没有需要更正的。"
        )
    if _is_applied_otherwise(corrected, case):
        require_application(corrected, calendar)
    # The date the next step has to follow may be what was wrong: it is told from the corrected facts.
    corrected = replace(corrected, proceeding=replace(corrected.proceeding, moved_on=None))
    check(corrected, today=today)
    require_rights(case, corrected, by_head=by_head)
    require_standing(corrected, Moment(today, calendar))
    return corrected, Happened(Step.CORRECT, today)


def _as_accepted(corrected: Case, former: Case, calendar: WorkCalendar) -> Case:
    """What was not accepted was accepted in no manner, and by lapse on the last day of the review alone (ARL 30(3)):
    a ledger that names another day knows better."""
    if corrected.accepted_on == former.accepted_on:
        return corrected
    is_lapse = corrected.proceeding.from_ledger and corrected.acceptance.mode is AcceptMode.DEEMED
    is_on_the_last_day = corrected.accepted_on == review_deadline(corrected, calendar).due_on
    if corrected.accepted_on is None or (is_lapse and not is_on_the_last_day):
        return corrected.changed("acceptance", mode=None)
    return corrected


def _whole_parts(case: Case, named: Mapping[str, Any]) -> dict[str, Any]:
    """Each corrected part whole: the fields that are named, over those that it has."""
    return {
        part: replace(getattr(case.proceeding, part), **value) if isinstance(value, Mapping) else value
        for part, value in named.items()
    }


def _is_applied_otherwise(corrected: Case, case: Case) -> bool:
    return any(
        getattr(corrected, name) != getattr(case, name) for name in ("application", "channel", "received_on")
    )


def recalculate(case: Case, *, calendar: WorkCalendar, today: date) -> tuple[Case, Happened]:
    """期限重算 (CAL-11): a holiday notice has arrived, due dates follow from it."""
    require(case, Step.RECALCULATE)
    return dated(case, calendar), Happened(Step.RECALCULATE, today)


def undo(present: Case, former: Case, *, today: date) -> tuple[Case, Happened]:
    """撤回上一步 within the grace of minutes: the case as it was before; what was announced is announced anew."""
    require(present, Step.UNDO)
    return former, Happened(Step.UNDO, today)


def cancel(case: Case, *, today: date) -> tuple[Case, Happened]:
    """注销误录: the case was filed by mistake and counts nowhere; its history stays."""
    require(case, Step.CANCEL)
    return replace(case, cancelled=True), Happened(Step.CANCEL, today)
