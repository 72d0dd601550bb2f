"""Accounts, roles and offices: the first administrators on this machine, all others over HTTP; login and logout."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import httpx2 as httpx
import typer
from rich.table import Table

from services.cli import credentials
from services.cli.client import Suite, out, print_json, refuse
from services.cli.words import say
from shared.kernel.clock import SHANGHAI, legal_date, system_clock
from shared.kernel.errors import RuleViolation

if TYPE_CHECKING:
    from shared.kit.settings import Settings

KINDS = ("system", "security", "audit")
PAGE = 1_000
NO_CONTENT = 204

account = typer.Typer(help=say("账户、角色", "accounts and roles"), no_args_is_help=True)
office = typer.Typer(help=say("机构", "offices"), no_args_is_help=True)

Login = Annotated[str, typer.Argument(metavar="LOGIN", help=say("登录名", "login name"))]
RoleName = Annotated[
    str, typer.Argument(metavar="ROLE", help=say("角色，例如 mediator", "role, e.g. mediator"))
]
OfficeCode = Annotated[
    str, typer.Argument(metavar="OFFICE", help=say("机构代码；管理员用 *", "office; * for administrators"))
]
AsJson = Annotated[bool, typer.Option("--json", help=say("输出 JSON", "print JSON"))]


class Identity(Suite):
    """The doors of the identity service, with bodies and answers in JSON; closed when the block ends."""

    def send(self, method: str, path: str, body: object = None, *, token: str | None = None) -> Any:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        try:
            answer = self._http.request(method, f"/identity{path}", json=body, headers=headers)
        except httpx.TransportError:
            self._unreachable()
        if answer.status_code >= httpx.codes.BAD_REQUEST:
            refuse(_reason(answer))
        return None if answer.status_code == NO_CONTENT else answer.json()

    def accounts(self) -> Iterator[dict[str, Any]]:
        after: str | None = None
        while True:
            page = self.get("/identity/accounts", limit=PAGE, after=after)
            yield from page["items"]
            after = page["next"]
            if after is None:
                return

    def account(self, login: str) -> dict[str, Any]:
        found = next((each for each in self.accounts() if each["login"] == login), None)
        return found or refuse(say(f"没有登录名为 {login} 的账户。", f"No account has the login {login}."))


def _reason(answer: httpx.Response) -> str:
    try:
        problem = answer.json()
    except ValueError:
        return f"HTTP {answer.status_code}"
    return f"{problem.get('detail', '')} [dim]({problem.get('code', answer.status_code)})[/]"


@account.command("create-admin", help=say("在本机建立第一个管理员", "create the first administrator"))
def create_admin(
    login: Annotated[str | None, typer.Option("--login", help=say("登录名", "login name"))] = None,
    kind: Annotated[str, typer.Option("--kind", help=" | ".join(KINDS))] = KINDS[0],
    data: Annotated[Path | None, typer.Option("--data", help=say("数据文件夹", "data folder"))] = None,
) -> None:
    """Directly in the books of this machine: nobody could sign in to do it."""
    from services.identity import main, second_factor, use_cases
    from services.identity.passwords import Passwords
    from services.identity.terms import AccountKind

    if kind not in KINDS:
        raise typer.BadParameter(" | ".join(KINDS), param_hint="--kind")
    settings = _settings(data)
    settings.data.mkdir(parents=True, exist_ok=True)
    settings.data.chmod(0o700)  # as `dingfen up` leaves it: nobody else on this machine reads it
    database = main.open_books(settings)
    factors = second_factor.SecondFactors(settings.keys.master_key(), secrets.token_bytes)
    password = use_cases.one_time_password(secrets.token_bytes)
    hashed = Passwords().hash(password)
    try:
        with database.writing() as session:
            made = use_cases.create_first_admin(
                session,
                login=login or f"{kind}-admin",
                kind=AccountKind(kind),
                password=password,
                hashed=hashed,
                secret=factors.new_secret(),
                seal=factors.sealed,
                now=system_clock(),
            )
    except RuleViolation as refusal:
        refuse(f"{refusal.message} [dim]({refusal.code})[/]")
    finally:
        database.dispose()
    _tell(made.login, password)
    out.print(
        say("动态验证码密钥", "authenticator secret"), second_factor.as_text(made.secret), highlight=False
    )
    out.print(
        second_factor.address_of(made.secret, made.login), highlight=False, soft_wrap=True, markup=False
    )


def _settings(data: Path | None) -> "Settings":
    from shared.kit.settings import Settings  # most commands need none of it

    found = Settings()
    return found.model_copy(update={"data": (data or found.data).expanduser()})


def _tell(login: str, password: str, hours: int = 72) -> None:
    out.print(
        say(
            f"登录名 {login}\n一次性密码 {password}\n只显示这一次，请在 {hours} 小时内登录并修改。",
            f"login {login}\none-time password {password}\nShown once; sign in and change it within {hours} hours.",
        ),
        highlight=False,
        markup=False,
    )


@account.command("list", help=say("账户及其角色", "accounts and their roles"))
def list_accounts(as_json: AsJson = False) -> None:
    with Identity() as suite:
        found = list(suite.accounts())
    if as_json:
        print_json(found)
        return
    table = Table()
    for title in (say("登录名", "login"), say("姓名", "name"), say("类别", "kind"), say("角色", "roles")):
        table.add_column(title, overflow="fold")
    for each in found:
        roles = "\n".join(f"{grant['role']} {grant['office']}" for grant in each["grants"])
        state = say("（停用）", " (disabled)") if each["disabled"] else ""
        table.add_row(each["login"] + state, each["name"], each["kind"], roles)
    out.print(table, highlight=False)


@account.command("create", help=say("建立账户", "create an account"))
def create_account(
    login: Login,
    name: Annotated[str, typer.Option("--name", help=say("姓名", "name"))],
    kind: Annotated[str, typer.Option("--kind", help=" | ".join(("staff", *KINDS)))] = "staff",
) -> None:
    with Identity() as suite:
        made = suite.send("POST", "/accounts", {"login": login, "name": name, "kind": kind})
    _tell(login, made["password"], made["hours"])


@account.command("grant", help=say("授予角色（安全管理员）", "give a role (security administrator)"))
def grant(login: Login, role: RoleName, office: OfficeCode) -> None:
    with Identity() as suite:
        suite.send("POST", f"/accounts/{suite.account(login)['id']}/grants", {"role": role, "office": office})
        out.print(say("已授予，下次登录起有效。", "Given; it counts from the next sign-in."))


@account.command("revoke", help=say("收回角色（安全管理员）", "take a role (security administrator)"))
def revoke(login: Login, role: RoleName, office: OfficeCode) -> None:
    with Identity() as suite:
        found = suite.account(login)
        for each in found["grants"]:
            if (each["role"], each["office"]) == (role, office):
                suite.send("DELETE", f"/accounts/{found['id']}/grants/{each['id']}")
                out.print(say("已收回，立即有效。", "Taken, at once."))
                return
        refuse(say("这个账户没有这个角色。", "The account does not have this role."))


@account.command("disable", help=say("停用账户", "disable an account"))
def disable(login: Login) -> None:
    with Identity() as suite:
        suite.send("POST", f"/accounts/{suite.account(login)['id']}/disable")
        out.print(say("已停用，立即有效。", "Disabled, at once."))


@account.command("reset", help=say("重置密码", "reset a password"))
def reset(login: Login) -> None:
    with Identity() as suite:
        made = suite.send("POST", f"/accounts/{suite.account(login)['id']}/reset-password")
        _tell(login, made["password"], made["hours"])


@office.command("list", help=say("全部机构", "all offices"))
def list_offices(as_json: AsJson = False) -> None:
    with Identity() as suite:
        found = suite.get("/identity/offices")["items"]
    if as_json:
        print_json(found)
        return
    table = Table()
    for title in (say("代码", "code"), say("名称", "name"), say("上级", "superior"), say("至", "until")):
        table.add_column(title, overflow="fold")
    for each in found:
        table.add_row(each["code"], each["name"], each["parent"] or "", each["valid_to"] or "")
    out.print(table, highlight=False)


@office.command("create", help=say("设立机构", "create an office"))
def create_office(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="bureau | reconsideration | litigation | …")],
    region: Annotated[str, typer.Argument(metavar="REGION", help=say("行政区划代码", "region code"))],
    name: Annotated[str, typer.Option("--name", help=say("名称", "name"))],
    parent: Annotated[str | None, typer.Option("--parent", help=say("上级机构代码", "superior"))] = None,
    code: Annotated[str | None, typer.Option("--code", help=say("代码", "code"))] = None,
    valid_from: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"])] = None,
) -> None:
    body = {
        "code": code,
        "name": name,
        "kind": kind,
        "region": region,
        "parent": parent,
        "valid_from": _day(valid_from).isoformat(),
    }
    with Identity() as suite:
        made = suite.send("POST", "/offices", body)
    out.print(say(f"已设立 {made['code']}。", f"Created {made['code']}."), highlight=False)


@office.command("close", help=say("撤销机构", "close an office"))
def close_office(
    code: Annotated[str, typer.Argument(metavar="OFFICE", help=say("机构代码", "office code"))],
    on: Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"])] = None,
) -> None:
    """`--on` is its last day; today when it is not named."""
    with Identity() as suite:
        made = suite.send("POST", f"/offices/{code}/close", {"on": _day(on).isoformat()})
    out.print(
        say(f"{code} 至 {made['valid_to']} 止。", f"{code} ends on {made['valid_to']}."), highlight=False
    )


def _day(given: datetime | None) -> date:
    return legal_date(system_clock()) if given is None else given.replace(tzinfo=SHANGHAI).date()


def login() -> None:
    """Sign in, and keep the session for this user's later commands."""
    with Identity() as suite:
        body = {
            "login": typer.prompt(say("登录名", "login")),
            "password": typer.prompt(say("密码", "password"), hide_input=True),
            "code": typer.prompt(
                say("动态验证码（没有则按回车）", "one-time code, or Enter"), default="", show_default=False
            )
            or None,
        }
        opened = suite.send("POST", "/sign-in", body)
        if opened["standing"] == "must_change_password":
            opened = _changed(suite, opened["token"], body["password"])
        if opened["standing"] == "must_enrol":
            opened = _enrolled(suite, opened["token"])
        file = credentials.keep(suite.url, opened["token"])
        out.print(
            say(f"已登录，会话保存在 {file}。", f"Signed in; the session is kept in {file}."), highlight=False
        )
        if credentials.token_for(suite.url) != opened["token"]:
            out.print(
                say(
                    "注意：本机的命令仍以运维身份执行；要以本人身份执行，请把文件里的令牌设为 DINGFEN_TOKEN。",
                    "Note: commands here still act as the operator; set DINGFEN_TOKEN to the token in that file.",
                )
            )


