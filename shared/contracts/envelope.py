"""The envelope of every published event: CloudEvents 1.0 in JSON structured mode.

An event carries the whole statistical row of its case after the change (`facts`), so that a reader keeps
the newest version per case and neither order, nor repetition, nor correction can change a figure. No field
here or in the facts can hold a name, an identity number, a phone, an address or free text of a party.
"""

import hashlib
from datetime import date, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

PARTITIONS = 64

RegionCode = Annotated[str, StringConstraints(pattern=r"^\d{6}(\d{3})?(\d{3})?$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]  # of a closed set; never a text
# An official number is kept verbatim, yet it is a number: short, with a digit, without room for a story.
# The office that keeps the case, as identity registers it; empty in events from before offices were known.
OfficeCode = Annotated[str, StringConstraints(max_length=64, pattern=r"^([a-z0-9][a-z0-9_-]*)?$")]
OfficialNumber = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"\d")]


class Facts(BaseModel):
    """The statistical row of one case. `void`: recorded by mistake, counts nowhere."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    void: bool = False


FactsType = TypeVar("FactsType", bound=Facts)


class CaseChanged(BaseModel, Generic[FactsType]):
    """What every event tells: which case, its gapless version (1, 2, 3 …) and its facts after the change."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    case_id: UUID
    case_version: int = Field(ge=1, le=2**31 - 1)
    on: date  # the legal date of the act
    office: OfficeCode = ""
    facts: FactsType


class Envelope(BaseModel, Generic[FactsType]):
    """CloudEvents 1.0 attributes around `CaseChanged`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"] = "1.0"
    id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: Literal["application/json"] = "application/json"
    data: CaseChanged[FactsType]


def partition(case_id: UUID) -> str:
    """The partition token of a case, `p00` … `p63`: stable for ever, because subjects are."""
    return f"p{hashlib.sha256(case_id.bytes).digest()[0] % PARTITIONS:02d}"


def subject(service: str, case_id: UUID, event: str) -> str:
    return f"disputes.{service}.{partition(case_id)}.{event}"


def canonical(facts: Facts) -> bytes:
    """The one byte string of these facts: sorted keys, ISO dates, absent values left out.

    Leaving defaults out keeps the digest of an old case unchanged when a contract grows a field.
    """
    return orjson.dumps(facts.model_dump(mode="json", exclude_defaults=True), option=orjson.OPT_SORT_KEYS)


def digest(facts: Facts) -> str:
    """SHA-256 of the canonical facts, in hex: two books agree on a case when version and digest agree."""
    return hashlib.sha256(canonical(facts)).hexdigest()


def encode(envelope: Envelope[Any]) -> bytes:
    return orjson.dumps(envelope.model_dump(mode="json", exclude_defaults=False), option=orjson.OPT_SORT_KEYS)
