"""The time limit to apply 申请期限: from which day it runs, which of its limits ends first, and what that bars.

条例 = 行政复议法实施条例 (2007), whose rules on the first day still stand beside the Act of 2023 (AR-0.3).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType

from services.reconsideration.deadlines.acts import is_known, rule_of
from services.reconsideration.deadlines.counting import OBSTACLE, Deadline, deadline
from services.reconsideration.terms import Inaction, LawVersion, Reached
from shared.kernel.calendar import WorkCalendar
from shared.kernel.errors import RuleViolation

INACTION_DAYS = 60  # 条例 16(1)(二): 没有履行期限规定的，自行政机关收到申请满60日起计算


@dataclass(frozen=True, slots=True)
class StartDay:
    """起算日: day 0 of the limit; None where no limit runs."""

    on: date | None
    article: str
    explanation: str


@dataclass(frozen=True, slots=True)
class _Start:
    article: str
    words: str
    runs: bool = True
    days: int = 0


_KNOWN: Mapping[Reached, _Start] = MappingProxyType(
    {
        Reached.ON_THE_SPOT: _Start("第十五条第一款第一项", "当场作出，自作出之日"),
        Reached.DIRECT_DELIVERY: _Start("第十五条第一款第二项", "直接送达，自签收之日"),
        Reached.POST: _Start("第十五条第一款第三项", "邮寄送达，自签收邮件或者送达回执之日"),
        Reached.PUBLIC_NOTICE: _Start("第十五条第一款第四项", "公告告知，自公告期限届满之日"),
        Reached.TOLD_LATER: _Start("第十五条第一款第五项", "事后补充告知，自收到补充告知之日"),
        Reached.PROVEN: _Start("第十五条第一款第六项", "证据证明其知道，自所证明的知道之日"),
        Reached.NOT_DELIVERED: _Start(
            "第十五条第二款", "应当送达而未送达，视为不知道该行政行为，申请期限不起算", runs=False
        ),
    }
)

_INACTION: Mapping[Inaction, _Start] = MappingProxyType(
    {
        Inaction.TERM_SET: _Start("第十六条第一款第一项", "有履行期限规定，自履行期限届满之日"),
        Inaction.NO_TERM: _Start(
            "第十六条第一款第二项",
            f"没有履行期限规定，自行政机关收到申请满 {INACTION_DAYS} 日之日",
            days=INACTION_DAYS,
        ),
        Inaction.EMERGENCY: _Start(
            "第十六条第二款", "紧急情况下请求保护人身权、财产权，不受申请期限起算的限制", runs=False
        ),
    }
)


def known_from(reached: Reached, on: date | None) -> StartDay:
    """知道之日 (AR-2.4): `on` is the day of making, of signature, or on which the notice period ended."""
    return _start_day(_KNOWN[reached], on, field="reached_on")


def inaction_from(inaction: Inaction, on: date | None) -> StartDay:
    """不履行职责的起算日 (AR-2.5): `on` is the day the statutory term expired, or the organ got the request.

    The sixtieth day is a threshold and does not roll; litigation counts two months instead (ALL 47).
    """
    return _start_day(_INACTION[inaction], on, field="inaction_on")


def apply_limit(
    knew_on: date,
    calendar: WorkCalendar,
    *,
    informed_of_rights_on: date | None = None,
    never_informed: bool = False,
    act_made_on: date | None = None,
    real_estate: bool = False,
    longer_days: int | None = None,
    obstacles: Sequence[tuple[date, date | None]] = (),
    law: LawVersion = LawVersion.ACT2023,
) -> Deadline:
    """申请期限 (AR-2.1 to AR-2.6): the limit that ends first. Its rule tells what bars a later application.

    `informed_of_rights_on` is given where the right to apply, the organ and the period became known only later;
    None means that they were told with the act, unless `never_informed`.
    """
    first, *others = apply_limits(
        knew_on,
        calendar,
        informed_of_rights_on=informed_of_rights_on,
        never_informed=never_informed,
        act_made_on=act_made_on,
        real_estate=real_estate,
        longer_days=longer_days,
        obstacles=obstacles,
        law=law,
    )
    beside = "".join(
        f"另有{other.name}"
        + (f" {other.due_on} 届满" if other.due_on else "尚不能确定届满日")
        + "，以先届满者为准。"
        for other in others
    )
    return replace(
        first,
        explanation=f"{first.explanation}{beside}{rule_of(first.rule, law).consequence}（{first.article}）。",
    )


def apply_limits(
    knew_on: date | None,
    calendar: WorkCalendar,
    *,
    informed_of_rights_on: date | None = None,
    never_informed: bool = False,
    act_made_on: date | None = None,
    real_estate: bool = False,
    longer_days: int | None = None,
    obstacles: Sequence[tuple[date, date | None]] = (),
    law: LawVersion = LawVersion.ACT2023,
) -> tuple[Deadline, ...]:
    """Every limit that runs, the earliest first; none where the act is unknown and its day too (条例 15(2)).

    Obstacles put off the limits of ARL 20, whose remainder continues (CAL-8). They do not put off the five and
    twenty years of ARL 21, which run from the act whatever the person knew of it.
    """
    if knew_on is not None and act_made_on is not None and knew_on < act_made_on:
        raise RuleViolation(
            "reconsideration.known_before_made",
            f"知道行政行为之日 {knew_on} 早于行政行为作出之日 {act_made_on}。",
            field="knew_on",
        )
    told_late = informed_of_rights_on is not None and (knew_on is None or informed_of_rights_on > knew_on)
    # Under the Act before, sixty days ran from knowing of the act whatever one was told of one's rights (its art. 9).
    is_untold = (told_late or never_informed) and is_known("ar.apply_cap", law)
    limits = []
    if knew_on is not None and is_untold:
        if informed_of_rights_on is not None and told_late:
            late = ("ar.apply_not_informed", informed_of_rights_on)
            limits.append(_put_off(*late, calendar, obstacles, longer_days, law=law))
        limits.append(_put_off("ar.apply_cap", knew_on, calendar, obstacles, law=law))
    elif knew_on is not None:
        limits.append(_put_off("ar.apply", knew_on, calendar, obstacles, longer_days, law=law))
    bar = "ar.apply_bar_real_estate" if real_estate else "ar.apply_bar"
    if act_made_on is not None and is_known(bar, law):
        limits.append(deadline(bar, act_made_on, calendar, law=law))
    return tuple(sorted(limits, key=lambda limit: limit.due_on or date.max))


def _put_off(
    rule_id: str,
    start: date,
    calendar: WorkCalendar,
    obstacles: Sequence[tuple[date, date | None]],
    length: int | None = None,
    *,
    law: LawVersion,
) -> Deadline:
    """The limit with the obstacles that befell it while it ran: one after its end revives nothing (ARL 20(2))."""
    limit = deadline(rule_id, start, calendar, length=length, law=law)
    met: list[tuple[date, date | None]] = []
    for since, until in sorted(obstacles, key=lambda obstacle: obstacle[0]):
        if limit.raw_on is None or limit.due_on is None or since > limit.due_on:
            break
        # Met on the days off after the last day, it leaves that one day to be used when it is gone.
        met.append((min(since, limit.raw_on), until))
        limit = deadline(
            rule_id, start, calendar, length=length, suspensions=met, excluded_as=OBSTACLE, law=law
        )
    return limit


def _start_day(start: _Start, on: date | None, *, field: str) -> StartDay:
    article = f"行政复议法实施条例{start.article}"
    if not start.runs:
        if on is not None:
            raise RuleViolation(
                "reconsideration.start_day_not_asked", f"{start.words}，不填写日期。", field=field
            )
        return StartDay(None, article, f"{start.words}（{article}）。")
    if on is None:
        raise RuleViolation(
            "reconsideration.start_day_missing", f"请填写日期：{start.words}起算。", field=field
        )
    first = on + timedelta(days=start.days)
    return StartDay(first, article, f"{start.words}起算，即 {first}（{article}）。")
