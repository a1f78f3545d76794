# SPDX-License-Identifier: Apache-2.0
"""Payloads of certificates, and receipts (docs/format.md §2, §3)."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from credential import base64url, certificate
from tests.vectors.case import Case, Members
from tests.vectors.world import HOME, ISSUED, slim

_PROFILE, _TOKEN = {"code": "malformed.profile"}, {"code": "malformed.token"}
_ACCEPTED = {"accepted": True}
_HOME = slim()
_SPECIAL: dict[str, Any] = {
    "exp": ISSUED + 86_400,
    "kind": "special_operation",
    "level": None,
    "certificate_number": "沪A012026000001",
}


def cases() -> Iterator[Case]:
    """Give the cases of this layer."""
    yield from _kinds()
    yield from _values()
    yield from _forms()
    yield from _receipts()


def _payload(**changes: Any) -> str:
    return _HOME.claims._replace(**changes).to_bytes().decode()


def _raw(member: str, value: str) -> str:
    """Put JSON text in place of a member's value."""
    members = json.loads(_payload())
    old = json.dumps(members[member], ensure_ascii=False, separators=(",", ":"))
    return _payload().replace(f'"{member}":{old}', f'"{member}":{value}')


def _case(
    name: str, payload: str, comment: str, source: str = "§2", expect: Members = _PROFILE
) -> Case:
    return Case(
        f"certificate/{name}",
        comment,
        f"docs/format.md {source}",
        "certificate",
        {"payload": payload},
        expect,
    )


def _kinds() -> Iterator[Case]:
    yield _case("usual", _payload(), "a certificate", expect=_ACCEPTED)
    yield _case("special-operation", _payload(**_SPECIAL), "with an end", expect=_ACCEPTED)
    everything = _payload(
        kind="overseas_recognition",
        route="competition",
        trade="电焊工",
        exp=ISSUED + 1,
        detail=(("event", "第3届"), ("origin", "新加坡"), ("original", "A"), ("rank", "1")),
    )
    yield _case("everything", everything, "every optional member", expect=_ACCEPTED)
    bare = _payload(holder_tag=None, kind="safety_competency", level=None)
    yield _case("no-tag", bare, "the tag may be absent", expect=_ACCEPTED)
    for level in ("apprentice", "chief"):
        yield _case(f"level-{level}", _payload(level=level), "a level", expect=_ACCEPTED)
    yield _case("level-missing", _payload(level=None), "required for this kind")
    yield _case("level-6", _payload(level="6"), "no such level")
    special = _payload(**{**_SPECIAL, "level": "3"})
    yield _case("level-refused", special, "a kind without levels")
    yield _case("exp-missing", _payload(**{**_SPECIAL, "exp": None}), "required here")
    yield _case("exp-refused", _payload(exp=ISSUED + 1), "a skill level does not expire")
    yield _case("exp-equals-iat", _payload(**{**_SPECIAL, "exp": ISSUED}), "not after")
    yield _case("kind-unknown", _payload(kind="doctorate"), "no such kind")
    yield _case("route-unknown", _payload(route="purchase"), "no such route")
    post = _payload(detail=(("post", "A"),))
    yield _case("detail-of-another-kind", post, "a member that belongs to another kind")
    swapped = _payload(route="competition", detail=(("rank", "1"), ("event", "A")))
    yield _case("detail-order", swapped, "not in alphabetical order")
    twice = _payload(route="competition", detail=(("event", "A"), ("event", "B")))
    yield _case("detail-twice", twice, "a member twice", "§1.2, §2", _TOKEN)


