"""The pages that a person signs in with, as a browser without scripts uses them."""

import html
import re

import httpx2 as httpx
import pytest

from services.identity import second_factor
from tests.identity.desk import GOOD, IdentityDesk
from tests.support.suites import HERE

ORIGIN = {"Origin": HERE}


def submit(desk: IdentityDesk, path: str, **fields: str) -> httpx.Response:
    return desk.client.post(f"/identity{path}", data=fields, headers=ORIGIN)


def sign_in(desk: IdentityDesk, **fields: str) -> httpx.Response:
    return submit(desk, "/sign-in/form", **{"login": "zhangsan", "password": GOOD, "next": "/", **fields})


def page(desk: IdentityDesk, path: str = "/account") -> str:
    answer = desk.client.get(f"/identity{path}")
    assert answer.status_code == 200, answer.text
    return answer.text


def csrf_of(text: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', text)
    assert found is not None
    return html.unescape(found[1])


def test_a_person_signs_in_and_goes_on(desk: IdentityDesk) -> None:
    desk.an_account("zhangsan")
    form = page(desk, "/sign-in?next=/reporting/cases?region=150625")
    assert 'name="next" value="/reporting/cases"' in form

    answer = sign_in(desk, next="/reporting/cases?region=150625")

    assert (answer.status_code, answer.headers["location"]) == (303, "/reporting/cases")
    assert "我的会话" in page(desk)


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_signing_in_leads_to_no_other_site(desk: IdentityDesk, wanted: str) -> None:
    desk.an_account("zhangsan")

    assert "evil" not in desk.client.get("/identity/sign-in", params={"next": wanted}).text
    assert sign_in(desk, next=wanted).headers["location"] == "/"


def test_the_page_refuses_unknown_accounts_and_wrong_passwords_alike(desk: IdentityDesk) -> None:
    desk.an_account("zhangsan")

    wrong, unknown = sign_in(desk, password="wrong"), sign_in(desk, login="nobody", password="wrong")

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace("zhangsan", "nobody") == unknown.text
    assert 'role="alert"' in wrong.text
    assert "wrong" not in wrong.text


def test_the_page_says_how_long_a_lock_lasts(desk: IdentityDesk) -> None:
    for _ in range(5):
        sign_in(desk)

    locked = sign_in(desk)

    assert (locked.status_code, locked.headers["retry-after"]) == (429, "15")
    assert "失败次数过多" in locked.text


def test_another_page_cannot_sign_its_visitor_in(desk: IdentityDesk) -> None:
    desk.an_account("zhangsan")
    fields = {"login": "zhangsan", "password": GOOD}

    for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        answer = desk.client.post("/identity/sign-in/form", data=fields, headers=headers)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers


def test_a_browser_may_say_where_its_forms_come_from(desk: IdentityDesk) -> None:
    """Under "no-referrer" Chromium sends "Origin: null" with a form, which the outermost door refuses."""
    assert '<meta name="referrer" content="same-origin">' in page(desk, "/sign-in")


def test_what_was_typed_is_not_shown_again(desk: IdentityDesk) -> None:
    answer = sign_in(desk, login='"><script>alert(1)</script>', password="wrong")

    assert "script" not in answer.text


def test_a_stranger_is_sent_to_the_sign_in(desk: IdentityDesk) -> None:
    answer = desk.client.get("/identity/account")

    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/identity/sign-in?next=/identity/account",
    )
    for path in ("/account/password", "/account/second-factor", "/sign-out/form"):
        fields = {"current": "x", "new": "y", "again": "y"}
        assert submit(desk, path, **fields).headers["location"] == "/identity/sign-in"


def test_pages_are_for_browsers_only(desk: IdentityDesk) -> None:
    desk.an_account("zhangsan")
    headers = {"Authorization": f"Bearer {desk.token('zhangsan')}"}

    assert desk.client.get("/identity/account", headers=headers).status_code == 303


def test_a_form_without_its_token_changes_nothing(desk: IdentityDesk) -> None:
    desk.an_account("zhangsan")
    sign_in(desk)
    change = {"current": GOOD, "new": "another good passphrase", "again": "another good passphrase"}

    for fields in (change, {**change, "csrf": "guessed"}):
        answer = submit(desk, "/account/password", **fields)
        assert (answer.status_code, answer.json()["code"]) == (403, "access.csrf")
    assert desk.token("zhangsan")


def test_a_one_time_password_is_changed_on_the_page(desk: IdentityDesk) -> None:
    made = desk.ok("POST", "/accounts", {"login": "zhangsan", "name": "张"}, by=desk.operator)
    answer = sign_in(desk, password=made["password"], next="/reporting/")
    assert answer.headers["location"] == "/identity/account"
    first = page(desk)
    assert "请先修改一次性密码" in first
    assert "我的会话" not in first

    token = csrf_of(first)
    differing = submit(
        desk, "/account/password", csrf=token, current=made["password"], new=GOOD, again=GOOD + "!"
    )
    common = submit(
        desk,
        "/account/password",
        csrf=token,
        current=made["password"],
        new="password1234",
        again="password1234",
    )
    changed = submit(desk, "/account/password", csrf=token, current=made["password"], new=GOOD, again=GOOD)

    assert "两次输入的新密码不一样" in differing.text
    assert "太常见" in common.text
    assert changed.status_code == 303
    assert "我的会话" in page(desk)


def test_a_session_is_ended_on_the_page(desk: IdentityDesk) -> None:
    desk.an_account("zhangsan")
    command = {"Authorization": f"Bearer {desk.token('zhangsan')}"}
    sign_in(desk)
    text = page(desk)
    ends = re.findall(r'action="/identity(/account/sessions/[^"]+/end)"', text)
    assert len(ends) == 2
    assert text.count("（当前）") == 1

    answer = submit(desk, ends[0], csrf=csrf_of(text))

    assert answer.headers["location"] == "/identity/account"
    assert desk.refused("GET", "/me", by=command)[0] == 401
    assert submit(desk, ends[0], csrf=csrf_of(page(desk))).status_code == 404


def test_an_authenticator_is_enrolled_on_the_page(desk: IdentityDesk) -> None:
    desk.found_offices()
    desk.member("zhangsan", "bureau_statistician", "bureau-150625")
    sign_in(desk, next="/reporting/")
    text = page(desk)
    assert "您的角色须使用动态验证码" in text

    shown = submit(desk, "/account/second-factor", csrf=csrf_of(text)).text
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", shown)
    assert secret is not None
    desk.secrets["zhangsan"] = second_factor.from_text(secret[1])
    wrong = submit(desk, "/account/second-factor/confirm", csrf=csrf_of(shown), code="000000")
    assert "验证码不对" in wrong.text
    assert secret[1] not in wrong.text
    right = submit(desk, "/account/second-factor/confirm", csrf=csrf_of(shown), code=desk.code("zhangsan"))

    assert right.status_code == 303
    after = page(desk)
    assert "司法行政机关统计人员" in after
    assert "启用动态验证码" not in after
    desk.client.cookies.clear()
    assert sign_in(desk).status_code == 401
    assert sign_in(desk, code=desk.code("zhangsan")).status_code == 303


def test_signing_out_on_the_page_ends_the_session(desk: IdentityDesk) -> None:
    desk.an_account("zhangsan")
    sign_in(desk)
    cookie = desk.client.cookies["dingfen-session"]

    answer = submit(desk, "/sign-out/form", csrf=csrf_of(page(desk)))

    assert answer.headers["location"] == "/identity/sign-in"
    desk.client.cookies.set("dingfen-session", cookie)
    assert desk.client.get("/identity/account").status_code == 303
