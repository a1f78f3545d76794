# SPDX-License-Identifier: Apache-2.0
"""Sign-in, forms, headers and refusals as a browser meets them."""

import ast
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from console import edge, totp
from console.account import Account
from console.app import Console, frame
from console.language import Texts
from console.pages import Pages
from console.visit import local
from credential.errors import ConflictError
from tests.console.conftest import PASSWORD, Time

ROOM = Path(__file__).parents[2] / "console"
TEXTS = {name: json.loads((ROOM / "texts" / f"{name}.json").read_text()) for name in ("zh", "en")}


def csrf(client: TestClient, path: str = "/sign-in") -> str:
    found = re.search('name="csrf" value="([A-Za-z0-9_-]{43})"', client.get(path).text)
    assert found
    return found[1]


def enter(client: TestClient, **more: str) -> int:
    form = {"csrf": csrf(client), "name": "wang.li", "password": PASSWORD, **more}
    return client.post("/sign-in", data=form).status_code


def with_session(client: TestClient, token: str) -> int:
    client.cookies.clear()
    return client.get("/", headers={"Cookie": f"session={token}"}).status_code


def test_somebody_signs_in_and_out(client: TestClient) -> None:
    asked = client.get("/")
    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in?next=%2F")
    assert enter(client) == 303
    assert client.get("/").text == "hello 王丽"
    kept = client.cookies["session"]
    client.post("/sign-out", data={"csrf": csrf(client, "/account/password")})
    assert with_session(client, kept) == 303


def test_a_token_known_before_signing_in_is_worth_nothing(client: TestClient) -> None:
    client.cookies.set("session", "chosen", domain="127.0.0.1")
    assert enter(client) == 303
    assert "chosen" not in client.cookies["session"]
    assert with_session(client, "chosen") == 303


def test_cookies_are_bound_to_the_host(app: FastAPI) -> None:
    with TestClient(app, "https://desk.example", follow_redirects=False) as client:
        form = {"csrf": csrf(client), "name": "wang.li", "password": PASSWORD}
        answer = client.post("/sign-in", data=form)
    said = answer.headers["set-cookie"]
    assert said.startswith("__Host-session=")
    assert all(word in said for word in ("HttpOnly", "Path=/", "SameSite=strict", "Secure"))
    assert answer.headers["strict-transport-security"]


def test_plain_http_from_afar_and_foreign_names_are_refused(app: FastAPI) -> None:
    with TestClient(app, "http://desk.example") as client:
        assert "request.plain" in client.get("/sign-in").text
    with TestClient(app, "http://evil.example") as client:
        assert client.get("/sign-in").status_code == 421


def test_wrong_names_and_wrong_passwords_look_alike(client: TestClient) -> None:
    def answer(name: str) -> str:
        form = {"csrf": csrf(client), "name": name, "password": "wrong"}
        answer = client.post("/sign-in", data=form)
        assert answer.status_code == 403
        return answer.text.replace(name, "NAME")

    assert answer("wang.li") == answer("nobody.x")
    assert "account.refused" in answer("someone")


def test_one_address_cannot_try_for_ever(client: TestClient) -> None:
    token = csrf(client)
    for number in range(20):
        form = {"csrf": token, "name": f"n{number}", "password": "x"}
        assert client.post("/sign-in", data=form).status_code == 403
    assert client.post("/sign-in", data=form).status_code == 429


