"""The commands for accounts: the first administrator on the host, all else over HTTP, and what they remember."""

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import typer
import uvicorn
from typer.testing import CliRunner, Result

from services.cli import accounts as commands
from services.cli import credentials
from services.cli.app import app
from services.cli.client import out
from services.identity import second_factor
from services.identity.main import create, open_books
from services.identity.passwords import Passwords
from shared.contracts.identity import Grant, Role
from shared.kernel.clock import system_clock
from shared.kernel.errors import Unauthenticated
from shared.kit.access import Credential
from shared.kit.app import compose
from shared.kit.directory import RemoteDirectory, service_token
from shared.kit.settings import Settings
from tests.identity.desk import GOOD, NO_ISSUER, QUICK
from tests.support.suites import NOWHERE
from tests.support.waiting import until_now


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A data folder and a user of their own."""
    for name in ("DINGFEN_TOKEN", "DINGFEN_DATABASE_URL", "DINGFEN_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DINGFEN_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("COLUMNS", "200")
    return Settings()


@pytest.fixture
def suite(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Identity, answering on a port of this machine."""
    service, _ = create(settings, nats_url=NOWHERE, outside=NO_ISSUER, hashing=Passwords(QUICK))
    # Its background work would print into what the commands print.
    service = replace(service, workers=())
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(compose([service], title="test"), log_config=None))
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        until_now(lambda: server.started, what="identity answers")
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        monkeypatch.setenv("DINGFEN_URL", url)
        yield url
        server.should_exit = True
        thread.join()


def run(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, arguments, input=typed)


def ok(*arguments: str, typed: str | None = None) -> str:
    result = run(*arguments, typed=typed)
    assert result.exit_code == 0, result.output
    return result.output


def printed(output: str, label: str) -> str:
    (line,) = [line for line in output.splitlines() if line.startswith(label)]
    return line.removeprefix(label).strip()


def code(output: str) -> str:
    secret = second_factor.from_text(printed(output, "动态验证码密钥"))
    return second_factor.code_at(secret, system_clock())


def test_the_first_administrator_is_made_on_the_host_and_once(suite: str, settings: Settings) -> None:
    first = ok("account", "create-admin", "--login", "boss")
    second = run("account", "create-admin", "--login", "another")

    assert second.exit_code == 1
    assert "identity.administrator_exists" in second.output
    assert "一次性密码" not in second.output
    assert printed(first, "登录名") == "boss"
    found = json.loads(ok("account", "list", "--json"))
    assert [(each["login"], each["kind"]) for each in found] == [("boss", "system")]
    assert settings.data.stat().st_mode & 0o077 == 0
    books = open_books(settings)
    books.dispose()


def test_each_of_the_three_administrators_has_a_first_one(settings: Settings) -> None:
    for kind in ("system", "security", "audit"):
        assert printed(ok("account", "create-admin", "--kind", kind), "登录名") == f"{kind}-admin"
        assert run("account", "create-admin", "--kind", kind).exit_code == 1
    assert run("account", "create-admin", "--kind", "staff").exit_code == 2
    assert settings.data.exists()


