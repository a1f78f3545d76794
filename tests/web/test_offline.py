# SPDX-License-Identifier: Apache-2.0
"""Offline for real, and what spoils it: each ends in the last good snapshot or in "no data"."""

import json
import shutil
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from credential import holder
from tests.credential.world import AT, World
from tests.web.browser import PHONE, Site, open_page, paste, ready, said, serving, verdict
from tests.web.pictures import frame, png, symbol

CARD = "31019919900101123X"
NAME = "欧阳青禾"
DATABASE = """(change) => new Promise((done, failed) => {
  const opening = indexedDB.open('skillseal', 1);
  opening.onerror = () => failed(opening.error);
  opening.onsuccess = () => {
    const store = opening.result.transaction('snapshot', 'readwrite').objectStore('snapshot');
    const reading = store.get('current');
    reading.onsuccess = () => {
      const kept = reading.result;
      const put = (bytes) => store.put({ ...kept, bytes }, 'current');
      const text = new TextDecoder().decode(kept.bytes);
      if (change.bytes) put(Uint8Array.from(atob(change.bytes), (one) => one.charCodeAt(0)));
      if (change.from) put(new TextEncoder().encode(text.replace(change.from, change.to)));
      if (change.record) store.put(change.record, 'current');
    };
    store.transaction.oncomplete = () => { opening.result.close(); done(); };
  };
})"""


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """Hold a phone's storage; pages come and go."""
    context = browser.new_context(viewport=PHONE)
    yield context
    context.close()


@pytest.fixture
def bare_phone(browser: Browser) -> Iterator[BrowserContext]:
    """The same without a copy of the page itself, where only the data matters."""
    context = browser.new_context(viewport=PHONE, service_workers="block")
    yield context
    context.close()


def silence(site: Site) -> None:
    """Leave the page and take away all data, as if the registry were gone."""
    for path in [path for path in site.files if path != "/anchor.json"]:
        del site.files[path]


@pytest.fixture
def host(dist: Path, world: World) -> Site:
    """A site that is not yet served."""
    made = Site(dist)
    made.publish(world)
    return made


def loaded(page: Page) -> Page:
    """Wait until the page is kept for offline use."""
    ready(page)
    page.locator("footer:has-text('已可离线使用')").wait_for()
    return page


def again(page: Page) -> None:
    """Go back to the first screen."""
    page.locator("#next").click()


def port_of(site: Site) -> int:
    return urlsplit(site.url).port or 0


def test_a_page_loaded_once_verifies_with_the_server_gone(
    phone: BrowserContext, host: Site, world: World
) -> None:
    world.home.statuses["1"][70_050] = 1
    host.publish(world)
    with serving(host):
        loaded(open_page(phone, host)).close()
    fresh = world.home.code(holder_tag=holder.tag(1, CARD, NAME))  # made after the page was loaded
    page = ready(open_page(phone, host, f"/v#{fresh.partition('#')[2]}"))
    assert said(verdict(page)) == ("VALID", "ok")
    page.locator(".holder-check summary").click()
    page.locator(".holder-check input").fill(CARD)
    page.locator(".holder-check button").click()
    page.locator("[data-check=holder][data-outcome=pass]").wait_for(state="attached")
    assert said(verdict(page)) == ("VALID", "ok")
    again(page)
    assert said(paste(page, world.home.code(status_index=70_050))) == ("INVALID", "status.revoked")
    page.reload()
    assert said(paste(ready(page), world.peer.code())) == ("VALID", "ok")


def test_the_code_reader_works_offline_too(phone: BrowserContext, host: Site, world: World) -> None:
    with serving(host):
        loaded(open_page(phone, host)).close()
    page = ready(open_page(phone, host))
    photo = png(frame(symbol(world.home.code())))
    page.locator("#picture").set_input_files(
        {"name": "p.png", "mimeType": "image/png", "buffer": photo}
    )
    assert said(verdict(page)) == ("VALID", "ok")


def test_a_refresh_loads_only_what_changed(phone: BrowserContext, host: Site, world: World) -> None:
    with serving(host):
        page = loaded(open_page(phone, host))
        first = [path for path in host.asked if path.startswith("/parts/")]
        assert len(first) == len(set(first))
        before = world.home.texts()
        world.home.next()
        host.publish(world)
        host.asked.clear()
        assert refreshed(page) == "数据已更新。"
        later = [path for path in host.asked if path.startswith("/parts/")]
        assert 0 < len(later) < len(first)
        catalogue = sha256(before.catalogues[0].encode()).hexdigest()
        assert f"/parts/{catalogue}" not in later
        assert refreshed(page) == "数据已是最新。"