@pytest.mark.parametrize(
    ("headers", "token", "code"),
    [
        ({}, "", "form.csrf"),
        ({}, "x" * 43, "form.csrf"),
        ({"Sec-Fetch-Site": "cross-site"}, None, "form.origin"),
        ({"Sec-Fetch-Site": "same-site"}, None, "form.origin"),
        ({"Origin": "http://127.0.0.1:99"}, None, "form.origin"),
        ({"Content-Type": "text/plain"}, None, "form.malformed"),
    ],
)
def test_a_form_of_another_page_is_refused(
    client: TestClient, headers: dict[str, str], token: str | None, code: str
) -> None:
    form = {"csrf": csrf(client) if token is None else token, "name": "wang.li", "password": "x"}
    answer = client.post("/sign-in", data=form, headers=headers)
    assert f"<code>{code}</code>" in answer.text


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        ("application/x-www-form-urlencoded", b"name=%ff", "form.malformed"),
        ("application/x-www-form-urlencoded", b"\xff", "form.malformed"),
        ("application/x-www-form-urlencoded", b"a=b&" * 101, "form.malformed"),
        ("application/x-www-form-urlencoded", b"a=" + b"b" * (1 << 20), "form.too_large"),
        ("multipart/form-data", b"", "form.malformed"),
        ("multipart/form-data; boundary=b", b"--b\r\nX: y\r\n\r\nz\r\n--b--", "form.malformed"),
        (
            "multipart/form-data; boundary=b; charset=latin-1",
            b'--b\r\nContent-Disposition: form-data; name="n"\r\n\r\n\xff\r\n--b--\r\n',
            "form.malformed",
        ),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="n"; filename="f"\r\n\r\nx\r\n--b--\r\n',
            "form.malformed",
        ),
        ("multipart/form-data; boundary=b", b"x" * (1 << 20) + b"x", "form.too_large"),
    ],
)
def test_a_form_is_read_strictly(client: TestClient, kind: str, content: bytes, code: str) -> None:
    answer = client.post("/sign-in", content=content, headers={"Content-Type": kind})
    assert answer.status_code in {413, 422}
    assert f"<code>{code}</code>" in answer.text


def test_every_answer_has_the_headers(client: TestClient) -> None:
    for path, status in (
        ("/sign-in", 200),
        ("/nowhere", 404),
        ("/static/console/console.css", 200),
        ("/fault", 500),
    ):
        answer = client.get(path)
        assert answer.status_code == status
        assert {n: answer.headers[n] for n in edge.HEADERS} == edge.HEADERS
    assert "the inside" not in answer.text


def test_a_temporary_password_is_changed_first(client: TestClient, console: Console) -> None:
    console.accounts.create(Account("new", "新", temporary=True), PASSWORD)
    assert enter(client, name="new") == 303
    assert client.get("/").headers["location"] == "/account/password?next=%2F"
    before = client.cookies["session"]
    form = {"csrf": csrf(client, "/account/password"), "old": PASSWORD, "new": PASSWORD + "2"}
    assert "account.repeat" in client.post("/account/password", data=form).text
    assert client.post("/account/password", data={**form, "again": form["new"]}).status_code == 303
    assert client.get("/").text == "hello 新"
    assert with_session(client, before) == 303


def test_a_second_factor_is_enrolled(client: TestClient, console: Console, time: Time) -> None:
    enter(client)
    assert "<svg" in client.get("/account/totp").text
    code = totp.code(console.accounts.offer_totp("wang.li"), time.at)
    form = {"csrf": csrf(client, "/account/totp"), "totp": code}
    assert client.post("/account/totp", data=form).status_code == 303
    assert TEXTS["zh"]["totp.on"] in client.get("/account/totp").text
    assert TEXTS["zh"]["totp.on"] not in client.get("/account/totp").text  # said once


def test_the_language_is_chosen(client: TestClient) -> None:
    assert '<html lang="zh-CN">' in client.get("/sign-in").text
    asked = {"Accept-Language": "fr, en-GB;q=0.8"}
    assert '<html lang="en">' in client.get("/sign-in", headers=asked).text
    answer = client.get("/language/en?next=/sign-in")
    assert answer.headers["location"] == "/sign-in"
    assert "Sign in" in client.get("/sign-in").text


@pytest.mark.parametrize(
    "away",
    [
        *("//evil.example", "/\\evil.example", "https://evil.example", "evil", "", "/a\r\nb: c"),
        *("/\t/evil.example", "javascript:x", "/ /evil", "\\\\evil"),
    ],
)
def test_nobody_is_sent_elsewhere(away: str) -> None:
    assert local(away) == "/"


