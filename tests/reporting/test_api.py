from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from services.reporting import api, figures, labels
from services.reporting.counts import COUNTS, yuan
from services.reporting.facts import KINDS
from services.reporting.indicators import INDICATORS
from services.reporting.intake import ReportingIntake
from shared.kernel.regions import RegionTree
from shared.kit.database import Database
from shared.kit.subscription import Freshness
from tests.reporting.asking import STREAM, asked
from tests.reporting.events import (
    HANGJIN,
    NATION,
    NOW,
    ORDOS,
    al,
    ar,
    ar_closed,
    message,
    org,
    pm_closed,
)
from tests.reporting.strategies import any_facts


def rate(client: TestClient, indicator: str, **query: Any) -> Any:
    (found,) = asked(client, indicator=indicator, **query)["rates"]
    return found


class TestRates:
    def test_the_annual_report_of_a_county_is_reproduced(self, hangjin: TestClient) -> None:
        told = asked(hangjin)

        assert told["region_name"] == "内蒙古自治区鄂尔多斯市杭锦旗"
        assert (told["period"], told["start"], told["end"]) == ("2022", "2022-01-01", "2022-12-31")
        counts = told["counts"]
        assert counts.keys() == COUNTS.keys() == labels.COUNTS.keys()
        expected = {
            "ar.received": 13,
            "ar.accepted": 13,
            "ar.concluded": 11,
            "ar.pending": 2,
            "ar.carried": 0,
            "ar.upheld": 6,
            "ar.revoked": 3,
            "ar.partly_revoked": 1,
            "ar.claim_rejected": 1,
            "ar.terminated": 1,
            "ar.withdrawn_settled": 1,
            "ar.letters": 1,
            "pm.accepted": 429,
            "pm.registered": 430,
            "pm.concluded": 429,
            "pm.agreed": 427,
            "pm.confirmed": 97,
            "pm.amount": 148.8,
            "pm.organisations": 110,
            "pm.org_village": 76,
            "pm.org_unspecified": 5,
            "pm.org_industry": 9,
            "pm.org_labour_mediation": 1,
            "pm.service_points": 1,
            "pm.agent_points": 1,
            "al.heard": 4,
            "al.met": 4,
            "al.lost_first": 1,
        }
        assert {key: counts[key] for key in expected} == expected

    @pytest.mark.parametrize(
        ("indicator", "definition", "text", "numerator", "denominator"),
        [
            ("IND-AR-5", "D1", "27.27", 3, 11),
            ("IND-AR-4", "D1", "54.55", 6, 11),
            ("IND-AR-2", "D1", "84.62", 11, 13),
            ("IND-AR-3", "D1", "100.00", 11, 11),
            ("IND-AR-6", "Z1", "36.36", 4, 11),
            ("IND-AR-7", "D1", "0.0", 0, 11),
            ("IND-AR-13", "D2", "3.3", 13, 4),
            ("IND-PM-2", "D1", "99.53", 427, 429),
            ("IND-PM-4", "D1", "22.72", 97, 427),
            ("IND-PM-5", "D1", None, 0, 0),
            ("IND-PM-1", "D1", None, 429, None),
            ("IND-PM-7", "D1", None, 14880, None),
            ("IND-AL-1", "A1", "100.00", 4, 4),
            ("IND-AL-4", "F2", "25.00", 1, 4),
        ],
    )
    def test_a_rate_is_told_with_its_counts(
        self,
        hangjin: TestClient,
        indicator: str,
        definition: str,
        text: str | None,
        numerator: int,
        denominator: int | None,
    ) -> None:
        found = rate(hangjin, indicator, definition=definition)

        assert (found["rate"], found["numerator"], found["denominator"]) == (text, numerator, denominator)
        assert found["as_of"].startswith("2026-11-22T01:00:00")

    def test_a_rate_is_compared_in_points_with_the_year_before(self, hangjin: TestClient) -> None:
        found = rate(hangjin, "IND-AL-1", compare="true")

        assert found["previous"] == {"period": "2021", "numerator": 13, "denominator": 25, "rate": "52.00"}
        assert found["change_points"] == "48.00"
        assert rate(hangjin, "IND-AR-5", compare="true")["change_points"] is None
        assert rate(hangjin, "IND-AL-1")["previous"] is None

    def test_scopes_are_never_added(self, hangjin: TestClient) -> None:
        assert asked(hangjin, scope="legal_service")["counts"]["pm.agreed"] == 300
        assert asked(hangjin)["counts"]["pm.agreed"] == 427

    def test_a_region_includes_what_lies_below_and_its_own_level_alone_does_not(
        self, hangjin: TestClient
    ) -> None:
        league = asked(hangjin, region=ORDOS)["counts"]
        own = asked(hangjin, region=ORDOS, own="true")["counts"]

        assert (league["ar.received"], league["ar.handled"], league["ar.own_handled"]) == (14, 14, 1)
        assert own["ar.received"] == 1
        assert asked(hangjin, region=NATION)["counts"]["ar.received"] == 14
        assert asked(hangjin, region="晋城市城区")["counts"]["ar.received"] == 0

    def test_a_region_may_be_named(self, hangjin: TestClient) -> None:
        assert asked(hangjin, region="杭锦旗")["region"] == HANGJIN

    def test_every_definition_is_told_and_the_default_comes_first(self, hangjin: TestClient) -> None:
        everything = asked(hangjin)["rates"]

        assert list(dict.fromkeys(each["indicator"] for each in everything)) == list(INDICATORS)
        assert [each["definition"] for each in everything] == [
            definition.id for indicator in INDICATORS.values() for definition in indicator.definitions
        ]
        assert everything == asked(hangjin, definition="all")["rates"]
        assert len(asked(hangjin, indicator="AL-1")["rates"]) == 1
        assert len(everything) == sum(len(indicator.definitions) for indicator in INDICATORS.values())
        assert len(asked(hangjin, indicator="AL-1", definition="all")["rates"]) == 4

    @pytest.mark.parametrize(
        ("query", "status", "code"),
        [
            ({"indicator": "IND-XX-1"}, 404, "indicator.unknown"),
            ({"indicator": "IND-AL-1", "definition": "A9"}, 404, "indicator.unknown_definition"),
            ({"definition": "D1"}, 422, "request.definition_alone"),
            ({"region": "150999"}, 422, "region.unknown"),
            ({"region": "城区"}, 422, "region.ambiguous"),
            ({"period": "soon"}, 422, "period.unreadable"),
            ({"scope": "people,legal_service"}, 422, "request.unknown_scope"),
        ],
    )
    def test_nonsense_is_refused(
        self, client: TestClient, query: dict[str, str], status: int, code: str
    ) -> None:
        answer = client.get("/reporting/rates", params={"period": "2022", **query})

        assert (answer.status_code, answer.json()["code"]) == (status, code)


