# SPDX-License-Identifier: Apache-2.0
"""The page as a registry serves it, and after the server is gone."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests import ports
from tests.web.browser import Site, open_page, paste, said, verdict
from tests.web.pictures import frame, png, symbol
from tools import web

COMMAND = Path(sys.executable).with_name("skillseal")


def _demo(folder: Path) -> None:
    subprocess.run(
        [COMMAND, "demo", "--no-serve", "--dir", folder, "--certificates", "60"],
        cwd=web.ROOT,
        check=True,
        capture_output=True,
    )


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """Run a registry on a free port until the block ends."""
    port = ports.free()
    with subprocess.Popen(
        [COMMAND, "registry", "serve", "--demo", folder, "--port", str(port)],
        cwd=web.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    ) as server:
        assert server.stdout is not None
        try:
            assert any("running on" in line for line in server.stdout), "the server did not start"
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


@pytest.mark.long
def test_the_page_of_a_registry_judges_and_goes_on_without_it(
    browser: Browser, tmp_path: Path
) -> None:
    web.build()
    folder = tmp_path / "demo"
    _demo(folder)
    good = (folder / "qr" / "0000-ok.txt").read_text("utf-8")
    revoked = next((folder / "qr").glob("*-status-revoked.txt")).read_text("utf-8")
    path = f"/v#{good.partition('#')[2]}"
    context = browser.new_context()
    said_by_browser: list[str] = []
    context.on("console", lambda message: said_by_browser.append(message.text))
    with _served(folder) as url:
        page = open_page(context, Site(tmp_path, url=url), path, at=None)
        assert said(verdict(page)) == ("VALID", "ok")
        assert page.url == f"{url}/v"
        page.locator("#next").click()
        assert said(paste(page, revoked)) == ("INVALID", "status.revoked")
        page.locator("#next").click()
        photo = png(frame(symbol(good)))
        page.locator("#picture").set_input_files(
            {"name": "photo.png", "mimeType": "image/png", "buffer": photo}
        )
        assert said(verdict(page)) == ("VALID", "ok")
        page.evaluate("navigator.serviceWorker.ready")
        page.wait_for_function("navigator.serviceWorker.controller !== null")
        assert said_by_browser == []  # nothing that the registry's headers forbid
    page.goto(url + path)
    assert said(verdict(page)) == ("VALID", "ok")
    page.locator("#next").click()
    assert said(paste(page, revoked)) == ("INVALID", "status.revoked")
    context.close()
