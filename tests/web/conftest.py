# SPDX-License-Identifier: Apache-2.0
"""One browser and one build for all tests of the page; a world and a site of its own for each."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.credential.world import World
from tests.web.browser import PATIENCE, Site, built, launch, serving, visiting
from tools import chromium, web


@pytest.fixture(scope="package")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built page."""
    return built(tmp_path_factory.mktemp("web"))


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """The driver, run by the Node of this project: its own lacks a library on bare systems."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLAYWRIGHT_NODEJS_PATH", str(web.NODE))
        expect.set_options(timeout=PATIENCE)
        with sync_playwright() as driver:
            yield driver


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A real Chromium; a loud skip where none can be had, and a failure where CI has none."""
    try:
        started = launch(playwright)
    except chromium.NoBrowserError as error:
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(f"THE PAGE IS NOT TESTED: {error}")
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
