"""停止执行 (ARL 42): reconsideration by itself stays nothing (AR-4.8). Who asked, what was decided, until when."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from services.reconsideration.domain.case import Case, Moment
from services.reconsideration.domain.dates import require_order
from services.reconsideration.domain.proceeding import Stay
from services.reconsideration.terms import StayAskedBy, StayGround
from shared.kernel.errors import RuleViolation

# Who can have asked on which ground; a statute stays the act whoever asks.
MAY_ASK: Mapping[StayGround, frozenset[StayAskedBy]] = MappingProxyType(
    {
        StayGround.RESPONDENT: frozenset({StayAskedBy.RESPONDENT}),
        StayGround.AUTHORITY: frozenset({StayAskedBy.OFFICE}),
        StayGround.REQUEST: frozenset({StayAskedBy.APPLICANT, StayAskedBy.THIRD_PARTY}),
        StayGround.STATUTE: frozenset(StayAskedBy),
    }
)


def decide_stay(
    case: Case,
    *,
    on: date,
    ground: StayGround,
    is_granted: bool,
    asked_by: StayAskedBy | None = None,
    reason: str | None = None,
    moment: Moment,
) -> Case:
    """停止执行 decided on, whatever the decision; `asked_by` None where nobody wrote it down."""
    if asked_by is not None and asked_by not in MAY_ASK[ground]:
        raise RuleViolation(
            "reconsideration.stay_asked_by_another",
            "提出停止执行的人与停止执行的情形不相符（第四十二条）。",
            field="asked_by",
        )
    stays = (*case.handling.stays, Stay(ground, on, is_granted, asked_by))
    return case.changed("handling", stays=stays).told(key=f"stay.{len(stays)}", words=reason)


def lift_stay(case: Case, *, on: date, reason: str, moment: Moment) -> Case:
    """解除停止执行: the act is carried out again; of several stays the last that lasts."""
    stays = list(case.handling.stays)
    lasting = [place for place, each in enumerate(stays) if each.is_granted and each.lifted_on is None]
    if not lasting:
        raise RuleViolation("reconsideration.no_stay_granted", "本案没有尚未解除的停止执行决定。")
    last = lasting[-1]
    require_order(stays[last].on, on, field="on", today=moment.today)
    stays[last] = replace(stays[last], lifted_on=on)
    return case.changed("handling", stays=tuple(stays)).told(key=f"stay.{last + 1}.lifting", words=reason)
