"""The body of each step: `on` is its legal date, the rest is what the step needs to know. Shape only."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from services.reconsideration.domain.checks import ACCOUNT
from services.reconsideration.domain.proceeding import DecisionItem
from services.reconsideration.domain.proceeding import Link as LinkedCase
from services.reconsideration.schemas.filing import AppliedFacts, Body, Days, Number, Words
from services.reconsideration.terms import (
    AccessoryItem,
    ApprovalManner,
    CommitteeBasis,
    Condition,
    DeliveryManner,
    DocumentPower,
    EvidenceBy,
    ExclusionKind,
    FollowUp,
    HearingBasis,
    LetterKind,
    LinkedService,
    NoticeOf,
    OpinionManner,
    OpinionOf,
    Outcome,
    Procedure,
    ReopenedBy,
    RespondentType,
    StayAskedBy,
    StayGround,
    Step,
    SummaryBasis,
    SuspensionGround,
    TerminationGround,
    WithdrawReason,
)
from shared.kit import text

LongWords = Annotated[str, text.Words(5_000)]
Conditions = dict[Condition, bool]
Index = Annotated[int, Field(ge=0, le=99)]
# A subject of the identity service, or of an outside issuer.
Account = Annotated[str, Field(pattern=f"^{ACCOUNT.pattern}$")]
Fen = Annotated[int, Field(ge=0, le=10**15)]


class StepBody(Body):
    on: date
    evidence: LongWords | None = None  # 证据材料清单: what the step rests on

    def entered(self) -> dict[str, Any]:
        """What the step's rule is given beside the date."""
        return {name: getattr(self, name) for name in type(self).model_fields if name != "on"}


class OnlyDate(StepBody):
    """Nothing but the day."""


class Summarily(StepBody):
    procedure: Procedure = Procedure.ORDINARY
    summary_basis: SummaryBasis | None = None
    is_clear: bool = False
    amount_fen: Fen | None = None


class Accept(Summarily):
    conditions: Conditions
    withdrawal_not_voluntary: bool = False  # 申请人能够证明先前撤回申请违背其真实意愿


class MissingPaper(Body):
    name: Words
    promised_on: date


class AcceptWithGaps(Accept):
    missing: Annotated[list[MissingPaper], Field(min_length=1, max_length=50)]

    def entered(self) -> dict[str, Any]:
        return super().entered() | {"missing": [(each.name, each.promised_on) for each in self.missing]}


class FillGap(StepBody):
    gap: Index


class AssignHandlers(StepBody):
    """承办人, by the accounts of the identity service."""

    handlers: Annotated[list[Account], Field(max_length=20)]

    def entered(self) -> dict[str, Any]:
        return {"handlers": tuple(self.handlers)}


class ChangeRespondent(StepBody):
    respondent: Words
    respondent_type: RespondentType | None = None
    reason: Words | None = None


class CompleteApplication(StepBody, AppliedFacts):
    """补充申请信息: the facts that are named; the others stay as they are."""

    def entered(self) -> dict[str, Any]:
        return {"changes": self.named()}


class Decline(StepBody):
    conditions: Conditions
    reasons: LongWords
    competent: Words | None = None


class RequestSupplement(StepBody):
    papers: LongWords
    delivered_on: date | None = None


class ReceiveSupplement(StepBody):
    late_reason: Words | None = None


class ExtendSupplement(StepBody):
    until: date
    reason: Words


class WithdrawBeforeAcceptance(StepBody):
    is_resolved: bool = False


class ChooseProcedure(Summarily):
    is_complex: bool = False
    is_technical: bool = False


class Convert(StepBody):
    reason: Words
    is_complex: bool = False


class SendCopy(StepBody):
    received_on: date | None = None


class Reply(StepBody):
    with_evidence: bool = True
    third_party_evidence: bool = False


class LapseReply(StepBody):
    replied_on: date | None = None  # 逾期提出的答复
    third_party_evidence: bool = False


class RecordEvidence(StepBody):
    by: EvidenceBy


class HearOpinion(StepBody):
    of: OpinionOf
    manner: OpinionManner
    record: LongWords | None = None
    party: UUID | None = None


class NotifyHearing(StepBody):
    set_for: date
    basis: HearingBasis
    place: Words


class HoldHearing(StepBody):
    attended_by_head: bool
    listeners: Annotated[int, Field(ge=0, le=50)]
    applicant_absent: bool = False
    head_absence_reason: Words | None = None
    delegated_staff: Words | None = None  # 委托参加听证的工作人员
    presider: Words | None = None  # 主持人
    listener_names: Words | None = None  # 听证员
    recorder: Words | None = None  # 记录员


class ConsultCommittee(StepBody):
    basis: CommitteeBasis
    opinion: LongWords


class DecideStay(StepBody):
    ground: StayGround
    is_granted: bool
    asked_by: StayAskedBy | None = None
    reason: Words | None = None


class LiftStay(StepBody):
    reason: Words


class Suspend(StepBody):
    ground: SuspensionGround
    reason: Words
    notified_on: date | None = None
    both_agree: bool = False
    document_power: DocumentPower | None = None


class Resume(StepBody):
    reason: Words
    notified_on: date | None = None
    by_superior: bool = False  # 上级行政机关责令恢复


class RecordNotice(StepBody):
    of: NoticeOf
    number: Index | None = None  # from 0; the last one where none is told


class ExcludeTime(StepBody):
    kind: ExclusionKind
    begun_on: date


class Exclude(StepBody):
    kind: ExclusionKind


class ReviewDocument(StepBody):
    what: Literal[
        "asked_on", "ask_received_on", "answered_on", "forwarded_on", "forward_received_on", "concluded_on"
    ]
    document: Index = 0
    conclusion: LongWords | None = None


