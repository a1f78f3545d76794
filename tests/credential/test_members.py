# SPDX-License-Identifier: Apache-2.0
"""docs/format.md §1.1."""

from collections.abc import Callable

import pytest

from credential import members
from credential.errors import MalformedError
from credential.members import Members


@pytest.mark.parametrize(
    ("region", "outer", "expected"),
    [
        ("310115", "310000", True),
        ("310000", "310000", True),
        ("320700", "320000", True),
        ("310000", "310100", False),
        ("310115", "320000", False),
        ("310115", "310115", True),
        ("310115", "310114", False),
    ],
)
def test_inside(region: str, outer: str, *, expected: bool) -> None:
    assert members.inside(region, outer) is expected


@pytest.mark.parametrize(
    "host",
    ["a.example", "127.0.0.1:8000", "xn--fiq.example", "a", "a.b:1", "a:65535", "x" * 63 + ".cn"],
)
def test_hosts(host: str) -> None:
    assert members.is_host(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "A.example",
        "a..b",
        "-a.b",
        "a-.b",
        "a.b:443",
        "a.b:0",
        "a.b:080",
        "a.b:65536",
        "user@a.b",
        "a.b/",
        "a_b.c",
        "中.cn",
        "x" * 64 + ".cn",
        "a." * 50 + "ab",
        "a.b:",
        None,
        1,
    ],
)
def test_not_hosts(host: object) -> None:
    assert not members.is_host(host)


@pytest.mark.parametrize("day", ["2026-02-28", "2024-02-29", "0001-01-01"])
def test_civil_dates(day: str) -> None:
    assert members.is_civil_date(day)


@pytest.mark.parametrize(
    "day",
    [
        "2026-02-29",
        "2026-2-3",
        "20260203",
        "2026-13-01",
        "0000-01-01",
        "２０２６-01-01",
        "2026-W01-1",
        5,
    ],
)
def test_not_civil_dates(day: object) -> None:
    assert not members.is_civil_date(day)


@pytest.mark.parametrize("text", ["砌筑工", "a", "架子工（附着式）", "\U00020bb7", "x y", "A" * 40])
def test_plain_text(text: str) -> None:
    assert members.is_plain(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " a",
        "a ",
        "A" * 41,
        "a\nb",
        "a\u202eb",
        "\u200b",
        "\ue863",
        "\x1b[31m",
        "é",
        "\ud800",
        "\U000e0041",
        None,
    ],
)
def test_not_plain_text(text: object) -> None:
    """No controls, no direction marks, no private or invisible characters."""
    assert not members.is_plain(text)


@pytest.mark.parametrize(
    "value",
    [
        {"b": 1, "a": 1},
        {"a": 1},
        {"a": 1, "b": 1, "d": 1},
        {"a": 1, "b": 1, "__proto__": 1},
        {"a": 1, "c": 1, "b": 1},
        [],
        None,
        "a",
    ],
)
def test_names_and_their_order(value: object) -> None:
    with pytest.raises(MalformedError, match="here") as caught:
        Members.of(value, "here", "a b c?")
    assert caught.value.code == "malformed.profile"


def test_optional_names() -> None:
    assert "c" not in Members.of({"a": 1, "b": 2}, "here", "a b c?")
    assert "c" in Members.of({"a": 1, "b": 2, "c": 3}, "here", "a b c?")


@pytest.mark.parametrize(
    ("reader", "good", "bad"),
    [
        (lambda m: m.integer("v", 1, 3), (1, 3), (0, 4, True, "1", None)),
        (lambda m: m.time("v"), (0, 2**32 - 1), (-1, 2**32, "0")),
        (lambda m: m.end("v"), (None, 5), (-1, "")),
        (lambda m: m.text("v", 3), ("abc",), ("abcd", "", 1)),
        (lambda m: m.flag("v"), (True, False), (1, None, "true")),
        (lambda m: m.mark("v"), (True,), (False, 1, None)),
        (lambda m: m.items("v", 1, 2), ([1], [1, 2]), ([], [1, 2, 3], "a", {})),
        (lambda m: m.region("v"), ("310115",), ("31011", "031011", "31011a", 310115)),
        (lambda m: m.civil_date("v"), ("2026-01-01",), ("2026-1-1", 1)),
        (lambda m: m.hex_digest("v"), ("0" * 64,), ("0" * 63, "A" * 64, 0)),
        (lambda m: m.digest("v"), ("A" * 43,), ("A" * 42 + "B", "A" * 42, 0)),
        (lambda m: m.occupation_code("v"), ("lyg2020:39",), ("39", "lyg2020:", "Lyg:1", 39)),
        (lambda m: m.choice("v", ("x", "y")), ("x",), ("z", 1, ["x"])),
    ],
)
def test_readers(
    reader: Callable[[Members], object], good: tuple[object, ...], bad: tuple[object, ...]
) -> None:
    for value in good:
        assert reader(Members({"v": value}, "here")) == value
    for value in bad:
        with pytest.raises(MalformedError, match=r"here\.v") as caught:
            reader(Members({"v": value}, "here"))
        assert caught.value.code == "malformed.profile"


@pytest.mark.parametrize(
    "value",
    [
        "https://a.b/bodies/91310115MA1K3YJ12",
        "https://a.b/bodies/91310115MA1K3YJ12I",
        "http://a.b/bodies/91310115MA1K3YJ12X",
        "https://a.b:443/bodies/91310115MA1K3YJ12X",
        "https://a.b/bodies/91310115MA1K3YJ12X/",
        None,
    ],
)
def test_body_ids(value: object) -> None:
    assert members.body_id("https://a.b:8/bodies/91310115MA1K3YJ12X") == (
        "a.b:8",
        "91310115MA1K3YJ12X",
    )
    with pytest.raises(MalformedError):
        members.body_id(value)


def test_status_uris_and_registry_hosts() -> None:
    assert members.status_uri("https://a.b/status/l-1") == ("a.b", "l-1")
    assert members.registry_host("https://a.b:8000") == "a.b:8000"
    for bad in ("https://a.b/status/", "https://a.b/status/L", "file:///status/1"):
        with pytest.raises(MalformedError):
            members.status_uri(bad)
    for bad in ("https://a.b/", "http://a.b", "a.b"):
        with pytest.raises(MalformedError):
            members.registry_host(bad)
