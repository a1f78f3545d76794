# SPDX-License-Identifier: Apache-2.0
"""The story of one body (docs/walk-through.md), told by commands alone, against a real server.

It applies, is filed for three occupations up to level 3, files its plan, standard and batch,
issues, is refused at level 2, and is suspended; what it issued before stays good, and nothing comes
after.
"""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from credential.snapshot import Snapshot
from tests.skillseal.office_story import BODY, DAY, HOST, NAMED, Story, command

WALK_THROUGH = Path(__file__).parents[2] / "docs" / "walk-through.md"


@pytest.fixture
def story(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Story]:
    made = Story(tmp_path, capsys)
    monkeypatch.setattr(time, "time", lambda: float(made.now))
    monkeypatch.setenv("SKILLSEAL_PASSPHRASE_FILE", str(made.file("passphrase")))
    words = ["registry", "serve", "--settings", made.file("registry.toml"), "--port", "0"]
    words += ["--receipt-key", made.file("epoch-1.pem"), "--workers", "2"]
    with subprocess.Popen(
        [sys.executable, "-m", "tests.skillseal.clocked", str(made.clock), *map(str, words)],
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stderr is not None
        while not made.port:
            line = server.stderr.readline()
            assert line.startswith("{"), line + server.stderr.read()
            made.port = json.loads(line).get("port", 0)
        made.typed.add(("registry", "serve"))
        yield made
        server.terminate()
        server.stderr.read()


def test_the_story_of_one_body(story: Story) -> None:
    story.appoint()
    story.apply()
    story.prepare()
    story.filing_file()
    story.wait(2 * DAY)

    # A desk that has not heard of the full gate: the registry refuses a batch without papers.
    story.state("gate", f"{HOST}/gate", **story.since, level="full")
    first = story.roster("first", *["三级/高级工"] * 6)
    assert "[gate.papers]" in story.file_batch(first, code=2)
    story.publish()
    story.filing_file()
    assert "[papers.missing]" in story.file_batch(first, code=2)
    told = story.issuer("papers", http=False)
    assert all(name in told for name in ("PD-01", "A-001", "GF-1", "2026"))

    # With its papers it is filed, issued and closed, and everything verifies.
    story.file_batch(first, *NAMED, "--batch", "B1")
    story.issue(first)
    close = ["--statement-key", story.file("body-statement.pem")]
    assert "B1" in story.issuer("close", "B1", *close)
    story.publish()
    verdicts = story.verify(code=0)
    assert {each["reason"] for each in verdicts} == {"ok"}
    assert len({each["certificate"]["certificate_number"] for each in verdicts}) == 6

    # Level 2 is outside the filing: the desk says so, and nothing is filed.
    second = story.roster("second", "二级/技师", "三级/高级工")
    said = story.issuer("check", second, "--json", code=1, http=False)
    assert [json.loads(line)["code"] for line in said.splitlines()] == ["scope.level"]

    # A batch that was filed in time, then the suspension with its notice.
    third = story.roster("third-", *["四级/中级工"] * 3)
    story.file_batch(third, *NAMED, "--batch", "B3")
    story.wait(3_600)
    notice = "因评价过程弄虚作假暂停评价工作"
    ordered = {"state": "suspended", "document": "沪建监〔2026〕5号", "notice": notice}
    story.state("standing", BODY, **story.since, **ordered)
    assert "[standing.suspended]" in story.issue(third, code=1)
    snapshot = Snapshot.from_bytes(story.publish().read_bytes(), story.anchor)
    (body,) = snapshot.home.trust_list.bodies
    assert [(each.state, each.document) for each in body.standing[1:]] == [
        ("suspended", "沪建监〔2026〕5号")
    ]
    settings = ["--settings", story.file("registry.toml"), "--json"]
    (entry,) = story.type("registry", "directory", *settings).splitlines()
    assert json.loads(entry)["state"] == "suspended"
    assert [each["notice"] for each in json.loads(entry)["notices"]] == [notice]

    # What was issued before is still good, and says how the body stands today.
    for each in story.verify(code=0):
        assert (each["outcome"], each["reason"]) == ("VALID", "ok")
        assert each["issuer"]["standing_now"] == "suspended"
    fsck = ["--settings", story.file("registry.toml")]
    assert "6 certificates" in story.type("registry", "fsck", *fsck)

    # docs/walk-through.md tells this story: it shows no command that was not typed, nor fewer.
    text = WALK_THROUGH.read_text("utf-8").partition("\n# 同样的全过程")[
        0
    ]  # the console's is apart
    told_there = re.findall(r"^ +skillseal (.+)$", text, re.MULTILINE)
    assert {command(line.split()) for line in told_there} == story.typed
