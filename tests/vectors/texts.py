# SPDX-License-Identifier: Apache-2.0
"""base64url, JSON, digits, regions, keys: what every format is made of (docs/format.md §1)."""

from collections.abc import Iterator

from credential import base64url
from keys.jwk import COORDINATE_BYTES
from tests.vectors.case import Case, Members
from tests.vectors.world import slim

TOKEN, PROFILE = {"code": "malformed.token"}, {"code": "malformed.profile"}


def cases() -> Iterator[Case]:
    """Give the cases of this layer."""
    yield from _base64url()
    yield from _json()
    yield from _digits()
    yield from _regions()
    yield from _keys()


def _base64url() -> Iterator[Case]:
    def case(name: str, text: str, comment: str, expect: Members = TOKEN) -> Case:
        source = "docs/format.md §1.3"
        return Case(f"base64url/{name}", comment, source, "base64url", {"text": text}, expect)

    yield case("two-bytes", "_-8", "ffef, the shortest form there is", {"hex": "ffef"})
    yield case("empty", "", "no bytes at all", {"hex": ""})
    yield case("padding", "_-8=", "padding is never there")
    yield case("trailing-bits", "_-9", "the two unused bits are not zero: the same bytes again")
    yield case("trailing-bits-of-four", "QR", "QQ and QR would both be the byte 41")
    yield case("one-character-over", "QQQQQ", "five characters are no number of bytes")
    yield case("plus", "+-8", "the alphabet of plain base64")
    yield case("slash", "/-8", "the alphabet of plain base64")
    yield case("space", "_- 8", "white space inside")
    yield case("line-end", "_-8\n", "a line end behind: patterns that end with $ let it through")
    yield case("not-ascii", "Ａ-8", "a full-width letter")


def _json() -> Iterator[Case]:
    def case(
        name: str, data: bytes, comment: str, expect: Members = TOKEN, *, canonical: bool = True
    ) -> Case:
        inputs = {"hex": data.hex(), "canonical": canonical}
        return Case(f"json/{name}", comment, "docs/format.md §1.2", "json", inputs, expect)

    good = '{"b":[1,-9007199254740991],"a":"技\\n\\u001f"}'
    yield case("order-is-kept", good.encode(), "members stay in their order", {"text": good})
    yield case("depth-8", b"[" * 8 + b"]" * 8, "eight deep is enough", {"text": "[[[[[[[[]]]]]]]]"})
    yield case("white-space-allowed", b' { "a" : 1 } ', "where the form is free",
               {"text": '{"a":1}'}, canonical=False)  # fmt: skip
    yield case("proto", b'{"__proto__":1}', "a name like any other", {"text": '{"__proto__":1}'})
    yield case("integer-names", b'{"2":1,"1":2}', "an engine that sorts such names is not a reader",
               {"text": '{"2":1,"1":2}'})  # fmt: skip
    yield case("white-space", b'{"a": 1}', "white space where the form is canonical", PROFILE)
    yield case("needless-escape", b'"\\u0061"', "an escape that is not needed", PROFILE)
    yield case("upper-case-escape", b'"\\u001F"', "hex digits are lower case", PROFILE)
    yield case("escaped-slash", b'"\\/"', "a slash is not escaped", PROFILE)
    yield case("escaped-han", b'"\\u6280"', "a character that stands for itself", PROFILE)
    yield case("minus-zero", b"-0", "zero has one form", PROFILE)
    yield case("duplicate-name", b'{"a":1,"a":1}', "a name twice, though with one value")
    yield case("duplicate-name-escaped", b'{"a":1,"\\u0061":2}', "a name twice, once escaped")
    yield case("nan", b"NaN", "no JSON, though many readers take it")
    yield case("infinity", b"-Infinity", "no JSON, though many readers take it")
    yield case("fraction", b"1.0", "a number with a fraction")
    yield case("exponent", b"1e3", "a number with an exponent")
    yield case("overflow", b"1e400", "infinite in many readers")
    yield case("above-2-53", b"9007199254740992", "beyond what every engine reads alike")
    yield case("below-2-53", b"-9007199254740992", "beyond what every engine reads alike")
    yield case("long-integer", b"1" * 400, "quadratic in some readers")
    yield case("leading-zero", b"01", "no JSON")
    yield case("plus-sign", b"+1", "no JSON")
    yield case("lone-surrogate-escaped", b'"\\ud800"', "half a character")
    yield case("surrogates-reversed", b'"\\udc00\\ud800"', "two halves in the wrong order")
    yield case("lone-surrogate-raw", b'"\xed\xa0\x80"', "half a character in UTF-8")
    yield case("invalid-utf8", b'"\xff"', "no UTF-8")
    yield case("overlong-utf8", b'"\xc0\xaf"', "a slash in two bytes")
    yield case("gb18030", '"技印"'.encode("gb18030"), "another encoding")
    yield case("utf16", '"a"'.encode("utf-16"), "another encoding")
    yield case("bom", b'\xef\xbb\xbf{"a":1}', "a byte-order mark")
    yield case("nul", b'"\x00"', "a raw control character")
    yield case("tab", b'"\t"', "a raw control character")
    yield case("depth-9", b"[" * 9 + b"]" * 9, "nine deep")
    yield case("depth-2000", b"[" * 2_000, "deep enough to end many readers")
    yield case("trailing-comma", b"[1,]", "no JSON")
    yield case("two-values", b"{}{}", "something stands behind")
    yield case("single-quotes", b"{'a':1}", "no JSON")
    yield case("empty", b"", "nothing at all")


