# SPDX-License-Identifier: Apache-2.0
"""Gate mode: code after code, whose they are, who was there twice, and nothing kept unasked."""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect

from credential import holder
from tests.credential.world import World
from tests.web.browser import device, paced, ready, said, verdict

CARD = "31019919900101123X"
OTHER_CARD = "320799198502030017"
NAME = "欧阳青禾"
TAG = holder.tag(1, CARD, NAME)
TYPE = """(texts) => { for (const text of texts) {
  for (const key of text) dispatchEvent(new KeyboardEvent('keydown', { key, code: '' }));
  dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', code: 'Enter' })); } }"""


def start(page: Page, *, demand: tuple[str, str, str] | None = None, roster: str = "") -> None:
    """Go through the settings to the gate."""
    paced(ready(page))
    page.locator("#gate").click()
    if demand:
        kind, occupation, level = demand
        page.locator("#demand-kind").select_option(kind)
        page.locator("#demand-occupation").fill(occupation)
        page.locator("#demand-level").select_option(level)
    if roster:
        page.locator("#roster").fill(roster)
        page.locator("#roster-use").click()
        expect(page.locator("#roster-status")).to_contain_text("名册已备好")
    page.locator("#gate-start").click()
    page.locator("#rows").wait_for(state="attached")


def scan(page: Page, *texts: str) -> None:
    """Have a hand scanner type, and wait until all are judged."""
    before = page.evaluate("document.querySelectorAll('#rows li').length")
    page.evaluate(TYPE, list(texts))
    page.wait_for_function(
        "(count) => document.querySelectorAll('#rows li').length >= count",
        arg=min(30, before + len(texts)),
    )


def rows(page: Page) -> list[tuple[str, bool]]:
    """Return outcome and repetition of what the list shows, newest first."""
    found = page.locator("#rows li").evaluate_all(
        "all => all.map((one) => [one.dataset.row, one.dataset.repeated !== undefined])"
    )
    return [(outcome, repeated) for outcome, repeated in found]


def numbered(world: World, serial: int, **changes: object) -> str:
    """Give the code of another certificate of the body."""
    number = f"Y000031000101263{serial:06}"
    return world.home.code(certificate_number=number, status_index=70_100 + serial, **changes)  # type: ignore[arg-type]  # members of Claims


def test_code_after_code_with_counts_and_repetitions(page: Page, world: World) -> None:
    start(page)
    scan(page, numbered(world, 1), numbered(world, 2), "https://shop.example/1", numbered(world, 1))
    assert rows(page) == [("VALID", True), ("INVALID", False), ("VALID", False), ("VALID", False)]
    expect(page.locator("#counts")).to_have_text("通过 3 · 不予认可 1 · 无法判定 0 · 重复 1")
    assert said(verdict(page)) == ("VALID", "ok")
    expect(page.locator("#verdict .notes .warn")).to_contain_text("重复")


def test_the_demand_is_asked_of_everybody_and_remembered(page: Page, world: World) -> None:
    start(page, demand=("skill_level", "砌筑工", "3"))
    scan(page, numbered(world, 1))
    assert said(verdict(page)) == ("VALID", "ok")
    scan(page, world.home.code(level="5", certificate_number="Y000031000101265000001"))
    assert said(verdict(page)) == ("INVALID", "fitness.level")
    scan(page, numbered(world, 3, occupation_code="lyg2020:60", occupation_name="焊工"))
    assert said(verdict(page)) == ("INVALID", "fitness.occupation")
    assert verdict(page).get_attribute("data-family") == "fitness"
    page.reload()
    ready(page).locator("#gate").click()
    assert page.locator("#demand-kind").input_value() == "skill_level"
    expect(page.locator("#demand-occupation")).to_have_value("砌筑工 lyg2020:39")
    assert page.locator("#demand-level").input_value() == "3"


def test_a_demand_or_region_that_is_none_is_not_started_with(page: Page) -> None:
    ready(page).locator("#gate").click()
    page.locator("#demand-kind").select_option("skill_level")
    page.locator("#demand-occupation").fill("宇航员")
    page.locator("#gate-start").click()
    expect(page.locator("#gate-form [role=alert]")).to_contain_text("目录")
    page.locator("#demand-kind").select_option("")
    page.locator("#region").fill("440000")
    page.locator("#gate-start").click()
    expect(page.locator("#gate-form [role=alert]")).to_contain_text("310000")
    page.locator("#region").fill("310115")
    page.locator("#gate-start").click()
    expect(page.locator(".gate-bar")).to_contain_text("310115")


