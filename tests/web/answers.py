# SPDX-License-Identifier: Apache-2.0
"""The answers of Python to the questions that src/testing/answer.ts answers in TypeScript."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from credential import base64url, canonical, carrier, holder, identity_number, members, name
from credential.errors import SealError
from credential.snapshot import Snapshot
from verifier import trusted, verify

Question = dict[str, Any]


class Session:
    """One run of questions; keeps one snapshot, as the other side does."""

    def __init__(self) -> None:
        self._snapshot: Snapshot | None = None

    def answer(self, question: Question) -> object:
        """Answer, or give the code of the refusal."""
        try:
            return getattr(self, f"_{question['op']}")(question)
        except SealError as error:
            return {"code": error.code}

    def _parse(self, question: Question) -> object:
        value = canonical.parse(_data(question), canonical=question.get("canonical", True))
        return {"canonical": hashlib.sha256(canonical.encode(value)).hexdigest()}

    def _decode(self, question: Question) -> object:
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

    def _tag(self, question: Question) -> object:
        return holder.tag(question["type"], question["number"], question["name"])

    def _identity_number(self, question: Question) -> object:
        return list(identity_number.parse(question["text"]))

    def _fold(self, question: Question) -> object:
        return name.fold(question["text"])

    def _clean(self, question: Question) -> object:
        return name.clean(question["text"])

    def _plain(self, question: Question) -> object:
        return [members.is_plain(character) for character in question["text"]]

    def _load(self, question: Question) -> object:
        self._snapshot = None
        self._snapshot = Snapshot.from_bytes(_data(question), question.get("anchor"))
        return _known(self._snapshot)

    def _replace(self, question: Question) -> object:
        self._snapshot = trusted.replace(self._snapshot, _data(question), question["anchor"])
        return _known(self._snapshot)

    def _verify(self, question: Question) -> object:
        if self._snapshot is None:
            return {"code": "no snapshot"}
        person, max_age = question.get("holder"), question.get("max_age")
        verdict = verify(
            question["text"],
            self._snapshot,
            at=datetime.fromtimestamp(question["at"], UTC),
            region=question["region"],
            holder=tuple(person) if isinstance(person, list) else person,
            demand=question.get("demand"),
            max_age=None if max_age is None else timedelta(seconds=max_age),
        )
        return verdict.to_members()


def _known(snapshot: Snapshot) -> object:
    return {
        "region": snapshot.region,
        "peers": list(snapshot.peers),
        "rejected": dict(snapshot.rejected_peers),
        "sha256": hashlib.sha256(snapshot.to_bytes()).hexdigest(),
    }


def _data(question: Question) -> bytes:
    return base64url.decode(question["data"])
