# SPDX-License-Identifier: Apache-2.0
"""What all commands of `skillseal registry` share that make statements: who signs, and where to.

Keys and agents sign at once. Where the keys are on a machine without a network, the statements go
there in a file (`skillseal.signing_file`): `--export FILE` writes them instead of signing, and
`--signed FILE` hands in what came back, if it is what this command would make.

A statement names the last one about its subject. On the registry's machine that is looked up; over
HTTP the first key asks for it (`POST /heads`), since a registered key is what one signs in with. An
agent signs statements and nothing else, and who exports has no key at all: they name it with
`--after`.
"""

import argparse
import secrets
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from credential import base64url, statement
from credential.errors import ConflictError, MalformedError
from skillseal.commands import registry_agents
from skillseal.keyring import Keyring
from skillseal.signing_file import ToSign

if TYPE_CHECKING:
    from registry.office import Made, Office
    from registry.service import Registry

DONE = 0
_MAY_NOT_ASK: Final = frozenset({"client.invalid", "request.not_found"})

Wanted = Sequence[tuple[str, str, dict[str, object]]]
"""Type, subject and body of each statement; members of a body may stand in any order."""


def add_arguments(add: Callable[..., argparse.Action]) -> None:
    """Describe the arguments."""
    add("--export", type=Path, metavar="FILE", help="write what is to be signed, and sign nothing")
    add("--signed", type=Path, metavar="FILE", help="hand in what `skillseal sign` signed")


def hand_in(options: argparse.Namespace, wanted: Wanted, opened: "Callable[[], Registry]") -> int:
    """Make and hand in statements, each after the one before it about the same subject.

    Raises:
        SealError: Why not.
    """
    from registry import office as offices

    for type_, subject, body in wanted:
        offices.arrange(type_, subject, body)
    if options.signed:
        return _hand_in_signed(options, wanted, opened)
    if options.export:
        return _export(options, wanted, opened)
    send, head, aud = _way(options, opened)
    office = _office(options, aud)
    subjects = {subject for _, subject, _ in wanted}
    asked = _asked(options, office, sorted(subjects)) if options.registry else {}
    after = {subject: asked.get(subject, head(subject)) for subject in subjects}
    for type_, subject, body in wanted:
        made = office.make(type_, subject, body, after[subject])
        after[subject] = send(made)
        print(f"{type_}  {subject}  {after[subject]}")
    return DONE


def _asked(options: argparse.Namespace, office: "Office", subjects: list[str]) -> dict[str, str]:
    """Ask a registry afar which statement about each subject was the last.

    Nothing is known where the key may not ask, as that of a body's statements: then the registry
    refuses what comes after something, and says after what.
    """
    from issuer import heads
    from issuer.submit import Registry as Remote

    if options.after or not office.keys:
        return {}
    remote = Remote.at(options.registry, time.sleep)
    names = (office.iss, office.aud)
    try:
        at = office.clock()
        return heads.ask_as(remote, names, office.keys[0], subjects, at, office.random)
    except ConflictError as error:
        if error.code not in _MAY_NOT_ASK:
            raise
        return {}


def _export(options: argparse.Namespace, wanted: Wanted, opened: "Callable[[], Registry]") -> int:
    from skillseal import signing_file

    _, head, aud = _way(options, opened)
    office = _office(options, aud, signs=False)
    after = {subject: head(subject) for _, subject, _ in wanted}
    waiting = []
    for type_, subject, body in wanted:
        payload, _ = office.payload(type_, subject, body, after[subject])
        after[subject] = base64url.encode(statement.digest(payload))
        waiting.append(ToSign(payload))
    signing_file.write(options.export, waiting, new=True)
    keys = max(one.needed for one in waiting)
    print(f"{options.export}: {len(waiting)} to be signed, by {keys}: `skillseal sign`")
    return DONE


def _hand_in_signed(
    options: argparse.Namespace, wanted: Wanted, opened: "Callable[[], Registry]"
) -> int:
    from registry.office import Made
    from skillseal import signing_file

    waiting = signing_file.read(options.signed)
    # A beginning that is "now" was now when it was exported.
    now = {"from"} if getattr(options, "start", 0) is None else set()
    there = [(one.said.type, one.said.subject, _but(one.said.body, now)) for one in waiting]
    if there != [(type_, subject, _but(body, now)) for type_, subject, body in wanted]:
        message = "the file says something else than this command would: look at it again"
        raise MalformedError("sign.other", message)
    if not all(one.is_whole for one in waiting):
        message = "somebody has not signed yet: `skillseal sign` adds a signature"
        raise MalformedError("statement.signatures", message)
    send, _, _ = _way(options, opened)
    for one in waiting:
        digest = send(Made(one.said.type, one.said.subject, one.signatures))
        print(f"{one.said.type}  {one.said.subject}  {digest}")
    return DONE


def _but(body: dict[str, object], left_out: set[str]) -> dict[str, object]:
    return {name: value for name, value in body.items() if name not in left_out}


def _office(options: argparse.Namespace, aud: str, *, signs: bool = True) -> "Office":
    from registry.office import Office

    files = [file for file in (options.statement_key, options.second_key) if file and signs]
    opened = Keyring(options)
    keys = tuple(opened.load(file, "statement") for file in files)
    agents = registry_agents.signers(options) if signs else ()
    made = (options.iss or aud, aud, keys, lambda: int(time.time()), secrets.token_bytes, agents)
    return Office(*made)


def _way(
    options: argparse.Namespace, opened: "Callable[[], Registry]"
) -> "tuple[Callable[[Made], str], Callable[[str], str | None], str]":
    """Give how to hand in, how to find a subject's last statement, and the registry's URL."""
    if options.registry:
        from issuer.submit import Registry as Remote

        remote = Remote.at(options.registry, time.sleep)
        return (
            lambda made: str(remote.ask("/statements", made.request(), dict)["digest"]),
            lambda _: options.after,
            options.aud or options.registry.rstrip("/"),
        )
    from registry import office, statements

    registry = opened()
    return (
        lambda made: base64url.encode(statements.record(registry, made.signatures)),
        office.heads(registry),
        registry.settings.url,
    )
