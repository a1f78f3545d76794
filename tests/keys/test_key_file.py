# SPDX-License-Identifier: Apache-2.0
"""Key files: what comes back, what is refused, and that nothing is overwritten or shown."""

import os
import traceback
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from keys import key_file
from keys.errors import KeyMaterialError
from keys.passphrase import Passphrase
from keys.signing_key import SigningKey

SECRET = b"open sesame"
KEY = SigningKey.from_seed("certificate", b"key file")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "certificate.key"
    key_file.create(path, KEY, SECRET)
    return path


def code_of(path: Path, role: str = "certificate", secret: bytes = SECRET) -> str:
    with pytest.raises(KeyMaterialError) as caught:
        key_file.load(path, secret, role)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)
    return caught.value.code


@pytest.mark.parametrize(
    "key",
    [
        KEY,
        SigningKey.from_seed("certificate", b"key file", "EdDSA"),
        SigningKey.from_seed("receipt", b"key file", epoch=17),
        SigningKey.from_seed("receipt", b"key file"),
        SigningKey.from_seed("root", b"key file"),
    ],
    ids=["ES256", "EdDSA", "epoch", "receipt without epoch", "root"],
)
def test_what_was_written_comes_back(tmp_path: Path, key: SigningKey) -> None:
    path = tmp_path / "a.key"
    key_file.create(path, key, SECRET)
    loaded = key_file.load(path, SECRET, key.role)
    assert (loaded.role, loaded.kid, loaded.alg) == (key.role, key.kid, key.alg)
    assert loaded.public == key.public
    assert loaded.sign(b"data") == key.sign(b"data")


def test_the_file_is_private_and_says_what_it_is(path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o600
    first, second, *_ = path.read_text().splitlines()
    assert first.startswith(f"SkillSeal-Key: role=certificate alg=ES256 kid={KEY.kid} salt=")
    assert second == "-----BEGIN ENCRYPTED PRIVATE KEY-----"


def test_the_mode_does_not_depend_on_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        key_file.create(tmp_path / "a.key", KEY, SECRET)
    finally:
        os.umask(before)
    assert (tmp_path / "a.key").stat().st_mode & 0o777 == 0o600


def test_two_files_of_one_key_differ(path: Path, tmp_path: Path) -> None:
    key_file.create(tmp_path / "again.key", KEY, SECRET)
    assert (
        path.read_bytes().splitlines()[0] != (tmp_path / "again.key").read_bytes().splitlines()[0]
    )


def test_an_existing_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    path.write_bytes(b"something else")
    with pytest.raises(KeyMaterialError, match="never overwritten") as caught:
        key_file.create(path, KEY, SECRET)
    assert caught.value.code == "key.exists"
    assert path.read_bytes() == b"something else"


def test_a_link_to_an_existing_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(KeyMaterialError) as caught:
        key_file.create(tmp_path / "a.key", KEY, SECRET)
    assert caught.value.code == "key.exists"
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(KeyMaterialError, match="No such file") as caught:
        key_file.create(tmp_path / "absent" / "a.key", KEY, SECRET)
    assert caught.value.code == "key.unwritable"


def test_a_full_disk_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KeyMaterialError, match="No space left") as caught:
        key_file.create(tmp_path / "a.key", KEY, SECRET)
    assert caught.value.code == "key.unwritable"
    assert list(tmp_path.iterdir()) == []


def test_an_empty_passphrase_is_refused(tmp_path: Path, path: Path) -> None:
    for attempt in (
        lambda: key_file.create(tmp_path / "a.key", KEY, b""),
        lambda: key_file.load(path, b"", "certificate"),
    ):
        with pytest.raises(KeyMaterialError, match="choose a passphrase") as caught:
            attempt()
        assert caught.value.code == "passphrase.empty"
    assert not (tmp_path / "a.key").exists()


@pytest.mark.parametrize("secret", [b"open sesame ", b"Open sesame", b"open sesame\n", b"\0"])
def test_a_wrong_passphrase(path: Path, secret: bytes) -> None:
    assert code_of(path, secret=secret) == "key.passphrase"


