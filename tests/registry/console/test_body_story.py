# SPDX-License-Identifier: Apache-2.0
"""The story of one body (docs/walk-through.md) through the console's pages, in a real browser.

It applies, is filed for three occupations up to level 3, files its plan, standard and batch,
issues, is refused at level 2, and is suspended; what it issued before stays good, and nothing comes
after. Everything that is an authority's is done on pages, by officials whose own agents sign; the
body works at its desk, and publishing is the operator's. Only the clocks are the test's.
"""

import json
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser

from credential.snapshot import Snapshot
from keys import key_file
from tests import forked, ports
from tests.agent import Person
from tests.registry.console.clerks import OWN, TEMPORARY, Clerk, proven
from tests.skillseal.office_story import (
    BODY,
    BUREAU,
    DAY,
    GRANTS,
    HOST,
    NAMED,
    OCCUPATIONS,
    OFFERS,
    PASSPHRASE,
    Story,
)

WALK_THROUGH = Path(__file__).parents[3] / "docs" / "walk-through.md"
SECOND = "# 同样的全过程（监管控制台）"
CODE = BODY.rpartition("/")[2]
LEVELS = ["5", "4", "3"]
NAME = "示例建设技能评价中心"
NOTICE = "因评价过程弄虚作假暂停评价工作"
PEOPLE = {
    "lu.zhiyuan": ("陆知远", "lead", "official-1"),
    "shen.yanqiu": ("沈砚秋", "lead", "official-2"),
    "he.jianping": ("何建平", "official", "bureau-statement"),
}
"""By account: name, role, and whose key it is."""


@contextmanager
def running(story: Story, *words: object) -> Iterator[forked.Process]:
    """A command of the registry as a process whose clock is the story's."""
    typed = ["registry", *map(str, words), "--settings", str(story.file("registry.toml"))]
    clocked = ["-m", "tests.skillseal.clocked", story.clock, *typed]
    with (
        story.file(f"{words[0]}.log").open("wb") as log,
        forked.Process(clocked, stderr=log) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)


@pytest.fixture
def story(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Story]:
    """A region as founded, with its registry running."""
    made = Story(tmp_path, capsys)
    monkeypatch.setattr(time, "time", lambda: float(made.now))
    monkeypatch.setenv("SKILLSEAL_PASSPHRASE_FILE", str(made.file("passphrase")))
    receipt = ["--receipt-key", made.file("epoch-1.pem")]
    made.port = ports.free()
    with running(made, "serve", "--port", made.port, *receipt):
        reachable(made.port, "/healthz")
        made.appoint()
        yield made


@pytest.fixture
def clerks(story: Story, browser: Browser) -> Iterator[dict[str, Clerk]]:
    """Everybody at their browsers, with accounts that an administrator made on pages."""
    port = ports.free()
    url = f"http://127.0.0.1:{port}"
    with running(story, "console", "--port", port) as process, ExitStack() as agents:
        lines = [process.stdout.readline() for _ in range(2)]
        code = re.search(r"set-up code: (\d+)", "".join(lines))
        assert code
        reachable(port, "/public")
        seen: set[str] = set()
        root = Clerk(browser, url, "root.admin", seen=seen)
        root.open("/")
        first = {"code": code[1], "name": root.name, "display": "系统管理员", "password": OWN}
        root.fill("建立账号", **first)
        found = {}
        for name, (display, role, owner) in PEOPLE.items():
            root.open("/accounts")
            root.fill("建立账号", name=name, display=display, roles=[role], password=TEMPORARY)
            key = key_file.load(story.file(f"{owner}.pem"), PASSPHRASE, "statement")
            person = Person(key, [url])
            agent = agents.enter_context(person.listening())
            found[name] = Clerk(browser, url, name, person, agent, seen=seen)
        root.open("/parties")
        root.fill("保存", party=BUREAU)
        for clerk in found.values():
            clerk.begin()
        found["shen.yanqiu"].enrol(story.now)
        yield found
        for clerk in (root, *found.values()):
            assert clerk.said == []  # the policy was not violated
            clerk.page.context.close()


def reachable(port: int, path: str) -> None:
    """Return when somebody answers."""
    transport = httpx2.HTTPTransport(retries=20)
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", transport=transport) as client:
        assert client.get(path).status_code == 200


