"""Who may hold which role, how long a session lives, how a lock grows, what a password must be.

Pure functions: no clock, no database, no chance.
"""

import math
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.identity.terms import AccountKind, SessionKind, Standing
from shared.contracts.identity import ADMINISTRATORS, EVERY_OFFICE, NOT_GIVEN, Office, OfficeKind, Role
from shared.kernel.errors import Conflict, Forbidden, NotFound, RuleViolation

# Which kinds of office a role can be held at. The administrators' roles are held at none: they serve the suite.
OFFICE_KINDS_OF: Mapping[Role, frozenset[OfficeKind]] = {
    Role.RECONSIDERATION_CLERK: frozenset({OfficeKind.RECONSIDERATION}),
    Role.RECONSIDERATION_OFFICE_HEAD: frozenset({OfficeKind.RECONSIDERATION}),
    Role.RECONSIDERATION_ORGAN_HEAD: frozenset({OfficeKind.RECONSIDERATION}),
    Role.MEDIATOR: frozenset({OfficeKind.MEDIATION}),
    Role.COMMITTEE_CLERK: frozenset({OfficeKind.MEDIATION, OfficeKind.JUDICIAL_OFFICE}),
    Role.LITIGATION_CLERK: frozenset({OfficeKind.LITIGATION}),
    Role.BUREAU_VIEWER: frozenset({OfficeKind.BUREAU}),
    Role.BUREAU_STATISTICIAN: frozenset({OfficeKind.BUREAU}),
}
# The kind of account an administrator's role needs; every other role needs an account of staff.
ACCOUNT_KIND_OF: Mapping[Role, AccountKind] = {
    Role.SYSTEM_ADMIN: AccountKind.SYSTEM,
    Role.SECURITY_ADMIN: AccountKind.SECURITY,
    Role.AUDIT_ADMIN: AccountKind.AUDIT,
}
ADMINISTRATOR_OF: Mapping[AccountKind, Role] = {kind: role for role, kind in ACCOUNT_KIND_OF.items()}
# What an office may stand below; a bureau may also stand at the top.
PARENT_KINDS: Mapping[OfficeKind, frozenset[OfficeKind]] = {
    OfficeKind.BUREAU: frozenset({OfficeKind.BUREAU}),
    OfficeKind.RECONSIDERATION: frozenset({OfficeKind.BUREAU}),
    OfficeKind.LITIGATION: frozenset({OfficeKind.BUREAU}),
    OfficeKind.JUDICIAL_OFFICE: frozenset({OfficeKind.BUREAU}),
    OfficeKind.MEDIATION: frozenset({OfficeKind.BUREAU, OfficeKind.JUDICIAL_OFFICE}),
}
NEEDS_SECOND_FACTOR = ADMINISTRATORS | {Role.BUREAU_STATISTICIAN}
# Whose accounts a role may create, disable and give a new password. Were it all, the system administrator could
# become any other administrator by way of a new password.
KEEPS_ACCOUNTS: Mapping[Role, frozenset[AccountKind]] = {
    Role.SYSTEM_ADMIN: frozenset({AccountKind.STAFF}),
    Role.OPERATOR: frozenset(AccountKind),
}

FREE_FAILURES = 5  # until here a mistyped password costs nothing
# Seconds to wait after the fifth, sixth … failure; the last holds for all further ones.
DELAYS = (15, 30, 60, 120, 240, 480, 900)
FORGOTTEN_AFTER = timedelta(hours=24)  # a failure that nothing followed for so long is forgotten

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=10)
SEEN_EVERY = timedelta(minutes=1)  # how often the books note that a session is in use
KEPT_AFTER_END = timedelta(days=30)
ONE_TIME_PASSWORD_LIVES = timedelta(hours=72)

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 128
PRODUCT_NAMES = ("dingfen", "定分")
FEWEST_DISTINCT = 5
FEWEST_OWN = 4  # characters that must remain when common passwords are taken out
LOGIN = re.compile(r"^[a-z0-9][a-z0-9._-]{2,63}$")