class Extend(StepBody):
    days: Days
    reason: Words
    notified_on: date | None = None


class Withdraw(StepBody):
    withdraw_reason: WithdrawReason
    reason: Words | None = None


class Terminate(StepBody):
    ground: TerminationGround
    reason: Words | None = None


class SignMediation(StepBody):
    agreement: LongWords
    signed_by_all: bool
    sealed: bool
    performance_due_on: date | None = None


class RejectApplication(StepBody):
    conditions: Conditions
    reasons: LongWords


class Item(Body):
    outcome: Outcome | AccessoryItem
    redo_days: Days | None = None
    performance_days: Days | None = None
    amount_fen: Fen | None = None


class SubmitDecision(StepBody):
    items: Annotated[list[Item], Field(min_length=1, max_length=20)]
    primary: Outcome | None = None
    main_text: LongWords
    not_worse: bool = False
    third_party_request: bool = False
    void_requested: bool = False
    performance_due_on: date | None = None

    def entered(self) -> dict[str, Any]:
        items = [
            DecisionItem(each.outcome, each.redo_days, each.performance_days, each.amount_fen)
            for each in self.items
        ]
        return super().entered() | {"items": items}


class EndorseDecision(StepBody):
    opinion: Words | None = None


class ReturnDecision(StepBody):
    reason: Words


class ApproveDecision(StepBody):
    manner: ApprovalManner


class Deliver(StepBody):
    manner: DeliveryManner
    party: UUID | None = None  # none: the respondent
    proof: LongWords | None = None  # 送达回证：签收人、见证人、无法送达的情况
    is_consented: bool = False
    is_failed: bool = False


class IssueLetter(StepBody):
    kind: LetterKind
    words: LongWords | None = None


class RecordFeedback(StepBody):
    letter: Index
    adopted: bool | None = None
    feedback: LongWords | None = None


class FollowUpBody(StepBody):
    kind: FollowUp
    due_on: date | None = None  # 责令限期履行的期限
    words: Words | None = None
    letter: Index | None = None


class RecordSuit(StepBody):
    number: Number | None = None


class Reopen(StepBody):
    by: ReopenedBy
    reason: Words


class Reference(Body):
    """A case of one of the three services."""

    service: LinkedService
    case_id: UUID


class Link(StepBody):
    merged_into: UUID | None = None
    reference: Reference | None = None

    def entered(self) -> dict[str, Any]:
        named = self.reference and LinkedCase(self.reference.service, self.reference.case_id)
        return super().entered() | {"reference": named}


class CancelCase(Body):
    reason: Words


BODIES: Mapping[Step, type[StepBody]] = MappingProxyType(
    {
        Step.FORWARD: OnlyDate,
        Step.SELF_CORRECT: OnlyDate,
        Step.ACCEPT: Accept,
        Step.ACCEPT_WITH_GAPS: AcceptWithGaps,
        Step.DECLINE: Decline,
        Step.REQUEST_SUPPLEMENT: RequestSupplement,
        Step.DELIVER_SUPPLEMENT: OnlyDate,
        Step.RECEIVE_SUPPLEMENT: ReceiveSupplement,
        Step.EXTEND_SUPPLEMENT: ExtendSupplement,
        Step.LAPSE_SUPPLEMENT: OnlyDate,
        Step.WITHDRAW_BEFORE_ACCEPTANCE: WithdrawBeforeAcceptance,
        Step.FILL_GAP: FillGap,
        Step.ASSIGN_HANDLERS: AssignHandlers,
        Step.CHANGE_RESPONDENT: ChangeRespondent,
        Step.COMPLETE_APPLICATION: CompleteApplication,
        Step.CHOOSE_PROCEDURE: ChooseProcedure,
        Step.SEND_COPY: SendCopy,
        Step.RECORD_REPLY: Reply,
        Step.LAPSE_REPLY: LapseReply,
        Step.RECORD_EVIDENCE: RecordEvidence,
        Step.CONVERT: Convert,
        Step.HEAR_OPINION: HearOpinion,
        Step.NOTIFY_HEARING: NotifyHearing,
        Step.HOLD_HEARING: HoldHearing,
        Step.CONSULT_COMMITTEE: ConsultCommittee,
        Step.DECIDE_STAY: DecideStay,
        Step.LIFT_STAY: LiftStay,
        Step.SUSPEND: Suspend,
        Step.RESUME: Resume,
        Step.RECORD_NOTICE: RecordNotice,
        Step.EXCLUDE_TIME: ExcludeTime,
        Step.BEGIN_EXCLUSION: Exclude,
        Step.END_EXCLUSION: Exclude,
        Step.REVIEW_DOCUMENT: ReviewDocument,
        Step.EXTEND: Extend,
        Step.WITHDRAW: Withdraw,
        Step.TERMINATE: Terminate,
        Step.SIGN_MEDIATION: SignMediation,
        Step.REJECT_APPLICATION: RejectApplication,
        Step.SUBMIT_DECISION: SubmitDecision,
        Step.ENDORSE_DECISION: EndorseDecision,
        Step.RETURN_DECISION: ReturnDecision,
        Step.APPROVE_DECISION: ApproveDecision,
        Step.DELIVER: Deliver,
        Step.ISSUE_LETTER: IssueLetter,
        Step.RECORD_FEEDBACK: RecordFeedback,
        Step.RECORD_PERFORMANCE: OnlyDate,
        Step.FOLLOW_UP: FollowUpBody,
        Step.COPY_TO_SUPERIOR: OnlyDate,
        Step.RECORD_SUIT: RecordSuit,
        Step.RECORD_PETITION: OnlyDate,
        Step.PUBLISH: OnlyDate,
        Step.REOPEN: Reopen,
        Step.LINK: Link,
    }
)
