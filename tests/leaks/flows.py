"""Ways through the suite on which planted persons are filed, looked for, shown, corrected, refused and erased."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import uuid4

import httpx2 as httpx

from tests.authz import reconsidering
from tests.leaks.canaries import Canary, Crowd, Person, miswritten
from tests.leaks.recorder import Recorder
from tests.leaks.staff import Staff
from tests.leaks.trades import TRADES, Trade

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Walk:
    """One service, walked through with its share of the crowd."""

    recorder: Recorder
    staff: Staff
    trade: Trade
    persons: Sequence[Person]
    sentences: Sequence[Canary]

    def number(self) -> str:
        return f"某{self.trade.service}字〔2026〕{next(_numbers)}号"

    def keeper(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self.recorder.send(method, path, by=self.staff.keeper, **more)

    def without_the_right(self, method: str, path: str, **more: Any) -> None:
        """Sent by everybody who must not learn of it."""
        for by in (self.staff.viewer, self.staff.elsewhere, self.staff.auditor, self.staff.nobody):
            self.recorder.send(method, path, by=by, sink="without the right", **more)

    def file(self, **other: Any) -> str:
        answer = self.keeper(
            "POST", self.trade.cases, body=self.trade.body(self.number(), **other), plain=True
        )
        assert answer.status_code == 201, answer.text
        found: str = answer.json()["id"]
        return found

    def party(self, person: Person, **other: Any) -> dict[str, Any]:
        return {"role": self.trade.party_role, **person.body, **other}


def walks(recorder: Recorder, staff: Staff, crowd: Crowd) -> list[Walk]:
    """A walk for each service; together they plant everything."""
    return [
        Walk(recorder, staff, trade, crowd.persons[place::3], crowd.sentences[place::3])
        for place, trade in enumerate(TRADES.values())
    ]


def good_ways(walk: Walk) -> None:
    """What clerks do all day: everything is taken, and only masked values come back."""
    words = iter(walk.sentences)
    case = walk.file(**{field: next(words).value for field in walk.trade.sealed})
    parties = f"{walk.trade.cases}/{case}/parties"
    ids = {}
    for place, person in enumerate(walk.persons):
        key = {"Idempotency-Key": f"{case}-{place}"}
        for _ in range(2):  # the second is answered from what is kept of the first
            answer = walk.keeper("POST", parties, body=walk.party(person), more=key)
            assert answer.status_code == 201, answer.text
        ids[answer.json()["id"]] = person
        other = walk.persons[place - 1]
        assert walk.keeper("POST", parties, body=walk.party(other), more=key).status_code == 422
    listed = walk.keeper("GET", parties).json()["items"]
    assert len(listed) == len(walk.persons)
    for party, person in ids.items():
        shown = walk.keeper("POST", f"{parties}/{party}/reveal", body={"purpose": "contact"}, plain=True)
        assert shown.json()["id_number"] == person.id_number.value
        number = {"id_number": person.id_number.value}
        assert walk.keeper("POST", f"/{walk.trade.service}/parties/search", body=number).json()["items"]
    reveal = f"{parties}/{next(iter(ids))}/reveal"
    walk.without_the_right("GET", parties)
    walk.without_the_right("POST", reveal, body={"purpose": "contact"})
    walk.without_the_right(
        "POST",
        f"/{walk.trade.service}/parties/search",
        body={"id_number": walk.persons[0].id_number.value},
    )
    walk.recorder.send("GET", parties, by=walk.staff.operator)
    walk.recorder.send("POST", reveal, by=walk.staff.operator, body={"purpose": "contact"})
    _change(walk, parties, list(ids))
    _correct(walk, case, [each.value for each in walk.sentences])
    _tell_at_steps(walk)


def _tell_at_steps(walk: Walk) -> None:
    """Words at every step that takes some: shown to whoever handles the case, when its file is opened."""
    for place, worded in enumerate(walk.trade.worded):
        words = walk.sentences[place % len(walk.sentences)].value
        path = f"{walk.trade.cases}/{walk.file(**worded.filed)}"
        for step in worded.before:
            body = reconsidering.STEPS[step]
            assert walk.keeper("POST", f"{path}/steps/{step}", body=body).status_code == 200, step
        taken, body = f"{path}/steps/{worded.step}", worded.saying(words)
        for address in (f"{taken}/preview", taken):
            answer = walk.keeper("POST", address, body=body)
            assert answer.status_code == 200, answer.text
            walk.without_the_right("POST", address, body=body)
        assert words in walk.keeper("GET", path, plain=True).text, worded.step
        assert walk.keeper("POST", taken, body={**body, "on": "2026-03-01"}).status_code == 409
        walk.without_the_right("GET", path)
        if place == 0:
            _take_back(walk, path)


def _take_back(walk: Walk, path: str) -> None:
    """The words of a step that was taken back are gone from the case, and not come into anything else."""
    assert walk.keeper("POST", f"{path}/steps/undo").status_code == 200
    assert walk.keeper("POST", f"{path}/steps/undo").status_code == 409


def _change(walk: Walk, parties: str, ids: Sequence[str]) -> None:
    first, second, person = ids[0], ids[1], walk.persons[2]
    body = walk.party(person, name=walk.persons[0].name.value)
    assert walk.keeper("PUT", f"{parties}/{first}", body=body, more={"If-Match": '"9"'}).status_code == 412
    assert walk.keeper("PUT", f"{parties}/{first}", body=body).status_code == 200
    assert walk.keeper("DELETE", f"{parties}/{second}").status_code == 204
    assert walk.keeper("PUT", f"{parties}/{second}", body=body).status_code == 404
    assert walk.keeper("POST", f"{walk.trade.cases}/{uuid4()}/parties", body=body).status_code == 404
    walk.without_the_right("PUT", f"{parties}/{first}", body=body)


def _correct(walk: Walk, case: str, sentences: Sequence[str]) -> None:
    path = f"{walk.trade.cases}/{case}"
    for place, words in enumerate(sentences):
        key = {"Idempotency-Key": f"{case}-correction-{place}"}
        changes = dict.fromkeys(walk.trade.sealed, sentences[place - 1]) or {"case_number": walk.number()}
        body = {"changes": changes, "reason": words}
        for _ in range(2):
            answer = walk.keeper(
                "POST",
                f"{path}/corrections",
                body=body,
                more=key,
                plain=True,
            )
            assert answer.status_code == 200, answer.text
    walk.without_the_right("GET", path)
    walk.without_the_right("GET", walk.trade.cases)
    walk.without_the_right("POST", f"{path}/corrections", body=body)
    shown = walk.keeper("GET", path, plain=True).text
    assert sentences[-1] in shown


def last_ways(walk: Walk) -> None:
    """Cases that are cancelled and erased, and what is tried on them afterwards."""
    words = [each.value for each in walk.sentences]
    sealed = dict.fromkeys(walk.trade.sealed, words[0])
    cancelled, erased = walk.file(**sealed), walk.file(**sealed)
    for case in (cancelled, erased):
        path = f"{walk.trade.cases}/{case}"
        answer = walk.keeper("POST", f"{path}/parties", body=walk.party(walk.persons[3]))
        assert answer.status_code == 201, answer.text
    path = f"{walk.trade.cases}/{cancelled}"
    assert (
        walk.keeper("POST", f"{path}/steps/cancel", body={"reason": words[1]}, plain=True).status_code == 200
    )
    correction = {"changes": {"case_number": walk.number()}, "reason": words[2]}
    assert walk.keeper("POST", f"{path}/corrections", body=correction).status_code == 409
    assert walk.keeper("POST", f"{path}/steps/cancel", body={"reason": words[1]}).status_code == 409
    path = f"{walk.trade.cases}/{erased}"
    for worded in walk.trade.worded[:1]:
        taken = walk.keeper("POST", f"{path}/steps/{worded.step}", body=worded.saying(words[0]), plain=True)
        assert taken.status_code == 200, taken.text
    confirmed = {"ground": "court_order", "confirm": erased}
    assert (
        walk.keeper("POST", f"{path}/erasure", body={**confirmed, "confirm": str(uuid4())}).status_code == 422
    )
    assert walk.keeper("POST", f"{path}/erasure", body=confirmed).status_code == 204
    assert walk.keeper("POST", f"{path}/parties", body=walk.party(walk.persons[4])).status_code == 409
    # Taken, because the facts of the case go on; its words are kept no more.
    changes = {"case_number": walk.number(), **sealed}
    walk.keeper("POST", f"{path}/corrections", body={**correction, "changes": changes}, plain=True)
    walk.keeper("GET", path, sink="erased")
    walk.keeper("GET", f"{path}/parties", sink="erased")


def wrong_ways(walk: Walk) -> None:
    """Every value in every field where it does not belong."""
    case = walk.file()
    _wrong_parties(walk, f"{walk.trade.cases}/{case}/parties")
    _wrong_cases(walk, case)
    _taken_number(walk)


def _wrong_parties(walk: Walk, parties: str) -> None:
    for place, person in enumerate(walk.persons):
        right = walk.party(person)
        number, name, phone, address = (
            person.id_number.value,
            person.name.value,
            person.phone.value,
            person.address.value,
        )
        wrong: list[Mapping[str, Any]] = [
            {"id_number": miswritten(number)},
            {"id_number": number + "9"},
            {"id_number": name},
            {"id_number": [number]},
            {"id_number": {"is": number}},
            {"name": number},
            {"name": f"{name}{phone.replace('-', '')}"},
            {"name": name * 40},
            {"name": f"{name}\u202e"},
            {"phone": number},
            {"phone": f"{phone}1234567890"},
            {"phone": address},
            {"address": address * 20},
            {"address": f"{address}\x00"},
            {"address": f"{address}\n{phone}"},
            {"role": name},
            {"kind": number},
            {"kind": "organisation"},
            {"note": address},
            {name: "x"},
            {number: phone},
        ]
        for change in wrong[place % 2 :: 2] if place > 3 else wrong:
            assert walk.keeper("POST", parties, body={**right, **change}).status_code == 422, change
    first = walk.persons[0]
    fields = {"role": walk.trade.party_role, "name": first.name.value, "phone": first.phone.value}
    half = json.dumps(fields, ensure_ascii=False).removesuffix("}")
    for content in (
        half,
        half + ',"name":"x"}',
        f'"{first.id_number.value}"',
        half + ',"address":"\\ud800"}',
    ):
        answer = walk.keeper(
            "POST", parties, content=content.encode(), more={"Content-Type": "application/json"}
        )
        assert answer.status_code == 422, content


def _wrong_cases(walk: Walk, case: str) -> None:
    trade = walk.trade
    corrections = f"{trade.cases}/{case}/corrections"
    for person in walk.persons[:6]:
        number = person.id_number.value
        for field in trade.texts:
            for value in (number, f"关于{number}的", " ".join(number), number.lower()):
                body = trade.body(walk.number(), **{field: value})
                assert walk.keeper("POST", trade.cases, body=body).status_code in (409, 422), field
                change = {"changes": {field: value}, "reason": "x"}
                assert walk.keeper("POST", corrections, body=change).status_code in (409, 422), field
        for value in (number, person.name.value, person.phone.value, person.address.value):
            for field in (*trade.filing, "office", "scope", "channel", "is_group", "instance", "nothing"):
                body = trade.body(walk.number(), **{field: value})
                assert walk.keeper("POST", trade.cases, body=body).status_code in (403, 422), field
                walk.keeper("POST", corrections, body={"changes": {field: value}, "reason": "x"})
            walk.keeper(
                "POST", f"{trade.cases}/{case}/steps/{trade.step}", body={**trade.step_body, "on": value}
            )
            walk.keeper("POST", f"{trade.cases}/{case}/erasure", body={"ground": value, "confirm": value})
            for part in _PARTS if trade.worded else ():
                change = {"changes": {"proceeding": _part(part, value)}, "reason": "x"}
                if value == number or part[-1] not in ("act_number", "suit_number", "number"):
                    assert walk.keeper("POST", corrections, body=change).status_code in (409, 422), part
            walk.keeper("POST", f"/{trade.service}/parties/search", body={"id_number": value, "name": value})


# Places within a proceeding, which a correction names by hand.
_PARTS = (
    ("application", "act_number"),
    ("application", "agent_point"),
    ("closing", "suit_number"),
    ("handling", "silence_suit", "number"),
    ("acceptance", "mode"),
    ("linked",),
    ("nothing",),
)


def _part(names: Sequence[str], value: str) -> dict[str, Any]:
    """The value at a place within a proceeding."""
    name, *rest = names
    return {name: _part(rest, value) if rest else [value] if name == "linked" else value}


def _taken_number(walk: Walk) -> None:
    number = walk.number()
    body = walk.trade.body(number, **dict.fromkeys(walk.trade.sealed, walk.sentences[0].value))
    assert walk.keeper("POST", walk.trade.cases, body=body, plain=True).status_code == 201
    assert walk.keeper("POST", walk.trade.cases, body=body).status_code == 409
