# SPDX-License-Identifier: Apache-2.0
"""Take the pictures of the README: `python -m tests.web.take_pictures`; needs Chinese glyphs.

Pictures are for people and are never compared by pixel: test_page.py checks the same screens.
"""

import os
import tempfile
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from credential import holder
from tests.credential.world import AT, World
from tests.web.browser import Site, built, launch, paste, ready, serving, visiting
from tools import web

FOLDER: Final = Path(__file__).parents[2] / "docs" / "pictures"
CARD: Final = "31019919900101123X"
OTHER_CARD: Final = "320799198502030017"
_SCREEN: Final = {"width": 360, "height": 740}


def take(page: Page, name: str, top: str = "body") -> None:
    """Write one picture from an element down, with few enough colours to be small."""
    page.locator(top).evaluate("one => one.scrollIntoView()")
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path)
    with Image.open(path) as picture:
        picture.quantize(128).save(path, optimize=True)


def main() -> None:
    """Go through the five main screens."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(web.NODE)
    world = World()
    world.home.statuses["1"][70_050] = 1
    tag = holder.tag(1, CARD, world.home.claims.name)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site = Site(built(Path(folder)))
        site.publish(world)
        browser = launch(playwright)
        with serving(site), visiting(browser, site, viewport=_SCREEN) as page:
            ready(page).locator("#notice-anchor-first button").click()
            take(page, "scan")
            paste(page, world.home.code(holder_tag=tag))
            take(page, "valid")
            page.locator(".holder-check summary").click()
            page.locator(".holder-check input").fill(OTHER_CARD)
            page.locator(".holder-check button").click()
            expect(page.locator("#verdict")).to_have_attribute("data-reason", "holder.mismatch")
            take(page, "wrong-person")
            page.locator("#next").click()
            paste(page, world.home.code(status_index=70_050))
            take(page, "revoked")
            page.locator("#next").click()
            paste(page, world.home.code(t=AT + 900))
            take(page, "cannot-tell")
            page.locator("#next").click()
            page.locator("#gate").click()
            page.locator("#gate-start").click()
            number = "Y000031000101263000002"
            for text in (
                world.home.code(),
                world.home.code(status_index=70_050, certificate_number=number),
                "https://shop.example/1",
                world.home.code(),
            ):
                page.keyboard.type(text)
                page.keyboard.press("Enter")
            expect(page.locator("#rows li")).to_have_count(4)
            page.locator(".camera").evaluate("one => one.remove()")
            take(page, "gate", ".list")
        world.home.set_list(recognitions=())
        site.publish(world)
        with serving(site), visiting(browser, site, viewport=_SCREEN) as page:
            paste(ready(page), world.peer.code())
            take(page, "not-recognised-here")
        browser.close()


if __name__ == "__main__":
    main()
