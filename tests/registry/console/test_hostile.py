# SPDX-License-Identifier: Apache-2.0
"""What is typed into addresses and forms of every page: never a fault, never more than is there."""

import re
from urllib.parse import quote

import pytest

from console.limits import Limits
from tests.registry.console.test_tenants import routes
from tests.registry.console.town import Town
from tests.registry.console.web import Office

HOSTILE = [
    *("' or 1=1 --", "x'; drop table leaves; --", "%", "\0", "\r\nSet-Cookie: a=b", "\ud800"),
    *("🧱", "{{7*7}}", "<script>alert(1)</script>", "../../etc/passwd", "9" * 30, "é" * 400),
]
FEW = HOSTILE[3:6]
QUERIES = ("q", "page", "after", "at", "state", "kind", "body", "number", "region", "next", "form")


@pytest.fixture
def office(town: Town) -> Office:
    office = Office(town)
    office.hire("lead", "administrator")
    return office


@pytest.mark.parametrize("role", ["anonymous", "lead", "administrator"])
def test_no_address_is_a_fault(office: Office, role: str) -> None:
    clerk = office.enter(role)
    asked = 0
    for route in routes(office):
        if "GET" not in (route.methods or ()):
            continue
        for text in HOSTILE:
            typed = quote(text.encode("utf-8", "surrogatepass"), safe="")
            path = re.sub(r"{[^}]+}", lambda _, typed=typed: typed, route.path)  # type: ignore[misc]
            whole = "&".join(f"{name}={typed}" for name in QUERIES)
            for address in (path, f"{path}?{whole}") if text in FEW else (path,):
                answer = clerk.get(address)
                asked += 1
                assert answer.status_code < 500, (address, answer.text[-200:])
                assert "set-cookie: a" not in str(answer.headers).lower(), address
                assert "<script>alert(1)" not in answer.text, address
                assert "psycopg" not in answer.text, address
    assert asked > 400


@pytest.mark.parametrize("path", ["/public", "/sign-in", "/accounts", "/parties", "/holders"])
def test_no_form_is_a_fault(office: Office, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Limits, "take", lambda *_, **__: None)
    for role in ("anonymous", "lead", "administrator"):
        clerk = office.enter(role)
        for text in HOSTILE:
            typed = text.encode("utf-8", "replace").decode()
            names = ("name", "number", "password", "display", "account", "party", "type", "roles")
            answer = clerk.post(path, **dict.fromkeys(names, typed))
            assert answer.status_code < 500, (path, text, answer.text[-200:])
            assert "<script>alert(1)" not in answer.text