def _values() -> Iterator[Case]:
    def raw(name: str, member: str, value: str, comment: str, source: str = "§1.1, §2") -> Case:
        return _case(name, _raw(member, value), comment, source)

    yield raw("iat-text", "iat", '"1790000000"', "a time is an integer")
    yield raw("iat-milliseconds", "iat", "1790000000000", "a time is in seconds")
    yield raw("iat-negative", "iat", "-1", "a time is not before 1970")
    yield _case("iat-fraction", _raw("iat", "1790000000.5"), "no fractions", "§1.2, §2", _TOKEN)
    yield _case("iat-exponent", _raw("iat", "179e7"), "no exponents", "§1.2, §2", _TOKEN)
    yield raw("iat-above", "iat", "4294967296", "2³² does not fit the carrier")
    status = '{{"status_list":{{"idx":{},"uri":"https://{}/status/{}"}}}}'
    for name, index, host, part in (
        ("idx-negative", "-1", HOME, "1"),
        ("idx-text", '"1"', HOME, "1"),
        ("idx-above", "4294967296", HOME, "1"),
        ("uri-other-host", "1", "jy.js320.example", "1"),
        ("uri-list-name", "1", HOME, "A"),
        ("uri-traversal", "1", HOME, "../x"),
    ):
        value = status.format(index, host, part)
        yield raw(f"status-{name}", "status", value, "a status that cannot be")
    yield raw("status-empty", "status", "{}", "no status list", "§2")
    vct = "urn:skillseal:certificate:2"
    yield raw("vct-other", "vct", f'"{vct}"', "another type", "§2")
    yield raw("vct-url", "vct", '"https://types.example/c"', "a type to be fetched", "§2")
    code = _HOME.body.code
    for name, iss in (
        ("http", f"http://{HOME}/bodies/{code}"),
        ("port-443", f"https://{HOME}:443/bodies/{code}"),
        ("capital-host", f"https://{HOME.upper()}/bodies/{code}"),
        ("user", f"https://a@{HOME}/bodies/{code}"),
        ("slash", f"https://{HOME}/bodies/{code}/"),
        ("letter-o", f"https://{HOME}/bodies/{code[:17]}O"),
        ("authority", f"https://{HOME}/authorities/{code}"),
    ):
        yield raw(f"iss-{name}", "iss", f'"{iss}"', "no identifier of a body")
    yield raw("region-zero", "region", '"010000"', "no region begins with 0")
    yield raw("evaluated-on-31-june", "evaluated_on", '"2026-06-31"', "no such day")
    yield raw("evaluated-on-short", "evaluated_on", '"2026-6-1"', "not of the form")
    yield raw("batch-empty", "batch", '""', "one character at least", "§2")
    yield raw(
        "number-space", "certificate_number", '"Y 1"', "a character that is not permitted", "§2"
    )
    yield raw("number-long", "certificate_number", f'"{"1" * 41}"', "more than 40 characters", "§2")
    yield raw("tag-long", "holder_tag", '"Ab3_a"', "a tag has four characters", "§2")
    yield raw("tag-padding", "holder_tag", '"Ab3="', "no base64url", "§2")
    for name, text in (
        ("script", "<script>alert(1)</script>"),
        ("template", "{{7*7}}"),
        ("escape-sequence", "\\u001b[31m欧"),
        ("line-end", "欧\\n阳"),
        ("formula", "=1+1"),
        ("bidi", "欧\u202e阳"),
        ("zero-width", "欧\u200b阳"),
        ("tag-character", "欧\U000e0041"),
        ("compatibility", "\uf900"),
        ("kangxi-radical", "\u2f00"),
        ("private-use", "\ue863"),
        ("other-dot", "阿\u2022卜"),
        ("decomposed", "Zoe\u0308"),
        ("digit", "欧1"),
        ("dot-at-end", "阿·"),
        ("two-dots", "阿··卜"),
        ("long", "甲" * 51),
    ):
        yield raw(f"name-{name}", "name", f'"{text}"', "no name", "§2, §8")
    for name, text in (("bidi", "焊\u202e工"), ("trailing-space", "焊工 "), ("tab", "焊\\t工")):
        value = f'{{"code":"lyg2020:60","name":"{text}"}}'
        yield raw(f"occupation-{name}", "occupation", value, "no plain text")


def _forms() -> Iterator[Case]:
    payload = _payload()
    source = "§1.2, §2"
    yield _case("member-more", payload[:-1] + ',"nbf":1}', "an unknown member", source)
    sd = payload[:-1] + ',"_sd":["AA"],"_sd_alg":"sha-256"}'
    yield _case("disclosures", sd, "no selective disclosure here")
    for member in ("iss", "vct", "iat", "status", "name", "occupation", "batch"):
        members = json.loads(payload)
        del members[member]
        text = json.dumps(members, ensure_ascii=False, separators=(",", ":"))
        yield _case(f"no-{member}", text, "a required member is missing")
    swapped = json.dumps(dict(reversed(json.loads(payload).items())), ensure_ascii=False,
                         separators=(",", ":"))  # fmt: skip
    yield _case("order", swapped, "members in another order", source)
    yield _case("white-space", payload.replace(",", ", ", 1), "white space", source)
    escaped = payload.replace("欧", "\\u6b27")
    yield _case("escape", escaped, "an escape that is not needed", source)
    twice = payload[:-1] + ',"level":"1"}'
    yield _case("duplicate", twice, "a member twice: which one counts?", source, _TOKEN)
    yield _case("array", f"[{payload}]", "no object", source)
    yield _case("trailing", payload + "}", "something behind", source, _TOKEN)
    yield _case("bom", "\ufeff" + payload, "a byte-order mark", source, _TOKEN)


def _receipts() -> Iterator[Case]:
    token = _HOME.certificate()
    good = _HOME.receipt(token)
    header, payload, signature = good.split(".")
    text = base64url.decode(payload).decode()
    digest = certificate.read(token)[0].digest

    def case(name: str, token: str, comment: str, expect: Members = _PROFILE) -> Case:
        source = "docs/format.md §3"
        return Case(f"receipt/{name}", comment, source, "receipt", {"token": token}, expect)

    def raw(name: str, old: str, new: str, comment: str, expect: Members = _PROFILE) -> Case:
        changed = base64url.encode(text.replace(old, new).encode())
        return case(name, f"{header}.{changed}.{signature}", comment, expect)

    read = {
        "host": HOME,
        "t": ISSUED + 60,
        "digest": digest.hex(),
        "log_index": 41,
        "epoch": 1,
    }
    assert hashlib.sha256(token.rpartition(".")[0].encode()).digest() == digest
    yield case("usual", good, "a receipt", read)
    edwards = base64url.encode(b'{"alg":"EdDSA","kid":"1","typ":"receipt+jwt"}')
    yield case("eddsa", f"{edwards}.{payload}.{signature}", "a registry signs with ES256 alone")
    yield raw("log-index-text", ":41}", ':"41"}', "an integer")
    yield raw("log-index-above", ":41}", f":{2**40}}}", "2⁴⁰ does not fit the carrier")
    yield raw("log-index-negative", ":41}", ":-1}", "from 0")
    yield raw("digest-short", '","log', 'A","log', "43 characters")
    yield raw("iat-fraction", f'"iat":{ISSUED + 60}', '"iat":1.5', "an integer", _TOKEN)
    yield raw("iss-path", HOME, f"{HOME}/", "https://HOST and nothing behind")
    yield raw("member-more", ":41}", ':41,"x":1}', "an unknown member")
    yield raw("order", '"iss"', '"ISS"', "members by name and order")
    yield case("long", f"{header}.{'A' * 1_024}.{signature}", "more than 1,024 bytes", _TOKEN)
