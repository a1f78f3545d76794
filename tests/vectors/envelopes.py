# SPDX-License-Identifier: Apache-2.0
"""The typed envelope, by form alone: headers, parts, types (docs/format.md §1.3)."""

import hashlib
import json
from collections.abc import Iterator

from credential import base64url, envelope
from tests.vectors.case import Case, Members
from tests.vectors.world import slim

_TOKEN, _PROFILE = {"code": "malformed.token"}, {"code": "malformed.profile"}
_PAYLOAD = b'{"a":1}'
_KID = slim().body_key.kid


def cases() -> Iterator[Case]:
    """Give the cases of this layer."""
    yield from _accepted()
    yield from _algorithms()
    yield from _headers()
    yield from _parts()
    yield from _types()


def _join(header: bytes, payload: bytes = _PAYLOAD, signature: bytes = bytes(64)) -> str:
    return ".".join(base64url.encode(part) for part in (header, payload, signature))


def _header(alg: str = "ES256", kid: str = _KID, typ: str = "dc+sd-jwt") -> bytes:
    return f'{{"alg":"{alg}","kid":"{kid}","typ":"{typ}"}}'.encode()


_GOOD = _join(_header())


def _case(
    name: str,
    token: str,
    comment: str,
    source: str = "§1.3",
    expect: Members = _PROFILE,
    typ: str = "dc+sd-jwt",
) -> Case:
    inputs = {"token": token, "typ": typ}
    source = f"docs/format.md {source}"
    return Case(f"envelope/{name}", comment, source, "envelope", inputs, expect)


def _accepted() -> Iterator[Case]:
    digest = hashlib.sha256(_GOOD.rpartition(".")[0].encode()).hexdigest()
    read = {"alg": "ES256", "kid": _KID, "payload": _PAYLOAD.hex(), "digest": digest}
    yield _case("well-formed", _GOOD, "form alone: its signature is nothing", expect=read)
    never, length = "well-formed; can never verify", "§1.3; RFC 7518 §3.4"
    no_signature = _GOOD.rpartition(".")[0] + "."
    yield _case("empty-signature", no_signature, never, length, read)
    long = _join(_header(), signature=bytes(72))
    yield _case("long-signature", long, never, length, read)


def _algorithms() -> Iterator[Case]:
    weak, listed = "§1.3; RFC 8725 §2.1", "§1.3; RFC 8725 §3.1"
    for name, alg in (
        ("none", '"none"'),
        ("none-capital", '"None"'),
        ("none-mixed", '"nOnE"'),
        ("none-upper", '"NONE"'),
        ("empty", '""'),
        ("null", "null"),
        ("number", "256"),
        ("list", '["ES256"]'),
    ):
        header = f'{{"alg":{alg},"kid":"{_KID}","typ":"dc+sd-jwt"}}'.encode()
        yield _case(f"alg-{name}", _join(header), "an alg outside the two", weak)
    missing = f'{{"kid":"{_KID}","typ":"dc+sd-jwt"}}'.encode()
    yield _case("alg-missing", _join(missing), "a required member is missing", weak)
    bare = _join(_header("none")).rpartition(".")[0]
    yield _case("alg-none-two-parts", bare, "no third part at all", weak, _TOKEN)
    empty = f"{bare}."
    yield _case("alg-none-empty-signature", empty, "an empty third part", weak)
    names = "HS256 HS384 HS512 ES384 ES512 ES256K RS256 PS256 Ed25519 EdDSA448 es256"
    for alg in names.split():
        source = weak if alg.startswith("HS") else listed
        token = _join(_header(alg))
        yield _case(f"alg-{alg}".lower() + ("-lower" if alg == "es256" else ""), token,
                    "an alg outside the two", source)  # fmt: skip


