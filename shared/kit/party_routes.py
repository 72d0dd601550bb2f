"""HTTP routes for the parties of a case, the same in each service: the service says the roles, rules and cases.

Lists and answers hold masked values only. Plain values leave through one route, one party at a time, for a stated
purpose that is written down first. Numbers to look for come in a body: addresses are logged along the way.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Protocol
from uuid import UUID

import orjson
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, create_model
from sqlmodel import Session

from shared.kernel.clock import legal_date
from shared.kernel.errors import Forbidden, NotFound, RuleViolation
from shared.kernel.representation import ActsFor, Powers
from shared.kit.access import Access, Fields
from shared.kit.audit import AuditEntry
from shared.kit.concurrency import IfMatch, etag
from shared.kit.edge import Edge
from shared.kit.idempotency import Answer, IdempotencyKey
from shared.kit.parties import MaskedParty, Parties, PlainParty
from shared.kit.party_entries import LONGEST_ADDRESS, LONGEST_NAME, PartyEntry, PartyKind, checked
from shared.kit.routing import routes_of
from shared.kit.text import Line
from shared.kit.vault_erasure import Destroyed, DestroyedList, erase, scrub

MOST_PRINCIPALS = 1000  # a chosen representative may act for very many applicants
# A case within the caller's scope gives its office; every other raises NotFound, whether it exists or not.
RequireCase = Callable[[Session, UUID], str]


class Spend(Protocol):
    """Counts what a caller does with personal values. Raises TooMany when it is too often."""

    def __call__(self, session: Session, access: Access, action: str, now: datetime) -> None: ...


def without_limit(session: Session, access: Access, action: str, now: datetime) -> None:
    """For tests, and until a service has its throttle."""


class Purpose(StrEnum):
    """Why somebody wants to see personal values in full."""

    VERIFY_IDENTITY = "verify_identity"  # 核对身份
    DELIVER_DOCUMENT = "deliver_document"  # 送达文书
    CONTACT = "contact"  # 联系
    HEARING = "hearing"  # 听证、开庭
    COURT_REQUEST = "court_request"  # 法院调取


class ErasureGround(StrEnum):
    """Why the personal data of a case are erased (个人信息保护法 Art. 47)."""

    RETENTION_ENDED = "retention_ended"  # 保存期限届满
    COURT_ORDER = "court_order"  # 法院或者主管部门的决定
    RECORDED_BY_MISTAKE = "recorded_by_mistake"  # 误录


@dataclass(frozen=True, slots=True)
class PartyActions:
    """The service's own actions for these routes; its policy says which roles have them."""

    read: StrEnum
    change: StrEnum
    reveal: StrEnum
    search: StrEnum
    erase: StrEnum


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ActsForBody(Body):
    """为谁代理: another party of the case; 授权权限 and the days of a mandate where there is one."""

    party_id: UUID
    powers: Powers | None = None
    mandate_on: date | None = Field(default=None, description="收到授权委托书之日")
    ended_on: date | None = Field(default=None, description="告知变更、解除之日")


class PartyBody(Body):
    """登记当事人. The service's own roles are added to it."""

    kind: PartyKind
    name: Annotated[str, Line(LONGEST_NAME)] = Field(repr=False)
    id_number: Annotated[str, Line(40)] | None = Field(default=None, repr=False)
    phone: Annotated[str, Line(40)] | None = Field(default=None, repr=False)
    address: Annotated[str, Line(LONGEST_ADDRESS)] | None = Field(default=None, repr=False)
    acts_for: list[ActsForBody] | None = Field(
        default=None, max_length=MOST_PRINCIPALS, description="为谁代理；更正时不写则不变"
    )

    def entry(self, role: str, now: datetime) -> PartyEntry:
        return checked(
            role=role,
            kind=self.kind,
            name=self.name,
            id_number=self.id_number,
            phone=self.phone,
            address=self.address,
            acts_for=None if self.acts_for is None else [ActsFor(**dict(each)) for each in self.acts_for],
            on=legal_date(now),
        )


class RevealParty(Body):
    purpose: Purpose


class SearchParties(Body):
    id_number: Annotated[str, Line(40)] = Field(repr=False)


class EraseCase(Body):
    """`confirm` repeats the id of the case: what is erased never comes back."""

    ground: ErasureGround
    confirm: UUID


class ActsForView(BaseModel):
    party_id: UUID
    powers: Powers | None
    mandate_on: date | None
    ended_on: date | None


