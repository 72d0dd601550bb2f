"""`dingfen export` writes what the verifier reads: from the pages of a suite to the verdict."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import dingfen_verify
from dingfen_verify import OK
from services.cli import exports
from shared.contracts.envelope import digest, encode
from tests.support.events import an_event

Answers = dict[str, Callable[[dict[str, Any]], Any]]
EVENTS = [an_event() for _ in range(7)]


def pages(items: list[Any], name: str, next_of: Callable[[Any], Any]) -> Callable[[dict[str, Any]], Any]:
    """A paged answer of three items a page."""

    def answer(query: dict[str, Any]) -> Any:
        after = query.get("after")
        start = next((place for place, item in enumerate(items, start=1) if next_of(item) == after), 0)
        shown = items[start : start + 3]
        more = start + 3 < len(items)
        return {"epoch": "e1", name: shown, "next": next_of(shown[-1]) if more else None}

    return answer


class PagedSuite:
    """Answers as the suite does, a few items at a time."""

    answers: Answers

    def get(self, path: str, **query: Any) -> Any:
        return self.answers[path](query)


@pytest.fixture
def suite(monkeypatch: pytest.MonkeyPatch) -> type[PagedSuite]:
    logged = [
        {"pub_seq": place, "subject": subject, "event": json.loads(encode(event))}
        for place, (subject, event) in enumerate(EVENTS, start=1)
    ]
    known = [
        {"case_id": str(event.data.case_id), "version": 1, "digest": digest(event.data.facts)}
        for _, event in EVENTS
    ]
    of_litigation = pages(known, "items", lambda item: item["case_id"])
    term = {"sign": 1, "kind": "litigation_case", "measure": "notified", "basis": "flow"}
    PagedSuite.answers = {
        "/litigation/events": pages(logged, "events", lambda item: item["pub_seq"]),
        "/reporting/facts": lambda query: (
            of_litigation(query) if query["kind"] == "litigation_case" else {"items": [], "next": None}
        ),
        "/reporting/rates": lambda query: {
            "region": query["region"],
            "period": "2022",
            "start": "2022-01-01",
            "end": "2022-12-31",
            "own": False,
            "scope": "people",
            "as_of": "2026-11-22T01:00:00Z",
            "rates": [
                {
                    "indicator": "IND-AL-1",
                    "definition": "D1",
                    "numerator": 7,
                    "denominator": 7,
                    "rate": "100.00",
                    "unit": "percent",
                    "withheld": False,
                }
            ],
        },
        "/reporting/indicators": lambda query: [
            {
                "id": "IND-AL-1",
                "definitions": [
                    {
                        "id": "D1",
                        "sentence": "…",
                        "decimals": 2,
                        "rounding": "half_up",
                        "numerator": [term],
                        "denominator": [term],
                    }
                ],
            }
        ],
    }
    monkeypatch.setattr(exports, "Suite", PagedSuite)
    return PagedSuite


def export(*arguments: str) -> Path:
    done = CliRunner().invoke(exports.export, arguments)
    assert done.exit_code == 0, done.output
    return Path(arguments[-1])


def test_an_exported_log_and_exported_facts_are_accounted_for(
    suite: type[PagedSuite], tmp_path: Path
) -> None:
    log = export("events", "litigation", "-o", str(tmp_path / "litigation.jsonl"))
    facts = export("facts", "-o", str(tmp_path / "facts.jsonl"))

    assert len(log.read_text(encoding="utf-8").splitlines()) == 1 + len(EVENTS) + 1
    assert dingfen_verify.main(["accounting", "--log", str(log), "--facts", str(facts)]) == OK


def test_an_exported_figure_is_recomputed_from_an_exported_log(
    suite: type[PagedSuite], tmp_path: Path
) -> None:
    log = export("events", "litigation", "-o", str(tmp_path / "litigation.jsonl"))
    figure = export(
        *("figure", "IND-AL-1", "--region", "150625", "--period", "2022"), "-o", str(tmp_path / "figure.json")
    )

    assert dingfen_verify.main(["figure", "--events", str(log), "--figure", str(figure)]) == OK


def test_a_log_whose_database_was_restored_meanwhile_is_not_written_as_one(
    suite: type[PagedSuite], tmp_path: Path
) -> None:
    first = suite.answers["/litigation/events"]
    suite.answers["/litigation/events"] = lambda query: (
        first(query) | ({"epoch": "e2"} if query.get("after") else {})
    )

    done = CliRunner().invoke(exports.export, ["events", "litigation", "-o", str(tmp_path / "x.jsonl")])

    assert done.exit_code == 1


def test_a_service_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    for what in ("events", "audit"):
        done = CliRunner().invoke(exports.export, [what, "weather", "-o", str(tmp_path / "x.jsonl")])
        assert done.exit_code == 1
    assert not (tmp_path / "x.jsonl").exists()
