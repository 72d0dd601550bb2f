"""How a case is decided: items, primary outcome, three hands, mediation, rejection (ARL 33, 61-73; AR-6.1)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.reconsideration.domain import Case, ClockState
from services.reconsideration.domain.local_rules import PRIORITY
from services.reconsideration.domain.proceeding import Application, DecisionItem
from services.reconsideration.terms import (
    AccessoryItem,
    ActHead,
    ApprovalManner,
    Condition,
    Declaration,
    Outcome,
    Status,
    Step,
)
from tests.reconsideration.builders import (
    ALL_MET,
    CLOSED_ON,
    DECIDED,
    HEARD,
    REVIEWED,
    SUBMITTED_ON,
    TAKE,
    applied,
    decided,
    lived,
    plainly,
    running,
    took,
    why_refused,
)

DAY = timedelta(days=1)
ENDORSED_ON = date(2024, 4, 1)
READY = (*REVIEWED, HEARD)


def _submitted(*outcomes: Any, **entered: Any) -> Case:
    return took(lived(*READY), Step.SUBMIT_DECISION, SUBMITTED_ON, **{**decided(*outcomes), **entered})


def _refused(*items: DecisionItem, **entered: Any) -> str:
    given = {"items": items, "main_text": "决定如下。", **entered}
    return why_refused(lived(*READY), Step.SUBMIT_DECISION, SUBMITTED_ON, **given)


def _approved(case: Case) -> Case:
    endorsed = took(case, Step.ENDORSE_DECISION, ENDORSED_ON)
    return took(endorsed, Step.APPROVE_DECISION, CLOSED_ON, manner=ApprovalManner.COLLECTIVE)


# --- Items and the primary outcome (DOMAIN 2.9)


@pytest.mark.parametrize("outcome", PRIORITY)
def test_each_kind_of_decision_closes_the_case_with_its_outcome(outcome: Outcome) -> None:
    case = _approved(_submitted(outcome, not_worse=True))

    assert (case.status, case.outcome, case.closed_on) == (Status.CLOSED, outcome, CLOSED_ON)
    assert [item.outcome for item in case.closing.items] == [outcome]
    assert case.closing.approval is ApprovalManner.COLLECTIVE


@pytest.mark.parametrize("above", range(len(PRIORITY) - 1))
def test_where_items_differ_the_case_counts_once_by_the_weightiest(above: int) -> None:
    heavier, lighter = PRIORITY[above], PRIORITY[above + 1]

    case = _submitted(lighter, heavier, not_worse=True)

    assert case.closing.submission is not None
    assert case.closing.submission.primary is heavier


def test_the_order_of_weight_is_that_of_the_specification() -> None:
    assert [outcome.value for outcome in PRIORITY] == [
        "varied",
        "revoked",
        "partly_revoked",
        "confirmed_void",
        "confirmed_unlawful",
        "performance_ordered",
        "agreement_liable",
        "upheld",
        "claim_rejected",
    ]


def test_the_handler_may_name_another_item_as_primary_but_nothing_else() -> None:
    chosen = _submitted(Outcome.REVOKED, Outcome.UPHELD, primary=Outcome.UPHELD)

    assert _approved(chosen).outcome is Outcome.UPHELD
    assert _refused(DecisionItem(Outcome.REVOKED), primary=Outcome.UPHELD) == "primary_not_among_items"


@pytest.mark.parametrize("outcome", [Outcome.TERMINATED, Outcome.MEDIATED, Outcome.APPLICATION_REJECTED])
def test_what_ends_a_case_otherwise_is_no_decision(outcome: Outcome) -> None:
    """DOMAIN §10 no. 7 and 8: 驳回申请, 调解书 and 终止 have steps of their own."""
    assert _refused(DecisionItem(outcome)) == "not_a_decision"


@pytest.mark.parametrize("accessory", AccessoryItem)
def test_compensation_accompanies_another_item_and_never_stands_alone(accessory: AccessoryItem) -> None:
    item = DecisionItem(accessory, amount_fen=100_00)

    assert _refused(item) == "accessory_alone"
    both = [DecisionItem(Outcome.REVOKED), item]
    assert _approved(_submitted(items=both)).outcome is Outcome.REVOKED


@pytest.mark.parametrize("amount_fen", [None, 0, -1])
def test_compensation_that_is_ordered_has_its_amount(amount_fen: int | None) -> None:
    items = (DecisionItem(Outcome.REVOKED), DecisionItem(AccessoryItem.COMPENSATED, amount_fen=amount_fen))

    assert _refused(*items) == "amount_missing"


def test_a_decision_has_an_item() -> None:
    assert _refused() == "accessory_alone"


@pytest.mark.parametrize("outcome", [Outcome.UPHELD, Outcome.CONFIRMED_UNLAWFUL, Outcome.VARIED])
def test_redoing_is_ordered_beside_a_revocation_alone(outcome: Outcome) -> None:
    assert _refused(DecisionItem(outcome, redo_days=60), not_worse=True) == "redo_without_revocation"


@pytest.mark.parametrize("outcome", [Outcome.REVOKED, Outcome.PARTLY_REVOKED])
def test_a_revocation_may_order_to_redo_within_a_term(outcome: Outcome) -> None:
    case = _approved(_submitted(items=[DecisionItem(outcome, redo_days=30)]))

    assert [item.redo_days for item in case.closing.items] == [30]


@pytest.mark.parametrize("redo_days", [0, -1])
def test_a_term_to_redo_is_a_period(redo_days: int) -> None:
    assert _refused(DecisionItem(Outcome.REVOKED, redo_days=redo_days)) == "length_not_allowed"


def test_a_variation_is_declared_not_to_be_worse_for_the_applicant() -> None:
    assert _refused(DecisionItem(Outcome.VARIED)) == "worse_for_applicant"
    assert _submitted(Outcome.VARIED, not_worse=True).status is Status.DECISION_PENDING
    assert _submitted(Outcome.VARIED, third_party_request=True).status is Status.DECISION_PENDING


# --- What must hold for each item (ARL 63-72)

ALL_HEADS = frozenset(ActHead)
SILENCE = frozenset(ActHead(f"h{number:02}") for number in (3, 11, 12, 14, 15))
# By hand from the statute: of which heads an outcome is decided.
HEADS_OF: Mapping[Outcome, frozenset[ActHead]] = {
    Outcome.VARIED: ALL_HEADS,
    Outcome.REVOKED: ALL_HEADS,
    Outcome.PARTLY_REVOKED: ALL_HEADS,
    Outcome.CONFIRMED_UNLAWFUL: ALL_HEADS,
    Outcome.CONFIRMED_VOID: ALL_HEADS,
    Outcome.UPHELD: ALL_HEADS,
    Outcome.PERFORMANCE_ORDERED: SILENCE,
    Outcome.CLAIM_REJECTED: SILENCE,
    Outcome.AGREEMENT_LIABLE: frozenset({ActHead.ADMINISTRATIVE_AGREEMENT}),
}


def _of_head(head: ActHead | None) -> Case:
    return lived(*READY, of=applied(Application(act_head=head)))


@pytest.mark.parametrize("head", [*ActHead, None])
@pytest.mark.parametrize("outcome", PRIORITY)
def test_an_outcome_is_decided_of_the_heads_of_its_article_and_of_an_unknown_head(
    outcome: Outcome, head: ActHead | None
) -> None:
    proposed = {**decided(outcome), "not_worse": True}

    if head is None or head in HEADS_OF[outcome]:
        assert took(_of_head(head), Step.SUBMIT_DECISION, SUBMITTED_ON, **proposed).closing.submission
    else:
        assert why_refused(_of_head(head), Step.SUBMIT_DECISION, SUBMITTED_ON, **proposed) == (
            "not_of_this_head"
        )


WRONGED = frozenset(PRIORITY) - {
    Outcome.UPHELD,
    Outcome.CLAIM_REJECTED,
    Outcome.PERFORMANCE_ORDERED,
    Outcome.AGREEMENT_LIABLE,
}


@pytest.mark.parametrize("outcome", PRIORITY)
def test_compensation_is_ordered_beside_what_article_72_lists_and_rejected_beside_anything(
    outcome: Outcome,
) -> None:
    beside = {**decided(outcome), "not_worse": True}
    ordered = {**beside, "items": [*beside["items"], DecisionItem(AccessoryItem.COMPENSATED, amount_fen=1)]}
    rejected = {**beside, "items": [*beside["items"], DecisionItem(AccessoryItem.COMPENSATION_REJECTED)]}

    assert took(lived(*READY), Step.SUBMIT_DECISION, SUBMITTED_ON, **rejected).closing.submission
    if outcome in WRONGED:
        assert took(lived(*READY), Step.SUBMIT_DECISION, SUBMITTED_ON, **ordered).closing.submission
    else:
        code = why_refused(lived(*READY), Step.SUBMIT_DECISION, SUBMITTED_ON, **ordered)
        assert code == "compensation_without_wrong"


def test_an_act_is_confirmed_void_when_the_applicant_asks_for_it() -> None:
    assert _refused(DecisionItem(Outcome.CONFIRMED_VOID)) == "void_not_requested"
    assert _submitted(Outcome.CONFIRMED_VOID, void_requested=True).closing.submission


def test_performance_is_ordered_within_a_term_of_days_or_by_a_day() -> None:
    order, within = DecisionItem(Outcome.PERFORMANCE_ORDERED), {"performance_due_on": CLOSED_ON}

    assert _refused(order) == "term_missing"
    assert _submitted(items=[order], **within).closing.performance_due_on == CLOSED_ON
    assert _refused(replace(order, performance_days=30), **within) == "two_terms"


@pytest.mark.parametrize("outcome", [Outcome.UPHELD, Outcome.CLAIM_REJECTED])
def test_nothing_is_to_be_performed_where_the_applicant_is_denied(outcome: Outcome) -> None:
    assert _refused(DecisionItem(outcome, performance_days=30)) == "term_without_duty"


def test_what_was_declared_can_be_read_back_before_and_after_the_approval() -> None:
    submitted = _submitted(Outcome.VARIED, third_party_request=True)

    assert submitted.closing.submission is not None
    assert submitted.closing.submission.declared == (Declaration.THIRD_PARTY_REQUEST,)
    assert _approved(submitted).closing.declared == (Declaration.THIRD_PARTY_REQUEST,)


# --- Three hands (ARL 61)


def test_the_head_of_the_office_endorses_before_the_head_of_the_organ_approves() -> None:
    submitted = _submitted(Outcome.UPHELD)

    by_head = TAKE[Step.APPROVE_DECISION]
    assert why_refused(submitted, Step.APPROVE_DECISION, CLOSED_ON, **by_head) == "not_endorsed"
    endorsed = took(submitted, Step.ENDORSE_DECISION, ENDORSED_ON, opinion="同意")
    assert endorsed.status is Status.DECISION_PENDING
    assert endorsed.texts["decision.endorsement"] == "同意"
    assert why_refused(endorsed, Step.ENDORSE_DECISION, CLOSED_ON) == "already_endorsed"
    assert took(endorsed, Step.APPROVE_DECISION, CLOSED_ON, **by_head).status is Status.CLOSED


def test_the_three_hands_follow_one_another() -> None:
    submitted = _submitted(Outcome.UPHELD)

    assert why_refused(submitted, Step.ENDORSE_DECISION, SUBMITTED_ON - DAY) == "date_out_of_order"
    endorsed = took(submitted, Step.ENDORSE_DECISION, ENDORSED_ON)
    code = why_refused(endorsed, Step.APPROVE_DECISION, ENDORSED_ON - DAY, **TAKE[Step.APPROVE_DECISION])
    assert code == "date_out_of_order"


def test_a_decision_that_is_sent_back_is_proposed_anew() -> None:
    endorsed = took(_submitted(Outcome.UPHELD), Step.ENDORSE_DECISION, ENDORSED_ON)

    returned = took(endorsed, Step.RETURN_DECISION, ENDORSED_ON, reason="说理不够")

    assert returned.status is Status.UNDER_REVIEW
    again = took(returned, Step.SUBMIT_DECISION, CLOSED_ON, **decided(Outcome.REVOKED))
    assert why_refused(again, Step.APPROVE_DECISION, CLOSED_ON, **TAKE[Step.APPROVE_DECISION]) == (
        "not_endorsed"
    )


def test_the_decision_bears_the_date_of_its_approval_and_stops_the_clock() -> None:
    case = lived(*DECIDED)

    decision = running(case)["decision", 1]

    assert (decision.state, decision.met_on) == (ClockState.MET, CLOSED_ON)


def test_a_decision_after_the_last_day_is_missed() -> None:
    late = took(lived(*DECIDED[:-1]), Step.APPROVE_DECISION, date(2024, 5, 7), manner=ApprovalManner.HEAD)

    assert running(late)["decision", 1].state is ClockState.MISSED


# --- 调解书 (ARL 73) and 驳回复议申请 (ARL 33)


@pytest.mark.parametrize(("signed_by_all", "sealed"), [(False, True), (True, False), (False, False)])
def test_a_mediation_statement_takes_effect_when_all_have_signed_and_the_seal_is_affixed(
    signed_by_all: bool, sealed: bool
) -> None:
    entered = {"agreement": "双方同意", "signed_by_all": signed_by_all, "sealed": sealed}

    assert why_refused(lived(*REVIEWED), Step.SIGN_MEDIATION, CLOSED_ON, **entered) == (
        "mediation_not_effective"
    )


def test_a_mediation_statement_closes_the_case_neither_by_decision_nor_by_termination() -> None:
    case = took(lived(*REVIEWED), Step.SIGN_MEDIATION, CLOSED_ON, **TAKE[Step.SIGN_MEDIATION])

    assert case.outcome is Outcome.MEDIATED
    assert case.termination_ground is None
    assert case.closing.items == ()


def test_an_application_is_rejected_for_a_condition_found_missing_after_acceptance() -> None:
    """DOMAIN §10 no. 7: 驳回复议申请 (ARL 33) is not 驳回复议请求 (ARL 69)."""
    entered = {"conditions": {Condition.INTEREST: False}, "reasons": "没有利害关系。"}

    case = took(lived(*REVIEWED), Step.REJECT_APPLICATION, CLOSED_ON, **entered)

    assert case.outcome is Outcome.APPLICATION_REJECTED
    assert dict(case.acceptance.conditions) == {**ALL_MET, Condition.INTEREST: False}


@pytest.mark.parametrize("conditions", [{}, ALL_MET])
def test_nothing_is_rejected_whose_conditions_all_hold(conditions: Any) -> None:
    entered = {"conditions": conditions, "reasons": "没有利害关系。"}

    code = why_refused(lived(*REVIEWED), Step.REJECT_APPLICATION, CLOSED_ON, **entered)

    assert code == "no_condition_fails"


def test_what_was_proposed_is_no_item_of_the_decision_before_it_is_approved() -> None:
    case = lived(*READY, plainly(Step.SUBMIT_DECISION))

    assert case.closing.items == ()
    assert case.outcome is None
