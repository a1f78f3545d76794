# SPDX-License-Identifier: Apache-2.0
"""The screen says what the verifier in Python says, and says it so that nobody mistakes it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from credential import holder
from credential.snapshot import Snapshot
from tests.credential.world import AT, ISSUED, World
from tests.web.browser import PHONE, Site, paste, ready, said, verdict, visiting
from verifier import verify

CARD = "31019919900101123X"
OTHER_CARD = "320799198502030017"
NAME = "欧阳青禾"


def with_status(world: World, status: int) -> str:
    index = 70_090 + status
    world.home.statuses["1"][index] = status
    return world.home.code(status_index=index)


def another_level(world: World) -> str:
    number = "Y000032000101261000001"
    body = world.peer.body
    assert body.filings
    return world.peer.code(level="1", certificate_number=number)


def without_agreement(world: World) -> str:
    world.home.set_list(recognitions=())
    return world.peer.code()


def unknown_host(world: World) -> str:
    world.with_peer = False
    return world.peer.code()


def suspended_since(world: World) -> str:
    standing = world.home.body.standing[0]._replace(start=ISSUED + 600, state="suspended")
    world.home.set_body(standing=(*world.home.body.standing, standing))
    return world.home.code()


CASES: dict[str, tuple[Callable[[World], str], str, str]] = {
    "valid": (lambda world: world.home.code(), "valid", "ok"),
    "peer": (lambda world: world.peer.code(), "valid", "ok"),
    "since": (suspended_since, "valid", "ok"),
    "revoked": (lambda world: with_status(world, 1), "revoked", "status.revoked"),
    "suspended": (lambda world: with_status(world, 2), "suspended", "status.suspended"),
    "superseded": (lambda world: with_status(world, 3), "superseded", "status.superseded"),
    "scope": (
        lambda world: world.home.code(kind="specialised_skill", level=None),
        "scope",
        "scope.kind",
    ),
    "nowhere": (without_agreement, "recognition", "recognition.none"),
    "level": (another_level, "recognition", "recognition.level"),
    "key": (
        lambda world: world.home.code(key=world.home.key("certificate", "/nobody")),
        "forged",
        "key.unknown",
    ),
    "number": (
        lambda world: world.home.code(certificate_number="Y000031000101261000009"),
        "forged",
        "number.inconsistent",
    ),
    "host": (unknown_host, "unknown", "issuer.unknown"),
    "damaged": (lambda world: world.home.code()[:-3], "damaged", "malformed.carrier"),
    "foreign": (lambda _: "https://shop.example/1", "foreign", "malformed.url"),
    "missing": (lambda world: world.home.text_form(None), "forged", "receipt.missing"),
    "new": (
        lambda world: world.home.code(t=AT + 900),
        "unknown",
        "freshness.clock",
    ),
}


ALONE = ("nowhere", "host", "since")
"""Cases that change what is true for the others."""


@pytest.mark.parametrize(
    "cases", [[case] for case in ALONE] + [[case for case in CASES if case not in ALONE]]
)
def test_the_screen_agrees_with_python_on_every_check(
    browser: Browser, site: Site, world: World, cases: list[str]
) -> None:
    texts = {case: CASES[case][0](world) for case in cases}
    site.publish(world)
    snapshot = world.snapshot()
    with visiting(browser, site, service_workers="block") as page:
        ready(page)
        for case, text in texts.items():
            _agree(page, text, snapshot, *CASES[case][1:])
            page.locator("#next").click()


def _agree(page: Page, text: str, snapshot: Snapshot, family: str, reason: str) -> None:
    found = paste(page, text)
    at = datetime.fromtimestamp(AT, UTC)
    expected = verify(text, snapshot, at=at, region="310000")
    assert said(found) == (expected.outcome.value, expected.reason)
    assert expected.reason == reason
    assert found.get_attribute("data-family") == family
    rows = found.locator("[data-check]").evaluate_all(
        "all => all.map((one) => [one.dataset.check, one.dataset.outcome, one.dataset.reason])"
    )
    assert rows == [[one.name, one.outcome, one.reason or ""] for one in expected.checks]
    shown = found.locator("[data-claim] dd").all_inner_texts()
    claims = expected.certificate
    assert bool(shown) == (claims is not None)
    if claims is not None:
        assert shown[0] == claims["name"]
        assert claims["evaluated_on"] in shown
        assert expected.issuer is not None
        assert expected.issuer.name in shown


def test_the_families_look_different(browser: Browser, site: Site, world: World) -> None:
    texts = [with_status(world, 1)]
    world.home.statuses["1"].update({70_098: 2, 70_097: 3})
    tag = holder.tag(1, CARD, NAME)
    texts += [world.home.code(status_index=70_098), world.home.code(status_index=70_097)]
    texts += [world.home.code(kind="specialised_skill", level=None), world.home.code()]
    texts += [another_level(world), "https://shop.example/1", world.home.code()[:-3]]
    texts += [world.home.text_form(None), world.home.code(t=AT + 900)]
    site.publish(world)
    looks = []
    with visiting(browser, site, service_workers="block") as page:
        ready(page)
        for text in texts:
            looks.append(look(page, paste(page, text).get_attribute("data-family")))
            page.locator("#next").click()
        paste(page, world.home.code(holder_tag=tag))
        compare(page, OTHER_CARD)
        looks.append(look(page, "holder"))
    for part in ("icon", "colour", "title"):
        values = [one[part] for one in looks]
        assert len(set(values)) == len(values), part
    unsettled = next(one for one in looks if one["family"] == "unknown")
    assert unsettled["ink"] == "rgb(0, 0, 0)"  # dark on yellow where all others are light on dark
    assert [one["ink"] for one in looks].count("rgb(0, 0, 0)") == 1


def look(page: Page, family: str | None) -> dict[str, str]:
    """Return what tells this verdict from others at a glance."""
    seen: dict[str, str] = page.evaluate(
        """() => { const one = document.querySelector('#verdict .banner');
          const style = getComputedStyle(one);
          return { icon: one.querySelector('svg').innerHTML,
                   colour: style.backgroundImage + style.backgroundColor, ink: style.color,
                   title: one.querySelector('.title').textContent }; }"""
    )
    return {**seen, "family": family or ""}


def compare(page: Page, number: str) -> None:
    page.locator(".holder-check summary").click()
    page.locator(".holder-check input").fill(number)
    page.locator(".holder-check button").click()
    page.locator("#verdict [data-check=holder]:not([data-outcome=not_asked])").wait_for(
        state="attached"
    )


def test_an_identity_number_is_compared_and_masked(page: Page, world: World) -> None:
    text = world.home.code(holder_tag=holder.tag(1, CARD, NAME))
    assert said(paste(ready(page), text)) == ("VALID", "ok")
    compare(page, OTHER_CARD)
    assert said(verdict(page)) == ("INVALID", "holder.mismatch")
    assert verdict(page).get_attribute("data-family") == "holder"
    compare(page, "310199199001011230")
    assert said(verdict(page)) == ("INVALID", "holder.malformed")
    assert page.locator(".holder-check").get_attribute("open") is not None  # to type it again
    page.locator(".holder-check input").fill(CARD)
    page.locator(".holder-check button").click()
    expect(page.locator("#verdict")).to_have_attribute("data-reason", "ok")
    everything = page.evaluate("document.documentElement.outerHTML + JSON.stringify(localStorage)")
    for number in (CARD, OTHER_CARD, CARD[6:14]):
        assert number not in everything
    assert "310*************3X" in page.locator("#verdict").inner_text()


def test_a_certificate_without_a_tag_cannot_be_matched(page: Page, world: World) -> None:
    paste(ready(page), world.home.code(holder_tag=None))
    compare(page, CARD)
    assert said(verdict(page)) == ("INDETERMINATE", "holder.absent")


def test_the_signed_claims_are_larger_than_anything_else(page: Page, world: World) -> None:
    paste(ready(page), world.home.code())
    sizes: dict[str, list[float]] = page.evaluate(
        """() => { const size = (one) => parseFloat(getComputedStyle(one).fontSize);
          const all = (of) =>
            [...document.querySelectorAll(of)].filter((one) => one.checkVisibility());
          return { claims: all('#verdict [data-claim] dd').map(size),
            rest: all('body *:not([data-claim] dd):not(.watermark)').map(size) }; }"""
    )
    assert len(sizes["claims"]) == 5
    assert min(sizes["claims"]) > max(sizes["rest"])
    assert sizes["claims"][0] == max(sizes["claims"])  # the name
    # … and the word, who, and what to do stand on a phone's first screen.
    for part in ("#verdict-word", "[data-claim=name]", ".next"):
        box = page.locator(f"#verdict {part}").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= PHONE["height"], part


def test_claim_texts_are_texts(page: Page, site: Site, world: World) -> None:
    payloads = (
        "<img src=x onerror=alert(1)>",
        "<script>alert(1)</script>",
        "{{7*7}}${7*7}",
        "=HYPERLINK(1)",
        "&lt;b&gt;",
        "' onclick='alert(1)",
    )
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    ready(page)
    for payload in payloads:
        text = world.home.code(occupation_name=payload)
        assert said(paste(page, text)) == ("VALID", "ok"), payload
        assert page.locator("[data-claim=occupation] dd").inner_text() == payload
        assert page.locator("#verdict :is(img, script, b, a)").count() == 0
        page.locator("#next").click()
    assert dialogs == []


def test_one_tap_changes_the_language_and_keeps_the_verdict(page: Page, world: World) -> None:
    paste(ready(page), world.home.code())
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert "有效" in page.locator("#verdict").inner_text()
    page.locator("#language").click()
    assert said(verdict(page)) == ("VALID", "ok")
    assert page.locator("html").get_attribute("lang") == "en"
    shown = page.locator("main").inner_text()
    assert "VALID" in shown
    assert (
        re.search("[\u4e00-\u9fff]", re.sub(f"{NAME}|砌筑工|沪苏试验评价有限公司", "", shown))
        is None
    )
    page.reload()
    assert "Scan" in page.locator("h1").inner_text()  # remembered


def test_a_verdict_is_announced(page: Page, world: World) -> None:
    paste(ready(page), world.home.code())
    live = page.locator("[aria-live=assertive]")
    for part in ("测试环境", "有效", NAME, "砌筑工", "三级/高级工", "核对本人"):
        expect(live).to_contain_text(part)
    assert page.evaluate("document.activeElement.id") == "verdict"


def test_an_environment_that_is_not_production_is_written_across(
    browser: Browser, site: Site, world: World
) -> None:
    for environment, word in (("demo", "演示环境"), ("production", None)):
        made = World()
        made.peer.set_root(environment=environment)
        made.name_peer()
        made.home.set_root(environment=environment)
        site.publish(made)
        with visiting(browser, site, service_workers="block") as page:
            assert said(paste(ready(page), made.home.code())) == ("VALID", "ok")
            assert page.locator(".environment").count() == (1 if word else 0)
            if word:
                expect(page.locator(".environment")).to_contain_text(word)
                box = page.locator(".watermark").bounding_box()
                assert box is not None
                assert box["width"] >= PHONE["width"]


def test_a_body_that_has_since_lost_its_standing_is_named(
    browser: Browser, site: Site, world: World
) -> None:
    code = suspended_since(world)
    site.publish(world)
    with visiting(browser, site, service_workers="block") as page:
        assert said(paste(ready(page), code)) == ("VALID", "ok")
        expect(page.locator("#verdict .notes")).to_contain_text("已暂停评价")


@pytest.mark.parametrize("days", [0, 2, 8])
def test_the_age_of_the_knowledge_is_always_on_the_screen(
    browser: Browser, site: Site, world: World, days: int
) -> None:
    expected = {
        0: ("VALID", "ok", "1 小时前"),
        2: ("VALID", "freshness.stale", "2 天前"),
        8: ("INDETERMINATE", "freshness.expired", "8 天前"),
    }[days]
    with visiting(browser, site, at=AT + days * 86_400, service_workers="block") as page:
        expect(page.locator("#age")).to_contain_text(expected[2])
        assert said(paste(page, world.home.code())) == expected[:2]
        expect(page.locator("#verdict .knowledge")).to_contain_text(expected[2])
        assert page.locator("#verdict.old").count() == (1 if days == 2 else 0)
        if days:
            # What would settle it is one tap away.
            world.home.next(days * 86_400)
            site.publish(world)
            page.locator("#recheck").click()
            expect(page.locator("#verdict")).to_have_attribute("data-reason", "ok")


def test_all_text_may_be_twice_as_large(page: Page, world: World) -> None:
    paste(ready(page), world.home.code())
    for summary in page.locator("#verdict summary").all():
        summary.click()
    page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    cut = page.evaluate(
        """() => [...document.querySelectorAll(
          '#verdict :is(h1, p, dd, dt, span, button, summary)')]
          .filter((one) => !one.closest('.watermark') && (one.scrollWidth > one.clientWidth + 1)
             && getComputedStyle(one).display !== 'inline').map((one) => one.textContent)"""
    )
    assert cut == []
