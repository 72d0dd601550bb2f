"""What one case adds to the figures, and on which date. Pure: the same facts always measure the same.

A measure is dated by the act that it counts (its assigning date): receipt by the day of receipt, every
outcome by the day of closing. Tables instead of branches: a new measure is a new line here and a new column.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.contracts import litigation, mediation, reconsideration
from shared.contracts.envelope import Facts
from shared.contracts.litigation import LitigationFacts
from shared.contracts.mediation import MediationFacts, OrganisationFacts
from shared.contracts.reconsideration import Letter, ReconsiderationFacts

Measured = tuple[str, date, int]
Amount = Callable[[Any], int]  # a truth counts one

# An organisation whose founding day nobody recorded has existed since before any period asked for.
UNKNOWN_FOUNDING = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Dated:
    """Measures that share their dates: `counts` tells how much each of them adds on each date."""

    dates: Callable[[Any], Iterable[date]]
    counts: Mapping[str, Amount]


def _day(*days: date | None) -> tuple[date, ...]:
    """The first of these days that is known."""
    return next(((day,) for day in days if day is not None), ())


def _always(_facts: Any) -> int:
    return 1


def _is(field: str, *values: object) -> Amount:
    wanted = frozenset(values)
    return lambda facts: getattr(facts, field) in wanted


# --- 行政复议 -------------------------------------------------------------------------------------------------


def _concluded_on(facts: ReconsiderationFacts) -> tuple[date, ...]:
    """审结: only an accepted case is concluded; a refusal disposes of an application without concluding it."""
    return _day(facts.closed_on) if facts.accepted_on is not None else ()


def _in_time(facts: ReconsiderationFacts) -> bool:
    return (
        facts.closed_on is not None
        and facts.decision_due_on is not None
        and facts.closed_on <= facts.decision_due_on
    )


def _withdrawn(*reasons: str | None) -> Amount:
    """撤回 (AR-5.5): closed because the applicant withdrew, for one of these reasons; none given: for any."""
    wanted = frozenset(reasons)
    return lambda facts: (
        facts.outcome == "terminated"
        and facts.termination_ground == "T1"
        and (not wanted or facts.withdraw_reason in wanted)
    )


CORRECTED = (
    *("varied", "revoked", "partly_revoked", "confirmed_unlawful", "confirmed_void"),
    *("performance_ordered", "agreement_liable"),
)


def _sued(facts: ReconsiderationFacts) -> bool:
    """A suit is known by its day or by its number; one case counts once, however many suits follow it."""
    return facts.sued_on is not None or facts.suit_reference is not None


def _settled(facts: ReconsiderationFacts) -> bool:
    """案结事了: no suit and no petition is linked to the case, as far as anybody knows by now."""
    return not _sued(facts) and facts.petitioned_on is None


def _suable_on(facts: ReconsiderationFacts) -> tuple[date, ...]:
    """可诉的结案: decided, rejected or not accepted. Who was mediated with or withdrew has nothing to sue about."""
    if facts.refused_on is not None and facts.refusal == "not_accepted":
        return (facts.refused_on,)
    return () if facts.outcome in ("mediated", "terminated") else _concluded_on(facts)


def _heard(facts: ReconsiderationFacts) -> bool:
    return bool(facts.hearings)


def _adopted(letter: Letter) -> bool:
    """落实: it was answered and its advice was taken, be it late."""
    return letter.feedback_on is not None and letter.adopted is True


RECONSIDERATION = (
    Dated(
        lambda facts: (facts.received_on,),
        {
            "received": _always,
            "internet_received": _is("channel", "internet"),
            "agent_point_received": _is("channel", "agent_point"),
        },
    ),
    Dated(
        lambda facts: _day(facts.accepted_on),
        {
            "accepted": _always,
            "accepted_deemed": _is("accept_mode", "deemed"),
            "accepted_with_gaps": _is("accept_mode", "gap"),
        },
    ),
    Dated(
        lambda facts: _day(facts.refused_on),
        {
            "not_accepted": _is("refusal", "not_accepted"),
            "told_other_organ": lambda facts: (
                facts.refusal == "not_accepted" and facts.refused_to_other_organ
            ),
            "abandoned": _is("refusal", "abandoned"),
            "withdrawn_before": _is("refusal", "withdrawn_before_acceptance"),
            "resolved_before": _is("resolved_before_acceptance", True),
        },
    ),
    Dated(
        lambda facts: _day(facts.refused_on, facts.closed_on),
        {"disposed": _always, "disposed_settled": _settled},
    ),
    Dated(
        _suable_on,
        {
            "suable": _always,
            "suable_sued": _sued,
            "suable_without_due": _is("sue_due_on", None),
        },
    ),
    Dated(
        _concluded_on,
        {
            "concluded": _always,
            "concluded_in_time": _in_time,
            "concluded_without_due": _is("decision_due_on", None),
            "upheld": _is("outcome", "upheld"),
            "varied": _is("outcome", "varied"),
            "revoked": _is("outcome", "revoked", "partly_revoked"),
            "partly_revoked": _is("outcome", "partly_revoked"),
            "confirmed_unlawful": _is("outcome", "confirmed_unlawful"),
            "confirmed_void": _is("outcome", "confirmed_void"),
            "performance_ordered": _is("outcome", "performance_ordered"),
            "agreement_liable": _is("outcome", "agreement_liable"),
            "claim_rejected": _is("outcome", "claim_rejected"),
            "application_rejected": _is("outcome", "application_rejected"),
            "mediated": _is("outcome", "mediated"),
            "terminated": _is("outcome", "terminated"),
            "withdrawn": _withdrawn(),
            "withdrawn_settled": _withdrawn("settled"),
            "withdrawn_changed": _withdrawn("respondent_changed_act"),
            "withdrawn_voluntary": _withdrawn("voluntary"),
            "withdrawn_other": _withdrawn("other", None),
            "summary_concluded": _is("procedure", "summary"),
            "group_concluded": _is("is_group", True),
            "hearing_concluded": _heard,
            "concluded_sued": _sued,
            "corrected_performed": lambda facts: (
                facts.outcome in CORRECTED and facts.performed_on is not None
            ),
            "upheld_unsued": lambda facts: facts.outcome == "upheld" and not _sued(facts),
            "redo_ordered": _is("redo_ordered", True),
            "compensated": lambda facts: bool(facts.compensation_fen),
            "compensation_fen": lambda facts: facts.compensation_fen or 0,
        },
    ),
    Dated(lambda facts: (hearing.held_on for hearing in facts.hearings), {"hearings_held": _always}),
    Dated(
        lambda facts: (hearing.held_on for hearing in facts.hearings if hearing.attended_by_head),
        {"hearings_with_head": _always},
    ),
    Dated(lambda facts: facts.opinion_letters_on, {"opinion_letters": _always}),
    Dated(lambda facts: facts.recommendation_letters_on, {"recommendation_letters": _always}),
    # What falls due is dated by its due day, above and below the line alike, so that the two are always of the same
    # letters and cases; a reader who asks before that day does not count it yet (Basis.DUE).
    Dated(
        lambda facts: (letter.due_on for letter in facts.letters if letter.due_on is not None),
        {"letters_due": _always},
    ),
    Dated(
        lambda facts: (
            letter.due_on for letter in facts.letters if letter.due_on is not None and _adopted(letter)
        ),
        {"letters_due_adopted": _always},
    ),
    Dated(
        lambda facts: _day(facts.sue_due_on),
        {"suing_over": _always, "suing_over_sued": _sued, "suing_over_settled": _settled},
    ),
    Dated(
        lambda facts: _day(facts.performance_due_on),
        {
            "performance_due": _always,
            "performance_due_met": lambda facts: facts.performed_on is not None,
        },
    ),
)


# --- 人民调解 -------------------------------------------------------------------------------------------------

AGREED = ("agreed_written", "agreed_oral")


def _agreed(facts: MediationFacts) -> bool:
    return facts.outcome in AGREED


def _pre(facts: MediationFacts) -> bool:
    """诉前调解: referred by a court before filing 委派; a referral after filing 委托 is not (PM-1.6)."""
    return facts.referral == "before_filing"


def _pre_resolved(facts: MediationFacts) -> bool:
    """调撤: agreed, or the dispute went away 息诉撤诉; people's mediation counts only the former (PM-3.3)."""
    return _pre(facts) and (
        _agreed(facts)
        or (facts.outcome == "terminated" and facts.termination_reason == "settled_suit_dropped")
    )


