"""What is learned of an application after it was filed (DOMAIN 2.1-2.4)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from services.reconsideration.domain.case import Case, Moment
from services.reconsideration.domain.time_limit import require_start_day
from shared.kernel.errors import RuleViolation

# What the seven conditions are judged on (ARL 30(1)): time, scope, jurisdiction, and which act it is.
JUDGED_FACTS = frozenset(
    {
        *(
            "filed_on",
            "act_kind",
            "act_head",
            "act_number",
            "act_made_on",
            "knew_on",
            "reached",
            "reached_on",
        ),
        *("inaction", "inaction_on", "informed_on", "is_never_informed", "real_estate", "period_days"),
        *("is_own_review", "obstacles"),
    }
)


def complete_application(case: Case, *, on: date, changes: Mapping[str, Any], moment: Moment) -> Case:
    """补充申请信息: the named facts, each in the place of what was known before; lists are named whole.

    What an acceptance by decision has judged is no longer completed: a slip is corrected with its reason, and a
    condition found to fail is a dismissal (ARL 33). Of a deemed acceptance nothing was judged.
    """
    is_judged = case.accepted_on is not None and case.acceptance.conditions
    if is_judged and not JUDGED_FACTS.isdisjoint(changes):
        raise RuleViolation(
            "reconsideration.judged_already",
            "受理时已据以审查的事实不再补充：录入有误的请用更正，不符合受理条件的请驳回申请（第三十三条）。",
            field=min(JUDGED_FACTS & set(changes)),
        )
    completed = replace(case.application, **changes)
    if completed == case.application:
        raise RuleViolation(
            "reconsideration.nothing_to_complete", "补充的内容与现有记录相同，没有需要补充的。"
        )
    told = case.changed("application", **changes)
    require_start_day(told, moment.calendar)
    return told
