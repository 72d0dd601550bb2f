"""The parties of a case: sealed under the key of the case, shown masked, revealed one at a time.

Mechanism only: which roles a party may have, and which of them act for which, is each service's own law. Nothing here
decides who may ask; the case must have been loaded within the caller's reach before anything of this is called.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import ModuleType
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session
from uuid_utils.compat import uuid7

from shared.kernel import representation
from shared.kernel.representation import Acting, ActsFor, RolesThatAct
from shared.kit.concurrency import require_version
from shared.kit.database import UtcDateTime
from shared.kit.masking import mask_address, mask_identity_number, mask_name, mask_phone
from shared.kit.party_entries import PartyEntry, PartyKind, normalised_number
from shared.kit.representation import Representation
from shared.kit.vault import CaseKey, SealedTable, Vault

if TYPE_CHECKING:
    from alembic.operations import Operations

TABLE = "party"
SEALED = ("name", "id_number", "phone", "address")
BLIND = "id_blind"
_BLIND_COLUMN = f"{TABLE}.id_number"
_EMPTY = " AND ".join(f"{column} IS NULL" for column in (*SEALED, BLIND))


@dataclass(frozen=True, slots=True)
class MaskedParty:
    """A party as lists show it. After an erasure or a removal there is nothing left to mask."""

    id: UUID
    case_id: UUID
    version: int
    role: str
    kind: PartyKind
    name: str | None
    id_number: str | None
    phone: str | None
    address: str | None
    erased: bool
    recorded_at: datetime
    acts_for: tuple[ActsFor, ...] = ()


@dataclass(frozen=True, slots=True)
class PlainParty:
    """A party's values in full, for one reader and one purpose."""

    id: UUID
    case_id: UUID
    role: str
    kind: PartyKind
    name: str | None = field(repr=False)
    id_number: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    address: str | None = field(repr=False)
    erased: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A party that has the number which was looked for. Whether the reader may know it is for the caller to see."""

    case_id: UUID
    party_id: UUID
    role: str


def _columns() -> tuple[sa.Column[Any] | sa.CheckConstraint, ...]:
    kinds = ", ".join(f"'{kind.value}'" for kind in PartyKind)
    return (
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        *(sa.Column(column, sa.Text) for column in SEALED),
        sa.Column(BLIND, sa.String(64)),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
        sa.Column("removed_at", UtcDateTime),
        sa.CheckConstraint("version >= 1", name="party_version_counts_from_one"),
        sa.CheckConstraint(f"kind IN ({kinds})", name="party_has_a_kind"),
        sa.CheckConstraint(f"removed_at IS NULL OR ({_EMPTY})", name="a_removed_party_leaves_nothing"),
        # A plain value in a sealed column is a fault of ours that the database can see.
        *(
            sa.CheckConstraint(f"{column} IS NULL OR {column} LIKE 'v1.%'", name=f"party_{column}_is_sealed")
            for column in SEALED
        ),
    )


def create_tables(op: "Operations | ModuleType") -> None:
    """The table of this module in its first release, for a service's migration."""
    op.create_table(TABLE, *_columns())
    op.create_index("parties_by_case", TABLE, ["case_id"])
    op.create_index("parties_by_number", TABLE, [BLIND])


