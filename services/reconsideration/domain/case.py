"""One application 复议申请 in its present state, and what can happen to it."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.reconsideration.domain.local_rules import LocalRules
from services.reconsideration.domain.proceeding import (
    Acceptance,
    Application,
    Closing,
    Handling,
    Proceeding,
)
from services.reconsideration.terms import (
    Channel,
    GoverningAct,
    LawVersion,
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

ACT_2023_IN_FORCE = date(2024, 1, 1)  # ARL 90
NOTHING_YET = Proceeding()


@dataclass(frozen=True, slots=True)
class Case:
    """All that this service knows of one application, in its present state.

    `received_on` of a draft is the day it was filed at the agent point or organ; it counts from forwarding on.
    """

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
    proceeding: Proceeding = NOTHING_YET
    texts: Mapping[str, str] = dataclasses.field(default_factory=dict, repr=False)

    @property
    def status(self) -> Status:
        if self.cancelled:
            return Status.CANCELLED
        if self.closed_on is not None:
            return Status.CLOSED
        if self.refused_on is not None:
            return Status.NOT_ACCEPTED
        return self._open_status

    @property
    def _open_status(self) -> Status:
        """Where a case stands that nothing has ended."""
        if self.accepted_on is None:
            supplement = self.acceptance.supplement
            if self.application.is_draft:
                return Status.DRAFT
            if supplement is not None and supplement.submitted_on is None:
                return Status.SUPPLEMENT_WAIT
            return Status.RECEIVED
        if self.handling.open_suspension is not None:
            return Status.SUSPENDED
        if self.closing.submission is not None:
            return Status.DECISION_PENDING
        is_answered = self.handling.replied_on is not None or self.handling.reply_lapsed_on is not None
        return Status.UNDER_REVIEW if is_answered else Status.ACCEPTED

    @property
    def law_version(self) -> LawVersion:
        """AR-0.4: the day the application was received decides which Act governs; elsewhere that of acceptance."""
        by_receipt = self.local.governing_act is GoverningAct.BY_RECEIPT
        decisive = self.received_on if by_receipt else self.accepted_on or self.refused_on
        is_old = decisive is not None and decisive < ACT_2023_IN_FORCE
        return LawVersion.PRE2024 if is_old else LawVersion.ACT2023

    @property
    def review_starts_on(self) -> date:
        """The day from which the acceptance review runs: receipt, receipt of the supplement (ARL 30, 31), or the
        day a superior had a refused application taken up again (ARL 35)."""
        supplement = self.acceptance.supplement
        again = (each.reopened_on for each in self.proceeding.cycles if each.accepted_on is None)
        return (supplement and supplement.submitted_on) or max((self.received_on, *again))

    @property
    def local(self) -> LocalRules:
        return self.proceeding.local

    @property
    def application(self) -> Application:
        return self.proceeding.application

    @property
    def acceptance(self) -> Acceptance:
        return self.proceeding.acceptance

    @property
    def handling(self) -> Handling:
        return self.proceeding.handling

    @property
    def closing(self) -> Closing:
        return self.proceeding.closing

    def told(self, *, key: str, words: str | None) -> "Case":
        """The case with these words kept under `key`; without words nothing is kept."""
        return self if words is None else replace(self, texts={**self.texts, key: words})

    def changed(self, part: str, **changes: Any) -> "Case":
        """The case with one part of its proceeding changed."""
        present = getattr(self.proceeding, part)
        return replace(self, proceeding=replace(self.proceeding, **{part: replace(present, **changes)}))


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened: the act, and its legal date. Which contract tells it to others stands in events.py."""

    step: Step
    on: date


@dataclass(frozen=True, slots=True)
class Moment:
    """When and by which calendar an act is judged: `today` is the legal date of entering it."""

    today: date
    calendar: WorkCalendar
