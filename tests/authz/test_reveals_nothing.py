"""A clerk learns nothing of foreign cases: not from lists, pages, searches, refusals, numbers or repeated requests."""

from uuid import uuid4

import pytest

from shared.contracts.identity import Role
from tests.authz.calls import call_of
from tests.authz.cases import REASON, STEPS, a_party
from tests.authz.looking import traces
from tests.authz.matrix import Matrix
from tests.authz.people import bearer
from tests.authz.places import CASE_SERVICES, office_of
from tests.authz.world import World

CLERKS = {
    "reconsideration": Role.RECONSIDERATION_OFFICE_HEAD,
    "mediation": Role.COMMITTEE_CLERK,
    "litigation": Role.LITIGATION_CLERK,
}
FOREIGN = ("sibling", "parent", "other_region", "neighbour")
_DATE = {"reconsideration": "received_on", "mediation": "registered_on", "litigation": "notified_on"}


def _foreign(service: str, relation: str) -> str:
    office = office_of(service, CLERKS[service], relation)
    assert office is not None
    return office


def _neutral() -> str:
    """A number that names no office: it will stand in the books of two."""
    return f"同号{uuid4().hex[:12]}1"


def _own(service: str) -> str:
    return _foreign(service, "own")


@pytest.mark.parametrize("service", CASE_SERVICES)
def test_foreign_and_missing_cases_answer_the_same_bytes(suite: World, matrix: Matrix, service: str) -> None:
    role, found = CLERKS[service], []
    for entry in matrix.entries.values():
        if entry.service != service or entry.shape != "object" or role not in entry.who:
            continue
        said = {}
        for relation in (*FOREIGN, "missing"):
            call = call_of(suite, entry, role, relation, succeeds=False)
            assert call is not None
            answer = suite.send(call.method, call.path, call.body, by=role)
            headers = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
            said[relation] = (answer.status_code, answer.content, headers)
        found += [f"{entry.name}: {relation}" for relation, each in said.items() if each != said["missing"]]

    assert found == []


@pytest.mark.parametrize("service", CASE_SERVICES)
def test_an_if_match_or_a_malformed_body_tells_no_more_of_a_foreign_case(suite: World, service: str) -> None:
    role = CLERKS[service]
    foreign = suite.standing[_foreign(service, "sibling")][0].id
    step = next(iter(STEPS[service]))
    said = [
        [
            (answer.status_code, answer.content)
            for answer in (
                suite.send(
                    "POST", f"{path}/steps/{step}", STEPS[service][step], by=role, **{"If-Match": '"1"'}
                ),
                suite.send("POST", f"{path}/steps/{step}", {"no": "such"}, by=role),
                suite.send("POST", f"{path}/corrections", {"changes": {}, "reason": REASON}, by=role),
            )
        ]
        for path in (f"/{service}/cases/{foreign}", f"/{service}/cases/{uuid4()}")
    ]

    assert said[0] == said[1]


@pytest.mark.parametrize("service", CASE_SERVICES)
def test_every_page_of_a_list_holds_own_cases_only_and_counts_no_others(suite: World, service: str) -> None:
    role, after, seen = CLERKS[service], "", []
    while True:
        page = suite.send("GET", f"/{service}/cases?limit=1{after}", by=role).json()
        assert len(page["items"]) == 1
        seen.append(page["items"][0])
        if page["next"] is None:
            break
        assert page["next"] == page["items"][-1]["id"]  # a cursor is an id that was just shown
        after = f"&after={page['next']}"
    whole = suite.send("GET", f"/{service}/cases?limit=1000", by=role).json()

    assert whole["items"] == seen
    assert not {trace for item in seen for trace in traces(str(item), role)}