def refreshed(page: Page) -> str:
    """Refresh by hand and return what the page says of it."""
    if page.locator("#data-status").count() == 0:
        page.locator("#data").click()
    page.locator("#data-status").evaluate("one => { one.textContent = '' }")
    page.locator("#refresh-now").click()
    expect(page.locator("#data-status")).not_to_be_empty()
    return page.locator("#data-status").inner_text()


def test_a_static_host_with_one_file_is_enough(
    phone: BrowserContext, host: Site, world: World
) -> None:
    host.publish(world, whole=True)
    with serving(host):
        page = ready(open_page(phone, host))
        assert said(paste(page, world.home.code())) == ("VALID", "ok")
    assert "/snapshot.json" in host.asked


@pytest.mark.parametrize("spoilt", ["older", "other", "half", "forged", "foreign"])
def test_bad_news_leaves_the_old_in_force(
    bare_phone: BrowserContext, host: Site, world: World, spoilt: str
) -> None:
    world.home.next()
    host.publish(world)
    with serving(host):
        page = ready(open_page(bare_phone, host))
        match spoilt:
            case "older":
                host.publish(World())
                code = "snapshot.rollback"
            case "other":
                world.home.statuses["1"][70_031] = 1  # the same sequence says something else
                host.publish(world)
                code = "snapshot.conflict"
            case "half":
                world.home.next()
                host.publish(world)
                host.broken = {path for path in host.files if path.startswith("/parts/")}
                code = "fetch.unavailable"
            case "forged":
                world.home.next()
                world.home.signers["list"] = world.home.key("status")
                host.publish(world)
                code = "snapshot.signature"
            case _:
                stranger = World()
                stranger.home.set_root(version=9)
                stranger.home.next(7_200)
                host.publish(stranger)
                host.files["/anchor.json"] = json.dumps({"anchor": world.anchor}).encode()
                code = "snapshot."
        assert code in refreshed(page), spoilt
        page.locator("#home").click()
        assert said(paste(page, world.home.code())) == ("VALID", "ok")
        page.close()
        host.broken.clear()
        silence(host)
        kept = ready(open_page(bare_phone, host))
        assert said(paste(kept, world.home.code())) == ("VALID", "ok")


@pytest.mark.parametrize("edit", ["flipped", "stranger", "rubbish", "revived"])
def test_an_edited_record_is_not_used(
    bare_phone: BrowserContext, host: Site, world: World, edit: str
) -> None:
    world.home.statuses["1"][70_031] = 1
    host.publish(world)
    stranger = World()
    stranger.home.set_root(version=2)
    with serving(host):
        page = ready(open_page(bare_phone, host))
        signature = world.home.texts().trust_list.rpartition(".")[2]
        clean = World().home.texts().status_lists["https://jy.sh310.example/status/1"]
        spoilt = world.home.texts().status_lists["https://jy.sh310.example/status/1"]
        changes: dict[str, dict[str, object]] = {
            "flipped": {"from": signature, "to": "A" * len(signature)},
            "stranger": {"bytes": b64encode(stranger.data()).decode()},
            "rubbish": {"record": {"bytes": "green", "sequence": 1}},
            "revived": {"from": spoilt, "to": clean},  # a list of before the revocation
        }
        page.evaluate(DATABASE, changes[edit])
        page.close()
        silence(host)
        page = open_page(bare_phone, host)
        page.locator("footer:has-text('没有核验数据')").wait_for()
        found = paste(page, world.home.code())
        assert found.get_attribute("data-outcome") == "INDETERMINATE"
        expect(found).to_contain_text("本机还没有核验数据")
        assert page.locator("#notice-kept-bad").count() == (0 if edit == "rubbish" else 1)
        # The file from a stick makes it whole again, without a network.
        again(page)
        page.locator("#data").click()
        page.locator("#snapshot-file").set_input_files(
            {"name": "s.json", "mimeType": "application/json", "buffer": world.data()}
        )
        expect(page.locator("#data-status")).to_contain_text("已更新")
        page.locator("#home").click()
        assert said(paste(page, world.home.code())) == ("INVALID", "status.revoked")


