# SPDX-License-Identifier: Apache-2.0
"""docs/format.md §2."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from credential import canonical, certificate
from credential.certificate import Claims
from credential.errors import MalformedError
from tests.credential.samples import CLAIMS, HOST, token

SAMPLES = [
    CLAIMS,
    CLAIMS._replace(holder_tag=None, trade="抹灰工"),
    CLAIMS._replace(
        kind="special_operation",
        level=None,
        exp=CLAIMS.iat + 63_072_000,
        detail=(("category", "建筑电工"),),
    ),
    CLAIMS._replace(route="competition", detail=(("event", "技能竞赛"), ("rank", "一等奖"))),
    CLAIMS._replace(
        kind="overseas_recognition",
        level=None,
        route="competition",
        detail=(("event", "e"), ("origin", "o"), ("original", "p"), ("rank", "r")),
    ),
    CLAIMS._replace(kind="industry_skill"),
    CLAIMS._replace(
        kind="safety_competency", level=None, exp=CLAIMS.iat + 1, detail=(("post", "C1"),)
    ),
]


@pytest.mark.parametrize("claims", SAMPLES)
def test_the_canonical_form_is_the_only_one(claims: Claims) -> None:
    payload = claims.to_bytes()
    assert Claims.from_bytes(payload) == claims
    assert (
        json.dumps(claims.to_members(), ensure_ascii=False, separators=(",", ":")).encode()
        == payload
    )
    assert certificate.read(token(claims))[1] == claims


def _with(path: str, value: object) -> bytes:
    members: dict[str, Any] = json.loads(CLAIMS.to_bytes())
    inner = members
    *outer, last = path.split(".")
    for name in outer:
        inner = inner[name]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode()


URI = f"https://{HOST}/status/1"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("iss", "https://jy.sh310.example"),
        ("iss", 5),
        ("vct", "urn:skillseal:certificate:2"),
        ("vct", "https://evil.example/type"),
        ("iat", "1790000000"),
        ("iat", -1),
        ("iat", 1_790_000_000_000),
        ("iat", True),
        ("status", {}),
        ("status", {"status_list": {"idx": -1, "uri": URI}}),
        ("status", {"status_list": {"idx": 2**32, "uri": URI}}),
        ("status", {"status_list": {"uri": URI, "idx": 1}}),
        ("status", {"status_list": {"idx": 1, "uri": "https://other.example/status/1"}}),
        ("status", {"status_list": {"idx": 1, "uri": URI}, "more": 1}),
        ("certificate_number", ""),
        ("certificate_number", "Y" * 41),
        ("certificate_number", "Y 1"),
        ("kind", "degree"),
        ("kind", "special_operation"),
        ("name", "张\u202e三"),
        ("name", "a" * 51),
        ("name", 7),
        ("holder_tag", "Ab3"),
        ("holder_tag", "Ab3="),
        ("holder_tag", 3),
        ("occupation", {"code": "39", "name": "砌筑工"}),
        ("occupation", {"code": "lyg2020:39", "name": ""}),
        ("occupation", {"name": "砌筑工", "code": "lyg2020:39"}),
        ("occupation.trade", ""),
        ("level", "6"),
        ("level", 3),
        ("route", "purchase"),
        ("region", "31011"),
        ("evaluated_on", "2026-02-30"),
        ("batch", "B/1"),
        ("batch", None),
        ("level", None),
        ("status", None),
    ],
)
def test_values_that_are_refused(path: str, value: object) -> None:
    with pytest.raises(MalformedError) as caught:
        Claims.from_bytes(_with(path, value))
    assert caught.value.code == "malformed.profile"


@pytest.mark.parametrize(
    "claims",
    [
        CLAIMS._replace(exp=CLAIMS.iat + 1),
        CLAIMS._replace(kind="special_operation", level=None),
        CLAIMS._replace(kind="training_completion"),
        CLAIMS._replace(kind="safety_competency", level=None, exp=CLAIMS.iat),
        CLAIMS._replace(detail=(("event", "x"),)),
        CLAIMS._replace(route="competition", detail=(("rank", "r"), ("event", "e"))),
        CLAIMS._replace(route="competition", detail=(("event", ""),)),
    ],
)
def test_rules_of_kinds_and_routes(claims: Claims) -> None:
    with pytest.raises(MalformedError) as caught:
        Claims.from_bytes(claims.to_bytes())
    assert caught.value.code == "malformed.profile"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda b: b.replace(b'"iat":', b'"iat":1.5,"x":'), "malformed.token"),
        (lambda b: b.replace(b'"batch":', b'"batch":"a","batch":'), "malformed.token"),
        (lambda b: b.replace(b'{"iss"', b'{ "iss"'), "malformed.profile"),
        (lambda b: b.replace("砌".encode(), b"\\u780c"), "malformed.profile"),
        (lambda b: b.replace("砌".encode(), b"\xff"), "malformed.token"),
        (lambda b: b.replace("砌".encode(), b"\\ud800"), "malformed.token"),
        (lambda b: b + b" ", "malformed.profile"),
        (lambda b: b + b"{}", "malformed.token"),
        (lambda b: b[:-1] + b',"__proto__":{}}', "malformed.profile"),
        (lambda b: b[:-1] + b',"detail":{}}', "malformed.profile"),
        (lambda _: b"[]", "malformed.profile"),
        (lambda _: b"[" * 5000, "malformed.token"),
        (lambda _: b"", "malformed.token"),
    ],
)
def test_bytes_that_are_refused(change: Callable[[bytes], bytes], code: str) -> None:
    """The lenient parser on the quick path lets nothing through."""
    with pytest.raises(MalformedError) as caught:
        Claims.from_bytes(change(CLAIMS.to_bytes()))
    assert caught.value.code == code


def test_what_the_pattern_takes_is_canonical_json() -> None:
    """Every edit of one byte is refused with the code that a strict reading of JSON gives."""
    payload = CLAIMS.to_bytes()
    edits = b'"\\{}[],:0a \n\xff\x1f'
    for place in range(len(payload)):
        for edit in edits:
            changed = payload[:place] + bytes((edit,)) + payload[place + 1 :]
            try:
                expected = json.loads(canonical.encode(canonical.parse(changed)))
                code = "malformed.profile"
            except MalformedError as error:
                expected, code = None, error.code
            try:
                assert Claims.from_bytes(changed).to_members() == expected
            except MalformedError as error:
                assert error.code == code, (place, edit)  # noqa: PT017  # either outcome is right
