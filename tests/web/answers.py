# SPDX-License-Identifier: Apache-2.0
"""The answers of Python to the questions that src/testing/answer.ts answers in TypeScript."""

import hashlib
from collections.abc import Callable
from typing import Any, Final

from credential import base64url, canonical, carrier, holder, identity_number, name
from credential.errors import SealError

Question = dict[str, Any]


def answer(question: Question) -> object:
    """Answer, or give the code of the refusal."""
    try:
        return _ANSWERS[question["op"]](question)
    except SealError as error:
        return {"code": error.code}


def _json(question: Question) -> object:
    data = base64url.decode(question["data"])
    value = canonical.parse(data, canonical=question.get("canonical", True))
    return {"canonical": hashlib.sha256(canonical.encode(value)).hexdigest()}


def _decode(question: Question) -> object:
    text, hosts = question["text"], tuple(question.get("hosts", ()))
    bare = text.isdecimal() and text.isascii()
    readings = carrier.candidates(text, hosts) if bare else [carrier.decode(text)]
    return [
        {
            "certificate": carried.certificate,
            "receipt": carried.receipt,
            "host": carried.host,
            "inside": carried.inside,
        }
        for carried in readings
    ]


_ANSWERS: Final[dict[str, Callable[[Question], object]]] = {
    "parse": _json,
    "decode": _decode,
    "tag": lambda asked: holder.tag(asked["type"], asked["number"], asked["name"]),
    "identity_number": lambda asked: list(identity_number.parse(asked["text"])),
    "fold": lambda asked: name.fold(asked["text"]),
    "clean": lambda asked: name.clean(asked["text"]),
}