class PartyView(BaseModel):
    """A party, masked."""

    id: UUID
    case_id: UUID
    version: int
    role: str
    kind: PartyKind
    name: str | None = Field(repr=False)
    id_number: str | None = Field(repr=False)
    phone: str | None = Field(repr=False)
    address: str | None = Field(repr=False)
    erased: bool
    recorded_at: datetime
    acts_for: list[ActsForView]


class PartyList(BaseModel):
    items: list[PartyView]


class PlainPartyView(BaseModel):
    """A party in full."""

    id: UUID
    case_id: UUID
    role: str
    kind: PartyKind
    name: str | None = Field(repr=False)
    id_number: str | None = Field(repr=False)
    phone: str | None = Field(repr=False)
    address: str | None = Field(repr=False)
    erased: bool


class FoundView(BaseModel):
    case_id: UUID
    party_id: UUID
    role: str


class FoundList(BaseModel):
    items: list[FoundView]


@dataclass(frozen=True, slots=True)
class _Desk:
    """What the routes of one service share."""

    edge: Edge
    parties: Parties
    actions: PartyActions
    destroyed: DestroyedList
    spend: Spend
    case: RequireCase

    def require(self, session: Session, access: Access, case_id: UUID) -> None:
        """The case is within reach, and the caller is shown more of it than its statistical row."""
        if access.fields(self.case(session, case_id)) < Fields.CASE:
            raise Forbidden("access.forbidden", "您没有办理这一项的权限。")

    def may_see(self, session: Session, access: Access, case_id: UUID) -> bool:
        try:
            self.require(session, access, case_id)
        except (NotFound, Forbidden):
            return False
        return True

    def note(self, session: Session, now: datetime, *entries: AuditEntry) -> None:
        self.edge.audit.record(session, entries, now)


def party_routes(
    edge: Edge,
    parties: Parties,
    *,
    roles: type[StrEnum],
    actions: PartyActions,
    require_case: RequireCase,
    destroyed: DestroyedList,
    spend: Spend = without_limit,
) -> APIRouter:
    """The routes, to be mounted under the service's own prefix."""
    router = routes_of(edge.service)
    desk = _Desk(edge, parties, actions, destroyed, spend, require_case)
    _add_changes(router, desk, create_model("PartyEntered", __base__=PartyBody, role=(roles, ...)))
    _add_removal(router, desk)
    _add_reading(router, desk)
    _add_search(router, desk)
    _add_erasure(router, desk)
    return router


def _add_changes(router: APIRouter, desk: _Desk, shape: type[PartyBody]) -> None:
    def register(
        case_id: UUID,
        body: Any,
        request: Request,
        key: IdempotencyKey = None,
        access: Access = desk.edge.may(desk.actions.change),
    ) -> Response:
        def work(session: Session, now: datetime) -> Answer:
            desk.require(session, access, case_id)
            party = desk.parties.add(session, case_id, body.entry(body.role.value, now), now)
            desk.note(session, now, AuditEntry("party.added", "party", str(party.id), version=party.version))
            location = f"/{desk.edge.service}/cases/{case_id}/parties/{party.id}"
            return _answer(party, status=201, Location=location)

        return desk.edge.act(request, body, work, key=key, access=access)

    def correct(
        case_id: UUID,
        party_id: UUID,
        body: Any,
        request: Request,
        key: IdempotencyKey = None,
        if_match: IfMatch = None,
        access: Access = desk.edge.may(desk.actions.change),
    ) -> Response:
        def work(session: Session, now: datetime) -> Answer:
            desk.require(session, access, case_id)
            entry = body.entry(body.role.value, now)
            party = desk.parties.replace(session, case_id, party_id, entry, if_match=if_match)
            desk.note(
                session, now, AuditEntry("party.corrected", "party", str(party.id), version=party.version)
            )
            return _answer(party)

        return desk.edge.act(request, body, work, key=key, access=access)

    # The service's roles make the shape of the body, so that a wrong one is refused as malformed.
    register.__annotations__["body"] = shape
    correct.__annotations__["body"] = shape
    router.post("/cases/{case_id}/parties", status_code=201, response_model=PartyView, summary="登记当事人")(
        register
    )
    router.put("/cases/{case_id}/parties/{party_id}", response_model=PartyView, summary="更正当事人")(correct)


