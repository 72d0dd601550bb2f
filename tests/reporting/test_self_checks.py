from dataclasses import replace
from itertools import islice

from starlette.testclient import TestClient

from services.reporting.intake import ReportingIntake
from shared.contracts.envelope import digest
from shared.kernel.regions import RegionTree
from shared.kit.database import Database
from tests.reporting import county
from tests.reporting.asking import STREAM, asked
from tests.reporting.events import NOW, al, ar, ar_closed, case_id, message


class TestSelfChecks:
    def test_facts_are_told_by_version_and_digest(self, client: TestClient, intake: ReportingIntake) -> None:
        intake.apply([message(ar(is_group=bool(case)), case=case) for case in range(3)], stream=STREAM)
        intake.apply([message(ar_closed("upheld"), case=0, version=2)], stream=STREAM)

        query = {"kind": "reconsideration_case", "limit": "2"}
        first = client.get("/reporting/facts", params=query).json()
        rest = client.get("/reporting/facts", params={**query, "after": first["next"]}).json()

        items = {
            item["case_id"]: (item["version"], item["digest"]) for item in first["items"] + rest["items"]
        }
        assert (len(first["items"]), len(items), rest["next"]) == (2, 3, None)
        assert items[str(case_id(0))] == (2, digest(ar_closed("upheld")))

    def test_a_recount_agrees(self, hangjin: TestClient) -> None:
        found = hangjin.get("/reporting/recount").json()

        assert (found["ok"], found["different"], found["differences"]) == (True, 0, [])
        assert found["facts"] == len(county.events())
        assert found["cells"] > 0

    def test_the_quarantine_is_listed_without_its_bytes(
        self, client: TestClient, intake: ReportingIntake
    ) -> None:
        bad = replace(message(ar()), payload="张三".encode())
        intake.apply([bad, replace(bad, sequence=2, payload=b"")], stream=STREAM)

        answer = client.get("/reporting/quarantine", params={"limit": 1})
        rest = client.get("/reporting/quarantine", params={"after": answer.json()["next"]}).json()

        (first,) = answer.json()["items"]
        assert first["error"] == "not a JSON object"
        assert "张三" not in answer.text
        assert [item["sequence"] for item in (first, *rest["items"])] == [1, 2]

    def test_progress_tells_position_watermarks_and_holes(
        self, client: TestClient, intake: ReportingIntake
    ) -> None:
        assert client.get("/reporting/progress").json() == {
            "position": None,
            "watermarks": [],
            "quarantined": 0,
            "holes": 0,
        }
        intake.apply([message(al(), sequence=12, pub_seq=3)], stream=STREAM)

        found = client.get("/reporting/progress").json()

        assert found["position"] == {"stream": STREAM, "sequence": 12}
        assert found["holes"] == 2
        (mark,) = found["watermarks"]
        assert (mark["source"], mark["contiguous"], mark["gaps"]) == ("litigation", 0, [[1, 2]])

    def test_only_the_present_life_of_a_source_has_holes(
        self, client: TestClient, database: Database, tree: RegionTree
    ) -> None:
        moments = iter([NOW, NOW.replace(hour=2)])
        intake = ReportingIntake(database, tree, lambda: next(moments))
        intake.apply([message(al(), pub_seq=9)], stream=STREAM)
        intake.apply([message(al(), pub_seq=2, epoch="e2")], stream=STREAM)

        found = client.get("/reporting/progress").json()

        assert found["holes"] == 1
        assert [mark["epoch"] for mark in found["watermarks"]] == ["e2", "e1"]

    def test_a_rebuild_begins_from_nothing_and_ends_with_the_same(
        self, hangjin: TestClient, intake: ReportingIntake
    ) -> None:
        before = asked(hangjin)

        assert hangjin.post("/reporting/rebuild").status_code == 202
        assert asked(hangjin)["counts"]["pm.agreed"] == 0
        events = iter(county.events())
        while batch := list(islice(events, 100)):
            intake.apply(batch, stream=STREAM)

        assert asked(hangjin) == before
