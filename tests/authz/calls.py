"""What is sent to a route for a role and a relation: an address that exists, and a body that is right."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import uuid4

import httpx2 as httpx

from services.reconsideration.documents.docx_building import built_template
from services.reconsideration.documents.kinds import PaperKind
from shared.contracts.identity import Role
from shared.kernel.calendar import WorkCalendar
from tests.authz.cases import BEFORE, FILED, REASON, STEPS, a_party, id_number
from tests.authz.matrix import Entry
from tests.authz.people import GOOD
from tests.authz.places import CASE_SERVICES, REGIONS, SEATS, office_of
from tests.authz.world import EVERY_TRADE, World
from tests.support.suites import HERE

# Whose cases a figure is asked for where the route is nobody's own.
SERVICE_OF: Mapping[Role, str] = {
    Role.MEDIATOR: "mediation",
    Role.COMMITTEE_CLERK: "mediation",
    Role.LITIGATION_CLERK: "litigation",
}
RECEIVED = {"reconsideration": "ar.received", "mediation": "pm.registered", "litigation": "al.notified"}
# An indicator one part of which counts every case that came in, for each procedure.
COUNTED = {
    "reconsideration": ("IND-AR-1", "D2", "denominator"),
    "mediation": ("IND-PM-1", "D1", "numerator"),
    "litigation": ("IND-AL-4", "F1", "denominator"),
}
_REGION = {
    "own": REGIONS["own"],
    "sub_office": REGIONS["east"],
    "neighbour": REGIONS["east"],
    "sibling": REGIONS["sibling"],
    "parent": REGIONS["parent"],
    "other_region": REGIONS["other"],
}
_DATE = {"reconsideration": "received_on", "mediation": "registered_on", "litigation": "notified_on"}
_HEADINGS = {
    "reconsideration": "案号,复议机关所在地,收到日期",
    "mediation": "案号,行政区划,登记日期",
    "litigation": "案号,行政区划,收到应诉通知日期",
}
_SHIPPED = WorkCalendar.builtin().years[-1]
_KNOWN_NOTICE = {
    "year": _SHIPPED.year,
    "off": [day.isoformat() for day in sorted(_SHIPPED.off)],
    "on": [day.isoformat() for day in sorted(_SHIPPED.on)],
}
# What an office keeps for itself; which one is said beside the path.
_OF_OFFICE = ("/reconsideration/templates", "/reconsideration/number-patterns")
# A paper that needs nothing of the case but its number.
_A_PAPER = {
    "kind": "delivery_receipt",
    "issued_on": "2026-03-05",
    "fields": {
        "recipient": "某机关",
        "delivered_papers": ["受理通知书"],
        "delivery_manner": "直接送达",
    },
}
# The step that is proposed with a draft, and what no case knows by itself.
_DRAFTED_WITH = {
    "non_acceptance_decision": "decline",
    "suspension_notice": "suspend",
    "extension_notice": "extend",
    "conversion_notice": "convert",
    "dismissal_decision": "reject_application",
    "termination_decision": "terminate",
    "mediation_statement": "sign_mediation",
    "decision": "submit_decision",
}
_DRAFTED_BY_HAND = frozenset({"sign_mediation"})
_OF_A_DRAFT = {
    "applicant_names": "张三",
    "recipient": "张三",
    "respondent_name": "某旗某局",
    "matter": "行政处罚",
    "sue_court": "某某人民法院",
    "claims": "请求撤销",
    "facts_found": "经审理查明",
    "reasoning": "认定事实清楚",
    "agreement_items": "退还三百元",
}
_fresh = count(1)


@dataclass(frozen=True, slots=True)
class Call:
    method: str
    path: str
    body: Any = None
    office: str | None = None  # whose case it is about
    form: Mapping[str, str] | None = None

    def sent(self, world: World, headers: Mapping[str, str]) -> httpx.Response:
        if self.form is None:
            return world.send(self.method, self.path, self.body, by=headers)
        own_page = {"Origin": HERE, **headers}  # what a browser adds to a form
        answer = world.client.request(self.method, self.path, data=self.form, headers=own_page)
        world.client.cookies.clear()  # else the next caller would come with this one's session
        return answer


def call_of(world: World, entry: Entry, role: Role, relation: str, *, succeeds: bool) -> Call | None:
    """None where no office stands in this relation to the role. A call that succeeds gets a case of its own."""
    service = entry.service
    if service in CASE_SERVICES and entry.shape in ("object", "filing", "search"):
        office = office_of(service, role, relation)
        if office is None:
            return None
        return _about_office(world, entry, office, role, succeeds=succeeds)
    if entry.shape in ("listing", "ledger"):
        return _by_region(world, entry, role, relation)
    if service == "identity":
        return _IDENTITY.get(entry.name, _plain)(world, entry, succeeds)
    if entry.method == "POST" and entry.path.endswith("/calendar"):
        return Call("POST", entry.path, _KNOWN_NOTICE)  # the same again: nothing changes
    region = _REGION.get(relation, REGIONS["own"])
    of = SERVICE_OF.get(role, "reconsideration")
    indicator, definition, part = COUNTED[of]
    query = {
        "/reporting/cases": f"?region={region}&period=2026&count={RECEIVED[of]}",
        "/reporting/rates/{indicator}/cases": f"?region={region}&period=2026&definition={definition}&part={part}",
        "/reporting/facts": "?kind=reconsideration_case",
    }.get(entry.path, f"?region={region}&period=2026" if entry.shape == "figures" else "")
    return Call(entry.method, entry.path.replace("{indicator}", indicator) + query)


# The one step of a role that does not take the others.
_OWN_STEP = {Role.RECONSIDERATION_ORGAN_HEAD: "approve_decision"}


def _about_office(world: World, entry: Entry, office: str, role: Role, *, succeeds: bool) -> Call:
    service = entry.service
    if entry.shape == "search":
        return Call("POST", entry.path, {"id_number": id_number(office)}, office)
    if entry.path.startswith(_OF_OFFICE):
        path = entry.path.replace("{kind}", "decision")
        return Call(entry.method, f"{path}?office={office}", _kept_by_office(entry), office)
    if entry.shape == "filing":
        about_register = entry.path.endswith("/organisations")
        body = world.filing.organisation_body(office) if about_register else world.filing.body(office)
        return Call("POST", entry.path, body, office)
    changes = succeeds and entry.method != "GET"
    if "{organisation_id}" in entry.path:
        known = world.organisations.get(office, str(uuid4()))
        made = world.filing.organisation(office) if changes else known
        return Call(entry.method, entry.path.replace("{organisation_id}", made), _of_register(entry), office)
    kept = world.standing.get(office)
    case, party = (kept[0].id, kept[0].party) if kept else (str(uuid4()), str(uuid4()))
    if changes:
        step = _step_of(entry)
        also = FILED.get(service, {}).get(step, {})
        taken_back = _OWN_STEP.get(role, next(iter(STEPS[service]))) if step == "undo" else None
        case = world.filing.file(office, *BEFORE[service].get(taken_back or step, ()), **also)
        if taken_back is not None:  # only by whoever took the step
            taken = world.send(
                "POST", f"/{service}/cases/{case}/steps/{taken_back}", STEPS[service][taken_back], by=role
            )
            assert taken.status_code == 200, taken.text
        if "{party_id}" in entry.path:
            answer = world.send(
                "POST", f"/{service}/cases/{case}/parties", a_party(service, office), by=world.registrar
            )
            assert answer.status_code == 201, answer.text
            party = answer.json()["id"]
    path = entry.path.replace("{case_id}", case).replace("{party_id}", party)
    if "{paper_id}" in path:
        issued = world.send("POST", path.partition("/{paper_id}")[0], _A_PAPER, by=role) if succeeds else None
        assert issued is None or issued.status_code == 201, issued.text
        path = path.replace("{paper_id}", str(uuid4()) if issued is None else issued.json()["id"])
    return Call(entry.method, path, _of_case(entry, office, case), office)


def _kept_by_office(entry: Entry) -> Any:
    if entry.method != "PUT":
        return None
    return built_template(PaperKind.DECISION) if "templates" in entry.path else {"case": "甲〔{year}〕{n}号"}


def _step_of(entry: Entry) -> str:
    """The step of a route, of its preview or of a draft; empty where it is none."""
    if entry.path.endswith("/draft"):
        return _DRAFTED_WITH[entry.path.split("/")[-2]]
    return entry.path.partition("/steps/")[2].removesuffix("/preview")


def _draft_of(entry: Entry) -> Any:
    step = _step_of(entry)
    proposed = {} if step in _DRAFTED_BY_HAND else {"step": STEPS[entry.service][step]}
    return {"fields": _OF_A_DRAFT, **proposed}


def _of_case(entry: Entry, office: str, case: str) -> Any:
    last = entry.path.rpartition("/")[2]
    if last == "draft":
        return _draft_of(entry)
    if "/steps/" in entry.path:
        return STEPS[entry.service].get(_step_of(entry))  # taking back needs no word
    given: Mapping[str, Any] = {
        "corrections": {"changes": {_DATE[entry.service]: "2026-03-01"}, "reason": REASON},
        "erasure": {"ground": "retention_ended", "confirm": case},
        "reveal": {"purpose": "contact"},
        "papers": _A_PAPER if entry.method == "POST" else None,
        "void": {"reason": REASON},
    }
    if last in given:
        return given[last]
    is_party = entry.method in ("POST", "PUT")
    return a_party(entry.service, office if office in SEATS else _any_of(entry.service)) if is_party else None


def _any_of(service: str) -> str:
    return next(code for code, seat in SEATS.items() if seat.service == service)


def _of_register(entry: Entry) -> Any:
    return {
        "corrections": {"changes": {"is_industry": True}, "reason": REASON},
        "dissolve": {"on": "2026-05-01"},
        "cancel": {"reason": "误录"},
    }.get(entry.path.rpartition("/")[2])


def _by_region(world: World, entry: Entry, role: Role, relation: str) -> Call:
    region = _REGION[relation]
    if entry.shape == "listing":
        return Call("GET", f"{entry.path}?region={region}&limit=1000", None)
    # What is let in stands in the books of the caller's own office, and so bears its number.
    office = office_of(entry.service, role, "own") or ""
    text = f"{_HEADINGS[entry.service]}\n{world.filing.number(office)},{region},2026-03-02\n"
    return Call("POST", entry.path.replace("{kind}", "cases") + "?filename=ledger.csv", text.encode())


# --- identity -------------------------------------------------------------------------------------------------

Making = Callable[[World, Entry, bool], Call]


def _plain(world: World, entry: Entry, succeeds: bool) -> Call:
    return Call(entry.method, entry.path)


def _new_account(world: World) -> str:
    body = {"login": f"spare-{next(_fresh)}", "name": "spare"}
    made: str = world.people.ok("POST", "/accounts", body, token=world.people.operator)["id"]
    return made


def _account(**body: Any) -> Making:
    """A route about one account: a spare one where something will happen to it."""

    def make(world: World, entry: Entry, succeeds: bool) -> Call:
        account = _new_account(world) if succeeds else world.accounts[Role.MEDIATOR].account
        return Call(entry.method, entry.path.replace("{account_id}", account), body or None)

    return make


def _office_body() -> dict[str, Any]:
    code = f"bureau-spare-{next(_fresh)}"
    body = {"code": code, "name": code, "kind": "bureau", "region": "150000"}
    return {**body, "parent": None, "valid_from": "2020-01-01"}


def _office(**body: Any) -> Making:
    def make(world: World, entry: Entry, succeeds: bool) -> Call:
        code = "bureau-150625"
        if succeeds:
            spare = _office_body()
            world.people.ok("POST", "/offices", spare, token=world.people.operator)
            code = spare["code"]
        return Call(entry.method, entry.path.replace("{code}", code), body)

    return make


def _link(world: World, entry: Entry, succeeds: bool) -> Call:
    account = _new_account(world) if succeeds else world.accounts[Role.MEDIATOR].account
    body = {"issuer": "https://issuer.example", "subject": f"s{next(_fresh)}"}
    path = f"/accounts/{account}/external-identities"
    if entry.method == "POST":
        return Call("POST", f"/identity{path}", body)
    made = str(uuid4())
    if succeeds:
        made = world.people.ok("POST", path, body, token=world.people.operator)["id"]
    return Call("DELETE", f"/identity{path}/{made}")


def _take_grant(world: World, entry: Entry, succeeds: bool) -> Call:
    account, grant = world.accounts[Role.MEDIATOR].account, str(uuid4())
    if succeeds:
        account = _new_account(world)
        grant = world.people.give(account, *EVERY_TRADE[0])
    return Call("DELETE", f"/identity/accounts/{account}/grants/{grant}")


def _remove_factor(world: World, entry: Entry, succeeds: bool) -> Call:
    account = world.accounts[Role.MEDIATOR].account
    if succeeds:
        person = world.people.fresh(f"spare-{next(_fresh)}")
        world.people.enrolled(person.token)
        account = person.account
    return Call("DELETE", f"/identity/accounts/{account}/second-factor")


def _end_session(world: World, entry: Entry, succeeds: bool) -> Call:
    account, session = world.accounts[Role.MEDIATOR].account, str(uuid4())
    if succeeds:
        person = world.people.fresh(f"spare-{next(_fresh)}")
        account = person.account
        session = world.people.ok("GET", "/sessions", token=person.token)["items"][0]["id"]
    return Call("DELETE", f"/identity/accounts/{account}/sessions/{session}")


def _introspect(world: World, entry: Entry, succeeds: bool) -> Call:
    return Call("POST", entry.path, {"kind": "bearer", "value": world.tokens[Role.MEDIATOR]})


def _session_path(world: World, entry: Entry, succeeds: bool) -> Call:
    return Call(entry.method, entry.path.replace("{session_id}", str(uuid4())))


def _sign_in(world: World, entry: Entry, succeeds: bool) -> Call:
    return Call("POST", entry.path, {"login": world.accounts[Role.MEDIATOR].login, "password": GOOD})


def _sign_in_form(world: World, entry: Entry, succeeds: bool) -> Call:
    return Call("POST", entry.path, form={"login": world.accounts[Role.MEDIATOR].login, "password": GOOD})


def _form(**fields: str) -> Making:
    return lambda world, entry, succeeds: Call(entry.method, entry.path, form=fields)


_IDENTITY: Mapping[str, Making] = {
    "POST /identity/offices": lambda world, entry, succeeds: Call("POST", entry.path, _office_body()),
    "PATCH /identity/offices/{code}": _office(name="another name"),
    "POST /identity/offices/{code}/close": _office(on="2026-01-01"),
    "POST /identity/accounts": lambda world, entry, succeeds: Call(
        "POST", entry.path, {"login": f"spare-{next(_fresh)}", "name": "spare"}
    ),
    "GET /identity/accounts/{account_id}": _account(),
    "POST /identity/accounts/{account_id}/reset-password": _account(),
    "POST /identity/accounts/{account_id}/disable": _account(),
    "POST /identity/accounts/{account_id}/enable": _account(),
    "POST /identity/accounts/{account_id}/external-identities": _link,
    "DELETE /identity/accounts/{account_id}/external-identities/{link_id}": _link,
    "POST /identity/accounts/{account_id}/grants": _account(
        role=EVERY_TRADE[0][0].value, office=EVERY_TRADE[0][1]
    ),
    "DELETE /identity/accounts/{account_id}/grants/{grant_id}": _take_grant,
    "DELETE /identity/accounts/{account_id}/second-factor": _remove_factor,
    "GET /identity/accounts/{account_id}/sessions": _account(),
    "DELETE /identity/accounts/{account_id}/sessions": _account(),
    "DELETE /identity/accounts/{account_id}/sessions/{session_id}": _end_session,
    "POST /identity/introspect": _introspect,
    "DELETE /identity/sessions/{session_id}": _session_path,
    "POST /identity/account/sessions/{session_id}/end": _session_path,
    "POST /identity/sign-in": _sign_in,
    "POST /identity/sign-in/form": _sign_in_form,
    "POST /identity/account/password": _form(current=GOOD, new=GOOD + "!", again=GOOD + "!"),
    "POST /identity/account/second-factor/confirm": _form(code="000000"),
    "POST /identity/sign-out/form": _form(),
    "POST /identity/password": lambda world, entry, succeeds: Call(
        "POST", entry.path, {"current": GOOD, "new": "another passphrase of some length"}
    ),
    "POST /identity/second-factor/confirm": lambda world, entry, succeeds: Call(
        "POST", entry.path, {"code": "000000"}
    ),
}
