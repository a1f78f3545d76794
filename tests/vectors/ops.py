# SPDX-License-Identifier: Apache-2.0
"""The closed set of questions, answered in Python (docs/vectors.md lists them)."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from credential import (
    base64url,
    canonical,
    carrier,
    catalogue,
    certificate_number,
    digits,
    envelope,
    holder,
    identity_number,
    merkle,
    name,
    receipt,
    recognition,
)
from credential.catalogue import Catalogue
from credential.certificate import Claims
from credential.errors import SealError
from credential.members import inside
from credential.number_rule import NumberRule
from credential.recognition import Recognition
from credential.snapshot import Snapshot
from credential.status_list import StatusList
from keys import jwk
from tests.vectors import bases
from verifier import trusted
from verifier.verify import verify

Question = Mapping[str, Any]
Load = Callable[[str], bytes]
Answer = dict[str, object]


def answer(question: Question, load: Load) -> Answer:
    """Answer, or give the code of the refusal.

    Args:
        question: A vector's members.
        load: Gives the bytes of a snapshot by its name.

    Raises:
        KeyError: The question is none of the set.
    """
    op = question["op"]
    try:
        return _WITH_FILES[op](question, load) if op in _WITH_FILES else _OPS[op](question)
    except SealError as error:
        return {"code": error.code}


def at_of(text: str) -> datetime:
    """Read a time of asking, `YYYY-MM-DDTHH:MM:SSZ`."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


@cache
def _judged(data: bytes, anchor: str | None) -> Snapshot:
    return Snapshot.from_bytes(data, anchor)


def _verify(asked: Question, load: Load) -> Answer:
    holder_of = asked.get("holder")
    if isinstance(holder_of, dict):
        holder_of = (holder_of["type"], holder_of["number"])
    seconds = asked.get("max_age")
    verdict = verify(
        asked["text"],
        _judged(load(asked["snapshot"]), asked["anchor"]),
        at=at_of(asked["at"]),
        region=asked["region"],
        holder=holder_of,
        demand=asked.get("demand"),
        max_age=None if seconds is None else timedelta(seconds=seconds),
    )
    return {
        "outcome": verdict.outcome.value,
        "reason": verdict.reason,
        "shown": verdict.certificate is not None,
        "checks": {check.name: [check.outcome, check.reason] for check in verdict.checks},
    }


def _file(asked: Question, member: str, load: Load) -> bytes:
    """Read a file, with members in the place of its own where the question has some."""
    data = load(asked[member])
    return bases.put(data, asked["with"]) if "with" in asked else data


def _snapshot(asked: Question, load: Load) -> Answer:
    data = _file(asked, "snapshot", load)[: asked.get("length")]
    read = Snapshot.from_bytes(data, asked["anchor"])
    return {"anchored": read.anchored, "rejected_peers": dict(read.rejected_peers)}


def _replace(asked: Question, load: Load) -> Answer:
    anchor = asked["anchor"]
    old = Snapshot.from_bytes(load(asked["old"]), anchor)
    kept = trusted.replace(old, _file(asked, "new", load), anchor)
    sequences = {bag.region: bag.manifest.sequence for bag in (kept.home, *kept.peers.values())}
    return {"kept": sequences, "rejected_peers": dict(kept.rejected_peers)}


def _decode(asked: Question) -> Answer:
    carried = carrier.decode(asked["text"], tuple(asked.get("hosts", ())))
    return {
        "certificate": carried.certificate,
        "receipt": carried.receipt,
        "host": carried.host,
        "inside": carried.inside,
    }


def _json(asked: Question) -> Answer:
    value = canonical.parse(bytes.fromhex(asked["hex"]), canonical=asked["canonical"])
    return {"text": canonical.encode(value).decode()}


def _envelope(asked: Question) -> Answer:
    unverified = envelope.read(asked["token"], asked["typ"])
    if "jwk" in asked:
        unverified.verify(jwk.from_members(asked["jwk"]))
    return {
        "alg": unverified.alg,
        "kid": unverified.kid,
        "payload": unverified.payload.hex(),
        "digest": unverified.digest.hex(),
    }


