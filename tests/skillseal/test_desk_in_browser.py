# SPDX-License-Identifier: Apache-2.0
"""A real browser at the desk: a change that the second person's own agent signs; a correction."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_bytes

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from skillseal.agent import HOST, Agent
from tests.issuer.sheets import number as number_of
from tests.issuer.web.visitor import PASSWORD
from tests.skillseal.desk_place import SECRET, Place, place
from tests.skillseal.test_changes_at_desk import issue
from tests.web.browser import driven, launch_or_skip

__all__ = ["place"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium that ends with this module: its driver's loop would hinder other tests."""
    with driven() as driver:
        started = launch_or_skip(driver, "THE DESK'S PAGES ARE")
        yield started
        started.close()


@pytest.fixture
def url(place: Place) -> Iterator[str]:
    """The desk behind a real server."""
    config = uvicorn.Config(place.visitor.client.app, port=0, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    listening = config.bind_socket()
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listening.close()


@contextmanager
def signed_in(
    browser: Browser, url: str, *, scripts: bool = True
) -> Iterator[tuple[Page, list[str]]]:
    """Somebody with a narrow window; gives the page and what its console says."""
    size = {"width": 390, "height": 800}
    context = browser.new_context(locale="zh-CN", java_script_enabled=scripts, viewport=size)  # type: ignore[arg-type] # as the stubs have it
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(url)
    page.fill("[name=name]", "wang")
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.locator("nav").wait_for()
    yield page, said
    context.close()


def fits(page: Page) -> bool:
    """Tell whether nothing of a page stands out at the side, once its style is there."""
    page.wait_for_load_state("load")
    return bool(page.evaluate("document.documentElement.scrollWidth") <= 390)


def test_the_second_persons_agent_agrees_to_a_change(
    place: Place, browser: Browser, url: str
) -> None:
    numbers, _ = issue(place, 0, 2)
    place.visitor.site.clerk.ask(lambda ledger: ledger.lower_second(1))
    shown: list[str] = []
    told: list[str] = []

    def ask(text: str) -> bool:
        shown.append(text)
        return True

    agent = Agent(place.world.first.second, ask, told.append, token_bytes, [url])
    with signed_in(browser, url) as (page, said), agent.serve(0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        agent.renew()
        try:
            page.goto(f"{url}/changes")
            assert fits(page)
            page.select_option("[name=what]", "suspend inquiry")
            page.fill("[name=numbers]", "\n".join(numbers))
            page.get_by_role("button", name="试办").click()
            expect(page.locator("tr[data-outcome=ready]")).to_have_count(2)
            assert fits(page)
            page.fill("[name=secret_statement]", SECRET)
            page.click("[data-act=order] button")
            page.locator("[data-act=consent]").wait_for()
            assert fits(page)
            page.fill("#agent", f"http://{HOST}:{server.server_port}")
            page.fill("#secret", re.sub(".* ", "", told[-1]))
            page.locator(".agent button").click()
            page.locator("tr[data-outcome=done]").first.wait_for()
        finally:
            server.shutdown()
            thread.join()
        expect(page.locator("tr[data-outcome=done]")).to_have_count(2)
        assert all(number in shown[0] for number in numbers)
        assert said == []  # the policy was not violated
    assert [place.status_of(each) for each in numbers] == [2, 2]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_correction_by_clicks(place: Place, browser: Browser, url: str, *, scripts: bool) -> None:
    serial = 20 if scripts else 30
    (number,), _ = issue(place, serial, 1)
    with signed_in(browser, url, scripts=scripts) as (page, said):
        page.goto(f"{url}/certificates/{number}")
        page.click("text=更正换发")
        page.fill("[name=name]", "欧阳青禾")
        page.fill("[name=id_number]", number_of(serial))
        page.select_option("[name=reason]", "data_error")
        page.click("[data-act=correct] button")
        assert page.locator("[data-field=name]").text_content() == "欧阳青禾"
        page.fill("[name=secret_statement]", SECRET)
        page.click("[data-act=correct] button")
        page.locator("[data-stage=registered]").wait_for()
        assert said == []
    assert place.status_of(number) == 3
