# SPDX-License-Identifier: Apache-2.0
"""The answers of Python to the questions that src/testing/session.ts answers in TypeScript."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from credential import base64url, members, name
from credential.errors import SealError
from credential.snapshot import Snapshot
from tests.vectors import ops
from verifier import trusted, verify

Question = dict[str, Any]


class Session:
    """One run of questions; keeps one snapshot, as the other side does."""

    def __init__(self) -> None:
        self._snapshot: Snapshot | None = None

    def answer(self, question: Question) -> object:
        """Answer, or give the code of the refusal."""
        own = getattr(self, f"_{question['op']}", None)
        if own is None:
            return ops.answer(question, lambda path: Path(path).read_bytes())
        try:
            return own(question)
        except SealError as error:
            return {"code": error.code}

    def _load(self, question: Question) -> object:
        self._snapshot = None
        self._snapshot = Snapshot.from_bytes(_data(question), question.get("anchor"))
        return _known(self._snapshot)

    def _follow(self, question: Question) -> object:
        self._snapshot = trusted.replace(self._snapshot, _data(question), question["anchor"])
        return _known(self._snapshot)

    def _ask(self, question: Question) -> object:
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

    def _each_plain(self, question: Question) -> object:
        return [members.is_plain(character) for character in question["text"]]

    def _each_name(self, question: Question) -> object:
        return [_is_name(f"甲{character}乙") for character in question["text"]]


def _is_name(text: str) -> bool:
    try:
        return name.clean(text) == text
    except SealError:
        return False


def _known(snapshot: Snapshot) -> object:
    return {
        "region": snapshot.region,
        "peers": list(snapshot.peers),
        "rejected": dict(snapshot.rejected_peers),
        "sha256": hashlib.sha256(snapshot.to_bytes()).hexdigest(),
    }


def _data(question: Question) -> bytes:
    return base64url.decode(question["data"])
