"""样本: the ledgers of the five reports, one row per case in its present state. Knows no service and imports none.

The rows are constructed, and how is told in CONSTRUCTED.md. The services take them in through their public doors.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.sample import baotou, chifeng, hangjin, inner_mongolia, jincheng
from services.sample.rows import LitigationRow, MediationRow, OrganisationRow, ReconsiderationRow


@dataclass(frozen=True)
class Ledger:
    """台账: rows of one kind out of one report."""

    kind: str
    name: str
    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def seeds() -> tuple[Ledger, ...]:
    """All ledgers, organisations first: mediation names its committees. The same at every call."""
    return (*_organisations(), *_reconsideration(), *_mediation(), *_litigation())


def _organisations() -> tuple[Ledger, ...]:
    def of(report: str, title: str, rows: Sequence[OrganisationRow]) -> Ledger:
        return Ledger("organisations", f"organisations-{report}", title, OrganisationRow._fields, tuple(rows))

    return (
        of("chifeng-2020", "赤峰市调解组织名册", chifeng.organisations()),
        of("hangjin-2022", "杭锦旗人民调解组织与公共法律服务点名册", hangjin.organisations()),
        of("baotou-2024", "包头市公共法律服务平台与行政复议代办点名册", baotou.organisations()),
        of("jincheng-2020", "晋城市城区劳动争议调解组织名册", jincheng.organisations()),
    )


def _reconsideration() -> tuple[Ledger, ...]:
    def of(report: str, title: str, rows: Sequence[ReconsiderationRow]) -> Ledger:
        return Ledger(
            "reconsideration", f"reconsideration-{report}", title, ReconsiderationRow._fields, tuple(rows)
        )

    return (
        of("chifeng-2016-2020", "赤峰市2016—2020年行政复议案件台账", chifeng.reconsideration()),
        of(
            "inner-mongolia-2017",
            "内蒙古自治区2017年行政复议案件台账（不含赤峰市）",
            inner_mongolia.reconsideration(),
        ),
        of("hangjin-2022", "杭锦旗2022年行政复议案件台账", hangjin.reconsideration_rows()),
        of("baotou-2024", "包头市2024年行政复议案件台账", baotou.reconsideration_rows()),
        of("jincheng-2020", "晋城市城区2020年行政复议案件台账", jincheng.reconsideration_rows()),
    )


def _mediation() -> tuple[Ledger, ...]:
    def of(report: str, title: str, rows: Sequence[MediationRow]) -> Ledger:
        return Ledger("mediation", f"mediation-{report}", title, MediationRow._fields, tuple(rows))

    return (
        of("hangjin-2022", "杭锦旗2022年人民调解案件台账", hangjin.mediation_rows()),
        of("baotou-2024", "包头市2024年调解案件台账", baotou.mediation_rows()),
        of("jincheng-2020", "晋城市城区2020年诉前委派调解案件台账", jincheng.mediation_rows()),
    )


def _litigation() -> tuple[Ledger, ...]:
    def of(report: str, title: str, rows: Sequence[LitigationRow]) -> Ledger:
        return Ledger("litigation", f"litigation-{report}", title, LitigationRow._fields, tuple(rows))

    return (
        of("chifeng-2015-2020", "赤峰市2015—2020年生效裁判履行台账", chifeng.litigation_rows()),
        of("hangjin-2021-2022", "杭锦旗2021—2022年行政应诉案件台账", hangjin.litigation_rows()),
        of("baotou-2024", "包头市2024年一审行政应诉案件台账", baotou.litigation_rows()),
    )
