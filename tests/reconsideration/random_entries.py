"""What a clerk might enter for a step, at random: mostly what the law allows, sometimes what it does not."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from services.reconsideration.domain import Case
from services.reconsideration.domain.proceeding import Application, DecisionItem, Link
from services.reconsideration.domain.stops import DOCUMENT_DATES
from services.reconsideration.terms import (
    AccessoryItem,
    ActHead,
    ActKind,
    ApprovalManner,
    Channel,
    CommitteeBasis,
    Condition,
    DeliveryManner,
    DocumentPower,
    EvidenceBy,
    ExclusionKind,
    FollowUp,
    HearingBasis,
    Inaction,
    LetterKind,
    LinkedService,
    NoticeOf,
    OpinionManner,
    OpinionOf,
    Outcome,
    Procedure,
    Reached,
    ReopenedBy,
    StayAskedBy,
    StayGround,
    Step,
    SummaryBasis,
    SuspensionGround,
    TerminationGround,
    WithdrawReason,
)
from tests.reconsideration.builders import applied

PARTIES = (None, UUID(int=1), UUID(int=2))
Entries = dict[str, Any]


def some_application(random: Random, on: date) -> Case:
    """An application as it arrives that day, now and then under the old Act or waiting elsewhere."""
    channel = random.choice((*Channel, None, None))
    is_draft = channel in (Channel.VIA_ORGAN, Channel.AGENT_POINT) and random.random() < 0.7
    told = Application(
        is_draft=is_draft,
        agent_point="p01" if channel is Channel.AGENT_POINT else None,
        is_oral_record_signed=channel is Channel.ORAL,
        act_kind=ActKind.CAMERA_PENALTY if channel is Channel.VIA_ORGAN else ActKind.OTHER,
        act_head=random.choice((None, None, *ActHead)),
        prerequisite=random.choice((None, None, True)),
        **_start(random, on),
        is_own_review=random.random() < 0.05,
    )
    return applied(told, received_on=on, channel=channel)


def _start(random: Random, on: date) -> Entries:
    day = on - timedelta(days=random.randint(0, 70))
    return random.choice(
        (
            {},
            {"knew_on": day},
            {"reached": Reached.DIRECT_DELIVERY, "reached_on": day, "act_made_on": day},
            {"reached": Reached.NOT_DELIVERED},
            {"inaction": Inaction.NO_TERM, "inaction_on": day - timedelta(days=60)},
        )
    )


def _near(random: Random, on: date, most: int = 3) -> date:
    return on - timedelta(days=random.randint(0, most))


def _later(random: Random, on: date) -> date:
    return on + timedelta(days=random.randint(1, 20))


def _conditions(random: Random, *, met: bool) -> Mapping[Condition, bool]:
    all_met = dict.fromkeys(Condition, True)
    return all_met if met else {**all_met, random.choice(tuple(Condition)): False}


def _procedure(random: Random) -> Entries:
    if random.random() < 0.5:
        return {}
    return {
        "procedure": Procedure.SUMMARY,
        "summary_basis": random.choice(tuple(SummaryBasis)),
        "is_clear": random.random() < 0.8,
        "amount_fen": random.choice((None, 100_000, 300_001)),
    }


def _accept(random: Random, case: Case, on: date) -> Entries:
    return {"conditions": _conditions(random, met=random.random() < 0.95), **_procedure(random)}


def _with_gaps(random: Random, case: Case, on: date) -> Entries:
    return {
        **_accept(random, case, on),
        "missing": [("授权委托书", _later(random, on))] * random.randint(0, 3),
    }


def _complete(random: Random, case: Case, on: date) -> Entries:
    known: tuple[Entries, ...] = (
        {"is_enterprise": True},
        {"asks_document_review": True},
        {"applicant_count": random.choice((1, 7)), "representative_count": random.choice((None, 2))},
        {"act_made_on": _near(random, on, 100)},
        _start(random, case.application.filed_on or case.received_on),
    )
    return {"changes": random.choice(known)}


def _decline(random: Random, case: Case, on: date) -> Entries:
    return {
        "conditions": _conditions(random, met=random.random() < 0.1),
        "reasons": "不符合受理条件。",
        "competent": random.choice((None, "达拉特旗人民政府")),
    }


def _choose(random: Random, case: Case, on: date) -> Entries:
    chosen: Entries = {"procedure": Procedure.ORDINARY, **_procedure(random)}
    return {**chosen, "is_complex": random.random() < 0.1, "is_technical": random.random() < 0.1}


def _suspend(random: Random, case: Case, on: date) -> Entries:
    ground = random.choice(tuple(SuspensionGround))
    power = random.choice(tuple(DocumentPower)) if ground is SuspensionGround.S9 else None
    return {
        "ground": ground,
        "reason": "出现中止事由",
        "both_agree": random.random() < 0.8,
        "document_power": power,
    }


def _decide(random: Random, case: Case, on: date) -> Entries:
    outcomes: list[Any] = random.choices(tuple(Outcome)[:9], k=random.choice((1, 1, 1, 2, 3)))
    within = random.choice((0, 20, 30, 30, 30))
    items = [
        DecisionItem(outcome, performance_days=within if outcome is Outcome.PERFORMANCE_ORDERED else None)
        for outcome in outcomes
    ]
    if random.random() < 0.3:
        items.append(DecisionItem(Outcome.REVOKED, redo_days=random.choice((0, 30, 60))))
    if random.random() < 0.2:
        items.append(DecisionItem(AccessoryItem.COMPENSATED, amount_fen=random.choice((None, 100))))
    return {
        "items": items,
        "main_text": "决定如下。",
        "not_worse": random.random() < 0.9,
        "void_requested": random.random() < 0.9,
        "performance_due_on": random.choice((None, None, None, _later(random, on))),
    }


def _hearing(random: Random, case: Case, on: date) -> Entries:
    set_for = on + timedelta(days=random.randint(3, 20))
    return {"set_for": set_for, "basis": random.choice(tuple(HearingBasis)), "place": "听证室"}


_ENTERED: Mapping[Step, Callable[[Random, Case, date], Entries]] = {
    Step.ACCEPT: _accept,
    Step.ACCEPT_WITH_GAPS: _with_gaps,
    Step.DECLINE: _decline,
    Step.REQUEST_SUPPLEMENT: lambda r, c, on: {"papers": "身份证明", "delivered_on": r.choice((None, on))},
    Step.RECEIVE_SUPPLEMENT: lambda r, c, on: {"late_reason": r.choice((None, "住院"))},
    Step.EXTEND_SUPPLEMENT: lambda r, c, on: {"until": _later(r, on), "reason": "住院"},
    Step.WITHDRAW_BEFORE_ACCEPTANCE: lambda r, c, on: {"is_resolved": r.random() < 0.5},
    Step.FILL_GAP: lambda r, c, on: {"gap": r.randint(-1, 2)},
    Step.ASSIGN_HANDLERS: lambda r, c, on: {"handlers": r.sample(("li", "wang", "zhao"), r.randint(1, 3))},
    Step.CHANGE_RESPONDENT: lambda r, c, on: {"respondent": r.choice(("甲局", "乙局")), "reason": "错列"},
    Step.COMPLETE_APPLICATION: _complete,
    Step.CHOOSE_PROCEDURE: _choose,
    Step.SEND_COPY: lambda r, c, on: {"received_on": r.choice((None, on, on))},
    Step.RECORD_REPLY: lambda r, c, on: {
        "with_evidence": r.random() < 0.9,
        "third_party_evidence": r.random() < 0.1,
    },
    Step.LAPSE_REPLY: lambda r, c, on: {
        "replied_on": r.choice((None, _near(r, on))),
        "third_party_evidence": r.random() < 0.1,
    },
    Step.RECORD_EVIDENCE: lambda r, c, on: {"by": r.choice(tuple(EvidenceBy))},
    Step.CONVERT: lambda r, c, on: {"reason": "复杂", "is_complex": r.random() < 0.2},
    Step.HEAR_OPINION: lambda r, c, on: {
        "of": r.choice((OpinionOf.APPLICANT, OpinionOf.APPLICANT, *OpinionOf)),
        "manner": r.choice(tuple(OpinionManner)),
        "record": r.choice((None, *["意见"] * 5)),
    },
    Step.NOTIFY_HEARING: _hearing,
    Step.HOLD_HEARING: lambda r, c, on: {
        "attended_by_head": r.random() < 0.8,
        "listeners": r.randint(1, 3),
        "applicant_absent": r.random() < 0.2,
    },
    Step.CONSULT_COMMITTEE: lambda r, c, on: {"basis": r.choice(tuple(CommitteeBasis)), "opinion": "建议"},
    Step.DECIDE_STAY: lambda r, c, on: {
        "ground": r.choice(tuple(StayGround)),
        "is_granted": r.random() < 0.5,
        "asked_by": r.choice((None, *StayAskedBy)),
    },
    Step.LIFT_STAY: lambda r, c, on: {"reason": "不再需要"},
    Step.SUSPEND: _suspend,
    Step.RESUME: lambda r, c, on: {"reason": "事由消除"},
    Step.EXCLUDE_TIME: lambda r, c, on: {
        "kind": r.choice(tuple(ExclusionKind)),
        "begun_on": _near(r, on, 15),
    },
    Step.RECORD_NOTICE: lambda r, c, on: {
        "of": r.choice(tuple(NoticeOf)),
        "number": r.choice((None, None, 0, 1)),
    },
    Step.BEGIN_EXCLUSION: lambda r, c, on: {"kind": r.choice(tuple(ExclusionKind))},
    Step.END_EXCLUSION: lambda r, c, on: {"kind": r.choice(tuple(ExclusionKind))},
    Step.REVIEW_DOCUMENT: lambda r, c, on: {
        "what": r.choice((*DOCUMENT_DATES, *("concluded_on",) * 3)),
        "document": r.choice((-1, 0, 0, 1)),
    },
    Step.EXTEND: lambda r, c, on: {"days": r.randint(-1, 31), "reason": "复杂"},
    Step.WITHDRAW: lambda r, c, on: {"withdraw_reason": r.choice(tuple(WithdrawReason))},
    Step.TERMINATE: lambda r, c, on: {"ground": r.choice(tuple(TerminationGround))},
    Step.SIGN_MEDIATION: lambda r, c, on: {
        "agreement": "达成协议",
        "signed_by_all": r.random() < 0.8,
        "sealed": r.random() < 0.8,
        "performance_due_on": r.choice((None, _later(r, on))),
    },
    Step.REJECT_APPLICATION: lambda r, c, on: {
        "conditions": {r.choice(tuple(Condition)): r.random() < 0.1},
        "reasons": "不符合受理条件。",
    },
    Step.SUBMIT_DECISION: _decide,
    Step.RETURN_DECISION: lambda r, c, on: {"reason": "重拟"},
    Step.APPROVE_DECISION: lambda r, c, on: {"manner": r.choice(tuple(ApprovalManner))},
    Step.DELIVER: lambda r, c, on: {
        "manner": r.choice(tuple(DeliveryManner)),
        "party": r.choice(PARTIES),
        "proof": r.choice((None, "本人签收")),
        "is_consented": r.random() < 0.5,
        "is_failed": r.random() < 0.2,
    },
    Step.ISSUE_LETTER: lambda r, c, on: {"kind": r.choice(tuple(LetterKind))},
    Step.RECORD_FEEDBACK: lambda r, c, on: {
        "letter": r.randint(-1, 1),
        "adopted": r.choice((None, True, False)),
    },
    Step.FOLLOW_UP: lambda r, c, on: (
        r.choice(({"kind": FollowUp.ORDERED, "due_on": _later(r, on)}, {"kind": r.choice(tuple(FollowUp))}))
        | {"letter": r.choice((None, None, 0, 1))}
    ),
    Step.RECORD_SUIT: lambda r, c, on: {"number": r.choice((None, "（2024）内0625行初1号"))},
    Step.REOPEN: lambda r, c, on: {"by": r.choice(tuple(ReopenedBy)), "reason": "责令恢复"},
    Step.LINK: lambda r, c, on: r.choice(({}, {"merged_into": UUID(int=9)}, {"reference": _link(r)})),
}


def _link(r: Random) -> Link:
    return Link(r.choice(tuple(LinkedService)), UUID(int=r.randint(1, 3)))


def some_entries(random: Random, case: Case, step: Step, on: date) -> Entries:
    """Nothing for a step that asks for nothing beside its date."""
    return _ENTERED[step](random, case, on) if step in _ENTERED else {}