@dataclass(frozen=True, slots=True)
class Account:
    """账户. `name` is shown to administrators and in no event, log or audit entry."""

    login: str
    kind: AccountKind
    name: str
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SessionLife:
    created_at: datetime
    last_seen_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OutsideIdentity:
    """Who an issuer says this is; `strong` when it says that more than one factor was shown."""

    issuer: str
    subject: str
    strong: bool


def check_grant(account: Account, role: Role, office: Office | None, *, named: str, on: date) -> None:
    """Whether the account may hold `role` at the office that was named; `office` is None when there is none.

    Raises:
        RuleViolation: `identity.role_not_given`, `identity.administrator_excluded`, `identity.office_not_fitting`
    """
    if role in NOT_GIVEN:
        raise RuleViolation("identity.role_not_given", "这个角色不能授予任何账户。", field="role")
    if ACCOUNT_KIND_OF.get(role, AccountKind.STAFF) is not account.kind:
        raise RuleViolation(
            "identity.administrator_excluded",
            "系统、安全、审计管理员互相排斥，也不兼任业务角色；请另立账户。",
            field="role",
        )
    if role in ADMINISTRATORS:
        if named != EVERY_OFFICE:
            raise RuleViolation(
                "identity.office_not_fitting", "管理员不属于某个机构，机构请写“*”。", field="office"
            )
        return
    if office is None or not office.exists_on(on) or office.kind not in OFFICE_KINDS_OF[role]:
        raise RuleViolation(
            "identity.office_not_fitting", "没有这个机构，或者这类机构没有这个角色。", field="office"
        )


def check_may_keep(kind: AccountKind, by: Iterable[Role]) -> None:
    """Whether one of the roles `by` may create, disable or reset an account of this kind.

    Raises:
        Forbidden: `identity.not_your_account`
    """
    if not any(kind in KEEPS_ACCOUNTS.get(role, frozenset()) for role in by):
        raise Forbidden("identity.not_your_account", "管理员账户只能在服务器上用命令办理。")


def needs_second_factor(roles: Iterable[Role]) -> bool:
    return not NEEDS_SECOND_FACTOR.isdisjoint(roles)


def standing_of(
    roles: Collection[Role], *, must_change_password: bool, strong: bool, enrolled: bool
) -> Standing | None:
    """How far a session reaches; `strong` when it was opened with a second factor.

    None when it must be opened anew: there is a factor, and this session was opened without it.
    """
    if must_change_password:
        return Standing.MUST_CHANGE_PASSWORD
    if strong or not needs_second_factor(roles):
        return Standing.FULL
    return None if enrolled else Standing.MUST_ENROL


def wait_after(failures: int) -> timedelta:
    """How long after so many failures the next attempt is refused without being looked at."""
    if failures < FREE_FAILURES:
        return timedelta(0)
    return timedelta(seconds=DELAYS[min(failures - FREE_FAILURES, len(DELAYS) - 1)])


def seconds_until(open_at: datetime, now: datetime) -> int:
    return max(1, math.ceil((open_at - now).total_seconds()))


def is_alive(session: SessionLife, now: datetime) -> bool:
    return (
        session.ended_at is None and now < session.last_seen_at + IDLE and now < session.created_at + ABSOLUTE
    )


def is_seen_anew(session: SessionLife, now: datetime) -> bool:
    """Whether the books should note this use: not at every request."""
    return now - session.last_seen_at >= SEEN_EVERY


def via_of(kind: SessionKind) -> str:
    return "session" if kind is SessionKind.BROWSER else "token"


