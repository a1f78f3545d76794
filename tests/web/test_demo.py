# SPDX-License-Identifier: Apache-2.0
"""The page judges every case of the demo as the demo says that it must."""

import json
import subprocess
import sys
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.web.browser import Site, device, paste, said, serving, verdict, visiting

ROOT = Path(__file__).parents[2]


@pytest.mark.long
def test_every_case_of_the_demo(browser: Browser, dist: Path, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    command = Path(sys.executable).with_name("skillseal")
    subprocess.run(
        [command, "demo", "--no-serve", "--dir", folder, "--certificates", "60"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    groups: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for line in (folder / "certificates.jsonl").read_text("utf-8").splitlines():
        case = json.loads(line)
        usual = ("", "snapshot.json", (folder / "anchor.txt").read_text("utf-8").strip())
        names = ("at", "snapshot", "anchor")
        at, snapshot, anchor = (case.get(n, u) for n, u in zip(names, usual, strict=True))
        groups[at, snapshot, anchor].append(case)
    assert len(groups) > 3
    wrong = []
    for (at, snapshot, anchor), cases in groups.items():
        site = Site(dist)
        site.files["/snapshot.json"] = (folder / snapshot).read_bytes()
        site.files["/anchor.json"] = json.dumps({"anchor": anchor}).encode()
        moment = datetime.fromisoformat(at) if at else datetime.now(UTC)
        with (
            serving(site),
            visiting(browser, site, at=int(moment.timestamp()), service_workers="block") as page,
        ):
            for case in cases:
                text = (folder / "qr" / case["qr"]).read_text("utf-8")
                judged = _judge(page, text, case)
                if judged != (case["outcome"], case["reason"]):
                    wrong.append((case, judged))
    assert wrong == []


def _judge(page: Page, text: str, case: dict[str, Any]) -> tuple[str | None, str | None]:
    setting = "([name, value]) => localStorage.setItem('skillseal.' + name, value)"
    page.evaluate(setting, ["region", case["region"]])
    if "demand" in case:
        page.evaluate(setting, ["demand", case["demand"]])
        page.locator("#gate").click()
        page.locator("#occupations option").first.wait_for(state="attached")
        page.locator("#gate-start").click()
        device(page, text.strip())
        found = said(verdict(page))
        page.locator("#clear").click()
        page.locator("#clear").click()
        page.locator("#gate-settings").click()
        page.locator("#home").click()
        page.locator("#open-camera").wait_for()
        return found
    shown = paste(page, text)
    if "id_number" in case and shown.locator(".holder-check").count():
        page.locator(".holder-check summary").click()
        page.locator(".holder-check input").fill(case["id_number"])
        page.locator(".holder-check button").click()
        page.locator("[data-check=holder]:not([data-outcome=not_asked])").wait_for(state="attached")
    found = said(verdict(page))
    page.locator("#next").click()
    return found
