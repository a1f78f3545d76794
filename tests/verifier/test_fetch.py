# SPDX-License-Identifier: Apache-2.0
"""Loading over HTTP: bounded, from where it was asked for, and nowhere else."""

import contextlib
import http.server
import threading
from collections.abc import Iterator

import pytest

from credential.errors import SealError
from verifier import fetch
from verifier.fetch import check_url, is_loopback, over_http


class _Answers(http.server.BaseHTTPRequestHandler):
    """What the loopback server says to each path."""

    def do_GET(self) -> None:
        if self.path == "/whole":
            self._answer(200, b"0123456789")
        elif self.path == "/moved":
            self._answer(302, b"", Location="/whole")
        elif self.path == "/elsewhere":
            self._answer(302, b"", Location="http://registry.example/whole")
        elif self.path == "/other-port":
            self._answer(302, b"", Location="http://127.0.0.1:1/whole")
        elif self.path == "/short":
            self._answer(200, b"012", length=10)
        elif self.path == "/nonsense":
            self.wfile.write(b"not HTTP\r\n\r\n")
        else:
            self._answer(404 if self.path == "/absent" else 500, b"")

    def _answer(self, code: int, body: bytes, length: int | None = None, **headers: str) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # http.server's name
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answers) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()
        thread.join()


@pytest.mark.parametrize("path", ["/whole", "/moved"])
def test_an_answer_is_loaded(server: str, path: str) -> None:
    assert over_http(server + path, 10) == b"0123456789"


@pytest.mark.parametrize(
    ("path", "code", "text"),
    [
        ("/absent", "fetch.absent", "answers 404"),
        ("/broken", "fetch.unavailable", "answers 500"),
        ("/elsewhere", "fetch.unavailable", "another host"),
        ("/other-port", "fetch.unavailable", "another host"),
        ("/nonsense", "fetch.unavailable", "cannot be read"),
    ],
)
def test_what_is_no_answer_is_refused(server: str, path: str, code: str, text: str) -> None:
    with pytest.raises(SealError, match=text) as refusal:
        over_http(server + path, 10)
    assert refusal.value.code == code


def test_an_answer_that_is_too_long_is_not_kept(server: str) -> None:
    with pytest.raises(SealError, match="over 9 bytes") as refusal:
        over_http(f"{server}/whole", 9)
    assert refusal.value.code == "fetch.unavailable"


def test_an_answer_that_takes_too_long_is_given_up(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "DEADLINE", -1)
    with pytest.raises(SealError, match="too long") as refusal:
        over_http(f"{server}/whole", 10)
    assert refusal.value.code == "fetch.unavailable"


def test_a_port_where_nobody_listens_is_unavailable() -> None:
    with pytest.raises(SealError, match="cannot be read") as refusal:
        over_http("http://127.0.0.1:1/", 10)
    assert refusal.value.code == "fetch.unavailable"


def test_settings_of_a_proxy_do_not_lead_away_from_this_machine(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://192.0.2.1:3128")
    with contextlib.suppress(KeyError):
        monkeypatch.delenv("no_proxy")
    assert over_http(f"{server}/whole", 10) == b"0123456789"


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://sh.registry.example/", "https://sh.registry.example"),
        ("https://sh.registry.example:8443", "https://sh.registry.example:8443"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_a_registry_has_an_address(url: str, base: str) -> None:
    assert check_url(url) == base


@pytest.mark.parametrize(
    "url",
    [
        "http://sh.registry.example",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "https://",
        "https://user@sh.registry.example",
        "https://:secret@sh.registry.example",
        "https://sh.registry.example?x=1",
        "https://sh.registry.example#x",
        "https://sh.registry.example:70000",
        "https://sh.registry.example:0",
        "https://[::1",
        "sh.registry.example",
        "",
    ],
)
def test_no_other_address_is_asked(url: str) -> None:
    with pytest.raises(SealError) as refusal:
        over_http(url, 10)
    assert refusal.value.code == "fetch.url"


@pytest.mark.parametrize("host", [None, "", "localhost.example", "10.0.0.1", "0.0.0.0"])
def test_only_this_machine_is_this_machine(host: str | None) -> None:
    assert not is_loopback(host)
