"""What an answer may hold: the field set of its reader, no value of a person, and no trace of a foreign office."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx2 as httpx

from shared.contracts.identity import Role
from tests.authz.calls import Call
from tests.authz.cases import FREE_TEXT, PERSON, PLAIN, REASON, id_number
from tests.authz.matrix import Entry
from tests.authz.places import CASE_SERVICES, SEATS, reach_of
from tests.authz.reconsidering import WORDS
from tests.authz.world import World

ERROR = 400


def traces(text: str, role: Role) -> set[str]:
    """Offices beyond the reach of a role that a text names; every case number names its office."""
    named = re.findall(r"(?:reconsideration|judicial_office|mediation|litigation)-\d{6}(?:-east)?", text)
    return set(named) & (SEATS.keys() - reach_of(role))


def faults(world: World, entry: Entry, role: Role, call: Call, answer: httpx.Response) -> Iterator[str]:
    """All that is wrong with an answer whose status was right."""
    shown = entry.who.get(role, "none")
    if shown != "plain" or answer.status_code >= ERROR:
        yield from (f"holds {value[:4]}…" for value in PLAIN if value in answer.text)
    if answer.status_code >= ERROR:
        if (
            not answer.headers["content-type"].startswith("application/problem+json")
            and entry.shape != "ledger"
        ):
            yield "is refused without a problem"
        if call.office is None or call.office not in answer.text:
            yield from _foreign(entry, role, answer)
        else:
            yield "repeats the office that was asked for"
        return
    yield from _foreign(entry, role, answer)
    if shown in _SHOWN and entry.service in CASE_SERVICES:
        yield from _SHOWN[shown](entry, call, answer)
    if entry.shape in ("listing", "drill"):
        yield from _listed(world, entry, role, call, answer)


def _foreign(entry: Entry, role: Role, answer: httpx.Response) -> Iterator[str]:
    # The ledger's own words come back to whoever sent them; what concerns the suite is not divided by offices.
    if entry.shape not in ("suite", "ledger"):
        yield from (f"tells of {code}" for code in sorted(traces(answer.text, role)))


def _items(answer: httpx.Response) -> list[dict[str, Any]]:
    body = answer.json()
    found: list[dict[str, Any]] = body.get("items", [body])
    return found


def _of_facts(entry: Entry, call: Call, answer: httpx.Response) -> Iterator[str]:
    """Nothing that was written freely: no words of a case, no reason in the journal."""
    for item in _items(answer):
        yield from (f"shows {name}" for name in FREE_TEXT[entry.service] if item.get(name) is not None)
        yield from ("shows a reason" for step in item.get("history", ()) if step["reason"] is not None)
        yield from ("shows words of a step" for _ in item.get("texts", ()))
    for words, what in ((REASON, "a reason"), (WORDS, "words of a step")):
        if words in answer.text:
            yield f"shows {what}"


def _of_case(entry: Entry, call: Call, answer: httpx.Response) -> Iterator[str]:
    """What the handler of a case needs is there, else the test of facts above would prove nothing."""
    if entry.method != "GET" or entry.shape != "object":
        return
    body = answer.json()
    if "/cases/" in entry.path:
        for name, words in FREE_TEXT[entry.service].items():
            if body[name] != words:
                yield f"lacks {name}"
        if not any(step["reason"] == REASON for step in body["history"]):
            yield "lacks the reason"
        if entry.service == "reconsideration" and WORDS not in body["texts"].values():
            yield "lacks the words of a step"


def _masked(entry: Entry, call: Call, answer: httpx.Response) -> Iterator[str]:
    if not answer.content:
        return
    for item in _items(answer):
        yield from (
            f"{name} is not masked" for name in (*PERSON, "id_number") if "*" not in (item[name] or "")
        )


def _plain(entry: Entry, call: Call, answer: httpx.Response) -> Iterator[str]:
    expected = {**PERSON, "id_number": id_number(call.office or "")}
    if {name: answer.json()[name] for name in expected} != expected:
        yield "does not show the person"


def _ids(entry: Entry, call: Call, answer: httpx.Response) -> Iterator[str]:
    words = ("respondent", "matter", "committee", "organ", "name", "reason")
    yield from (f"shows {name}" for item in _items(answer) for name in words if name in item)


_SHOWN: Mapping[str, Callable[[Entry, Call, httpx.Response], Iterator[str]]] = {
    "facts": _of_facts,
    "case": _of_case,
    "masked": _masked,
    "plain": _plain,
    "ids": _ids,
}


def _listed(world: World, entry: Entry, role: Role, call: Call, answer: httpx.Response) -> Iterator[str]:
    """A list misses none of the standing cases in reach; that it holds no others was seen by their traces."""
    if "/organisations" in entry.path or "/deadlines" in entry.path:  # a case need not have an open clock
        return
    service = entry.service if entry.service in CASE_SERVICES else _service_asked(call)
    region = call.path.partition("region=")[2].partition("&")[0]
    for code in sorted(reach_of(role)):
        seat = SEATS[code]
        if seat.service == service and _within(seat.region, region):
            yield from (
                f"lacks {kept.number}" for kept in world.standing[code] if kept.number not in answer.text
            )


def _within(region: str, asked: str) -> bool:
    return region.startswith(asked.removesuffix("00") if asked.endswith("00") else asked)


def _service_asked(call: Call) -> str:
    marks = {"pm.": "mediation", "PM-": "mediation", "al.": "litigation", "AL-": "litigation"}
    return next((service for mark, service in marks.items() if mark in call.path), "reconsideration")
