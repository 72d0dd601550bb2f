"""How often one account may look at personal values, or for them: enough for a day's work, too little for a copy.

The bucket is in the service's database, so it holds across workers; what is too often is refused with the time to wait.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from shared.kit.access import Access
from shared.kit.throttle import Throttle, account_key


@dataclass(frozen=True, slots=True)
class Bucket:
    """At once at most `capacity`, then one every `seconds`."""

    capacity: int
    seconds: float


REVEALS = Bucket(capacity=60, seconds=30.0)
SEARCHES = Bucket(capacity=60, seconds=10.0)
ERASURES = Bucket(capacity=20, seconds=180.0)


class PersonalLimits:
    """Implements `shared.kit.party_routes.Spend`. `buckets` says which actions are counted, and how."""

    def __init__(self, throttle: Throttle, buckets: Mapping[str, Bucket]) -> None:
        self._throttle = throttle
        self._buckets = buckets

    def __call__(self, session: Session, access: Access, action: str, now: datetime) -> None:
        """
        Raises:
            TooMany: `party.too_many`
        """
        bucket = self._buckets.get(action)
        if bucket is not None:
            self._throttle.spend(
                session,
                account_key(action, access.caller.account),
                capacity=bucket.capacity,
                per_second=1 / bucket.seconds,
                now=now,
                code="party.too_many",
            )
