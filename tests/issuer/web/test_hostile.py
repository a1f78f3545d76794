# SPDX-License-Identifier: Apache-2.0
"""What is typed into the desk's addresses and forms, and how uploads are called: never a fault."""

import re
from pathlib import Path
from urllib.parse import quote

from starlette.routing import BaseRoute, Route

from tests.issuer.sheets import csv_file, rows
from tests.issuer.web.visitor import visiting

HOSTILE = ("\0", "\r\nSet-Cookie: a=b", "<script>alert(1)</script>", "../../etc/passwd", "\ud800")
NAMES = ("../../../evil.csv", "..", "\0.csv", "a/b\\c.csv", "<script>alert(1)</script>.csv")


def routes(found: list[BaseRoute]) -> list[Route]:
    flat = []
    for one in found:
        inner = getattr(getattr(one, "original_router", None), "routes", None)
        if isinstance(one, Route):
            flat.append(one)
        elif inner:
            flat += routes(inner)
    return flat


def test_no_address_and_no_form_is_a_fault(tmp_path: Path) -> None:
    with visiting(tmp_path) as visitor:
        visitor.upload(csv_file(tmp_path / "r.csv", rows(2)))
        asked = 0
        for route in routes(visitor.client.app.routes):  # type: ignore[attr-defined]  # FastAPI's
            for text in HOSTILE:
                typed = quote(text.encode("utf-8", "surrogatepass"), safe="")
                path = re.sub(r"{[^}]+}", lambda _, typed=typed: typed, route.path)  # type: ignore[misc]
                if "GET" in (route.methods or ()):
                    answer = visitor.get(f"{path}?q={typed}&at={typed}&next={typed}")
                elif route.path in {"/sign-out", "/sign-in"}:
                    continue  # which would end, or slow, the rest
                else:
                    said = text.encode("utf-8", "replace").decode()
                    answer = visitor.post(path, act=said, number=said, reason=said)
                asked += 1
                assert answer.status_code < 500, (path, answer.text[-200:])
                assert "<script>alert(1)" not in answer.text, path
                assert "set-cookie: a" not in str(answer.headers).lower(), path
    assert asked > 100


def test_an_upload_is_kept_by_no_name_of_its_own(tmp_path: Path) -> None:
    roster = csv_file(tmp_path / "r.csv", rows(2)).read_bytes()
    with visiting(tmp_path / "desk") as visitor:
        for name in NAMES:
            answer = visitor.post("/new", {"roster": (name, roster)}, kind="skill_level")
            assert re.fullmatch("/jobs/[A-Za-z0-9_-]{16}", answer.url.path), name
            assert "<script>alert(1)" not in answer.text
    kept = {each.name for each in (tmp_path / "desk" / "desk" / "jobs").rglob("*.*")}
    assert kept <= {"sheet.json"}
    assert not list(tmp_path.parent.glob("evil*"))
    for each in (tmp_path / "desk" / "desk").rglob("*"):
        assert each.stat().st_mode & 0o077 == 0, each
