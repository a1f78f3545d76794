# SPDX-License-Identifier: Apache-2.0
"""Evidence: what proves later, without this registry, what happened to one certificate.

    {"anchor":…,"root":[[jws,…],…],"checkpoint":jws,
     "certificate":{"token":"<jws>~","receipt":jws,"salt":…,"log_index":n,"proof":[…]},
     "statements":[{"signatures":[jws,…],"receipt":jws,"salt":…,"log_index":n,"proof":[…]},…]}

The statements are every one that the certificate rests on: the authorities and their keys, the body
with its keys, standing, filings and blocks, the catalogues, the batch, and each change of its
status. `registry.evidence_check` judges the file against an anchor and nothing else.
"""

from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection

from credential import base64url, canonical, leaf, merkle, statement_bodies
from credential.errors import ConflictError, UnavailableError
from registry import database, store_certificates, store_log, store_published, store_statements
from registry.service import Registry
from registry.store_certificates import Row
from registry.store_log import Stored

FIRST: Final = ("catalogue", "authority", "gate")


def collect(registry: Registry, number: str) -> bytes:
    """Put the evidence for a certificate together.

    Args:
        registry: Where.
        number: The certificate's.

    Returns:
        The file.

    Raises:
        ConflictError: `certificate.unknown`, `certificate.erased`.
        UnavailableError: `evidence.unpublished`, no checkpoint covers all of it yet.
    """
    with database.read(registry.engine) as connection:
        rows = store_certificates.named(connection, number)
        if not rows:
            raise ConflictError("certificate.unknown", "there is no certificate of that number")
        if not rows[-1].token:
            message = "this certificate has been erased: there is nothing left to prove"
            raise ConflictError("certificate.erased", message)
        publication = store_published.last_publication(connection)
        indexes = _indexes(connection, rows[-1])
        if publication is None or publication.size <= max(indexes):
            message = "no checkpoint covers this yet: publish, and ask again"
            raise UnavailableError("evidence.unpublished", message)
        prove = _prover(connection, publication.size)
        stored = {row.leaf.log_index: row for row in store_log.leaves_at(connection, indexes)}
        records = store_statements.at(connection, indexes[:-1])
    certificate = rows[-1]
    members: dict[str, object] = {
        "anchor": registry.settings.anchor,
        "root": [list(version) for version in registry.settings.chain],
        "checkpoint": publication.checkpoint,
        "certificate": {
            "token": f"{certificate.token}~",
            **_logged(stored[certificate.log_index], prove),
        },
        "statements": [
            {
                "signatures": list(records[index].signatures),
                **_logged(stored[index], prove),
            }
            for index in sorted(records)
        ],
    }
    return canonical.encode(members) + b"\n"


def _indexes(connection: Connection, row: Row) -> list[int]:
    """Find the leaves of every statement that a certificate rests on; its own leaf is the last."""
    host = row.host
    body = f"https://{host}/bodies/{row.body}"
    subjects = [body, statement_bodies.certificate_subject(host, row.kind, row.number)]
    found = {record.log_index for record in store_statements.about(connection, subjects)}
    found.add(row.batch)
    general = list(store_statements.walk(connection, FIRST))
    found |= {record.log_index for record in general}
    authorities = [record.subject for record in general if record.type == "authority"]
    found |= {record.log_index for record in store_statements.about(connection, authorities)}
    return [*sorted(found), row.log_index]


def _prover(connection: Connection, size: int) -> Callable[[int], list[str]]:
    entries = store_log.entries(connection, 0, size)
    hashes = [merkle.leaf_hash(leaf.entry(*entry)) for entry in entries]
    subtrees = merkle.from_leaves(hashes.__getitem__)

    def prove(index: int) -> list[str]:
        return [base64url.encode(one) for one in merkle.inclusion_proof(subtrees, index, size)]

    return prove


def _logged(stored: Stored, prove: Callable[[int], list[str]]) -> dict[str, object]:
    if stored.signature is None:
        message = "a receipt has not been signed yet: start the server, which does it"
        raise UnavailableError("evidence.unpublished", message)
    return {
        "receipt": stored.leaf.receipt.unverified(stored.signature).token,
        "salt": base64url.encode(stored.leaf.salt),
        "log_index": stored.leaf.log_index,
        "proof": prove(stored.leaf.log_index),
    }