MEDIATION = (
    Dated(lambda facts: (facts.registered_on,), {"registered": _always}),
    Dated(lambda facts: _day(facts.accepted_on), {"accepted": _always}),
    Dated(lambda facts: _day(facts.declined_on), {"declined": _always}),
    Dated(
        # A declined dispute leaves the books without having been mediated.
        lambda facts: _day(facts.closed_on) if facts.declined_on is None else (),
        {
            "concluded": _always,
            "agreed": _agreed,
            "agreed_written": _is("outcome", "agreed_written"),
            "agreed_oral": _is("outcome", "agreed_oral"),
            "failed": _is("outcome", "failed"),
            "terminated": _is("outcome", "terminated"),
            "pre_concluded": _pre,
            "pre_resolved": _pre_resolved,
            "amount_fen": lambda facts: facts.amount_fen if _agreed(facts) else 0,
        },
    ),
    Dated(lambda facts: _day(facts.confirmed_on), {"confirmed": _always}),
)


# --- 调解组织 -------------------------------------------------------------------------------------------------

COMMITTEES = ("village", "resident", "town", "street", "enterprise", "social", "unspecified")


def _committee(org_type: str) -> Amount:
    """One type of people's mediation committee. Industry committees are a line of their own (PM-1.2)."""
    return lambda facts: facts.org_type == org_type and not facts.is_industry


