"""PostgreSQL: behind the conditions of the queries stands row-level security, and an application that owns nothing."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import ProgrammingError
from sqlmodel import Session

import services.identity.models as identity_models
import services.litigation.models as litigation_models
import services.litigation.repository as litigation
import services.mediation.models as mediation_models
import services.mediation.repository as mediation
import services.reconsideration.models as reconsideration_models
import services.reconsideration.repository as reconsideration
import services.reporting.models as reporting_models
import services.reporting.repository.reading as reporting
from services.suite import SERVICES
from shared.contracts.identity import Role
from shared.kernel.errors import NotFound
from shared.kit.acting import NOTHING, OWN_WORK, Acting, Scope
from shared.kit.database import Database
from tests.authz import walking
from tests.authz.cases import a_party
from tests.authz.holes import parts
from tests.authz.matrix import Matrix
from tests.authz.places import CASE_SERVICES, SEATS
from tests.authz.world import World

REPOSITORIES: Mapping[str, ModuleType] = {
    "reconsideration": reconsideration,
    "mediation": mediation,
    "litigation": litigation,
}
MODELS: Mapping[str, ModuleType] = {
    "identity": identity_models,
    "reconsideration": reconsideration_models,
    "mediation": mediation_models,
    "litigation": litigation_models,
    "reporting": reporting_models,
}
OWN = {"reconsideration": "reconsideration", "mediation": "judicial_office", "litigation": "litigation"}
# What has an office or a case and yet no policy, and why that is right; everything else must have one.
WITHOUT_POLICY = {
    "event": "the permanent log: read as a whole by services and the operator, never by a clerk",
    "audit": "read as a whole by auditors; clerks only append",
    "idempotency": "asked for by the caller's own key; answers are sealed with a key of their case, which is walled",
    "destroyed_key": "which cases were erased, and nothing of them; read by the service itself at its start",
    "journal_unsealed": "emptied at the start, before anybody is let in",
}


def _metadata(service: str) -> sa.MetaData:
    module = MODELS[service]
    found: sa.MetaData = module.METADATA
    return found


@contextmanager
def _books(world: World, service: str) -> Iterator[Database]:
    database = Database(world.settings.database_of(service), _metadata(service))
    try:
        yield database
    finally:
        database.dispose()


def _acting(service: str) -> Acting:
    own = f"{OWN.get(service, 'reconsideration')}-150625"
    return Acting("somebody", "token", "clerk", own, Scope(frozenset({own})))


@pytest.fixture
def careless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every query has forgotten its condition."""

    def everything(session: Session, office: Any) -> sa.ColumnElement[bool]:
        return sa.true()

    for module in (*REPOSITORIES.values(), reporting):
        for part in parts(module):
            monkeypatch.setattr(part, "visible", everything)


@pytest.mark.parametrize("service", CASE_SERVICES)
@pytest.mark.usefixtures("careless")
def test_queries_without_their_condition_return_no_foreign_row(walled: World, service: str) -> None:
    repository, own = REPOSITORIES[service], f"{OWN[service]}-150625"
    foreign = walled.standing[f"{OWN[service]}-150621"][0]
    with _books(walled, service) as database, database.writing(_acting(service)) as session:
        listed = repository.listed(session, after=None, limit=1000)
        numbers = repository.by_numbers(session, [foreign.number, walled.standing[own][0].number])
        for load in (repository.load, repository.load_for_update, repository.office_of):
            with pytest.raises(NotFound):
                load(session, UUID(foreign.id))
        history = MODELS[service].JOURNAL.history(session, UUID(foreign.id))
        parties = MODELS[service].TABLES.parties.listed(session, UUID(foreign.id))
        keys = session.execute(
            sa.text("SELECT count(*) FROM case_key WHERE case_id = :id"), {"id": foreign.id}
        )

    assert {row.office for row in listed} == {own}
    assert [row.case_number for row in numbers] == [walled.standing[own][0].number]
    assert (list(history), parties, keys.scalar_one()) == ([], [], 0)


@pytest.mark.parametrize("service", CASE_SERVICES)
def test_who_acts_for_whom_is_seen_with_the_case_alone(walled: World, service: str) -> None:
    foreign = walled.standing[f"{OWN[service]}-150621"][0]
    path = f"/{service}/cases/{foreign.id}/parties"
    agent = {**a_party(service, foreign.office), "role": "agent", "acts_for": [{"party_id": foreign.party}]}
    made = walled.send("POST", path, agent, by=walled.registrar)
    assert made.status_code == 201, made.text

    with _books(walled, service) as database:
        seen = []
        for acting in (_acting(service), OWN_WORK):
            with database.reading(acting) as session:
                seen.append(len(MODELS[service].TABLES.parties.acting(session, UUID(foreign.id))))

    assert seen == [0, 1]
    gone = walled.send("DELETE", f"{path}/{made.json()['id']}", by=walled.registrar)
    assert gone.status_code == 204  # others look at this case, too


@pytest.mark.usefixtures("careless")
def test_the_register_and_the_facts_without_their_condition_return_no_foreign_row(walled: World) -> None:
    with _books(walled, "mediation") as database, database.reading(_acting("mediation")) as session:
        register = mediation.organisations_listed(session, after=None, limit=1000)
    with _books(walled, "reporting") as database, database.reading(_acting("reporting")) as session:
        facts = reporting.fact_page(session, "reconsideration_case", after="", limit=1000)
        told = {row[0] for row in session.execute(sa.select(reporting_models.fact.c.office))}

    assert {row.office for row in register} == {"judicial_office-150625"}
    assert told == {"reconsideration-150625"}
    assert len(facts) >= 2


