"""Every clock 期限 of a case as a dated row (DOMAIN 2.12): what runs, since when, until when, and why."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from services.reconsideration.deadlines import RIGHTS, Deadline, deadline, is_known
from services.reconsideration.domain.acceptance import review_deadline, supplement_deadline
from services.reconsideration.domain.afterwards import ENFORCEABLE, effective_on, is_suable
from services.reconsideration.domain.case import Case, Moment
from services.reconsideration.domain.hearing import hearing_notice
from services.reconsideration.domain.performing import ordered_deadlines, performance_deadlines
from services.reconsideration.domain.periods import copy_deadline, decision_deadline, reply_deadline
from services.reconsideration.domain.silence import sue_over_silence_deadline, suit_of
from services.reconsideration.domain.stops import MAY_END_AFTER_SIXTY_DAYS, sixty_days
from services.reconsideration.domain.time_limit import filed_on, told_limits
from services.reconsideration.terms import Channel, DocumentPower, LawVersion, LetterKind
from shared.kernel.calendar import WorkCalendar


class ClockState(StrEnum):
    WAITING = "waiting"  # 尚未起算: its first day is known, and has not passed yet
    OPEN = "open"  # 进行中
    MET = "met"  # 如期完成
    MISSED = "missed"  # 逾期完成
    ENDED = "ended"  # 因案件了结等不再进行


# Under the Act of 2023 alone a review that ended without an answer is an acceptance: who looks for those looks for it.
_REVIEW: Mapping[LawVersion, str] = MappingProxyType(
    {LawVersion.ACT2023: "review", LawVersion.PRE2024: "review_before_2024"}
)
SILENCE = "sue_silence"  # the kind of the right to sue over silence
_RUNNING = frozenset({ClockState.WAITING, ClockState.OPEN})


@dataclass(frozen=True, slots=True)
class Clock:
    """One row: `kind` and `ordinal` name it within its case; `met_on` is the act that stopped it."""

    kind: str
    ordinal: int
    deadline: Deadline
    state: ClockState
    met_on: date | None = None

    @property
    def is_right(self) -> bool:
        """当事人的权利, as suing is: it may lapse, but the office is not late with it."""
        return self.deadline.rule in RIGHTS


def clocks(case: Case, calendar: WorkCalendar, *, today: date) -> tuple[Clock, ...]:
    """All clocks of the case, open and stopped, in the order of the procedure.

    Of a case from a ledger only what still runs: nobody knows the dates in between.
    """
    if case.cancelled:
        return ()
    moment = Moment(today, calendar)
    found = tuple(clock for make in _MAKERS for clock in make(case, moment))
    if case.proceeding.from_ledger:
        return tuple(clock for clock in found if clock.state in _RUNNING)
    return found


def next_due_on(found: Iterable[Clock]) -> date | None:
    """The earliest day on which something falls due that somebody owes in the case; a right is owed by nobody."""
    days = [clock.deadline.due_on for clock in found if clock.state is ClockState.OPEN and not clock.is_right]
    return min((day for day in days if day is not None), default=None)


def _clock(
    kind: str, found: Deadline, met_on: date | None, *, ordinal: int = 1, ended: bool = False
) -> Clock:
    if met_on is not None:
        is_late = found.due_on is not None and met_on > found.due_on
        return Clock(kind, ordinal, found, ClockState.MISSED if is_late else ClockState.MET, met_on)
    return Clock(kind, ordinal, found, ClockState.ENDED if ended else ClockState.OPEN)


def _applying(case: Case, moment: Moment) -> Iterator[Clock]:
    """申请期限 (ARL 20, 21): stopped by filing, so that nothing of them ever falls due here."""
    for number, limit in enumerate(told_limits(case, moment.calendar), start=1):
        yield _clock("apply", limit, filed_on(case), ordinal=number)


def _intake(case: Case, moment: Moment) -> Iterator[Clock]:
    application, supplement = case.application, case.acceptance.supplement
    is_over = case.refused_on is not None or case.accepted_on is not None
    law, kind = case.law_version, _REVIEW[case.law_version]
    is_forwarded = case.channel is Channel.VIA_ORGAN and is_known("ar.organ_forward", law)
    if is_forwarded and application.filed_on is not None:
        forwarded_on = application.self_corrected_on or (None if application.is_draft else case.received_on)
        found = deadline("ar.organ_forward", application.filed_on, moment.calendar, law=law)
        yield _clock("forward", found, forwarded_on)
    if application.is_draft or not _is_reviewed_here(case, moment):
        return
    if supplement is not None:
        first = deadline("ar.acceptance_review", case.received_on, moment.calendar, law=law)
        yield _clock(kind, first, supplement.sent_on)
        due = supplement_deadline(case, moment.calendar)
        if due is not None:
            extended = due if supplement.extended_to is None else _until(due, supplement.extended_to)
            yield _clock("supplement", extended, supplement.submitted_on, ended=is_over)
        if supplement.submitted_on is None:
            return
    # Before 2024 acceptance goes back to receipt, and no day tells when it was said: a refusal alone is dated.
    accepted_on = case.accepted_on if law is LawVersion.ACT2023 else None
    found, ordinal = review_deadline(case, moment.calendar), 2 if supplement else 1
    yield _clock(
        kind, found, accepted_on or case.refused_on, ordinal=ordinal, ended=case.accepted_on is not None
    )


def _is_reviewed_here(case: Case, moment: Moment) -> bool:
    """Of a review that had ended before its case came from a ledger nobody knows the end; one that had not is like
    any other, and the case is deemed accepted by lapse (ARL 30(3))."""
    if not case.proceeding.from_ledger:
        return True
    recorded_on, ends_on = case.proceeding.recorded_on, review_deadline(case, moment.calendar).due_on
    return recorded_on is not None and ends_on is not None and recorded_on <= ends_on


def _until(due: Deadline, until: date) -> Deadline:
    words = f"{due.explanation}申请人有正当理由，延长至 {until}。"
    return replace(due, due_on=until, raw_on=until, explanation=words)


def _handling(case: Case, moment: Moment) -> Iterator[Clock]:
    if case.accepted_on is None:
        return
    handling, calendar = case.handling, moment.calendar
    is_over = case.closed_on is not None
    copied = copy_deadline(case, calendar)
    if copied is not None:
        yield _clock("copy", copied, handling.copy_sent_on, ended=is_over)
    reply = reply_deadline(case, calendar)
    if reply is not None:
        # A lapse is what the office found afterwards: the clock itself was missed on its last day.
        lapsed = handling.reply_lapsed_on
        yield _clock("reply", reply, handling.replied_on or handling.replied_late_on or lapsed, ended=is_over)
    decided = decision_deadline(case, calendar)
    if decided is not None:
        yield _clock("decision", decided, case.closed_on)


def _silence(case: Case, moment: Moment) -> Iterator[Clock]:
    """Told as soon as its first day is known: nothing needs to happen for it to be there when that day has passed."""
    right, suit = sue_over_silence_deadline(case, moment.calendar), case.handling.silence_suit
    if right is None or right.due_on is None:
        return
    is_closed = case.closed_on is not None
    if suit is None and case.closed_on is not None and case.closed_on <= right.start:
        return  # no silence: it was decided in time
    if suit is None and not is_closed and moment.today <= right.start:
        yield Clock(SILENCE, 1, right, ClockState.WAITING)
        return
    is_past = is_closed or moment.today > right.due_on
    yield _clock(SILENCE, right, None if suit is None else suit.on, ended=is_past)


def _hearings(case: Case, moment: Moment) -> Iterator[Clock]:
    for number, hearing in enumerate(case.handling.hearings, start=1):
        latest = hearing_notice(case, hearing.set_for, moment.calendar)
        if latest is not None:
            yield _clock("hearing_notice", latest, hearing.notified_on, ordinal=number)


def _suspensions(case: Case, moment: Moment) -> Iterator[Clock]:
    for number, suspension in enumerate(case.handling.suspensions, start=1):
        if suspension.ground in MAY_END_AFTER_SIXTY_DAYS:
            limit = sixty_days(case, suspension, moment.calendar)
            over = suspension.resumed_on is not None or case.closed_on is not None
            yield _clock("suspension_limit", limit, None, ordinal=number, ended=over)


def _documents(case: Case, moment: Moment) -> Iterator[Clock]:
    is_over, law = case.closed_on is not None, case.law_version
    for number, review in enumerate(case.handling.documents, start=1):

        def clock(
            kind: str, start: date | None, met_on: date | None, ordinal: int = number
        ) -> Iterator[Clock]:
            rule = f"ar.{kind}"
            if start is not None and is_known(rule, law):
                found = deadline(rule, start, moment.calendar, law=law)
                yield _clock(kind, found, met_on, ordinal=ordinal, ended=is_over)

        if review.power is DocumentPower.OWN:
            yield from clock("document_review", review.began_on, review.concluded_on)
            yield from clock("document_ask", review.began_on, review.asked_on)
            yield from clock("document_answer", review.ask_received_on, review.answered_on)
        else:
            yield from clock("document_forward", review.began_on, review.forwarded_on)
            yield from clock("document_receiver", review.forward_received_on, review.concluded_on)


def _afterwards(case: Case, moment: Moment) -> Iterator[Clock]:
    closing, calendar, law = case.closing, moment.calendar, case.law_version
    for number, letter in enumerate(closing.letters, start=1):
        if letter.kind is LetterKind.OPINION and letter.received_on is not None:
            due = deadline("ar.opinion_feedback", letter.received_on, calendar, law=law)
            yield _clock("opinion_feedback", due, letter.feedback_on, ordinal=number)
    if case.closed_on is None and case.refused_on is None:
        return
    for number, delivery in enumerate(closing.reached, start=1):
        if delivery.party is not None and is_suable(case):
            sue = deadline("ar.sue", delivery.on, calendar, law=law)
            is_past = sue.due_on is not None and moment.today > sue.due_on
            yield _clock("sue", sue, closing.sued_on, ordinal=number, ended=is_past)
    in_force_on = effective_on(case)
    for number, item in enumerate(closing.items, start=1):
        if item.redo_days is not None and in_force_on is not None:
            redo = deadline("ar.redo", in_force_on, calendar, length=item.redo_days, law=law)
            yield _clock("redo", redo, closing.performed_on, ordinal=number)
    yield from _enforcement(case, moment)


def _enforcement(case: Case, moment: Moment) -> Iterator[Clock]:
    """Told when the last day to sue is known: that day may pass without anything happening in the case."""
    sue_due = case.closing.sue_due_on
    outcomes = (case.outcome, *(item.outcome for item in case.closing.items))
    if ENFORCEABLE.isdisjoint(outcomes) or sue_due is None or suit_of(case) is not None:
        return
    enforcement = deadline("ar.enforcement", sue_due, moment.calendar, law=case.law_version)
    is_performed = case.closing.performed_on is not None
    if moment.today <= sue_due and not is_performed:
        yield Clock("enforcement", 1, enforcement, ClockState.WAITING)
        return
    is_past = enforcement.due_on is not None and moment.today > enforcement.due_on
    yield _clock("enforcement", enforcement, None, ended=is_past or is_performed)


def _performance(case: Case, moment: Moment) -> Iterator[Clock]:
    for number, due, met_on in ordered_deadlines(case, moment.calendar):
        yield _clock("ordered_performance", due, met_on, ordinal=number)
    if case.closed_on is None:
        return
    for number, due in performance_deadlines(case, moment.calendar):
        yield _clock("performance", due, case.closing.performed_on, ordinal=number)


_MAKERS: tuple[Callable[[Case, Moment], Iterator[Clock]], ...] = (
    _applying,
    _intake,
    _handling,
    _silence,
    _hearings,
    _suspensions,
    _documents,
    _afterwards,
    _performance,
)
