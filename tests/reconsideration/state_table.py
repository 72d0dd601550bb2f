"""状态表 (DOMAIN 2.11), written out by hand as a jurist reads it: number, from which states, which act, to which.

It repeats `domain.ACTS` on purpose, so that a slip there does not carry over to its tests.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from services.reconsideration.terms import Status, Step


@dataclass(frozen=True, slots=True)
class Row:
    """One line; `leads_to` "same" where the case stays where it is."""

    number: str
    states: str
    acts: str
    leads_to: str


# The rows of the specification by their numbers. Row 1 is the filing itself, which makes the case.
TABLE = (
    Row("2", "draft", "forward", "received"),
    Row("3", "draft", "self_correct", "not_accepted"),
    Row("4", "received", "accept", "accepted"),
    Row("5", "received", "accept_with_gaps", "accepted"),
    Row("6", "received", "decline", "not_accepted"),
    Row("7", "received", "request_supplement", "supplement_wait"),
    Row("8", "received", "deem_accepted", "accepted"),
    Row("9", "supplement_wait", "receive_supplement", "received"),
    Row("10", "supplement_wait", "extend_supplement", "same"),
    Row("11", "supplement_wait", "lapse_supplement", "not_accepted"),
    Row("12", "received supplement_wait", "withdraw_before_acceptance", "not_accepted"),
    Row("13", "accepted", "choose_procedure", "same"),
    Row("14", "accepted", "send_copy", "same"),
    Row("15", "accepted", "record_reply lapse_reply", "under_review"),
    Row("16", "accepted under_review", "convert", "same"),
    Row("17", "accepted under_review", "suspend", "suspended"),
    Row("18", "suspended", "resume", "accepted under_review"),
    Row("19, 24", "accepted under_review suspended", "terminate", "closed"),
    Row("20", "under_review", "extend", "same"),
    Row("21", "under_review", "hold_hearing", "same"),
    Row("22", "under_review", "consult_committee", "same"),
    Row("23", "accepted under_review suspended", "withdraw", "closed"),
    Row("25", "accepted under_review", "sign_mediation", "closed"),
    Row("26", "accepted under_review", "reject_application", "closed"),
    Row("27", "under_review", "submit_decision", "decision_pending"),
    Row("28", "decision_pending", "approve_decision", "closed"),
    Row("29", "closed", "deliver", "same"),
    Row("30", "closed", "record_suit record_performance follow_up copy_to_superior", "same"),
    Row("30", "closed", "issue_letter record_feedback", "same"),
    Row("31", "closed not_accepted", "reopen", "received accepted under_review"),
)
# What the specification tells in its other sections, or the statute allows beyond its table, and why.
BEYOND_THE_TABLE: tuple[tuple[Row, str], ...] = (
    (Row("7", "supplement_wait", "deliver_supplement", "same"), "ARL 31: ten days from its receipt"),
    (
        Row("5", "accepted under_review suspended decision_pending closed", "fill_gap", "same"),
        "AR-3.6: the missing paper comes when it comes",
    ),
    (
        Row("15", "accepted under_review suspended decision_pending", "record_evidence", "same"),
        "ARL 70: a third party's evidence comes when it comes",
    ),
    (
        Row(
            "ARL 36",
            "received supplement_wait accepted under_review suspended decision_pending",
            "assign_handlers",
            "same",
        ),
        "ARL 36, 实施条例 32: two or more hands",
    ),
    (
        Row(
            "AR-3.7", "received supplement_wait accepted under_review suspended", "change_respondent", "same"
        ),
        "AR-3.7: the applicant is told to change it",
    ),
    (
        Row(
            "2.1-2.4",
            "draft received supplement_wait accepted under_review suspended decision_pending",
            "complete_application",
            "same",
        ),
        "what an application tells is often learned after it was filed",
    ),
    (Row("21", "accepted under_review", "notify_hearing", "same"), "ARL 51(1): five days ahead"),
    (Row("27", "accepted under_review", "hear_opinion", "same"), "ARL 49"),
    (
        Row("AR-5.1", "accepted under_review suspended decision_pending closed", "record_notice", "same"),
        "AR-5.1: when the parties were told is known later",
    ),
    (
        Row("AR-5.2", "accepted under_review", "begin_exclusion", "same"),
        "实施条例 37: how long it lasts is not known at its beginning",
    ),
    (
        Row("AR-5.2", "accepted under_review suspended decision_pending", "end_exclusion", "same"),
        "it ends when it ends",
    ),
    (
        Row("AR-4.8", "accepted under_review suspended decision_pending", "lift_stay", "same"),
        "a stay ends when its reason is gone",
    ),
    (
        Row("AR-4.8", "accepted under_review suspended decision_pending", "decide_stay", "same"),
        "ARL 42: during the reconsideration",
    ),
    (Row("AR-5.2", "accepted under_review", "exclude_time", "same"), "AR-5.2"),
    (Row("AR-4.9", "accepted under_review suspended", "review_document", "same"), "ARL 56-60"),
    (Row("23", "decision_pending", "withdraw", "closed"), "ARL 74: until the decision is made"),
    (Row("28", "decision_pending", "endorse_decision", "same"), "ARL 61: the head of the office first"),
    (Row("28", "decision_pending", "return_decision", "under_review"), "ARL 61: or sends it back"),
    (
        Row("30", "accepted under_review suspended decision_pending", "follow_up", "same"),
        "ARL 76, 77(2): of an opinion letter sent meanwhile",
    ),
    (Row("29", "not_accepted", "deliver", "same"), "ARL 30(2): the refusal is delivered too"),
    (
        Row("30", "accepted under_review suspended decision_pending", "issue_letter record_feedback", "same"),
        "ARL 76: while the case is handled",
    ),
    (
        Row("30", "received supplement_wait not_accepted", "record_suit", "same"),
        "ARL 29: it bars acceptance; ARL 34: it follows a refusal",
    ),
    (
        Row("30", "accepted under_review suspended decision_pending", "record_suit", "same"),
        "行政诉讼法 45, ARL 34: over silence, once the period has expired",
    ),
    (Row("30", "closed not_accepted", "record_petition", "same"), "IND-AR-9"),
    (Row("30", "closed", "publish", "same"), "ARL 79(1)"),
    (
        Row(
            "AR-0.7",
            "draft received supplement_wait accepted under_review suspended decision_pending closed not_accepted",
            "link",
            "same",
        ),
        "AR-0.7: several cases handled together stay several",
    ),
)


def _leads() -> dict[tuple[Status, Step], frozenset[Status]]:
    leads: dict[tuple[Status, Step], frozenset[Status]] = {}
    for row in (*TABLE, *(row for row, _ in BEYOND_THE_TABLE)):
        for state in map(Status, row.states.split()):
            to = frozenset({state} if row.leads_to == "same" else map(Status, row.leads_to.split()))
            for act in map(Step, row.acts.split()):
                assert (state, act) not in leads, f"{act} from {state} stands in the table twice"
                leads[state, act] = to
    return leads


LEADS_TO: Mapping[tuple[Status, Step], frozenset[Status]] = MappingProxyType(_leads())
STEPS = frozenset(step for _, step in LEADS_TO)
