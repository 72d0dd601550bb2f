"""出庭应诉: who counts as a responsible officer, and whether the duty of a unit is met, excused or in default.

The unit is case × instance × designated organ (APP 3, 7; AL-1.6, AL-1.7). Rule set ALL_HEARD: ALL 3(3) makes the
duty general, so every unit that was heard has it. APP = 法释〔2020〕3号.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.litigation.terms import Appearance

# APP 2, AL-1.2. Heads of an entrusted organisation or of a lower organ, lawyers and staff are never among them.
OFFICERS = frozenset(
    {Appearance.PRINCIPAL, Appearance.DEPUTY, Appearance.DEPUTY_LEVEL, Appearance.OTHER_IN_CHARGE}
)


@dataclass(frozen=True, slots=True)
class Hearing:
    """One held hearing 庭次, as the court recorded it: its finding decides, not the organ's entry (AL-1.3)."""

    on: date
    appearance: Appearance
    court_notified: bool = False  # 法院通知负责人出庭, APP 4, 5(2)
    renotified: bool = False  # 法院通知负责人再次出庭, APP 7(1)
    excused: bool = False  # 法院认可正当理由, APP 8, 9
    left_early: bool = False  # 未经法庭许可中途退庭, APP 12(1)(四)
    identity_accepted: bool = True  # 身份证明经法院审查符合条件, APP 6(2)

    @property
    def officer_came(self) -> bool:
        return self.appearance in OFFICERS

    @property
    def counts(self) -> bool:
        """An officer came, the court accepted who he is (APP 6), and he stayed (APP 12(1)(四))."""
        return self.officer_came and self.identity_accepted and not self.left_early

    @property
    def staff_attended(self) -> bool:
        """相应的工作人员 came in the officer's place (APP 10)."""
        return self.appearance is Appearance.STAFF_ONLY


@dataclass(frozen=True, slots=True)
class AppearanceDuty:
    """What the law says of one unit. Without duty nothing is met, excused or in default (AL-1.13)."""

    exists: bool
    court_notified: bool
    met: bool
    met_by_principal: bool
    excused: bool

    @property
    def in_default(self) -> bool:
        return self.exists and not self.met and not self.excused


def assess(hearings: Sequence[Hearing]) -> AppearanceDuty:
    """The duty of a unit with these held hearings."""
    counting = [hearing for hearing in hearings if hearing.counts]
    # APP 7(1): one attendance suffices in an instance, unless the court called the officer again.
    met = bool(counting) and all(hearing.counts for hearing in hearings if hearing.renotified)
    return AppearanceDuty(
        exists=bool(hearings),  # AL-1.13: closed or withdrawn before any hearing, there is no duty
        # To be called again is to be called.
        court_notified=any(hearing.court_notified or hearing.renotified for hearing in hearings),
        met=met,
        met_by_principal=met and any(hearing.appearance is Appearance.PRINCIPAL for hearing in counting),
        excused=_excused(hearings),
    )


def _excused(hearings: Sequence[Hearing]) -> bool:
    """Every hearing that was missed had a reason the court accepted, and staff came instead (ALL 3(3), APP 8-10).

    Where neither officer nor staff came, no reason excuses the organ (APP 12(1)(三)).
    """
    missed = _missed(hearings)
    return bool(missed) and all(hearing.excused and hearing.staff_attended for hearing in missed)


def _missed(hearings: Sequence[Hearing]) -> list[Hearing]:
    """The hearings whose absence keeps the duty from being met.

    After an attendance only those are missed to which the court called again; without any, every hearing is,
    since the officer could have come to each of them.
    """
    attended = any(hearing.counts for hearing in hearings)
    return [hearing for hearing in hearings if not hearing.counts and (hearing.renotified or not attended)]