def _digits() -> Iterator[Case]:
    def case(name: str, text: str, comment: str, expect: Members | None = None) -> Case:
        source = "docs/format.md §4.2"
        refused = {"code": "malformed.carrier"}
        return Case(f"digits/{name}", comment, source, "digits", {"text": text}, expect or refused)

    most = str(256**22 - 1)
    yield case("one-byte", "255", "three digits are one byte", {"hex": "ff"})
    yield case("leading-zeros", "00001", "five digits are two bytes", {"hex": "0001"})
    yield case("full-block", most, "53 digits are 22 bytes", {"hex": "ff" * 22})
    yield case("block-and-one", f"{most}000", "a block and one byte", {"hex": "ff" * 22 + "00"})
    yield case("byte-of-256", "256", "one above the bound of its block")
    yield case("block-above", str(256**22), "one above the bound of its block")
    yield case("last-block-above", f"{most}65536", "the last block has a bound of its own")
    for count in (1, 2, 4, 52, 54):
        yield case(f"count-{count}", "0" * count, f"no number of bytes takes {count} digits")
    yield case("letter", "25a", "not a digit")
    yield case("minus", "-55", "a sign is not a digit")
    yield case("full-width", "２５５", "digits of ASCII only")
    yield case("arabic-indic", "٢٥٥", "digits of ASCII only")
    yield case("too-long", "0" * 2_473, "1,029 bytes")


def _regions() -> Iterator[Case]:
    for region, outer, is_inside in (
        ("310115", "310000", True),
        ("310000", "310000", True),
        ("310115", "310115", True),
        ("310000", "310100", False),
        ("320115", "310000", False),
        ("310100", "310115", False),
    ):
        yield Case(
            f"region/{region}-in-{outer}",
            "pairs of 00 at the end of the outer one stand for anything",
            "docs/format.md §1.1",
            "inside",
            {"region": region, "outer": outer},
            {"inside": is_inside},
        )


def _keys() -> Iterator[Case]:
    def case(name: str, jwk: Members, comment: str, expect: Members) -> Case:
        source = "docs/format.md §1.3; RFC 7638"
        return Case(f"jwk/{name}", comment, source, "jwk", {"jwk": dict(jwk)}, expect)

    home = slim()
    es256, eddsa = home.body_key.public, home.key("certificate", "/body/2", "EdDSA").public
    for key in (es256, eddsa):
        named = {"kid": key.kid, "thumbprint": key.thumbprint.hex()}
        yield case(key.alg.lower(), key.members, "a key and what it goes by", named)
    good, edwards = es256.members, eddsa.members
    nothing = base64url.encode(bytes(COORDINATE_BYTES))
    malformed, curve, point = ({"code": f"key.{code}"} for code in ("malformed", "curve", "point"))
    yield case("private", {**good, "d": nothing}, "a private key", {"code": "key.private"})
    yield case("kid-inside", {**good, "kid": "x"}, "a member more", malformed)
    yield case("short-coordinate", {**good, "x": good["x"][:42]}, "31 bytes", malformed)
    yield case("off-the-curve", {**good, "y": good["x"]}, "a point off the curve", point)
    yield case("origin", {**good, "x": nothing, "y": nothing}, "no point", point)
    yield case("p384", {**good, "crv": "P-384"}, "another curve", curve)
    yield case("alg-of-the-other", {**good, "alg": "EdDSA"}, "curve and alg differ", curve)
    yield case("hmac", {"kty": "oct", "k": nothing}, "a secret", {"code": "key.private"})
    small = base64url.encode(b"\x01" + bytes(31))
    yield case("small-order", {**edwards, "x": small}, "the identity as a key", point)
    yield case("not-on-edwards", {**edwards, "x": "Ag" + "A" * 41}, "no point has this y", point)
