"""A case of one of the three services, as a question names it: `litigation/019aa000-…`, the end of its address."""

import re
from uuid import UUID

from services.reconsideration import labels
from services.reconsideration.domain.proceeding import Link
from services.reconsideration.terms import LinkedService
from shared.kernel.errors import RuleViolation

# Written with hyphens or without; UUID() alone would take braces and more.
_REFERENCE = re.compile(
    rf"({'|'.join(LinkedService)})/([0-9A-Fa-f]{{8}}(?:-?[0-9A-Fa-f]{{4}}){{3}}-?[0-9A-Fa-f]{{12}})"
)
_SERVICES = "、".join(f"{service.value}（{label}）" for service, label in labels.LINKED_SERVICE.items())


def reference(text: str) -> Link:
    """
    Raises:
        RuleViolation: `request.reference_unreadable`
    """
    found = _REFERENCE.fullmatch(text)
    if found is None:
        raise RuleViolation(
            "request.reference_unreadable",
            f"关联案件写作“服务/案件编号”，例如 litigation/019aa000-0000-7000-8000-000000000001；服务有 {_SERVICES}。",
            field="linked_to",
        )
    return Link(LinkedService(found[1]), UUID(found[2]))
