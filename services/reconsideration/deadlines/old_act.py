"""The table of periods of the Act before: 行政复议法（2017年修正） with its regulation 行政复议法实施条例 (2007).

It governs what was received before 2024 (AR-0.4). Of its days only 五日 and 七日 are working days (its art. 40(2)); all
else is calendar time. It knew no summary procedure, so that either procedure has the one length. What has no line here
was not known to it: the year of whom nobody informed, the five and twenty years, an application through the punishing
organ, a notice before a hearing, questions to whoever issued a document.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from services.reconsideration.deadlines.rules import RULES, DeadlineRule, OtherLength, both
from shared.kernel.calendar import Unit

OLD_ACT = "行政复议法（2017年修正）"
_REGULATION = "行政复议法实施条例"
_WORKING, _DAYS, _MONTHS = Unit.WORKING_DAY, Unit.CALENDAR_DAY, Unit.MONTH


def _line(rule_id: str, length: int, unit: Unit, article: str, **otherwise: Any) -> DeadlineRule:
    """What is not named here is as the Act in force has it: name, nature and, mostly, trigger and consequence."""
    return replace(RULES[rule_id], lengths=both(length), unit=unit, article=article, **otherwise)


_LINES = (
    _line("ar.apply", 60, _DAYS, f"{OLD_ACT}第九条第一款", trigger="自知道具体行政行为之日"),
    _line(
        "ar.acceptance_review",
        5,
        _WORKING,
        f"{OLD_ACT}第十七条第一款",
        consequence="没有决定不予受理的，自收到之日起即为受理（第十七条第二款）",
    ),
    _line(
        "ar.supplement_notice",
        5,
        _WORKING,
        f"{_REGULATION}第二十九条",
        consequence="逾期未通知，提示督促",
        mark="?",  # 5日: the regulation has no working-day clause; read with the five days of the Act.
    ),
    _line(
        "ar.supplement",
        10,
        _WORKING,
        f"{_REGULATION}第二十九条",
        mark="D",  # 合理的补正期限: the notice writes it, and ours writes ten working days.
        other_length=OtherLength.ANY,
    ),
    # 10日 in the regulation; nothing makes ten days working days.
    _line("ar.jurisdiction_agreement", 10, _DAYS, f"{_REGULATION}第三十条", mark="V"),
    _line("ar.jurisdiction_designation", 10, _DAYS, f"{_REGULATION}第三十条", mark="V"),
    _line("ar.copy", 7, _WORKING, f"{OLD_ACT}第二十三条第一款"),
    _line(
        "ar.reply",
        10,
        _DAYS,
        f"{OLD_ACT}第二十三条第一款",
        consequence="逾期不答复、不举证的，视为没有证据、依据（第二十八条第一款第（四）项）",
    ),
    _line("ar.decision", 60, _DAYS, f"{OLD_ACT}第三十一条第一款"),
    _line(
        "ar.extension",
        30,
        _DAYS,
        f"{OLD_ACT}第三十一条第一款",
        consequence="最多延长三十日，只延长一次",
    ),
    _line("ar.document_review", 30, _DAYS, f"{OLD_ACT}第二十六条、第二十七条"),
    _line("ar.document_forward", 7, _WORKING, f"{OLD_ACT}第二十六条、第二十七条"),
    _line(
        "ar.document_receiver",
        60,
        _DAYS,
        f"{OLD_ACT}第二十六条",
        consequence="逾期未处理，提示督促",
    ),
    *(
        _line(
            rule_id,
            60,
            _DAYS,
            f"{_REGULATION}第四十二条第二款",
            consequence="依第四十一条第一款第（一）项、第（二）项、第（三）项中止而原因仍未消除的，终止行政复议",
        )
        for rule_id in ("ar.suspension_limit", "ar.suspension_limit_rolled")
    ),
    _line("ar.sue", 15, _DAYS, "行政诉讼法第四十五条"),
    _line(
        "ar.redo",
        60,
        _DAYS,
        f"{_REGULATION}第四十九条第一款",
        consequence=f"逾期未重作的，依{OLD_ACT}第三十七条追究责任（{_REGULATION}第六十二条）",
    ),
    _line(
        "ar.performance",
        60,
        _DAYS,
        f"{OLD_ACT}第二十八条第一款第（二）项",
        consequence="逾期的，责令限期履行（第三十二条第二款）",
    ),
    _line(
        "ar.ordered_performance",
        60,
        _DAYS,
        f"{OLD_ACT}第三十二条第二款",
        consequence="逾期的，依法处理（第三十七条）",
    ),
    _line(
        "ar.opinion_feedback",
        60,
        _DAYS,
        f"{_REGULATION}第五十七条第一款",
        consequence="逾期未通报，提示督促",
    ),
    _line("ar.enforcement", 3, _MONTHS, "行政强制法第五十三条"),
)

OLD_RULES: Mapping[str, DeadlineRule] = MappingProxyType({rule.id: rule for rule in _LINES})
