"""`dingfen calendar` brings a notice to all three case services and tells what it did there."""

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
import uvicorn
from typer.testing import CliRunner, Result

from services.cli.app import app
from services.cli.client import SOURCES, out
from shared.kit.app import compose
from shared.kit.settings import Settings
from tests.reconsideration.walking import ACCEPT
from tests.support.callers import OPERATOR_TOKEN, bearer
from tests.support.holidays import OFF, ON, SOURCE, a_notice
from tests.support.suites import NOWHERE, ONLY_OPERATOR
from tests.support.waiting import until_now

NOW = datetime(2026, 12, 20, 1, 0, tzinfo=UTC)


@pytest.fixture
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The three case services on a port of this machine, on 2026-12-20."""
    told = Settings(data=tmp_path / "data", database_url=None)
    services = [
        # Without background work, which would print into what the commands print.
        replace(
            import_module(f"services.{name}.main").create(
                told, nats_url=NOWHERE, clock=lambda: NOW, directory=ONLY_OPERATOR
            ),
            workers=(),
        )
        for name in SOURCES
    ]
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(compose(services, title="test"), log_config=None)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        until_now(lambda: server.started, what="the services answer")
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        monkeypatch.setenv("DINGFEN_URL", url)
        monkeypatch.setenv("DINGFEN_TOKEN", OPERATOR_TOKEN)
        monkeypatch.setattr(out, "width", 200)
        yield url
        server.should_exit = True
        thread.join()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["calendar", *arguments])


def ok(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def told(*arguments: str) -> Any:
    return json.loads(ok(*arguments, "--json"))


@pytest.fixture
def notice(tmp_path: Path) -> Path:
    file = tmp_path / "2027.csv"
    rows = [f"2027,{day},off,放假" for day in OFF] + [f"2027,{day},on,调休上班" for day in ON]
    file.write_text("# 虚构\nyear,date,kind,note\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return file


def an_accepted_case(url: str) -> None:
    with httpx.Client(base_url=url, headers=bearer(OPERATOR_TOKEN), trust_env=False) as client:
        body = {"case_number": "杭政复〔2026〕1号", "organ_region": "150625", "received_on": "2026-12-07"}
        case = client.post("/reconsideration/cases", json=body).json()["id"]
        step = f"/reconsideration/cases/{case}/steps/accept"
        assert client.post(step, json=ACCEPT | {"on": "2026-12-07"}).status_code == 200


def test_a_notice_goes_to_all_case_services_and_each_tells_what_changed(suite: str, notice: Path) -> None:
    an_accepted_case(suite)

    dry = told("import", str(notice), "--dry-run")
    said = ok("import", str(notice), "--source", SOURCE)
    again = told("import", str(notice))

    assert {name: each["recalculated"] for name, each in dry.items()} == {
        "reconsideration": 1,
        "mediation": 0,
        "litigation": 0,
    }
    assert "行政复议：已载入 2027 年的放假安排，重算了 1 件案件的期限，其中 1 件的届满日有变化。" in said
    assert "人民调解：已载入 2027 年的放假安排，重算了 0 件案件" in said
    assert {each["changed"] for each in again.values()} == {False}


def test_the_list_tells_which_service_knows_which_year(suite: str, notice: Path) -> None:
    before = told("list")
    ok("import", str(notice), "--source", SOURCE)

    rows = [line for line in ok("list").splitlines() if "2027" in line]

    assert all(each[-1]["year"] == 2026 for each in before.values())
    assert len(rows) == 1
    assert rows[0].count(f"载入（{SOURCE}）") == len(SOURCES)


def test_json_is_taken_too(suite: str, tmp_path: Path) -> None:
    file = tmp_path / "notice.json"
    file.write_text(json.dumps(a_notice()), encoding="utf-8")

    assert {each["changed"] for each in told("import", str(file)).values()} == {True}


def test_a_file_that_cannot_be_right_is_refused_with_the_reason(
    suite: str, notice: Path, tmp_path: Path
) -> None:
    unreadable = tmp_path / "empty.csv"
    unreadable.write_text("", encoding="utf-8")
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps(a_notice(off=["2027-01-01"])), encoding="utf-8")

    refusals = [run("import", str(file)) for file in (tmp_path / "none.csv", unreadable, wrong)]
    other_year = run("import", str(notice), "--year", "2026")

    assert [result.exit_code for result in (*refusals, other_year)] == [1] * 4
    assert "读不到文件" in refusals[0].output
    assert "calendar.unreadable_notice" in refusals[1].output
    assert "calendar.implausible_count" in refusals[2].output
    assert "没有 2026 年的日期" in other_year.output
    assert all(each[-1]["year"] == 2026 for each in told("list").values())