def _headers() -> Iterator[Case]:
    extra = {
        "jwk": ({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}, "RFC 7515 §4.1.3"),
        "jku": ("https://keys.example/jwks", "RFC 7515 §4.1.2"),
        "x5u": ("https://keys.example/x5u", "RFC 7515 §4.1.5"),
        "x5c": (["AA"], "RFC 7515 §4.1.6"),
        "x5t": ("AA", "RFC 7515 §4.1.7"),
        "crit": (["exp"], "RFC 7515 §4.1.11"),
        "crit-empty": ([], "RFC 7515 §4.1.11"),
        "crit-text": ("b64", "RFC 7515 §4.1.11"),
        "b64": (False, "RFC 7797 §3"),
        "zip": ("DEF", "RFC 7516 §4.1.3"),
        "cty": ("JWT", "RFC 7515 §4.1.10"),
        "p2c": (1_000_000_000, "RFC 7518 §4.8.1.2"),
        "enc": ("A256GCM", "RFC 7516 §4.1.2"),
    }
    for name, (value, registered) in extra.items():
        inner = json.dumps({name.partition("-")[0]: value}, separators=(",", ":"))[1:]
        header = _header()[:-1] + b"," + inner.encode()
        source = f"§1.3; {registered}"
        yield _case(f"header-{name}", _join(header), "a member more in the header", source)
    kids = {
        "traversal": "../../../etc/passwd",
        "sql": "' OR 1=1 --",
        "url": "https://keys.example/k",
        "empty": "",
        "short": _KID[:10],
        "unused-bits": "AAAAAAAAAAB",
        "epoch": "1",
    }
    source = "§1.3; RFC 8725 §3.10"
    for name, kid in kids.items():
        yield _case(f"kid-{name}", _join(_header(kid=kid)), "no 8 bytes of base64url", source)
    yield _case("kid-long", _join(_header(kid="A" * 5_000)), "five thousand characters", source)
    for name, raw in (("list", '["a"]'), ("number", "7"), ("nul", '"\\u0000"')):
        header = f'{{"alg":"ES256","kid":{raw},"typ":"dc+sd-jwt"}}'.encode()
        yield _case(f"kid-{name}", _join(header), "no 8 bytes of base64url", source)
    source = "§1.2, §1.3"
    swapped = f'{{"typ":"dc+sd-jwt","alg":"ES256","kid":"{_KID}"}}'.encode()
    yield _case("header-order", _join(swapped), "members in another order", source)
    spaced = _header().replace(b",", b", ")
    yield _case("header-white-space", _join(spaced), "white space", source)
    escaped = _header().replace(b"dc+", b"dc\\u002b")
    yield _case("header-escape", _join(escaped), "an escape that is not needed", source)
    twice = _header()[:-1] + b',"alg":"none"}'
    yield _case("header-duplicate", _join(twice), "a member twice", source, _TOKEN)
    yield _case("header-array", _join(b"[]"), "no object", source)
    yield _case("header-not-json", _join(b"{alg}"), "no JSON", source, _TOKEN)
    yield _case("header-bom", _join(b"\xef\xbb\xbf" + _header()), "a BOM", source, _TOKEN)


def _parts() -> Iterator[Case]:
    header, payload, signature = _GOOD.split(".")
    form = "§1.3; RFC 7515 §3.1"
    for name, token, comment, source in (
        ("two-parts", f"{header}.{payload}", "no signature part", form),
        ("four-parts", f"{_GOOD}.AA", "a part more", form),
        ("jwe", f"{header}.AA.AA.AA.AA", "five parts: encrypted", "§1.3; RFC 7516 §3.1"),
        (
            "json-form",
            '{"payload":"AA","signatures":[]}',
            "the JSON serialization",
            "§1.3; RFC 7515 §3.2",
        ),
        ("empty-header", f".{payload}.{signature}", "an empty part", form),
        ("empty-payload", f"{header}..{signature}", "an empty part", form),
        ("empty", "", "nothing at all", form),
        ("padding", f"{header}=.{payload}.{signature}", "padding", form),
        ("trailing-bits", f"{_GOOD[:-1]}B", "unused bits that are not zero", form),
        ("space-before", f" {_GOOD}", "white space", form),
        ("line-end", f"{_GOOD}\n", "white space", form),
        ("line-inside", f"{header}.\n{payload}.{signature}", "white space", form),
        ("plain-alphabet", f"{header}.{payload}.+/{signature[2:]}", "another alphabet", form),
        ("not-ascii", f"{header}.{payload}é.{signature}", "not ASCII", form),
        ("too-long", f"{header}.{'A' * 8_192}.{signature}", "more than 8,192 bytes", "§1.3"),
    ):
        yield _case(name, token, comment, source, _TOKEN)


def _types() -> Iterator[Case]:
    typs, source = list(envelope.ROLE_OF_TYP), "§1.3; RFC 8725 §3.11"
    for typ in typs:
        kid = "1" if typ == "receipt+jwt" else _KID
        shown = _join(_header(kid=kid, typ=typ))
        # Each as the next two of the ten, and everything as a certificate.
        at = typs.index(typ)
        for other in sorted({typs[(at + 1) % 10], typs[(at + 2) % 10], "dc+sd-jwt"} - {typ}):
            name = f"typ-{_plain(typ)}-as-{_plain(other)}"
            yield _case(name, shown, "a token stands in for another", source, typ=other)
    for name, typ in (
        ("jwt", "JWT"),
        ("vc", "vc+sd-jwt"),
        ("capital", "DC+SD-JWT"),
        ("media-type", "application/dc+sd-jwt"),
        ("empty", ""),
    ):
        yield _case(f"typ-{name}", _join(_header(typ=typ)), "typ is compared exactly", source)
    for name, kid in (("zero", "0"), ("256", "256"), ("leading-zero", "01"), ("thumbprint", _KID)):
        token = _join(_header(kid=kid, typ="receipt+jwt"))
        yield _case(f"receipt-kid-{name}", token, "no epoch", typ="receipt+jwt")


def _plain(typ: str) -> str:
    return typ.removesuffix("+jwt").replace("+", "-")
