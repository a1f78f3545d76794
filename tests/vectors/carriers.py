# SPDX-License-Identifier: Apache-2.0
"""Texts of codes, bare digits and the text form, as far as they are read (docs/format.md §4)."""

from collections.abc import Iterator, Sequence

from credential import carrier
from credential.deflate import DICTIONARY, MAX_PLAIN
from tests.vectors import deflate
from tests.vectors.case import Case, Members
from tests.vectors.codes import of_data, of_digits
from tests.vectors.world import HOME, OLD, PEER, usual

_URL, _CARRIER = {"code": "malformed.url"}, {"code": "malformed.carrier"}
_TOKEN, _PROFILE = {"code": "malformed.token"}, {"code": "malformed.profile"}
_HOME = usual()
_PAIR = _HOME.issue()
_CODE = _HOME.parts()
_STATIC = "static.example"
_FOREIGN = _CODE.but(page=_STATIC)
_EDDSA = _HOME.issue(key=_HOME.key("certificate", "/body/2", "EdDSA"))


def cases() -> Iterator[Case]:
    """Give the cases of this layer."""
    yield from _read()
    yield from _bytes()
    yield from _streams()
    yield from _bare()
    yield from _text_form()


def _case(
    name: str,
    text: str,
    comment: str,
    source: str,
    expect: Members = _CARRIER,
    hosts: Sequence[str] = (),
) -> Case:
    inputs: dict[str, object] = {"text": text}
    if hosts:
        inputs["hosts"] = list(hosts)
    return Case(f"carrier/{name}", comment, f"docs/format.md {source}", "decode", inputs, expect)


def _says(
    host: str | None,
    *,
    pair: tuple[str, str | None] = _PAIR,
    inside: bool = False,
) -> Members:
    return {"certificate": pair[0], "receipt": pair[1], "host": host, "inside": inside}


def _read() -> Iterator[Case]:
    yield _case("usual", _CODE.text(), "a code", "§4.3", _says(HOME))
    inside = _says(HOME, inside=True)
    yield _case("host-inside", _FOREIGN.text(), "its page is on a static host", "§4.4", inside)
    eddsa = carrier.text_form(*_EDDSA)
    yield _case("eddsa-text-form", eddsa, "signed with Ed25519", "§4.5", _says(None, pair=_EDDSA))
    stored = _CODE.but(stream=deflate.stored(_CODE.plain)).text()
    yield _case("stored-block", stored, "another compressor: the same tokens", "§4.3", _says(HOME))
    bare = deflate.fixed(_CODE.plain, b"")
    text = _CODE.but(stream=bare).text()
    yield _case("dictionary-unused", text, "no match reaches back", "§4.3", _says(HOME))
    port = "jy.sh310.example:8443"
    moved = _CODE.but(page=port).text()
    yield _case("port", moved, "a host may have a port", "§1.1", _says(HOME, inside=True))


def _bytes() -> Iterator[Case]:
    data = _CODE.data()

    def bent(name: str, comment: str, source: str = "§4.3", **changes: object) -> Case:
        return _case(name, _CODE.but(**changes).text(), comment, source)

    yield bent("version-0", "no such version", version=0)
    yield bent("version-2", "a version that is not known", version=2)
    yield bent("flag-reserved", "a reserved bit is set", flags=2)
    yield bent("flag-high", "a reserved bit is set", flags=128)
    yield bent("flag-host-without", "the flag says a host follows", flags=1)
    yield bent("epoch-0", "epochs begin with 1", epoch=0)
    own = bytes((len(HOME),)) + HOME.encode()
    yield bent("host-inside-own", "the URL's own host is not repeated", "§4.4", flags=1, inside=own)
    for name, host in (
        ("empty", b""),
        ("port-443", b"a.example:443"),
        ("capital", b"A.example"),
        ("not-ascii", "技.example".encode()),
        ("nul", b"a\0example"),
    ):
        inside = bytes((len(host),)) + host
        yield bent(f"host-inside-{name}", "no host", "§1.1, §4.3", flags=1, inside=inside)
    comment = "longer than what follows"
    yield bent("host-inside-long", comment, "§4.3", flags=1, inside=b"\xff" + HOME.encode())
    yield _case("empty", of_digits(HOME, ""), "no digits", "§4.1")
    for count in (1, 2, 100, len(data) - 1):
        cut = of_data(HOME, data[:count])
        yield _case(f"cut-at-{count}", cut, "the end is missing", "§4.3")
    yield _case("byte-more", of_data(HOME, data + b"\0"), "a byte more", "§4.3")
    yield _case("byte-in-front", of_data(HOME, b"\0" + data), "a byte more", "§4.3")
    numbers = _CODE.digits()
    yield _case("letters", of_digits(HOME, f"{numbers}a"), "not digits", "§4.1")
    yield _case("line-end", of_digits(HOME, f"{numbers}\n"), "not digits", "§4.1")
    yield _case("digit-more", of_digits(HOME, f"{numbers}0"), "no number of bytes", "§4.2")
    yield _case("full-width", of_digits(HOME, "１" + numbers[1:]), "not digits", "§4.2")
    above = "9" * 53 + numbers[53:]
    yield _case("block-above", of_digits(HOME, above), "a block of 256²² or more", "§4.2")
    yield _case("too-long", of_digits(HOME, "0" * 4_096), "over 4,096 characters", "§4.1", _URL)