def enter(lu: Clerk, shen: Clerk, story: Story) -> None:
    """The body is entered with its keys, and where it may issue to."""
    lu.open("/directories/bodies")
    lu.click("新增：登记评价机构")
    entered = {"name": NAME, "prefix": "Y000031000101", "region": "310115"}
    lu.state(subject=CODE, document="沪建登〔2026〕1号", **entered)
    for key in story.keys_of("body", BODY, "certificate", "statement", "submit"):
        lu.open(f"/bodies/{CODE}")
        lu.click("登记密钥")
        lu.state(shen, proven=proven(key), to="2027-05-01")
    lu.open(f"/bodies/{CODE}")
    lu.click("划拨状态索引")
    lu.state(list="1", first="4096", count="4096")
    lu.open(f"/bodies/{CODE}")
    lu.click("机构类型")
    lu.state(roles=["employer"], audience="own", document="沪建登〔2026〕1号")


def file_it(lu: Clerk, shen: Clerk, story: Story) -> None:
    """It applies; what waits is on the first page with its day, and from there it is answered."""
    applied: dict[str, Any] = {
        "applicant": CODE,
        "name": NAME,
        "region": "310115",
        "form": "employer",
    }
    applied |= {"audience": "own", "kind": "new", "districts": ["310115"], "grants": GRANTS}
    documents = [{"name": "申请表.pdf", "sha256": "ab" * 32}]
    applied |= {"documents": documents}
    story.remote("body", "application", f"{HOST}/applications/2026-0001", **applied)
    assert "申请待受理" in lu.open("/")
    assert "2026-09-29" in lu.page.locator("tbody").inner_text()  # 5 working days
    lu.click("办理")
    lu.state(result="accepted")
    lu.open("/")
    lu.click("办理")
    lu.state(result="passed", reviewer="审核人甲")
    lu.open("/")
    lu.click("办理")
    assert lu.page.locator("#grants-1-occupations").input_value().splitlines() == [
        f"{name} {code}" for code, name in OCCUPATIONS.items()
    ]
    draft = lu.draft(number="沪人社备〔2026〕1号", to="2027-05-01")
    assert "还需要其他人签名" in lu.sign()
    assert "份声明待签署" in shen.open("/")
    shen.click("份声明待签署")
    shen.click(f"备案 · {NAME}")
    assert "声明已登记" in shen.sign()
    assert shen.page.url.endswith(draft)
    assert "目前没有待办事项" in lu.open("/")


def prepare(lu: Clerk, he: Clerk, story: Story) -> None:
    """Its standard and plan go their ways; station, assessor and the gate are entered."""
    draft: dict[str, Any] = {
        "form": "enterprise",
        "title": "示例评价规范",
        "version": "2026",
        "sha256": "cd" * 32,
    }
    draft |= {"body": CODE, "occupations": OFFERS}
    story.remote("body", "standard", f"{HOST}/standards/GF-1", **draft)
    items = [
        {"kind": "skill_level", "occupation": code, "levels": LEVELS, "headcount": 20}
        for code in OCCUPATIONS
    ]
    planned: dict[str, Any] = {"year": 2026, "items": items, "recipients": [HOST, BUREAU]}
    story.remote("body", "plan", f"{BODY}/plans/2026", **planned)
    steps = ((lu, "规范待评审", "审1"), (he, "规范待备案", "备1"), (lu, "规范待生效", "行1"))
    for clerk, waits, document in steps:
        assert waits in clerk.open("/")
        clerk.click("办理", row=waits)
        clerk.state(document=document)
    for clerk in (lu, he):
        assert "计划待签收" in clerk.open("/")
        clerk.click("办理")
        clerk.state(document="收1")
    lu.open("/directories/stations")
    lu.click("新增：登记站点")
    place: dict[str, Any] = {
        "name": "浦东考核站点",
        "host": "示例建设集团",
        "base": "enterprise",
        "body": CODE,
    }
    place |= {"document": "站1", "occupations-1-occupations": "\n".join(OCCUPATIONS.values())}
    place |= {"region": "310115", "occupations-1-levels": LEVELS}
    lu.state(subject="PD-01", **place)
    lu.open("/directories/assessors")
    lu.click("新增：登记考评员")
    person = {"name": "闻人晓", "certificate": "K310000260001", "role": "assessor", "cap": "3"}
    person |= {"region": "310115", "document": "考1", "occupations": "\n".join(OCCUPATIONS)}
    lu.state(subject="A-001", **person)


