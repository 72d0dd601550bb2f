"""扣除期间 (实施条例 30, 34, 37; AR-5.2): inspection, expertise, jurisdiction. While one lasts nothing falls due."""

from dataclasses import replace
from datetime import date

from services.reconsideration.domain.case import Case, Moment
from services.reconsideration.domain.dates import require_order
from services.reconsideration.domain.proceeding import Exclusion
from services.reconsideration.terms import ExclusionKind
from shared.kernel.errors import RuleViolation


def exclude_time(case: Case, *, on: date, kind: ExclusionKind, begun_on: date, moment: Moment) -> Case:
    """扣除期间 that is over: from `begun_on` to the day it ended, which counts again."""
    return _excluding(case, Exclusion(kind, begun_on, on), latest=on)


def begin_exclusion(case: Case, *, on: date, kind: ExclusionKind, moment: Moment) -> Case:
    """扣除期间开始: it lasts until its end is told, or the case is closed."""
    if any(each.kind is kind and each.ended_on is None for each in case.handling.exclusions):
        raise RuleViolation(
            "reconsideration.exclusion_begun", "同一种扣除期间已经开始，尚未结束。", field="kind"
        )
    return _excluding(case, Exclusion(kind, on), latest=on)


def end_exclusion(case: Case, *, on: date, kind: ExclusionKind, moment: Moment) -> Case:
    """扣除期间结束: the day counts again."""
    present = case.handling.exclusions
    lasting = next((each for each in present if each.kind is kind and each.ended_on is None), None)
    if lasting is None:
        raise RuleViolation(
            "reconsideration.no_exclusion_begun", "没有尚未结束的这一种扣除期间。", field="kind"
        )
    require_order(lasting.begun_on, on, field="on", today=moment.today)
    ended = tuple(replace(each, ended_on=on) if each is lasting else each for each in present)
    return case.changed("handling", exclusions=ended)


def _excluding(case: Case, exclusion: Exclusion, *, latest: date) -> Case:
    of_jurisdiction = exclusion.kind is ExclusionKind.JURISDICTION
    floor = case.received_on if of_jurisdiction else case.accepted_on
    if floor is not None and not floor <= exclusion.begun_on <= latest:
        raise RuleViolation(
            "reconsideration.date_out_of_order",
            f"扣除期间应始于 {floor} 之后、{latest} 之前。",
            field="begun_on",
        )
    return case.changed("handling", exclusions=(*case.handling.exclusions, exclusion))
