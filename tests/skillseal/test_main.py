# SPDX-License-Identifier: Apache-2.0
"""The command itself: what it loads, what it says when something is wrong."""

import argparse
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from credential.errors import UntrustedError
from skillseal import main as command
from skillseal.commands import trust

ROOT = Path(__file__).parents[2]


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        command.main(["--help"])
    assert end.value.code == 0
    text = capsys.readouterr().out
    assert [line.split()[0] for line in text.splitlines() if re.match(" {4}[a-z]", line)] == [
        *command.COMMANDS
    ]


@pytest.mark.parametrize(
    ("columns", "terminal", "width"),
    [("50", 120, 48), ("", 120, 118), ("wide", 120, 118), ("0", 120, 118), ("", None, 78)],
)
def test_help_is_as_wide_as_the_terminal(
    columns: str, terminal: int | None, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def size() -> os.terminal_size:
        if terminal is None:
            raise OSError
        return os.terminal_size((terminal, 24))

    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr(os, "get_terminal_size", size)
    parser = command.Parser(prog="skillseal", description="word " * 60)
    longest = max(map(len, parser.format_help().splitlines()))
    assert width - len("word ") <= longest <= width


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("skillseal 0.")


@pytest.mark.parametrize("arguments", [[], ["verif"], ["--vers"], ["trust", "--nothing"]])
def test_wrong_usage_ends_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        command.main(arguments)
    assert end.value.code == 2
    assert "usage: skillseal" in capsys.readouterr().err


def test_a_number_typed_in_the_wrong_place_is_not_repeated(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        command.main(["trust", "--id", "31019919900307123X"])
    error = capsys.readouterr().err
    assert "unrecognized arguments: --id" in error
    assert "310199" not in error


def test_an_error_is_one_line_with_its_code(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: argparse.Namespace) -> int:
        raise UntrustedError("signature.invalid", "it does not hold")

    monkeypatch.setattr(trust, "run", fail)
    assert command.main(["trust"]) == 2
    captured = capsys.readouterr()
    assert captured.err == "skillseal: it does not hold [signature.invalid]\n"
    assert captured.out == ""


def test_an_interruption_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: argparse.Namespace) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(trust, "run", interrupt)
    assert command.main(["trust"]) == 130


def test_a_reader_that_leaves_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def leave(_: argparse.Namespace) -> int:
        raise BrokenPipeError

    monkeypatch.setattr(trust, "run", leave)
    with (tmp_path / "out").open("w") as out:
        monkeypatch.setattr(sys, "stdout", out)
        assert command.main(["trust"]) == 2
        out.write("lost")
    assert (tmp_path / "out").read_text() == ""


def test_a_terminal_without_chinese_is_not_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    with pytest.raises(SystemExit):
        command.main(["--help"])
    sys.stdout.flush()
    assert b"\\u6280\\u5370" in raw.getvalue()


def test_verifying_loads_nothing_that_it_does_not_need() -> None:
    heavy = {"rich", "PIL", "zxingcpp", "pydantic", "fastapi", "sqlalchemy", "jwt", "email", "ssl"}
    heavy |= {"dataclasses", "inspect", "pathlib", "shutil", "threading"}
    program = (
        "import sys; from skillseal.main import main\n"
        "code = main(['verify', 'weixin://x', '--snapshot', '/nowhere'])\n"
        f"print(code, *sorted(sys.modules.keys() & {heavy!r}))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONWARNINGS": "error"},
    )
    assert answer.stdout == "2\n"
    assert "[file.unreadable]" in answer.stderr
