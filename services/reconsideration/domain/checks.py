"""What no case may contradict, however it came in: by steps, from a ledger or through a correction."""

import re
from datetime import date
from itertools import pairwise

from services.reconsideration.deadlines import rule_of
from services.reconsideration.domain.case import Case
from services.reconsideration.domain.proceeding import Suit
from services.reconsideration.terms import ActKind, Channel, Outcome, Procedure, Refusal, TerminationGround
from shared.kernel.consistency import Rule, plain_rules, precedes, refuse_broken, refuse_future
from shared.kernel.personal import holds_identity_number


def check(case: Case, *, today: date) -> None:
    """Refuse a case that contradicts itself, the law or the calendar.

    Raises:
        RuleViolation: with the code and field of the first rule that is broken
    """
    refuse_broken(case, (*PLAIN_RULES, *RULES))
    for name in DATE_FIELDS:
        refuse_future(_SERVICE, name, getattr(case, name), today)
    for day in (*case.opinion_letters_on, *case.recommendation_letters_on):
        refuse_future(_SERVICE, "opinion_letters", day, today)
    _check_proceeding(case, today=today)


_SERVICE = "reconsideration"
DATE_FIELDS = ("received_on", "accepted_on", "refused_on", "closed_on")
MOST_LETTERS = 99  # of a kind in one case; an event has to hold the date of each
LONGEST_NUMBER = 64


