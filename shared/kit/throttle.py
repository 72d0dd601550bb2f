"""How often somebody may do something: token buckets in the service's database, so that they hold across workers.

A bucket is kept as one instant, the moment at which it will be full again: a bucket that is not used needs no
upkeep, and one statement both looks and spends, so that two workers never spend the same token.
"""

import hashlib
import hmac
import ipaddress
import math
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from shared.kernel.errors import TooMany

if TYPE_CHECKING:
    from alembic.operations import Operations

LONGEST_KEY = 120
_MICROSECONDS = 1_000_000
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_DIGEST_CHARACTERS = 32  # 128 bits
_IPV6_SITE_BITS = 64  # one household or office has all addresses behind these bits


def create_tables(op: "Operations | ModuleType") -> None:
    """The table of this module as of its first release."""
    op.create_table(
        "throttle",
        sa.Column("key", sa.String(LONGEST_KEY), primary_key=True),
        sa.Column("full_again_us", sa.BigInteger, nullable=False),
    )


def account_key(action: str, account: str) -> str:
    """The bucket of one account for one action."""
    return f"{action}|{account}"


def address_key(action: str, address: str, *, secret: bytes) -> str:
    """The bucket of one network address for one action, without the address: it is personal data.

    The hash is keyed, because there are few enough addresses to try them all. An IPv6 address counts as its site.
    """
    digest = hmac.new(secret, f"throttle|{_site(address)}".encode(), hashlib.sha256).hexdigest()
    return f"{action}|from|{digest[:_DIGEST_CHARACTERS]}"


def _site(address: str) -> str:
    try:
        read = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"  # whoever has no readable address shares one bucket
    if isinstance(read, ipaddress.IPv6Address):
        if read.ipv4_mapped is not None:
            return str(read.ipv4_mapped)
        return str(ipaddress.IPv6Network((read, _IPV6_SITE_BITS), strict=False))
    return str(read)


class Throttle:
    """The throttle table of one service, made in that service's metadata."""

    def __init__(self, metadata: sa.MetaData) -> None:
        self.table = sa.Table(
            "throttle",
            metadata,
            sa.Column("key", sa.String(LONGEST_KEY), primary_key=True),
            # The instant as whole microseconds since 1970 UTC: both databases add to it exactly.
            sa.Column("full_again_us", sa.BigInteger, nullable=False),
        )

    def spend(
        self,
        session: Session,
        key: str,
        *,
        cost: int = 1,
        capacity: int,
        per_second: float,
        now: datetime,
        code: str = "request.too_many",
    ) -> None:
        """Take `cost` tokens out of the bucket `key`, which holds `capacity` and regains `per_second`.

        In any span of t seconds at most `capacity + per_second * t` tokens are let through. What was spent comes
        back when the session's transaction is rolled back, and others wait for this bucket until it ends: where
        failures have to count, as with guesses, spend in a short transaction of its own.

        Raises:
            TooMany: `code`, when there are not enough; nothing is spent, and `retry_after` says when there will be
            ValueError: a cost that no waiting could ever pay, or a bucket that never fills
        """
        if not 0 < cost <= capacity or not per_second > 0:
            raise ValueError("a bucket gives between one token and all it holds, and fills again")
        token = math.ceil(_MICROSECONDS / per_second)
        moment = (now - _BEGINNING) // timedelta(microseconds=1)
        price, brim = cost * token, moment + capacity * token
        if not self._spent(session, key, price=price, moment=moment, brim=brim):
            missing = self._full_again(session, key) + price - brim
            raise _too_many(code, math.ceil(missing / _MICROSECONDS))

    def _spent(self, session: Session, key: str, *, price: int, moment: int, brim: int) -> bool:
        kept = self.table.c.full_again_us
        then = sa.case((kept > moment, kept), else_=moment) + price
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        done = session.execute(
            dialect.insert(self.table)
            .values(key=key, full_again_us=moment + price)
            .on_conflict_do_update(
                index_elements=[self.table.c.key], set_={"full_again_us": then}, where=then <= brim
            )
            .returning(self.table.c.key)
        )
        return done.first() is not None

    def _full_again(self, session: Session, key: str) -> int:
        kept = sa.select(self.table.c.full_again_us).where(self.table.c.key == key)
        return int(session.execute(kept).scalar_one())

    def fill(self, session: Session, key: str) -> None:
        """Forget what was spent from one bucket, for instance after the right password."""
        session.execute(sa.delete(self.table).where(self.table.c.key == key))

    def sweep(self, session: Session, *, now: datetime) -> int:
        """Drop the buckets that are full again: they say no more than missing ones do. The number dropped."""
        moment = (now - _BEGINNING) // timedelta(microseconds=1)
        gone = session.execute(
            sa.delete(self.table).where(self.table.c.full_again_us <= moment).returning(self.table.c.key)
        )
        return len(gone.all())


def _too_many(code: str, seconds: int) -> TooMany:
    seconds = max(seconds, 1)
    wait = f"{seconds} 秒" if seconds < 120 else f"{math.ceil(seconds / 60)} 分钟"
    return TooMany(code, f"操作过于频繁，请 {wait}后再试。", retry_after=seconds)
