# SPDX-License-Identifier: Apache-2.0
"""`skillseal keys new`: an encrypted file, and what the registry needs on standard output."""

import json
import stat
from pathlib import Path

import pytest

from keys import jwk, key_file
from skillseal import main


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "passphrase"
    path.write_text("correct horse\n")
    return path


@pytest.mark.parametrize(
    ("role", "alg"), [("certificate", "ES256"), ("certificate", "EdDSA"), ("submit", "ES256")]
)
def test_a_key_is_made(
    tmp_path: Path, secret: Path, capsys: pytest.CaptureFixture[str], role: str, alg: str
) -> None:
    out = tmp_path / "a.key"
    given = ["keys", "new", "--role", role, "--alg", alg, "--out", str(out)]
    assert main.main([*given, "--passphrase-file", str(secret)]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert list(printed) == ["kid", "jwk"]
    key = key_file.load(out, b"correct horse", role)
    assert (key.kid, key.alg, key.public) == (printed["kid"], alg, jwk.from_members(printed["jwk"]))
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert "PRIVATE" not in json.dumps(printed)


def test_a_receipt_key_goes_by_its_epoch(
    tmp_path: Path, secret: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["keys", "new", "--role", "receipt", "--epoch", "7", "--out", str(tmp_path / "a.key")]
    assert main.main([*given, "--passphrase-file", str(secret)]) == 0
    assert json.loads(capsys.readouterr().out)["kid"] == "7"


def test_a_key_is_never_overwritten(
    tmp_path: Path, secret: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a.key"
    given = ["keys", "new", "--role", "submit", "--out", str(out), "--passphrase-file", str(secret)]
    assert main.main(given) == 0
    before = out.read_bytes()
    assert main.main(given) == 2
    assert "[key.exists]" in capsys.readouterr().err
    assert out.read_bytes() == before


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (["--role", "list", "--alg", "EdDSA"], "key.algorithm"),
        (["--role", "submit", "--epoch", "3"], "key.epoch"),
        (["--role", "receipt", "--epoch", "256"], "key.epoch"),
    ],
)
def test_what_no_key_can_be(
    tmp_path: Path,
    secret: Path,
    capsys: pytest.CaptureFixture[str],
    given: list[str],
    code: str,
) -> None:
    out = tmp_path / "a.key"
    rest = ["--out", str(out), "--passphrase-file", str(secret)]
    assert main.main(["keys", "new", *given, *rest]) == 2
    assert f"[{code}]" in capsys.readouterr().err
    assert not out.exists()


def test_without_a_terminal_the_passphrase_needs_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "a.key"
    assert main.main(["keys", "new", "--role", "submit", "--out", str(out)]) == 2
    assert "[passphrase.absent]" in capsys.readouterr().err
    secret = tmp_path / "secret"
    secret.write_text("x")
    monkeypatch.setenv("SKILLSEAL_PASSPHRASE_FILE", str(secret))
    assert main.main(["keys", "new", "--role", "submit", "--out", str(out)]) == 0
    assert key_file.load(out, b"x", "submit").role == "submit"
