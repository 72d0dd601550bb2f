"""Messages as the case services publish them, naming only what matters to a test."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from shared.contracts import litigation, mediation, reconsideration
from shared.contracts.envelope import CaseChanged, Envelope, encode, subject
from shared.contracts.litigation import LitigationEvent, LitigationFacts
from shared.contracts.mediation import MediationEvent, MediationFacts, OrganisationEvent, OrganisationFacts
from shared.contracts.reconsideration import ReconsiderationEvent, ReconsiderationFacts
from shared.kit.subscription import Message

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
CASES = UUID("019aa000-0000-7000-8000-000000000000")

HANGJIN, ORDOS, INNER_MONGOLIA, NATION = "150625", "150600", "150000", "000000"

Dates = str | None


def case_id(number: int) -> UUID:
    return uuid5(CASES, str(number))


def _days(given: Mapping[str, Any]) -> dict[str, Any]:
    """Dates may be written as text."""
    return {
        name: date.fromisoformat(value) if name.endswith("_on") and isinstance(value, str) else value
        for name, value in given.items()
    }


def ar(**facts: Any) -> ReconsiderationFacts:
    """A reconsideration case of 杭锦旗, received in 2022."""
    given: dict[str, Any] = {
        "case_number": "杭政复〔2022〕1号",
        "authority_region": HANGJIN,
        "authority_level": "county",
        "law_version": "act2023",
        "received_on": "2022-03-01",
        **facts,
    }
    return ReconsiderationFacts(**_days(given))


def ar_closed(outcome: str | None, **facts: Any) -> ReconsiderationFacts:
    given: dict[str, Any] = {
        "accepted_on": "2022-03-03",
        "decision_due_on": "2022-05-05",
        "closed_on": "2022-04-20",
        "outcome": outcome,
        **facts,
    }
    return ar(**given)


def pm(**facts: Any) -> MediationFacts:
    given = {"case_number": "2022-1", "region": HANGJIN, "registered_on": "2022-03-01", **facts}
    return MediationFacts(**_days(given))


def pm_closed(outcome: str | None, **facts: Any) -> MediationFacts:
    return pm(**{"accepted_on": "2022-03-01", "closed_on": "2022-03-09", "outcome": outcome, **facts})


def org(org_type: str, **facts: Any) -> OrganisationFacts:
    given = {"region": HANGJIN, "org_type": org_type, "established_on": "2019-01-01", **facts}
    return OrganisationFacts(**_days(given))


def al(**facts: Any) -> LitigationFacts:
    given = {
        "case_number": "（2022）内0625行初1号",
        "region": HANGJIN,
        "instance": "first",
        "notified_on": "2022-03-01",
        **facts,
    }
    return LitigationFacts(**_days(given))


SPOKEN: Mapping[type[Any], tuple[type[Envelope[Any]], str, str]] = {
    ReconsiderationFacts: (ReconsiderationEvent, reconsideration.SERVICE, "corrected"),
    MediationFacts: (MediationEvent, mediation.SERVICE, "corrected"),
    OrganisationFacts: (OrganisationEvent, mediation.SERVICE, "organisation_corrected"),
    LitigationFacts: (LitigationEvent, litigation.SERVICE, "corrected"),
}


def message(
    facts: Any,
    *,
    case: int = 1,
    version: int = 1,
    sequence: int = 1,
    pub_seq: int = 0,
    epoch: str = "e1",
    event: str | None = None,
) -> Message:
    """One stored message that tells version `version` of case `case`."""
    kind, service, default = SPOKEN[type(facts)]
    token = event or default
    identity = case_id(case)
    envelope = kind(
        id=uuid5(identity, f"{version}"),
        source=f"/{service}",
        type=f"dingfen.{service}.{token}.v1",
        subject=str(identity),
        time=NOW + timedelta(seconds=version),
        data=CaseChanged(case_id=identity, case_version=version, on=date(2022, 3, 1), facts=facts),
    )
    return Message(sequence, subject(service, identity, token), encode(envelope), epoch, pub_seq)
