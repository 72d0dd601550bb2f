"""The register over HTTP, on both databases."""

from typing import Any

from tests.mediation.examples import COMMITTEE, Office, recorded_events


def test_an_organisation_is_registered_corrected_dissolved_and_cancelled(
    office: Office, database_url: str
) -> None:
    entry = office.enrol()
    path = f"/organisations/{entry['id']}"
    assert (entry["status_label"], entry["org_type_label"]) == ("在册", "乡镇（苏木）调委会")

    corrected = office.post(
        f"{path}/corrections", {"changes": {"established_on": "2011-01-01"}, "reason": "以批文为准"}
    ).json()
    dissolved = office.post(f"{path}/steps/dissolve", {"on": "2024-06-30"}).json()
    cancelled = office.post(f"{path}/steps/cancel", {"reason": "重复录入"}).json()

    assert (corrected["established_on"], corrected["version"]) == ("2011-01-01", 2)
    assert (dissolved["status"], dissolved["dissolved_on"]) == ("dissolved", "2024-06-30")
    assert (cancelled["status"], cancelled["version"]) == ("cancelled", 4)
    events = recorded_events(database_url)
    assert [event["type"].split(".")[2] for event in events] == [
        "organisation_registered",
        "organisation_corrected",
        "organisation_dissolved",
        "organisation_cancelled",
    ]
    assert all(COMMITTEE not in str(event) for event in events)
    history = office.get(path).json()["history"]
    assert [step["step_label"] for step in history] == ["登记入册", "更正", "撤销", "注销误录"]


def test_the_same_key_registers_one_organisation(office: Office, database_url: str) -> None:
    body = {"name": "甲调委会", "region": "150625", "org_type": "village"}

    first = office.post("/organisations", body, Idempotency_Key="k1")
    again = office.post("/organisations", body, Idempotency_Key="k1")

    assert first.json() == again.json()
    assert first.headers["Location"] == f"/mediation/organisations/{first.json()['id']}"
    assert len(recorded_events(database_url)) == 1


def test_a_change_decided_on_an_older_version_is_refused(office: Office) -> None:
    entry = office.enrol()
    path = f"/organisations/{entry['id']}/steps/dissolve"

    stale = office.post(path, {"on": "2024-06-30"}, If_Match='"7"')
    fresh = office.post(path, {"on": "2024-06-30"}, If_Match='"1"')

    assert (stale.status_code, fresh.status_code) == (412, 200)
    assert fresh.headers["ETag"] == '"2"'


def test_a_name_stands_once_in_a_region_until_it_is_cancelled(office: Office) -> None:
    entry = office.enrol()
    office.enrol(region="150602")

    again = office.post("/organisations", {"name": COMMITTEE, "region": "150625"})
    assert (again.status_code, again.json()["code"]) == (409, "mediation.name_taken")

    office.post(f"/organisations/{entry['id']}/steps/cancel", {"reason": "误录"})
    office.enrol()


def test_refusals_name_the_field(office: Office) -> None:
    industry = office.post(
        "/organisations",
        {"name": "甲工作室", "region": "150625", "org_type": "personal_studio", "is_industry": True},
    )
    nowhere = office.post("/organisations", {"name": "甲调委会", "region": "没有这个地方"})
    entry = office.enrol()
    emptied = office.post(
        f"/organisations/{entry['id']}/corrections", {"changes": {"name": None}, "reason": "清空"}
    )

    assert (industry.status_code, industry.json()["field"]) == (409, "is_industry")
    assert (nowhere.status_code, nowhere.json()["field"]) == (422, "region")
    assert (emptied.status_code, emptied.json()["field"]) == (422, "name")


def test_organisations_are_found_by_region_type_and_day(office: Office) -> None:
    village = office.enrol(name="甲村调委会", org_type="village", established_on="2020-01-01")
    street = office.enrol(name="乙街道调委会", org_type="street", established_on=None)
    gone = office.enrol(name="丙调委会", dissolved_on="2022-06-30")
    elsewhere = office.enrol(name="丁调委会", region="140502")
    mistaken = office.enrol(name="戊调委会")
    office.post(f"/organisations/{mistaken['id']}/steps/cancel", {"reason": "误录"})

    def found(**query: Any) -> list[str]:
        return [entry["id"] for entry in office.get("/organisations", **query).json()["items"]]

    assert found(region="鄂尔多斯市") == [village["id"], street["id"], gone["id"], mistaken["id"]]
    assert found(org_type="village") == [village["id"]]
    assert found(status="dissolved") == [gone["id"]]
    assert found(status="cancelled") == [mistaken["id"]]
    assert found(name="丁调委会") == [elsewhere["id"]]
    assert found(active_on="2019-12-31") == [street["id"], gone["id"], elsewhere["id"]]
    assert found(active_on="2022-06-29", region="150625") == [village["id"], street["id"], gone["id"]]
    assert found(active_on="2022-06-30", region="150625") == [village["id"], street["id"]]


def test_pages_follow_each_other_without_gap(office: Office) -> None:
    entered = [office.enrol(name=f"{n}号调委会")["id"] for n in range(3)]

    first = office.get("/organisations", limit=2).json()
    rest = office.get("/organisations", limit=2, after=first["next"]).json()

    assert [entry["id"] for entry in first["items"] + rest["items"]] == entered
    assert rest["next"] is None
