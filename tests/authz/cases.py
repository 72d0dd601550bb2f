"""Cases of the world: filed and carried to a state by the operator, each with a number that names its office."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from starlette.testclient import TestClient

from tests.authz import reconsidering
from tests.authz.people import bearer
from tests.authz.places import SEATS

# Values of persons. No answer but a reveal may hold one of them, whoever asks.
PERSON = {"name": "欧阳泄露", "phone": "13912345678", "address": "鄂尔多斯市东胜区泄露街九号"}
FREE_TEXT = {
    "reconsideration": {"respondent": "被申请人自述", "matter": "不服行政处罚自述", "field": "领域自述"},
    "mediation": {},
    "litigation": {},
}
REASON = "更正理由自述"
ROLE_OF_PARTY = {"reconsideration": "applicant", "mediation": "party", "litigation": "plaintiff"}
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ORDER = {code: place for place, code in enumerate(sorted(SEATS))}


def id_number(office: str) -> str:
    """A well-formed identity number (GB 11643-1999) that only the parties of this office have."""
    body = f"15062519900101{_ORDER[office]:03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


PLAIN = (*PERSON.values(), *(id_number(code) for code in SEATS))


def a_party(service: str, office: str) -> dict[str, Any]:
    role = ROLE_OF_PARTY[service]
    return {"role": role, "kind": "natural", **PERSON, "id_number": id_number(office)}


class Filing:
    """Files cases as the operator; `numbers` make every case number new."""

    def __init__(self, client: TestClient, operator: str) -> None:
        self._client = client
        self._operator = bearer(operator)
        self._numbers = count(1)

    def number(self, office: str) -> str:
        return f"{office}号{next(self._numbers)}"

    def body(self, office: str, **other: Any) -> dict[str, Any]:
        """What is filed for an office that may not even exist."""
        seat = SEATS.get(office)
        service = seat.service if seat else _service_of(office)
        place = seat.region if seat else "150625"
        given: Mapping[str, Any] = {
            "reconsideration": {"organ_region": place, "received_on": "2026-03-02"},
            "mediation": {"region": place, "committee": "自治调委会", "registered_on": "2026-03-02"},
            "litigation": {"region": place, "court": "法院", "organ": "机关", "notified_on": "2026-03-02"},
        }[service]
        return {
            "case_number": self.number(office),
            "office": office,
            **given,
            **FREE_TEXT[service],
            **other,
        }

    def file(self, office: str, *steps: str, **other: Any) -> str:
        """A case of this office, taken through these steps; its id."""
        service = SEATS[office].service
        made: str = self.done(f"/{service}/cases", self.body(office, **other))["id"]
        for step in steps:
            self.done(f"/{service}/cases/{made}/steps/{step}", STEPS[service][step])
        return made

    def organisation(self, office: str) -> str:
        made: str = self.done("/mediation/organisations", self.organisation_body(office))["id"]
        return made

    def organisation_body(self, office: str) -> dict[str, Any]:
        seat = SEATS.get(office)
        region = seat.region if seat else "150625"
        return {"name": self.number(office), "region": region, "org_type": "village", "office": office}

    def done(self, path: str, body: Any) -> Any:
        answer = self._client.post(path, json=body, headers=self._operator)
        assert answer.status_code < 300, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()


def _service_of(office: str) -> str:
    kind = office.partition("-")[0]
    return "mediation" if kind == "judicial_office" else kind


# What is entered at each step, and lawful when the case was filed as above.
STEPS: Mapping[str, Mapping[str, dict[str, Any]]] = {
    "reconsideration": reconsidering.STEPS,
    "mediation": {
        "accept": {"on": "2026-03-04"},
        "decline": {"on": "2026-03-04"},
        "agree": {"on": "2026-03-10", "form": "written"},
        "fail": {"on": "2026-03-10"},
        "terminate": {"on": "2026-03-10", "reason": "refused"},
        "confirm": {"on": "2026-03-20", "applied_on": "2026-03-12"},
        "cancel": {"reason": "误录"},
    },
    "litigation": {
        "hearing": {"on": "2026-03-20", "appearance": "deputy"},
        "judgment": {"on": "2026-04-01", "result": "payment_ordered"},
        "perform": {"on": "2026-05-01", "performed_fen": 100},
        "cancel": {"reason": "误录"},
    },
}
# What is told of a case beside, so that the step is allowed.
FILED: Mapping[str, Mapping[str, dict[str, Any]]] = {"reconsideration": reconsidering.FILED}
# The steps that must lie behind a case before this one is allowed.
BEFORE: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "reconsideration": reconsidering.BEFORE,
    "mediation": {
        "agree": ("accept",),
        "fail": ("accept",),
        "terminate": ("accept",),
        "confirm": ("accept", "agree"),
    },
    "litigation": {"perform": ("judgment",)},
}