@pytest.mark.parametrize("service", CASE_SERVICES)
def test_a_cursor_or_a_number_of_a_foreign_case_finds_nothing(suite: World, service: str) -> None:
    role = CLERKS[service]
    foreign = suite.standing[_foreign(service, "sibling")][0]
    whole = suite.send("GET", f"/{service}/cases?limit=1000", by=role).json()["items"]

    after = suite.send("GET", f"/{service}/cases?limit=1000&after={foreign.id}", by=role).json()
    number = suite.send("GET", f"/{service}/cases", by=role)
    by_number = suite.client.get(
        f"/{service}/cases", params={"case_number": foreign.number}, headers=suite.headers(role)
    ).json()

    assert number.status_code == 200
    assert after["items"] == [item for item in whole if item["id"] > foreign.id]
    assert by_number == {"items": [], "next": None}


@pytest.mark.parametrize("service", CASE_SERVICES)
def test_a_number_that_a_foreign_office_uses_is_free(suite: World, service: str) -> None:
    role = CLERKS[service]
    for relation in FOREIGN:
        office = _foreign(service, relation)
        taken = suite.filing.body(office, case_number=_neutral())
        assert suite.filing.done(f"/{service}/cases", taken)

        # In the neighbour's county it is the same in every respect but for the office.
        own = suite.filing.body(_own(service), case_number=taken["case_number"])
        first = suite.send("POST", f"/{service}/cases", own, by=role)
        again = suite.send("POST", f"/{service}/cases", own, by=role)

        assert first.status_code == 201, first.text
        assert again.status_code == 409  # in one's own office a number counts once


def test_a_name_that_a_foreign_office_keeps_in_its_register_is_free(suite: World) -> None:
    for relation in FOREIGN:
        theirs = {**suite.filing.organisation_body(_foreign("mediation", relation)), "name": _neutral()}
        assert suite.filing.done("/mediation/organisations", theirs)

        own = {**suite.filing.organisation_body(_own("mediation")), "name": theirs["name"]}
        first = suite.send("POST", "/mediation/organisations", own, by=Role.COMMITTEE_CLERK)

        assert first.status_code == 201, first.text


@pytest.mark.parametrize("service", CASE_SERVICES)
def test_a_case_of_a_foreign_region_is_not_filed_into_ones_own_office(suite: World, service: str) -> None:
    """It would count in the figures of that region, whose own office would neither see nor could correct it."""
    place = "organ_region" if service == "reconsideration" else "region"
    body = suite.filing.body(_own(service))

    unnamed = {name: value for name, value in {**body, place: "110105"}.items() if name != "office"}
    answers = [
        suite.send("POST", f"/{service}/cases", each, by=CLERKS[service])
        for each in (unnamed, {**body, place: "110105"})
    ]

    assert [answer.status_code for answer in answers] == [403, 403], answers[1].text


@pytest.mark.parametrize("service", CASE_SERVICES)
def test_a_case_is_corrected_to_a_number_that_a_foreign_office_uses(suite: World, service: str) -> None:
    own = suite.filing.file(_own(service))
    number = _neutral()
    suite.filing.file(_foreign(service, "neighbour"), case_number=number)

    answer = suite.send(
        "POST",
        f"/{service}/cases/{own}/corrections",
        {"changes": {"case_number": number}, "reason": REASON},
        by=CLERKS[service],
    )

    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("service", CASE_SERVICES)
def test_no_body_moves_a_case_to_another_office(suite: World, service: str) -> None:
    role, sibling = CLERKS[service], _foreign(service, "sibling")
    own = suite.filing.file(_own(service))
    path = f"/{service}/cases/{own}"

    named = suite.send(
        "POST", f"{path}/corrections", {"changes": {"office": sibling}, "reason": REASON}, by=role
    )
    beside = suite.send(
        "POST", f"{path}/corrections", {"changes": {}, "reason": REASON, "office": sibling}, by=role
    )
    filed = [
        suite.send(
            "POST", f"/{service}/cases", suite.filing.body(_own(service)) | {"office": office}, by=role
        )
        for office in (sibling, f"{sibling}-nowhere", "bureau-150625")
    ]

    assert (named.status_code, beside.status_code) == (422, 422)
    assert [answer.status_code for answer in filed] == [403, 403, 403]
    assert len({answer.content for answer in filed}) == 1
    assert suite.send("GET", path, by=role).json()["office"] == _own(service)


