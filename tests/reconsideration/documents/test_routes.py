"""An office sees its templates and patterns, changes them, and goes back; every change is in the audit trail."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from services.reconsideration import main
from services.reconsideration.documents.docx_building import built_template
from services.reconsideration.documents.kinds import PAPERS, PaperKind
from services.reconsideration.models import AUDIT
from shared.contracts.identity import OfficeKind, Role
from shared.kit.database import Database
from tests.reconsideration.builders import NOW
from tests.reconsideration.documents.test_templates import saying
from tests.reconsideration.office import refused
from tests.support.callers import KnownCallers, a_caller, an_office, bearer
from tests.support.suites import NOWHERE, client_of, settings

OWN, OTHER = "reconsideration-150625", "reconsideration-150621"
TEMPLATES, PATTERNS = "/reconsideration/templates", "/reconsideration/number-patterns"
HEAD, CLERK = bearer("head"), bearer("clerk")


@pytest.fixture
def client(database_url: str, tmp_path: Path) -> Iterator[TestClient]:
    known = KnownCallers(
        {
            "head": a_caller("head", (Role.RECONSIDERATION_OFFICE_HEAD, OWN)),
            "clerk": a_caller("clerk", (Role.RECONSIDERATION_CLERK, OWN)),
        },
        [an_office(code, OfficeKind.RECONSIDERATION, code[-6:]) for code in (OWN, OTHER)],
    )
    service = main.create(
        settings(database_url, tmp_path), nats_url=NOWHERE, clock=lambda: NOW, directory=known
    )
    with client_of(service) as opened:
        yield opened


def audited(database_url: str) -> list[tuple[str, str]]:
    database = Database(database_url, AUDIT.audit.metadata)
    with database.reading() as session:
        rows = session.execute(select(AUDIT.audit.c.object_kind, AUDIT.audit.c.object_id)).all()
    database.dispose()
    return [(row.object_kind, row.object_id) for row in rows]


def test_an_office_starts_with_the_built_in_templates(client: TestClient) -> None:
    listed = client.get(TEMPLATES, headers=HEAD).json()
    fetched = client.get(f"{TEMPLATES}/decision", headers=HEAD)

    assert listed["office"] == OWN
    assert {item["kind"]: item["title"] for item in listed["items"]} == {
        kind.value: PAPERS[kind].title for kind in PaperKind
    }
    assert {item["version"] for item in listed["items"]} == {None}
    assert {"name": "decision_items", "label": "决定事项", "required": True, "repeated": True} in next(
        item["fields"] for item in listed["items"] if item["kind"] == "decision"
    )
    assert fetched.content == built_template(PaperKind.DECISION)
    assert "filename*=UTF-8''" in fetched.headers["content-disposition"]


def test_a_template_is_put_in_and_taken_out_again(client: TestClient, database_url: str) -> None:
    own = saying("本机构的模板")

    put = client.put(f"{TEMPLATES}/decision", content=own, headers=HEAD)
    in_force = client.get(f"{TEMPLATES}/decision", headers=HEAD).content
    start = client.get(f"{TEMPLATES}/decision?source=builtin", headers=HEAD).content
    deleted = [client.delete(f"{TEMPLATES}/decision", headers=HEAD).status_code for _ in range(2)]

    assert (put.status_code, put.json()["version"]) == (200, 1)
    assert (in_force, start) == (own, built_template(PaperKind.DECISION))
    assert deleted == [204, 204]
    assert client.get(f"{TEMPLATES}/decision", headers=HEAD).content == start
    assert audited(database_url).count(("paper_template", f"{OWN}/decision")) == 2


def test_a_template_with_an_unknown_field_changes_nothing(client: TestClient) -> None:
    answer = client.put(f"{TEMPLATES}/decision", content=saying("{{ applicants }}"), headers=HEAD)

    problem = refused(answer, 409, "reconsideration.template_unknown_fields")
    assert "applicants" in problem["detail"]
    assert client.get(f"{TEMPLATES}/decision", headers=HEAD).content == built_template(PaperKind.DECISION)


def test_a_pattern_is_set_and_the_other_follows_it(client: TestClient, database_url: str) -> None:
    before = client.get(PATTERNS, headers=HEAD).json()
    after = client.put(PATTERNS, json={"case": "杭政复〔{year}〕{n}号"}, headers=HEAD).json()

    assert before["case"] == {"pattern": "行复〔{year}〕{n}号", "own": False, "example": "行复〔2026〕1号"}
    assert after["case"] == {"pattern": "杭政复〔{year}〕{n}号", "own": True, "example": "杭政复〔2026〕1号"}
    assert after["paper"]["example"] == "杭政复受〔2026〕1号"
    assert ("number_pattern", f"{OWN}/case") in audited(database_url)


def test_a_pattern_that_makes_no_numbers_is_refused(client: TestClient) -> None:
    answer = client.put(PATTERNS, json={"case": "杭政复"}, headers=HEAD)

    refused(answer, 409, "reconsideration.number_pattern_wrong")
    assert client.get(PATTERNS, headers=HEAD).json()["case"]["own"] is False


@pytest.mark.parametrize("path", [TEMPLATES, f"{TEMPLATES}/decision", PATTERNS])
def test_neither_clerks_nor_heads_of_other_offices_come_near(client: TestClient, path: str) -> None:
    refused(client.get(path, headers=CLERK), 403, "access.forbidden")
    for named in (OTHER, "reconsideration-999999"):
        refused(client.get(f"{path}?office={named}", headers=HEAD), 403, "access.foreign_office")