class Parties:
    """The party table of one service, made in that service's metadata and known to its vault."""

    def __init__(
        self, metadata: sa.MetaData, vault: Vault, *, roles_that_act: RolesThatAct | None = None
    ) -> None:
        self.vault = vault
        self.roles_that_act = roles_that_act or {}
        self.table = sa.Table(
            TABLE,
            metadata,
            *_columns(),
            sa.Index("parties_by_case", "case_id", "id", unique=True),
            sa.Index("parties_by_number", BLIND),
        )
        self._represented = Representation(metadata)
        vault.register(SealedTable(self.table, SEALED, {BLIND: "id_number"}))

    def add(self, session: Session, case_id: UUID, entry: PartyEntry, now: datetime) -> MaskedParty:
        """Register a party of a case, and for whom it acts.

        Raises:
            Conflict: `party.case_erased`
            NotFound: `party.not_found` of whom it would act for
            RuleViolation: as `representation.require_lawful`
        """
        key = self.vault.key_for_change(session, case_id)
        party_id = uuid7()
        acts_for = entry.acts_for or ()
        if acts_for:
            self._require_lawful(session, case_id, party_id, entry.role, acts_for)
        row: dict[str, Any] = {
            "id": party_id,
            "case_id": case_id,
            "version": 1,
            "recorded_at": now,
            "removed_at": None,
            **self._sealed(session, key, party_id, entry),
        }
        session.execute(sa.insert(self.table).values(row))
        self._represented.keep(session, case_id, party_id, acts_for)
        return _masked(party_id, case_id, 1, entry, now, acts_for)

    def listed(self, session: Session, case_id: UUID) -> list[MaskedParty]:
        """The parties of a case in the order in which they were registered, masked."""
        rows = session.execute(
            sa.select(self.table)
            .where(self.table.c.case_id == case_id, self.table.c.removed_at.is_(None))
            .order_by(self.table.c.recorded_at, self.table.c.id)
        ).all()
        key = self.vault.open_keys(session, [case_id]).get(case_id) if rows else None
        acting = self.acting(session, case_id) if rows else {}
        return [
            _masked_plain(self._plain(row, key), row.version, row.recorded_at, acting.get(row.id, ()))
            for row in rows
        ]

    def roles(self, session: Session, case_id: UUID) -> dict[UUID, str]:
        """Which parties a case has, and as what; nothing of who they are. Erased ones are still parties."""
        rows = session.execute(
            sa.select(self.table.c.id, self.table.c.role).where(
                self.table.c.case_id == case_id, self.table.c.removed_at.is_(None)
            )
        )
        return {row.id: row.role for row in rows}

    def acting(self, session: Session, case_id: UUID) -> Acting:
        """Who acts for whom in a case; nothing of who they are."""
        return self._represented.of_case(session, case_id)

    def reveal(self, session: Session, case_id: UUID, party_id: UUID) -> PlainParty:
        """One party in full. The caller has to write down who asked and why, in the same transaction.

        Raises:
            NotFound: `party.not_found`
        """
        row = self._row(session, case_id, party_id)
        return self._plain(row, self.vault.open_keys(session, [case_id]).get(case_id))

    def replace(
        self, session: Session, case_id: UUID, party_id: UUID, entry: PartyEntry, *, if_match: str | None
    ) -> MaskedParty:
        """Correct a party: the former values are overwritten and kept nowhere.

        An entry that does not say for whom the party acts leaves that as it is; in a role that acts for nobody it ends.

        Raises:
            NotFound: `party.not_found`, also of whom it would act for
            StaleVersion: somebody changed the party meanwhile
            Conflict: `party.case_erased`
            RuleViolation: as `representation.require_lawful` and `require_role`
        """
        key = self.vault.key_for_change(session, case_id)
        roles = self._locked_roles(session, case_id)
        row = self._row(session, case_id, party_id)
        require_version(if_match, row.version)
        acting = self.acting(session, case_id)
        acts_for = entry.acts_for
        if acts_for is None:
            acts_for = acting.get(party_id, ()) if entry.role in self.roles_that_act else ()
        roles[party_id] = entry.role
        rules = self.roles_that_act
        representation.require_lawful(party_id, acts_for, roles=roles, acting=acting, rules=rules)
        representation.require_role(party_id, roles=roles, acting=acting, rules=rules)
        version = row.version + 1
        session.execute(
            sa.update(self.table)
            .where(self.table.c.id == party_id)
            .values(version=version, **self._sealed(session, key, party_id, entry))
        )
        if acts_for != acting.get(party_id, ()):
            self._represented.forget(session, party_id)
            self._represented.keep(session, case_id, party_id, acts_for)
        return _masked(party_id, case_id, version, entry, row.recorded_at, acts_for)

    def remove(
        self, session: Session, case_id: UUID, party_id: UUID, *, if_match: str | None, now: datetime
    ) -> int:
        """Take a party off the case; that there was one stays, what it was called goes.

        Returns:
            the version that the removal made

        Raises:
            NotFound: `party.not_found`
            StaleVersion: somebody changed the party meanwhile
            Conflict: `party.acted_for`
        """
        self._locked_roles(session, case_id)
        row = self._row(session, case_id, party_id)
        require_version(if_match, row.version)
        representation.require_nobody_acts_for(party_id, self.acting(session, case_id))
        self._represented.forget(session, party_id)
        version: int = row.version + 1
        session.execute(
            sa.update(self.table)
            .where(self.table.c.id == party_id)
            .values(version=version, removed_at=now, **dict.fromkeys((*SEALED, BLIND)))
        )
        return version

    def find_by_id_number(self, session: Session, number: str) -> Sequence[Found]:
        """Every party with this number, wherever its case is kept: the caller lets through what its reader may see."""
        blinds = self.vault.blinds(session, _BLIND_COLUMN, normalised_number(number))
        rows = session.execute(
            sa.select(self.table.c.case_id, self.table.c.id, self.table.c.role)
            .where(self.table.c[BLIND].in_(blinds))
            .order_by(self.table.c.case_id, self.table.c.id)
        )
        return [Found(*row) for row in rows]

    def _row(self, session: Session, case_id: UUID, party_id: UUID) -> Any:
        table = self.table
        asked = sa.select(table).where(
            table.c.id == party_id, table.c.case_id == case_id, table.c.removed_at.is_(None)
        )
        row = session.execute(asked).one_or_none()
        if row is None:
            raise representation.not_found()
        return row

    def _locked_roles(self, session: Session, case_id: UUID) -> dict[UUID, str]:
        """As `roles`; whoever else changes who acts for these parties, or removes one, waits for us.

        Locked in the same order by everybody: two who waited for each other would both be refused.
        """
        table = self.table.c
        present = sa.select(table.id).where(table.case_id == case_id, table.removed_at.is_(None))
        session.execute(present.order_by(table.id).with_for_update())
        # Asked again: a statement that waited has not seen the rows that were added meanwhile.
        return self.roles(session, case_id)

    def _require_lawful(
        self, session: Session, case_id: UUID, party_id: UUID, role: str, acts_for: Sequence[ActsFor]
    ) -> None:
        roles = {**self._locked_roles(session, case_id), party_id: role}
        representation.require_lawful(
            party_id,
            acts_for,
            roles=roles,
            acting=self.acting(session, case_id),
            rules=self.roles_that_act,
        )

    def _sealed(
        self, session: Session, key: CaseKey, party_id: UUID, entry: PartyEntry
    ) -> dict[str, str | None]:
        values = {column: getattr(entry, column) for column in SEALED}
        return {
            "role": entry.role,
            "kind": entry.kind.value,
            **{
                column: None
                if value is None
                else key.seal(table=TABLE, column=column, row=party_id, value=value)
                for column, value in values.items()
            },
            BLIND: None
            if entry.id_number is None
            else self.vault.blind(session, _BLIND_COLUMN, entry.id_number),
        }

    @staticmethod
    def _plain(row: Any, key: CaseKey | None) -> PlainParty:
        values = {
            column: None
            if key is None
            else key.unseal(table=TABLE, column=column, row=row.id, sealed=getattr(row, column))
            for column in SEALED
        }
        return PlainParty(
            id=row.id,
            case_id=row.case_id,
            role=row.role,
            kind=PartyKind(row.kind),
            erased=key is None or key.erased,
            **values,
        )