def _changed(suite: Identity, token: str, current: str) -> Any:
    """A one-time password is good for this only."""
    prompt = say("一次性密码须修改，新密码", "the one-time password must be changed; new password")
    new = typer.prompt(prompt, hide_input=True, confirmation_prompt=say("再输入一次", "again"))
    return suite.send("POST", "/password", {"current": current, "new": new}, token=token)


def _enrolled(suite: Identity, token: str) -> Any:
    """A role that needs one-time codes reaches nothing without them."""
    made = suite.send("POST", "/second-factor", token=token)
    out.print(say("请把密钥输入验证器：", "Enter this secret into your authenticator:"), made["secret"])
    code = typer.prompt(say("验证器显示的验证码", "the code it shows"))
    return suite.send("POST", "/second-factor/confirm", {"code": code}, token=token)


def logout() -> None:
    """End the session of `dingfen login`."""
    with Identity() as suite:
        token = credentials.forget(suite.url)
        if token is None:
            refuse(say("没有登录。", "Not signed in."))
        suite.send("POST", "/sign-out", token=token)
        out.print(say("已退出。", "Signed out."))


@dataclass(frozen=True, slots=True)
class SampleLogin:
    """What a visitor needs to try one role; `secret` only where a one-time code is asked for."""

    login: str
    name: str
    password: str
    secret: str | None


