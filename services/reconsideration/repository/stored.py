"""Reading proceedings, those too that an earlier release wrote.

Links were texts, "litigation:UUID". One that names no id named no case; the journal still has what was written.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from services.reconsideration.domain.proceeding import Proceeding

PROCEEDING = TypeAdapter(Proceeding)


def read_proceeding(stored: Mapping[str, Any]) -> Proceeding:
    return PROCEEDING.validate_python(with_typed_links(stored))


def with_typed_links(stored: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same proceeding with each link as service and case id, none of them twice."""
    kept = stored.get("linked", ())
    if not any(isinstance(each, str) for each in kept):
        return stored
    told = [_typed(each) if isinstance(each, str) else each for each in kept]
    typed = {(each["service"], UUID(each["case_id"])): each for each in told if each is not None}
    return {**stored, "linked": list(typed.values())}


def _typed(reference: str) -> dict[str, str] | None:
    service, _, case_id = reference.partition(":")
    try:
        return {"service": service, "case_id": str(UUID(case_id))}
    except ValueError:
        return None
