# SPDX-License-Identifier: Apache-2.0
"""A real browser signs in, with and without JavaScript, in two languages, under the headers."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page

from console.app import Console
from keys import key_file
from tests.console.conftest import PASSWORD
from tests.console.proposing import LI, WANG, Town, signed


@pytest.fixture
def url(app: FastAPI) -> Iterator[str]:
    """The application behind a real server."""
    config = uvicorn.Config(app, port=0, log_config=None, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    listening = config.bind_socket()
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listening.close()


def sign_in(page: Page, url: str) -> None:
    page.goto(url + "/account/password")
    page.locator("#name").fill("wang.li")
    page.locator("#password").fill(PASSWORD)
    page.locator("main button").click()
    page.locator("#old").wait_for()


@pytest.mark.parametrize("scripts", [True, False])
def test_somebody_signs_in_changes_language_and_signs_out(
    browser: Browser, url: str, console: Console, scripts: bool
) -> None:
    context = browser.new_context(
        locale="zh-CN", java_script_enabled=scripts, viewport={"width": 360, "height": 740}
    )
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    sign_in(page, url)
    assert page.locator("h1").text_content() == "修改密码"
    page.get_by_text("English").click()
    assert page.locator("h1").text_content() == "Change password"
    assert page.url == url + "/account/password"
    page.get_by_text("One-time codes").click()
    page.locator("svg.code").wait_for()
    if scripts:
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360
    page.get_by_text("Sign out").click()
    page.locator("#password").wait_for()
    page.goto(url + "/account/totp")
    assert page.url.startswith(url + "/sign-in?next=")
    assert said == []  # the policy was not violated
    context.close()


def test_the_persons_own_agent_signs_a_proposal(
    browser: Browser, url: str, app: FastAPI, console: Console, tmp_path: Path
) -> None:
    town = Town(console)
    town.add_to(app)
    proposal = town.propose()
    town.sign(proposal, LI)
    passphrase = tmp_path / "passphrase"
    passphrase.write_bytes(b"of the agent\n")
    passphrase.chmod(0o600)
    key_file.create(tmp_path / "wang.key", WANG, b"of the agent")
    given = ["--key", str(tmp_path / "wang.key"), "--passphrase-file", str(passphrase)]
    agent = subprocess.Popen(
        [sys.executable, "-m", "skillseal.main", "sign-agent", *given, "--origin", url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    try:
        assert agent.stdin is not None
        assert agent.stdout is not None
        place = agent.stdout.readline().split()[-1]
        secret = agent.stdout.readline().split()[-1]
        context = browser.new_context(locale="zh-CN", viewport={"width": 360, "height": 740})
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        sign_in(page, url)
        page.goto(f"{url}/proposals/{proposal.id}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.locator("#agent").fill(place)
        page.locator("#secret").fill(secret)
        page.locator(".agent button").click()
        while not (line := agent.stdout.readline()).startswith("SHA-256"):
            assert line
        assert page.get_by_text(line.split()[1]).count() == 1  # what the agent shows
        agent.stdin.write("y\n")
        agent.stdin.flush()
        page.get_by_text("事项已办结").wait_for()
        assert town.done == [(signed(LI), signed(WANG))]
        assert said == []
        context.close()
    finally:
        agent.kill()
        agent.communicate()