def _masked_plain(
    plain: PlainParty, version: int, recorded_at: datetime, acts_for: tuple[ActsFor, ...]
) -> MaskedParty:
    return MaskedParty(
        id=plain.id,
        case_id=plain.case_id,
        version=version,
        role=plain.role,
        kind=plain.kind,
        erased=plain.erased,
        recorded_at=recorded_at,
        acts_for=acts_for,
        **_masks(plain),
    )


def _masked(
    party_id: UUID,
    case_id: UUID,
    version: int,
    entry: PartyEntry,
    recorded_at: datetime,
    acts_for: tuple[ActsFor, ...],
) -> MaskedParty:
    return MaskedParty(
        id=party_id,
        case_id=case_id,
        version=version,
        role=entry.role,
        kind=entry.kind,
        erased=False,
        recorded_at=recorded_at,
        acts_for=acts_for,
        **_masks(entry),
    )


def _masks(of: PlainParty | PartyEntry) -> dict[str, str | None]:
    """An organisation's name is public (个人信息保护法 Art. 4 speaks of natural persons) and shown whole."""
    is_person = of.kind is PartyKind.NATURAL
    return {
        "name": mask_name(of.name) if is_person and of.name is not None else of.name,
        "id_number": None if of.id_number is None else mask_identity_number(of.id_number),
        "phone": None if of.phone is None else mask_phone(of.phone),
        "address": None if of.address is None else mask_address(of.address),
    }
