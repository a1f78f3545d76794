# SPDX-License-Identifier: Apache-2.0
"""Questions for both verifiers: certificates and codes bent at random, asked in bent worlds."""

from collections.abc import Iterator
from random import Random
from typing import Any

from credential import base64url, carrier, deflate, digits
from credential.errors import MalformedError
from keys.signing_key import SigningKey
from tests.credential.world import (
    AT,
    BEGIN,
    END,
    ISSUED,
    LEVELS,
    PUBLISHED,
    RECEIVED,
    WEEK,
    Registry,
    World,
)
from tests.web.edits import CODES, DAY, KINDS, bent_world, near

Question = dict[str, Any]


def _changes(registry: Registry, random: Random) -> dict[str, object]:
    kind = random.choice(KINDS)
    special = {"kind": "special_operation", "level": None}
    other = "https://jy.zj330.example"
    choices: list[dict[str, object]] = [
        *({}, {}, {}),
        {"level": random.choice((*LEVELS, "chief"))},
        {"occupation_code": random.choice((*CODES, "mohurd2017:010"))},
        {"region": random.choice(("310115", "310100", "320115", "110000"))},
        {"iat": near(random, RECEIVED, ISSUED)},
        {"certificate_number": random.choice(("1", "Y000031000101263000002", "沪A012026000001"))},
        {"certificate_number": f"{registry.body.prefix}{random.choice(('253', '264'))}000001"},
        {"holder_tag": random.choice((None, "Vhcr"))},
        {"status_index": random.choice((2**20 - 1, 2**20, 2**32 - 1, 5))},
        {"status_uri": f"https://{registry.host}/status/{random.choice('123')}"},
        {**special, "exp": near(random, AT, PUBLISHED, RECEIVED + 2)},
        {"kind": kind, "level": None if kind == "training_completion" else "3"},
        {"kind": "industry_skill", "level": None, "exp": near(random, AT, AT + DAY)},
        {"name": "赵一"},
        {"batch": "甲"},
        {
            "iss": f"{other}/bodies/{registry.claims.body_code}",
            "host": other[8:],
            "status_uri": f"{other}/status/1",
        },
        {"iss": f"https://{registry.host}/bodies/91310115MA1K3YJ22M"},
        {"iat": ISSUED + random.choice((-60 * DAY, 360))},
    ]
    return random.choice(choices)


def _signer(registry: Registry, random: Random) -> SigningKey:
    return random.choice(
        (
            *[registry.body_key] * 6,
            registry.key("certificate", "/body/2", "EdDSA"),
            registry.key("certificate", "/nobody"),
        )
    )


def _text(world: World, random: Random) -> str:
    registry = random.choice((world.home, world.peer))
    if random.random() < 0.25:
        return registry.code()
    token = registry.certificate(_signer(registry, random), **_changes(registry, random))
    try:
        t = random.choice((RECEIVED, RECEIVED, near(random, RECEIVED, PUBLISHED, AT, BEGIN, END)))
        key = random.choice((*[registry.epoch()] * 6, registry.epoch(2), world.home.epoch()))
        stamp = registry.receipt(token, t, random.choice((0, 41, 2**40 - 1)), key)
    except MalformedError:
        return carrier.text_form(token, None)
    return random.choice(
        (
            *(_code, _code, _code, _code, _bare, _elsewhere, _renamed, _text_form, _flipped),
            *(_without_receipt, _wrong_receipt, _broken_signature, _strange),
        )
    )(token, stamp, world, random)


def _code(token: str, stamp: str, world: World, random: Random) -> str:
    return carrier.encode(token, stamp)


def _bare(token: str, stamp: str, world: World, random: Random) -> str:
    return carrier.encode(token, stamp).partition("#")[2]


def _elsewhere(token: str, stamp: str, world: World, random: Random) -> str:
    text = carrier.encode(token, stamp, page_host="static.example")
    return text if random.random() < 0.7 else text.partition("#")[2]