ROLE = {
    "reconsideration": Role.RECONSIDERATION_OFFICE_HEAD,
    "mediation": Role.COMMITTEE_CLERK,
    "litigation": Role.LITIGATION_CLERK,
}
ABOUT_CASES = ("object", "listing", "search", "filing", "ledger")


@pytest.mark.parametrize("service", CASE_SERVICES)
def test_the_walk_of_one_role_is_the_same_as_without_the_wall(
    walled: World, matrix: Matrix, service: str
) -> None:
    """All that concerns cases, for one role a service: the wall must not stand in the way of what is allowed."""
    visits = walking.squares(matrix, roles=[ROLE[service]], shapes=ABOUT_CASES, services=[service])

    found = walking.refused(walled, visits) + walking.allowed(walled, visits)

    assert not found, "\n".join(found)


@pytest.mark.parametrize("service", CASE_SERVICES)
@pytest.mark.usefixtures("careless")
def test_the_walk_with_careless_queries_still_finds_no_hole(
    walled: World, matrix: Matrix, service: str
) -> None:
    """The routes of objects and lists for one role a service: the database alone keeps the offices apart."""
    visits = walking.squares(matrix, roles=[ROLE[service]], shapes=ABOUT_CASES[:3], services=[service])

    found = walking.refused(walled, visits) + walking.allowed(walled, visits)

    assert not found, "\n".join(found)


@pytest.mark.parametrize("service", CASE_SERVICES)
def test_a_transaction_without_a_scope_sees_no_row(walled: World, service: str) -> None:
    nobody = Acting("somebody", "token", "", "", NOTHING)
    with _books(walled, service) as database, database.reading(nobody) as session:
        counts = {
            table: session.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in ("case_file", "journal", "case_key", "party")
        }

    assert set(counts.values()) == {0}


@pytest.mark.parametrize("service", [name for name in SERVICES if name != "identity"])
def test_every_table_of_an_office_or_a_case_is_walled_in(walled: World, service: str) -> None:
    with _books(walled, service) as database, database.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT DISTINCT c.relname, c.relrowsecurity AND c.relforcerowsecurity,"
            " EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)"
            " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'p') AND n.nspname = 'public' AND NOT a.attisdropped"
            " AND a.attname IN ('office', 'case_id')"
        ).all()
    bare = {name for name, forced, has_policy in rows if not (forced and has_policy)}

    assert rows
    assert bare - WITHOUT_POLICY.keys() == set()


@pytest.mark.parametrize("service", SERVICES)
def test_the_application_owns_nothing_and_cannot_step_around_its_policies(
    walled: World, service: str
) -> None:
    with _books(walled, service) as database, database.reading() as session:
        role, is_super, bypasses = session.execute(
            sa.text("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        ).one()
        owned = session.execute(
            sa.text(
                "SELECT c.relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner"
                " WHERE r.rolname = current_user"
            )
        ).all()

    assert role.endswith("_app")
    assert (is_super, bypasses, owned) == (False, False, [])


KEPT_FOR_EVER = ("event", "audit", "audit_chain", "audit_checkpoint", "witnessed")


@pytest.mark.parametrize("service", SERVICES)
def test_the_application_cannot_change_or_delete_what_was_logged(walled: World, service: str) -> None:
    with _books(walled, service) as database:
        names = set(sa.inspect(database.engine).get_table_names())
        for table in (name for name in KEPT_FOR_EVER if name in names):
            column = sa.inspect(database.engine).get_columns(table)[0]["name"]
            for statement in (
                f"UPDATE {table} SET {column} = {column}",
                f"DELETE FROM {table}",
                f"TRUNCATE {table} CASCADE",
            ):
                with (
                    pytest.raises(ProgrammingError, match="permission denied"),
                    database.writing() as session,
                ):
                    session.execute(sa.text(statement))


@pytest.mark.parametrize("service", CASE_SERVICES)
def test_nobody_writes_a_row_of_a_foreign_office(walled: World, service: str) -> None:
    """Neither a new row, nor an own one moved there, nor a foreign one changed."""
    own, foreign = f"{OWN[service]}-150625", f"{OWN[service]}-150621"
    theirs = walled.standing[foreign][0].id
    ours = walled.standing[own][0].id
    with _books(walled, service) as database:
        with (
            pytest.raises(ProgrammingError, match="row-level security"),
            database.writing(_acting(service)) as s,
        ):
            s.execute(
                sa.text("UPDATE case_file SET office = :office WHERE id = :id"),
                {"office": foreign, "id": ours},
            )
        with database.writing(_acting(service)) as session:
            changed = session.execute(
                sa.text("UPDATE case_file SET version = version + 1 WHERE id = :id"), {"id": theirs}
            )
            deleted = session.execute(sa.text("DELETE FROM party WHERE case_id = :id"), {"id": theirs})

    assert (changed.rowcount, deleted.rowcount) == (0, 0)  # type: ignore[attr-defined]
    assert SEATS[foreign].service == service
