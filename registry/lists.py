# SPDX-License-Identifier: Apache-2.0
"""The list signer: trust list, catalogues and status lists, derived from the statements alone.

A command of its own with keys of its own (roles `list` and `status`), which the HTTP process never
holds. It verifies every statement again and reads no view, so whoever can only write to the tables
cannot put a body or a status into what it signs. It runs before every `publish`.

Every list is stored by compare-and-swap, so of two signers at once one is told so.
"""

from collections.abc import Iterator
from typing import Final

from credential import envelope, status_list
from credential.errors import ConflictError, SealError, UnavailableError, UntrustedError
from credential.root import Root
from credential.status_list import StatusList
from credential.trust_list import TrustList
from keys.signer import Signer
from registry import database, store_log, store_published
from registry import replay as replaying
from registry.directory import Directory
from registry.log import next_time
from registry.replay import Replay
from registry.service import Registry
from registry.store_published import SignedList

LIFETIME: Final = 7 * 86_400  # seconds, the most that a reader takes
TRUST_LIST: Final = "trust_list"


def sign_lists(registry: Registry, list_key: Signer, status_key: Signer) -> list[SignedList]:
    """Derive, sign and store every list.

    Returns:
        What is now stored.

    Raises:
        UntrustedError: `registry.corrupt`, the tables do not bear their signatures.
        ConflictError: `registry.conflict`, another signer was faster.
        UnavailableError: `registry.…`, among them that the database is an old copy.
    """
    registry.marks.demand_of(registry.engine)
    now = registry.clock()  # before the log is read: what comes later is not before the list's iat
    with database.read(registry.engine) as connection:
        tail = store_log.tail(connection)
        state = replaying.replay(connection, registry.settings.roots, end=tail.size)
        old = store_published.lists(connection)
    iat = next_time(tail, now)
    root = registry.settings.root
    demand_key(root, list_key, "list", iat)
    demand_key(root, status_key, "status", iat)
    new = [
        _trust_list(state.directory, list_key, old.get(TRUST_LIST), iat, tail.size),
        *_catalogues(state.directory, list_key, old, tail.size),
        *_status_lists(state, status_key, old, iat, tail.size),
    ]
    with database.write(registry.engine) as connection:
        store_log.advance(connection, iat)
        for each in new:
            before = old.get(each.name)
            if each != before and not store_published.put_list(connection, each, before):
                raise ConflictError("registry.conflict", "another list signer was faster")
    return new


def demand_key(root: Root, key: Signer, role: str, t: int) -> None:
    """Return if the root in force names a key for a role at a time.

    Raises:
        UnavailableError: `registry.key`.
    """
    record = root.key(role, key.kid)
    if key.role != role or record is None or record.distrusted or not record.holds(t):
        message = f"the root in force names no {role} key {key.kid} for now: take another"
        raise UnavailableError("registry.key", message)


def _trust_list(
    directory: Directory, key: Signer, old: SignedList | None, iat: int, size: int
) -> SignedList:
    version = 1 if old is None else old.version + 1
    said = TrustList(
        iss=directory.lead,
        region=directory.root.region,
        version=version,
        iat=iat,
        exp=iat + LIFETIME,
        gate=directory.gate,
        bodies=tuple(directory.bodies[code] for code in sorted(directory.bodies)),
        authorities=tuple(directory.authorities[one] for one in sorted(directory.authorities)),
        recognitions=tuple(directory.recognitions[one] for one in sorted(directory.recognitions)),
    )
    payload = said.to_bytes()
    TrustList.from_bytes(payload)  # what a reader would refuse is not signed
    return SignedList(
        TRUST_LIST, version, iat, size, envelope.sign(key, envelope.TRUST_LIST, payload)
    )


def _catalogues(
    directory: Directory, key: Signer, old: dict[str, SignedList], size: int
) -> Iterator[SignedList]:
    for scheme in sorted(directory.catalogues):
        said = directory.catalogues[scheme]
        record = directory.root.key("list", key.kid)
        if record is not None and record.start > said.iat:
            said = said._replace(iat=record.start)  # a new key signs nothing from before its time
        name = f"catalogues/{scheme}"
        payload = said.to_bytes()
        before = old.get(name)
        if before is not None and _says(before, payload, key.kid):
            yield before
            continue
        token = envelope.sign(key, envelope.CATALOGUE, payload)
        yield SignedList(name, said.version, said.iat, size, token)


def _says(signed: SignedList, payload: bytes, kid: str) -> bool:
    """Tell whether a stored catalogue is this one under this key; then its bytes stay."""
    try:
        read = envelope.read(signed.token, envelope.CATALOGUE)
    except SealError:
        return False
    return read.payload == payload and read.kid == kid


def _status_lists(
    state: Replay, key: Signer, old: dict[str, SignedList], iat: int, size: int
) -> Iterator[SignedList]:
    statuses = state.statuses()
    known = {f"https://{host}/status/{name}" for name, host in state.directory.lists.items()}
    if not statuses.keys() <= known:
        raise UntrustedError(
            "registry.corrupt", "a certificate lies in a list that nobody was given"
        )
    for name, host in sorted(state.directory.lists.items()):
        uri = f"https://{host}/status/{name}"
        bits = status_list.put(status_list.blank(), statuses.get(uri, {}))
        said = StatusList.of(uri, iat, iat + LIFETIME, bytes(bits))
        before = old.get(f"status_lists/{name}")
        version = 1 if before is None else before.version + 1
        token = envelope.sign(key, envelope.STATUS_LIST, said.to_bytes())
        yield SignedList(f"status_lists/{name}", version, iat, size, token)
