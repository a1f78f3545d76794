# SPDX-License-Identifier: Apache-2.0
"""What one statement acts on: its subjects, the bodies concerned, and the certificates it names."""

from dataclasses import dataclass

from credential.entries import KINDS
from credential.errors import ConflictError, MalformedError
from credential.statement import Signed, Statement
from credential.statement_bodies import ERASURE, STATUS, Body, Read
from registry import changes_directory, changes_examination, status_changes
from registry.directory import Directory, Target
from registry.status_changes import Affected, Lookup

OF_ENTRIES = frozenset({*KINDS, "applications"})  # the parts of an identifier that say so


@dataclass(frozen=True, slots=True)
class Change:
    """What one statement acts on, found before it is judged."""

    signed: Signed
    read: Read
    subjects: tuple[str, ...]
    targets: tuple[Target | None, ...]
    affected: Affected | None
    """The certificates, for a change of status or an erasure."""

    @property
    def statement(self) -> Statement:
        """The statement itself."""
        return self.signed.statement


def locate(lookup: Lookup, directory: Directory, signed: Signed, read: Read) -> Change:
    """Find what a statement acts on.

    Raises:
        ConflictError: `body.unknown`, `authority.unknown` or `certificate.unknown`.
        MalformedError: `statement.subject`, a subject under a foreign host.
    """
    said = signed.statement
    if read.subject["host"] not in directory.root.hosts:
        raise MalformedError("statement.subject", "the subject is under another registry's host")
    if read.profile.effect in {STATUS, ERASURE}:
        affected = status_changes.find(lookup, directory, said, read)
        status_changes.check_visible(directory, said, affected)
        return Change(signed, read, affected.subjects, affected.targets, affected)
    if "/plans/" in said.subject or "/standards/" in said.subject:
        targets = changes_examination.targets_of(directory, said.subject, read.said)
        return Change(signed, read, (said.subject,), targets, None)
    owner = read.subject.get("owner") or said.subject
    target: Target | None = None
    if isinstance(read.said, Body):
        target = Target(said.subject, read.said.region)
    elif "/bodies/" in owner:
        body = directory.body_of(owner)
        if body is None:
            raise ConflictError("body.unknown", "there is no such body: enter it first")
        target = Target(body.id, body.region)
    elif set(owner.split("/")) & OF_ENTRIES:
        targets = changes_directory.targets_of(directory, owner, read)
        return Change(signed, read, (owner,), targets, None)
    return Change(signed, read, (said.subject,), (target,), None)
