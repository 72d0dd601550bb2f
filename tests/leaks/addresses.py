"""Planted values where a person could put them into an address, a header or a form."""

from urllib.parse import quote

from tests.leaks.flows import Walk
from tests.leaks.trades import TRADES

_PATHS = (
    "/{service}/cases/{value}",
    "/{service}/cases/{value}/parties",
    "/{service}/cases/{value}/steps/{value}",
    "/{service}/cases/00000000-0000-4000-8000-000000000000/parties/{value}",
    "/{service}/{value}",
    "/{service}/imports/{value}",
    "/mediation/organisations/{value}",
    "/reporting/rates/{value}/cases?period=2026",
    "/reporting/{value}",
    "/identity/accounts/{value}",
    "/identity/accounts/{value}/sessions",
    "/identity/offices/{value}/close",
    "/identity/sessions/{value}",
    "/{value}",
)
_QUERIES = (
    "/{service}/cases?region={value}",
    "/{service}/cases?case_number={value}",
    "/{service}/cases?status={value}&after={value}&limit={value}",
    "/{service}/events?after={value}&epoch={value}",
    "/{service}/books?kind={value}",
    "/{service}/audit?actor={value}&object_id={value}",
    "/{service}/audit?from={value}&outcome={value}",
    "/{service}/imports/cases?filename={value}",
    "/mediation/organisations?name={value}&org_type={value}",
    "/reporting/rates?region={value}&period=2026",
    "/reporting/rates?period={value}",
    "/reporting/rates?period=2026&indicator={value}",
    "/reporting/rates?period=2026&definition={value}",
    "/reporting/rates?period=2026&scope={value}&compare={value}",
    "/reporting/rates/IND-AR-1/cases?period=2026&part={value}&after={value}",
    "/reporting/facts?kind={value}",
    "/reporting/quarantine?after={value}",
    "/identity/accounts?after={value}",
)
PAGES = (
    "/?region={value}",
    "/reporting/?region={value}&period=2026",
    "/reporting/?period={value}",
    "/reporting/?period=2026&scope={value}",
    "/reporting/cases?region={value}&period=2026&count=ar.received",
    "/reporting/cases?period=2026&count={value}",
    "/reporting/cases?period=2026&indicator={value}&part={value}",
    "/identity/sign-in?next={value}",
    "/identity/account?next={value}",
)


def into_addresses(walk: Walk) -> None:
    """In paths and queries, by who may and by who may not."""
    values = [value.value for person in walk.persons[:2] for value in (person.id_number, person.name)]
    values += [walk.persons[2].phone.value, walk.persons[3].address.value]
    is_first = walk.trade is next(iter(TRADES.values()))
    for value in values:
        for template in (*_PATHS, *_QUERIES):
            if "{service}" not in template and not is_first:
                continue  # the same whichever service's turn it is
            path = template.format(service=walk.trade.service, value=quote(value, safe=""))
            for by in (walk.staff.keeper, walk.staff.viewer, walk.staff.operator, walk.staff.nobody):
                walk.recorder.send("GET", path, by=by)
            for method in ("POST", "DELETE"):
                walk.recorder.send(method, path, by=walk.staff.viewer, body={})


def into_pages(walk: Walk) -> None:
    """In the addresses and forms of pages, by who is signed in and by strangers."""
    for person in walk.persons[:2]:
        for canary in (person.name, person.id_number, person.phone, person.address):
            for template in PAGES:
                path = template.format(value=quote(canary.value, safe=""))
                for by in (walk.staff.viewer, walk.staff.nobody):
                    walk.recorder.send("GET", path, by=by, sink="pages")
            typed = canary.value
            for form in (
                {"login": typed, "password": "x"},
                {"login": "keeper", "password": typed, "code": typed},
                {"login": "keeper", "password": "x", "next": f"/reporting/?region={typed}"},
            ):
                origin = {"Origin": str(walk.recorder.origin)}
                walk.recorder.send(
                    "POST",
                    "/identity/sign-in/form",
                    by=walk.staff.nobody,
                    form=form,
                    more=origin,
                    sink="pages",
                )


def into_headers(walk: Walk) -> None:
    """In headers that a client or a browser fills in."""
    for person in walk.persons[:3]:
        for value in (person.id_number.value, person.phone.value, quote(person.name.value)):
            for header in (
                "If-Match",
                "X-Request-ID",
                "User-Agent",
                "Referer",
                "Accept",
                "Cookie",
                "Authorization",
            ):
                walk.keeper("GET", walk.trade.cases + "?limit=1&case_number=0", more={header: value})
                walk.keeper("POST", walk.trade.cases, body={}, more={header: value})
            for scheme in ("Bearer", "Basic"):
                walk.keeper("GET", walk.trade.cases, more={"Authorization": f"{scheme} {value}"})


def into_sign_in(walk: Walk) -> None:
    """Typed into the wrong field at the door."""
    for person in walk.persons[:2]:
        for canary in (person.name, person.id_number, person.phone):
            for body in (
                {"login": canary.value, "password": canary.value},
                {"login": "keeper", "password": canary.value, "code": canary.value},
                {"login": [canary.value]},
            ):
                walk.recorder.send("POST", "/identity/sign-in", by=walk.staff.nobody, body=body)
            for body in (
                {
                    "code": canary.value,
                    "name": "x",
                    "kind": "bureau",
                    "region": canary.value,
                    "valid_from": canary.value,
                },
            ):
                walk.recorder.send("POST", "/identity/offices", by=walk.staff.operator, body=body)
            walk.recorder.send(
                "POST",
                "/identity/introspect",
                by=walk.staff.operator,
                body={"kind": "bearer", "value": canary.value},
            )