def _renamed(token: str, stamp: str, world: World, random: Random) -> str:
    """Print a code for another host: of a peer, of the same root, of nobody."""
    host = random.choice(("jy.js320.example", "jy.sh310.example", "alt.jy.sh310.example"))
    data = digits.decode(carrier.encode(token, stamp).partition("#")[2])
    plain = b"".join(map(base64url.decode, token.split(".")[:2]))
    stream = deflate.compress(plain, random.choice((host, host, "jy.sh310.example")))
    text = f"https://{host}/v#{digits.encode(data[:2] + stream + data[-138:])}"
    return text if random.random() < 0.8 else text.partition("#")[2]


def _strange(token: str, stamp: str, world: World, random: Random) -> str:
    return random.choice(("", "WIFI:S:x;;", "https://example.com/v", f"{token}.{stamp}", "1"))


def _text_form(token: str, stamp: str, world: World, random: Random) -> str:
    return carrier.text_form(token, stamp)


def _without_receipt(token: str, stamp: str, world: World, random: Random) -> str:
    return carrier.text_form(token, None)


def _wrong_receipt(token: str, stamp: str, world: World, random: Random) -> str:
    registry = random.choice((world.home, world.peer))
    other = registry.receipt(registry.certificate(name="李四"))
    return carrier.text_form(token, other)


def _broken_signature(token: str, stamp: str, world: World, random: Random) -> str:
    parts = [token, stamp]
    at = random.randrange(2)
    head, _, signature = parts[at].rpartition(".")
    data = bytearray(base64url.decode(signature))
    match random.randrange(4):
        case 0:
            data[random.randrange(64)] ^= 1 << random.randrange(8)
        case 1:
            data = data[: random.randrange(64)]
        case 2:
            data = bytearray(64)
        case _:
            data = bytearray(b"\xff" * 64)
    parts[at] = f"{head}.{base64url.encode(bytes(data))}"
    return carrier.text_form(*parts)


def _flipped(token: str, stamp: str, world: World, random: Random) -> str:
    text = carrier.encode(token, stamp)
    at = random.randrange(text.index("#") + 1, len(text))
    return text[:at] + str(random.randrange(10)) + text[at + 1 :]


def _question(world: World, random: Random) -> Question:
    asked: Question = {
        "op": "ask",
        "text": _text(world, random),
        "at": random.choice(
            (AT, AT, AT, near(random, AT, PUBLISHED, RECEIVED, PUBLISHED + DAY, PUBLISHED + WEEK))
        ),
        "region": random.choice((*("310000", "310115") * 4, "320000", "110000")),
    }
    if random.random() < 0.25:
        asked["holder"] = random.choice((*["Ab3_"] * 3, "Vhcr", "xyz", "Ab3_="))
    elif random.random() < 0.02:
        number = random.choice(("11010519491231002X", "11010519491231002x", "123"))
        asked["holder"] = [random.choice((1, 1, 1, 9)), number]
    if random.random() < 0.3:
        kind, level = random.choice(KINDS[:2]), random.choice((*LEVELS, "", "chief"))
        asked["demand"] = f"{kind}/{random.choice((*CODES, 'mohurd2017:010'))}/{level}"
    elif random.random() < 0.01:
        asked["demand"] = "nonsense"
    if random.random() < 0.2:
        asked["max_age"] = random.choice((0, 3_599, 3_600, 3_601, DAY, 30 * DAY))
    return asked


def worlds(count: int, each: int, seed: int) -> Iterator[Question]:
    """Load `count` snapshots and ask `each` questions of every one."""
    random = Random(seed)
    for _ in range(count):
        world = bent_world(random)
        anchor = None if random.random() < 0.03 else world.anchor
        yield {"op": "load", "data": base64url.encode(world.data()), "anchor": anchor}
        for _ in range(each):
            yield _question(world, random)


def covered(answers: list[object]) -> set[str]:
    """Collect the outcomes of checks, so that a test can demand that it met them all."""
    return {
        f"{check['outcome']} {check['reason']}"
        for answer in answers
        if isinstance(answer, dict)
        for check in answer.get("checks", ())
        if check["reason"]
    }
