"""What a message tells about one case: its newest statistical row, or the reason why it cannot be read."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, get_args

from shared.contracts import litigation, mediation, reconsideration
from shared.contracts.envelope import Envelope, Facts, canonical

NATION = "000000"
REASON_FIELDS = 5  # enough to find the fault, short enough to read


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the four books that are counted: who publishes it, what it looks like, where it belongs."""

    name: str
    service: str
    event: type[Envelope[Any]]
    facts: type[Facts]
    types: tuple[str, ...]
    path: str  # of one case in its own service
    region: Callable[[Any], str] = lambda facts: str(facts.region)
    # Scopes overlap, one dispute being told by several agencies: figures of different scopes are never added.
    scope: Callable[[Any], str] = lambda facts: ""


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            name=reconsideration.KIND,
            service=reconsideration.SERVICE,
            event=reconsideration.ReconsiderationEvent,
            facts=reconsideration.ReconsiderationFacts,
            types=get_args(reconsideration.EventType),
            path="/reconsideration/cases/{case_id}",
            region=lambda facts: str(facts.authority_region),
        ),
        Kind(
            name=mediation.KIND_CASE,
            service=mediation.SERVICE,
            event=mediation.MediationEvent,
            facts=mediation.MediationFacts,
            types=get_args(mediation.CaseEventType),
            path="/mediation/cases/{case_id}",
            scope=lambda facts: str(facts.scope),
        ),
        Kind(
            name=mediation.KIND_ORGANISATION,
            service=mediation.SERVICE,
            event=mediation.OrganisationEvent,
            facts=mediation.OrganisationFacts,
            types=get_args(mediation.OrganisationEventType),
            path="/mediation/organisations/{case_id}",
        ),
        Kind(
            name=litigation.KIND,
            service=litigation.SERVICE,
            event=litigation.LitigationEvent,
            facts=litigation.LitigationFacts,
            types=get_args(litigation.EventType),
            path="/litigation/cases/{case_id}",
        ),
    )
}
SERVICES = frozenset(kind.service for kind in KINDS.values())
SCOPED = frozenset({mediation.KIND_CASE})
SCOPES = get_args(mediation.Scope)
DEFAULT_SCOPE = "people"


def scope_of(kind: str, scope: str) -> str:
    """The scope under which this kind keeps its figures: only mediation distinguishes any."""
    return scope if kind in SCOPED else ""


def _announced(event_type: str) -> tuple[str, str]:
    """`dingfen.mediation.agreed.v1` is announced on `disputes.mediation.<partition>.agreed`."""
    _, service, event, _ = event_type.split(".")
    return service, event


KIND_OF_SUBJECT = {_announced(event_type): kind for kind in KINDS.values() for event_type in kind.types}


@dataclass(frozen=True, slots=True, eq=False)
class FactVersion:
    """One version of one case. `text` is the canonical JSON of its facts, `digest` the SHA-256 of that."""

    kind: str
    case_id: str
    version: int
    region: str
    scope: str
    facts: Facts
    text: str
    digest: str
    event_id: str
    source: str
    occurred_at: datetime
    office: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.case_id


@dataclass(frozen=True, slots=True)
class Unreadable:
    """无法读取: why a message says nothing that can be counted. Never quotes the message: it may hold anything."""

    reason: str


def service_of(subject: str) -> str | None:
    """Which service speaks on this subject; None when it is none of ours."""
    tokens = subject.split(".")
    return tokens[1] if len(tokens) == 4 and tokens[0] == "disputes" and tokens[1] in SERVICES else None


def parse(subject: str, payload: bytes, *, region_exists: Callable[[str], bool]) -> FactVersion | Unreadable:
    """Read one message, or say why it cannot be read; it never raises, because the next message must flow."""
    service, event = service_of(subject), subject.rpartition(".")[2]
    kind = KIND_OF_SUBJECT.get((service or "", event))
    if service is None or kind is None:
        return Unreadable("unknown subject")
    try:
        envelope = kind.event.model_validate_json(payload)
        occurred_at = envelope.time.astimezone(UTC)
    except OverflowError:
        return Unreadable("time: outside the calendar")
    except ValueError as error:
        return Unreadable(_faults(str(error)))
    if envelope.source != f"/{service}":
        return Unreadable(f"source: not the service of the subject, {service}")
    if _announced(envelope.type) != (service, event):
        return Unreadable(f"type: not announced on a subject that ends in {event}")
    if envelope.time.tzinfo is None:
        return Unreadable("time: names no time zone")
    region = kind.region(envelope.data.facts)
    if not region_exists(region):
        return Unreadable(f"region: {region} is unknown")
    return version_of(kind, envelope, region=region, occurred_at=occurred_at)


def version_of(kind: Kind, envelope: Envelope[Any], *, region: str, occurred_at: datetime) -> FactVersion:
    facts: Facts = envelope.data.facts
    text = canonical(facts)
    return FactVersion(
        kind=kind.name,
        case_id=str(envelope.data.case_id),
        version=envelope.data.case_version,
        region=region,
        scope=kind.scope(facts),
        facts=facts,
        text=text.decode(),
        digest=hashlib.sha256(text).hexdigest(),
        event_id=str(envelope.id),
        source=kind.service,
        occurred_at=occurred_at,
        office=envelope.data.office,
    )


def _faults(error: str) -> str:
    """The places of a validation error, without the offending values that its own text would quote."""
    places = [line for line in error.splitlines()[1:] if line and not line.startswith(" ")]
    if not places:
        return "not a JSON object"
    return "does not fit the contract: " + ", ".join(places[:REASON_FIELDS])


def restore(kind: str, text: str) -> Facts:
    """The facts behind a canonical text."""
    return KINDS[kind].facts.model_validate_json(text)


@dataclass(slots=True)
class Folded:
    """A batch, folded: the newest version of each case, the older ones beside it, and versions told in two ways."""

    newest: dict[tuple[str, str], FactVersion] = field(default_factory=dict)
    older: list[FactVersion] = field(default_factory=list)
    forks: list[FactVersion] = field(default_factory=list)


def fold(versions: Iterable[FactVersion]) -> Folded:
    """The same newest facts whatever order, and however often, the versions arrived."""
    folded = Folded()
    first: dict[tuple[tuple[str, str], int], FactVersion] = {}
    for version in versions:
        known = first.setdefault((version.key, version.version), version)
        if known is not version:
            if known.digest != version.digest:
                folded.forks.append(version)
            continue
        newest = folded.newest.get(version.key)
        if newest is None or version.version > newest.version:
            folded.newest[version.key] = version
            if newest is not None:
                folded.older.append(newest)
        else:
            folded.older.append(version)
    return folded
