"""应诉台账: its columns, and what a row of it says. One row is one unit, and tells of one hearing at most."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from services.litigation import domain, labels, repository, use_cases
from services.litigation.access import OFFICE_KINDS
from services.litigation.appearance import Hearing
from services.litigation.domain import Case
from services.litigation.terms import Appearance, Instance, Result
from shared.kernel.clock import legal_date
from shared.kernel.errors import Conflict, RuleViolation
from shared.kernel.regions import RegionTree
from shared.kit.edge import Edge
from shared.kit.imports import Key, Stored
from shared.kit.ledger import Column, Kind, LedgerRow

COLUMNS: tuple[Column, ...] = (
    Column("case_number", "案号", Kind.TEXT, required=True, note="原样保留，例如 （2022）内0625行初1号"),
    Column("court", "受理法院", Kind.TEXT, aliases=("法院", "审理法院")),
    Column(
        "region",
        "行政区划",
        Kind.TEXT,
        required=True,
        note="应诉机关所在地的行政区划代码或全名",
        aliases=("应诉机关所在地", "organ_region"),
    ),
    Column(
        "instance", "审级", Kind.CHOICE, choices=labels.INSTANCES, note="空着即为一审", aliases=("审理程序",)
    ),
    Column("organ", "应诉机关", Kind.TEXT, aliases=("被告", "被诉行政机关", "被诉机关")),
    Column(
        "notified_on",
        "收到应诉通知日期",
        Kind.DATE,
        required=True,
        aliases=("应诉通知日期", "收到应诉通知书日期", "收案日期"),
    ),
    Column("heard_on", "开庭日期", Kind.DATE, aliases=("庭审日期",)),
    Column(
        "appearance",
        "出庭情况",
        Kind.CHOICE,
        choices=labels.APPEARANCES,
        note="开了庭的须填写；律师不算",
        aliases=("出庭人员", "负责人出庭情况", "出庭应诉情况"),
    ),
    Column(
        "excused",
        "正当理由",
        Kind.BOOLEAN,
        note="负责人不能出庭的理由是否经法院认可",
        aliases=("有正当理由", "是否有正当理由"),
    ),
    Column(
        "court_notified",
        "法院通知负责人出庭",
        Kind.BOOLEAN,
        aliases=("是否通知负责人出庭", "法院是否通知负责人出庭"),
    ),
    Column(
        "renotified",
        "再次通知",
        Kind.BOOLEAN,
        note="法院通知负责人再次出庭的",
        aliases=("再次通知出庭", "法院再次通知负责人出庭"),
    ),
    Column("left_early", "中途退庭", Kind.BOOLEAN, aliases=("负责人中途退庭",), note="未经法庭许可"),
    Column(
        "identity_accepted",
        "身份证明经法院认可",
        Kind.BOOLEAN,
        note="空着即为认可",
        aliases=("负责人身份经法院认可",),
    ),
    Column("closed_on", "结案日期", Kind.DATE, aliases=("裁判日期", "审结日期", "判决日期")),
    Column(
        "result",
        "裁判结果",
        Kind.CHOICE,
        choices=labels.RESULTS,
        aliases=("结果", "判决结果", "审理结果", "结案方式"),
    ),
    Column("delivered_on", "裁判文书送达日期", Kind.DATE, note="上诉期限自送达起算", aliases=("送达日期",)),
    Column("performed_on", "履行日期", Kind.DATE, aliases=("履行完毕日期",)),
    Column("performed_amount", "履行金额", Kind.AMOUNT, note="单位元", aliases=("执行金额",)),
)

# What no column tells: a ledger that is silent of it neither differs from the books nor empties them.
NOT_TOLD: Mapping[str, Any] = {"reconsideration_case": None}
# What the domain calls a field, where the ledger calls it otherwise.
_COLUMN_OF = {"hearings": "heard_on", "performed_fen": "performed_amount"}
# What is said of a hearing, and what a row without one is told.
_OF_HEARING = {
    "excused": "没有开庭，就没有不能出庭的正当理由。",
    "renotified": "没有开庭，就没有再次出庭。",
    "left_early": "没有开庭，就没有中途退庭。",
}


class LitigationLedger:
    """The ledger of litigation cases."""

    kind = "cases"
    office_kinds = OFFICE_KINDS
    columns: Sequence[Column] = COLUMNS

    def __init__(self, edge: Edge) -> None:
        self._edge = edge

    def build(self, row: LedgerRow) -> Case:
        try:
            case, _ = domain.record_from_ledger(self._case(row.values), today=legal_date(self._edge.clock()))
        except RuleViolation as refusal:
            column = _COLUMN_OF.get(refusal.field or "", refusal.field)
            raise RuleViolation(refusal.code, refusal.message, field=column) from refusal
        return case

    def _case(self, row: Mapping[str, Any]) -> Case:
        hearing = _hearing(row)
        return Case(
            case_number=row["case_number"],
            court=row["court"],
            region=region_of(self._edge.tree, row["region"], on=row["notified_on"]),
            instance=Instance(row["instance"] or Instance.FIRST),
            organ=row["organ"],
            notified_on=row["notified_on"],
            appearance_notified=hearing is None and bool(row["court_notified"]),
            hearings=(hearing,) if hearing else (),
            closed_on=row["closed_on"],
            result=Result(row["result"]) if row["result"] else None,
            delivered_on=row["delivered_on"],
            performed_on=row["performed_on"],
            performed_fen=int((row["performed_amount"] or 0) * 100),
        )

    def region(self, case: Case) -> str:
        return case.region

    def at(self, case: Case, office: str) -> Case:
        return replace(case, office=office)

    def key(self, case: Case) -> Key:
        return repository.unit_of(case)

    def stored(self, session: Session, cases: Sequence[Case]) -> Mapping[Key, Stored[Case]]:
        known: dict[Key, Stored[Case]] = {}
        for row in repository.by_numbers(session, [case.case_number for case in cases]):
            case = replace(repository.to_domain(row), **NOT_TOLD)
            known[self.key(case)] = Stored(row.id, row.version, case)
        return known

    def add(self, session: Session, cases: Sequence[Case]) -> None:
        use_cases.record_ledger(session, cases, now=self._edge.clock())

    def update(self, session: Session, changes: Sequence[tuple[Stored[Case], Case]]) -> None:
        now: datetime = self._edge.clock()
        for stored, case in changes:
            if len(stored.case.hearings) > 1:
                # Taking the row for the whole truth would silently drop the other hearings.
                raise Conflict(
                    "litigation.more_hearings_than_a_row",
                    f"{case.case_number} 在系统里有多次开庭，台账一行写不下；请删去这一行，逐件更正。",
                    field="heard_on",
                )
            use_cases.correct(
                session,
                stored.id,
                changes={name: getattr(case, name) for name in case.__slots__ if name not in NOT_TOLD},
                reason="以重新导入的台账为准",
                if_match=None,
                now=now,
            )


def region_of(tree: RegionTree, place: str, *, on: date | None = None) -> str:
    """The region code of the organ that is sued."""
    return tree.find(place, on=on).code


def _hearing(row: Mapping[str, Any]) -> Hearing | None:
    """The hearing of a row, if one was held; without one nothing may be said of it."""
    if row["heard_on"] is None:
        if row["appearance"] not in (None, Appearance.NONE):
            raise RuleViolation(
                "litigation.appearance_without_hearing",
                "写明了出庭情况，却没有开庭日期。",
                field="appearance",
            )
        for column, sentence in _OF_HEARING.items():
            if row[column]:
                raise RuleViolation(f"litigation.{column}_without_hearing", sentence, field=column)
        return None
    if row["appearance"] is None:
        raise RuleViolation(
            "litigation.hearing_without_appearance",
            "开庭的须写明谁出庭；没有人出庭的写“无人出庭”。",
            field="appearance",
        )
    return Hearing(
        on=row["heard_on"],
        appearance=Appearance(row["appearance"]),
        court_notified=bool(row["court_notified"]),
        renotified=bool(row["renotified"]),
        excused=bool(row["excused"]),
        left_early=bool(row["left_early"]),
        identity_accepted=row["identity_accepted"] is not False,
    )
