"""复议台账: its columns, and what a row of it says."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlmodel import Session

from services.reconsideration import domain, labels, repository, use_cases
from services.reconsideration.access import OFFICE_KINDS
from services.reconsideration.domain import Case
from services.reconsideration.domain.proceeding import Proceeding
from services.reconsideration.local_rules import LocalRuleBook
from services.reconsideration.terms import (
    Channel,
    OrganLevel,
    Outcome,
    Procedure,
    Refusal,
    RespondentType,
    TerminationGround,
    WithdrawReason,
)
from shared.kernel.clock import legal_date
from shared.kernel.errors import RuleViolation
from shared.kernel.regions import Level, RegionTree
from shared.kit.edge import Edge
from shared.kit.imports import Key, Stored
from shared.kit.ledger import Column, Kind, LedgerRow

COLUMNS: tuple[Column, ...] = (
    Column("case_number", "案号", Kind.TEXT, required=True, note="原样保留，例如 杭政复〔2022〕13号"),
    Column(
        "organ_region",
        "复议机关所在地",
        Kind.TEXT,
        required=True,
        note="行政区划代码或全名",
        aliases=("行政区划", "region"),
    ),
    Column("organ_level", "复议机关层级", Kind.CHOICE, choices=labels.ORGAN_LEVELS, note="空着则按区划判断"),
    Column("respondent", "被申请人", Kind.TEXT),
    Column("respondent_type", "被申请人类型", Kind.CHOICE, choices=labels.RESPONDENT_TYPES),
    Column("matter", "复议事项", Kind.TEXT, aliases=("案由",)),
    Column("field", "管理领域", Kind.TEXT, aliases=("行政管理类别", "领域")),
    Column("channel", "申请渠道", Kind.CHOICE, choices=labels.CHANNELS),
    Column("received_on", "收到日期", Kind.DATE, required=True, aliases=("收到申请日期", "申请日期")),
    Column("accepted_on", "受理日期", Kind.DATE),
    Column("not_accepted_on", "不予受理日期", Kind.DATE),
    Column("procedure", "审理程序", Kind.CHOICE, choices=labels.PROCEDURES, aliases=("程序",)),
    Column("closed_on", "结案日期", Kind.DATE, aliases=("审结日期", "办结日期")),
    Column(
        "outcome",
        "审结结果",
        Kind.CHOICE,
        choices=labels.LEDGER_OUTCOMES,
        aliases=("结果", "结案方式", "复议结果"),
    ),
    Column(
        "termination_ground",
        "终止事由",
        Kind.CHOICE,
        choices=labels.TERMINATION_GROUNDS,
        note="复议法第四十一条",
    ),
    Column(
        "withdraw_reason", "撤回原因", Kind.CHOICE, choices=labels.WITHDRAW_REASONS, note="仅因撤回而终止的"
    ),
    Column("is_group", "是否群体性案件", Kind.BOOLEAN, aliases=("群体性", "群体性纠纷")),
    Column("opinion_letters", "意见书份数", Kind.INTEGER, aliases=("意见书",)),
    Column("recommendation_letters", "建议书份数", Kind.INTEGER, aliases=("建议书",)),
)

_LEVELS = {
    Level.NATION: OrganLevel.NATION,
    Level.PROVINCE: OrganLevel.PROVINCE,
    Level.PREFECTURE: OrganLevel.PREFECTURE,
    Level.COUNTY: OrganLevel.COUNTY,
}
# What the domain calls a field, where the ledger calls it otherwise.
_COLUMN_OF = {
    "authority_region": "organ_region",
    "authority_level": "organ_level",
    "refused_on": "not_accepted_on",
}
_REFUSALS = {
    "not_accepted": Refusal.NOT_ACCEPTED,
    "abandoned": Refusal.ABANDONED,
    "withdrawn_before_acceptance": Refusal.WITHDRAWN_BEFORE_ACCEPTANCE,
}
# What a ledger tells: the proceeding of a case is kept where it was lived through here.
_TOLD = tuple(name for name in Case.__slots__ if name not in ("proceeding", "texts"))
Member = TypeVar("Member", bound=StrEnum)


class ReconsiderationLedger:
    """The ledger of reconsideration cases."""

    kind = "cases"
    office_kinds = OFFICE_KINDS
    columns: Sequence[Column] = COLUMNS

    def __init__(self, edge: Edge, rules: LocalRuleBook) -> None:
        self._edge = edge
        self._rules = rules

    def build(self, row: LedgerRow) -> Case:
        try:
            case, _ = domain.record_from_ledger(
                self._case(row.values), calendar=self._edge.calendar, today=legal_date(self._edge.clock())
            )
        except RuleViolation as refusal:
            column = _COLUMN_OF.get(refusal.field or "", refusal.field)
            raise RuleViolation(refusal.code, refusal.message, field=column) from refusal
        return replace(case, proceeding=_as_told(case))

    def _case(self, row: Mapping[str, Any]) -> Case:
        region, level = organ_of(
            self._edge.tree, row["organ_region"], row["organ_level"], on=row["received_on"]
        )
        lettered_on = row["closed_on"] or row["accepted_on"] or row["received_on"]
        return Case(
            case_number=row["case_number"],
            authority_region=region,
            authority_level=level,
            respondent=row["respondent"],
            respondent_type=_member(RespondentType, row["respondent_type"]),
            matter=row["matter"],
            field=row["field"],
            channel=_member(Channel, row["channel"]),
            is_group=bool(row["is_group"]),
            received_on=row["received_on"],
            accepted_on=row["accepted_on"],
            procedure=_member(Procedure, row["procedure"]),
            opinion_letters_on=(lettered_on,) * _letters(row, "opinion_letters"),
            recommendation_letters_on=(lettered_on,) * _letters(row, "recommendation_letters"),
            proceeding=Proceeding(local=self._rules.of_case(region, row["received_on"])),
            **_ending(row),
        )

    def region(self, case: Case) -> str:
        return case.authority_region

    def at(self, case: Case, office: str) -> Case:
        return replace(case, office=office)

    def key(self, case: Case) -> Key:
        return case.authority_region, case.case_number

    def stored(self, session: Session, cases: Sequence[Case]) -> Mapping[Key, Stored[Case]]:
        rows = repository.by_numbers(session, [case.case_number for case in cases])
        return {
            (row.authority_region, row.case_number): Stored(row.id, row.version, self._as_told(case))
            for row, case in zip(rows, repository.opened(session, rows), strict=True)
        }

    def _as_told(self, case: Case) -> Case:
        """As a ledger would tell this case: one that was handled here step by step is no other for that."""
        told = replace(case, proceeding=_as_told(case), texts={})
        return domain.dated(told, self._edge.calendar)

    def add(self, session: Session, cases: Sequence[Case]) -> None:
        use_cases.record_ledger(session, cases, calendar=self._edge.calendar, now=self._edge.clock())

    def update(self, session: Session, changes: Sequence[tuple[Stored[Case], Case]]) -> None:
        now: datetime = self._edge.clock()
        for stored, case in changes:
            use_cases.correct(
                session,
                stored.id,
                changes={name: getattr(case, name) for name in _TOLD},
                reason="以重新导入的台账为准",
                rules=self._rules.of_case,
                by_head=lambda office: False,  # a ledger mends what came from ledgers
                calendar=self._edge.calendar,
                if_match=None,
                now=now,
            )


def _as_told(case: Case) -> Proceeding:
    """All that a ledger knows of a proceeding, and the local rules of its place and day."""
    return Proceeding(from_ledger=True, local=case.local)


def organ_of(tree: RegionTree, place: str, level: str | None, *, on: date | None) -> tuple[str, OrganLevel]:
    """The region code and level of a reconsideration organ; without a level, the region's own."""
    try:
        region = tree.find(place, on=on)
    except RuleViolation as refusal:
        raise type(refusal)(refusal.code, refusal.message, field="organ_region") from refusal
    found = level or _LEVELS.get(region.level)
    if found is None:
        raise RuleViolation(
            "region.without_organ", "县级以上人民政府才是复议机关，请填写县级以上区划。", field="organ_region"
        )
    return region.code, OrganLevel(found)


