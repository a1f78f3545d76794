# SPDX-License-Identifier: Apache-2.0
"""Officials at their browsers: they sign in, fill in forms, and their own agents sign.

Every page that one of them sees is looked at once, as an office and as a telephone show it: it is
no wider than the screen, and no key of a text or of a word stands on it unsaid.
"""

import base64
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

from console import totp
from tests.agent import Person

TEMPORARY, OWN = "given by the administrator", "a password of my own"
WIDTHS = (1_280, 390)
UNSAID = re.compile(r"(?:word|field|column|error|act)\.[a-z_]+")


@dataclass
class Clerk:
    """One person, one browser, one agent."""

    browser: Browser
    url: str
    name: str
    person: Person | None = None
    agent: str = ""
    """Where the person's agent listens."""
    secret: bytes = b""
    """Of the one-time codes, once they are in use."""
    seen: set[str] = field(default_factory=set)
    """Kinds of pages that were looked at, by anybody who shares it: `/bodies/*`."""
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        context = self.browser.new_context(
            base_url=self.url,
            locale="zh-CN",
            viewport={"width": WIDTHS[0], "height": 900},
            accept_downloads=True,
        )
        context.set_default_timeout(15_000)
        self.page = context.new_page()
        self.said: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))

    # Looking ------------------------------------------------------------------------------------

    def open(self, path: str) -> str:
        """Go to an address, look at the page, and give its text."""
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.ok, (path, answer.status)
        return self.look()

    def look(self) -> str:
        """Look at the page that is shown, the first of its kind in both widths."""
        text = self.page.locator("body").inner_text()
        kind = kind_of(self.page.url)
        if kind not in self.seen:
            self.seen.add(kind)
            assert not UNSAID.findall(text), (kind, UNSAID.findall(text))
            self.measure(kind)
        return text

    def measure(self, kind: str) -> None:
        """Demand that nothing is wider than the screen."""
        for width in reversed(WIDTHS):
            self.page.set_viewport_size({"width": width, "height": 900})
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, (kind, width, wide)

    def click(self, text: str, row: str = "") -> str:
        """Click a link or button, in a row of a table, and look at the page that it leads to."""
        place = self.page.get_by_role("row", name=row) if row else self.page.locator("body")
        found = place.get_by_role("link", name=text, exact=True).or_(
            place.get_by_role("button", name=text, exact=True)
        )
        with self.page.expect_navigation():
            found.first.click()
        return self.look()

    # Coming in ----------------------------------------------------------------------------------

    def sign_in(self, password: str, at: int) -> str:
        """Sign in, with a one-time code where one is in use."""
        self.open("/sign-in")
        fields = {"name": self.name, "password": password}
        if self.secret:
            fields["totp"] = totp.code(self.secret, at)
        return self.fill("登录", **fields)

    def begin(self) -> None:
        """Come in with the temporary password, and choose one of one's own."""
        assert "当前是临时密码" in self.sign_in(TEMPORARY, 0)
        self.fill("修改密码", old=TEMPORARY, new=OWN, again=OWN)

    def enrol(self, at: int) -> None:
        """Put one-time codes to use, as the page explains it."""
        self.open("/account/totp")
        shown = self.page.locator("main code").inner_text()
        self.secret = base64.b32decode(shown.replace(" ", ""))
        assert "动态口令已启用" in self.fill("启用", totp=totp.code(self.secret, at))

    def fill(self, button: str, **fields: Any) -> str:
        """Fill a form in, and press its button."""
        for name, value in fields.items():
            place = self.page.locator(f"main [name='{name}']")
            kind = place.first.evaluate("each => each.type")
            if kind == "checkbox":
                for one in value:
                    self.page.locator(f"main [name='{name}'][value='{one}']").check()
            elif kind == "select-one":
                place.select_option(value)
            else:
                place.fill(value)
        return self.click(button)

    # Acts ---------------------------------------------------------------------------------------

    def draft(self, **fields: Any) -> str:
        """Fill the form of an act in; give the address of the draft."""
        text = self.fill("拟稿，核对原文", **fields)
        assert "拟稿已保存" in text, text
        return urlsplit(self.page.url).path

    def sign(self, draft: str = "") -> str:
        """Have one's own agent sign the draft, after it has shown the same digest."""
        assert self.person is not None
        if draft:
            self.open(draft)
        self.page.locator("#agent").fill(self.agent)
        self.page.locator("#secret").fill(self.person.secret)
        digest = self.page.locator("dt", has_text="SHA-256").locator("+ dd").inner_text()
        with self.page.expect_navigation():
            self.page.locator(".agent button").click()
        assert self.person.seen[-1].endswith(f"SHA-256 {digest}")
        return self.look()

    def state(self, *others: "Clerk", **fields: Any) -> None:
        """Draft what the open form is for, and have everybody sign it whose key it takes."""
        draft = self.draft(**fields)
        text = self.sign()
        for other in others:
            assert "还需要其他人签名" in text, text
            text = other.sign(draft)
        assert "声明已登记" in text, text

    def download(self, button: str, to: Path) -> None:
        """Press a button that gives a file."""
        with self.page.expect_download() as begun:
            self.page.get_by_role("button", name=button, exact=True).click()
        begun.value.save_as(to)
        self.seen.add(kind_of(begun.value.url))


def kind_of(url: str) -> str:
    """Tell what kind of page an address is of: what has capitals or digits is a name."""
    return re.sub(r"/[^/]*[0-9A-Z][^/]*", "/*", urlsplit(url).path)


def proven(key: dict[str, Any]) -> str:
    """Write what `skillseal registry prove` printed."""
    return json.dumps({name: key[name] for name in ("jwk", "role", "proof")})
