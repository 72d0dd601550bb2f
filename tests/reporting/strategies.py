"""Random facts, also such as no service would publish: reporting must count them the same way every time."""

from datetime import date, timedelta
from typing import Any, get_args

from hypothesis import settings
from hypothesis import strategies as st

from shared.contracts import litigation, mediation, reconsideration
from shared.contracts.litigation import HearingFacts, LitigationFacts
from shared.contracts.mediation import MediationFacts, OrganisationFacts
from shared.contracts.reconsideration import ReconsiderationFacts

# Two counties of one league, its own level, a township, and a county far away.
REGIONS = ("150625", "150621", "150600", "150625100", "140502")
FIRST_DAY = date(2021, 11, 1)

# A busy machine is no failure.
unhurried = settings(deadline=None)

# The first and last days of 2022 and their neighbours come often: that is where periods go wrong.
EDGES = (date(2021, 12, 31), date(2022, 1, 1), date(2022, 12, 31), date(2023, 1, 1))
days = st.integers(0, 480).map(lambda offset: FIRST_DAY + timedelta(days=offset)) | st.sampled_from(EDGES)
maybe_days = st.integers(0, 4).flatmap(lambda chance: days if chance else st.none())
several_days = st.lists(days, max_size=2).map(tuple)
seldom_days = st.integers(0, 2).flatmap(lambda chance: st.none() if chance else days)
regions = st.sampled_from(REGIONS)
amounts = st.integers(0, 10_000_000)


def _one_of(literal: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(get_args(literal))


def _maybe(literal: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from((None, *get_args(literal)))


reconsideration_facts = st.builds(
    ReconsiderationFacts,
    void=st.sampled_from([False] * 7 + [True]),
    case_number=st.just("复〔2022〕1号"),
    authority_region=regions,
    authority_level=st.just("county"),
    channel=st.sampled_from([None, "internet", "agent_point", "post"]),
    law_version=st.just("act2023"),
    is_group=st.booleans(),
    received_on=days,
    accepted_on=maybe_days,
    refused_on=st.none() | maybe_days,
    refusal=_maybe(reconsideration.Refusal),
    procedure=st.sampled_from([None, "ordinary", "summary"]),
    decision_due_on=maybe_days,
    closed_on=maybe_days,
    outcome=st.sampled_from((None, *get_args(reconsideration.Outcome), *["terminated"] * 6)),
    termination_ground=st.sampled_from([None, "T1", "T1", "T2"]),
    withdraw_reason=_maybe(reconsideration.WithdrawReason),
    opinion_letters_on=several_days,
    recommendation_letters_on=several_days,
    filed_on=maybe_days,
    agent_point=st.sampled_from([None, "point_1"]),
    act_head=st.none() | st.integers(1, 15),
    prerequisite=st.booleans(),
    is_enterprise=st.booleans(),
    applicant_count=st.none() | st.integers(0, 400),
    merged=st.booleans(),
    merged_into=st.none() | st.uuids(),
    linked=st.lists(
        st.builds(
            reconsideration.Link,
            service=st.sampled_from(["reconsideration", "mediation", "litigation"]),
            case_id=st.uuids(),
        ),
        max_size=2,
    ).map(tuple),
    accept_mode=_maybe(reconsideration.AcceptMode),
    supplement_requested_on=maybe_days,
    refused_to_other_organ=st.booleans(),
    resolved_before_acceptance=st.booleans(),
    converted_on=seldom_days,
    extension_days=st.integers(0, 30),
    suspended_days=st.integers(0, 400),
    suspended_since=seldom_days,
    hearings=st.lists(
        st.builds(reconsideration.Hearing, held_on=days, attended_by_head=st.booleans()), max_size=2
    ).map(tuple),
    committee_consulted_on=seldom_days,
    no_evidence=st.booleans(),
    decision_items=st.lists(st.sampled_from(["revoke", "order_perform"]), max_size=2).map(tuple),
    redo_ordered=st.booleans(),
    compensation_fen=st.none() | amounts,
    letters=st.lists(
        st.builds(
            reconsideration.Letter,
            kind=_one_of(reconsideration.LetterKind),
            issued_on=days,
            received_on=maybe_days,
            due_on=maybe_days,
            feedback_on=maybe_days,
            adopted=st.sampled_from([None, True, False]),
        ),
        max_size=2,
    ).map(tuple),
    delivered_on=maybe_days,
    effective_on=maybe_days,
    sue_due_on=maybe_days,
    sued_on=seldom_days,
    suit_reference=st.sampled_from([None, None, None, "（2022）内0625行初1号"]),
    petitioned_on=seldom_days,
    performance_due_on=maybe_days,
    performed_on=maybe_days,
    reopened_on=seldom_days,
)
mediation_facts = st.builds(
    MediationFacts,
    void=st.sampled_from([False] * 7 + [True]),
    case_number=st.just("2022-1"),
    region=regions,
    scope=_one_of(mediation.Scope),
    referral=_maybe(mediation.Referral),
    registered_on=days,
    accepted_on=maybe_days,
    declined_on=st.none() | maybe_days,
    closed_on=maybe_days,
    outcome=_maybe(mediation.Outcome),
    termination_reason=_maybe(mediation.TerminationReason),
    confirmed_on=maybe_days,
    amount_fen=amounts,
)
organisation_facts = st.builds(
    OrganisationFacts,
    void=st.sampled_from([False] * 7 + [True]),
    region=regions,
    org_type=_one_of(mediation.OrganisationType),
    is_industry=st.booleans(),
    is_agent_point=st.booleans(),
    established_on=maybe_days,
    dissolved_on=st.none() | maybe_days,
)
litigation_facts = st.builds(
    LitigationFacts,
    void=st.sampled_from([False] * 7 + [True]),
    case_number=st.just("（2022）行初1号"),
    region=regions,
    instance=_one_of(litigation.Instance),
    notified_on=days,
    first_heard_on=maybe_days,
    hearings=st.lists(st.builds(HearingFacts, on=days, officer=_maybe(litigation.Officer)), max_size=2).map(
        tuple
    ),
    duty=st.booleans(),
    court_notified=st.booleans(),
    met=st.booleans(),
    met_by_principal=st.booleans(),
    excused=st.booleans(),
    closed_on=maybe_days,
    result=_maybe(litigation.Result),
    lost=st.booleans(),
    by_judgment=st.booleans(),
    reconsideration_case=st.none() | st.uuids(),
    performed_on=maybe_days,
    performed_fen=amounts,
)
FACTS = (reconsideration_facts, mediation_facts, organisation_facts, litigation_facts)
any_facts = st.one_of(*FACTS)
# One case stays of one kind; its versions differ in anything else.
histories = st.one_of(*(st.lists(facts, min_size=1, max_size=4) for facts in FACTS))
