# SPDX-License-Identifier: Apache-2.0
"""Progress: bars on a terminal, silence elsewhere."""

import os
import pty
import subprocess
import sys

import pytest

from issuer import progress

_PROGRAM = """
from issuer import progress
with progress.shown() as step:
    for what in progress.WORDS:
        step(what, 5, 10)
        step(what, 10, 10)
"""


def test_nothing_is_shown_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.shown() as step:
        step("sign", 1, 2)
    answer = capsys.readouterr()
    assert (answer.out, answer.err) == ("", "")


def test_a_terminal_sees_what_is_done() -> None:
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        check=True,
        stderr=theirs,
        stdout=subprocess.PIPE,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
    )
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert done.stdout == b""
    assert "signing" in shown
    assert "10/10" in shown
