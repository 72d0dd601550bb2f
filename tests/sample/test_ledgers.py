"""The rows of the sample obey the law and the forms they claim to come from."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest

from services.sample.ledgers import Ledger, seeds
from tests.sample.recount import rows_of

Rows = list[dict[str, str]]

AR_OUTCOMES = {
    "upheld", "varied", "revoked", "partly_revoked", "confirmed_unlawful", "confirmed_void",
    "performance_ordered", "agreement_liable", "claim_rejected", "application_rejected", "mediated",
    "terminated",
}  # fmt: skip
ONLY_SINCE_2024 = {"confirmed_void", "agreement_liable", "claim_rejected"}
WITHDRAW_REASONS = {"settled", "respondent_changed_act", "voluntary", "other"}
FIRST_INSTANCE_RESULTS = {
    "suit_dismissed", "suit_withdrawn", "mediated", "claims_rejected", "revoked", "partly_revoked",
    "performance_ordered", "payment_ordered", "confirmed_unlawful", "confirmed_void", "remedy_ordered",
    "varied", "agreement_liable",
}  # fmt: skip
DISPUTE_TYPES = {
    "marriage_family", "neighbour", "housing", "contract", "production", "damages", "land", "demolition",
    "pollution", "migrant_wages", "labour", "tourism", "e_commerce", "consumer", "medical", "traffic",
    "property_management", "other",
}  # fmt: skip
ORG_TYPES = {
    "village", "resident", "town", "street", "enterprise", "social", "station", "personal_studio",
    "labour_mediation", "legal_service_centre", "legal_service_station", "legal_service_room",
    "community_service_room",
}  # fmt: skip
SOURCES = {"on_application", "proactive", "court", "procuratorate", "police", "petition", "other_referred"}
# 放假 and 调休上班 of 2024, from the State Council's notice.
OFF_2024 = [("01-01", 1), ("02-10", 8), ("04-04", 3), ("05-01", 5), ("06-10", 1), ("09-15", 3), ("10-01", 7)]
WORKED_2024 = {"02-04", "02-18", "04-07", "04-28", "05-11", "09-14", "09-29", "10-12"}


@pytest.fixture(scope="module")
def ledgers() -> tuple[Ledger, ...]:
    return seeds()


@pytest.fixture(scope="module")
def reconsiderations(ledgers: tuple[Ledger, ...]) -> Rows:
    return rows_of(ledgers, "reconsideration")


@pytest.fixture(scope="module")
def mediations(ledgers: tuple[Ledger, ...]) -> Rows:
    return rows_of(ledgers, "mediation")


@pytest.fixture(scope="module")
def suits(ledgers: tuple[Ledger, ...]) -> Rows:
    return rows_of(ledgers, "litigation")


@pytest.fixture(scope="module")
def organisations(ledgers: tuple[Ledger, ...]) -> Rows:
    return rows_of(ledgers, "organisations")


def _is_working_day_of_2024(day: date) -> bool:
    starts = [(date.fromisoformat(f"2024-{start}"), length) for start, length in OFF_2024]
    off = any(start <= day < start + timedelta(length) for start, length in starts)
    return f"{day:%m-%d}" in WORKED_2024 or (day.weekday() < 5 and not off)


def _working_days(after: str, until: str) -> int:
    start, end = date.fromisoformat(after), date.fromisoformat(until)
    days = (start + timedelta(n) for n in range(1, (end - start).days + 1))
    return sum(1 for day in days if _is_working_day_of_2024(day))


def _days(start: str, end: str) -> int:
    return (date.fromisoformat(end) - date.fromisoformat(start)).days


def test_two_calls_give_the_same_ledgers(ledgers: tuple[Ledger, ...]) -> None:
    assert seeds() == ledgers


def test_the_kinds_come_in_order_under_names_of_their_own(ledgers: tuple[Ledger, ...]) -> None:
    kinds = [ledger.kind for ledger in ledgers]

    assert list(dict.fromkeys(kinds)) == ["organisations", "reconsideration", "mediation", "litigation"]
    assert sum(1 for before, after in pairwise(kinds) if before != after) == 3
    assert len({ledger.name for ledger in ledgers}) == len(ledgers)


def test_every_row_has_every_column_and_only_text(ledgers: tuple[Ledger, ...]) -> None:
    for ledger in ledgers:
        assert ledger.rows
        assert {len(row) for row in ledger.rows} == {len(ledger.header)}
        assert all(isinstance(cell, str) for row in ledger.rows for cell in row)
        flags = [n for n, column in enumerate(ledger.header) if column.startswith("is_")]
        assert all(row[n] in {"true", "false"} for row in ledger.rows for n in flags)


def test_every_date_is_a_date_and_no_act_of_an_office_falls_on_a_weekend(ledgers: tuple[Ledger, ...]) -> None:
    for ledger in ledgers:
        dates = [n for n, column in enumerate(ledger.header) if column.endswith("_on")]
        days = {date.fromisoformat(row[n]) for row in ledger.rows for n in dates if row[n]}
        if ledger.kind != "organisations":
            assert not [day for day in days if day.weekday() > 4], ledger.name


def test_no_number_is_given_twice(reconsiderations: Rows, mediations: Rows, suits: Rows) -> None:
    for rows in (reconsiderations, mediations, suits):
        numbers = Counter(row["case_number"] for row in rows)
        assert [number for number, count in numbers.items() if count > 1] == []


def test_an_organisation_has_one_name_in_its_region_and_a_known_type(organisations: Rows) -> None:
    names = Counter((row["region"], row["name"]) for row in organisations)

    assert set(names.values()) == {1}
    assert {row["org_type"] for row in organisations} <= ORG_TYPES | {""}
    assert all(row["established_on"] and not row["dissolved_on"] for row in organisations)


def test_a_case_is_received_accepted_and_closed_in_this_order(reconsiderations: Rows) -> None:
    for row in reconsiderations:
        assert row["received_on"] <= row["accepted_on"]
        assert not row["not_accepted_on"]
        assert not row["closed_on"] or row["accepted_on"] < row["closed_on"]
        assert bool(row["closed_on"]) == bool(row["outcome"])


def test_acceptance_follows_the_act_of_its_time(reconsiderations: Rows) -> None:
    for row in reconsiderations:
        if row["received_on"] < "2024":
            assert row["accepted_on"] == row["received_on"]
        else:
            assert _working_days(row["received_on"], row["accepted_on"]) <= 5
            assert row["accepted_on"] < "2025"


def test_outcomes_and_procedures_of_the_new_act_appear_under_it_only(reconsiderations: Rows) -> None:
    closed = [row for row in reconsiderations if row["closed_on"]]
    before = [row for row in closed if row["received_on"] < "2024"]

    assert {row["outcome"] for row in closed} == AR_OUTCOMES
    assert not [row for row in before if row["outcome"] in ONLY_SINCE_2024]
    assert {row["procedure"] for row in before} == {"ordinary"}
    assert not [row for row in before if row["channel"] in {"via_organ", "agent_point"}]


def test_only_a_terminated_case_has_a_ground_and_only_a_withdrawn_one_a_reason(
    reconsiderations: Rows,
) -> None:
    for row in reconsiderations:
        assert bool(row["termination_ground"]) == (row["outcome"] == "terminated")
        assert bool(row["withdraw_reason"]) == (row["termination_ground"] == "T1")
        assert row["withdraw_reason"] in WITHDRAW_REASONS | {""}


def test_nearly_all_cases_are_decided_within_the_period(reconsiderations: Rows) -> None:
    closed = [row for row in reconsiderations if row["closed_on"]]
    period = {"ordinary": 60, "summary": 30}
    in_time = [
        row for row in closed if _days(row["accepted_on"], row["closed_on"]) <= period[row["procedure"]]
    ]

    assert 0.97 < len(in_time) / len(closed) < 1


def test_no_case_but_an_open_one_is_carried_into_the_next_year(reconsiderations: Rows) -> None:
    for row in reconsiderations:
        assert row["closed_on"][:4] in {"", row["received_on"][:4]}


def test_an_authority_that_can_be_none_is_no_authority(reconsiderations: Rows) -> None:
    # The statistical area of 稀土高新区 has no people's government.
    assert "150271" not in {row["organ_region"] for row in reconsiderations}


def test_a_mediation_is_accepted_before_it_is_closed_and_within_its_time(mediations: Rows) -> None:
    longest = {"委派": 30, "委托": 15, "none": 30}
    for row in mediations:
        assert 0 <= _days(row["accepted_on"], row["closed_on"]) <= longest[row["referral"]]
        assert row["accepted_on"][:4] == row["closed_on"][:4]
        assert row["source"] in SOURCES
        assert (row["source"] == "court") == (row["referral"] != "none")


def test_mediation_uses_the_known_types_and_outcomes(mediations: Rows) -> None:
    assert {row["dispute_type"] for row in mediations} == DISPUTE_TYPES
    assert {row["outcome"] for row in mediations} == {
        "agreed_written",
        "agreed_oral",
        "failed",
        "terminated",
        "settled_suit_dropped",
    }
    assert {row["scope"] for row in mediations} == {"people"}


def test_a_court_confirms_written_agreements_in_thirty_to_sixty_days_and_the_same_year(
    mediations: Rows,
) -> None:
    confirmed = [row for row in mediations if row["confirmed_on"]]

    assert {row["outcome"] for row in confirmed} == {"agreed_written"}
    assert all(30 <= _days(row["closed_on"], row["confirmed_on"]) <= 60 for row in confirmed)
    assert {row["confirmed_on"][:4] for row in confirmed} == {"2022"}


def test_a_committee_of_a_registered_region_is_a_registered_one(
    mediations: Rows, organisations: Rows
) -> None:
    registered = {row["name"] for row in organisations if row["region"] == "150625"}
    used = {row["committee"] for row in mediations if row["region"] == "150625"}

    assert used
    assert used <= registered


def test_a_suit_is_notified_heard_closed_and_performed_in_this_order(suits: Rows) -> None:
    for row in suits:
        course = [row[step] for step in ("notified_on", "heard_on", "closed_on", "performed_on") if row[step]]
        assert course == sorted(course)
        assert bool(row["closed_on"]) == bool(row["result"])
        assert row["result"] in FIRST_INSTANCE_RESULTS | {""}
        assert bool(row["performed_on"]) == bool(row["performed_amount"])


def test_who_appeared_is_known_of_heard_suits_only(suits: Rows) -> None:
    for row in suits:
        assert bool(row["heard_on"]) == (row["appearance"] != "none")
        assert row["excused"] == "false" or row["appearance"] == "staff_only"
