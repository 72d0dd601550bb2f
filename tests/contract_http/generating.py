"""Requests as the interface is described and requests as it is not, and what every answer must keep to."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import hypothesis
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shared.contracts.identity import Role
from tests.contract_http.company import KEEPER, Company
from tests.support.suites import HERE

SEED = 20261122
LEAST_CASES = 2_000
MOST_ROUNDS = 6
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# A stranger, and every role.
CALLERS: tuple[Role | None, ...] = (None, *Role)
_SETTINGS = hypothesis.settings(
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@dataclass
class Tally:
    """What was sent to a service, and what was wrong with the answers."""

    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    callers: Counter[Role | None] = field(default_factory=Counter)
    wrong: dict[str, str] = field(default_factory=dict)

    def note(self, label: str, what: str, told: str) -> None:
        """The first of each kind."""
        self.wrong.setdefault(f"{label}: {what.splitlines()[0]}", told[:600])


def description(company: Company, service: str) -> Any:
    """The part of the interface that is this service's."""
    told = company.client.get("/openapi.json").json()
    return schemathesis.openapi.from_dict(told).include(path_regex=f"^/{service}/")


def generated(company: Company, service: str) -> Tally:
    """Send at least LEAST_CASES, as strangers and as every role, to every operation of the service."""
    operations = [each.ok() for each in description(company, service).get_all_operations()]
    each = -(-LEAST_CASES // (len(operations) * 2))
    tally = Tally()
    # Some operations have few requests that differ: others then get more of them.
    for seed in range(SEED, SEED + MOST_ROUNDS):
        for operation in operations:
            for mode in GenerationMode:
                _walk(company, service, operation, mode, each, tally, seed)
                if tally.cases >= LEAST_CASES and seed > SEED:
                    return tally
        if tally.cases >= LEAST_CASES:
            break
    return tally


def _walk(
    company: Company,
    service: str,
    operation: Any,
    mode: GenerationMode,
    most: int,
    tally: Tally,
    seed: int,
) -> None:
    @hypothesis.seed(seed)
    @hypothesis.settings(_SETTINGS, max_examples=most)
    @hypothesis.given(case=_cases(company, service, operation, mode), role=_callers(service))
    def send(case: Any, role: Role | None) -> None:
        _send(company, case, role, tally)

    try:
        send()
    except Unsatisfiable:
        # Where nothing can be sent, nothing can be sent wrongly.
        assert mode is GenerationMode.NEGATIVE, operation.label


def _callers(service: str) -> st.SearchStrategy[Role | None]:
    """Everybody, and as often who has the rights."""
    return st.one_of(st.sampled_from(CALLERS), st.sampled_from((KEEPER[service], Role.OPERATOR)))


def _cases(company: Company, service: str, operation: Any, mode: GenerationMode) -> Any:
    """Half of them about what is really there, where a path names something."""
    anything = operation.as_strategy(generation_mode=mode)
    names = {each.name for each in operation.path_parameters}
    known = {name: value for name, value in company.known[service].items() if name in names}
    if not known:
        return anything
    return st.builds(_about, anything, st.sampled_from(({}, known)))


def _about(case: Any, known: Mapping[str, str]) -> Any:
    case.path_parameters = {**case.path_parameters, **known}
    return case


def _send(company: Company, case: Any, role: Role | None, tally: Tally) -> None:
    if case.path == "/identity/sign-out":
        role = None  # it would be the last thing this role does
    answer = company.send(by=role, **sent_as(case))
    tally.cases += 1
    tally.statuses[answer.status_code] += 1
    tally.callers[role] += 1
    told = f"{role or 'nobody'} {answer.request.method} {answer.request.url} {case.body!r}\n{answer.text}"
    for failure in _failures(case, answer):
        tally.note(f"{operation_of(case)} {answer.status_code}", f"{failure.title} {failure.message}", told)


def _failures(case: Any, answer: Any) -> Iterator[Failure]:
    try:
        case.validate_response(answer, checks=CHECKS)
    except FailureGroup as group:
        yield from group.exceptions
    except Failure as failure:
        yield failure


def operation_of(case: Any) -> str:
    return f"{case.method} {case.path}"


def sent_as(case: Any) -> dict[str, Any]:
    """The case in the words of the client; whatever the generator thought of is put on the wire as it is."""
    told = case.as_transport_kwargs(base_url=HERE)
    query = urlencode(_flat(told.get("params") or {}), doseq=True, errors="surrogatepass")
    headers = {
        name: str(value).encode("utf-8", "surrogatepass")
        for name, value in told["headers"].items()
        if name != "Content-Length"
    }
    sent = {
        "method": told["method"],
        "path": told["url"].removeprefix(HERE) + (f"?{query}" if query else ""),
        "headers": headers,
    }
    if "json" in told:
        sent["content"] = json.dumps(told["json"]).encode()
    elif told.get("data") is not None:
        data = told["data"]
        sent["content"] = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    return sent


def _flat(params: Mapping[str, Any]) -> dict[str, Any]:
    """Values that have an order of their own in a query; what is nested goes as text."""
    return {
        name: [str(each) for each in value] if isinstance(value, list) else str(value)
        for name, value in params.items()
    }