def test_another_role(path: Path) -> None:
    assert code_of(path, "statement") == "key.role"


def test_a_role_changed_in_the_first_line_is_noticed(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"role=certificate", b"role=statement", 1))
    assert code_of(path, "statement") == "key.passphrase"


def test_an_epoch_changed_in_the_first_line_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    key_file.create(path, SigningKey.from_seed("receipt", b"epoch", epoch=1), SECRET)
    path.write_bytes(path.read_bytes().replace(b"kid=1 ", b"kid=2 ", 1))
    assert code_of(path, "receipt") == "key.passphrase"


def test_the_first_line_of_another_file_is_noticed(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.key"
    key_file.create(other, SigningKey.from_seed("certificate", b"other"), SECRET)
    header = other.read_bytes().split(b"\n", 1)[0]
    path.write_bytes(header + b"\n" + path.read_bytes().split(b"\n", 1)[1])
    assert code_of(path) == "key.passphrase"


def test_a_role_that_does_not_exist_is_not_echoed(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"role=certificate", b"role=emperor", 1))
    with pytest.raises(KeyMaterialError, match="no role known here") as caught:
        key_file.load(path, SECRET, "certificate")
    assert caught.value.code == "key.role"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o620, 0o601])
def test_a_file_open_to_others_is_not_loaded(path: Path, mode: int) -> None:
    path.chmod(mode)
    assert code_of(path) == "key.mode"


def test_a_file_that_is_not_there_or_is_a_folder(tmp_path: Path) -> None:
    assert code_of(tmp_path / "absent") == "key.unreadable"
    assert code_of(tmp_path) == "key.unreadable"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"nonsense",
        b"\xff\xfe\x00" * 100,
        b"x" * 4097,
        KEY.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        KEY.private.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(SECRET)
        ),
    ],
    ids=["empty", "newline", "text", "binary", "long", "plain PEM", "encrypted PEM"],
)
def test_other_files_are_unreadable(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert code_of(path) == "key.unreadable"


def test_an_unencrypted_key_under_the_first_line_is_unreadable(path: Path) -> None:
    header = path.read_bytes().split(b"\n", 1)[0]
    plain = KEY.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(header + b"\n" + plain)
    assert code_of(path) == "key.unreadable"


@pytest.mark.parametrize("kept", [0.1, 0.3, 0.5, 0.9, 0.99])
def test_a_torn_file_is_unreadable(path: Path, kept: float) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    assert code_of(path) == "key.unreadable"


def lock(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, header: bytes) -> bytes:
    password = BestAvailableEncryption(key_file._password(header, SECRET))
    return header + b"\n" + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, password)


@pytest.mark.parametrize(
    "foreign",
    [ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048)],
    ids=["P-384", "RSA"],
)
def test_a_foreign_kind_of_key(
    path: Path, foreign: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
) -> None:
    header = path.read_bytes().split(b"\n", 1)[0]
    path.write_bytes(lock(foreign, header))
    with pytest.raises(KeyMaterialError) as caught:
        key_file.load(path, SECRET, "certificate")
    assert caught.value.code == "key.type"


def test_the_kid_is_compared_with_the_key(path: Path) -> None:
    header = path.read_bytes().split(b"\n", 1)[0]
    path.write_bytes(lock(ec.generate_private_key(ec.SECP256R1()), header))
    assert code_of(path) == "key.unreadable"


def test_no_error_shows_passphrase_or_key(path: Path) -> None:
    # As a crash reporter that prints local variables would see it.
    plain = KEY.private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(path.read_bytes().replace(b"role=certificate", b"role=statement", 1))
    with pytest.raises(KeyMaterialError) as caught:
        key_file.load(path, Passphrase(b"canary passphrase"), "statement")
    report = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    printed = "".join(report.format())
    assert "passphrase = <passphrase>" in printed
    assert "canary passphrase" not in printed.replace('Passphrase(b"canary passphrase")', "")
    assert plain.hex() not in printed


def test_the_written_file_holds_no_plain_key(path: Path) -> None:
    content = path.read_bytes()
    assert SECRET not in content
    private = KEY.private
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    assert private.private_numbers().private_value.to_bytes(32) not in content
