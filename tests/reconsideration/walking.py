"""What a clerk enters for each step, in the order of a lawful life of the case of `an_application`."""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]

ALL_MET: Json = dict.fromkeys(
    ("parties", "interest", "claim", "in_time", "scope", "jurisdiction", "not_pending"), True
)


def failing(*conditions: str) -> Json:
    """The seven conditions, of which these do not hold."""
    return ALL_MET | dict.fromkeys(conditions, False)


ACCEPT: Json = {"on": "2024-03-05", "conditions": ALL_MET}
DECLINE: Json = {"on": "2024-03-06", "conditions": failing("in_time"), "reasons": "超过法定申请期限。"}
MEDIATED: Json = {"on": "2024-04-10", "agreement": "各方达成协议。", "signed_by_all": True, "sealed": True}
UPHELD: Json = {"items": [{"outcome": "upheld"}], "main_text": "维持被申请人作出的行政行为。"}


def decided(outcome: str, **more: Any) -> Json:
    """What is submitted for a decision with one item."""
    item: Json = {"outcome": outcome} | {
        name: more.pop(name) for name in ("redo_days", "performance_days", "amount_fen") if name in more
    }
    if outcome == "performance_ordered":
        item = {"performance_days": 30} | item
    declared = {"not_worse": True, "void_requested": True}
    return {"items": [item], "main_text": "决定如下。"} | declared | more


# From an accepted case of 2024-03-05 to the draft of a decision.
TO_REVIEW: tuple[tuple[str, Json], ...] = (
    ("send_copy", {"on": "2024-03-07", "received_on": "2024-03-08"}),
    ("record_reply", {"on": "2024-03-18"}),
    (
        "hear_opinion",
        {"on": "2024-03-20", "of": "applicant", "manner": "phone", "record": "坚持申请书的意见"},
    ),
)


def to_decision(outcome: str, *, on: str = "2024-04-10") -> tuple[tuple[str, Mapping[str, Any]], ...]:
    """From an accepted case to its decision on that day."""
    return (
        *TO_REVIEW,
        ("submit_decision", {"on": "2024-04-01"} | decided(outcome)),
        ("endorse_decision", {"on": "2024-04-02"}),
        ("approve_decision", {"on": on, "manner": "head"}),
    )
