# SPDX-License-Identifier: Apache-2.0
"""`skillseal verify` as a gate uses it: exit codes, JSON lines, scanners, folders, anchors."""

import io
import json
import os
import subprocess
import sys
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

import pytest

from credential import holder
from skillseal import home
from skillseal.main import main
from tests.verifier.pictures import page
from tests.verifier.world import (
    BRICKLAYER,
    DAY,
    HOUR,
    NOW,
    K,
    clock,
    jiangsu,
    shanghai,
)

ROOT = Path(__file__).parents[2]
HOME = shanghai(jiangsu())
ID_NUMBER = "310199199003071236"
GOOD = HOME.issue(holder_tag=holder.tag(1, ID_NUMBER, "欧阳青禾"))
OUTSIDE = HOME.issue(region="310117")  # INVALID scope.district
TOO_NEW = HOME.issue(region="310117", t=K + 1)  # INDETERMINATE scope.unknown
AT = clock(NOW).isoformat()


@pytest.fixture(autouse=True)
def _known() -> None:
    """Leave what `fetch` and `trust` leave."""
    home.write_whole(home.snapshot_file(), HOME.data())
    home.set_anchors([HOME.anchor])


@pytest.fixture
def scanned(monkeypatch: pytest.MonkeyPatch) -> io.BytesIO:
    """Stand in for standard input."""
    typed = io.BytesIO()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(typed))
    return typed


def say(typed: io.BytesIO, text: str) -> None:
    typed.write(text.encode())
    typed.seek(0)


