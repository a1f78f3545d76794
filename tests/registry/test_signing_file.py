# SPDX-License-Identifier: Apache-2.0
"""Statements that are signed where there is no network, by two people, and handed in."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from credential import base64url, envelope
from credential.errors import MalformedError, SealError, UnavailableError
from registry import settings
from registry.service import open_registry
from skillseal import signing_file
from skillseal.main import main
from tests.registry.test_command import BODY, Operator, Vault, body_file, now, operator, vault

__all__ = ["Vault", "now", "operator", "vault"]

SUSPEND = ("suspend-body", BODY, "--document", "令1")


def sign(
    monkeypatch: pytest.MonkeyPatch, operator: Operator, file: Path, key: str, answer: str = "y"
) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{answer}\n" * 20))
    words = ["sign", file, "--key", operator.file(key), "--passphrase-file", operator.passphrase]
    return main([str(word) for word in words])


@pytest.fixture
def filed(
    operator: Operator,
    now: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Operator:
    """A registry with one body, filed by what two people signed elsewhere."""
    wanted = ("file-body", body_file(operator, now, capsys))
    file = operator.folder / "order.json"
    assert operator.run(*wanted, "--export", file) == 0
    for key, told in (("official", "another person signs next"), ("second", "hand it in")):
        assert operator.run(*wanted, "--signed", file) == 2
        assert "[statement.signatures]" in capsys.readouterr().err
        assert sign(monkeypatch, operator, file, key) == 0
        assert told in capsys.readouterr().out.splitlines()[-1]
        if key == "official":
            assert sign(monkeypatch, operator, file, key) == 2
            assert "[sign.twice]" in capsys.readouterr().err
    assert operator.run(*wanted, "--signed", file) == 0
    return operator


def test_a_body_is_filed_by_what_was_signed_elsewhere(
    filed: Operator, capsys: pytest.CaptureFixture[str]
) -> None:
    assert capsys.readouterr().out.count(BODY) >= 6
    assert filed.run("fsck") == 0
    assert "statements agree" in capsys.readouterr().out
    registry = open_registry(settings.load(filed.settings), ())
    with registry.engine.connect() as connection:
        from registry import store_log

        directory = registry.directory(connection, store_log.tail(connection))
    assert BODY in {body.id for body in directory.bodies.values()}


def test_what_is_signed_is_shown_whole(
    filed: Operator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = filed.folder / "suspend.json"
    assert filed.run(*SUSPEND, "--export", file) == 0
    before = file.read_bytes()
    capsys.readouterr()
    assert sign(monkeypatch, filed, file, "official", "n") == 1
    shown = capsys.readouterr()
    for text in ("令1", BODY, '"suspended"', '"after"', "SHA-256"):
        assert text in shown.out
    assert file.read_bytes() == before
    assert sign(monkeypatch, filed, file, "official") == 0
    (one,) = signing_file.read(file)
    assert one.is_whole
    assert sign(monkeypatch, filed, file, "second") == 2
    assert "[sign.whole]" in capsys.readouterr().err
    assert filed.run(*SUSPEND, "--signed", file) == 0


def test_only_what_the_command_would_make_is_handed_in(
    filed: Operator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = filed.folder / "suspend.json"
    assert filed.run(*SUSPEND, "--export", file) == 0
    assert sign(monkeypatch, filed, file, "official") == 0
    for other in (
        ("suspend-body", BODY, "--document", "令2"),
        (*SUSPEND, "--state", "removed"),
        (*SUSPEND, "--from", "1790000000"),
        ("suspend-body", BODY[:-1] + "Y", "--document", "令1"),
    ):
        assert filed.run(*other, "--signed", file) == 2
        assert "[sign.other]" in capsys.readouterr().err
    assert filed.run(*SUSPEND, "--export", file) == 2  # it is not overwritten
    assert "[file.unwritable]" in capsys.readouterr().err


def test_neither_signs_nor_hands_in_what_was_exchanged(
    filed: Operator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = filed.folder / "suspend.json"
    assert filed.run(*SUSPEND, "--export", file) == 0
    assert sign(monkeypatch, filed, file, "official") == 0
    (one,) = signing_file.read(file)
    other = one.payload.replace("令1".encode(), "令9".encode())
    signing_file.write(file, [signing_file.ToSign(other, one.signatures)], new=False)
    with pytest.raises(MalformedError, match="something else") as caught:
        signing_file.read(file)
    assert caught.value.code == "statement.signatures"
    assert sign(monkeypatch, filed, file, "second") == 2
    stranger = envelope.sign(filed.keys["body-statement"], envelope.STATEMENT, one.payload)
    signing_file.write(file, [signing_file.ToSign(one.payload, (stranger,))], new=False)
    assert filed.run(*SUSPEND, "--signed", file) == 2
    assert "[statement.actor]" in capsys.readouterr().err


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"statements": []},
        {"statements": [{"payload": "x"}]},
        {"statements": [{"payload": "!", "signatures": []}]},
        {"statements": [{"payload": base64url.encode(b"{}"), "signatures": []}]},
        {"statements": [{"payload": "", "signatures": ["a.b.c"]}]},
        {"statements": [{"payload": "", "signatures": [], "note": "x"}]},
    ],
    ids=str,
)
def test_what_is_no_such_file(tmp_path: Path, value: Any) -> None:
    file = tmp_path / "f"
    file.write_text(json.dumps(value))
    with pytest.raises(SealError) as caught:
        signing_file.read(file)
    assert caught.value.code.partition(".")[0] in {"malformed", "statement"}


def test_what_cannot_be_read_or_written(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError) as caught:
        signing_file.read(tmp_path / "none")
    assert caught.value.code == "file.unreadable"
    with pytest.raises(UnavailableError) as caught:
        signing_file.write(tmp_path / "no" / "folder", [], new=False)
    assert caught.value.code == "file.unwritable"


def test_a_link_that_was_laid_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine")
    (tmp_path / ".f.new").symlink_to(victim)
    signing_file.write(tmp_path / "f", [], new=False)
    assert (victim.read_bytes(), (tmp_path / "f").is_symlink()) == (b"mine", False)