def _add_removal(router: APIRouter, desk: _Desk) -> None:
    @router.delete("/cases/{case_id}/parties/{party_id}", status_code=204, summary="移除当事人")
    def remove(
        case_id: UUID,
        party_id: UUID,
        if_match: IfMatch = None,
        access: Access = desk.edge.may(desk.actions.change),
    ) -> Response:
        now = desk.edge.clock()
        with desk.edge.database.writing(access.acting) as session:
            desk.require(session, access, case_id)
            version = desk.parties.remove(session, case_id, party_id, if_match=if_match, now=now)
            desk.note(session, now, AuditEntry("party.removed", "party", str(party_id), version=version))
        return Response(status_code=204)


def _add_reading(router: APIRouter, desk: _Desk) -> None:
    @router.get("/cases/{case_id}/parties", response_model=PartyList, summary="当事人（已遮盖）")
    def listing(case_id: UUID, access: Access = desk.edge.may(desk.actions.read)) -> Response:
        with desk.edge.database.reading(access.acting) as session:
            desk.require(session, access, case_id)
            parties = desk.parties.listed(session, case_id)
        return _private({"items": [_shown(party) for party in parties]})

    @router.post(
        "/cases/{case_id}/parties/{party_id}/reveal",
        response_model=PlainPartyView,
        summary="查看当事人完整信息（须说明用途，全部留痕）",
    )
    def reveal(
        case_id: UUID,
        party_id: UUID,
        body: RevealParty,
        access: Access = desk.edge.may(desk.actions.reveal),
    ) -> Response:
        now = desk.edge.clock()
        # No idempotency: a stored answer would be a second, unsealed copy.
        with desk.edge.database.writing(access.acting) as session:
            desk.require(session, access, case_id)
            desk.spend(session, access, desk.actions.reveal.value, now)
            party = desk.parties.reveal(session, case_id, party_id)
            desk.note(
                session,
                now,
                AuditEntry("party.revealed", "party", str(party_id), purpose=body.purpose.value),
            )
        return _private(_shown(party))


def _add_search(router: APIRouter, desk: _Desk) -> None:
    @router.post("/parties/search", response_model=FoundList, summary="按证件号码查找案件（全部留痕）")
    def search(body: SearchParties, access: Access = desk.edge.may(desk.actions.search)) -> Response:
        now = desk.edge.clock()
        with desk.edge.database.writing(access.acting) as session:
            desk.spend(session, access, desk.actions.search.value, now)
            matches = desk.parties.find_by_id_number(session, body.id_number)
            cases = {match.case_id for match in matches}
            seen = {case_id for case_id in cases if desk.may_see(session, access, case_id)}
            found = [match for match in matches if match.case_id in seen]
            desk.note(
                session,
                now,
                AuditEntry("party.searched", "party", "-"),
                *(AuditEntry("party.found", "party", str(match.party_id)) for match in found),
            )
        return _private({"items": [asdict(match) for match in found]})


def _add_erasure(router: APIRouter, desk: _Desk) -> None:
    @router.post("/cases/{case_id}/erasure", status_code=204, summary="删除此案全部个人信息（不可恢复）")
    def erasure(
        case_id: UUID, body: EraseCase, access: Access = desk.edge.may(desk.actions.erase)
    ) -> Response:
        if body.confirm != case_id:
            raise RuleViolation(
                "party.erasure_not_confirmed", "请在 confirm 里重复此案的编号，以确认删除。", field="confirm"
            )
        now = desk.edge.clock()
        with desk.edge.database.writing(access.acting) as session:
            desk.require(session, access, case_id)
            desk.spend(session, access, desk.actions.erase.value, now)
            gone: Destroyed = erase(session, desk.parties.vault, case_id, now)
            desk.note(
                session, now, AuditEntry("party.case_erased", "case", str(case_id), purpose=body.ground.value)
            )
        # Only what is committed: a list that knew more would erase at the next start what nobody did.
        desk.destroyed.add([gone])
        scrub(desk.edge.database)
        return Response(status_code=204)


def _shown(party: MaskedParty | PlainParty) -> Mapping[str, Any]:
    return asdict(party)


def _answer(party: MaskedParty, *, status: int = 200, **headers: str) -> Answer:
    body = PartyView(**_shown(party)).model_dump(mode="json")
    said = {"ETag": etag(party.version), "Cache-Control": "no-store", **headers}
    # Even masked it is kept under the key of its case, and goes with it.
    return Answer(status, body, said, case_id=party.case_id)


def _private(body: Mapping[str, Any]) -> Response:
    """An answer that no browser and no gateway keeps."""
    return Response(orjson.dumps(body), media_type="application/json", headers={"Cache-Control": "no-store"})