def test_the_story_of_one_body_on_pages(story: Story, clerks: dict[str, Clerk]) -> None:
    lu, shen, he = clerks.values()
    enter(lu, shen, story)
    file_it(lu, shen, story)
    prepare(lu, he, story)
    story.wait(2 * DAY)

    # Two days later everybody signs in again, one of them with a one-time code.
    for clerk in (lu, shen):
        assert "待办" in clerk.sign_in(OWN, story.now)
    lu.open("/acts")
    lu.click("发证关口")
    lu.state(level="full")
    story.publish()
    lu.open(f"/bodies/{CODE}")
    lu.download("下载备案文件", story.file("filing.json"))

    # At its desk the body files a batch with its papers, issues and closes; officials see it.
    first = story.roster("first", *["三级/高级工"] * 3)
    assert "[papers.missing]" in story.file_batch(first, code=2)
    story.file_batch(first, *NAMED, "--batch", "B1")
    story.issue(first)
    close = ["--statement-key", story.file("body-statement.pem")]
    story.issuer("close", "B1", *close)
    assert "B1" in lu.open("/batches")
    assert "3 人，已发证 3 人" in lu.click("B1")
    issued = lu.page.locator("tbody tr td:first-child").all_inner_texts()
    assert len(issued) == 3
    assert "有效" in lu.click(issued[0])

    # Level 2 is outside the filing.
    second = story.roster("second", "二级/技师", "三级/高级工")
    said = story.issuer("check", second, "--json", code=1, http=False)
    assert [json.loads(line)["code"] for line in said.splitlines()] == ["scope.level"]

    # A batch that was filed in time, then the suspension with its notice, on the body's page.
    third = story.roster("third-", *["四级/中级工"] * 3)
    story.file_batch(third, *NAMED, "--batch", "B3")
    story.wait(600)
    lu.open(f"/bodies/{CODE}")
    lu.click("变更机构状态")
    lu.state(state="suspended", document="沪建监〔2026〕5号", notice=NOTICE)
    assert "[standing.suspended]" in story.issue(third, code=1)
    snapshot = Snapshot.from_bytes(story.publish().read_bytes(), story.anchor)
    (body,) = snapshot.home.trust_list.bodies
    assert [(each.state, each.document) for each in body.standing[1:]] == [
        ("suspended", "沪建监〔2026〕5号")
    ]

    # Offline, what was issued before is still good, and says how the body stands today.
    verdicts = story.verify(code=0)
    assert {each["certificate"]["certificate_number"] for each in verdicts} == set(issued)
    for each in verdicts:
        assert (each["outcome"], each["reason"]) == ("VALID", "ok")
        assert each["issuer"]["standing_now"] == "suspended"

    # Its page has the whole history; the public sees standing and notice.
    assert NOTICE in lu.open(f"/bodies/{CODE}")
    told = lu.page.get_by_role("region", name="声明").locator("tbody td:nth-child(2)")
    assert sorted(told.all_inner_texts()) == sorted(HISTORY)
    anybody = Clerk(lu.browser, lu.url, "", seen=lu.seen)
    enquire(anybody, verdicts[0]["certificate"])
    anybody.page.context.close()

    # docs/walk-through.md tells this too: it names no page that was not seen here, nor fewer.
    told_there = WALK_THROUGH.read_text("utf-8").partition(SECOND)[2]
    named = {re.sub("<[^>]+>", "*", path) for path in re.findall(r"`(/[^`]*)`", told_there)}
    assert named == lu.seen


def enquire(anybody: Clerk, certificate: dict[str, Any]) -> None:
    """Whoever has not signed in finds standing, notice, and the certificate of a holder."""
    assert "暂停" in anybody.open("/public/bodies")
    notices = anybody.open("/public/notices")
    assert NOTICE in notices
    assert NAME in notices
    anybody.open("/public")
    asked = {"number": certificate["certificate_number"], "name": certificate["name"]}
    answer = anybody.fill("查询", **asked)
    assert "有效" in answer
    assert "目前状态：暂停" in answer


HISTORY = [
    *("登记评价机构", "登记密钥", "登记密钥", "登记密钥", "划拨状态索引", "机构类型"),
    *("备案申请", "受理", "评审", "备案"),
    *("提交规范", "规范办理", "规范办理", "规范办理", "年度计划", "签收计划", "签收计划"),
    *("登记站点", "批次备案", "批次办结", "批次备案", "变更机构状态"),
]
