# SPDX-License-Identifier: Apache-2.0
"""The page beside the machine interface."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from registry import app
from tests.registry.world import World


@pytest.fixture
def client(world: World, tmp_path: Path) -> Iterator[TestClient]:
    pages = tmp_path / "dist"
    (pages / "assets").mkdir(parents=True)
    (pages / "v").mkdir()
    (pages / "index.html").write_text("<p>page</p>", encoding="ascii")
    (pages / "v" / "index.html").write_text("<p>code</p>", encoding="ascii")
    (pages / "assets" / "a-1.js").write_text("1", encoding="ascii")
    with TestClient(app.build(world.registry, anchor=True, pages=pages)) as made:
        yield made


@pytest.mark.parametrize(("path", "said"), [("/", "page"), ("/v", "code"), ("/v/", "code")])
def test_the_page_is_where_codes_point(client: TestClient, path: str, said: str) -> None:
    answer = client.get(path, follow_redirects=False)
    assert answer.status_code == 200
    assert said in answer.text
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["/", "/v", "/assets/a-1.js"])
def test_a_page_can_ask_nobody_else(client: TestClient, path: str) -> None:
    """No script from elsewhere, no request to elsewhere, no referrer."""
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "connect-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_what_has_a_hash_in_its_name_is_kept(client: TestClient) -> None:
    assert "immutable" in client.get("/assets/a-1.js").headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/nothing", "/../registry.db", "/%2e%2e/registry.db", "/assets"])
def test_nothing_else_is_served(client: TestClient, path: str) -> None:
    answer = client.get(path, follow_redirects=False)
    assert answer.status_code in {307, 404}
    assert "SQLite" not in answer.text


@pytest.mark.parametrize(
    "asked", ["0-," * 3_000 + "0-1", "-1," * 3_000 + "-1", ",".join(f"0-{n}" for n in range(2_000))]
)
@pytest.mark.parametrize("path", ["/", "/assets/a-1.js", "/healthz"])
def test_many_ranges_cost_no_more_than_the_file(client: TestClient, path: str, asked: str) -> None:
    whole = client.get(path).content
    answer = client.get(path, headers={"Range": f"bytes={asked}"})
    assert answer.status_code in {200, 206, 400, 416}
    assert len(answer.content) <= len(whole) + 100


def test_the_machine_interface_stays(client: TestClient) -> None:
    assert client.get("/healthz").status_code == 200
    assert client.get("/anchor.json").json()["anchor"].startswith("310000:")
