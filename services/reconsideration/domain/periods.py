"""The periods of an accepted case: to send the copy, to reply, to decide (ARL 48, 54, 62), by its Act."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from services.reconsideration.deadlines import (
    EXCLUSION,
    SUPPLEMENTING,
    SUSPENSION,
    Deadline,
    Excluded,
    deadline,
)
from services.reconsideration.domain.case import Case
from services.reconsideration.domain.proceeding import Interval
from services.reconsideration.terms import ConvertedFrom, LawVersion, OpenReply, Procedure, SuspendedTime
from shared.kernel.calendar import WorkCalendar


def not_counted(case: Case) -> tuple[Interval, ...]:
    """Suspensions and excluded periods, in the decision period; closing ends an open suspension (AR-5.2, AR-5.3).

    Before 2024 an application was accepted from its receipt, and the time of 补正 did not count (实施条例 29).
    """
    handling = case.handling
    is_counted = case.local.suspended_time is SuspendedTime.COUNTED
    suspended = (
        [] if is_counted else [(each.on, each.resumed_on or case.closed_on) for each in handling.suspensions]
    )
    excluded = ((each.begun_on, each.ended_on or case.closed_on) for each in handling.exclusions)
    return (*suspended, *excluded, *_supplemented(case))


def _supplemented(case: Case) -> tuple[Interval, ...]:
    supplement = case.acceptance.supplement
    if case.law_version is LawVersion.ACT2023 or supplement is None or supplement.submitted_on is None:
        return ()
    return ((supplement.sent_on, supplement.submitted_on),)


def _excluded_as(case: Case) -> Excluded:
    """How what is not counted is called; where several stand beside each other, what still lasts says how it ends."""
    handling = case.handling
    stand = {
        SUSPENSION: handling.suspensions and case.local.suspended_time is not SuspendedTime.COUNTED,
        EXCLUSION: handling.exclusions,
        SUPPLEMENTING: _supplemented(case),
    }
    called = [each for each, stands in stand.items() if stands]
    if len(called) <= 1:
        return called[0] if called else SUSPENSION
    lasting = SUSPENSION if handling.open_suspension is not None else EXCLUSION
    return replace(lasting, noun="和".join(each.noun for each in called))


def _handled_from(case: Case) -> date | None:
    """Acceptance, or the day on which the accepted case was taken up again."""
    cycles = case.proceeding.cycles
    if case.accepted_on is None or not cycles:
        return case.accepted_on
    return max(case.accepted_on, cycles[-1].reopened_on)


def _decided_from(case: Case) -> date | None:
    """Conversion leaves the sixty days where they began (AR-4.3), unless a local rule begins them anew."""
    begun_on, converted_on = _handled_from(case), case.handling.converted_on
    if begun_on is None or converted_on is None or case.local.converted_from is ConvertedFrom.ACCEPTANCE:
        return begun_on
    if case.law_version is LawVersion.PRE2024:
        return begun_on  # a pilot's conversion had no period of another length to leave
    return max(begun_on, converted_on)


def decision_deadline(
    case: Case, calendar: WorkCalendar, *, stopped: Sequence[Interval] | None = None
) -> Deadline | None:
    """审理期限 (ARL 62): from acceptance, or from the day the case was taken up again; extended, suspended.

    `stopped` are the times not to count, where not all of them are left out.
    """
    begun_on = _decided_from(case)
    if begun_on is None:
        return None
    extension = case.handling.extension
    return deadline(
        "ar.decision",
        begun_on,
        calendar,
        procedure=case.procedure or Procedure.ORDINARY,
        extension_days=0 if extension is None else extension.days,
        suspensions=not_counted(case) if stopped is None else stopped,
        excluded_as=_excluded_as(case),
        law=case.law_version,
    )


def copy_deadline(case: Case, calendar: WorkCalendar) -> Deadline | None:
    """发送副本期限 (ARL 48, 54): from acceptance, or from the day the case was taken up again."""
    begun_on, sent_on = _handled_from(case), case.handling.copy_sent_on
    if case.accepted_on is None or begun_on is None:
        return None
    # What was answered before the case was taken up again is not sent anew.
    start = case.accepted_on if sent_on is not None and sent_on < begun_on else begun_on
    return _as_converted(case, "ar.copy", start, calendar)


def _suspended(case: Case) -> tuple[Interval, ...]:
    """Suspensions, those before the case was taken up again too: a closing ended them (AR-5.3)."""
    earlier = (
        (each.on, each.resumed_on or cycle.closed_on)
        for cycle in case.proceeding.cycles
        for each in cycle.handling.suspensions
    )
    return (*earlier, *((each.on, each.resumed_on) for each in case.handling.suspensions))


def reply_deadline(case: Case, calendar: WorkCalendar) -> Deadline | None:
    """答复期限 (ARL 48, 54): from the respondent's receipt; after conversion the ordinary ten (AR-4.4)."""
    received_on = case.handling.copy_received_on
    if received_on is None:
        return None
    if case.handling.converted_on is not None and case.local.open_reply is OpenReply.KEPT:
        return deadline(
            "ar.reply",
            received_on,
            calendar,
            procedure=Procedure.SUMMARY,
            suspensions=_suspended(case),
            law=case.law_version,
        )
    return _as_converted(case, "ar.reply", received_on, calendar)


def _as_converted(case: Case, rule: str, start: date, calendar: WorkCalendar) -> Deadline:
    """An open period becomes the ordinary one by conversion; one that had ended before is not revived. Neither
    runs while the case is suspended."""

    def counted(procedure: Procedure) -> Deadline:
        suspended = _suspended(case)
        return deadline(
            rule, start, calendar, procedure=procedure, suspensions=suspended, law=case.law_version
        )

    converted_on = case.handling.converted_on
    if converted_on is not None:
        summary = counted(Procedure.SUMMARY)
        if summary.due_on is not None and summary.due_on < converted_on:
            return summary
    return counted(case.procedure or Procedure.ORDINARY)
