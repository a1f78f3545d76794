# SPDX-License-Identifier: Apache-2.0
"""What `make run` promises: from a workbook and a key to a PDF whose code verifies, by clicks."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Page

from credential.snapshot import Snapshot
from registry.service import Registry, open_registry
from registry.settings import load
from skillseal.demo import desk, good_order, leavings
from skillseal.demo.desk import Opened
from skillseal.demo.run import Result
from tests import ports
from tests.issuer.printing import typeface
from tests.web.browser import driven, launch_or_skip
from verifier import verify

QR_CODES = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)


@contextmanager
def serving(folder: Path, result: Result) -> Iterator[tuple[Opened, Registry]]:
    """Serve as the demonstration does, on free ports."""
    import uvicorn

    from registry import app

    settings = load(folder / leavings.SETTINGS)
    registry = open_registry(settings, [result.receipt_key])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(app.build(registry), log_level="critical", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            with desk.opened(folder, registry, listener.getsockname()[1], ports.free()) as opened:
                yield opened, registry
        finally:
            server.should_exit = True
            thread.join(30)
            registry.engine.dispose()


@pytest.fixture
def page() -> Iterator[Page]:
    """A real Chromium; a loud skip where none can be had, and a failure where CI has none."""
    with driven() as driver:
        browser = launch_or_skip(driver, "THE DESK'S PAGES ARE")
        opened = browser.new_context(locale="zh-CN", accept_downloads=True).new_page()
        opened.set_default_timeout(60_000)
        yield opened
        browser.close()


def test_from_a_workbook_to_a_code_that_verifies(
    result: Result, page: Page, tmp_path: Path
) -> None:
    typeface()  # a loud skip where it cannot be had
    folder = shutil.copytree(result.folder, tmp_path / "demo")  # others look at the first one
    with serving(folder, result) as (opened, _):
        page.goto(opened.url)
        page.fill("[name=name]", opened.name)
        page.fill("[name=password]", opened.password)
        page.click("main button")
        page.click("nav >> text=上传成绩表")
        page.set_input_files("[name=roster]", opened.roster)
        page.click("text=上传并检查")
        page.check(f"[name=station][value='{good_order.STATION}']")
        page.check(f"[name='assessor:{good_order.ASSESSORS[1]}']")
        page.click("[data-act=papers] button")
        page.fill("[name=secret_statement]", opened.passphrase)
        page.click("[data-act=file] button")
        page.fill("[name=secret_certificate]", opened.passphrase)
        page.click("[data-act=issue] button")
        page.click("[data-act=print] button:not(.second)")
        page.locator("[data-stage=printed]").wait_for()
        first = page.locator(".files a").first
        with page.expect_download() as download:
            first.click()
        pdf = tmp_path / "certificate.pdf"
        download.value.save_as(pdf)
        text = _code(pdf)
        _wait_until_published(folder, text)


def _code(pdf: Path) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        picture = document[0].render(scale=200 / 72).to_pil()
    finally:
        document.close()
    (found,) = zxingcpp.read_barcodes(picture, formats=QR_CODES)
    return found.text


def _wait_until_published(folder: Path, text: str) -> None:
    """Verify with each publication that comes, until one knows the certificate."""
    file = folder / "shanghai" / "published" / "snapshot.json"
    anchor = (folder / "anchor.txt").read_text("ascii").strip()
    seen, until = b"", time.monotonic() + 120  # on a busy machine
    while time.monotonic() < until:
        data = file.read_bytes()
        if data != seen:
            seen = data
            snapshot = Snapshot.from_bytes(data, anchor=anchor)
            verdict = verify(text, snapshot, at=datetime.now(UTC), region="310115")
            if verdict:
                return
        threading.Event().wait(0.1)
    pytest.fail(f"never valid: {verdict.reason}")
