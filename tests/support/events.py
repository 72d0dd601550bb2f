"""Small real events for tests of the event path."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from shared.contracts.envelope import CaseChanged, subject
from shared.contracts.litigation import LitigationEvent, LitigationFacts

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


def an_event(case_id: UUID | None = None, *, version: int = 1) -> tuple[str, LitigationEvent]:
    """(subject, event) of a notified litigation case."""
    case_id = case_id or uuid4()
    event = LitigationEvent(
        id=uuid4(),
        type="dingfen.litigation.notified.v1",
        subject=str(case_id),
        time=NOW,
        data=CaseChanged(
            case_id=case_id,
            case_version=version,
            on=date(2022, 3, 1),
            facts=LitigationFacts(
                case_number="（2022）内0625行初1号",
                region="150625",
                instance="first",
                notified_on=date(2022, 3, 1),
            ),
        ),
    )
    return subject("litigation", case_id, "notified"), event
