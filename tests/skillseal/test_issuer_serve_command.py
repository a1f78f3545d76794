# SPDX-License-Identifier: Apache-2.0
"""`skillseal issuer serve` as a process: accounts, the set-up code, what it refuses."""

import io
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from skillseal.main import main
from tests import ports
from tests.issuer import world


def arguments(folder: Path) -> list[str]:
    (folder / "filing.json").write_bytes(world.filing().to_bytes())
    certificate, submit, statement, _ = map(str, world.key_files(folder))
    keys = ["--key", certificate, "--submit-key", submit, "--statement-key", statement]
    registry = ["--registry", "http://127.0.0.1:1"]
    return ["issuer", "serve", "--filing", str(folder / "filing.json"), *registry, *keys]


def test_a_desk_starts_with_a_set_up_code(tmp_path: Path) -> None:
    port = ports.free()
    command = [sys.executable, "-m", "skillseal.main", *arguments(tmp_path), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert f"http://127.0.0.1:{port}/" in process.stdout.readline()
        code = process.stdout.readline().rpartition(" ")[2].strip()
        assert (len(code), code.isdecimal()) == (8, True)
        assert process.stderr is not None
        while True:  # uvicorn binds after the lines were printed
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
                    page = answer.read().decode()
                break
            except OSError:
                assert process.poll() is None, process.stderr.read()
        assert answer.url.endswith("/set-up")
        assert code not in page
    finally:
        process.terminate()
        process.communicate(timeout=30)


def test_an_account_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [*arguments(tmp_path), "--new-account", "wang"]
    monkeypatch.setattr(sys, "stdin", io.StringIO("short\n"))
    assert main(command) == 2
    assert "[account.password]" in capsys.readouterr().err
    monkeypatch.setattr(sys, "stdin", io.StringIO("correct horse battery\n"))
    assert main(command) == 0
    assert "wang" in capsys.readouterr().out


def test_another_address_without_tls(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*arguments(tmp_path), "--host", "0.0.0.0"]) == 2
    assert "[desk.host]" in capsys.readouterr().err