def _industry(facts: OrganisationFacts) -> bool:
    return facts.is_industry and facts.org_type in COMMITTEES


ORGANISATION_COUNTS: Mapping[str, Amount] = {
    "organisations": _is("org_type", *COMMITTEES),
    **{f"org_{org_type}": _committee(org_type) for org_type in COMMITTEES},
    "org_industry": _industry,
    "org_labour_mediation": _is("org_type", "labour_mediation"),
    "stations": _is("org_type", "station"),
    "personal_studios": _is("org_type", "personal_studio"),
    "service_points": _is(
        "org_type",
        "legal_service_centre",
        "legal_service_station",
        "legal_service_room",
        "community_service_room",
    ),
    "agent_points": _is("is_agent_point", True),
}


def _leaving(count: Amount) -> Amount:
    return lambda facts: -count(facts)


# A register is a stock: one more from the founding, one less from the dissolution; a sum to a date counts who is there.
ORGANISATION = (
    Dated(lambda facts: (facts.established_on or UNKNOWN_FOUNDING,), ORGANISATION_COUNTS),
    Dated(
        lambda facts: _day(facts.dissolved_on),
        {name: _leaving(count) for name, count in ORGANISATION_COUNTS.items()},
    ),
)


# --- 行政应诉 -------------------------------------------------------------------------------------------------


def _first(facts: LitigationFacts) -> bool:
    return facts.instance == "first"


def _after_reconsideration(facts: LitigationFacts) -> bool:
    """经复议的一审: the suit names the reconsideration case that it followed (AR-7.8)."""
    return _first(facts) and facts.reconsideration_case is not None


def _met(facts: LitigationFacts) -> bool:
    return facts.duty and facts.met


def _required(facts: LitigationFacts) -> bool:
    return facts.duty and facts.court_notified


LITIGATION = (
    Dated(lambda facts: (facts.notified_on,), {"notified": _always, "notified_first": _first}),
    Dated(
        lambda facts: _day(facts.first_heard_on),
        {
            "heard": _always,
            "duty": lambda facts: facts.duty,
            "met": _met,
            "principal": lambda facts: _met(facts) and facts.met_by_principal,
            # An officer who came needs no excuse; counting both would take the unit out of the base but not of the top.
            "excused": lambda facts: facts.duty and facts.excused and not facts.met,
            "required": _required,
            "required_met": lambda facts: _required(facts) and facts.met,
        },
    ),
    Dated(
        lambda facts: tuple(hearing.on for hearing in facts.hearings) if facts.duty else (),
        {"hearings": _always},
    ),
    Dated(
        lambda facts: tuple(hearing.on for hearing in facts.hearings if facts.duty and hearing.officer),
        {"hearings_attended": _always},
    ),
    Dated(
        lambda facts: _day(facts.closed_on),
        {
            "concluded": _always,
            "lost": lambda facts: facts.lost,
            "concluded_first": _first,
            "lost_first": lambda facts: _first(facts) and facts.lost,
            "judged_first": lambda facts: _first(facts) and facts.by_judgment,
            "judged_lost_first": lambda facts: _first(facts) and facts.by_judgment and facts.lost,
            "concluded_after_reconsideration": _after_reconsideration,
            "lost_after_reconsideration": lambda facts: _after_reconsideration(facts) and facts.lost,
            "suit_withdrawn": _is("result", "suit_withdrawn"),
            "mediated": _is("result", "mediated"),
        },
    ),
    Dated(
        lambda facts: _day(facts.performed_on),
        {"performed": _always, "performed_fen": lambda facts: facts.performed_fen},
    ),
)


RULES: Mapping[str, tuple[Dated, ...]] = {
    reconsideration.KIND: RECONSIDERATION,
    mediation.KIND_CASE: MEDIATION,
    mediation.KIND_ORGANISATION: ORGANISATION,
    litigation.KIND: LITIGATION,
}

# The columns of each kind's cells, in this order.
MEASURES: Mapping[str, tuple[str, ...]] = {
    kind: tuple(dict.fromkeys(name for dated in rules for name in dated.counts))
    for kind, rules in RULES.items()
}

# Raise it when a measure keeps its name and counts something else: sums kept from before are then counted anew.
REVISION = 2


def counting() -> str:
    """What the stored sums were counted by, in hex: names and revision of all measures."""
    named = sorted(f"{kind}.{name}" for kind, names in MEASURES.items() for name in names)
    return hashlib.sha256("\n".join((str(REVISION), *named)).encode()).hexdigest()


def measures(kind: str, facts: Facts) -> tuple[Measured, ...]:
    """What these facts count. A void case was recorded by mistake and counts nothing."""
    if facts.void:
        return ()
    measured: list[Measured] = []
    for dated in RULES[kind]:
        days = tuple(dated.dates(facts))
        if not days:
            continue
        counts = [(name, int(amount)) for name, count in dated.counts.items() if (amount := count(facts))]
        measured.extend((name, day, amount) for day in days for name, amount in counts)
    return tuple(measured)
