"""调解台账 and 调解组织名册: their columns, and what a row of them says."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from sqlmodel import Session

from services.mediation import domain, labels, organisations, repository, use_cases
from services.mediation.access import OFFICE_KINDS, REGISTER_KINDS
from services.mediation.case import AGREED, Case
from services.mediation.organisations import Organisation
from services.mediation.terms import (
    DisputeType,
    OrganisationType,
    Outcome,
    Referral,
    Scope,
    Source,
    TerminationReason,
)
from shared.kernel.clock import legal_date
from shared.kernel.errors import RuleViolation
from shared.kernel.regions import RegionTree
from shared.kit.edge import Edge
from shared.kit.imports import Key, Stored
from shared.kit.ledger import Column, Kind, LedgerRow

CASE_COLUMNS: tuple[Column, ...] = (
    Column(
        "case_number",
        "案号",
        Kind.TEXT,
        required=True,
        note="原样保留，例如 杭调〔2022〕001号",
        aliases=("编号", "案件编号", "卷宗号", "卷号", "案号/编号"),
    ),
    Column(
        "committee",
        "调解组织",
        Kind.TEXT,
        note="与名册中的名称一致时自动关联",
        aliases=("调委会名称", "调委会", "人民调解委员会", "调解组织名称", "调解机构"),
    ),
    Column(
        "region",
        "行政区划",
        Kind.TEXT,
        required=True,
        note="调解组织所在地的行政区划代码或全名",
        aliases=("区划", "区划代码", "行政区划代码", "所在地", "地区"),
    ),
    Column("source", "案件来源", Kind.CHOICE, choices=labels.LEDGER_SOURCES, aliases=("来源", "纠纷来源")),
    Column(
        "referral",
        "法院委派/委托",
        Kind.CHOICE,
        choices=labels.LEDGER_REFERRALS,
        note="立案前为委派，立案后为委托；不是法院交来的填“无”或留空",
        aliases=("法院委派委托", "委派委托", "委派/委托", "诉前诉中", "诉前/诉中"),
    ),
    Column(
        "dispute_type",
        "纠纷类型",
        Kind.CHOICE,
        choices=labels.DISPUTE_TYPES,
        aliases=("纠纷类别", "案件类型", "类型"),
    ),
    Column(
        "scope", "统计口径", Kind.CHOICE, choices=labels.SCOPES, note="空着为人民调解组织", aliases=("口径",)
    ),
    Column(
        "registered_on",
        "登记日期",
        Kind.DATE,
        note="空着按受理日期，没有受理的按结案日期",
        aliases=("申请日期", "登记时间"),
    ),
    Column("accepted_on", "受理日期", Kind.DATE, note="有调解结果的必填", aliases=("受理时间",)),
    Column(
        "closed_on",
        "结案日期",
        Kind.DATE,
        note="达成协议的，即协议生效的日期",
        aliases=("办结日期", "调结日期", "结案时间", "协议日期", "达成协议日期"),
    ),
    Column(
        "outcome",
        "调解结果",
        Kind.CHOICE,
        choices=labels.LEDGER_OUTCOMES,
        note="只写“调解成功”、未写明形式的按书面协议",
        aliases=("结果", "结案方式", "调解情况"),
    ),
    Column(
        "termination_reason",
        "终止原因",
        Kind.CHOICE,
        choices=labels.TERMINATION_REASONS,
        note="仅终止调解的；空着为其他",
    ),
    Column(
        "confirmed_on",
        "司法确认日期",
        Kind.DATE,
        note="法院裁定协议有效的日期，仅书面协议",
        aliases=("司法确认", "确认日期", "司法确认裁定日期"),
    ),
    Column(
        "amount",
        "协议涉及金额",
        Kind.AMOUNT,
        note="仅达成协议的",
        aliases=("协议金额", "涉案金额", "涉及金额", "金额", "协议涉及金额（元）", "金额（元）"),
    ),
)

ORGANISATION_COLUMNS: tuple[Column, ...] = (
    Column(
        "name", "名称", Kind.TEXT, required=True, aliases=("组织名称", "调委会名称", "调解组织", "机构名称")
    ),
    Column(
        "region",
        "行政区划",
        Kind.TEXT,
        required=True,
        note="行政区划代码或全名",
        aliases=("区划", "区划代码", "行政区划代码", "所在地", "地区"),
    ),
    Column(
        "org_type",
        "组织类型",
        Kind.CHOICE,
        choices=labels.LEDGER_ORGANISATION_TYPES,
        note="空着为未写明；行业性、专业性的记为社会团体和其他组织中的行业性、专业性调委会",
        aliases=("类型", "类别", "组织类别"),
    ),
    Column(
        "is_industry",
        "是否行业性专业性",
        Kind.BOOLEAN,
        note="仅人民调解委员会",
        aliases=("是否行业性、专业性", "行业性专业性", "行业性、专业性"),
    ),
    Column("is_agent_point", "是否复议代办点", Kind.BOOLEAN, aliases=("复议代办点", "代办点", "是否代办点")),
    Column("established_on", "成立日期", Kind.DATE, aliases=("设立日期", "成立时间")),
    Column("dissolved_on", "撤销日期", Kind.DATE, aliases=("撤销时间", "注销日期")),
)

_FEN = 100
# What the domain calls a field, where the ledger calls it otherwise.
_COLUMN_OF = {
    "declined_on": "closed_on",
    "effective_on": "closed_on",
    "amount_fen": "amount",
}
Member = TypeVar("Member", bound=StrEnum)


class CaseLedger:
    """The ledger of mediation cases.

    It does not tell when an agreement took effect: the day of closing stands for it.
    """

    kind = "cases"
    office_kinds = OFFICE_KINDS
    columns: Sequence[Column] = CASE_COLUMNS

    def __init__(self, edge: Edge) -> None:
        self._edge = edge

    def build(self, row: LedgerRow) -> Case:
        try:
            case, _ = domain.record_from_ledger(
                self._case(row.values), calendar=self._edge.calendar, today=legal_date(self._edge.clock())
            )
        except RuleViolation as refusal:
            column = _COLUMN_OF.get(refusal.field or "", refusal.field)
            raise RuleViolation(refusal.code, refusal.message, field=column) from refusal
        return case

    def _case(self, row: Mapping[str, Any]) -> Case:
        registered_on = row["registered_on"] or row["accepted_on"] or row["closed_on"]
        if registered_on is None:
            raise RuleViolation(
                "mediation.without_date", "登记、受理、结案日期都没有填写。", field="registered_on"
            )
        referral = None if row["referral"] == "none" else row["referral"]
        return Case(
            case_number=row["case_number"],
            region=region_of(self._edge.tree, row["region"], on=registered_on),
            committee=row["committee"] or "",
            scope=Scope(row["scope"] or Scope.PEOPLE),
            source=_source(row),
            referral=_member(Referral, referral),
            dispute_type=_member(DisputeType, row["dispute_type"]),
            registered_on=registered_on,
            accepted_on=row["accepted_on"],
            confirmed_on=row["confirmed_on"],
            amount_fen=int((row["amount"] or Decimal(0)) * _FEN),
            **_ending(row),
        )

    def region(self, case: Case) -> str:
        return case.region

    def at(self, case: Case, office: str) -> Case:
        return replace(case, office=office)

    def key(self, case: Case) -> Key:
        return case.region, case.committee, case.case_number

    def stored(self, session: Session, cases: Sequence[Case]) -> Mapping[Key, Stored[Case]]:
        rows = repository.by_numbers(session, [case.case_number for case in cases])
        return {
            (row.region, row.committee, row.case_number): Stored(
                row.id, row.version, repository.to_domain(row)
            )
            for row in rows
        }

    def add(self, session: Session, cases: Sequence[Case]) -> None:
        use_cases.record_ledger(session, cases, calendar=self._edge.calendar, now=self._edge.clock())

    def update(self, session: Session, changes: Sequence[tuple[Stored[Case], Case]]) -> None:
        now = self._edge.clock()
        for stored, case in changes:
            use_cases.correct(
                session,
                stored.id,
                changes={name: getattr(case, name) for name in case.__slots__},
                reason="以重新导入的台账为准",
                calendar=self._edge.calendar,
                if_match=None,
                now=now,
            )


class OrganisationLedger:
    """The register 调解组织名册 as a ledger."""

    kind = "organisations"
    office_kinds = REGISTER_KINDS
    columns: Sequence[Column] = ORGANISATION_COLUMNS

    def __init__(self, edge: Edge) -> None:
        self._edge = edge

    def build(self, row: LedgerRow) -> Organisation:
        organisation = self._organisation(row.values)
        organisations.check(organisation, today=legal_date(self._edge.clock()))
        return organisation

    def _organisation(self, row: Mapping[str, Any]) -> Organisation:
        org_type, is_industry = row["org_type"], bool(row["is_industry"])
        if org_type == "industry":
            if row["is_industry"] is False:
                raise RuleViolation(
                    "mediation.industry_contradicts_type",
                    "组织类型写的是行业性、专业性，这一格却填了“否”。",
                    field="is_industry",
                )
            org_type, is_industry = OrganisationType.SOCIAL, True
        return Organisation(
            name=row["name"],
            region=region_of(self._edge.tree, row["region"], on=row["established_on"]),
            org_type=OrganisationType(org_type or OrganisationType.UNSPECIFIED),
            is_industry=is_industry,
            is_agent_point=bool(row["is_agent_point"]),
            established_on=row["established_on"],
            dissolved_on=row["dissolved_on"],
        )

    def region(self, organisation: Organisation) -> str:
        return organisation.region

    def at(self, organisation: Organisation, office: str) -> Organisation:
        return replace(organisation, office=office)

    def key(self, organisation: Organisation) -> Key:
        return organisation.region, organisation.name

    def stored(self, session: Session, entries: Sequence[Organisation]) -> Mapping[Key, Stored[Organisation]]:
        rows = repository.organisations_by_names(session, [entry.name for entry in entries])
        return {
            (row.region, row.name): Stored(row.id, row.version, repository.to_organisation(row))
            for row in rows
        }

    def add(self, session: Session, entries: Sequence[Organisation]) -> None:
        use_cases.record_register(session, entries, now=self._edge.clock())

    def update(self, session: Session, changes: Sequence[tuple[Stored[Organisation], Organisation]]) -> None:
        now = self._edge.clock()
        for stored, organisation in changes:
            use_cases.correct_organisation(
                session,
                stored.id,
                changes={name: getattr(organisation, name) for name in organisation.__slots__},
                reason="以重新导入的名册为准",
                if_match=None,
                now=now,
            )


def region_of(tree: RegionTree, place: str, *, on: date | None) -> str:
    """The code of the region that is meant; refusals name the column."""
    try:
        return tree.find(place, on=on).code
    except RuleViolation as refusal:
        raise type(refusal)(refusal.code, refusal.message, field="region") from refusal


def _member(closed_set: type[Member], code: str | None) -> Member | None:
    return None if code is None else closed_set(code)


def _ending(row: Mapping[str, Any]) -> dict[str, Any]:
    """How the case left the books, if it did.

    Ledgers put some words into the outcome column that are no outcome of mediation: 息诉撤诉 is a termination for
    that reason and no 调解成功 (PM-3.3), 不予受理 ends a dispute that was never accepted, 调解中 ends nothing.
    """
    outcome, closed_on = row["outcome"], row["closed_on"]
    reason = _member(TerminationReason, row["termination_reason"])
    if outcome == "declined":
        return {"declined_on": _declined_on(closed_on), "termination_reason": reason}
    if outcome == "pending":
        outcome = None
    if outcome == "settled_suit_dropped":
        if reason not in (None, TerminationReason.SETTLED_SUIT_DROPPED):
            raise RuleViolation(
                "mediation.reason_contradicts_outcome",
                "调解结果写的是息诉撤诉，终止原因却是另一种。",
                field="termination_reason",
            )
        outcome, reason = Outcome.TERMINATED, TerminationReason.SETTLED_SUIT_DROPPED
    if outcome == Outcome.TERMINATED and reason is None:
        reason = TerminationReason.OTHER
    return {
        "closed_on": closed_on,
        "outcome": _member(Outcome, outcome),
        "termination_reason": reason,
        "effective_on": closed_on if outcome in AGREED else None,
    }


def _declined_on(closed_on: date | None) -> date:
    if closed_on is None:
        raise RuleViolation(
            "mediation.declining_without_date",
            "不予受理的，请在结案日期填写不予受理的日期。",
            field="closed_on",
        )
    return closed_on


def _source(row: Mapping[str, Any]) -> Source | None:
    if row["source"] == "referred":
        return Source.COURT if row["referral"] in tuple(Referral) else Source.OTHER_REFERRED
    return _member(Source, row["source"])
