# SPDX-License-Identifier: Apache-2.0
"""Holder tags: fixed for ever, the same for every spelling, and silent about the number."""

import hashlib
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credential import holder
from credential.errors import MalformedError

NUMBER = "11010519491231002X"  # the example of GB 11643


def expected(password: str, folded: str) -> str:
    """The definition again, from its parts; the tags below were also made with `openssl kdf`."""
    salt = hashlib.sha256(b"skillseal-holder-1" + folded.encode()).digest()
    key = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 100_000)
    return urlsafe_b64encode(key[:3]).decode()


@pytest.mark.parametrize(
    ("document_type", "number", "name", "tag"),
    [
        (1, NUMBER, "赵一", "Vhcr"),
        (1, "440524188001010014", "阿卜杜拉·买买提", "Ym2a"),
        (2, "USA:E12345678", "Anna Müller", "gAeK"),
        (3, "H12345678", "陈大文", "lHIH"),
        (4, "12345678", "䶮", "5cIt"),
    ],
)
def test_tags_are_fixed_for_ever(document_type: int, number: str, name: str, tag: str) -> None:
    assert holder.tag(document_type, number, name) == tag
    folded = {"阿卜杜拉·买买提": "阿卜杜拉买买提", "Anna Müller": "ANNAMULLER"}.get(name, name)
    assert expected(f"{document_type}:{number}", folded) == tag
    assert holder.is_tag(tag)


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("11010519491231002x", "赵一"),
        ("１１０１０５１９４９１２３１００２Ｘ", "赵 一"),
        ("110105 19491231 002X", "赵\u200b一"),
        ("110105491231002", "赵⼀"),
    ],
)
def test_other_spellings_give_the_same_tag(number: str, name: str) -> None:
    assert holder.tag(1, number, name) == holder.tag(1, NUMBER, "赵一")


def test_another_person_another_name_another_document_give_other_tags() -> None:
    tags = {
        holder.tag(1, NUMBER, "赵一"),
        holder.tag(1, NUMBER, "赵二"),
        holder.tag(1, "440524188001010014", "赵一"),
        holder.tag(4, "12345678", "赵一"),
        holder.tag(3, "H12345678", "赵一"),
    }
    assert len(tags) == 5


def test_a_wrong_number_is_refused_without_being_shown() -> None:
    with pytest.raises(MalformedError, match="check digit") as caught:
        holder.tag(1, "110105194912310021", "赵一")
    assert caught.value.code == "holder.malformed"
    assert "110105194912310021" not in str(caught.value)


@pytest.mark.parametrize("name", ["", " ", "·", "\u200b"])
def test_a_name_of_which_nothing_is_left(name: str) -> None:
    with pytest.raises(MalformedError, match="at least one letter") as caught:
        holder.tag(1, NUMBER, name)
    assert caught.value.code == "name.malformed"


@settings(max_examples=15)
@given(st.text(min_size=1, max_size=20))
def test_any_name_gives_a_tag_or_is_refused(name: str) -> None:
    try:
        found = holder.tag(1, NUMBER, name)
    except MalformedError as error:
        found = {"name.malformed": "AAAA"}[error.code]
    assert holder.is_tag(found)


@pytest.mark.parametrize("text", ["Ab3_", "----", "0000"])
def test_tags(text: str) -> None:
    assert holder.is_tag(text)


@pytest.mark.parametrize("text", ["", "Ab3", "Ab3__", "Ab3+", "Ab3=", "Ab3_\n", "Ab３_", "Ab 3"])
def test_other_texts_are_no_tags(text: str) -> None:
    assert not holder.is_tag(text)
