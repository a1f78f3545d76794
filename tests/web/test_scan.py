# SPDX-License-Identifier: Apache-2.0
"""Every way of giving the page a code but the camera, in a real browser."""

from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.credential.world import World
from tests.web.browser import Site, device, paced, paste, ready, said, verdict, visiting
from tests.web.pictures import VIEWS, frame, png, symbol

BAIT = (
    "https://rsks.class.com.cn.evil.example/v?id=1",
    "https://user@jy.sh310.example/v#123",
    "https://xn--80ak6aa92e.example/",
    "HTTPS://JY.SH310.EXAMPLE/v#123",
    "http://jy.sh310.example/v#123",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "intent://scan/#Intent;scheme=zxing;end",
    "weixin://wxpay/bizpayurl?pr=x",
    "WIFI:S:site;T:WPA;P:password;;",
    "S000031000101263000001",
    "<img src=x onerror=alert(1)>",
)


def upload(page: Page, data: bytes, name: str = "photo.png", kind: str = "image/png") -> None:
    """Give the page a picture out of the gallery."""
    file: FilePayload = {"name": name, "mimeType": kind, "buffer": data}
    page.locator("#picture").set_input_files(file)


def test_a_pasted_code_is_judged(page: Page, world: World) -> None:
    assert said(paste(ready(page), world.home.code())) == ("VALID", "ok")
    page.locator("#next").click()
    assert said(paste(page, f"  {world.home.code()}\r\n")) == ("VALID", "ok")


def test_the_text_form_is_judged(page: Page, world: World) -> None:
    assert said(paste(ready(page), world.home.text_form())) == ("VALID", "ok")
    page.locator("#next").click()
    assert said(paste(page, world.home.text_form(None))) == ("INVALID", "receipt.missing")


def test_a_code_that_opens_the_page_is_judged_and_leaves_the_address(
    browser: Browser, site: Site, world: World
) -> None:
    digits = world.home.code().partition("#")[2]
    with visiting(browser, site, f"/v#{digits}") as page:
        assert said(verdict(page)) == ("VALID", "ok")
        assert page.evaluate("location.href") == f"{site.url}/v"
        page.go_back()
        assert digits not in page.url
    assert not [path for path in site.asked if digits[:20] in path]


def test_the_address_is_clean_before_anything_else_runs(
    browser: Browser, site: Site, world: World
) -> None:
    digits = world.home.code().partition("#")[2]
    with visiting(browser, site) as page:
        # Whatever first reaches for storage, a worker or the network sees a clean address.
        page.add_init_script(
            """
            window.seen = [];
            const note = (of, name) => { const real = of[name];
              of[name] = function (...all) {
                seen.push(location.hash); return real.apply(this, all); }; };
            note(Storage.prototype, 'getItem'); note(window, 'fetch');
            note(document, 'createElement');
            """
        )
        page.goto(f"{site.url}/v#{digits}")
        assert said(verdict(page)) == ("VALID", "ok")
        assert page.evaluate("seen.length") > 3
        assert page.evaluate("seen.filter((hash) => hash !== '')") == []


def test_a_code_that_comes_to_the_open_page_replaces_what_is_there(
    page: Page, site: Site, world: World
) -> None:
    assert said(paste(ready(page), world.home.code())) == ("VALID", "ok")
    digits = world.home.code(t=world.home.iat + 90_000).partition("#")[2]
    page.evaluate("digits => { location.hash = digits }", digits)
    expect(page.locator("#verdict")).to_have_attribute("data-reason", "freshness.clock")
    assert page.evaluate("location.href") == f"{site.url}/#" or "#" not in page.url


def test_photos_are_read_however_they_were_taken(page: Page, world: World) -> None:
    scene = frame(symbol(world.home.code()))
    ready(page)
    for name, view in VIEWS.items():
        upload(page, png(view(scene)))
        assert said(verdict(page)) == ("VALID", "ok"), name
        page.locator("#next").click()


def test_two_codes_in_a_photo_are_not_picked_between(page: Page, world: World) -> None:
    other = world.home.code(certificate_number="Y000031000101263000002", status_index=70_040)
    upload(ready(page), png(frame(symbol(world.home.code()), symbol(other))))
    page.locator("#choice button").nth(1).wait_for()
    assert page.locator("#verdict").count() == 0
    page.locator("#choice button").nth(0).click()
    assert said(verdict(page)) == ("VALID", "ok")


def test_a_photo_without_a_code_and_a_file_that_is_none_say_so(page: Page) -> None:
    upload(ready(page), png(frame()))
    expect(page.locator(".notes-area")).to_contain_text("没有找到二维码")
    upload(page, b"GIF89a and nothing more", "x.gif", "image/gif")
    expect(page.locator(".notes-area")).to_contain_text("不是能读的照片")
    upload(
        page, b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "x.png"
    )
    expect(page.locator(".notes-area")).to_contain_text("不是能读的照片")
    assert page.locator("#verdict").count() == 0


def test_a_hand_scanner_types(page: Page, world: World) -> None:
    device(ready(page), world.home.code())
    assert said(verdict(page)) == ("VALID", "ok")
    # It must not press the button that has the focus, and works from the verdict too.
    page.locator("#next").focus()
    device(page, "https://shop.example/item/12345")
    expect(page.locator("#verdict")).to_have_attribute("data-reason", "malformed.url")


def test_a_hand_scanner_is_understood_through_a_chinese_input_method(
    page: Page, world: World
) -> None:
    keys = """code => {
      const at = (c) => /[a-z]/i.test(c) ? ['Key' + c.toUpperCase(), c !== c.toLowerCase()]
        : /[0-9]/.test(c) ? ['Digit' + c, false]
        : {':': ['Semicolon', true], '/': ['Slash', false], '.': ['Period', false],
           '#': ['Digit3', true]}[c];
      for (const c of code) { const [name, shiftKey] = at(c);
        dispatchEvent(new KeyboardEvent('keydown', { key: 'Process', code: name, shiftKey })); }
      dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', code: 'Enter' }));
    }"""
    paced(ready(page)).evaluate(keys, world.home.code())
    assert said(verdict(page)) == ("VALID", "ok")


def test_a_person_who_types_is_no_hand_scanner(page: Page) -> None:
    typed = """(pause) => { let now = 1000;
      for (const key of [...'words by hand', 'Enter']) {
        const event = new KeyboardEvent('keydown', { key, code: '' });
        Object.defineProperty(event, 'timeStamp', { value: now += pause });
        dispatchEvent(event); } }"""
    page.evaluate(typed, 300)
    page.wait_for_timeout(200)
    assert page.locator("#verdict").count() == 0
    page.evaluate(typed, 200)  # the slowest device
    assert said(verdict(page)) == ("INVALID", "malformed.url")


def test_what_is_not_ours_is_named_and_never_opened(page: Page, site: Site) -> None:
    requests: list[str] = []
    ready(page).on("request", lambda request: requests.append(request.url))
    for text in BAIT:
        found = paste(page, text)
        outcome, reason = said(found)
        assert outcome == "INVALID", text
        assert reason == "malformed.url", text
        assert found.get_attribute("data-family") == "foreign"
        assert found.locator("a, img, iframe").count() == 0
        page.locator("#next").click()
    assert page.url == f"{site.url}/"
    assert [url for url in requests if not url.startswith(site.url)] == []
    assert len(page.context.pages) == 1
