# SPDX-License-Identifier: Apache-2.0
"""Both verifiers read alike: the same texts, mutated alike, the same answers.

Every disagreement that was ever found here is a case of its own below, or a vector.
"""

import re
from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest

from credential import base64url, carrier, deflate, digits
from tests.credential.samples import CLAIMS, EDDSA_KEY, HOST, OTHER_HOST, stamp, token
from tests.web import node
from tests.web.agreement import Questions, agree
from tools import web

TOKEN = token()
CODE = carrier.encode(TOKEN, stamp(TOKEN))
DIGITS = CODE.partition("#")[2]
DATA = digits.decode(DIGITS)
OTHER_TOKEN = token(key=EDDSA_KEY)
INSIDE = carrier.encode(OTHER_TOKEN, stamp(OTHER_TOKEN), page_host="static.example")
TEXT_FORM = carrier.text_form(TOKEN, stamp(TOKEN))


def test_the_lock_names_no_address() -> None:
    lock = (web.WEB / "package-lock.json").read_text("utf-8")
    assert lock.count('"integrity"') > 20
    assert re.findall(r"resolved|https?:", lock.replace('"url": "https://', "")) == []


def test_the_sources_type_check() -> None:
    assert node.script("check") == ""


def test_the_tests_in_typescript_pass() -> None:
    assert "fail 0" in node.script("test")


def _code(data: bytes, host: str = HOST) -> str:
    return f"https://{host}/v#{digits.encode(data)}"


def _changed(text: str, random: Random) -> str:
    at = random.randrange(len(text))
    other = random.choice("0123456789abcXYZ-_.~\n #/:{}é\U00020000")
    match random.randrange(4):
        case 0:
            return text[:at] + other + text[at + 1 :]
        case 1:
            return text[:at] + text[at + random.randrange(1, 60) :]
        case 2:
            return text[:at] + other + text[at:]
        case _:
            return text[:at] + text[at:][::-1]


def _flipped(data: bytes, random: Random) -> bytes:
    out = bytearray(data)
    for _ in range(random.choice((1, 1, 1, 2, 5))):
        out[random.randrange(len(out))] ^= 1 << random.randrange(8)
    return bytes(out)


def _codes(count: int, random: Random) -> Iterator[str]:
    for _ in range(count):
        base = random.choice((CODE, INSIDE))
        data = digits.decode(base.partition("#")[2])
        host = base.removeprefix("https://").partition("/")[0]
        match random.randrange(6):
            case 0:
                yield _changed(random.choice((CODE, INSIDE, TEXT_FORM)), random)
            case 1:
                yield _code(_flipped(data, random), host)
            case 2:
                at = random.randrange(len(data))
                yield _code(data[:at] + data[at + random.randrange(1, 9) :], host)
            case 3:
                plain = base64url.decode(TOKEN.partition(".")[0]) + _payload(random)
                yield _code(DATA[:2] + deflate.compress(plain, HOST) + DATA[-138:])
            case 4:
                yield carrier.text_form(
                    f"{TOKEN.partition('.')[0]}.{_payload_text(random)}.AA", None
                )
            case _:
                yield _changed(DIGITS, random)


def _payload(random: Random) -> bytes:
    payload = CLAIMS.to_bytes()
    pieces = (
        b'""', b"\\", b"\\u0061", b"\\ud800", b"\\n", b"1e3", b"1.0", b"-0", b"null",
        b"[[[[[[[[[]]]]]]]]]", b'"iat":1', b'"exp":1900000000,', b'"iss":"x",', b" ", b"\n",
        b"\x00", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", "　".encode(), "·".encode(),
        "é".encode(), b"9007199254740993", b"4294967296", b'"level":"5",',
        b'"detail":{"event":"a","rank":"b"}', b"competition", b"special_operation", b"{}", b"}",
    )  # fmt: skip
    match random.randrange(4):
        case 0:
            return _flipped(payload, random)
        case 1:
            at = random.randrange(len(payload))
            return payload[:at] + random.choice(pieces) + payload[at:]
        case 2:
            members = re.findall(rb'"[a-z_]+":(?:"[^"]*"|[0-9]+|\{[^}]*\}+)', payload)
            one, other = random.choice(members), random.choice((*members, *pieces))
            return payload.replace(one, other, 1)
        case _:
            at = random.randrange(len(payload))
            return payload[:at] + random.choice(pieces) + payload[at + random.randrange(1, 9) :]


def _payload_text(random: Random) -> str:
    return base64url.encode(_payload(random))


def _code_questions(count: int, seed: int) -> Questions:
    yield from ({"op": "decode", "text": text} for text in (CODE, INSIDE, TEXT_FORM))
    for text in _codes(count, Random(seed)):
        yield {"op": "decode", "text": text, "hosts": [OTHER_HOST, HOST]}


