"""The same key and body get the same answer, once: key, case and event are committed together.

A key kept elsewhere, or in a second transaction, could be lost or kept without its case when a process dies.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Header, Request, Response
from sqlalchemy import Column, Integer, MetaData, String, Table, Text, Uuid, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from shared.kernel.errors import RuleViolation
from shared.kit.database import UtcDateTime
from shared.kit.vault import Vault
from shared.kit.vault_keys import case_erased

IdempotencyKey = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=120)]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a route answers: status, JSON body and headers such as ETag and Location."""

    status: int
    body: Any
    headers: dict[str, str]
    case_id: UUID | None = None  # whose key seals the answer where it is kept

    def response(self) -> Response:
        return Response(
            orjson.dumps(self.body),
            status_code=self.status,
            headers=self.headers,
            media_type="application/json",
        )


class Idempotency:
    """The idempotency table of one service, made in that service's metadata.

    Answers repeat what was entered: they are kept sealed under the key of their case, and go with it. A request is
    remembered by a keyed digest, because a plain one of a short body could be guessed.
    """

    def __init__(self, metadata: MetaData, vault: Vault) -> None:
        self._vault = vault
        self._secret: bytes | None = None
        self.table = Table(
            "idempotency",
            metadata,
            Column("key", String(200), primary_key=True),
            Column("request_digest", String(64), nullable=False),
            Column("status", Integer, nullable=False),
            Column("answer", Text, nullable=False),
            Column("case_id", Uuid, nullable=True),
            Column("recorded_at", UtcDateTime, nullable=False),
        )

    def unlock(self, secret: bytes) -> None:
        """Take the installation's secret into use; it does not rotate, or an old request would not be known again."""
        self._secret = hmac.new(secret, b"dingfen|idempotency", hashlib.sha256).digest()

    def once(
        self,
        session: Session,
        *,
        key: str | None,
        request: Request,
        body: bytes,
        now: datetime,
        work: Callable[[], Answer],
        require: Callable[[UUID], object] = lambda case_id: None,
    ) -> Answer:
        """Do `work`, or give the answer that the same request under this key has already got.

        `require` refuses a case that the caller can no longer see: what was answered then is not theirs now.

        Raises:
            RuleViolation: `request.idempotency_key_reused` when the key came with another request before
        """
        if key is None:
            return work()
        wanted = self._digest(f"{request.method} {request.url.path}\n".encode() + body)
        if not self._claim(session, key, wanted, now):
            return self._earlier(session, key, wanted, require)
        answer = work()
        session.execute(
            update(self.table)
            .where(self.table.c.key == key)
            .values(
                status=answer.status,
                answer=self._sealed(session, key, answer),
                case_id=answer.case_id,
            )
        )
        return answer

    def _claim(self, session: Session, key: str, wanted: str, now: datetime) -> bool:
        """Insert the key; a second request with it waits here for the first one's transaction."""
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        claimed = session.execute(
            dialect.insert(self.table)
            .values(key=key, request_digest=wanted, status=0, answer="", recorded_at=now)
            .on_conflict_do_nothing()
            .returning(self.table.c.key)
        )
        return claimed.first() is not None

    def _earlier(self, session: Session, key: str, wanted: str, require: Callable[[UUID], object]) -> Answer:
        row = session.execute(select(self.table).where(self.table.c.key == key)).one()
        if not hmac.compare_digest(row.request_digest, wanted):
            raise RuleViolation(
                "request.idempotency_key_reused",
                "这个 Idempotency-Key 已用于另一份内容不同的请求；请换一个新的键再提交。",
            )
        if row.case_id is not None:
            require(row.case_id)
        stored = orjson.loads(self._opened(session, key, row))
        return Answer(row.status, stored["body"], stored["headers"], row.case_id)

    def _digest(self, request: bytes) -> str:
        if self._secret is None:
            raise LookupError("unlock comes before the first request")
        return hmac.new(self._secret, request, hashlib.sha256).hexdigest()

    def _sealed(self, session: Session, key: str, answer: Answer) -> str:
        plain = orjson.dumps({"body": answer.body, "headers": answer.headers}).decode()
        if answer.case_id is None:
            return plain
        case_key = self._vault.open_keys(session, [answer.case_id])[answer.case_id]
        if case_key.erased:
            return ""
        return case_key.seal(table="idempotency", column=key, row=answer.case_id, value=plain)

    def _opened(self, session: Session, key: str, row: Any) -> str:
        if row.case_id is None:
            return str(row.answer)
        case_key = self._vault.open_keys(session, [row.case_id])[row.case_id]
        plain = case_key.unseal(table="idempotency", column=key, row=row.case_id, sealed=row.answer or None)
        if plain is None:
            raise case_erased()
        return plain