def test_a_remembered_anchor_that_was_edited_believes_nothing(
    bare_phone: BrowserContext, host: Site, world: World
) -> None:
    with serving(host):
        page = ready(open_page(bare_phone, host))
        page.evaluate("localStorage.setItem('skillseal.anchor', '310000:' + 'a'.repeat(64))")
        page.close()
        silence(host)
        page = open_page(bare_phone, host)
        page.locator("footer:has-text('没有核验数据')").wait_for()
        assert paste(page, world.home.code()).get_attribute("data-outcome") == "INDETERMINATE"


def test_another_anchor_beside_the_page_changes_nothing_unasked(
    phone: BrowserContext, host: Site, world: World
) -> None:
    with serving(host):
        loaded(open_page(phone, host)).close()
        stranger = World()
        stranger.home.set_root(expires=stranger.home.root.expires + 1)
        host.publish(stranger)
        page = ready(open_page(phone, host))
        page.locator("#notice-anchor-changed").wait_for()
        for anchor in (world.anchor, stranger.anchor):
            expect(page.locator("#notice-anchor-changed")).to_contain_text(anchor)
        expect(page.locator("#anchor-shown")).to_contain_text(world.anchor[:20])
        page.locator("#anchor-keep").click()
        assert said(paste(page, world.home.code())) == ("VALID", "ok")
        page.reload()
        page.locator("#anchor-accept").click()
        expect(page.locator("#anchor-shown")).to_contain_text(stranger.anchor[:20])
        assert page.evaluate("localStorage.getItem('skillseal.anchor')") == stranger.anchor


@pytest.mark.parametrize(
    ("at", "outcome", "reason"),
    [
        (AT - 86_400, "INDETERMINATE", "freshness.clock"),
        (AT - 3_500, "VALID", "ok"),
        (AT + 8 * 86_400, "INDETERMINATE", "freshness.expired"),
        (AT + 40 * 365 * 86_400, "INDETERMINATE", "freshness.expired"),
    ],
)
def test_a_clock_that_was_set_is_never_green(
    phone: BrowserContext, host: Site, world: World, at: int, outcome: str, reason: str
) -> None:
    with serving(host):
        loaded(open_page(phone, host)).close()
    page = open_page(phone, host, at=at)
    assert said(paste(page, world.home.code())) == (outcome, reason)


def test_a_full_store_says_so_and_judges_by_what_it_checked(
    phone: BrowserContext, host: Site, world: World
) -> None:
    with serving(host):
        page = open_page(phone, host)
        session = phone.new_cdp_session(page)
        session.send("Storage.clearDataForOrigin", {"origin": host.url, "storageTypes": "all"})
        session.send("Storage.overrideQuotaForOrigin", {"origin": host.url, "quotaSize": 4096})
        page.reload()
        page.locator("#notice-not-kept").wait_for()
        assert said(paste(page, world.home.code())) == ("VALID", "ok")
        for path in ("/head.json", "/snapshot.json", "/anchor.json"):
            host.files.pop(path, None)
        page.reload()
        assert paste(page, world.home.code()).get_attribute("data-outcome") == "INDETERMINATE"


def test_a_tab_killed_half_way_through_leaves_the_old(
    phone: BrowserContext, host: Site, world: World
) -> None:
    with serving(host):
        page = loaded(open_page(phone, host))
        world.home.next()
        world.home.statuses["1"][70_031] = 1
        host.publish(world)
        host.broken = {path for path in host.files if path.startswith("/parts/")}
        page.locator("#data").click()
        page.locator("#refresh-now").click()
        page.close()
        host.broken.clear()
        for path in [path for path in host.files if path != "/anchor.json"]:
            del host.files[path]
        page = ready(open_page(phone, host))
        assert said(paste(page, world.home.code())) == ("VALID", "ok")


POISON = """async () => {
  const poison = (type) => new Response('document.title = "poisoned"',
    { headers: { 'content-type': type } });
  for (const name of await caches.keys()) { const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const path = new URL(request.url).pathname;
      if (path === '/' || path.endsWith('.js')) {
        await cache.put(request, poison(path === '/' ? 'text/html' : 'text/javascript')); } } }
}"""


def test_a_poisoned_cache_is_never_served(phone: BrowserContext, host: Site, world: World) -> None:
    with serving(host):
        page = loaded(open_page(phone, host))
        page.evaluate(POISON)
        page.close()
    page = phone.new_page()
    page.goto(host.url)
    assert "被改动过" in page.locator("body").inner_text()
    assert page.title() != "poisoned"
    with serving(host, port_of(host)):
        page.close()
        page = ready(open_page(phone, host))  # whole again
        assert said(paste(page, world.home.code())) == ("VALID", "ok")