def test_the_person_is_compared_before_or_after_the_code(page: Page, world: World) -> None:
    code = world.home.code(holder_tag=TAG)
    start(page)
    # After: typed by hand into the field.
    scan(page, code)
    page.locator(".document input").fill(CARD)
    page.locator(".document button").click()
    page.locator("[data-check=holder][data-outcome=pass]").wait_for(state="attached")
    assert said(verdict(page)) == ("VALID", "ok")
    assert len(rows(page)) == 1  # a second look at the first, not a second person
    # Before: by a card reader that types name and number; the next code is compared with it.
    page.evaluate(TYPE, [f"{NAME}\t{OTHER_CARD}"])
    expect(page.locator(".waiting")).to_contain_text("320*************17")
    assert page.locator("#verdict").count() == 0
    scan(page, code)
    assert said(verdict(page)) == ("INVALID", "holder.mismatch")
    assert rows(page)[0] == ("INVALID", True)
    expect(page.locator(".waiting")).to_be_empty()
    # The name on the card is compared as well.
    page.evaluate(TYPE, [f"赵一;{CARD}"])
    page.evaluate(TYPE, [code])
    expect(page.locator("#verdict .notes")).to_contain_text("赵一")
    everything = page.evaluate("document.documentElement.outerHTML")
    assert CARD not in everything
    assert OTHER_CARD not in everything


def test_a_reader_that_types_into_the_field_with_a_tab(page: Page, world: World) -> None:
    start(page)
    scan(page, world.home.code(holder_tag=TAG))
    page.locator(".document input").focus()
    device(page, f"{NAME}\t{CARD}", pace=70)
    page.locator("[data-check=holder][data-outcome=pass]").wait_for(state="attached")
    assert said(verdict(page)) == ("VALID", "ok")


def test_a_roster_is_computed_beforehand_and_its_numbers_go(page: Page, world: World) -> None:
    roster = f"姓名,身份证号\n{NAME},{CARD}\n{NAME},{OTHER_CARD}\n张三,310199199001011230\n,,\n李四"
    start(page, roster=roster)
    scan(page, world.home.code(holder_tag=TAG))
    assert said(verdict(page)) == ("VALID", "ok")
    expect(page.locator("#verdict .notes")).to_contain_text("在名册中")
    assert page.locator("[data-check=holder]").get_attribute("data-outcome") == "pass"
    scan(page, numbered(world, 2, holder_tag=holder.tag(1, "310199199001011205", NAME)))
    assert said(verdict(page)) == ("INVALID", "holder.mismatch")
    scan(page, numbered(world, 3, name="赵一"))
    assert said(verdict(page)) == ("VALID", "ok")
    expect(page.locator("#verdict .notes .warn")).to_contain_text("不在名册中")
    page.locator("#gate-settings").click()
    expect(page.locator("#roster-status")).to_contain_text("2 人")
    assert page.locator("#roster").input_value() == ""
    assert CARD not in page.evaluate("document.documentElement.outerHTML")


def test_a_roster_out_of_a_file_says_which_rows_it_cannot_use(page: Page) -> None:
    ready(page).locator("#gate").click()
    text = f"姓名,证件号码\r\n{NAME},{CARD}\r\n张三,1.10102E+17\r\n李四,310199199001011230\r\n"
    page.locator("#roster-file").set_input_files(
        {"name": "roster.csv", "mimeType": "text/csv", "buffer": text.encode("gb18030")}
    )
    expect(page.locator("#roster-status")).to_contain_text("1 人")
    expect(page.locator("#roster-status")).to_contain_text("第 3、4 行")


