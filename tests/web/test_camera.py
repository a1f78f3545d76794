# SPDX-License-Identifier: Apache-2.0
"""The camera: films of printed codes in its place, in a real browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, Playwright, expect

from tests.credential.world import World
from tests.web.browser import Site, launch, ready, said, verdict, visiting
from tests.web.pictures import VIEWS, film, frame, symbol

_CAMERA = (640, 480)  # pixels
HOLDERS = ("张直", "李转", "王斜", "赵糊", "孙暗", "周粗", "吴弯")


@contextmanager
def filming(playwright: Playwright, site: Site, path: Path) -> Iterator[Page]:
    """Open the page in a browser whose camera is a film."""
    browser = launch(
        playwright,
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={path}",
    )
    try:
        with visiting(browser, site, permissions=["camera"]) as page:
            yield ready(page)
    finally:
        browser.close()


def test_the_camera_reads_a_tilted_code_and_goes_on_to_the_next(
    playwright: Playwright, site: Site, world: World, tmp_path: Path
) -> None:
    scene = VIEWS["tilted"](frame(symbol(world.home.code()), size=_CAMERA))
    with filming(playwright, site, film(tmp_path / "film.mjpeg", [scene])) as page:
        page.locator("#open-camera").click()
        assert said(verdict(page)) == ("VALID", "ok")
        assert page.evaluate("document.querySelector('video')") is None  # the camera is closed
        page.locator("#next").click()  # opens it again
        assert said(verdict(page)) == ("VALID", "ok")
        # A detector that never finds anything, as on phones without the store's services.
        page.add_init_script(
            """window.asked = 0; window.BarcodeDetector = class {
                 static async getSupportedFormats() { return ['qr_code']; }
                 async detect() { asked++; return []; } };"""
        )
        page.reload()
        ready(page).locator("#open-camera").click()
        assert said(verdict(page)) == ("VALID", "ok")
        assert page.evaluate("asked") > 0


def test_the_devices_own_detector_is_used_where_it_works(page: Page, world: World) -> None:
    page.add_init_script(
        """window.BarcodeDetector = class {
             static async getSupportedFormats() { return ['qr_code']; }
             async detect() { return [{ rawValue: window.code, boundingBox: new DOMRect() }]; } };
           navigator.mediaDevices.getUserMedia = async () => {
             const canvas = document.createElement('canvas');
             canvas.getContext('2d').fillRect(0, 0, 9, 9);
             return canvas.captureStream(10); };"""
    )
    page.reload()
    ready(page).evaluate("code => { window.code = code }", world.home.code())
    page.locator("#open-camera").click()
    assert said(verdict(page)) == ("VALID", "ok")


def test_the_camera_reads_codes_however_they_are_held(
    playwright: Playwright, site: Site, world: World, tmp_path: Path
) -> None:
    """One film with a certificate for each view, one after the other, at the gate."""
    names = dict(zip(VIEWS, HOLDERS, strict=True))
    scenes = [
        VIEWS[view](frame(symbol(world.home.code(name=name)), size=_CAMERA))
        for view, name in names.items()
    ]
    with filming(playwright, site, film(tmp_path / "film.mjpeg", scenes, each=12)) as page:
        page.locator("#gate").click()
        page.locator("#gate-start").click()
        for view, name in names.items():
            row = page.locator("#rows li", has_text=name).first
            expect(row, view).to_have_attribute("data-row", "VALID", timeout=30_000)


def test_the_camera_never_picks_between_two_codes(
    playwright: Playwright, site: Site, world: World, tmp_path: Path
) -> None:
    other = world.home.code(certificate_number="Y000031000101263000002", status_index=70_040)
    scene = frame(symbol(world.home.code(), 300), symbol(other, 300), size=(800, 480))
    with filming(playwright, site, film(tmp_path / "film.mjpeg", [scene])) as page:
        page.evaluate(
            """navigator.mediaDevices.enumerateDevices = async () => ['a', 'b'].map((deviceId) =>
                 ({ deviceId, kind: 'videoinput', label: deviceId }))"""
        )
        page.locator("#open-camera").click()
        expect(page.locator(".camera-status")).to_contain_text("2 个不同的码")
        assert page.locator(".camera-controls select option").count() == 2
        assert page.locator("#verdict").count() == 0
        page.locator(".camera-controls .quiet").click()
        assert page.locator("#open-camera").is_visible()


def test_without_a_camera_the_page_says_what_else_there_is(page: Page) -> None:
    ready(page).locator("#open-camera").click()
    expect(page.locator(".camera-status")).to_contain_text("没有")
    assert page.locator("#picture").count() == 1
