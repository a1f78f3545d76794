# SPDX-License-Identifier: Apache-2.0
"""Commands that are told a key in a token where they take a key file."""

import json
from pathlib import Path

import pytest

from keys import base64url, jwk
from keys.algorithms import verifier
from keys.pkcs11_token import Token
from skillseal import main
from tests import softhsm
from tests.issuer import world
from tests.issuer.sheets import csv_file, rows
from tests.issuer.world import FakeRegistry
from tests.softhsm import PIN, Hsm

Capture = pytest.CaptureFixture[str]
OWNER = world.BODY


@pytest.fixture
def hsm() -> Hsm:
    return softhsm.started()


def new(hsm: Hsm, name: str, role: str, *more: str) -> int:
    given = ["keys", "new", "--token", f"pkcs11:token=desk;object={name}", "--role", role]
    return main.main([*given, *hsm.options, *more])


def test_a_key_is_made_in_a_token_and_never_overwritten(hsm: Hsm, capsys: Capture) -> None:
    assert new(hsm, "made", "submit") == 0
    printed = json.loads(capsys.readouterr().out)
    with Token.open(hsm.module, "desk", PIN) as token:
        key = token.key("made", "submit")
    assert (key.kid, key.public) == (printed["kid"], jwk.from_members(printed["jwk"]))
    assert new(hsm, "made", "submit") == 2
    assert "[key.exists]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (["--alg", "EdDSA"], "key.algorithm"),
        (["--epoch", "3"], "key.epoch"),
        (["--pin-file", "/nowhere"], "passphrase.unreadable"),
        (["--pkcs11-module", "/nowhere.so"], "token.module"),
    ],
)
def test_what_no_token_can_do(hsm: Hsm, capsys: Capture, more: list[str], code: str) -> None:
    assert new(hsm, "never", "submit", *more) == 2
    error = capsys.readouterr().err
    assert error.endswith(f"[{code}]\n")
    assert error.count("\n") == 1


def test_pin_and_module_from_the_environment(
    hsm: Hsm, capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given = ["keys", "new", "--token", "pkcs11:token=spare;object=environment", "--role", "submit"]
    secret = tmp_path / "passphrase"
    secret.write_text("a passphrase is never tried as a PIN")
    monkeypatch.setenv("SKILLSEAL_PASSPHRASE_FILE", str(secret))
    assert main.main(given) == 2
    assert "[token.module]" in capsys.readouterr().err
    monkeypatch.setenv("SKILLSEAL_PKCS11_MODULE", hsm.module)
    assert main.main(given) == 2
    assert "[passphrase.absent]" in capsys.readouterr().err
    wrong = tmp_path / "pin"
    wrong.write_text("fictional-9999")
    assert main.main([*given, "--pin-file", str(wrong)]) == 2
    assert "[token.pin]" in capsys.readouterr().err
    monkeypatch.setenv("SKILLSEAL_PIN_FILE", str(hsm.folder / "pin"))
    assert main.main(given) == 0


def test_a_pin_on_the_command_line_is_refused_and_not_repeated(hsm: Hsm, capsys: Capture) -> None:
    given = ["keys", "new", "--token", "pkcs11:token=a;object=b?pin-value=1234", "--role", "submit"]
    assert main.main(given) == 2
    answer = capsys.readouterr()
    assert "[key.reference]" in answer.err
    assert "1234" not in answer.err + answer.out


def test_a_body_proves_that_its_token_holds_a_key(hsm: Hsm, capsys: Capture) -> None:
    assert new(hsm, "proven", "certificate") == 0
    capsys.readouterr()
    given = ["registry", "prove", "--key", "pkcs11:token=desk;object=proven", "--owner", OWNER]
    assert main.main([*given, "--role", "certificate", *hsm.options]) == 0
    entry = json.loads(capsys.readouterr().out)
    from credential import statement_bodies

    public = jwk.from_members(entry["jwk"])
    said = statement_bodies.possession(OWNER, "certificate", public)
    verifier(public.public)(base64url.decode(entry["proof"]), said)
    assert main.main([*given, "--role", "submit", *hsm.options]) == 2
    assert "[key.role]" in capsys.readouterr().err


def test_a_batch_is_filed_and_issued_with_a_token_and_a_file(
    hsm: Hsm, capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, submit_key, _, secret = world.key_files(tmp_path)
    for name, role in (("batches", "statement"), ("certificates", "certificate")):
        assert new(hsm, name, role) == 0
        with Token.open(hsm.module, "desk", PIN) as token:
            # In the filing, and what the world's registry verifies with.
            monkeypatch.setattr(world, f"{role.upper()}_KEY", token.key(name, role))
    filing = tmp_path / "filing.json"
    filing.write_bytes(world.filing().to_bytes())
    roster = csv_file(tmp_path / "r.csv", rows(3))
    with FakeRegistry().served() as url:
        common = [str(roster), "--filing", str(filing), "--registry", url, "--json"]
        common += ["--at", "2026-11-20T10:00:00+08:00", "--passphrase-file", str(secret)]
        common += hsm.options
        key = "pkcs11:token=desk;object="
        capsys.readouterr()
        assert main.main(["issuer", "batch", *common, "--statement-key", f"{key}batches"]) == 0
        issue = ["issuer", "issue", *common, "--submit-key", str(submit_key)]
        issue += ["--out", str(tmp_path / "out")]
        assert main.main([*issue, "--key", f"{key}batches"]) == 2
        assert "[key.role]" in capsys.readouterr().err
        assert main.main([*issue, "--key", f"{key}certificates"]) == 0
    assert json.loads(capsys.readouterr().out)["registered"] == 3
