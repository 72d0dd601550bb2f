"""Shapes of requests and answers. Shape only: who may do it and whether it is allowed is decided elsewhere."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from services.identity.terms import AccountKind, SessionKind, Standing
from shared.contracts.identity import Office, OfficeKind, Role
from shared.kit.directory import Introspection, OfficesAnswer
from shared.kit.text import Line

# A password is not a line of text: it is kept as it was typed, and never shown. Its length is for the rules.
Password = Annotated[SecretStr, Field(min_length=1, max_length=1024)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9 ]{6,12}$")]
# As the contract of events has it: a code that no event could carry would stop its office from filing.
OfficeCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
# What a credential may look like in a header; anything else is nobody's.
CredentialValue = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,8192}$")]
Region = Annotated[str, StringConstraints(pattern=r"^[0-9]{6,12}$")]


class Body(BaseModel):
    # Without it a refusal could repeat what was sent, and this is the service of passwords.
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class SignIn(Body):
    login: Annotated[str, Line(100)]
    password: Password
    code: Code | None = None
    cookie: bool = Field(False, description="要 cookie（浏览器）而不要令牌（命令、程序）")


class SignedInView(BaseModel):
    """`token` is told this once, and not at all when a cookie was asked for."""

    token: str | None
    csrf: str | None
    standing: Standing


class GrantView(BaseModel):
    id: UUID | None = None
    role: Role
    role_label: str
    office: str
    office_name: str


class Me(BaseModel):
    account: str
    standing: Standing
    first: str = Field(description="还不能办理业务时，要先做什么")
    grants: list[GrantView]
    csrf: str | None


class ChangePassword(Body):
    current: Password
    new: Password


class Enrolment(BaseModel):
    """Shown once. `uri` is the otpauth address for an authenticator."""

    secret: str
    uri: str


class Confirm(Body):
    code: Code


class SessionView(BaseModel):
    id: UUID
    kind: SessionKind
    created_at: datetime
    last_seen_at: datetime
    current: bool


class Sessions(BaseModel):
    items: list[SessionView]


class CreateOffice(Body):
    """机构设立. Without a code it is `kind-region`, the code under which cases of the region stand anyway."""

    code: OfficeCode | None = None
    name: Annotated[str, Line(200)]
    kind: OfficeKind
    region: Region
    parent: OfficeCode | None = None
    valid_from: date
    valid_to: date | None = None


class ChangeOffice(Body):
    """Only the fields that are named are changed."""

    name: Annotated[str, Line(200)] = ""
    region: Region = ""
    parent: OfficeCode | None = None
    valid_from: date = date.min
    valid_to: date | None = None


class CloseOffice(Body):
    on: date


class CreateAccount(Body):
    login: Annotated[str, Line(64)]
    name: Annotated[str, Line(100)]
    kind: AccountKind = AccountKind.STAFF


class OneTimePassword(BaseModel):
    """Shown once: its owner must change it within `hours`."""

    id: UUID
    password: str
    hours: int


class ExternalView(BaseModel):
    id: UUID
    issuer: str
    subject: str


class AccountView(BaseModel):
    id: UUID
    login: str
    name: str
    kind: AccountKind
    disabled: bool
    grants: list[GrantView]


class AccountDetail(AccountView):
    must_change_password: bool
    second_factor: bool
    external_identities: list[ExternalView]


class GiveRole(Body):
    role: Role
    office: Annotated[str, StringConstraints(pattern=r"^(\*|[a-z0-9][a-z0-9_-]{0,63})$")]


class Given(BaseModel):
    id: UUID


class Link(Body):
    issuer: Annotated[str, Line(255)]
    subject: Annotated[str, Line(255)]


class Introspect(Body):
    kind: Literal["bearer", "cookie"]
    value: CredentialValue


__all__ = ["Introspection", "Office", "OfficesAnswer"]
