"""After the closing: delivery, letters, performance, suit, taking up again, links (ARL 35, 40, 75-79; DOMAIN 2.10)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType
from uuid import UUID

from services.reconsideration.deadlines import Deadline, deadline
from services.reconsideration.domain.case import Case, Moment
from services.reconsideration.domain.proceeding import (
    Acceptance,
    Closing,
    Cycle,
    Delivery,
    Handling,
    Letter,
    Link,
    Pressed,
)
from services.reconsideration.domain.silence import sue_over_silence, suit_of
from services.reconsideration.terms import (
    DeliveryManner,
    FollowUp,
    LetterKind,
    LinkedService,
    Outcome,
    Refusal,
    ReopenedBy,
    RespondentType,
)
from shared.kernel.calendar import WorkCalendar
from shared.kernel.errors import RuleViolation

NOTICE_DAYS = timedelta(days=30)  # 民事诉讼法 95 via ARL 88: 公告满三十日视为送达 (CAL-9)
ENFORCEABLE = frozenset({Outcome.UPHELD, Outcome.VARIED, Outcome.MEDIATED})  # ARL 78
PROVEN_IN_WORDS: Mapping[DeliveryManner, str] = MappingProxyType(
    {
        DeliveryManner.LEFT: "留置送达须写明见证人，或者拍照、录像的情况（民事诉讼法第八十九条）。",
        DeliveryManner.PUBLIC_NOTICE: "公告送达须写明受送达人下落不明，或者用其他方式无法送达的情况"
        "（民事诉讼法第九十五条）。",
    }
)
OWN_DEPARTMENTS = frozenset({RespondentType.DEPARTMENT, RespondentType.JUSTICE_DEPARTMENT})  # ARL 79(2)
NOTHING_TO_PERFORM = frozenset({Outcome.TERMINATED, Outcome.APPLICATION_REJECTED})
SUABLE = frozenset(Outcome) - {Outcome.MEDIATED, Outcome.TERMINATED}  # IND-AR-11


def deliver(
    case: Case,
    *,
    on: date,
    manner: DeliveryManner,
    party: UUID | None = None,
    proof: str | None = None,
    is_consented: bool = False,
    is_failed: bool = False,
    moment: Moment,
) -> Case:
    """送达 (ARL 75, 88; 民事诉讼法 87-95): per party; `party` None is the respondent.

    `proof` tells who signed, who witnessed, or why there was no other way. A public notice counts thirty days later.
    What came back is told as failed, and is tried again.
    """
    closed_on = case.closed_on or case.refused_on
    if closed_on is not None and on < closed_on:
        raise RuleViolation(
            "reconsideration.delivered_before_closing", f"送达不能早于文书作出之日 {closed_on}。", field="on"
        )
    if any(each.party == party for each in case.closing.reached):
        raise RuleViolation(
            "reconsideration.already_delivered", "这一方当事人的送达已经登记。", field="party"
        )
    if not is_failed:
        _require_manner(manner, proof=proof, is_consented=is_consented)
    delivered_on = on + NOTICE_DAYS if manner is DeliveryManner.PUBLIC_NOTICE and not is_failed else on
    made = Delivery(party, delivered_on, manner, is_failed=is_failed, is_consented=is_consented)
    deliveries = (*case.closing.deliveries, made)
    return case.changed("closing", deliveries=deliveries).told(
        key=f"delivery.{len(deliveries)}.proof", words=proof
    )


def _require_manner(manner: DeliveryManner, *, proof: str | None, is_consented: bool) -> None:
    """What makes each manner count as delivery (CAL-9)."""
    if manner is DeliveryManner.ELECTRONIC and not is_consented:
        raise RuleViolation(
            "reconsideration.electronic_without_consent",
            "电子送达须经受送达人同意（民事诉讼法第九十条），请写明已经同意，或者改用别的方式。",
            field="is_consented",
        )
    if manner in PROVEN_IN_WORDS and proof is None:
        raise RuleViolation("reconsideration.delivery_unproven", PROVEN_IN_WORDS[manner], field="proof")


def delivered_on(case: Case) -> date | None:
    """送达日期 of the case: the day the last party got it."""
    return max((each.on for each in case.closing.reached), default=None)


def effective_on(case: Case) -> date | None:
    """生效: 调解书 when signed and sealed (ARL 73), everything else when delivered (ARL 75)."""
    return case.closed_on if case.outcome is Outcome.MEDIATED else delivered_on(case)


def is_suable(case: Case) -> bool:
    """Decisions and refusals can be brought to court; a 调解书 and a withdrawal leave nothing to sue (IND-AR-11)."""
    return case.outcome in SUABLE or case.refusal is Refusal.NOT_ACCEPTED


def sue_due(case: Case, calendar: WorkCalendar) -> Deadline | None:
    """起诉期限 (行政诉讼法 45, AR-7.1) of whoever got the decision last; None while no party has got it."""
    last = max((each.on for each in case.closing.reached if each.party is not None), default=None)
    return (
        deadline("ar.sue", last, calendar, law=case.law_version)
        if last is not None and is_suable(case)
        else None
    )


def dated_afterwards(case: Case, calendar: WorkCalendar) -> Case:
    """The due dates that follow a closing are computed from the acts, and never typed in."""
    closing = case.closing
    sue = sue_due(case, calendar)
    letters = tuple(
        letter
        if letter.kind is not LetterKind.OPINION or letter.received_on is None
        else replace(
            letter,
            due_on=deadline("ar.opinion_feedback", letter.received_on, calendar, law=case.law_version).due_on,
        )
        for letter in closing.letters
    )
    sue_due_on = None if sue is None else sue.due_on
    if (sue_due_on, letters) == (closing.sue_due_on, closing.letters):
        return case
    return case.changed("closing", sue_due_on=sue_due_on, letters=letters)


def issue_letter(case: Case, *, on: date, kind: LetterKind, words: str | None = None, moment: Moment) -> Case:
    """制发意见书 (ARL 76) or 建议书 (实施条例 57)."""
    match kind:
        case LetterKind.OPINION:
            issued = replace(case, opinion_letters_on=(*case.opinion_letters_on, on))
        case LetterKind.RECOMMENDATION:
            issued = replace(case, recommendation_letters_on=(*case.recommendation_letters_on, on))
    letters = (*case.closing.letters, Letter(kind, on))
    return issued.changed("closing", letters=letters).told(key=f"letter.{len(letters)}", words=words)


def record_feedback(
    case: Case,
    *,
    on: date,
    letter: int,
    adopted: bool | None = None,
    feedback: str | None = None,
    moment: Moment,
) -> Case:
    """意见书 received, and later what was done about it (ARL 76: within sixty days); 落实 is `adopted`."""
    letters = case.closing.letters
    if not 0 <= letter < len(letters) or letters[letter].feedback_on is not None:
        raise RuleViolation(
            "reconsideration.no_such_letter", "没有这份待反馈的意见书、建议书。", field="letter"
        )
    present = letters[letter]
    if on < (present.received_on or present.issued_on):
        raise RuleViolation("reconsideration.date_out_of_order", "反馈不能早于文书的制发和收到。", field="on")
    if adopted is None and present.received_on is not None:
        raise RuleViolation("reconsideration.letter_received", "这份文书的收到日期已经登记。", field="letter")
    # An answer proves that the letter arrived, but not when: nobody's sixty days are invented.
    told = {"received_on": on} if adopted is None else {"feedback_on": on, "is_adopted": adopted}
    changed_letter = replace(present, **told)
    changed = case.changed("closing", letters=(*letters[:letter], changed_letter, *letters[letter + 1 :]))
    return changed.told(key=f"letter.{letter + 1}.feedback", words=feedback)


def record_performance(case: Case, *, on: date, moment: Moment) -> Case:
    """履行 (ARL 77): decision, 调解书 and 意见书 have to be performed."""
    if case.closing.performed_on is not None:
        raise RuleViolation("reconsideration.already_performed", "履行已经登记。")
    return case.changed("closing", performed_on=on)


def follow_up(
    case: Case,
    *,
    on: date,
    kind: FollowUp,
    due_on: date | None = None,
    words: str | None = None,
    letter: int | None = None,
    moment: Moment,
) -> Case:
    """责令限期履行、约谈、通报批评 (ARL 77(2)), 强制执行 (ARL 78): of the decision, or of the 意见书 `letter`."""
    if letter is None:
        _require_unperformed(case)
    else:
        _require_unanswered(case, letter, kind)
    if kind is FollowUp.ENFORCED:
        _require_enforceable(case, on)
    if (kind is FollowUp.ORDERED) != (due_on is not None) or (due_on is not None and due_on < on):
        raise RuleViolation(
            "reconsideration.order_without_term",
            "责令限期履行须写明不早于责令之日的期限；其他督促措施不写期限（第七十七条第二款）。",
            field="due_on",
        )
    follow_ups = (*case.closing.follow_ups, Pressed(kind, on, letter, due_on))
    return case.changed("closing", follow_ups=follow_ups).told(
        key=f"follow_up.{len(follow_ups)}", words=words
    )


def _require_unperformed(case: Case) -> None:
    if case.closing.performed_on is not None:
        raise RuleViolation("reconsideration.already_performed", "本案已经履行，没有需要督促的。")
    if case.outcome is None or case.outcome in NOTHING_TO_PERFORM:
        raise RuleViolation(
            "reconsideration.nothing_to_perform",
            "本案没有需要履行的决定书、调解书；督促落实意见书的，请写明是哪一份（第七十七条第二款）。",
            field="letter",
        )


def _require_unanswered(case: Case, letter: int, kind: FollowUp) -> None:
    letters = case.closing.letters
    is_known = 0 <= letter < len(letters) and letters[letter].kind is LetterKind.OPINION
    if not is_known or letters[letter].is_adopted or kind is FollowUp.ENFORCED:
        raise RuleViolation(
            "reconsideration.no_such_letter",
            "没有这份尚未落实的意见书；意见书只责令履行、约谈或者通报批评，不强制执行。",
            field="letter",
        )


def _require_enforceable(case: Case, on: date) -> None:
    if ENFORCEABLE.isdisjoint((case.outcome, *(item.outcome for item in case.closing.items))):
        raise RuleViolation(
            "reconsideration.not_enforceable",
            "只有维持、变更决定和调解书才依第七十八条强制执行。",
            field="kind",
        )
    sue_due_on = case.closing.sue_due_on
    waits_for = case.closing.performance_due_on if case.outcome is Outcome.MEDIATED else sue_due_on
    is_suing_open = on <= waits_for if waits_for is not None else case.outcome is not Outcome.MEDIATED
    if is_suing_open or suit_of(case) is not None:
        raise RuleViolation(
            "reconsideration.enforcement_too_early",
            "申请人、第三人逾期不起诉又不履行的，才能强制执行（第七十八条）。",
            field="on",
        )


def copy_to_superior(case: Case, *, on: date, moment: Moment) -> Case:
    """抄告 (ARL 79(2)): to the superior department of a respondent that is the government's own department, of a
    decision or 意见书 that is in force."""
    if case.respondent_type is not None and case.respondent_type not in OWN_DEPARTMENTS:
        raise RuleViolation(
            "reconsideration.not_own_department",
            "只有以本级人民政府工作部门为被申请人的案件才抄告其上一级主管部门（第七十九条第二款）。",
        )
    letters = [each.issued_on for each in case.closing.letters if each.kind is LetterKind.OPINION]
    in_force_on = None if case.outcome is Outcome.TERMINATED else effective_on(case)
    earliest = min((day for day in (*letters, in_force_on) if day is not None), default=None)
    if earliest is None or on < earliest:
        raise RuleViolation(
            "reconsideration.not_in_force",
            "抄告的是发生法律效力的决定书、意见书：请先登记送达（第七十九条第二款）。",
            field="on",
        )
    return case.changed("closing", copied_to_superior_on=on)


def record_suit(case: Case, *, on: date, number: str | None = None, moment: Moment) -> Case:
    """起诉 (ARL 10, 29; 行政诉讼法 45): after the closing the link of IND-AR-11; before acceptance the bar; between
    the two over silence, and the case stays open."""
    if case.accepted_on is None and case.refused_on is None:
        return replace(case, proceeding=replace(case.proceeding, suit_pending_on=on))
    if case.accepted_on is not None and (case.closed_on is None or on < case.closed_on):
        return sue_over_silence(case, on=on, number=number, moment=moment)
    return case.changed("closing", sued_on=on, suit_number=number)


def record_petition(case: Case, *, on: date, moment: Moment) -> Case:
    """信访: the dispute went on outside the courts (IND-AR-9)."""
    return case.changed("closing", petitioned_on=on)


def publish(case: Case, *, on: date, moment: Moment) -> Case:
    """决定书公开 (ARL 79(1))."""
    return case.changed("closing", published_on=on)


def reopen(case: Case, *, on: date, by: ReopenedBy, reason: str, moment: Moment) -> Case:
    """重新审理、恢复审查 (ARL 35, 40; 实施条例 48): a new cycle; the old closing is kept, nothing is received twice."""
    if case.application.is_draft:
        raise RuleViolation(
            "reconsideration.never_received", "这件申请从未转到复议机构，没有可以恢复审理的。"
        )
    closed_on = case.closed_on or case.refused_on
    outcome = case.outcome or case.refusal
    assert closed_on is not None, "the state table"
    assert outcome is not None, "a closing has an outcome"
    cycle = Cycle(
        reopened_on=on,
        by=by,
        closed_on=closed_on,
        outcome=outcome.value,
        accepted_on=case.accepted_on,
        procedure=case.procedure,
        acceptance=case.acceptance,
        handling=case.handling,
        closing=case.closing,
    )
    # A copy that the closing left unanswered is sent anew: no reply period runs while a case is closed.
    present = case.handling
    is_answered = present.replied_on is not None or present.reply_lapsed_on is not None
    kept = Handling(
        chosen_on=present.chosen_on,
        summary_basis=present.summary_basis,
        is_clear=present.is_clear,
        amount_fen=present.amount_fen,
        converted_on=present.converted_on,
        is_complex=present.is_known_complex,
        is_technical=present.is_known_technical,
        copy_sent_on=present.copy_sent_on if is_answered else None,
        copy_received_on=present.copy_received_on if is_answered else None,
        replied_on=present.replied_on,
        replied_without_evidence=present.replied_without_evidence,
        reply_lapsed_on=present.reply_lapsed_on,
        replied_late_on=present.replied_late_on,
        third_party_evidence=present.third_party_evidence,
        third_party_evidence_on=present.third_party_evidence_on,
    )
    proceeding = replace(
        case.proceeding,
        cycles=(*case.proceeding.cycles, cycle),
        handling=kept,
        acceptance=case.acceptance if case.accepted_on else Acceptance(),
        closing=Closing(letters=case.closing.letters),
    )
    again = replace(
        case,
        closed_on=None,
        outcome=None,
        refused_on=None,
        refusal=None,
        termination_ground=None,
        withdraw_reason=None,
        proceeding=proceeding,
    )
    return again.told(key=f"reopening.{len(proceeding.cycles)}", words=reason)


def link(
    case: Case, *, on: date, merged_into: UUID | None = None, reference: Link | None = None, moment: Moment
) -> Case:
    """关联: merged handling keeps own numbers and counts (AR-0.7); other cases only by reference (AR-7.8)."""
    if (merged_into is None) == (reference is None):
        raise RuleViolation("reconsideration.link_what", "请写明并入的案件，或者一件关联案件，二选一。")
    proceeding = case.proceeding
    if merged_into is not None:
        return replace(case, proceeding=replace(proceeding, merged_into=merged_into))
    assert reference is not None
    return replace(case, proceeding=replace(proceeding, linked=(*proceeding.linked, reference)))


def require_others(case_id: UUID, case: Case) -> None:
    """
    Raises:
        RuleViolation: `reconsideration.linked_to_itself`: only whoever knows the case's id can tell
    """
    if Link(LinkedService.RECONSIDERATION, case_id) in case.proceeding.named:
        raise RuleViolation(
            "reconsideration.linked_to_itself", "一件案件不能并入自己，也不能与自己关联。", field="reference"
        )
