import re
from html.parser import HTMLParser

import pytest
from starlette.testclient import TestClient

from services.reporting.intake import ReportingIntake
from tests.reporting.asking import STREAM
from tests.reporting.events import HANGJIN, ORDOS, ar, ar_closed, message


class Page(HTMLParser):
    """Links, controls, labels and the words of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.labelled: set[str] = set()
        self.tags: list[str] = []
        self.words: list[str] = []
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        self.attributes |= given.keys()
        if tag == "a":
            self.links.append(given["href"] or "")
        if given.get("id"):
            self.ids.add(str(given["id"]))
        if tag == "label" and given.get("for"):
            self.labelled.add(str(given["for"]))

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.words.append(data.strip())


def page(client: TestClient, path: str, **query: str) -> Page:
    answer = client.get(path, params=query or None)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/html")
    return Page(answer.text)


def test_the_page_tells_figures_flags_and_the_cut_off(hangjin: TestClient) -> None:
    words = page(hangjin, "/reporting/", region=HANGJIN, period="2022", compare="true").words

    assert "内蒙古自治区鄂尔多斯市杭锦旗 2022 统计" in words
    assert "99.53%" in words
    assert "3.3倍" in words
    assert "48.00" in words
    assert "52.00%（13/25）" in words
    assert "148.8 元" in words
    assert any("相差 5 个" in word for word in words)
    assert "2026-11-22 09:00" in words


def test_nothing_to_divide_by_is_a_dash(client: TestClient) -> None:
    words = page(client, "/reporting/", period="2022").words

    assert "—" in words
    assert "0.00%" not in words
    assert "100.00%" not in words


def test_without_a_question_the_nation_and_this_year_are_shown(client: TestClient) -> None:
    assert "全国 2026 统计" in page(client, "/reporting/").words


def test_every_number_leads_to_its_cases(hangjin: TestClient) -> None:
    links = [
        link
        for link in page(hangjin, "/reporting/", region=HANGJIN, period="2022").links
        if "/cases?" in link
    ]

    assert len(links) > 100
    for link in links:
        listed = page(hangjin, link)
        assert "h1" in listed.tags


def test_the_cases_page_lists_each_case_with_its_reason(hangjin: TestClient) -> None:
    listed = page(
        hangjin, "/reporting/cases", indicator="IND-AR-5", definition="D1", region=HANGJIN, period="2022"
    )

    assert "直接纠错率（D1 占审结）分子：3" in listed.words
    assert listed.words.count("2022-04-20 撤销") == 3
    assert len([link for link in listed.links if link.startswith("/reconsideration/cases/")]) == 3


def test_own_level_counts_list_own_cases_only(hangjin: TestClient) -> None:
    listed = page(hangjin, "/reporting/cases", count="ar.own_handled", region=ORDOS, period="2022")

    assert "其中本级办理：1" in listed.words
    assert len([link for link in listed.links if link.startswith("/reconsideration/cases/")]) == 1


def test_a_long_list_has_a_next_page(hangjin: TestClient) -> None:
    seen: list[str] = []
    path = "/reporting/cases?count=pm.agreed&region=150625&period=2022"
    while path:
        listed = page(hangjin, path)
        seen += [link for link in listed.links if link.startswith("/mediation/cases/")]
        path = next((link for link in listed.links if "after=" in link), "")

    assert len(seen) == len(set(seen)) == 427


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/reporting/?region=%3Cscript%3E&period=2022", 422),
        ("/reporting/?region=城区&period=2022", 422),
        ("/reporting/?period=soon", 422),
        ("/reporting/cases?indicator=IND-XX&period=2022", 404),
        ("/reporting/cases?count=ar.nothing&period=2022", 404),
        ("/reporting/cases?indicator=IND-PM-1&part=denominator&period=2022", 422),
    ],
)
def test_a_refusal_is_told_beside_the_form(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path)

    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    assert "<form" in answer.text
    assert "<script>" not in answer.text


def test_what_a_case_says_is_escaped(client: TestClient, intake: ReportingIntake) -> None:
    intake.apply([message(ar_closed("revoked", case_number='<b onclick="x">1</b>'))], stream=STREAM)

    answer = client.get("/reporting/cases?indicator=IND-AR-5&period=2022")

    assert "<b onclick" not in answer.text
    assert "&lt;b onclick" in answer.text


@pytest.mark.parametrize(
    "path", ["/reporting/?period=2022&compare=true", "/reporting/cases?count=ar.received&period=2022"]
)
def test_pages_are_plain_and_labelled(client: TestClient, intake: ReportingIntake, path: str) -> None:
    intake.apply([message(ar())], stream=STREAM)
    text = client.get(path).text
    seen = Page(text)

    assert '<html lang="zh-CN">' in text
    assert not {"script", "style", "link", "img"} & set(seen.tags)
    assert not {"style", "onclick", "onload"} & seen.attributes
    assert seen.tags.count("table") == seen.tags.count("caption")
    assert seen.labelled <= seen.ids
    assert re.search(r"<title>[^<]+</title>", text)