FORMULAS = ("=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "＝1", "%0A", "|x")


def test_the_export_is_safe_to_open_and_complete(page: Page, world: World, tmp_path: Path) -> None:
    start(page)
    for serial, formula in enumerate(FORMULAS):
        scan(page, numbered(world, serial + 1, occupation_name=formula, trade="=2"))
    scan(page, "https://shop.example/1")
    with page.expect_download() as waiting:
        page.locator("#export").click()
    waiting.value.save_as(tmp_path / "list.csv")
    text = (tmp_path / "list.csv").read_text("utf-8-sig")
    table = list(csv.reader(io.StringIO(text, newline="")))
    assert len(table) == 1 + len(FORMULAS) + 1
    assert all(len(row) == len(table[0]) for row in table)
    for row in table[1:]:
        assert not [cell for cell in row if cell[:1] in set("=+-@|%＝\t\r\n")]
    assert [row[5] for row in table[1:-1]] == [f"'{formula}（=2）" for formula in FORMULAS]
    assert table[1][4] == NAME
    assert table[1][7] == "Y000031000101263000001"
    assert table[-1][1:4] == ["不予认可", table[-1][2], "malformed.url"]


def test_the_printed_page_has_every_row(page: Page, world: World) -> None:
    page.evaluate("window.print = () => {}")
    start(page)
    scan(page, *(numbered(world, serial) for serial in range(1, 36)))
    expect(page.locator("#counts")).to_contain_text("通过 35")
    assert len(rows(page)) == 30
    page.locator("#print").click()
    assert page.locator("#sheet tbody tr").count() == 35
    page.emulate_media(media="print")
    assert page.locator("main").is_hidden()
    assert page.locator("#sheet").is_visible()


def test_nothing_is_kept_unless_asked(page: Page, world: World) -> None:
    start(page, roster=f"{NAME},{CARD}")
    scan(page, world.home.code(holder_tag=TAG))
    kept = page.evaluate(
        """async () => { const all = [JSON.stringify(localStorage), JSON.stringify(sessionStorage),
             document.cookie, JSON.stringify(history.state)];
           for (const { name } of await indexedDB.databases()) await new Promise((done) => {
             const opening = indexedDB.open(name);
             opening.onsuccess = () => { const [store] = opening.result.objectStoreNames;
               const all_of = opening.result.transaction(store).objectStore(store).getAllKeys();
               all_of.onsuccess = () => { all.push(name + store + all_of.result); done(); }; }; });
           return all; }"""
    )
    assert kept[-1] == "skillsealsnapshotcurrent"  # the snapshot and nothing else
    for private in (NAME, CARD, TAG, "Y000031000101263000001"):
        assert not [text for text in kept if private in text]
    page.locator("#clear").click()
    page.locator("#clear").click()
    expect(page.locator("#counts")).to_have_text("还没有记录。")
    page.reload()
    ready(page).locator("#gate").click()
    page.locator("#gate-start").click()
    expect(page.locator("#counts")).to_have_text("还没有记录。")


def test_sound_and_vibration_tell_the_outcomes_apart(page: Page, world: World) -> None:
    page.add_init_script(
        """window.felt = []; navigator.vibrate = (beats) => !!felt.push(String(beats));
           window.heard = []; const Real = OscillatorNode;
           window.OscillatorNode = class extends Real {
             constructor(context, options) { super(context, options);
               heard.push(options.frequency); } };"""
    )
    page.reload()
    start(page)
    page.locator(".document input").click()
    scan(page, numbered(world, 1), "https://shop.example/1")
    page.wait_for_function("() => felt.length === 2")
    assert len(set(page.evaluate("felt"))) == 2
    assert len(set(page.evaluate("heard"))) >= 3
    count = page.evaluate("heard.length")
    page.locator("#sound").click()
    scan(page, numbered(world, 2))
    page.wait_for_function("() => felt.length === 3")
    assert page.evaluate("heard.length") == count  # muted


def test_a_change_of_language_keeps_the_list(page: Page, world: World) -> None:
    start(page)
    scan(page, numbered(world, 1), numbered(world, 2))
    page.locator("#language").click()
    expect(page.locator("#counts")).to_have_text("2 valid · 0 refused · 0 cannot tell · 0 repeated")
    scan(page, numbered(world, 1))
    assert rows(page)[0] == ("VALID", True)


BATCH = """async ([codes, count]) => {
  const counts = document.querySelector('#counts');
  const type = (key) => dispatchEvent(new KeyboardEvent('keydown', { key, code: '' }));
  for (let at = 0; at < count; at++) {
    const told = new Promise((done) => new MutationObserver((_, watch) => {
      watch.disconnect(); done(); }).observe(counts, { childList: true }));
    for (const key of codes[at % codes.length]) type(key);
    type('Enter');
    await told;
  } }"""


@contextmanager
def working(page: Page) -> Iterator[Callable[[], float]]:
    """Give a clock of what the page's own thread has worked, whatever else the machine does."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def seconds() -> float:
        measured = session.send("Performance.getMetrics")["metrics"]
        return next(float(one["value"]) for one in measured if one["name"] == "TaskDuration")

    yield seconds
    session.detach()


def test_a_thousand_scans_do_not_slow_it_down(page: Page, world: World) -> None:
    codes = [numbered(world, serial) for serial in range(1, 11)]
    start(page)
    seconds = []
    with working(page) as seconds_so_far:
        for _ in range(10):
            begun = seconds_so_far()
            page.evaluate(BATCH, [codes, 100])
            seconds.append(seconds_so_far() - begun)
    expect(page.locator("#counts")).to_contain_text("通过 1000")
    expect(page.locator("#counts")).to_contain_text("重复 990")
    assert page.locator("#rows li").count() == 30
    # The best of some batches: collections of garbage fall where they like.
    assert min(seconds[-4:]) < 2 * min(seconds[:4])
