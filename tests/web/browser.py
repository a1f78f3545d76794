# SPDX-License-Identifier: Apache-2.0
"""A real browser over the built page, and a host for it that a test can stop and bend."""

import hashlib
import http.server
import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    Playwright,
    ViewportSize,
    sync_playwright,
)

from credential import canonical, envelope
from registry.pages import HEADERS
from tests.credential.world import AT, World
from tools import chromium, web

PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
PATIENCE: Final = 30_000
"""Milliseconds until what does not come has failed: only on a busy machine does it take seconds."""
_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".css": "text/css",
    ".wasm": "application/wasm",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
_ARGUMENTS: Final = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def launch(playwright: Playwright, *more: str) -> Browser:
    """Start the browser.

    Raises:
        tools.chromium.NoBrowserError: There is none and none can be had.
    """
    found = chromium.find()
    libraries = {"LD_LIBRARY_PATH": str(found.libraries)} if found.libraries else {}
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return playwright.chromium.launch(
        executable_path=found.path,
        args=[*_ARGUMENTS, *sandbox, *more],
        env={**os.environ, **libraries},
    )


def launch_or_skip(driver: Playwright, what: str) -> Browser:
    """Start the browser; a loud skip where none can be had, and a failure where CI has none.

    Args:
        driver: Of the browser.
        what: What is not tested without it, in capitals.
    """
    try:
        return launch(driver)
    except chromium.NoBrowserError as error:
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(f"{what} NOT TESTED: {error}")


@contextmanager
def driven() -> Iterator[Playwright]:
    """Start the driver, run by the Node of this project: its own lacks a library on bare systems.

    Its loop hinders other tests of this process that have one, until it ends.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLAYWRIGHT_NODEJS_PATH", str(web.NODE))
        with sync_playwright() as driver:
            yield driver


@dataclass
class Site:
    """What the host serves: the built page, and what an operator puts beside it."""

    dist: Path
    files: dict[str, bytes] = field(default_factory=dict)
    """By path, such as `/anchor.json`; before the built files."""
    asked: list[str] = field(default_factory=list)
    """Every path that was asked for, in order."""
    broken: set[str] = field(default_factory=set)
    """Paths whose answer ends in the middle."""
    url: str = ""

    def publish(self, world: World, *, whole: bool = False) -> None:
        """Serve a world's snapshot: in parts, or only as one file."""
        data = world.data()
        for path in [path for path in self.files if path.startswith("/parts/")]:
            del self.files[path]
        self.files["/anchor.json"] = json.dumps({"anchor": world.anchor}).encode()
        if whole:
            self.files["/snapshot.json"] = data
            self.files.pop("/head.json", None)
            return
        snapshot = canonical.parse(data, canonical=False)
        assert isinstance(snapshot, dict)
        peers = snapshot["peers"]
        assert isinstance(peers, dict)
        self.files["/head.json"] = canonical.encode(
            {
                **self._head(snapshot),
                "peers": {name: self._head(bag) for name, bag in peers.items()},
            }
        )

    def _head(self, bag: dict[str, Any]) -> dict[str, Any]:
        """Put the parts of a region where the page asks for them, and return the rest."""
        listed = canonical.parse(envelope.read(bag["manifest"], envelope.MANIFEST).payload)
        assert isinstance(listed, dict)
        texts = [bag["trust_list"], *bag["catalogues"], *bag["status_lists"].values()]
        texts += [*bag.get("survivors", {}).values(), bag["checkpoint"]]
        for text in texts:
            self.files[f"/parts/{hashlib.sha256(text.encode()).hexdigest()}"] = text.encode()
        return {"root": bag["root"], "manifest": bag["manifest"]}

    def find(self, path: str) -> tuple[bytes, str] | None:
        """Return what stands at a path, and its type."""
        if path in self.files:
            return self.files[path], "application/json"
        name = "index.html" if path in {"/", "/v"} else path.lstrip("/")
        file = (self.dist / name).resolve()
        if not file.is_relative_to(self.dist) or not file.is_file():
            return None
        return file.read_bytes(), _TYPES.get(file.suffix, "application/octet-stream")


class _Handler(http.server.BaseHTTPRequestHandler):
    """Answers under the headers of the registry, so that every test is run under them."""

    protocol_version = "HTTP/1.1"
    server: "_Server"

    def do_GET(self) -> None:
        site, path = self.server.site, urlsplit(self.path).path
        site.asked.append(path)
        found = site.find(path)
        data, kind = found or (b"no such file", "text/plain")
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-cache")
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
        if path in site.broken:
            self.wfile.write(data[: len(data) // 2])
            self.close_connection = True
            return
        with suppress(ConnectionError):
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # the base class's name
        """Say nothing."""


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    site: Site
    connections: set[socket.socket]

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        self.connections.add(request)
        super().process_request_thread(request, client_address)

    def hang_up(self) -> None:
        """Close what is open: a browser goes on asking over a connection that it has."""
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that closes a connection is no error."""


@contextmanager
def serving(site: Site, port: int = 0) -> Iterator[Site]:
    """Serve until the block ends; afterwards nothing answers at that address."""
    server = _Server(("127.0.0.1", port), _Handler)
    server.site, server.connections = site, set()
    site.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.hang_up()
        server.server_close()


def built(folder: Path) -> Path:
    """Build the page into a folder of the tests."""
    return web.build(folder / "dist")


@contextmanager
def visiting(
    browser: Browser, site: Site, path: str = "/", *, at: int = AT, **options: Any
) -> Iterator[Page]:
    """Open the page on a phone, at a time; whatever the page throws fails the test."""
    context = browser.new_context(**{"viewport": PHONE, "has_touch": True, **options})
    try:
        yield open_page(context, site, path, at=at)
    finally:
        context.close()


def open_page(context: BrowserContext, site: Site, path: str = "/", *, at: int | None = AT) -> Page:
    """Open one more page of a browser."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    if at is not None:
        page.clock.set_fixed_time(datetime.fromtimestamp(at, UTC))
    page.goto(site.url + path)
    return page


def ready(page: Page) -> Page:
    """Wait until the page knows what it can know."""
    page.locator("#age[data-grade]:not([data-grade=expired])").wait_for()
    return page


def paste(page: Page, text: str) -> Locator:
    """Give a text to the page and return the verdict."""
    page.locator("#paste").fill(text)
    page.locator("#paste-go").click()
    return verdict(page)


_PACE = """pace => {
  const times = new WeakMap(); let now = window.lastKey ?? performance.now();
  Object.defineProperty(Event.prototype, 'timeStamp', { configurable: true, get() {
    if (!times.has(this)) times.set(this, window.lastKey = now += pace);
    return times.get(this); } }); }"""


def paced(page: Page, pace: int = 20) -> Page:
    """Let the page find keys so many milliseconds apart, however long a busy machine takes."""
    page.evaluate(_PACE, pace)
    return page


def device(page: Page, text: str, *, pace: int = 200) -> None:
    """Type as a device does, with keys of the browser's own and Enter at the end."""
    paced(page, pace)
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def verdict(page: Page) -> Locator:
    """Return the one element of the verdict."""
    found = page.locator("[data-outcome]:not([data-check])")
    found.wait_for()
    return found


def said(found: Locator) -> tuple[str | None, str | None]:
    """Return outcome and reason of a verdict."""
    return found.get_attribute("data-outcome"), found.get_attribute("data-reason")