def normal_login(text: str) -> str:
    """A login name as it is kept. One that could not be kept is nobody's, and stays as it is."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def check_login(login: str) -> None:
    """
    Raises:
        RuleViolation: `identity.login_unreadable`
    """
    if not LOGIN.fullmatch(login):
        raise RuleViolation(
            "identity.login_unreadable",
            "登录名用 3 到 64 个小写字母、数字、点、下划线或连字符，以字母或数字开头。",
            field="login",
        )


def normal_password(text: str) -> str:
    """The same characters typed on another machine must be the same password."""
    return unicodedata.normalize("NFC", text)


def check_password(password: str, *, login: str, common: Collection[str]) -> None:
    """A new password, already normalised. Length and what is guessed first, no demands on kinds of characters.

    NIST SP 800-63B-4 section 3.1.1.2; `common` holds lower-case words.

    Raises:
        RuleViolation: `identity.password_length`, `identity.password_unreadable`, `identity.password_common`,
            `identity.password_names`
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise RuleViolation(
            "identity.password_length",
            f"密码至少 {SHORTEST_PASSWORD} 个字符，至多 {LONGEST_PASSWORD} 个。",
            field="new",
        )
    if any(unicodedata.category(character) in {"Cc", "Cs", "Cn"} for character in password):
        raise RuleViolation("identity.password_unreadable", "密码里有不能输入的字符。", field="new")
    lower = password.casefold()
    if any(name in lower for name in (*PRODUCT_NAMES, login)):
        raise RuleViolation(
            "identity.password_names", "密码里不能有登录名，也不能有本系统的名称。", field="new"
        )
    if lower in common or len(set(lower)) < FEWEST_DISTINCT or len(_own_part(lower, common)) < FEWEST_OWN:
        raise RuleViolation("identity.password_common", "这个密码太常见，容易被猜到；请换一个。", field="new")


def _own_part(lower: str, common: Collection[str]) -> str:
    """What remains of a password when the words that everybody tries are taken out, longest first."""
    for word in sorted((word for word in common if word in lower), key=len, reverse=True):
        lower = lower.replace(word, "")
    return lower


def check_office(office: Office, offices: Mapping[str, Office]) -> None:
    """Whether an office may stand where it says; `offices` are all others as they are now.

    Raises:
        NotFound: `identity.parent_not_found`
        RuleViolation: `identity.office_dates`, `identity.parent_not_fitting`
        Conflict: `identity.office_cycle`
    """
    if office.valid_to is not None and office.valid_to < office.valid_from:
        raise RuleViolation("identity.office_dates", "机构的终止日期早于起始日期。", field="valid_to")
    if office.parent is None:
        if office.kind is not OfficeKind.BUREAU:
            raise RuleViolation(
                "identity.parent_not_fitting", "只有司法行政机关可以没有上级机构。", field="parent"
            )
        return
    parent = offices.get(office.parent)
    if parent is None:
        raise NotFound("identity.parent_not_found", "没有这个上级机构。", field="parent")
    at: Office | None = parent
    while at is not None:
        if at.code == office.code:
            raise Conflict("identity.office_cycle", "机构不能隶属于自己或自己的下级。", field="parent")
        at = None if at.parent is None else offices.get(at.parent)
    if parent.kind not in PARENT_KINDS[office.kind]:
        raise RuleViolation("identity.parent_not_fitting", "这类机构不能隶属于那类机构。", field="parent")


def check_closing(office: Office, offices: Iterable[Office], *, on: date) -> None:
    """An office ends after the offices below it.

    Raises:
        Conflict: `identity.office_has_offices`
    """
    if any(below.parent == office.code and below.exists_on(on) and below.valid_to != on for below in offices):
        raise Conflict("identity.office_has_offices", "它的下级机构还在，请先撤销下级机构或改换其上级。")


def check_not_last(role: Role, others: int) -> None:
    """The suite must not be left without one of its administrators.

    Raises:
        Conflict: `identity.last_administrator`
    """
    if role in ADMINISTRATORS and others == 0:
        raise Conflict("identity.last_administrator", "这是最后一名这类管理员，请先授予另一人。")


_OWN_PATH = re.compile(r"(/[a-z][a-z_-]*|/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})*/?")


def local_path(wanted: str | None, default: str) -> str:
    """Where to go after signing in: a path of our own, never another site.

    "//host" and "/\\host" are other sites to a browser, and so is what control characters hide.
    """
    if wanted is None or (not re.fullmatch(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*", wanted) and wanted != "/"):
        return default
    # Without its query: it may hold anything, and would stay in the history of the browser.
    path = wanted.partition("?")[0].partition("#")[0]
    return path if _OWN_PATH.fullmatch(path) else default