def next_version(dist: Path, folder: Path, *, whole: bool = True) -> Path:
    """Copy the page with another icon, as a next version would be; or with half of it."""
    made = folder / "next"
    shutil.copytree(dist, made)
    icon, script = made / "icon.svg", made / "sw.js"
    old = b64encode(sha256(icon.read_bytes()).digest()).decode()
    page_hash = b64encode(sha256((made / "index.html").read_bytes()).digest()).decode()
    icon.write_bytes(icon.read_bytes() + b"\n")
    index = made / "index.html"
    index.write_bytes(index.read_bytes() + b"<!-- next -->\n")
    text = script.read_text("utf-8")
    text = text.replace(old, b64encode(sha256(icon.read_bytes()).digest()).decode())
    text = text.replace(page_hash, b64encode(sha256(index.read_bytes()).digest()).decode())
    script.write_text(text, "utf-8")
    if not whole:
        icon.write_bytes(b"half of it")
    return made


def test_a_new_version_waits_to_be_asked_for(
    phone: BrowserContext, host: Site, world: World, dist: Path, tmp_path: Path
) -> None:
    with serving(host):
        page = loaded(open_page(phone, host))
        host.dist = next_version(dist, tmp_path)
        page.evaluate("navigator.serviceWorker.ready.then((one) => one.update())")
        page.locator("#update-now").wait_for()
        assert said(paste(page, world.home.code())) == ("VALID", "ok")  # nothing has moved
        assert len(page.evaluate("caches.keys()")) == 2
        with page.expect_navigation():
            page.locator("#update-now").click()
        ready(page)
        assert "<!-- next -->" in page.evaluate("fetch('/').then((one) => one.text())")
        page.wait_for_function("() => caches.keys().then((names) => names.length === 1)")


def test_half_a_new_version_is_no_version(
    phone: BrowserContext, host: Site, world: World, dist: Path, tmp_path: Path
) -> None:
    with serving(host):
        page = loaded(open_page(phone, host))
        host.dist = next_version(dist, tmp_path, whole=False)
        state = page.evaluate(
            """() => new Promise((done) => navigator.serviceWorker.ready.then(async (one) => {
                 one.addEventListener('updatefound', () => { const next = one.installing;
                   next.addEventListener('statechange', () => done(next.state)); });
                 await one.update(); }))"""
        )
        assert state == "redundant"
        assert page.locator("#notice-update").count() == 0
        page.reload()
        assert said(paste(ready(page), world.home.code())) == ("VALID", "ok")
        assert "<!-- next -->" not in page.content()


def test_nothing_but_the_page_is_kept(phone: BrowserContext, host: Site, world: World) -> None:
    with serving(host):
        page = loaded(open_page(phone, host))
        paste(page, world.home.code())
        kept = page.evaluate(
            """async () => { const all = []; for (const name of await caches.keys())
               for (const one of await (await caches.open(name)).keys()) all.push(one.url);
               return all.map((url) => new URL(url).pathname); }"""
        )
        assert kept
        assert [path for path in kept if path.endswith(".json") or "/parts/" in path] == []
        everything = json.dumps(page.evaluate("({...localStorage})"), ensure_ascii=False)
        assert NAME not in everything
        assert world.home.code()[40:80] not in everything


def test_in_wechat_the_code_is_judged_and_the_way_out_is_shown(
    browser: Browser, host: Site, world: World
) -> None:
    agent = "Mozilla/5.0 (Linux; Android 14) Chrome/120 Mobile Safari/537.36 MicroMessenger/8.0.50"
    context = browser.new_context(viewport=PHONE, user_agent=agent, service_workers="block")
    with serving(host):
        digits = world.home.code().partition("#")[2]
        page = open_page(context, host, f"/v#{digits}")
        assert said(verdict(page)) == ("VALID", "ok")
        expect(page.locator("#notices")).to_contain_text("在浏览器打开")
    context.close()


def test_on_plain_http_from_another_device_the_page_says_what_is_missing(
    browser: Browser, host: Site, world: World
) -> None:
    context = browser.new_context(viewport=PHONE)
    context.add_init_script(
        "Object.defineProperty(window, 'isSecureContext', { value: false });"
        "Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined });"
    )
    with serving(host):
        page = open_page(context, host)
        expect(page.locator("#notices")).to_contain_text("https")
    context.close()