def _jwk(asked: Question) -> Answer:
    key = jwk.from_members(asked["jwk"])
    return {"kid": key.kid, "thumbprint": key.thumbprint.hex()}


def _certificate(asked: Question) -> Answer:
    payload = asked["payload"].encode()
    again = Claims.from_bytes(payload).to_bytes()
    return {"accepted": again == payload}


def _receipt(asked: Question) -> Answer:
    _, stamp = receipt.read(asked["token"])
    return {
        "host": stamp.host,
        "t": stamp.t,
        "digest": stamp.digest.hex(),
        "log_index": stamp.log_index,
        "epoch": stamp.epoch,
    }


def _status_list(asked: Question) -> Answer:
    listed = StatusList.from_bytes(asked["payload"].encode())
    return {"statuses": [listed.status(index) for index in asked["indexes"]]}


def _inclusion(asked: Question) -> Answer:
    proof = [bytes.fromhex(one) for one in asked["proof"]]
    leaf = merkle.leaf_hash(bytes.fromhex(asked["entry"]))
    root = bytes.fromhex(asked["root"])
    merkle.verify_inclusion(leaf, asked["index"], asked["size"], proof, root)
    return {"holds": True}


def _consistency(asked: Question) -> Answer:
    proof = [bytes.fromhex(one) for one in asked["proof"]]
    old_root, root = bytes.fromhex(asked["old_root"]), bytes.fromhex(asked["root"])
    merkle.verify_consistency(asked["old"], asked["size"], old_root, root, proof)
    return {"holds": True}


def _number(asked: Question) -> Answer:
    rules = [NumberRule.from_members(one) for one in asked["rules"]]
    found = certificate_number.check(
        rules,
        asked["kind"],
        asked["number"],
        asked["level"],
        certificate_number.year_of(asked["iat"]),
        asked["prefix"],
    )
    return {"consistent": found.consistent}


def _recognition(asked: Question) -> Answer:
    found = recognition.judge(
        [Recognition.from_members(one) for one in asked["agreements"]],
        asked["kind"],
        asked["occupation"],
        asked["level"],
        asked["t"],
        asked["asked_at"],
    )
    ours = [] if found.term is None else list(found.term.ours(asked["occupation"]))
    return {"reason": found.reason, "ours": ours}


def _satisfies(asked: Question) -> Answer:
    catalogues = [Catalogue.from_members(one) for one in asked["catalogues"]]
    return {"meets": catalogue.satisfies(catalogues, asked["have"], asked["want"])}


def _identity_number(asked: Question) -> Answer:
    read = identity_number.parse(asked["text"])
    return {"type": read.document_type, "number": read.number}


_WITH_FILES: dict[str, Callable[[Question, Load], Answer]] = {
    "verify": _verify,
    "snapshot": _snapshot,
    "replace": _replace,
}
_OPS: dict[str, Callable[[Question], Answer]] = {
    "base64url": lambda asked: {"hex": base64url.decode(asked["text"]).hex()},
    "json": _json,
    "digits": lambda asked: {"hex": digits.decode(asked["text"]).hex()},
    "inside": lambda asked: {"inside": inside(asked["region"], asked["outer"])},
    "jwk": _jwk,
    "envelope": _envelope,
    "certificate": _certificate,
    "receipt": _receipt,
    "decode": _decode,
    "clean": lambda asked: {"text": name.clean(asked["text"])},
    "fold": lambda asked: {"text": name.fold(asked["text"])},
    "identity_number": _identity_number,
    "tag": lambda asked: {"tag": holder.tag(asked["type"], asked["number"], asked["name"])},
    "number": _number,
    "recognition": _recognition,
    "satisfies": _satisfies,
    "status_list": _status_list,
    "inclusion": _inclusion,
    "consistency": _consistency,
}
NAMES = frozenset({*_WITH_FILES, *_OPS})
"""Every question there is."""
