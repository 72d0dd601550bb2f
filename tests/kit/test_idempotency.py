"""Key, work and answer are one transaction: the same request is done once, whoever else sends it when."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from fastapi import Request
from sqlalchemy import Column, Integer, MetaData, Table, func, insert, select

from shared.kernel.errors import RuleViolation
from shared.kit.database import Database
from shared.kit.idempotency import Answer, Idempotency
from shared.kit.vault import Vault
from shared.kit.vault_erasure import erase
from tests.kit.crowd import at_once
from tests.support.sealed import unlocked

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
METADATA = MetaData()
VAULT = Vault(METADATA, service="litigation")
IDEMPOTENCY = Idempotency(METADATA, VAULT)
DONE = Table("done", METADATA, Column("id", Integer, primary_key=True))


class Desk:
    def __init__(self, database: Database) -> None:
        self.database = database

    def send(
        self,
        key: str | None,
        *,
        body: bytes = b"{}",
        path: str = "/cases",
        method: str = "POST",
        refuse: bool = False,
        case_id: UUID | None = None,
    ) -> Answer:
        request = Request(
            {"type": "http", "method": method, "path": path, "headers": [], "query_string": b""}
        )
        with self.database.writing() as session:

            def work() -> Answer:
                number = session.execute(insert(DONE).returning(DONE.c.id)).scalar_one()
                if refuse:
                    raise RuleViolation("request.refused", "不行。")
                if case_id is not None:
                    VAULT.new_key(session, case_id)
                return Answer(201, {"号": number}, {"ETag": f'"{number}"'}, case_id)

            return IDEMPOTENCY.once(session, key=key, request=request, body=body, now=NOW, work=work)

    def done(self) -> int:
        with self.database.reading() as session:
            return int(session.execute(select(func.count()).select_from(DONE)).scalar_one())


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    database = Database(database_url, METADATA)
    METADATA.create_all(database.engine)
    unlocked(VAULT, database, NOW)
    IDEMPOTENCY.unlock(b"secret of the test")
    yield Desk(database)
    database.dispose()


def test_the_same_request_is_done_once_and_answered_alike(desk: Desk) -> None:
    answers = [desk.send("k") for _ in range(3)]

    assert answers == [Answer(201, {"号": 1}, {"ETag": '"1"'})] * 3
    assert desk.done() == 1


def test_without_a_key_every_request_is_done(desk: Desk) -> None:
    assert [desk.send(None).body["号"] for _ in range(3)] == [1, 2, 3]


def test_another_key_is_another_request(desk: Desk) -> None:
    assert [desk.send(key).body["号"] for key in ("a", "b", "A")] == [1, 2, 3]


@pytest.mark.parametrize(
    "other",
    [
        lambda desk: desk.send("k", body=b'{"x":1}'),
        lambda desk: desk.send("k", path="/cases/1"),
        lambda desk: desk.send("k", method="PUT"),
    ],
)
def test_a_key_belongs_to_one_method_path_and_body(desk: Desk, other: Callable[[Desk], Answer]) -> None:
    desk.send("k")

    with pytest.raises(RuleViolation) as refusal:
        other(desk)

    assert refusal.value.code == "request.idempotency_key_reused"
    assert desk.done() == 1


def test_a_refused_request_leaves_neither_work_nor_key(desk: Desk) -> None:
    with pytest.raises(RuleViolation):
        desk.send("k", refuse=True)

    assert desk.done() == 0
    assert desk.send("k", body=b"other").status == 201


def test_of_twenty_at_once_one_works_and_all_get_its_answer(desk: Desk) -> None:
    answers = at_once(20, lambda _: desk.send("k"))

    assert {answer.body["号"] for answer in answers} == {answers[0].body["号"]}
    assert desk.done() == 1


def test_when_the_first_of_two_is_refused_the_second_gets_its_chance(desk: Desk) -> None:
    def send(place: int) -> str:
        try:
            return str(desk.send("k", refuse=place % 2 == 0).status)
        except RuleViolation as refusal:
            return refusal.code

    answers = at_once(10, send)

    assert answers[1::2] == ["201"] * 5
    assert set(answers[::2]) <= {"201", "request.refused"}
    assert desk.done() == 1


def test_an_answer_is_sent_as_json_with_its_headers() -> None:
    response = Answer(201, {"案号": "1号"}, {"ETag": '"1"'}).response()

    assert response.status_code == 201
    assert bytes(response.body) == '{"案号":"1号"}'.encode()
    assert response.headers["etag"] == '"1"'
    assert response.headers["content-type"] == "application/json"


def test_the_answer_about_a_case_is_kept_sealed_and_goes_with_its_key(desk: Desk) -> None:
    case_id = uuid4()
    first = desk.send("k", case_id=case_id)
    with desk.database.reading() as session:
        stored = session.execute(select(IDEMPOTENCY.table)).one()

    assert "号" not in stored.answer
    assert desk.send("k", case_id=case_id) == first
    with desk.database.writing() as session:
        erase(session, VAULT, case_id, NOW)
    with pytest.raises(RuleViolation) as refusal:
        desk.send("k", case_id=case_id)
    assert refusal.value.code == "party.case_erased"


def test_a_request_is_remembered_by_a_keyed_digest_only(desk: Desk) -> None:
    desk.send("k", body=b"11010119900307")

    with desk.database.reading() as session:
        stored = session.execute(select(IDEMPOTENCY.table)).one()
    plain = hashlib.sha256(b"POST /cases\n" + b"11010119900307").hexdigest()
    assert plain[:32] not in stored.request_digest
