# SPDX-License-Identifier: Apache-2.0
"""Verdicts about the text itself and whose host it is (docs/format.md §4.4, §6.2 step 1)."""

from collections.abc import Iterator
from typing import Any

from credential import carrier
from tests.vectors.asking import ask
from tests.vectors.case import Case
from tests.vectors.codes import Code, of_digits
from tests.vectors.world import HOME, OLD, PEER, RECEIVED, Steady, peer, slim, usual

_HOME = usual()
_CODE = _HOME.parts()
_ALL_SKIPPED = dict.fromkeys(
    ("issuer", "key", "signature", "receipt", "standing", "scope", "dates", "status", "number"),
    "skipped",
)


def cases() -> Iterator[Case]:
    """Give the cases of this layer."""
    yield ask("verdict/usual", _CODE.text(), "VALID", "all is well", "§6.2", shown=True)
    yield from _urls()
    yield from _unreadable()
    yield from _origins()
    yield from _bare()
    yield from _flips()


def _urls() -> Iterator[Case]:
    numbers = _CODE.digits()
    texts = {
        "http": f"http://{HOME}/v#{numbers}",
        "capital-scheme": f"HTTPS://{HOME}/v#{numbers}",
        "capital-host": f"https://{HOME.upper()}/v#{numbers}",
        "capital-path": f"https://{HOME}/V#{numbers}",
        "path-slash": f"https://{HOME}/v/#{numbers}",
        "path-longer": f"https://{HOME}/verify#{numbers}",
        "query": f"https://{HOME}/v?c=1#{numbers}",
        "no-fragment": f"https://{HOME}/v",
        "user": f"https://{HOME}@evil.example/v#{numbers}",
        "port-443": f"https://{HOME}:443/v#{numbers}",
        "port-zero": f"https://{HOME}:080/v#{numbers}",
        "dot-at-end": f"https://{HOME}./v#{numbers}",
        "backslash": f"https:\\\\{HOME}/v#{numbers}",
        "percent": f"https://{HOME}%2f.evil.example/v#{numbers}",
        "homoglyph": f"https://jу.sh310.example/v#{numbers}",
        "space-in-front": f" {_CODE.text()}",
        "zero-width-in-front": f"\u200b{_CODE.text()}",
        "look-alike-site": "https://jy-sh310.example.cn/query?no=Y000031000101263000001",
        "javascript": "javascript:alert(1)",
        "intent": f"intent://{HOME}/v#Intent;scheme=https;end",
        "weixin": "weixin://dl/business/?t=1",
        "data": "data:text/html,<script>alert(1)</script>",
        "file": "file:///etc/passwd",
        "health-code": "HC1:6BFOXN*TS0BI$ZD4N9:9S6RCVN5+O30K3/XIV0W23NTDE",
        "plain-number": "Y000031000101263000001",
        "empty": "",
    }
    for name, text in texts.items():
        comment = "not the text of a certificate code, and nothing opens it"
        verdict = "INVALID malformed.url"
        yield ask(f"url/{name}", text, verdict, comment, "§4.1", shown=False,
                  marks=_ALL_SKIPPED | {"freshness": "pass"})  # fmt: skip
    comment = "whose page it opens does not matter: the host of the certificate is inside"
    foreign = _CODE.but(page="evil.example").text()
    yield ask("url/foreign-page", foreign, "VALID", comment, "§4.4", shown=True)
    comment = "l for 1: the code says so itself, and nobody vouches for that host"
    alike = of_digits("jy.sh3l0.example", numbers)
    yield ask("url/same-length", alike, "INDETERMINATE issuer.unknown", comment, "§4.4",
              shown=False, marks={"receipt": "skipped", "signature": "skipped"})  # fmt: skip
    comment = "punycode of a look-alike of another length: not even JSON"
    alike = of_digits("xn--j-7lb.sh310.example", numbers)
    yield ask("url/punycode", alike, "INVALID malformed.token", comment, "§4.4", shown=False)


def _unreadable() -> Iterator[Case]:
    def case(name: str, text: str, reason: str, comment: str, source: str) -> Case:
        return ask(f"verdict/{name}", text, f"INVALID {reason}", comment, source, shown=False,
                   marks=_ALL_SKIPPED)  # fmt: skip

    text = _CODE.but(version=3).text()
    yield case("malformed-carrier", text, "malformed.carrier", "another version", "§4.3")
    token, counter = _HOME.issue()
    cut = carrier.text_form(token[:-2], counter)
    comment = "a signature of another length is well-formed, and never holds"
    yield ask("verdict/signature-cut", cut, "INVALID signature.invalid", comment, "§1.3",
              shown=False)  # fmt: skip
    text = carrier.text_form(token, counter).replace("~", "")
    yield case("malformed-token", text, "malformed.token", "no ~", "§4.5")
    yield case("malformed-receipt", carrier.text_form(token, "a.b"), "malformed.token",
               "the receipt's text is none", "§4.5")  # fmt: skip
    script = _CODE.but(plain=_CODE.plain.replace("欧阳青禾".encode(), b"<script>")).text()
    yield case("malformed-profile", script, "malformed.profile", "no name", "§2")
    header = b'{"alg":"none"'
    none = _CODE.but(plain=_CODE.plain.replace(b'{"alg":"ES256"', header)).text()
    yield case("alg-none", none, "malformed.profile", "no algorithm", "§1.3")
    secret = _CODE.but(plain=_CODE.plain.replace(b'"ES256"', b'"HS256"')).text()
    yield case("alg-hs256", secret, "malformed.profile", "a shared secret", "§1.3")


