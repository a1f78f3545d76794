# SPDX-License-Identifier: Apache-2.0
"""One browser and one build for all tests of the page; a world and a site of its own for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.credential.world import World
from tests.web.browser import PATIENCE, Site, built, driven, launch_or_skip, serving, visiting


@pytest.fixture(scope="package")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built page."""
    return built(tmp_path_factory.mktemp("web"))


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """The driver of the browser."""
    expect.set_options(timeout=PATIENCE)
    with driven() as driver:
        yield driver


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A real Chromium; a loud skip where none can be had, and a failure where CI has none."""
    started = launch_or_skip(playwright, "THE PAGE IS")
    yield started
    started.close()


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def site(dist: Path, world: World) -> Iterator[Site]:
    """A host with the world's snapshot beside the page."""
    made = Site(dist)
    made.publish(world)
    with serving(made):
        yield made


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """The page on a phone, at the world's time; without a copy for offline, to be quick."""
    with visiting(browser, site, service_workers="block") as opened:
        yield opened