def _streams() -> Iterator[Case]:
    def plain(name: str, content: bytes, comment: str, source: str, expect: Members) -> Case:
        return _case(name, _CODE.but(plain=content).text(), comment, source, expect)

    def stream(name: str, content: bytes, comment: str) -> Case:
        return _case(name, _CODE.but(stream=content).text(), comment, "§4.3")

    good = deflate.fixed(_CODE.plain, DICTIONARY + HOME.encode())
    yield stream("stream-empty", b"", "no stream")
    yield stream("stream-cut", good[:-1], "ends too early")
    yield stream("stream-and-more", good + b"\0", "a byte behind the stream")
    yield stream("stream-twice", good + good, "a second stream")
    yield stream("stream-block-type-3", b"\x07", "no such block")
    behind = deflate.fixed(_CODE.plain, _CODE.plain + bytes(20_000))
    yield stream("stream-distance", behind, "a match from before the dictionary")
    zlib_wrapped = b"\x78\xda" + good + bytes(4)
    yield stream("stream-zlib", zlib_wrapped, "zlib is not raw DEFLATE")
    wrong = deflate.fixed(_CODE.plain, DICTIONARY + PEER.encode()[:-1])
    text = _CODE.but(stream=wrong).text()
    yield _case("stream-other-dictionary", text, "another dictionary: no JSON", "§4.4", _TOKEN)
    most = b"}" * MAX_PLAIN
    at_most = "as much as may be: read, and then refused as a token"
    yield plain("bomb-4096", most, at_most, "§4.3", _TOKEN)
    yield plain("bomb-4097", most + b"}", "one byte more than may be", "§4.3", _CARRIER)
    bomb = deflate.sparse(bytes(200_000))[2:-4]
    yield stream("bomb-200000", bomb, "a thousand to one")
    at = _CODE.plain.index(b"}") + 1
    header, payload = _CODE.plain[:at], _CODE.plain[at:]
    yield plain("no-header", payload, "no header in front", "§1.3", _TOKEN)
    yield plain("header-only", header, "no payload", "§1.3", _TOKEN)
    yield plain("invalid-utf8", header + b"\xff" + payload, "no UTF-8", "§1.2", _TOKEN)
    gb18030 = payload.decode().encode("gb18030")
    yield plain("gb18030", header + gb18030, "another encoding", "§1.2", _TOKEN)
    none = header.replace(b"ES256", b"none")
    yield plain("alg-none", none + payload, "no algorithm", "§1.3", _PROFILE)
    receipt = header.replace(b"dc+sd-jwt", b"receipt+jwt")
    yield plain("typ-receipt", receipt + payload, "another type", "§1.3", _PROFILE)
    spaced = payload.replace(b",", b", ", 1)
    yield plain("white-space", header + spaced, "not canonical", "§1.2", _PROFILE)
    twice = payload[:-1] + b',"level":"1"}'
    yield plain("duplicate", header + twice, "a member twice", "§1.2", _TOKEN)
    script = payload.replace("欧阳青禾".encode(), b"<script>")
    yield plain("script", header + script, "no name", "§8", _PROFILE)


def _bare() -> Iterator[Case]:
    numbers = _CODE.digits()

    def bare(name: str, text: str, comment: str, hosts: Sequence[str], expect: Members) -> Case:
        return _case(f"bare-{name}", text, comment, "§4.4", expect, hosts)

    yield bare("usual", numbers, "digits without a URL", (HOME, PEER), _says(HOME))
    inside = _says(HOME, inside=True)
    yield bare("host-inside", _FOREIGN.digits(), "the host is inside", (PEER, OLD), inside)
    yield bare("other-length", numbers, "no host of this length", (_STATIC,), _TOKEN)
    yield bare("no-hosts", numbers, "nothing to read it under", (), _CARRIER)
    yield bare("cut", numbers[:-3], "the end is missing", (HOME,), _CARRIER)
    yield bare("minus", f"-{numbers}", "no digits", (HOME,), _URL)
    yield bare("space", f" {numbers}", "no digits", (HOME,), _URL)


def _text_form() -> Iterator[Case]:
    token, counter = _PAIR
    good = carrier.text_form(token, counter)
    without = _says(None, pair=(token, None))

    def form(name: str, text: str, comment: str, expect: Members = _TOKEN) -> Case:
        return _case(f"text-{name}", text, comment, "§4.5", expect)

    yield form("usual", good, "both tokens", _says(None))
    yield form("no-receipt", f"{token}~\n", "a receipt may be absent here alone", without)
    yield form("no-tilde", f"{token}\n{counter}\n", "no ~")
    yield form("two-tildes", f"{token}~~\n{counter}\n", "a disclosure, though empty")
    yield form("disclosure", f"{token}~WyJhIl0~\n{counter}\n", "a disclosure")
    yield form("no-last-line-end", good[:-1], "the last line end is missing")
    yield form("no-line-end", f"{token}~", "no line end at all")
    yield form("crlf", good.replace("\n", "\r\n"), "other line ends")
    yield form("two-line-ends", f"{good}\n", "a line end more")
    yield form("glued", f"{token}{token}~\n", "two tokens in one")
    yield form("two-certificates", f"{token}~\n{token}~\n", "a certificate for a receipt")
    yield form("three-lines", f"{good}{counter}\n", "a line more")
    yield form("long", f"{token}~\n{'A' * 16_384}\n", "more than 16,384 characters")
    yield _case("text-bom", f"\ufeff{good}", "a BOM in front", "§4.1", _URL)
    yield _case("text-space", f" {good}", "white space in front", "§4.1", _URL)
    swapped = f"{counter}~\n{token}\n"
    yield form("swapped", swapped, "the receipt in the certificate's place", _PROFILE)
    own = f"{token}~\n{token}\n"
    yield form("certificate-twice", own, "a certificate as its own receipt", _PROFILE)
    short = f"{token}~\n{counter[:20]}\n"
    yield form("receipt-cut", short, "no compact token")