class TestFlags:
    def flags(self, client: TestClient, **query: Any) -> dict[str, Any]:
        return {flag["id"]: flag for flag in asked(client, **query)["flags"]}

    def test_parts_that_do_not_add_up_are_flagged(self, hangjin: TestClient) -> None:
        """SD-1-3: 110 committees, 105 of known types."""
        assert self.flags(hangjin)["PM-8-parts"] == {
            "id": "PM-8-parts",
            "message": "调解组织 110 个，已登记类型的分项之和 105 个，相差 5 个：有 5 个未登记类型。",
            "gap": 5,
        }

    def test_decisions_whose_suing_date_nobody_recorded_are_flagged(self, hangjin: TestClient) -> None:
        """Of the eleven concluded cases one was withdrawn: there is nothing to sue about."""
        found = self.flags(hangjin)

        assert found["AR-no-suing-date"]["gap"] == 10
        assert found.keys() == {"AR-no-suing-date", "PM-8-parts"}

    def test_what_was_carried_over_is_told(self, hangjin: TestClient) -> None:
        flag = self.flags(hangjin, period="2023")["AR-carried"]

        assert (flag["gap"], flag["message"]) == (2, "行政复议含上期结转 2 件。")
        assert asked(hangjin, period="2023")["counts"]["ar.handled"] == 2

    def test_outcomes_that_are_missing_are_flagged(self, client: TestClient, intake: ReportingIntake) -> None:
        intake.apply(
            [
                message(ar_closed(None, decision_due_on=None)),
                message(pm_closed(None), case=2),
            ],
            stream=STREAM,
        )

        found = self.flags(client)
        assert found.keys() == {"AR-parts", "AR-no-due-date", "AR-no-suing-date", "PM-parts"}

    def test_a_closing_before_the_acceptance_is_flagged(
        self, client: TestClient, intake: ReportingIntake
    ) -> None:
        intake.apply([message(ar_closed("upheld", accepted_on="2023-01-05"))], stream=STREAM)

        assert self.flags(client)["AR-pending-negative"]["gap"] == -1
        assert self.flags(client, period="2023")["AR-carried-negative"]["gap"] == -1

    def test_missing_and_unreadable_events_are_flagged(
        self, client: TestClient, intake: ReportingIntake
    ) -> None:
        good = message(al(), pub_seq=4)
        intake.apply([good, replace(good, payload=b"?", pub_seq=5)], stream=STREAM)

        found = self.flags(client)
        assert (found["holes"]["gap"], found["quarantine"]["gap"]) == (3, 1)
        assert "数据不完整" in found["holes"]["message"]


