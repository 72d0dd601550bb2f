"""What happened in a case beyond its statistical row: dates, grounds and counts, no free words.

Words that were written (reasons, claims, lists of papers) stand in `Case.texts`, sealed with the case.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reconsideration.domain.local_rules import STATUTE_ALONE, LocalRules
from services.reconsideration.terms import (
    AcceptMode,
    AccessoryItem,
    ActHead,
    ActKind,
    ApprovalManner,
    CommitteeBasis,
    Condition,
    Declaration,
    DeliveryManner,
    DocumentPower,
    ExclusionKind,
    FollowUp,
    HearingBasis,
    Inaction,
    LetterKind,
    LinkedService,
    OpinionManner,
    OpinionOf,
    Outcome,
    Procedure,
    Reached,
    ReopenedBy,
    StayAskedBy,
    StayGround,
    SummaryBasis,
    SuspensionGround,
)

Interval = tuple[date, date | None]


@dataclass(frozen=True, slots=True)
class Application:
    """The application itself: when and by which way it came, what it challenges (DOMAIN 2.1-2.4)."""

    filed_on: date | None = None  # postmark, agent point, organ: timeliness goes by this day (CAL-6)
    agent_point: str | None = None  # 代办点 code
    is_oral_record_signed: bool = False  # 口头申请: recorded on the spot, signed (ARL 22(3), 实施条例 20)
    is_draft: bool = False  # 在代办点或者作出处罚的机关, not received yet
    self_corrected_on: date | None = None  # the organ mended its own act (ARL 32)
    act_kind: ActKind = ActKind.OTHER
    act_head: ActHead | None = None
    act_number: str | None = None  # 文号 of the act challenged
    prerequisite: bool | None = None  # 复议前置, ARL 23; follows from the act unless it is stated
    is_enterprise: bool = False
    applicant_count: int | None = None
    representative_count: int | None = None
    act_made_on: date | None = None
    knew_on: date | None = None  # knew or should have known of the act (ARL 20(1))
    reached: Reached | None = None  # how the act reached the person: the day of knowing follows (实施条例 15)
    reached_on: date | None = None  # made, signed for, end of the notice
    inaction: Inaction | None = None  # 不履行法定职责: the first day follows (实施条例 16)
    inaction_on: date | None = None  # the term expired, or the organ got the request
    informed_on: date | None = None  # knew of the right, the organ and the period (ARL 20(3))
    is_never_informed: bool = False  # of the right, the organ or the period
    real_estate: bool = False  # 二十年, ARL 21
    period_days: int | None = None  # a longer period of another law (ARL 20(1))
    respondent_changes: tuple[date, ...] = ()  # 错列被申请人，变更之日 (实施条例 22)
    asks_document_review: bool = False  # 一并申请附带审查, ARL 13
    is_own_review: bool = False  # 省级人民政府审查自己的行为, ARL 24(2)
    obstacles: tuple[tuple[date, date], ...] = ()  # 不可抗力等, ARL 20(2)


@dataclass(frozen=True, slots=True)
class Supplement:
    """补正 (ARL 31): one notice, all at once."""

    sent_on: date
    delivered_on: date | None = None  # the applicant received it: ten working days run from here
    extended_to: date | None = None
    submitted_on: date | None = None
    is_late_excused: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """容缺: a paper that comes later; it stops, restarts and extends no clock (AR-3.6)."""

    promised_on: date
    received_on: date | None = None


@dataclass(frozen=True, slots=True)
class Acceptance:
    conditions: tuple[tuple[Condition, bool], ...] = ()
    mode: AcceptMode | None = None
    gaps: tuple[Gap, ...] = ()
    supplement: Supplement | None = None
    is_told_other_organ: bool = False  # 告知有管辖权机关, ARL 30(2)
    is_resolved_before: bool = False  # 受理前化解, AR-5.10
    is_withdrawal_not_voluntary: bool = False  # 先前的撤回违背真实意愿, ARL 74(2)


@dataclass(frozen=True, slots=True)
class Suspension:
    """中止 (ARL 39): not counted from the day it begins to the day of resumption (AR-5.3)."""

    ground: SuspensionGround
    on: date
    notified_on: date | None = None  # 书面告知当事人, ARL 39(3)
    resumed_on: date | None = None
    resumption_notified_on: date | None = None
    resumed_by_superior: bool = False  # 上级行政机关责令恢复审理, ARL 40
    both_agree: bool = False  # 申请人和被申请人同意中止, ARL 39(1)(六)


@dataclass(frozen=True, slots=True)
class Exclusion:
    """扣除期间 (实施条例 30, 34, 37)."""

    kind: ExclusionKind
    begun_on: date
    ended_on: date | None = None  # None while it lasts


@dataclass(frozen=True, slots=True)
class Opinion:
    """听取意见 (ARL 49); `party` says which applicant or third party, where there are several."""

    manner: OpinionManner
    on: date
    of: OpinionOf | None = None  # None in the books of earlier releases
    party: UUID | None = None


@dataclass(frozen=True, slots=True)
class Hearing:
    """听证 (ARL 50, 51)."""

    basis: HearingBasis
    notified_on: date
    set_for: date
    held_on: date | None = None
    attended_by_head: bool = False  # 被申请人的负责人参加
    applicant_absent: bool = False  # 无正当理由拒不参加，视为放弃听证权利
    listeners: int | None = None  # 听证员, two at least; who they were stands in the texts


@dataclass(frozen=True, slots=True)
class Consultation:
    """行政复议委员会咨询意见 (ARL 52)."""

    basis: CommitteeBasis
    on: date


@dataclass(frozen=True, slots=True)
class Stay:
    """停止执行 (ARL 42)."""

    ground: StayGround
    on: date
    is_granted: bool
    asked_by: StayAskedBy | None = None
    lifted_on: date | None = None  # 解除停止执行


@dataclass(frozen=True, slots=True)
class DocumentReview:
    """规范性文件、依据的附带审查 (ARL 56-60) with its own clocks."""

    power: DocumentPower
    began_on: date  # the suspension S9
    asked_on: date | None = None  # 通知制定机关
    ask_received_on: date | None = None
    answered_on: date | None = None  # 制定机关书面答复
    forwarded_on: date | None = None  # 转送有权机关
    forward_received_on: date | None = None  # 有权机关收到转送: its sixty days run from here (ARL 60)
    concluded_on: date | None = None  # 处理结论


@dataclass(frozen=True, slots=True)
class Extension:
    """延长 (ARL 62): once, at most thirty days, ordinary procedure only."""

    on: date
    days: int
    notified_on: date | None = None  # 书面告知当事人


@dataclass(frozen=True, slots=True)
class Suit:
    """起诉: the day and the court's number, where it is known."""

    on: date
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Handling:
    chosen_on: date | None = None
    summary_basis: SummaryBasis | None = None
    is_clear: bool = False  # 事实清楚、权利义务关系明确、争议不大, as declared (ARL 53)
    amount_fen: int | None = None  # 案件涉及款额
    converted_on: date | None = None
    is_complex: bool = False  # 重大、疑难、复杂, as stated when the procedure was chosen or converted
    is_technical: bool = False  # 专业性、技术性较强, likewise
    copy_sent_on: date | None = None
    copy_received_on: date | None = None
    replied_on: date | None = None
    replied_without_evidence: bool = False  # in time, but nothing to prove the act by
    reply_lapsed_on: date | None = None
    replied_late_on: date | None = None  # 逾期提出的书面答复: kept, and no evidence
    third_party_evidence: bool = False  # ARL 70: the exception to 视为没有证据
    third_party_evidence_on: date | None = None  # where it came apart from the reply or its lapse
    opinions: tuple[Opinion, ...] = ()
    hearings: tuple[Hearing, ...] = ()
    consultations: tuple[Consultation, ...] = ()
    stays: tuple[Stay, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    documents: tuple[DocumentReview, ...] = ()
    extension: Extension | None = None
    silence_suit: Suit | None = None  # over silence, before any decision (行政诉讼法 45)

    @property
    def has_no_evidence(self) -> bool:
        """视为没有证据、依据 (ARL 70)."""
        is_silent = self.reply_lapsed_on is not None and self.replied_on is None
        return is_silent or self.replied_without_evidence

    @property
    def is_known_complex(self) -> bool:
        """重大、疑难、复杂: hearing and committee are owed (ARL 50, 52), also when a hearing or a consultation was
        begun for that reason and nobody had said so before."""
        heard = any(each.basis is HearingBasis.COMPLEX for each in self.hearings)
        return self.is_complex or heard or self._is_consulted_as(CommitteeBasis.COMPLEX)

    @property
    def is_known_technical(self) -> bool:
        """专业性、技术性较强: the committee is owed (ARL 52)."""
        return self.is_technical or self._is_consulted_as(CommitteeBasis.TECHNICAL)

    def _is_consulted_as(self, basis: CommitteeBasis) -> bool:
        return any(each.basis is basis for each in self.consultations)

    @property
    def open_suspension(self) -> Suspension | None:
        return next((each for each in self.suspensions if each.resumed_on is None), None)


@dataclass(frozen=True, slots=True)
class DecisionItem:
    """决定事项: one of several in one decision (DOMAIN 2.9)."""

    outcome: Outcome | AccessoryItem
    redo_days: int | None = None  # 责令重作 within so many days; None: no order to redo
    performance_days: int | None = None  # 责令履行 within so many days
    amount_fen: int | None = None  # 赔偿金额


@dataclass(frozen=True, slots=True)
class Submission:
    """报批: what the handler proposes, and how far it has got (ARL 61)."""

    on: date
    primary: Outcome
    items: tuple[DecisionItem, ...]
    endorsed_on: date | None = None
    declared: tuple[Declaration, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """送达 of the closing document to one party, or an attempt at it; `party` None: the respondent.

    What the proof says (who signed, who witnessed) is kept in words beside it.
    """

    party: UUID | None
    on: date
    manner: DeliveryManner
    is_failed: bool = False  # 未能送达: it counts for nothing, and may be tried again
    is_consented: bool = False  # 电子送达 needs the party's consent (民事诉讼法 90)


@dataclass(frozen=True, slots=True)
class Letter:
    kind: LetterKind
    issued_on: date
    received_on: date | None = None
    due_on: date | None = None  # sixty days from receipt (ARL 76); follows, is never typed in
    feedback_on: date | None = None
    is_adopted: bool | None = None


@dataclass(frozen=True, slots=True)
class Pressed:
    kind: FollowUp
    on: date
    letter: int | None = None  # about this 意见书, not the decision (ARL 77(2))
    due_on: date | None = None  # 责令限期履行: until when


@dataclass(frozen=True, slots=True)
class Closing:
    """How the case was decided, and all that follows (DOMAIN 2.9, 2.10)."""

    submission: Submission | None = None
    items: tuple[DecisionItem, ...] = ()
    declared: tuple[Declaration, ...] = ()  # of the decision that was approved
    approval: ApprovalManner | None = None
    signed_by_all: bool = False  # 调解书: 各方当事人签字或者签章, ARL 73
    sealed: bool = False  # 调解书: 加盖行政复议机关印章
    deliveries: tuple[Delivery, ...] = ()
    sue_due_on: date | None = None  # follows from the last delivery to a party; is never typed in
    letters: tuple[Letter, ...] = ()
    performance_due_on: date | None = None
    performed_on: date | None = None
    follow_ups: tuple[Pressed, ...] = ()
    copied_to_superior_on: date | None = None
    sued_on: date | None = None  # against what closed the case
    suit_number: str | None = None
    petitioned_on: date | None = None
    published_on: date | None = None

    @property
    def reached(self) -> tuple[Delivery, ...]:
        """The deliveries that succeeded."""
        return tuple(each for each in self.deliveries if not each.is_failed)


NO_APPLICATION, NO_ACCEPTANCE, NO_HANDLING, NO_CLOSING = Application(), Acceptance(), Handling(), Closing()


@dataclass(frozen=True, slots=True)
class Cycle:
    """An earlier closing of a case that was taken up again: kept as it was (DOMAIN 2.11 no. 31)."""

    reopened_on: date
    by: ReopenedBy
    closed_on: date
    outcome: str
    accepted_on: date | None
    procedure: Procedure | None
    handling: Handling
    closing: Closing
    acceptance: Acceptance = NO_ACCEPTANCE


@dataclass(frozen=True, slots=True)
class Link:
    """关联案件 (AR-7.8): a case of one of the three services, by reference only."""

    service: LinkedService
    case_id: UUID


@dataclass(frozen=True, slots=True)
class Proceeding:
    """All parts; `moved_on` is the legal date of the last act that moved the case to where it is."""

    moved_on: date | None = None
    from_ledger: bool = False
    local: LocalRules = STATUTE_ALONE  # 地方规则 in force where and when it was received
    recorded_on: date | None = None  # the day it was taken over from a ledger
    handlers: tuple[str, ...] = ()  # 承办人, by their accounts (ARL 36, 实施条例 32)
    suit_pending_on: date | None = None  # a court accepted a suit on the same act: bars acceptance (ARL 29)
    application: Application = NO_APPLICATION
    acceptance: Acceptance = NO_ACCEPTANCE
    handling: Handling = NO_HANDLING
    closing: Closing = NO_CLOSING
    cycles: tuple[Cycle, ...] = ()
    merged_into: UUID | None = None  # 合并审理: own number, own count (AR-0.7)
    linked: tuple[Link, ...] = ()

    @property
    def named(self) -> tuple[Link, ...]:
        """Every other case that this one names: those it is linked to, and the one it was merged into."""
        into = () if self.merged_into is None else (Link(LinkedService.RECONSIDERATION, self.merged_into),)
        return tuple(dict.fromkeys((*self.linked, *into)))