def test_the_printed_password_and_secret_sign_in(
    suite: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = ok("account", "create-admin", "--kind", "security")
    password = printed(made, "一次性密码")

    out = ok("login", typed=f"security-admin\n{password}\n{code(made)}\n{GOOD}\n{GOOD}\n")

    token = credentials.kept(suite)
    assert token is not None
    assert "已登录" in out
    assert "运维身份" in out  # the operator's token of this machine comes first
    assert token not in out
    monkeypatch.setenv("DINGFEN_TOKEN", token)
    ok("account", "list")
    monkeypatch.delenv("DINGFEN_TOKEN")
    ok("logout")
    assert credentials.kept(suite) is None
    monkeypatch.setenv("DINGFEN_TOKEN", token)
    assert run("account", "list").exit_code == 1
    assert run("logout").exit_code == 1


def test_accounts_and_offices_are_kept_by_command(suite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ok("office", "create", "bureau", "150625", "--name", "杭锦旗司法局", "--from", "2020-01-01")
    ok("office", "create", "mediation", "150625", "--name", "调委会", "--parent", "bureau-150625")
    assert "mediation-150625" in ok("office", "list")
    created = ok("account", "create", "zhangsan", "--name", "张三丰")
    assert "张三丰" in ok("account", "list")
    made = ok("account", "create-admin", "--kind", "security")
    ok(
        "login",
        typed=f"security-admin\n{printed(made, '一次性密码')}\n{code(made)}\n{GOOD}\n{GOOD}\n",
    )
    refused = run("account", "grant", "zhangsan", "mediator", "mediation-150625")
    assert refused.exit_code == 1  # the operator gives no roles

    monkeypatch.setenv("DINGFEN_TOKEN", str(credentials.kept(suite)))
    ok("account", "grant", "zhangsan", "mediator", "mediation-150625")
    assert "mediator mediation-150625" in ok("account", "list")
    ok("account", "revoke", "zhangsan", "mediator", "mediation-150625")
    assert run("account", "revoke", "zhangsan", "mediator", "mediation-150625").exit_code == 1
    monkeypatch.delenv("DINGFEN_TOKEN")
    assert printed(ok("account", "reset", "zhangsan"), "一次性密码") != printed(created, "一次性密码")
    ok("account", "disable", "zhangsan")
    assert "zhangsan（停用）" in ok("account", "list")
    ok("office", "close", "mediation-150625", "--on", "2026-12-31")
    assert "2026-12-31" in ok("office", "list")
    assert run("account", "reset", "nobody").exit_code == 1


def test_a_role_that_needs_an_authenticator_gets_one_at_the_login(
    suite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The code is typed after the secret was shown: the prompts are answered as they come."""
    made = ok("account", "create-admin", "--kind", "security")
    ok("login", typed=f"security-admin\n{printed(made, '一次性密码')}\n{code(made)}\n{GOOD}\n{GOOD}\n")
    monkeypatch.setenv("DINGFEN_TOKEN", str(credentials.kept(suite)))
    admin = commands.Identity()
    monkeypatch.delenv("DINGFEN_TOKEN")
    ok("office", "create", "bureau", "150625", "--name", "局", "--from", "2020-01-01")
    password = printed(ok("account", "create", "zhangsan", "--name", "张"), "一次性密码")
    body = {"role": "bureau_statistician", "office": "bureau-150625"}
    admin.send("POST", f"/accounts/{admin.account('zhangsan')['id']}/grants", body)
    shown: list[str] = []
    answers = iter(["zhangsan", password, "", GOOD])

    def prompt(text: str, **_: object) -> str:
        if "验证器显示" in text:
            return second_factor.code_at(second_factor.from_text(shown[-1]), system_clock())
        return next(answers)

    monkeypatch.setattr(typer, "prompt", prompt)
    monkeypatch.setattr(out, "print", lambda *words, **_: shown.append(str(words[-1])))
    commands.login()

    with admin:
        me = admin.send("GET", "/me", token=credentials.kept(suite))
    assert me["grants"][0]["role"] == "bureau_statistician"


def test_the_sample_is_made_and_told(settings: Settings) -> None:
    first, second = commands.ensure_sample(settings), commands.ensure_sample(settings)

    assert first == second
    assert {each.login for each in first if each.secret} == {
        "sample-bureau-statistician-150625",
        "sample-bureau-statistician-150000",
    }


def test_the_login_is_kept_for_its_user_alone_and_by_address(settings: Settings, tmp_path: Path) -> None:
    file = credentials.keep("http://suite.example/", "one")
    credentials.keep("https://other.example", "two")

    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o077 == 0
    assert credentials.token_for("http://SUITE.example") == "one"
    assert credentials.forget("http://suite.example") == "one"
    assert credentials.token_for("http://suite.example") is None
    assert credentials.token_for("https://other.example") == "two"
    assert file.is_relative_to(tmp_path)
    assert not settings.data.exists()


def test_the_order_of_tokens(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    here, elsewhere = "http://127.0.0.1:8000", "https://dingfen.example.gov.cn"
    for url in (here, elsewhere):
        credentials.keep(url, "of the login")
    assert credentials.token_for(here) == "of the login"

    operator = settings.keys.operator_token()
    assert credentials.token_for(here) == operator
    assert credentials.token_for(elsewhere) == "of the login"  # it never leaves this machine
    assert credentials.token_for(here, data=tmp_path / "another") == "of the login"

    monkeypatch.setenv("DINGFEN_TOKEN", "given")
    assert credentials.token_for(here) == "given"
    assert credentials.token_for(elsewhere) == "given"


def test_a_broken_login_file_is_no_login(settings: Settings) -> None:
    file = credentials.keep("http://suite.example", "one")
    file.write_text("{broken", encoding="utf-8")

    assert credentials.token_for("http://suite.example") is None
    assert not settings.data.exists()


def test_a_service_in_another_process_knows_who_calls(suite: str, settings: Settings) -> None:
    """The directory over HTTP, against the service itself."""
    ok("office", "create", "bureau", "150625", "--name", "局", "--from", "2020-01-01")
    made = ok("account", "create-admin")
    ok("login", typed=f"system-admin\n{printed(made, '一次性密码')}\n{code(made)}\n{GOOD}\n{GOOD}\n")
    token = Credential("bearer", str(credentials.kept(suite)))
    remote = RemoteDirectory(suite, lambda: service_token(settings.keys, "mediation", system_clock()))

    found = remote.caller(token)

    assert found.grants == (Grant(role=Role.SYSTEM_ADMIN, office="*"),)
    assert [office.code for office in remote.offices().all()] == ["bureau-150625"]
    ok("logout")
    with pytest.raises(Unauthenticated):
        remote.caller(token)
    remote.close()