class TestCases:
    def test_the_cases_behind_a_rate_are_listed(self, hangjin: TestClient) -> None:
        found = asked(hangjin, "/reporting/rates/IND-AR-5/cases")

        assert (found["total"], len(found["items"]), found["next"]) == (3, 3, None)
        item = found["items"][0]
        assert item["case_number"] == "杭政复〔2022〕1号"
        assert item["region_name"] == "内蒙古自治区鄂尔多斯市杭锦旗"
        assert item["measures"] == [{"measure": "revoked", "on": "2022-04-20", "amount": 1}]
        assert item["href"] == f"/reconsideration/cases/{item['case_id']}"

    def test_pages_go_on_where_the_last_one_ended(self, hangjin: TestClient) -> None:
        path, seen, after = "/reporting/rates/IND-PM-2/cases", list[str](), ""
        while True:
            page = asked(hangjin, path, part="denominator", limit=200, after=after)
            seen += [item["case_id"] for item in page["items"]]
            assert len(page["items"]) <= 200
            if page["next"] is None:
                break
            after = page["next"]

        assert len(seen) == len(set(seen)) == page["total"] == 429

    @pytest.mark.parametrize(("period", "total"), [("2022", 2), ("2021", 1), ("2022-01-02..2022-12-30", 0)])
    def test_both_ends_of_a_period_belong_to_it(
        self, client: TestClient, intake: ReportingIntake, period: str, total: int
    ) -> None:
        edges = ("2021-12-31", "2022-01-01", "2022-12-31", "2023-01-01")
        intake.apply(
            [message(ar(received_on=day), case=case) for case, day in enumerate(edges)], stream=STREAM
        )

        found = asked(client, "/reporting/rates/IND-AR-17/cases", part="denominator", period=period)
        assert found["total"] == len(found["items"]) == total

    def test_an_open_case_is_behind_the_base_of_the_next_year(self, hangjin: TestClient) -> None:
        found = asked(hangjin, "/reporting/rates/IND-AR-2/cases", part="denominator", period="2023")

        assert (found["total"], [item["amount"] for item in found["items"]]) == (2, [1, 1])

    def test_organisations_have_no_number_but_a_place(self, hangjin: TestClient) -> None:
        found = asked(hangjin, "/reporting/rates/IND-PM-8/cases", limit=1000)

        assert (found["total"], len(found["items"])) == (110, 110)
        assert {item["case_number"] for item in found["items"]} == {None}
        assert found["items"][0]["href"].startswith("/mediation/organisations/")

    def test_a_count_has_no_denominator(self, hangjin: TestClient) -> None:
        answer = hangjin.get(
            "/reporting/rates/IND-PM-1/cases", params={"period": "2022", "part": "denominator"}
        )

        assert (answer.status_code, answer.json()["code"]) == (422, "request.unknown_part")


