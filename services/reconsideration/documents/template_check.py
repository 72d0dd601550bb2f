"""Whether an office's own template may be used: tried in a limited child process, refused with what is wrong."""

import orjson

from services.reconsideration.documents.kinds import PaperKind
from services.reconsideration.documents.template_child import (
    MAX_CPU_SECONDS,
    MAX_FILE_BYTES,
    too_large,
    unreadable,
)
from shared.kernel.errors import RuleViolation
from shared.kit.limited_child import ChildBusy, ChildFailed, ChildTooHeavy, LimitedChild

_CHILD = LimitedChild("services.reconsideration.documents.template_child", seconds=2 * MAX_CPU_SECONDS)


def check_template(kind: PaperKind, content: bytes) -> None:
    """Let a template through that prints only fields of its paper and holds nothing that runs or fetches.

    Raises:
        RuleViolation: `reconsideration.template_unknown_fields` and the others of `template_child`
    """
    if len(content) > MAX_FILE_BYTES:
        raise too_large()
    if not content.startswith(b"PK"):
        raise unreadable()
    try:
        found = orjson.loads(_CHILD.read(kind.value.encode() + b"\n" + content))
    except ChildBusy as busy:
        raise RuleViolation(
            "reconsideration.template_busy", "系统正在检查其他模板。请过一分钟再上传。"
        ) from busy
    except ChildFailed as broken:
        raise unreadable() from broken
    except ChildTooHeavy as heavy:
        raise too_large() from heavy
    if found:
        raise RuleViolation(found["code"], found["message"])
