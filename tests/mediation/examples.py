"""Cases, entries of the register and an office to file them in; each names only what matters to a test."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

import orjson
from starlette.testclient import TestClient

from services.mediation import domain, main, models
from services.mediation.case import Case
from services.mediation.organisations import Organisation
from services.mediation.terms import AgreementForm, OrganisationType, Status, TerminationReason
from shared.kernel.calendar import WorkCalendar
from shared.kit.database import Database
from tests.support.suites import NOWHERE, ONLY_OPERATOR, client_of, settings

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
CALENDAR = WorkCalendar.builtin()
HANGJIN = "150625"
COMMITTEE = "杭锦旗锡尼镇人民调解委员会"

REGISTERED, ACCEPTED, CLOSED = date(2024, 3, 1), date(2024, 3, 4), date(2024, 3, 20)
RULED = date(2024, 4, 10)


def a_case(status: Status = Status.REGISTERED, **given: Any) -> Case:
    """A dispute of 2024 in 杭锦旗, brought to `status` by its lawful steps; then `given` is written over it."""
    case = Case(
        case_number="杭调〔2024〕001号", region=HANGJIN, registered_on=REGISTERED, committee=COMMITTEE
    )
    for step in _WAYS[status]:
        case = step(case)
    return replace(case, **given)


def _accepted(case: Case) -> Case:
    return domain.accept(case, on=ACCEPTED, calendar=CALENDAR, today=TODAY)[0]


def _agreed(case: Case) -> Case:
    return domain.agree(
        case, on=CLOSED, form=AgreementForm.WRITTEN, effective_on=None, amount_fen=250_000, today=TODAY
    )[0]


def _terminated(case: Case) -> Case:
    return domain.terminate(case, on=CLOSED, reason=TerminationReason.REFUSED, today=TODAY)[0]


def _confirmed(case: Case) -> Case:
    return domain.confirm(case, on=RULED, applied_on=None, calendar=CALENDAR, today=TODAY)[0]


def _declined(case: Case) -> Case:
    return domain.decline(case, on=ACCEPTED, today=TODAY)[0]


def _cancelled(case: Case) -> Case:
    return domain.cancel(case, today=TODAY)[0]


_WAYS = {
    Status.REGISTERED: (),
    Status.IN_MEDIATION: (_accepted,),
    Status.AGREED: (_accepted, _agreed),
    Status.CONFIRMED: (_accepted, _agreed, _confirmed),
    Status.NOT_AGREED: (_accepted, _terminated),
    Status.DECLINED: (_declined,),
    Status.CANCELLED: (_cancelled,),
}


def an_organisation(**given: Any) -> Organisation:
    values: dict[str, Any] = {
        "name": COMMITTEE,
        "region": HANGJIN,
        "org_type": OrganisationType.TOWN,
        "established_on": date(2010, 5, 1),
        **given,
    }
    return Organisation(**values)


class Office:
    """The service as a clerk's program sees it."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def post(self, path: str, body: Mapping[str, Any], **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(f"/mediation{path}", json=dict(body), headers=named)

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/mediation{path}", params=query)

    def register(self, **given: Any) -> dict[str, Any]:
        body = {
            "case_number": "杭调〔2024〕001号",
            "region": HANGJIN,
            "committee": COMMITTEE,
            "registered_on": REGISTERED.isoformat(),
            **given,
        }
        return self._made(self.post("/cases", body), 201)

    def step(self, case: Mapping[str, Any], name: str, **body: Any) -> dict[str, Any]:
        return self._made(self.post(f"/cases/{case['id']}/steps/{name}", body), 200)

    def enrol(self, **given: Any) -> dict[str, Any]:
        body = {
            "name": COMMITTEE,
            "region": HANGJIN,
            "org_type": "town",
            "established_on": "2010-05-01",
            **given,
        }
        return self._made(self.post("/organisations", body), 201)

    def load(self, kind: str, content: bytes, *, status: int = 200, **query: Any) -> dict[str, Any]:
        answer = self.client.post(
            f"/mediation/imports/{kind}", params={"filename": "台账.csv", **query}, content=content
        )
        assert answer.status_code == status, answer.text
        return cast(dict[str, Any], answer.json())

    @staticmethod
    def _made(answer: Any, status: int) -> dict[str, Any]:
        assert answer.status_code == status, answer.text
        return cast(dict[str, Any], answer.json())


@contextmanager
def office(database_url: str, folder: Path) -> Iterator[Office]:
    """The service on this database, its broker away, on the morning of TODAY."""
    service = main.create(
        settings(database_url, folder), nats_url=NOWHERE, clock=lambda: NOW, directory=ONLY_OPERATOR
    )
    with client_of(service) as client:
        yield Office(client)


def recorded_events(database_url: str) -> Sequence[dict[str, Any]]:
    """Every event of the log in order of recording, as it will be published."""
    database = Database(database_url, models.METADATA)
    try:
        with database.reading() as session:
            rows = session.execute(models.EVENTS.event.select().order_by(models.EVENTS.event.c.id)).all()
        return [orjson.loads(row.payload) for row in rows]
    finally:
        database.dispose()


def csv(header: str, *rows: str, encoding: str = "utf-8") -> bytes:
    return ("\n".join((header, *rows)) + "\n").encode(encoding)
