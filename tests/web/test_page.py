# SPDX-License-Identifier: Apache-2.0
"""What the page is made of, what it may do, and whether everybody can use it."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.credential.world import AT, World
from tests.web.browser import PHONE, Site, device, paste, ready, said, verdict, visiting
from tests.web.pictures import frame, png, symbol
from tools import web

SMALL = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}
POLICY = {
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval'",
    "style-src": "'self'",
    "img-src": "'self' blob: data:",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
}


def home(page: Page, world: World) -> None:
    """Stay where the page opened."""


def valid(page: Page, world: World) -> None:
    paste(page, world.home.code())
    for summary in page.locator("#verdict summary").all():
        summary.click()


def invalid(page: Page, world: World) -> None:
    assert said(paste(page, world.home.code(status_index=70_050)))[1] == "status.revoked"


def unknown(page: Page, world: World) -> None:
    assert said(paste(page, world.home.code(t=AT + 900)))[0] == "INDETERMINATE"


def settings(page: Page, world: World) -> None:
    page.locator("#gate").click()
    page.locator("#demand-kind").select_option("skill_level")


def gate(page: Page, world: World) -> None:
    page.locator("#gate").click()
    page.locator("#gate-start").click()
    for text in (world.home.code(), "https://shop.example/1", world.home.code()):
        device(page, text)
    expect(page.locator("#rows li")).to_have_count(3)


def data(page: Page, world: World) -> None:
    page.locator("#data").click()


SCREENS: dict[str, Callable[[Page, World], None]] = {
    "home": home,
    "valid": valid,
    "invalid": invalid,
    "unknown": unknown,
    "settings": settings,
    "gate": gate,
    "data": data,
}


@pytest.fixture(scope="module")
def axe() -> str:
    """The accessibility checks of axe-core, to be run inside the page."""
    return (web.WEB / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


@pytest.mark.parametrize(
    ("size", "language"),
    [
        pytest.param(SMALL, "zh", id="phone-zh"),
        pytest.param(DESKTOP, "en", id="desktop-en"),
        pytest.param(SMALL, "en", id="phone-en", marks=pytest.mark.long),
        pytest.param(DESKTOP, "zh", id="desktop-zh", marks=pytest.mark.long),
    ],
)
def test_every_screen_is_accessible_and_fits(
    browser: Browser,
    site: Site,
    world: World,
    axe: str,
    tmp_path: Path,
    size: dict[str, int],
    language: str,
) -> None:
    world.home.statuses["1"][70_050] = 1
    site.publish(world)
    with visiting(browser, site, viewport=size, service_workers="block") as page:
        for name, arrive in SCREENS.items():
            page.evaluate("one => localStorage.setItem('skillseal.language', one)", language)
            page.goto(site.url)
            arrive(ready(page), world)
            page.screenshot(
                path=tmp_path / f"{name}-{language}-{size['width']}.png", full_page=True
            )
            page.evaluate(axe)
            found: dict[str, Any] = page.evaluate("axe.run({ resultTypes: ['violations'] })")
            problems = [
                (one["id"], one["help"], [node["html"][:120] for node in one["nodes"]])
                for one in found["violations"]
            ]
            assert problems == [], name
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], name
            small = page.evaluate(
                """() => [...document.querySelectorAll('button, .button, summary, input, select')]
                  .filter((one) => one.checkVisibility() && !one.closest('.sr-only')
                     && one.getBoundingClientRect().height < 43 && !one.matches('.sr-only'))
                  .map((one) => one.outerHTML)"""
            )
            assert small == [], name


def test_the_policy_is_narrow_and_nothing_is_inline(page: Page) -> None:
    policy = page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content") or ""
    stated = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert stated == POLICY
    assert page.locator("meta[name=referrer]").get_attribute("content") == "no-referrer"
    assert page.locator("script:not([src])").count() == 0
    assert page.locator("style, [style], [onclick], [onload]").count() == 0


def test_the_policy_holds(page: Page, site: Site) -> None:
    ready(page)
    for attempt in (
        "fetch('http://127.0.0.2:1/')",
        "import('data:text/javascript,1')",
        """new Promise((done, failed) => { const one = new Image(); one.onerror = failed;
             one.onload = done; one.src = 'http://127.0.0.2:1/x.png'; })""",
    ):
        refused = page.evaluate(
            f"""async () => {{ const seen = [];
              addEventListener('securitypolicyviolation',
                (one) => seen.push(one.effectiveDirective));
              try {{ await {attempt}; }} catch {{ seen.push('threw'); }}
              await new Promise((go) => setTimeout(go, 50));
              return seen; }}"""
        )
        assert "threw" in refused, attempt
        assert len(refused) > 1, attempt


def test_a_whole_visit_asks_nobody_else_and_breaks_no_rule(
    browser: Browser, site: Site, world: World
) -> None:
    with visiting(browser, site) as page:
        requests: list[str] = []
        complaints: list[str] = []
        page.context.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.add_init_script(
            "addEventListener('securitypolicyviolation', (one) =>"
            " console.error('policy', one.effectiveDirective, one.blockedURI))"
        )
        page.goto(site.url)
        ready(page)
        photo = png(frame(symbol(world.home.code())))
        page.locator("#picture").set_input_files(
            {"name": "p.png", "mimeType": "image/png", "buffer": photo}
        )
        assert said(verdict(page)) == ("VALID", "ok")
        page.locator("#next").click()
        gate(page, world)
        page.locator("#gate-settings").click()
        page.locator("#home").click()
        data(page, world)
        page.locator("#refresh-now").click()
        expect(page.locator("#data-status")).not_to_be_empty()
    assert [url for url in requests if not url.startswith((site.url, "blob:", "data:"))] == []
    assert complaints == []


def test_the_sources_never_parse_markup_or_run_text() -> None:
    forbidden = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
        r"|DOMParser|createContextualFragment|srcdoc|window\.open|location\.(?:href|assign|replace)\b"
    )
    files = [file for file in (web.WEB / "src").rglob("*.ts") if "testing" not in file.parts]
    assert len(files) > 40
    found = [
        (file.name, line)
        for file in files
        if not file.name.endswith(".test.ts")
        for line in file.read_text("utf-8").splitlines()
        if forbidden.search(line)
    ]
    assert found == []


def test_what_is_built_names_no_other_host(dist: Path) -> None:
    hosts = set()
    for file in dist.rglob("*"):
        if file.suffix in {".js", ".html", ".css", ".webmanifest"}:
            hosts |= set(re.findall(r"https?://([a-z0-9.-]+)", file.read_text("utf-8")))
    assert hosts <= {"www.w3.org"}  # the name of SVG, which nobody asks


def test_the_first_paint_is_small(dist: Path) -> None:
    index = (dist / "index.html").read_text("utf-8")
    names = re.findall(r'(?:src|href)="(/assets/[^"]+)"', index)
    assert len(names) == 2  # one script, one style sheet
    measure = (
        "const z=require('zlib'),f=require('fs');console.log(process.argv.slice(1)"
        ".map(n=>z.brotliCompressSync(f.readFileSync(n)).length).reduce((a,b)=>a+b))"
    )
    paths = [str(dist / "index.html"), *(str(dist) + name for name in names)]
    assert int(web.run("-e", measure, *paths)) < 60_000  # bytes; the goal is 150,000


def test_it_can_be_installed(page: Page, site: Site) -> None:
    manifest = page.evaluate("fetch('/manifest.webmanifest').then((one) => one.json())")
    assert manifest["display"] == "standalone"
    assert {icon["sizes"] for icon in manifest["icons"]} >= {"192x192", "512x512"}
    for icon in manifest["icons"]:
        found = site.find(icon["src"])
        assert found is not None


def test_the_version_and_the_anchor_are_on_the_screen(page: Page, world: World) -> None:
    expect(page.locator("footer .version")).to_contain_text(re.compile(r"0\.1\.0\+[0-9a-f]{7}"))
    expect(page.locator("#anchor-shown")).to_contain_text(world.anchor[:20])
    expect(page.locator("#notice-anchor-first")).to_contain_text(world.anchor)


def test_it_works_by_keyboard_alone(page: Page, world: World) -> None:
    ready(page)
    page.locator("#paste").focus()
    page.keyboard.insert_text(world.home.code())
    page.keyboard.press("Enter")
    assert said(verdict(page)) == ("VALID", "ok")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "next"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "H1"


def test_the_browsers_way_back_leads_home(page: Page) -> None:
    ready(page).locator("#gate").click()
    page.go_back()
    page.locator("#open-camera").wait_for()
    assert page.viewport_size == PHONE


FAULTS = {
    "the judge does not load": None,
    "the judge throws": "addEventListener('message', () => { throw new Error('broken'); });",
    "the judge talks nonsense": "addEventListener('message', ({ data }) =>"
    " postMessage({ id: data.id, give: null }));",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_judge_that_fails_is_never_green(
    browser: Browser, site: Site, world: World, fault: str
) -> None:
    (script,) = (
        file for file in site.dist.glob("assets/main-*.js") if b"indexedDB" in file.read_bytes()
    )
    text = FAULTS[fault]
    with visiting(browser, site, service_workers="block") as page:
        page.route(
            f"**/{script.name}",
            lambda route: (
                route.abort()
                if text is None
                else route.fulfill(body=text, content_type="text/javascript")
            ),
        )
        page.goto(site.url)
        found = paste(page, world.home.code())
        assert found.get_attribute("data-outcome") != "VALID"
        assert said(found) == ("INDETERMINATE", "internal")