def run(*arguments: str) -> int:
    return main(["verify", "--at", AT, *arguments])


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize(
    ("text", "code", "reason"),
    [
        (GOOD.code, 0, "ok"),
        (GOOD.text, 0, "ok"),
        (GOOD.text.rstrip(), 0, "ok"),
        (GOOD.code + "\n", 0, "ok"),
        (OUTSIDE.code, 1, "scope.district"),
        (TOO_NEW.code, 3, "scope.unknown"),
        ("weixin://dl/business", 1, "malformed.url"),
        ("", 1, "malformed.url"),
    ],
)
def test_the_exit_code_is_the_outcome(
    text: str, code: int, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(text, "--json") == code
    (verdict,) = lines(capsys)
    assert verdict["reason"] == reason
    assert run(text) == code
    assert reason in capsys.readouterr().out


def test_the_report_is_plain_where_nobody_sees_colours(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(GOOD.code) == 0
    text = capsys.readouterr().out
    assert text.startswith("✔ 有效 VALID  ok")
    assert "\x1b" not in text
    assert HOME.anchor in text


def test_a_terminal_gets_a_frame(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert run(GOOD.code) == 0
    text = capsys.readouterr().out
    assert "╭" in text
    assert "欧阳青禾" in text


def test_a_terminal_without_rich_gets_plain_text(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert run(GOOD.code) == 0
    assert capsys.readouterr().out.startswith("✔")


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([GOOD, GOOD], 0),
        ([GOOD, TOO_NEW], 3),
        ([TOO_NEW, OUTSIDE, GOOD], 1),
    ],
)
def test_of_several_inputs_the_worst_counts(
    codes: list[Any],
    expected: int,
    tmp_path: Path,
    scanned: io.BytesIO,
    capsys: pytest.CaptureFixture[str],
) -> None:
    say(scanned, "".join(f"{one.code}\r\n" for one in codes))
    assert run("-", "--json") == expected
    assert len(lines(capsys)) == len(codes)
    for number, one in enumerate(codes):
        page(tmp_path / f"{number}.png", one.code)
    assert run(str(tmp_path), "--json") == expected
    assert len(lines(capsys)) == len(codes)
    assert run(str(page(tmp_path / "all.png", *[one.code for one in codes])), "--json") == expected
    assert len(lines(capsys)) == len({one.code for one in codes})


def test_a_scanner_gets_a_short_answer_for_each_line(
    scanned: io.BytesIO, capsys: pytest.CaptureFixture[str]
) -> None:
    say(scanned, f"{GOOD.code}\n\n{OUTSIDE.code}")
    assert main(["verify", "--at", AT]) == 1
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("✔ 有效 VALID  ok")
    assert out[1].startswith("✘ 不予认可 INVALID  scope.district")
    assert len(out) == 2 + 4


def test_an_input_that_cannot_be_read_is_not_passed_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text(GOOD.code)
    (tmp_path / "b.png").write_text("no picture")
    assert run(str(tmp_path)) == 2
    captured = capsys.readouterr()
    assert "VALID" in captured.out
    assert f"skillseal: {tmp_path / 'b.png'}: not a whole PNG or JPEG" in captured.err
    (tmp_path / "c.txt").write_text(OUTSIDE.code)
    assert run(str(tmp_path)) == 1


@pytest.mark.parametrize("name", ["absent.png", "absent.txt", ""])
def test_nothing_to_verify_is_no_pass(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(str(tmp_path / name)) == 2
    assert capsys.readouterr().out == ""


def test_a_name_of_a_file_cannot_write_on_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "\x1b[32m\u202e.png").write_text("no picture")
    assert run(str(tmp_path)) == 2
    error = capsys.readouterr().err
    assert "\x1b" not in error
    assert "\\u{1b}[32m\\u{202e}.png" in error


@pytest.mark.parametrize(
    ("typed", "code", "reason"),
    [
        (ID_NUMBER, 0, "ok"),
        (f"1:{ID_NUMBER}\n", 0, "ok"),
        ("310199199003071252", 1, "holder.mismatch"),
        ("31019919900307123X", 1, "holder.malformed"),
        ("2:CHN:E12345678", 1, "holder.mismatch"),
    ],
)
def test_the_person_is_checked_by_a_number_from_standard_input(
    typed: str,
    code: int,
    reason: str,
    scanned: io.BytesIO,
    capsys: pytest.CaptureFixture[str],
) -> None:
    say(scanned, typed)
    assert run(GOOD.code, "--id-number", "-", "--json") == code
    captured = capsys.readouterr()
    assert json.loads(captured.out)["reason"] == reason
    assert "0307" not in captured.out + captured.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["-", "--id-number", "-"],
        ["--id-number", "-"],
        [GOOD.code, "--id-number", ID_NUMBER],
        [GOOD.code, f"--id-number={ID_NUMBER}"],
        [GOOD.code, ID_NUMBER],
        [GOOD.code, "--id", ID_NUMBER],
        [GOOD.code, "--at", "2026-11-18"],
        [GOOD.code, "--at", "2026-11-18T08:00:00"],
        [GOOD.code, "--at", "yesterday"],
        [GOOD.code, "--max-age", "0"],
        [GOOD.code, "--max-age", "nan"],
        [GOOD.code, "--max-age", "1e99"],
        [GOOD.code, "--max-age", "a day"],
    ],
)
def test_wrong_usage_ends_with_2_and_repeats_no_number(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        run(*arguments)
    assert end.value.code == 2
    error = capsys.readouterr().err
    assert "skillseal verify: error:" in error or "skillseal: error:" in error
    assert "310199" not in error


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--demand", "skill_level/39/3"], "demand.malformed"),
        (["--region", "31011"], "region.malformed"),
        (["--anchor", "310000:x"], "trust.anchor"),
        (["--anchor", "310000:" + "a" * 64], "snapshot.anchor"),
        (["--anchor", "320000:" + "a" * 64], "snapshot.anchor"),
        (["--snapshot", "/absent/snapshot.json"], "file.unreadable"),
        (["--snapshot", str(ROOT / "README.md")], "file.unreadable|snapshot.malformed"),
        (["--id-number", "-"], "holder.missing"),
    ],
)
def test_what_cannot_be_used_is_named_by_its_code(
    arguments: list[str], code: str, scanned: io.BytesIO, capsys: pytest.CaptureFixture[str]
) -> None:
    say(scanned, "\n")
    assert run(GOOD.code, *arguments) == 2
    error = capsys.readouterr().err
    assert any(f"[{one}]\n" in error for one in code.split("|"))
    assert error.count("\n") == 1


