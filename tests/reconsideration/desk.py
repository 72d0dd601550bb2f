"""Three hands at one office, on the API: every act is entered on its own day, every paper opened as it was issued."""

from datetime import date
from io import BytesIO
from typing import Any

from docx import Document
from httpx2 import Response
from starlette.testclient import TestClient

from shared.contracts.identity import OfficeKind, Role
from tests.reconsideration.builders import DALAD, HANGJIN
from tests.reconsideration.office import CASES, Json
from tests.support.callers import KnownCallers, a_caller, an_office, bearer

OFFICE, NEIGHBOUR = "hangjin", "dalad"
HANDS = {
    "clerk": Role.RECONSIDERATION_CLERK,
    "head": Role.RECONSIDERATION_OFFICE_HEAD,
    "organ": Role.RECONSIDERATION_ORGAN_HEAD,
}
CALLERS = KnownCallers(
    {name: a_caller(name, (role, OFFICE)) for name, role in HANDS.items()}
    | {"neighbour": a_caller("neighbour", (Role.RECONSIDERATION_CLERK, NEIGHBOUR))},
    [
        an_office(OFFICE, OfficeKind.RECONSIDERATION, HANGJIN),
        an_office(NEIGHBOUR, OfficeKind.RECONSIDERATION, DALAD),
    ],
)
APPLICANT = {"role": "applicant", "kind": "organisation", "name": "鄂尔多斯市某某商贸有限公司"}


class Desk:
    """Three hands at one office; the day of each act is the day on which it is entered."""

    def __init__(self, client: TestClient, today: list[date]) -> None:
        self.client = client
        self.today = today

    def post(self, path: str, body: Json, *, by: str = "clerk", status: int = 200) -> Json:
        answer = self.client.post(f"{CASES}{path}", json=body, headers=bearer(by))
        assert answer.status_code == status, answer.text
        found: Json = answer.json()
        return found

    def file(self, on: str, **what_matters: Any) -> Json:
        self.today[0] = date.fromisoformat(on)
        application = {
            "organ_region": HANGJIN,
            "received_on": on,
            "respondent": "杭锦旗某某局",
            "matter": "行政处罚",
            **what_matters,
        }
        case = self.post("", application, status=201)
        self.post(f"/{case['id']}/parties", APPLICANT, status=201)
        return case

    def step(self, case: Json, step: str, on: str, *, by: str = "clerk", **body: Any) -> Json:
        self.today[0] = max(self.today[0], date.fromisoformat(on))
        return self.post(f"/{case['id']}/steps/{step}", {"on": on, **body}, by=by)

    def one(self, case: Json) -> Json:
        found: Json = self.client.get(f"{CASES}/{case['id']}", headers=bearer("clerk")).json()
        return found

    def refuses_paper(self, case: Json, kind: str, on: str) -> str:
        """The code of the refusal."""
        body = {"kind": kind, "issued_on": on}
        answer = self.client.post(f"{CASES}/{case['id']}/papers", json=body, headers=bearer("clerk"))
        assert answer.status_code == 409, answer.text
        assert answer.json()["detail"].endswith("。")
        return str(answer.json()["code"]).removeprefix("reconsideration.")

    def paper(self, case: Json, kind: str, on: str, **fields: Any) -> str:
        """Issue a paper, open it again, and give its words."""
        self.today[0] = max(self.today[0], date.fromisoformat(on))
        issued = self.post(
            f"/{case['id']}/papers", {"kind": kind, "issued_on": on, "fields": fields}, status=201
        )
        opened = self.client.get(f"{CASES}/{case['id']}/papers/{issued['id']}/docx", headers=bearer("clerk"))
        assert opened.status_code == 200, opened.text
        paper = Document(BytesIO(opened.content))
        words = "\n".join(paragraph.text for paragraph in paper.paragraphs)
        tables = "\n".join(cell.text for table in paper.tables for row in table.rows for cell in row.cells)
        assert issued["number"] is None or issued["number"] in words
        return f"{words}\n{tables}"

    def try_draft(self, case: Json, kind: str, *, by: str = "clerk", **body: Any) -> Response:
        return self.client.post(f"{CASES}/{case['id']}/papers/{kind}/draft", json=body, headers=bearer(by))

    def draft(self, case: Json, kind: str, *, by: str = "clerk", **body: Any) -> bytes:
        answer = self.try_draft(case, kind, by=by, **body)
        assert answer.status_code == 200, answer.text
        return answer.content