# Kept in plain and published or searched: what names a person has its own sealed place.
PLAIN_WORDS = ("case_number", "respondent", "field")
PLAIN_RULES: tuple[Rule[Case], ...] = plain_rules(PLAIN_WORDS)
RULES: tuple[Rule[Case], ...] = (
    Rule(
        "reconsideration.number_unreadable",
        "case_number",
        lambda c: len(c.case_number) > LONGEST_NUMBER or not any(map(str.isdecimal, c.case_number)),
        f"案号须含有数字，且不超过 {LONGEST_NUMBER} 个字。",
    ),
    Rule(
        "reconsideration.accepted_before_received",
        "accepted_on",
        lambda c: precedes(c.accepted_on, c.received_on),
        "受理日期早于收到申请的日期。",
    ),
    Rule(
        "reconsideration.refused_before_received",
        "refused_on",
        lambda c: precedes(c.refused_on, c.received_on),
        "不予受理的日期早于收到申请的日期。",
    ),
    Rule(
        "reconsideration.closed_before_received",
        "closed_on",
        lambda c: precedes(c.closed_on, c.received_on),
        "结案日期早于收到申请的日期。",
    ),
    Rule(
        "reconsideration.closed_before_accepted",
        "closed_on",
        lambda c: precedes(c.closed_on, c.accepted_on),
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

# Passing through the organ that did the act is for these penalties alone (ARL 32).
VIA_ORGAN = frozenset({ActKind.ON_THE_SPOT_PENALTY, ActKind.CAMERA_PENALTY})
MOST_REPRESENTATIVES = 5  # 实施条例 8: more than five applicants choose one to five
MOST_WITHOUT_REPRESENTATIVES = 5
# What an event can tell: beyond these nothing could be published of the case.
CODE = re.compile(r"[a-z][a-z0-9_]{0,31}")
ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@|-]{0,63}")
ENDINGS = frozenset(member.value for kind in (Outcome, Refusal) for member in kind)
MOST_FEN, MOST_APPLICANTS, MOST_DAYS = 10**15, 100_000, 36_500


def _is_via_organ_without_penalty(c: Case) -> bool:
    is_stated = c.channel is Channel.VIA_ORGAN and not c.proceeding.from_ledger
    return is_stated and c.application.act_kind not in VIA_ORGAN


def _has_too_many_representatives(c: Case) -> bool:
    count = c.application.representative_count
    return count is not None and not 1 <= count <= MOST_REPRESENTATIVES


def _told_one_by_one(c: Case) -> tuple[tuple[object, ...], ...]:
    """What an event has to hold whole."""
    submission = c.closing.submission
    return (
        c.handling.hearings,
        c.closing.letters,
        c.closing.items,
        c.proceeding.linked,
        () if submission is None else submission.items,
    )


def _suspensions_overlap(c: Case) -> bool:
    """In order, each resumed before the next begins, at most the last one open."""
    suspensions = c.handling.suspensions
    return any(
        earlier.resumed_on is None or later.on < earlier.resumed_on
        for earlier, later in pairwise(suspensions)
    ) or any(each.resumed_on is not None and each.resumed_on < each.on for each in suspensions)


def _suits_over_silence(c: Case) -> tuple[Suit, ...]:
    handlings = (c.handling, *(each.handling for each in c.proceeding.cycles))
    return tuple(each.silence_suit for each in handlings if each.silence_suit is not None)


def _numbers(c: Case) -> tuple[str, ...]:
    """Official numbers within the proceeding: kept in plain, and the suit's is published."""
    told = (
        c.application.act_number,
        c.closing.suit_number,
        *(each.closing.suit_number for each in c.proceeding.cycles),
        *(each.number for each in _suits_over_silence(c)),
    )
    return tuple(number for number in told if number is not None)


def _is_number(text: str) -> bool:
    return 1 <= len(text) <= LONGEST_NUMBER and any(map(str.isdecimal, text))


def _holds_free_words(c: Case) -> bool:
    """Places for codes; a correction could write anything there."""
    agent_point = c.application.agent_point
    return (
        (agent_point is not None and CODE.fullmatch(agent_point) is None)
        or any(ACCOUNT.fullmatch(each) is None for each in c.proceeding.handlers)
        or any(each.outcome not in ENDINGS for each in c.proceeding.cycles)
    )


def _linked_twice(c: Case) -> bool:
    return len(set(c.proceeding.linked)) < len(c.proceeding.linked)


def _is_beyond_counting(c: Case) -> bool:
    amounts = [item.amount_fen or 0 for item in c.closing.items]
    applicants, extension = c.application.applicant_count, c.handling.extension
    return (
        min(amounts, default=0) < 0
        or sum(amounts) > MOST_FEN
        or (applicants is not None and not 1 <= applicants <= MOST_APPLICANTS)
        or (extension is not None and not 1 <= extension.days <= MOST_DAYS)
    )


PROCEEDING_RULES: tuple[Rule[Case], ...] = (
    Rule(
        "request.identity_number_in_plain",
        "act_number",
        lambda c: any(map(holds_identity_number, _numbers(c))),
        "文号、案号里不能写身份证号码：当事人的信息请在“当事人”里登记。",
    ),
    Rule(
        "reconsideration.number_unreadable",
        "act_number",
        lambda c: not all(map(_is_number, _numbers(c))),
        f"文号、案号须含有数字，且不超过 {LONGEST_NUMBER} 个字。",
    ),
    Rule(
        "reconsideration.words_instead_of_codes",
        "proceeding",
        _holds_free_words,
        "代办点、承办人、原结案方式须用代码写明，不能写成文字。",
    ),
    Rule("reconsideration.already_linked", "reference", _linked_twice, "这件案件已经关联。"),
    Rule(
        "reconsideration.beyond_counting",
        "proceeding",
        _is_beyond_counting,
        f"赔偿金额、申请人人数或者延长日数超出可以统计的范围（金额合计不超过 {MOST_FEN} 分）。",
    ),
    Rule(
        "reconsideration.channel_not_allowed",
        "channel",
        _is_via_organ_without_penalty,
        "通过作出处罚决定的行政机关申请，只限当场处罚和电子监控处罚（第三十二条）。",
    ),
    Rule(
        "reconsideration.filed_after_receipt",
        "filed_on",
        lambda c: precedes(c.received_on, c.application.filed_on),
        "提出申请的日期晚于收到申请的日期。",
    ),
    Rule(
        "reconsideration.representatives_out_of_range",
        "representative_count",
        _has_too_many_representatives,
        "申请人代表为一至五人（实施条例第八条）。",
    ),
    Rule(
        "reconsideration.suspension_before_acceptance",
        "proceeding",
        lambda c: any(c.accepted_on is None or each.on < c.accepted_on for each in c.handling.suspensions),
        "中止不能早于受理。",
    ),
    Rule(
        "reconsideration.suspensions_overlap",
        "proceeding",
        _suspensions_overlap,
        "中止、恢复的日期前后矛盾。",
    ),
    Rule(
        "reconsideration.suit_before_acceptance",
        "proceeding",
        lambda c: any(c.accepted_on is None or each.on < c.accepted_on for each in _suits_over_silence(c)),
        "就逾期未作决定提起的诉讼不能早于受理。",
    ),
    Rule(
        "reconsideration.extension_not_allowed",
        "proceeding",
        lambda c: (
            c.handling.extension is not None
            and (c.procedure or Procedure.ORDINARY) not in rule_of("ar.extension", c.law_version).lengths
        ),
        "简易程序的审理期限不能延长（第六十二条）。",
    ),
    Rule(
        "reconsideration.closed_while_waiting",
        "closed_on",
        lambda c: c.closed_on is not None and c.closing.submission is not None,
        "决定还在报批，不能已经结案。",
    ),
    Rule(
        "reconsideration.too_many_listed",
        "proceeding",
        lambda c: any(len(listed) > MOST_LETTERS for listed in _told_one_by_one(c)),
        f"一件案件不会有超过 {MOST_LETTERS} 次听证、{MOST_LETTERS} 项决定、{MOST_LETTERS} 份文书"
        f"或者 {MOST_LETTERS} 件关联案件。",
    ),
    Rule(
        "reconsideration.delivered_before_closing",
        "proceeding",
        lambda c: any(precedes(each.on, c.closed_on or c.refused_on) for each in c.closing.deliveries),
        "送达不能早于文书作出之日。",
    ),
)


def _check_proceeding(case: Case, *, today: date) -> None:
    refuse_broken(case, PROCEEDING_RULES)
    handling, supplement = case.handling, case.acceptance.supplement
    days = [
        case.application.filed_on,
        handling.copy_sent_on,
        handling.copy_received_on,
        handling.replied_on,
        handling.replied_late_on,
        handling.third_party_evidence_on,
        handling.converted_on,
        *(each.on for each in handling.suspensions),
        *(each.resumed_on for each in handling.suspensions),
        None if supplement is None else supplement.sent_on,
        case.closing.performed_on,
        case.closing.sued_on,
        *(each.on for each in _suits_over_silence(case)),
    ]
    for day in days:
        refuse_future(_SERVICE, "proceeding", day, today)
