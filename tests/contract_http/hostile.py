"""Values that have broken services like these before, put where a value can stand: no answer may be a 5xx.

NUL and half surrogate pairs, numbers beyond 64 bits and of thousands of digits, the last year there is, deep nesting.
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from shared.contracts.identity import Role
from tests.contract_http.company import KEEPER, Company
from tests.contract_http.generating import Tally, description

DEEP = 5_000
DIGITS = "9" * 5_000
# As they stand in JSON; the name is what a failure is told by.
IN_JSON = {
    "NUL": '"a\\u0000b"',
    "half a pair": '"a\\ud800b"',
    "half a pair, the other": '"\\udc00"',
    "2**63": str(2**63),
    "-2**63-1": str(-(2**63) - 1),
    "2**31": str(2**31),
    "5,000 digits": DIGITS,
    "5,000 digits as text": f'"{DIGITS}"',
    "1e999": "1e999",
    "NaN": "NaN",
    "year 9999": '"9999-12-31"',
    "year 1": '"0001-01-01"',
    "year 0": '"0000-01-01"',
    "instant of year 9999": '"9999-12-31T23:59:59-14:00"',
    "list": "[[]]",
    "object": "{}",
    "deep list": "[" * DEEP + "]" * DEEP,
    "deep object": '{"a":' * DEEP + "1" + "}" * DEEP,
    "not in the basic plane": '"\U000e0041\U0001f468\u200d\U0001f469"',
}
IN_ADDRESS = {
    "NUL": "%00",
    "half a pair": "%ED%A0%80",
    "not UTF-8": "%FF%FE",
    "2**63": str(2**63),
    "-2**63-1": str(-(2**63) - 1),
    "5,000 digits": DIGITS,
    "year 9999": "9999-12-31",
    "year 1": "0001-01-01",
    "years": "0001-01-01..9999-12-31",
    "instant of year 9999": quote("9999-12-31T23:59:59-14:00"),
    "instant of year 1": quote("0001-01-01T00:00:00+14:00"),
    "up": "..%2F..%2F",
    "percent": "%25%",
    "line break": "%0D%0A",
}
_SKIPPED = frozenset({"/identity/sign-out"})


def sent(company: Company, service: str) -> Tally:
    """Each value in each field, each query parameter and each part of a path of the service."""
    tally = Tally()
    told = company.client.get("/openapi.json").json()
    for found in description(company, service).get_all_operations():
        operation = found.ok()
        if operation.path in _SKIPPED:
            continue
        caller = _let_in(company, operation, KEEPER[service])
        for what, method, path, body in _requests(company.known[service], operation, told):
            headers = {} if body is None else {"Content-Type": "application/json"}
            answer = company.send(method, path, by=caller, content=body, headers=headers)
            tally.cases += 1
            tally.statuses[answer.status_code] += 1
            if answer.status_code >= 500:
                tally.note(operation.label, f"{answer.status_code} {what}", answer.text)
            elif answer.status_code >= 400 and "json" not in answer.headers["content-type"]:
                tally.note(operation.label, f"{answer.headers['content-type']} {what}", answer.text)
    return tally


def _let_in(company: Company, operation: Any, keeper: Role) -> Role:
    """The keeper of the service, and where that one is not admitted the operator."""
    path = _filled(operation.path, {})
    answer = company.send(operation.method.upper(), path, by=keeper)
    return Role.OPERATOR if answer.status_code == 403 and "access.forbidden" in answer.text else keeper


def _requests(
    known: dict[str, str], operation: Any, told: dict[str, Any]
) -> Iterator[tuple[str, str, str, bytes | None]]:
    """(what is hostile, method, path, body)."""
    method = operation.method.upper()
    path = _filled(operation.path, known)
    names = [each.name for each in operation.query]
    body = _right_body(operation, told)
    required = "&".join(f"{name}=2026" for name in names if name in ("period", "region"))
    start = f"{path}?{required}"
    for name in names:
        for what, value in IN_ADDRESS.items():
            right = None if body is None else json.dumps(body).encode()
            yield f"{what} as {name}", method, f"{start}&{name}={value}", right
    for each in operation.path_parameters:
        for what, value in IN_ADDRESS.items():
            wrong = _filled(operation.path, {**known, each.name: value})
            yield f"{what} in the path as {each.name}", method, wrong, None
    if body is None:
        return
    for what, text in IN_JSON.items():
        yield f"{what} as the body", method, start, text.encode()
        for name in body:
            others = {key: value for key, value in body.items() if key != name}
            content = json.dumps(others)[:-1] + (", " if others else "") + f'"{name}": {text}}}'
            yield f"{what} as {name}", method, start, content.encode()


def _filled(path: str, known: dict[str, str]) -> str:
    """Names in it that are not known get an id of nothing."""
    for name, value in known.items():
        path = path.replace(f"{{{name}}}", value)
    parts = (
        "00000000-0000-4000-8000-000000000000" if part.startswith("{") else part for part in path.split("/")
    )
    return "/".join(parts)


def _right_body(operation: Any, told: dict[str, Any]) -> dict[str, Any] | None:
    """Every property that the body may have, with a value of about the right kind."""
    body = told["paths"][operation.path][operation.method].get("requestBody")
    if body is None or "application/json" not in body["content"]:
        return None
    schema = _resolved(body["content"]["application/json"]["schema"], told)
    return {name: _example(name, each, told) for name, each in schema.get("properties", {}).items()}


def _resolved(schema: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = told["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def _example(name: str, schema: dict[str, Any], told: dict[str, Any]) -> Any:
    options = [each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"]
    chosen = _resolved(options[0], told)
    if "enum" in chosen:
        return chosen["enum"][0]
    if chosen.get("format") == "date":
        return "2026-03-02"
    if "region" in name:
        return "150625"
    if name == "office":
        return None
    examples: dict[str, Any] = {"boolean": False, "integer": 1, "array": [], "object": {}}
    return examples.get(chosen.get("type", ""), f"某字{name}1号")
