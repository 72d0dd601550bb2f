"""The plain counts of a report by their keys: which measures, of which days, of which organs."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.reporting.indicators.definitions import AL, AR, ORG, PM, Expression, before, flow, until_end
from services.reporting.measures import COMMITTEES

# 上期结转: accepted, not yet concluded. 在手: received, not yet disposed of.
CARRIED = before(AR, "accepted") - before(AR, "concluded")
PENDING = until_end(AR, "accepted") - until_end(AR, "concluded")
IN_HAND = before(AR, "received") - before(AR, "disposed")
HANDLED = IN_HAND + flow(AR, "received")


@dataclass(frozen=True, slots=True)
class Count:
    """`own`: only the organs of the region's own level 本级. `fen`: kept in 分, told in 元."""

    expression: Expression
    own: bool = False
    fen: bool = False


def _flows(kind: str, prefix: str, named: Mapping[str, tuple[str, ...]]) -> dict[str, Count]:
    return {f"{prefix}.{key}": Count(flow(kind, *measures)) for key, measures in named.items()}


def _stocks(kind: str, prefix: str, names: tuple[str, ...]) -> dict[str, Count]:
    return {f"{prefix}.{name}": Count(until_end(kind, name)) for name in names}


def _same(*names: str) -> dict[str, tuple[str, ...]]:
    return {name: (name,) for name in names}


ORGANISATION_TYPES = (*(f"org_{org_type}" for org_type in COMMITTEES), "org_industry")

COUNTS: Mapping[str, Count] = {
    **_flows(
        AR,
        "ar",
        {
            **_same("received", "accepted", "accepted_deemed", "accepted_with_gaps", "not_accepted"),
            **_same("told_other_organ", "abandoned", "withdrawn_before", "resolved_before"),
            **_same("disposed", "concluded", "upheld", "varied", "revoked", "partly_revoked"),
            **_same("confirmed_unlawful", "confirmed_void", "agreement_liable", "claim_rejected"),
            **_same("application_rejected", "mediated", "terminated", "withdrawn", "withdrawn_settled"),
            **_same("withdrawn_changed", "withdrawn_voluntary", "withdrawn_other"),
            "ordered_to_perform": ("performance_ordered",),
            "group": ("group_concluded",),
            **_same("redo_ordered", "compensated", "hearings_held", "hearings_with_head"),
            "letters": ("opinion_letters", "recommendation_letters"),
            "opinion_letters": ("opinion_letters",),
            "recommendation_letters": ("recommendation_letters",),
        },
    ),
    "ar.compensation_amount": Count(flow(AR, "compensation_fen"), fen=True),
    "ar.carried": Count(CARRIED),
    "ar.pending": Count(PENDING),
    "ar.handled": Count(HANDLED),
    "ar.own_handled": Count(HANDLED, own=True),
    **_flows(
        PM,
        "pm",
        {
            **_same("registered", "accepted", "declined", "concluded", "agreed", "agreed_written"),
            **_same("agreed_oral", "failed", "terminated", "confirmed", "pre_concluded", "pre_resolved"),
        },
    ),
    "pm.amount": Count(flow(PM, "amount_fen"), fen=True),
    **_stocks(
        ORG,
        "pm",
        (
            "organisations",
            *ORGANISATION_TYPES,
            "org_labour_mediation",
            "stations",
            "personal_studios",
            "service_points",
            "agent_points",
        ),
    ),
    **_flows(
        AL,
        "al",
        {
            **_same("notified", "notified_first", "heard", "duty", "met", "excused", "principal"),
            **_same("required", "required_met", "hearings", "hearings_attended", "concluded"),
            **_same("concluded_first", "lost", "lost_first", "suit_withdrawn", "mediated", "performed"),
        },
    ),
    "al.performed_amount": Count(flow(AL, "performed_fen"), fen=True),
}


def yuan(fen: int) -> int | float:
    """元 for JSON: whole where it is whole, else with two decimals; the exact sum stays in fen."""
    whole, rest = divmod(fen, 100)
    return whole if rest == 0 else float(f"{whole}.{rest:02d}")