def test_mutated_codes_read_alike() -> None:
    answers = agree(_code_questions(2_000, seed=1))
    codes = Counter(each.get("code") for each in answers)
    malformed = ("carrier", "url", "token", "profile")
    assert codes.keys() == {None, *(f"malformed.{name}" for name in malformed)}
    assert min(codes.values()) > 50


@pytest.mark.long
def test_many_mutated_codes_read_alike() -> None:
    agree(_code_questions(100_000, seed=2))


def _json_questions(count: int, seed: int) -> Questions:
    random = Random(seed)
    for _ in range(count):
        data = _payload(random) if random.random() < 0.7 else _text(random).encode()
        yield {"op": "json", "hex": data.hex(), "canonical": random.random() < 0.5}


def _text(random: Random) -> str:
    return "".join(random.choices(' {}[]"a:,-01.e\\un\t\x1fé', k=random.randrange(14)))


def test_json_is_read_alike() -> None:
    answers = agree(_json_questions(3_000, seed=3))
    codes = {each.get("code") for each in answers}
    assert codes == {None, "malformed.token", "malformed.profile"}


CORNERS = [
    *('{"a":1,"a":1}', '{"a":1,"\\u0061":2}', "NaN", "-Infinity", "1.0", "1e3"),
    *("9007199254740991", "9007199254740992", "-9007199254740992", "1" * 5000),
    *('"\\ud800"', '["\\udc00\\ud800"]', '"\\ud840\\udc00"', '"𠀀"', '"\\u2028\u2028\x7f"'),
    *("[" * 8 + "]" * 8, "[" * 9 + "]" * 9, "[" * 9 + "1", "[" * 100_000),
    *("01", "+1", "-", "-0", '"a', "[1,]", "[,1]", "{,}", '{"a"}', '{"a":1,}', '{"a":1}x'),
    *("", '"\t"', "nul", "true", "truex", ' \t\r\n{"a" : [ ] , "b" : { } } ', "\u00a01"),
    *("\ufeff1", '{"2":1,"1":2}', '{"__proto__":1,"constructor":2}', '"\\x41"', '"\\u00g0"'),
    '"\\u00e9\\/\\b\\f\\n\\r\\t\\u001f\\u001F\\"\\\\"',
]


def test_corners_of_json() -> None:
    agree(
        {"op": "json", "hex": text.encode().hex(), "canonical": strict}
        for text in CORNERS
        for strict in (True, False)
    )


def test_lengths_of_inflated_payloads() -> None:
    """§4.3: 4,096 bytes are read, one more is not, and nothing may stand behind the stream."""
    codes = []
    for length in (0, 1, 4095, 4096, 4097, 9000):
        stream = deflate.compress(b"}" * length, HOST)
        codes += [
            _code(DATA[:2] + each + DATA[-138:]) for each in (stream, stream[:-1], stream + b"\0")
        ]
    answers = agree({"op": "decode", "text": text} for text in codes)
    assert answers[9] == {"code": "malformed.token"}
    assert answers[12] == {"code": "malformed.carrier"}


def test_names_fold_and_are_admitted_alike() -> None:
    """Every character there is, and names built of those that matter."""
    points = [chr(each) for each in range(0x32400) if not 0xD800 <= each < 0xE000]
    blocks = ["".join(points[at : at + 500]) for at in range(0, len(points), 500)]
    texts = [
        *blocks,
        "欧阳·青禾",
        "A-B",
        "A--B",
        " A",
        "",
        "𠮷田",
        "Zoë O'Neil",
        "甲" * 50,
        "𠀀" * 50,
        "甲" * 51,
    ]
    agree({"op": op, "text": text} for text in texts for op in ("fold", "clean"))
    agree({"op": op, "text": block} for block in blocks for op in ("each_name", "each_plain"))


def test_identity_numbers_and_tags_agree() -> None:
    numbers = [
        *("310199199001010014", " 310199 19900101 001４", "310199900101001"),
        *("1:310199199001010014", "１：310199199001010014", "310199199001010015"),
        *("990199199001010014", "310199199002300011", "\x1c310199900101001\x85", "٣" * 18),
        *("2:CHN:E12345678", "2:chn：e12345678", "3:H12345678", "3 :M12345678", "4:12345678"),
        *("5:1", "x", ":", "", "2:", "1" * 65, "３１０１９９９００１０１００１"),
        *("𠀀" * 64, "𠀀" * 65),
    ]
    answers = agree({"op": "identity_number", "text": number} for number in numbers)
    read = [each for each in answers if "code" not in each]
    assert len(read) > 8
    tags = agree(
        {"op": "tag", "name": name, **each} for each in read[:4] for name in ("张三", "Zoë", "·")
    )
    assert len({each.get("tag") for each in tags}) > 4