@given(st.text())
def test_a_way_on_is_always_a_path(text: str) -> None:
    assert re.fullmatch(r"/(?![/\\])[!-\[\]-~]*", local(text))


def test_a_refusal_leads_back_to_the_page_that_it_came_from(client: TestClient) -> None:
    enter(client)
    answer = client.post("/account/totp", data={"csrf": "odd"})
    assert answer.status_code == 403
    assert 'href="/account/totp"' in answer.text
    assert "next=%2Faccount%2Ftotp" in answer.text  # the other language, of a page that exists
    assert 'class="button"' not in client.get("/account/totp/nothing").text


def test_an_application_explains_codes_of_its_own_and_hints_at_sign_in(
    console: Console, client: TestClient
) -> None:
    asked: list[tuple[str, str, str]] = []

    def explain(*about: str) -> str:
        asked.append((about[0], about[1], about[2]))
        return "what it means"

    settings = replace(console.settings, hint="try <it>")
    texts = console.pages.texts
    app = FastAPI()
    frame(app, replace(console, explain=explain, pages=Pages([], texts, settings)))

    @app.get("/odd")
    def odd(number: int) -> None:
        raise ConflictError("odd.thing", f"as it is {number}")

    with TestClient(app, "http://127.0.0.1", headers={"Accept-Language": "en"}) as other:
        page = other.get("/odd?number=1").text
        assert "what it means <code>odd.thing</code>" in page
        assert asked == [("odd.thing", "as it is 1", "en")]
        assert "request.not_found" in other.get("/odd?number=x").text
        assert "try &lt;it&gt;" in other.get("/sign-in").text
    assert "try" not in client.get("/sign-in").text


def test_what_is_typed_is_escaped(client: TestClient) -> None:
    form = {"csrf": csrf(client), "name": '"><script>', "password": "x"}
    assert "<script>" not in client.post("/sign-in", data=form).text


def test_both_languages_have_the_same_values_in_each_text() -> None:
    assert TEXTS["zh"].keys() == TEXTS["en"].keys()
    for key, text in TEXTS["zh"].items():
        assert re.findall(r"\{\w+\}", text) == re.findall(r"\{\w+\}", TEXTS["en"][key])


def test_every_text_is_used_and_no_chinese_stands_elsewhere() -> None:
    templates = [file.read_text() for file in (ROOM / "templates").iterdir()]
    modules = [file.read_text() for file in ROOM.glob("*.py")]
    sources = "".join((*templates, *modules))
    assert not [text for text in templates if re.search("[\u3400-\u9fff]", text)]
    quoted = {key for key in TEXTS["zh"] if f'"{key}"' in sources or f"'{key}'" in sources}
    put_together = {key for key in TEXTS["zh"] if f'"{key.rpartition(".")[0]}." ~' in sources}
    unused = TEXTS["zh"].keys() - quoted - (put_together - {"error.other"})
    named = {key for key in unused if key.removeprefix("error.") in codes()}
    assert unused - named == set()


def test_a_text_in_one_language_only_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "zh.json").write_text('{"a":"b"}')
    (tmp_path / "en.json").write_text("{}")
    with pytest.raises(ValueError, match="one language only: a"):
        Texts.load([tmp_path])


def codes() -> set[str]:
    found = {"console.internal", "request.host", "request.not_found", "request.method"}
    for source in ROOM.glob("*.py"):
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                first = node.args[0] if node.args else None
                if node.func.id.endswith("Error") and isinstance(first, ast.Constant):
                    found.add(str(first.value))
    return found


def test_every_code_is_documented() -> None:
    text = (ROOM.parent / "docs" / "errors.md").read_text()
    section = text.partition("## Console")[2].partition("\n## ")[0]
    assert {code for code in codes() if f"`{code}`" not in section} == set()
