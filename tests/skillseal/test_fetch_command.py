# SPDX-License-Identifier: Apache-2.0
"""`skillseal fetch`: a snapshot is replaced by one that continues it, or stays."""

import hashlib
import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from credential.snapshot import Snapshot
from skillseal import home
from skillseal.main import main
from tests.verifier.world import HOUR, Region, jiangsu, shanghai

HOME = shanghai(jiangsu())


class _Published(http.server.BaseHTTPRequestHandler):
    """What a registry serves; `data` is set by the test."""

    data = b""
    asked: list[str] = []  # noqa: RUF012 # of the one server of this module

    def do_GET(self) -> None:
        self.asked.append(self.path)
        value = json.loads(self.data)
        texts = [value["trust_list"], value["checkpoint"], *value["catalogues"]]
        texts += value["status_lists"].values()
        parts = {hashlib.sha256(text.encode()).hexdigest(): text for text in texts}
        head = {"root": value["root"], "manifest": value["manifest"], "peers": {}}
        bodies = {f"/parts/{digest}": text.encode() for digest, text in parts.items()}
        if not value["peers"]:
            bodies["/head.json"] = json.dumps(head).encode()
        bodies["/snapshot.json"] = self.data
        body = bodies.get(self.path)
        self.send_response(200 if body is not None else 404)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # http.server's name
        pass


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Published) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _trusted() -> None:
    home.set_anchors([HOME.anchor])
    _Published.data = HOME.data()
    _Published.asked.clear()


def publish(region: Region) -> bytes:
    """Publish a snapshot."""
    _Published.data = region.data()
    return _Published.data


def test_a_first_snapshot_is_kept(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fetch", "--registry", url]) == 0
    assert "as of 2026-11-18T10:06:40Z" in capsys.readouterr().out
    assert home.snapshot_file().read_bytes() == HOME.data()
    assert main(["fetch", "--registry", url]) == 0
    assert "nothing new" in capsys.readouterr().out


def test_a_later_snapshot_replaces_it_part_by_part(url: str, tmp_path: Path) -> None:
    out = tmp_path / "s.json"
    ours = shanghai()
    home.set_anchors([ours.anchor])
    publish(ours)
    assert main(["fetch", "--registry", url, "--out", str(out)]) == 0
    newer = publish(replace(ours, iat=ours.iat + HOUR, sequence=2))
    assert main(["fetch", "--registry", url, "--out", str(out)]) == 0
    assert out.read_bytes() == newer
    assert _Published.asked[0] == "/head.json"
    assert "/snapshot.json" not in _Published.asked


def test_verify_goes_by_what_fetch_left_wherever_that_was(url: str, tmp_path: Path) -> None:
    out = tmp_path / "s.json"
    assert main(["fetch", "--registry", url, "--out", str(out)]) == 0
    assert home.snapshot_file().read_bytes() == out.read_bytes() == HOME.data()
    newer = publish(replace(HOME, iat=HOME.iat + HOUR, sequence=7))
    assert main(["fetch", "--registry", url]) == 0
    publish(HOME)
    other = tmp_path / "other.json"
    assert main(["fetch", "--registry", url, "--out", str(other)]) == 2
    assert home.snapshot_file().read_bytes() == newer, "what is known is never taken back"


def test_a_snapshot_under_an_anchor_of_its_own_is_its_own(url: str, tmp_path: Path) -> None:
    out = tmp_path / "s.json"
    asked = ["fetch", "--registry", url, "--out", str(out), "--anchor", HOME.anchor]
    assert main(asked) == 0
    assert not home.snapshot_file().exists()


def test_an_older_snapshot_does_not(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "s.json"
    asked = ["fetch", "--registry", url, "--out", str(out)]
    kept = publish(replace(HOME, sequence=5))
    assert main(asked) == 0
    publish(replace(HOME, sequence=4))
    assert main(asked) == 2
    assert "[snapshot.rollback]" in capsys.readouterr().err
    assert out.read_bytes() == kept
    publish(replace(HOME, environment="demo", sequence=6))
    assert main(asked) == 2
    assert "[snapshot.anchor]" in capsys.readouterr().err
    assert out.read_bytes() == kept


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--anchor", "310000:" + "a" * 64], "snapshot.anchor"),
        (["--anchor", "x"], "trust.anchor"),
    ],
)
def test_what_does_not_chain_to_the_anchor_is_not_kept(
    arguments: list[str], code: str, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fetch", "--registry", url, *arguments]) == 2
    assert f"[{code}]" in capsys.readouterr().err
    assert not home.snapshot_file().exists()


def test_an_anchor_comes_before_a_snapshot(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    home.set_anchors([])
    assert main(["fetch", "--registry", url]) == 2
    assert "[trust.region]" in capsys.readouterr().err
    assert not home.snapshot_file().exists()


def test_a_file_under_another_anchor_is_no_state(url: str, tmp_path: Path) -> None:
    out = tmp_path / "s.json"
    out.write_bytes(replace(HOME, environment="production").data())
    assert main(["fetch", "--registry", url, "--out", str(out)]) == 0
    assert Snapshot.from_bytes(out.read_bytes(), HOME.anchor).home.root.environment == "test"


def test_a_damaged_file_is_for_people_to_decide_about(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "s.json"
    texts = json.loads(HOME.data())
    texts["checkpoint"] = texts["manifest"]
    out.write_text(json.dumps(texts))
    before = out.read_bytes()
    assert main(["fetch", "--registry", url, "--out", str(out)]) == 2
    assert "[snapshot.part]" in capsys.readouterr().err
    assert out.read_bytes() == before


def test_a_refused_peer_is_named(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    value = json.loads(HOME.data())
    value["peers"]["320000"]["checkpoint"] = value["checkpoint"]
    _Published.data = json.dumps(value).encode()
    assert main(["fetch", "--registry", url]) == 0
    assert "region 320000 was refused [snapshot.part]" in capsys.readouterr().out


def test_a_registry_that_is_not_there_changes_nothing(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["fetch", "--registry", url])
    before = home.snapshot_file().read_bytes()
    assert main(["fetch", "--registry", "http://127.0.0.1:1"]) == 2
    assert "[fetch.unavailable]" in capsys.readouterr().err
    assert main(["fetch", "--registry", "http://registry.example"]) == 2
    assert "[fetch.url]" in capsys.readouterr().err
    assert home.snapshot_file().read_bytes() == before
