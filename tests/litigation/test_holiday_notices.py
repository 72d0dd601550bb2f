"""Litigation keeps no due dates: after a holiday notice they are exact at the next look, and no case changes."""

from datetime import UTC, datetime
from pathlib import Path

from services.litigation import main
from shared.kit import calendars
from tests.support.holidays import a_notice
from tests.support.suites import NOWHERE, ONLY_OPERATOR, client_of, settings

NOW = datetime(2026, 12, 31, 1, 0, tzinfo=UTC)


def test_a_due_date_is_exact_as_soon_as_the_notice_is_there(database_url: str, tmp_path: Path) -> None:
    service = main.create(
        settings(database_url, tmp_path), nats_url=NOWHERE, clock=lambda: NOW, directory=ONLY_OPERATOR
    )
    body = {"case_number": "应诉〔2026〕1号", "region": "150625", "notified_on": "2026-12-18"}

    with client_of(service) as client:
        filed = client.post("/litigation/cases", json=body).json()
        told = client.post("/litigation/calendar", json=a_notice()).json()
        corrected = client.post(
            f"/litigation/cases/{filed['id']}/corrections",
            json={"changes": {"case_number": "应诉〔2026〕2号"}, "reason": "案号有误"},
        ).json()

    assert (filed["answer_due_on"], filed["answer_due_provisional"]) == ("2027-01-04", True)
    assert (told["changed"], told["recalculated"], told["complete"]) == (True, 0, True)
    assert (corrected["answer_due_on"], corrected["answer_due_provisional"]) == ("2027-01-04", False)
    assert corrected["version"] == 2
    assert calendars.STALE.total_seconds() <= 5  # so long may a look at the case still tell the old date