@pytest.mark.parametrize("service", CASE_SERVICES)
def test_a_key_of_another_account_is_not_known(suite: World, service: str) -> None:
    """An idempotency key belongs to its account: under another's key a request is a new one."""
    other = suite.people.member(
        f"sibling-{uuid4().hex[:8]}", [(CLERKS[service], _foreign(service, "sibling"))]
    )
    key = {"Idempotency-Key": f"key-{uuid4()}"}
    theirs = suite.send(
        "POST",
        f"/{service}/cases",
        suite.filing.body(_foreign(service, "sibling")),
        by=bearer(other.token),
        **key,
    )
    ours = suite.send(
        "POST", f"/{service}/cases", suite.filing.body(_own(service)), by=CLERKS[service], **key
    )

    assert (theirs.status_code, ours.status_code) == (201, 201)
    assert ours.json()["office"] == _own(service)
    assert ours.json()["id"] != theirs.json()["id"]


@pytest.mark.parametrize("service", CASE_SERVICES)
def test_a_repeated_request_is_not_answered_when_its_case_is_out_of_reach_by_now(
    suite: World, service: str
) -> None:
    """The kept answer shows a case. Whoever has moved to another office may not see that case any more."""
    first, second = _foreign(service, "sibling"), _own(service)
    person = suite.people.fresh(f"mover-{uuid4().hex[:8]}")
    grant = suite.people.give(person.account, CLERKS[service], first)
    case, step = suite.filing.file(first), next(iter(STEPS[service]))
    sent = (f"/{service}/cases/{case}/steps/{step}", STEPS[service][step])
    key = {"Idempotency-Key": f"key-{uuid4()}"}
    before = suite.send("POST", *sent, by=bearer(suite.people.signed_in(person).token), **key)

    suite.people.ok("DELETE", f"/accounts/{person.account}/grants/{grant}", token=suite.people.security)
    suite.people.give(person.account, CLERKS[service], second)
    moved = bearer(suite.people.signed_in(person).token)
    after = suite.send("POST", *sent, by=moved, **key)

    assert before.status_code == 200
    assert suite.send("GET", f"/{service}/cases/{case}", by=moved).status_code == 404
    assert after.status_code == 404, after.text


@pytest.mark.parametrize("service", CASE_SERVICES)
def test_a_party_of_a_foreign_case_is_not_reached_through_an_own_one(suite: World, service: str) -> None:
    role = CLERKS[service]
    own, foreign = suite.standing[_own(service)][0], suite.standing[_foreign(service, "sibling")][0]
    mixed, missing = (f"/{service}/cases/{own.id}/parties/{party}" for party in (foreign.party, uuid4()))
    said = [
        [
            (answer.status_code, answer.content)
            for answer in (
                suite.send("POST", f"{path}/reveal", {"purpose": "contact"}, by=role),
                suite.send("PUT", path, a_party(service, _own(service)), by=role),
                suite.send("DELETE", path, by=role),
            )
        ]
        for path in (mixed, missing)
    ]

    assert said[0] == said[1]
    assert [status for status, _ in said[0]] == [404, 404, 404]


@pytest.mark.parametrize("service", CASE_SERVICES)
def test_whoever_would_act_for_a_party_of_a_foreign_case_is_told_nothing_of_it(
    suite: World, service: str
) -> None:
    own, foreign = suite.standing[_own(service)][0], suite.standing[_foreign(service, "sibling")][0]
    agent = {**a_party(service, _own(service)), "role": "agent"}
    said = [
        suite.send(
            "POST",
            f"/{service}/cases/{own.id}/parties",
            {**agent, "acts_for": [{"party_id": str(party)}]},
            by=CLERKS[service],
        )
        for party in (foreign.party, uuid4())
    ]

    assert said[0].content == said[1].content
    assert [(answer.status_code, answer.json()["code"]) for answer in said] == [(404, "party.not_found")] * 2