@settings(
    deadline=None,
    max_examples=8,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    told=st.lists(any_facts, min_size=8, max_size=30),
    region=st.sampled_from([NATION, ORDOS, HANGJIN, "150625100"]),
    own=st.booleans(),
)
def test_the_cases_of_every_number_sum_to_it(
    database: Database, tree: RegionTree, intake: ReportingIntake, told: list[Any], region: str, own: bool
) -> None:
    intake.clear()
    intake.apply([message(facts, case=case) for case, facts in enumerate(told)], stream=STREAM)
    question = figures.question(tree, region=region, period="2022", own=own, scope="people")
    definitions = figures.chosen(None, figures.ALL)

    with database.reading() as session:
        report = figures.report(session, question, definitions, compare=False, now=NOW)
        numbers: list[tuple[Any, int | float | None, bool]] = [
            (count.expression, report.counts[key], count.fen)
            for key, count in COUNTS.items()
            if own or not count.own  # the page of an own-level count asks for the own level
        ]
        for figure in report.figures:
            numbers.append((figure.definition.numerator, figure.rate.numerator, False))
            if figure.definition.denominator is not None and figure.rate.denominator is not None:
                numbers.append((figure.definition.denominator, figure.rate.denominator, False))
        for expression, number, fen in numbers:
            items: list[figures.CountedCase] = []
            after: str | None = ""
            while after is not None:
                page = figures.counted_cases(session, tree, question, expression, after=after, limit=2)
                items.extend(page.items)
                after = page.next
            amount = sum(item.amount for item in items)
            assert (yuan(amount) if fen else amount) == number
            assert page.total == amount
            assert len({item.case_id for item in items}) == len(items)


class TestCatalogue:
    def test_every_definition_is_published(self, client: TestClient) -> None:
        catalogue = client.get("/reporting/indicators").json()

        assert [indicator["id"] for indicator in catalogue] == list(INDICATORS)
        appearance = next(indicator for indicator in catalogue if indicator["id"] == "IND-AL-1")
        assert appearance["name"] == "行政机关负责人出庭应诉率"
        assert [definition["id"] for definition in appearance["definitions"]] == ["A1", "A2", "A3", "A4"]
        assert appearance["definitions"][2]["denominator"] == [
            {"sign": 1, "kind": "litigation_case", "measure": "duty", "basis": "flow"},
            {"sign": -1, "kind": "litigation_case", "measure": "excused", "basis": "flow"},
        ]


def test_the_routes_name_every_kind() -> None:
    assert set(get_args(api.KindName)) == set(KINDS) == set(labels.KINDS)


def test_an_organisation_that_moves_type_moves_its_count(client: TestClient, intake: ReportingIntake) -> None:
    intake.apply([message(org("unspecified"))], stream=STREAM)
    intake.apply([message(org("enterprise"), version=2)], stream=STREAM)

    counts = asked(client)["counts"]
    assert (counts["pm.org_unspecified"], counts["pm.org_enterprise"], counts["pm.organisations"]) == (
        0,
        1,
        1,
    )


@pytest.mark.parametrize(
    ("freshness", "flag"),
    [
        (Freshness(connected=True, waiting=0, caught_up_at=None), None),
        (Freshness(connected=True, waiting=7, caught_up_at=None), "catching-up"),
        (Freshness(connected=True, waiting=None, caught_up_at=None), "rebuilding"),
        (Freshness(connected=False, waiting=0, caught_up_at=None), "broker-away"),
    ],
)
def test_figures_that_are_not_up_to_date_say_so(
    database: Database, tree: RegionTree, freshness: Freshness, flag: str | None
) -> None:
    question = figures.question(tree, region="150625", period="2022", own=False, scope="people")

    with database.reading() as session:
        report = figures.report(session, question, (), compare=False, now=NOW, freshness=freshness)

    assert [found.id for found in report.flags] == ([flag] if flag else [])


def test_figures_are_as_of_the_last_time_everything_was_counted(database: Database, tree: RegionTree) -> None:
    question = figures.question(tree, region="150625", period="2022", own=False, scope="people")
    earlier = NOW - timedelta(hours=3)

    with database.reading() as session:
        report = figures.report(
            session, question, (), compare=False, now=NOW, freshness=Freshness(False, 0, earlier)
        )

    assert report.as_of == earlier