def _member(closed_set: type[Member], code: str | None) -> Member | None:
    return None if code is None else closed_set(code)


def _letters(row: Mapping[str, Any], column: str) -> int:
    """A ledger only tells how many letters; they are dated with the closing of the case."""
    count: int = row[column] or 0
    if count > domain.MOST_LETTERS:
        raise RuleViolation(
            "reconsideration.too_many_letters", f"一件案件不会有超过 {domain.MOST_LETTERS} 份。", field=column
        )
    return count


def _ending(row: Mapping[str, Any]) -> dict[str, Any]:
    """How the case left the books: refused before acceptance, or closed after it.

    Ledgers put some ways of ending into the outcome column that in law are no decision: 撤回 is a termination
    under art. 41(1)(一), 不予受理 and 视为放弃 end an application that was never accepted.
    """
    outcome, closed_on, refused_on = row["outcome"], row["closed_on"], row["not_accepted_on"]
    if outcome == "withdrawn" and row["accepted_on"] is None:
        outcome = "withdrawn_before_acceptance"
    if outcome is None and refused_on is not None and refused_on == closed_on:
        outcome = "not_accepted"  # the same closing told twice
    ground = _member(TerminationGround, row["termination_ground"])
    reason = _member(WithdrawReason, row["withdraw_reason"])
    if outcome in _REFUSALS:
        if refused_on and closed_on and refused_on != closed_on:
            raise RuleViolation(
                "reconsideration.refusal_dates_differ",
                "不予受理日期与结案日期不一致。",
                field="not_accepted_on",
            )
        # A ground or reason contradicts a refusal; it is passed on for the rules to refuse, not dropped.
        return {
            "refused_on": refused_on or closed_on,
            "refusal": _REFUSALS[outcome],
            "termination_ground": ground,
            "withdraw_reason": reason,
        }
    ending: dict[str, Any] = {
        "refused_on": refused_on,
        "refusal": Refusal.NOT_ACCEPTED if refused_on else None,
        "closed_on": closed_on,
    }
    if outcome == "rejected":
        outcome = _rejection(row)
    if outcome in ("withdrawn", "settled"):
        reason = reason or (WithdrawReason.SETTLED if outcome == "settled" else None)
        outcome, ground = Outcome.TERMINATED, TerminationGround.T1
    if outcome == Outcome.TERMINATED and ground is None and reason is not None:
        ground = TerminationGround.T1
    if ground is TerminationGround.T1 and reason is None:
        reason = WithdrawReason.OTHER
    return ending | {
        "outcome": _member(Outcome, outcome),
        "termination_ground": ground,
        "withdraw_reason": reason,
    }


def _rejection(row: Mapping[str, Any]) -> Outcome:
    """驳回 alone: before 2024 there was only 驳回申请 (实施条例 48); the Act of 2023 knows two (ARL 33, 69)."""
    if row["received_on"] < domain.ACT_2023_IN_FORCE:
        return Outcome.APPLICATION_REJECTED
    raise RuleViolation(
        "reconsideration.rejection_ambiguous",
        "2024 年起须写明是“驳回复议申请”（第三十三条）还是“驳回复议请求”（第六十九条）。",
        field="outcome",
    )
