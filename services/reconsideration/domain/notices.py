"""书面告知当事人 of what was decided about the time of a case (ARL 39(3), 62(1)): entered when known, never guessed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from services.reconsideration.domain.case import Case, Moment
from services.reconsideration.domain.dates import require_order
from services.reconsideration.terms import NoticeOf
from shared.kernel.errors import RuleViolation


@dataclass(frozen=True, slots=True)
class Notice:
    """A written notice that is owed: of which act, the how-maniest of its kind from 0, and when that was."""

    of: NoticeOf
    number: int
    on: date
    notified_on: date | None


def notices(case: Case) -> Iterator[Notice]:
    """All that the parties have to be told in writing, told or not."""
    for number, each in enumerate(case.handling.suspensions):
        yield Notice(NoticeOf.SUSPENSION, number, each.on, each.notified_on)
        if each.resumed_on is not None:
            yield Notice(NoticeOf.RESUMPTION, number, each.resumed_on, each.resumption_notified_on)
    extension = case.handling.extension
    if extension is not None:
        yield Notice(NoticeOf.EXTENSION, 0, extension.on, extension.notified_on)


def record_notice(case: Case, *, on: date, of: NoticeOf, number: int | None = None, moment: Moment) -> Case:
    """登记书面告知: when the parties were told of a suspension, a resumption or the extension; by default the last."""
    alike = [each for each in notices(case) if each.of is of and number in (None, each.number)]
    if not alike:
        raise RuleViolation(
            "reconsideration.nothing_to_notify", "本案没有这一项需要告知的中止、恢复或者延长。", field="of"
        )
    told = alike[-1]
    if told.notified_on is not None:
        raise RuleViolation(
            "reconsideration.already_notified", "这一项的告知日期已经登记，如有错误请用更正。", field="of"
        )
    require_order(told.on, on, field="on", today=moment.today)
    return _notified(case, told, on)


def _notified(case: Case, told: Notice, on: date) -> Case:
    suspensions, extension = list(case.handling.suspensions), case.handling.extension
    match told.of:
        case NoticeOf.SUSPENSION:
            suspensions[told.number] = replace(suspensions[told.number], notified_on=on)
        case NoticeOf.RESUMPTION:
            suspensions[told.number] = replace(suspensions[told.number], resumption_notified_on=on)
        case NoticeOf.EXTENSION:
            extension = extension and replace(extension, notified_on=on)
        case _:
            assert_never(told.of)
    return case.changed("handling", suspensions=tuple(suspensions), extension=extension)
