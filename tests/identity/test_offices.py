"""机构: the tree of offices stays a tree, and everybody sees a change of it at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.identity.desk import IdentityDesk

BUREAU = "bureau-150625"


def test_offices_are_founded_changed_and_closed(desk: IdentityDesk) -> None:
    desk.found_offices()
    admin = desk.administrator("system")
    committee = {"name": "镇调委会", "kind": "mediation", "region": "150625", "valid_from": "2024-01-01"}

    made = desk.ok("POST", "/offices", {**committee, "code": "town-1", "parent": BUREAU}, by=admin)
    changed = desk.ok("PATCH", "/offices/town-1", {"name": "锡尼镇调委会"}, by=admin)
    closed = desk.ok("POST", "/offices/town-1/close", {"on": "2026-12-31"}, by=admin)

    assert (made["name"], changed["name"]) == ("镇调委会", "锡尼镇调委会")
    assert (changed["parent"], closed["valid_to"]) == (BUREAU, "2026-12-31")
    tree = desk.directory.offices()
    assert "town-1" in tree.subtree("bureau-150000")


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("POST", "/offices", {"code": BUREAU}, (409, "identity.office_exists")),
        ("POST", "/offices", {"code": "new", "region": "999999"}, (422, "region.unknown")),
        ("POST", "/offices", {"code": "new", "parent": "nowhere"}, (404, "identity.parent_not_found")),
        ("POST", "/offices", {"code": "new", "valid_to": "2019-01-01"}, (409, "identity.office_dates")),
        ("POST", "/offices", {"code": "new", "kind": "mediation"}, (409, "identity.parent_not_fitting")),
        ("PATCH", "/offices/bureau-150000", {"parent": BUREAU}, (409, "identity.office_cycle")),
        ("PATCH", "/offices/nowhere", {"name": "x"}, (404, "identity.office_not_found")),
        ("POST", f"/offices/{BUREAU}/close", {"on": "2026-01-01"}, (409, "identity.office_has_offices")),
        ("POST", "/offices/mediation-150625/close", {"on": "2019-01-01"}, (409, "identity.office_dates")),
    ],
)
def test_an_office_that_cannot_be_is_refused(
    desk: IdentityDesk, method: str, path: str, body: dict[str, str], expected: tuple[int, str]
) -> None:
    desk.found_offices()
    if (method, path) == ("POST", "/offices"):
        body = {"name": "x", "kind": "bureau", "region": "150625", "valid_from": "2020-01-01", **body}

    assert desk.refused(method, path, body, by=desk.operator) == expected


def test_two_changes_at_once_do_not_make_a_cycle(desk: IdentityDesk) -> None:
    for code in ("one", "two"):
        body = {"code": code, "name": code, "kind": "bureau", "region": "150625", "valid_from": "2020-01-01"}
        desk.ok("POST", "/offices", body, by=desk.operator)

    def below(pair: tuple[str, str]) -> int:
        return desk.send("PATCH", f"/offices/{pair[0]}", {"parent": pair[1]}, by=desk.operator).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(below, [("one", "two"), ("two", "one")])) == [200, 409]


def test_the_tree_is_read_again_when_it_has_changed(desk: IdentityDesk) -> None:
    desk.found_offices()
    before = desk.directory.offices()

    assert desk.directory.offices() is before
    desk.ok("PATCH", f"/offices/{BUREAU}", {"name": "新名称"}, by=desk.operator)
    after = desk.directory.offices()

    office = after.get(BUREAU)
    assert office is not None
    assert office.name == "新名称"
    assert after.version == before.version + 1
