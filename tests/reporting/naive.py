"""A second counting of the same cases, with plain dicts: slow, obvious, and knowing none of ours.

A case here is the JSON object that its service published. Nothing of services.reporting is imported.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from shared.kernel.regions import RegionTree

Facts = dict[str, Any]
Entry = tuple[str, str, int]  # measure, ISO day, amount
Cell = tuple[str, str, bool, str, str, str]  # kind, region, own, scope, day, measure

BUCKETS = {
    "upheld": ["upheld"],
    "varied": ["varied"],
    "revoked": ["revoked"],
    "partly_revoked": ["revoked", "partly_revoked"],
    "confirmed_unlawful": ["confirmed_unlawful"],
    "confirmed_void": ["confirmed_void"],
    "performance_ordered": ["performance_ordered"],
    "agreement_liable": ["agreement_liable"],
    "claim_rejected": ["claim_rejected"],
    "application_rejected": ["application_rejected"],
    "mediated": ["mediated"],
    "terminated": ["terminated"],
    None: [],
}
WITHDRAWALS = {
    "settled": "withdrawn_settled",
    "respondent_changed_act": "withdrawn_changed",
    "voluntary": "withdrawn_voluntary",
    "other": "withdrawn_other",
    None: "withdrawn_other",
}
REFUSALS = {
    "not_accepted": "not_accepted",
    "abandoned": "abandoned",
    "withdrawn_before_acceptance": "withdrawn_before",
}
ACCEPTED_BY = {"deemed": "accepted_deemed", "gap": "accepted_with_gaps"}
CORRECTING = [
    "varied",
    "revoked",
    "partly_revoked",
    "confirmed_unlawful",
    "confirmed_void",
    "performance_ordered",
    "agreement_liable",
]


def reconsideration(case: Facts) -> list[Entry]:
    told = [("received", case["received_on"], 1)]
    for channel, name in (("internet", "internet_received"), ("agent_point", "agent_point_received")):
        if case["channel"] == channel:
            told.append((name, case["received_on"], 1))
    if case["accepted_on"]:
        told.append(("accepted", case["accepted_on"], 1))
        if case["accept_mode"] in ACCEPTED_BY:
            told.append((ACCEPTED_BY[case["accept_mode"]], case["accepted_on"], 1))
    if case["refused_on"]:
        told.append(("disposed", case["refused_on"], 1))
        if case["refusal"]:
            told.append((REFUSALS[case["refusal"]], case["refused_on"], 1))
        if case["refusal"] == "not_accepted" and case["refused_to_other_organ"]:
            told.append(("told_other_organ", case["refused_on"], 1))
        if case["resolved_before_acceptance"]:
            told.append(("resolved_before", case["refused_on"], 1))
    elif case["closed_on"]:
        told.append(("disposed", case["closed_on"], 1))
    told += afterwards(case)
    if case["accepted_on"] and case["closed_on"]:
        names = ["concluded", *BUCKETS[case["outcome"]]]
        if case["decision_due_on"] is None:
            names.append("concluded_without_due")
        elif case["decision_due_on"] >= case["closed_on"]:
            names.append("concluded_in_time")
        if case["outcome"] == "terminated" and case["termination_ground"] == "T1":
            names += ["withdrawn", WITHDRAWALS[case["withdraw_reason"]]]
        if case["procedure"] == "summary":
            names.append("summary_concluded")
        if case["is_group"]:
            names.append("group_concluded")
        if case["hearings"]:
            names.append("hearing_concluded")
        if case["redo_ordered"]:
            names.append("redo_ordered")
        if case["compensation_fen"]:
            names.append("compensated")
            told.append(("compensation_fen", case["closed_on"], case["compensation_fen"]))
        told += [(name, case["closed_on"], 1) for name in names]
    told += [("opinion_letters", day, 1) for day in case["opinion_letters_on"]]
    told += [("recommendation_letters", day, 1) for day in case["recommendation_letters_on"]]
    return told


def afterwards(case: Facts) -> list[Entry]:
    """What became of a reconsideration case."""
    sued = bool(case["sued_on"] or case["suit_reference"])
    quiet = not sued and not case["petitioned_on"]
    left = case["refused_on"] or case["closed_on"]
    told: list[Entry] = []
    if left and quiet:
        told.append(("disposed_settled", left, 1))
    if case["refused_on"] and case["refusal"] == "not_accepted":
        suable = case["refused_on"]
    elif case["accepted_on"] and case["outcome"] not in ("mediated", "terminated"):
        suable = case["closed_on"]
    else:
        suable = None
    if suable:
        told.append(("suable", suable, 1))
        if sued:
            told.append(("suable_sued", suable, 1))
        if not case["sue_due_on"]:
            told.append(("suable_without_due", suable, 1))
    if case["accepted_on"] and case["closed_on"]:
        if sued:
            told.append(("concluded_sued", case["closed_on"], 1))
        elif case["outcome"] == "upheld":
            told.append(("upheld_unsued", case["closed_on"], 1))
        if case["outcome"] in CORRECTING and case["performed_on"]:
            told.append(("corrected_performed", case["closed_on"], 1))
    for hearing in case["hearings"]:
        told.append(("hearings_held", hearing["held_on"], 1))
        if hearing["attended_by_head"]:
            told.append(("hearings_with_head", hearing["held_on"], 1))
    for letter in case["letters"]:
        if letter["due_on"]:
            told.append(("letters_due", letter["due_on"], 1))
            if letter["adopted"] and letter["feedback_on"]:
                told.append(("letters_due_adopted", letter["due_on"], 1))
    if case["sue_due_on"]:
        told.append(("suing_over", case["sue_due_on"], 1))
        if sued:
            told.append(("suing_over_sued", case["sue_due_on"], 1))
        if quiet:
            told.append(("suing_over_settled", case["sue_due_on"], 1))
    if case["performance_due_on"]:
        told.append(("performance_due", case["performance_due_on"], 1))
        if case["performed_on"]:
            told.append(("performance_due_met", case["performance_due_on"], 1))
    return told


def mediation(case: Facts) -> list[Entry]:
    told = [("registered", case["registered_on"], 1)]
    for date_name, name in (
        ("accepted_on", "accepted"),
        ("declined_on", "declined"),
        ("confirmed_on", "confirmed"),
    ):
        if case[date_name]:
            told.append((name, case[date_name], 1))
    if case["closed_on"] and not case["declined_on"]:
        day, outcome = case["closed_on"], case["outcome"]
        told.append(("concluded", day, 1))
        if outcome:
            told.append((outcome, day, 1))
        success = outcome in ("agreed_written", "agreed_oral")
        if success:
            told += [("agreed", day, 1), ("amount_fen", day, case["amount_fen"])]
        if case["referral"] == "before_filing":
            told.append(("pre_concluded", day, 1))
            dropped = outcome == "terminated" and case["termination_reason"] == "settled_suit_dropped"
            if success or dropped:
                told.append(("pre_resolved", day, 1))
    return told


COMMITTEES = ["village", "resident", "town", "street", "enterprise", "social", "unspecified"]
SERVICE_POINTS = [
    "legal_service_centre",
    "legal_service_station",
    "legal_service_room",
    "community_service_room",
]


def organisation(entry: Facts) -> list[Entry]:
    kind = entry["org_type"]
    names = []
    if kind in COMMITTEES:
        names += ["organisations", "org_industry" if entry["is_industry"] else f"org_{kind}"]
    if kind in SERVICE_POINTS:
        names.append("service_points")
    if entry["is_agent_point"]:
        names.append("agent_points")
    names += {
        "labour_mediation": ["org_labour_mediation"],
        "station": ["stations"],
        "personal_studio": ["personal_studios"],
    }.get(kind, [])
    told = [(name, entry["established_on"] or "1900-01-01", 1) for name in names]
    if entry["dissolved_on"]:
        told += [(name, entry["dissolved_on"], -1) for name in names]
    return told


def litigation(case: Facts) -> list[Entry]:
    told = [("notified", case["notified_on"], 1)]
    first = case["instance"] == "first"
    if first:
        told.append(("notified_first", case["notified_on"], 1))
    if case["first_heard_on"]:
        day = case["first_heard_on"]
        told.append(("heard", day, 1))
        if case["duty"]:
            told.append(("duty", day, 1))
            if case["met"]:
                told.append(("met", day, 1))
                if case["met_by_principal"]:
                    told.append(("principal", day, 1))
            elif case["excused"]:
                told.append(("excused", day, 1))
            if case["court_notified"]:
                told.append(("required", day, 1))
                if case["met"]:
                    told.append(("required_met", day, 1))
    if case["duty"]:
        for hearing in case["hearings"]:
            told.append(("hearings", hearing["on"], 1))
            if hearing["officer"] is not None:
                told.append(("hearings_attended", hearing["on"], 1))
    if case["closed_on"]:
        day = case["closed_on"]
        told.append(("concluded", day, 1))
        if case["lost"]:
            told.append(("lost", day, 1))
        if first and case["reconsideration_case"]:
            told.append(("concluded_after_reconsideration", day, 1))
            if case["lost"]:
                told.append(("lost_after_reconsideration", day, 1))
        if first:
            told.append(("concluded_first", day, 1))
            if case["lost"]:
                told.append(("lost_first", day, 1))
            if case["by_judgment"]:
                told.append(("judged_first", day, 1))
                if case["lost"]:
                    told.append(("judged_lost_first", day, 1))
        if case["result"] in ("suit_withdrawn", "mediated"):
            told.append((case["result"], day, 1))
    if case["performed_on"]:
        told += [
            ("performed", case["performed_on"], 1),
            ("performed_fen", case["performed_on"], case["performed_fen"]),
        ]
    return told


COUNTING = {
    "reconsideration_case": reconsideration,
    "mediation_case": mediation,
    "mediation_organisation": organisation,
    "litigation_case": litigation,
}


def entries(kind: str, case: Facts) -> list[Entry]:
    return [] if case["void"] else [entry for entry in COUNTING[kind](case) if entry[2]]


def region_of(kind: str, case: Facts) -> str:
    return str(case["authority_region" if kind == "reconsideration_case" else "region"])


def cells(cases: Iterable[tuple[str, Facts]], tree: RegionTree) -> dict[Cell, int]:
    """Every sum that must be stored, computed from nothing."""
    sums: Counter[Cell] = Counter()
    for kind, case in cases:
        region = region_of(kind, case)
        scope = case["scope"] if kind == "mediation_case" else ""
        for measure, day, amount in entries(kind, case):
            sums[kind, region, True, scope, day, measure] += amount
            above: str | None = region
            while above is not None:
                sums[kind, above, False, scope, day, measure] += amount
                above = tree.get(above).parent
    return {cell: amount for cell, amount in sums.items() if amount}
