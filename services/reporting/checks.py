"""Self-checks printed with every report: parts that must add up and stocks that must not be negative (IND-0.2, 0.3)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from services.reporting import labels
from services.reporting.counts import CARRIED, IN_HAND, ORGANISATION_TYPES, PENDING
from services.reporting.indicators.definitions import AR, ORG, PM, Expression, Term, flow, until_end


@dataclass(frozen=True, slots=True)
class Flag:
    """提示: something that a reader of the figures must know. `gap` is by how many."""

    id: str
    message: str
    gap: int


NOTHING = Expression(())
RAISED: Mapping[str, Callable[[int], bool]] = {
    "differs": lambda gap: gap != 0,
    "less": lambda gap: gap < 0,
    "more": lambda gap: gap > 0,
}


@dataclass(frozen=True, slots=True)
class Check:
    """Raised when left and right are not equal, or only when left is the lesser or the greater one."""

    id: str
    left: Expression
    right: Expression = NOTHING
    raised: Literal["differs", "less", "more"] = "differs"

    def flag(self, amount: Callable[[Term], int]) -> Flag | None:
        left, right = self.left.value(amount), self.right.value(amount)
        gap = left - right
        if not RAISED[self.raised](gap):
            return None
        sentence = labels.FLAG_SENTENCES[self.id]
        return Flag(self.id, sentence.format(left=left, right=right, gap=abs(gap)), gap)


CLOSINGS = (
    "upheld",
    "varied",
    "revoked",
    "confirmed_unlawful",
    "confirmed_void",
    "performance_ordered",
    "agreement_liable",
    "claim_rejected",
    "application_rejected",
    "mediated",
    "terminated",
)
REGISTERED_TYPES = tuple(name for name in ORGANISATION_TYPES if name != "org_unspecified")

CHECKS = (
    # Both sides are summed apart, `until_end` against `before` and `flow`: a wrong cut-off shows here.
    Check("AR-stock-flow", CARRIED + flow(AR, "accepted"), flow(AR, "concluded") + PENDING),
    Check(
        "AR-in-hand",
        IN_HAND + flow(AR, "received"),
        flow(AR, "disposed") + until_end(AR, "received") - until_end(AR, "disposed"),
    ),
    Check("AR-pending-negative", PENDING, raised="less"),
    Check("AR-carried-negative", CARRIED, raised="less"),
    Check("AR-parts", flow(AR, "concluded"), flow(AR, *CLOSINGS)),
    Check("AR-carried", CARRIED, raised="more"),
    Check("AR-no-due-date", flow(AR, "concluded_without_due")),
    Check("AR-no-suing-date", flow(AR, "suable_without_due"), raised="more"),
    Check("PM-parts", flow(PM, "concluded"), flow(PM, "agreed", "failed", "terminated")),
    Check("PM-8-parts", until_end(ORG, "organisations"), until_end(ORG, *REGISTERED_TYPES)),
)


def flags(amount: Callable[[Term], int], *, missing: int, quarantined: int) -> tuple[Flag, ...]:
    """What is wrong or remarkable about these figures; incomplete data first, because it concerns all of them."""
    found = [
        Flag(flag_id, labels.FLAG_SENTENCES[flag_id].format(gap=number), number)
        for flag_id, number in (("holes", missing), ("quarantine", quarantined))
        if number
    ]
    found.extend(flag for check in CHECKS if (flag := check.flag(amount)) is not None)
    return tuple(found)


# 起诉期限 of fifteen days (行政诉讼法 45) and as long as a suit may take to be heard of (IND-0.11).
MATURES_AFTER = timedelta(days=15 + 60)


def maturity_flags(amount: Callable[[Term], int], *, end: date, on: date) -> tuple[Flag, ...]:
    """初步数: who was told of a decision late in the period may still sue, so that rates of peace are not final yet."""
    disposed = flow(AR, "disposed").value(amount)
    ripe_on = end + MATURES_AFTER
    if not disposed or on >= ripe_on:
        return ()
    sentence = labels.FLAG_SENTENCES["AR-preliminary"]
    return (Flag("AR-preliminary", sentence.format(ripe_on=ripe_on), (ripe_on - on).days),)


def freshness_flags(*, connected: bool, waiting: int | None) -> tuple[Flag, ...]:
    """What the intake still has before it: figures that are not up to date say so themselves."""
    if not connected:
        return (Flag("broker-away", labels.FLAG_SENTENCES["broker-away"], 0),)
    if waiting is None:
        return (Flag("rebuilding", labels.FLAG_SENTENCES["rebuilding"], 0),)
    if waiting == 0:
        return ()
    return (Flag("catching-up", labels.FLAG_SENTENCES["catching-up"].format(gap=waiting), waiting),)
