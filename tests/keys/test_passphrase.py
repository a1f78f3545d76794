# SPDX-License-Identifier: Apache-2.0
"""Where a passphrase may come from."""

from collections.abc import Callable
from pathlib import Path

import pytest

from keys import passphrase
from keys.errors import KeyMaterialError
from keys.passphrase import Passphrase


def answers(*replies: str) -> Callable[[str], str]:
    waiting = list(replies)
    return lambda _: waiting.pop(0)


@pytest.mark.parametrize(
    ("content", "secret"),
    [
        (b"open sesame", b"open sesame"),
        (b"open sesame\n", b"open sesame"),
        (b"open sesame\r\n", b"open sesame"),
        (b"  spaces stay \n", b"  spaces stay "),
        (b"one newline only\n\n", b"one newline only\n"),
        ("芝麻开门\n".encode(), "芝麻开门".encode()),
        (b"x" * 1024 + b"\r\n", b"x" * 1024),
    ],
)
def test_only_the_newline_at_the_end_is_dropped(
    tmp_path: Path, content: bytes, secret: bytes
) -> None:
    file = tmp_path / "passphrase"
    file.write_bytes(content)
    assert passphrase.read(file) == secret


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "passphrase.empty"),
        (b"\n", "passphrase.empty"),
        (b"\r\n", "passphrase.empty"),
        (b"x" * 1025, "passphrase.long"),
        (b"x" * 5000, "passphrase.long"),
    ],
)
def test_empty_and_overlong_files_are_refused(tmp_path: Path, content: bytes, code: str) -> None:
    file = tmp_path / "passphrase"
    file.write_bytes(content)
    with pytest.raises(KeyMaterialError, match="choose a") as caught:
        passphrase.read(file)
    assert caught.value.code == code
    assert "xxx" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyMaterialError, match="absent: No such file") as caught:
        passphrase.read(tmp_path / "absent")
    assert caught.value.code == "passphrase.unreadable"


def test_the_option_goes_before_the_variable_and_both_before_the_prompt(tmp_path: Path) -> None:
    option, variable = tmp_path / "option", tmp_path / "variable"
    option.write_text("from the option\n")
    variable.write_text("from the variable\n")
    environment = {passphrase.VARIABLE: str(variable)}
    prompt = answers("from the prompt")
    assert passphrase.obtain(option, environment, prompt) == b"from the option"
    assert passphrase.obtain(None, environment, prompt) == b"from the variable"
    assert passphrase.obtain(None, {passphrase.VARIABLE: ""}, prompt) == b"from the prompt"


def test_a_new_passphrase_is_asked_twice() -> None:
    assert passphrase.obtain(None, {}, answers("开门", "开门"), twice=True) == "开门".encode()
    with pytest.raises(KeyMaterialError, match="differ") as caught:
        passphrase.obtain(None, {}, answers("open", "opened"), twice=True)
    assert caught.value.code == "passphrase.mismatch"


def test_no_source_at_all() -> None:
    with pytest.raises(KeyMaterialError, match="--passphrase-file") as caught:
        passphrase.obtain(None, {}, None)
    assert caught.value.code == "passphrase.absent"


def test_an_empty_answer_is_refused() -> None:
    with pytest.raises(KeyMaterialError, match="choose a passphrase") as caught:
        passphrase.obtain(None, {}, answers(""))
    assert caught.value.code == "passphrase.empty"


def test_a_passphrase_does_not_show_itself() -> None:
    secret = passphrase.obtain(None, {}, answers("open sesame"))
    assert isinstance(secret, Passphrase)
    assert repr(secret) == str(secret) == f"{secret}" == f"{[secret]}"[1:-1] == "<passphrase>"