def test_the_options_reach_the_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    later = clock(K + 2 * HOUR).isoformat()
    asked = {
        "fitness.level": ["--demand", f"skill_level/{BRICKLAYER}/1"],
        "recognition.unknown": ["--region", "320115"],
        "freshness.expired": ["--max-age", "0.5"],
        "ok": ["--region", "310117", "--demand", f"skill_level/{BRICKLAYER}/"],
    }
    for reason, arguments in asked.items():
        main(["verify", GOOD.code, "--at", later, "--json", *arguments])
        assert lines(capsys)[0]["reason"] == reason


def test_the_time_is_now_unless_given(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock:
        @staticmethod
        def now(zone: tzinfo) -> datetime:
            return clock(K + 7 * DAY).astimezone(zone)

    monkeypatch.setattr("skillseal.commands.verify.datetime", Clock)
    assert main(["verify", GOOD.code, "--json"]) == 3
    assert lines(capsys)[0]["age_seconds"] == 7 * DAY


def test_files_can_be_named_instead_of_what_fetch_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = jiangsu()
    (tmp_path / "s.json").write_bytes(other.data())
    named = ["--snapshot", str(tmp_path / "s.json"), "--anchor", other.anchor]
    assert run(other.issue().code, *named, "--json") == 0
    assert lines(capsys)[0]["anchor"] == other.anchor


def test_of_several_anchors_that_of_the_snapshots_region_counts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    home.set_anchors(["330000:" + "a" * 64, HOME.anchor])
    assert run(GOOD.code, "--json") == 0
    assert lines(capsys)[0]["anchor"] == HOME.anchor
    home.set_anchors(["330000:" + "a" * 64, "320000:" + "a" * 64])
    assert run(GOOD.code) == 2
    assert "[trust.region]" in capsys.readouterr().err


def test_without_an_anchor_nothing_is_decided(capsys: pytest.CaptureFixture[str]) -> None:
    home.set_anchors([])
    assert run(GOOD.code, "--json") == 3
    assert lines(capsys)[0]["reason"] == "freshness.unanchored"
    assert run("weixin://x") == 1


def test_without_a_snapshot_it_says_where_one_comes_from(
    capsys: pytest.CaptureFixture[str],
) -> None:
    home.snapshot_file().unlink()
    assert run(GOOD.code) == 2
    assert "skillseal fetch" in capsys.readouterr().err


WATCHED = """
import sys
heard = []
def listen(event, arguments):
    heard.append(event)
sys.addaudithook(listen)
from skillseal.main import main
code = main(sys.argv[1:])
loud = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system",
        "pty.", "urllib.", "http.", "ftplib.", "smtplib.")
print(sorted({event for event in heard if event.startswith(loud)}), "open" in heard)
sys.exit(code)
"""


@pytest.mark.parametrize("kind", ["text", "picture"])
def test_the_command_opens_no_socket_and_starts_no_process(kind: str, tmp_path: Path) -> None:
    given = GOOD.code if kind == "text" else str(page(tmp_path / "a.png", GOOD.code))
    answer = subprocess.run(
        [sys.executable, "-c", WATCHED, "verify", given, "--at", AT, "--json"],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ,
    )
    assert answer.stderr == ""
    verdict, heard = answer.stdout.splitlines()
    assert json.loads(verdict)["outcome"] == "VALID"
    assert heard == "[] True"
    assert answer.returncode == 0


def test_old_knowledge_is_valid_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    stale = clock(K + 2 * DAY).isoformat()
    assert main(["verify", GOOD.code, "--at", stale]) == 0
    assert "freshness.stale" in capsys.readouterr().out