def _origins() -> Iterator[Case]:
    def case(name: str, text: str, comment: str, verdict: str = "INVALID carrier.origin") -> Case:
        marks = {} if verdict == "VALID" else _ALL_SKIPPED
        name, source = f"origin/{name}", "§4.4"
        return ask(name, text, verdict, comment, source, marks=marks, shown=verdict == "VALID")

    static = _CODE.but(host="static.example")
    yield case("static-page", static.text(), "another host's page, and no host inside")
    other = Code.of(*peer().issue()).but(host=HOME)
    yield case("peer-under-ours", other.text(), "a peer's certificate under our host")
    ours = _CODE.but(host=PEER)
    yield case("ours-under-peer", ours.text(), "our certificate under a peer's host")
    inside = _CODE.but(host=PEER, page="static.example")
    yield case("inside-other", inside.text(), "the host inside is not that of the certificate")
    renamed = _CODE.but(host=OLD)
    yield case("renamed", renamed.text(), "both are hosts of one registry", "VALID")
    both = _CODE.but(host=OLD, page="static.example")
    yield case("inside-renamed", both.text(), "a host inside is the certificate's own")
    old = _old()
    comment = "printed before the registry was renamed"
    yield case("retired-host", old.text(), comment, "VALID")
    moved = old.but(host=HOME)
    comment = "the page has moved to the new host, the certificate has not"
    yield case("retired-moved", moved.text(), comment, "VALID")
    page = old.but(page=HOME)
    yield case("retired-inside", page.text(), "the old host inside, the new page", "VALID")


def _old() -> Code:
    """Give a certificate under the retired host."""
    home = Steady(**vars(_HOME))
    uri = f"https://{OLD}/status/old"
    iss = f"https://{OLD}/bodies/{home.body.code}"
    token = home.certificate(iss=iss, host=OLD, status_uri=uri)
    return Code.of(token, home.receipt(token, RECEIVED))


def _bare() -> Iterator[Case]:
    def case(name: str, numbers: str, verdict: str, comment: str, **more: Any) -> Case:
        return ask(f"bare/{name}", numbers, verdict, comment, "§4.4", **more)

    comment = "a page that was opened with nothing but its fragment"
    yield case("usual", _CODE.digits(), "VALID", comment)
    comment = "canonical under each host of that length, signed under one"
    yield case("retired-host", _old().digits(), "VALID", comment)
    theirs = peer().parts().digits()
    yield case("peer", theirs, "VALID", comment, marks={"recognition": "pass"})
    inside = _CODE.but(page="static.example").digits()
    yield case("host-inside", inside, "VALID", "the host stands inside")
    stranger = slim("330000", "jy.zj330.example").parts().digits()
    comment = "under no host a signature: the answer is that of the first that decodes"
    verdict = "INVALID issuer.not_filed"
    yield case("stranger", stranger, verdict, comment, marks={"receipt": "fail receipt.invalid"})
    forged = _CODE.but(signature=bytes(64)).digits()
    verdict = "INVALID signature.invalid"
    yield case("forged", forged, verdict, "no signature under any host", shown=False)
    cut = _CODE.digits()[:-1]
    yield case("cut", cut, "INVALID malformed.carrier", "a digit is missing")


def _flips() -> Iterator[Case]:
    good = _CODE.data()
    tail = len(good) - 138
    places = {
        "signature-first": tail,
        "signature-last": tail + 63,
        "t": tail + 67,
        "log-index": tail + 72,
        "epoch": tail + 73,
        "receipt-signature-first": tail + 74,
        "receipt-signature-last": tail + 137,
    }
    for name, at in places.items():
        data = bytearray(good)
        data[at] ^= 1
        pieces = bytes(data[tail:])
        bent = _CODE.but(
            signature=pieces[:64],
            t=int.from_bytes(pieces[64:68]),
            log_index=int.from_bytes(pieces[68:73]),
            epoch=pieces[73],
            receipt_signature=pieces[74:],
        )
        reason = "signature.invalid" if name.startswith("signature") else "receipt.invalid"
        verdict = f"INVALID {'malformed.carrier' if name == 'epoch' else reason}"
        yield ask(f"flip/{name}", bent.text(), verdict, "one bit is another", "§4.3")
    for name, old, new in (
        ("level", '"level":"3"', '"level":"1"'),
        ("name", "欧阳青禾", "欧阳青木"),
        ("region", '"region":"310115"', '"region":"310104"'),
        ("occupation", "lyg2020:39", "lyg2020:60"),
    ):
        plain = _CODE.plain.replace(old.encode(), new.encode())
        comment = "somebody wrote something better into the certificate"
        yield ask(f"flip/{name}", _CODE.but(plain=plain).text(), "INVALID signature.invalid",
                  comment, "§6.2 step 4", shown=False)  # fmt: skip
