"""What differs between the three case services for whoever plants values in them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.litigation.ledger import COLUMNS as LITIGATION
from services.mediation.ledger import CASE_COLUMNS as MEDIATION
from services.reconsideration.ledger import COLUMNS as RECONSIDERATION
from shared.kit.ledger import Column
from tests.authz import reconsidering
from tests.leaks.staff import HOME


@dataclass(frozen=True, slots=True)
class Worded:
    """A step at which words are written freely, what lies before it, and how its case is filed."""

    step: str
    body: Mapping[str, Any]
    before: tuple[str, ...]
    filed: Mapping[str, Any]

    def saying(self, words: str) -> dict[str, Any]:
        """What is entered, with these words wherever words are written."""
        told: dict[str, Any] = _saying(dict(self.body), words)
        return told


def _saying(entered: Any, words: str) -> Any:
    if isinstance(entered, dict):
        return {name: _saying(value, words) for name, value in entered.items()}
    if isinstance(entered, list):
        return [_saying(value, words) for value in entered]
    return words if entered == reconsidering.WORDS else entered


# Fields for words that the lawful bodies of `reconsidering` leave empty.
_ALSO: Mapping[str, Mapping[str, Any]] = {
    "decline": {"competent": reconsidering.WORDS},
    "receive_supplement": {"late_reason": reconsidering.WORDS},
    "hold_hearing": {"attended_by_head": False, "head_absence_reason": reconsidering.WORDS},
}


def _worded() -> Iterator[Worded]:
    for step, entered in reconsidering.STEPS.items():
        body = {**entered, **_ALSO.get(step, {})}
        if _saying(body, "") != body:
            before, filed = reconsidering.BEFORE.get(step, ()), reconsidering.FILED.get(step, {})
            yield Worded(step, body, before, filed)


@dataclass(frozen=True, slots=True)
class Trade:
    """`texts` are the fields that are kept in plain; `sealed` those whose words are sealed; `good_row` is a row of
    a ledger that goes in; `worded` are the steps at which words are written freely."""

    service: str
    party_role: str
    filing: Mapping[str, Any]
    texts: tuple[str, ...]
    sealed: tuple[str, ...]
    columns: tuple[Column, ...]
    good_row: Mapping[str, str]
    step: str
    step_body: Mapping[str, Any]
    worded: tuple["Worded", ...] = ()

    @property
    def cases(self) -> str:
        return f"/{self.service}/cases"

    def body(self, number: str, **other: Any) -> dict[str, Any]:
        """What is filed for a new case."""
        return {"case_number": number, **self.filing, **other}


TRADES: Mapping[str, Trade] = {
    trade.service: trade
    for trade in (
        Trade(
            "reconsideration",
            "applicant",
            {"organ_region": HOME, "received_on": "2026-03-02"},
            ("case_number", "respondent", "field", "act_number"),
            ("matter",),
            tuple(RECONSIDERATION),
            {"复议机关所在地": HOME, "收到日期": "2026-03-02"},
            "accept",
            reconsidering.STEPS["accept"],
            tuple(_worded()),
        ),
        Trade(
            "mediation",
            "party",
            {"region": HOME, "registered_on": "2026-03-02"},
            ("case_number", "committee"),
            (),
            tuple(MEDIATION),
            {"行政区划": HOME, "登记日期": "2026-03-02"},
            "accept",
            {"on": "2026-03-04"},
        ),
        Trade(
            "litigation",
            "plaintiff",
            {"region": HOME, "notified_on": "2026-03-02"},
            ("case_number", "court", "organ"),
            (),
            tuple(LITIGATION),
            {"行政区划": HOME, "收到应诉通知日期": "2026-03-02"},
            "judgment",
            {"on": "2026-04-01", "result": "payment_ordered"},
        ),
    )
}
