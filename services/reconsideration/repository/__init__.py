"""Every query of this service."""

from services.reconsideration.repository import clock_rows, former, handler_rows, link_rows
from services.reconsideration.repository.cases import (
    NumberTaken,
    add,
    by_numbers,
    due_within,
    load,
    load_for_update,
    number_taken,
    office_of,
    opened,
    save,
    seal_earlier,
    to_domain,
)
from services.reconsideration.repository.clocks import ClockCursor, ClockQuery, listed_clocks
from services.reconsideration.repository.listing import CaseQuery, Cursor, Order, listed
from services.reconsideration.repository.searching import (
    registered,
    review_expired,
    same_application,
    taken_by,
)
from services.reconsideration.repository.words import sought

__all__ = [
    "CaseQuery",
    "ClockCursor",
    "ClockQuery",
    "Cursor",
    "NumberTaken",
    "Order",
    "add",
    "by_numbers",
    "clock_rows",
    "due_within",
    "former",
    "handler_rows",
    "link_rows",
    "listed",
    "listed_clocks",
    "load",
    "load_for_update",
    "number_taken",
    "office_of",
    "opened",
    "registered",
    "review_expired",
    "same_application",
    "save",
    "seal_earlier",
    "sought",
    "taken_by",
    "to_domain",
]
