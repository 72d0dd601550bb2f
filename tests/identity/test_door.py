"""What the door asks identity's books: once a request, and anew at each."""

from uuid import UUID

import pytest
from sqlmodel import select

from services.identity.models import OfficeVersionRow
from services.identity.repository import accounts
from shared.contracts.identity import Caller, Grant, Role
from shared.kernel.errors import Unauthenticated
from shared.kit.access import Credential
from tests.identity.desk import IdentityDesk
from tests.support.databases import only_postgresql
from tests.support.statements import statements

CLERK = ("reconsideration_clerk", "reconsideration-150625")


@pytest.fixture
def desk(desk: IdentityDesk) -> IdentityDesk:
    desk.found_offices()
    return desk


def a_clerk(desk: IdentityDesk) -> tuple[str, str, Credential]:
    """Account, grant and what it shows at the door."""
    account = desk.an_account("zhangsan")
    given = desk.ok(
        "POST",
        f"/accounts/{account}/grants",
        {"role": CLERK[0], "office": CLERK[1]},
        by=desk.administrator("security"),
    )
    return str(account), given["id"], Credential("bearer", desk.token("zhangsan"))


def admitted(desk: IdentityDesk, credential: Credential) -> Caller:
    return desk.directory.known(credential)[0]


def test_the_door_asks_one_question_for_caller_grants_and_offices(desk: IdentityDesk) -> None:
    _, _, credential = a_clerk(desk)
    desk.directory.known(credential)  # the first one reads the offices

    with statements() as said:
        caller, offices = desk.directory.known(credential)

    assert caller.grants == (Grant(role=Role.RECONSIDERATION_CLERK, office=CLERK[1]),)
    assert offices.get(CLERK[1]) is not None
    assert len(said) == 1


def test_what_is_revoked_is_revoked_at_the_next_question(desk: IdentityDesk) -> None:
    account, grant, credential = a_clerk(desk)
    assert admitted(desk, credential).grants

    # Written into the books alone: whoever remembered the caller would not hear of it.
    with desk.database.writing() as session:
        accounts.take(session, UUID(grant))
    assert admitted(desk, credential).grants == ()
    with desk.database.writing() as session:
        accounts.set_disabled(session, UUID(account), desk.clock())
    with pytest.raises(Unauthenticated):
        desk.directory.known(credential)


def test_a_changed_office_is_known_at_the_next_question(desk: IdentityDesk) -> None:
    _, _, credential = a_clerk(desk)
    before = desk.directory.known(credential)[1]
    assert desk.directory.known(credential)[1] is before
    code = "bureau-150621"
    body = {"code": code, "name": code, "kind": "bureau", "region": "150621", "parent": "bureau-150600"}

    desk.ok("POST", "/offices", {**body, "valid_from": "2020-01-01"}, by=desk.operator)

    assert before.get(code) is None
    assert desk.directory.known(credential)[1].get(code) is not None


@only_postgresql
def test_a_question_survives_that_the_server_ends_its_connections(desk: IdentityDesk) -> None:
    question = select(OfficeVersionRow.version)
    before = desk.database.ask(question)
    with desk.database.engine.connect() as connection:
        ended = connection.exec_driver_sql(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).scalar_one()

    assert ended
    assert desk.database.ask(question) == before