def ensure_sample(settings: "Settings") -> Sequence[SampleLogin]:
    """Make the sample's offices and accounts where they are missing, and say how to sign in with each."""
    from services.identity import main, sample, second_factor
    from services.sample import accounts as data

    keys = settings.keys
    factors = second_factor.SecondFactors(keys.master_key(), secrets.token_bytes)
    database = main.open_books(settings)
    try:
        with database.writing() as session:
            sample.ensure_sample(
                session,
                data.offices(),
                data.accounts(),
                lambda login: sample.password_of(keys, login),
                lambda login: sample.secret_of(keys, login),
                factors.sealed,
                system_clock(),
            )
    finally:
        database.dispose()
    return [
        SampleLogin(
            each.login,
            each.name,
            sample.password_of(keys, each.login),
            second_factor.as_text(sample.secret_of(keys, each.login)) if sample.needs_code(each) else None,
        )
        for each in data.accounts()
    ]


def show_sample(logins: Sequence[SampleLogin]) -> None:
    table = Table(title=say("示例账户（只用于示例数据）", "sample accounts (for the sample only)"))
    for title in (
        say("登录名", "login"),
        say("角色", "role"),
        say("密码", "password"),
        say("动态验证码密钥", "authenticator secret"),
    ):
        table.add_column(title, overflow="fold")
    for each in logins:
        table.add_row(each.login, each.name, each.password, each.secret or "")
    out.print(table, highlight=False)
