# SPDX-License-Identifier: Apache-2.0
"""Filing an evaluation batch: who was evaluated for what, before anybody gets a certificate.

    prepare → stored with its rows → POST /statements → receipt stored

The statement names head-count, occupations, levels, region and days, and commits to the people
(`credential.roster_commitment`). It is signed once and stored before it is sent, so a killed run
sends the identical statement again and gets the same receipt. A roster with several ways of
evaluating makes one batch for each, since a batch has one. A refused batch is forgotten: the next
run makes a new one.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from credential import base64url, envelope, statement
from credential.errors import ConflictError, MalformedError, UntrustedError
from credential.filing_file import FilingFile
from credential.roster_commitment import SALT_BYTES, Commitment
from credential.statement import Statement
from credential.statement_bodies import Batch as Said
from credential.statement_bodies import batch_subject
from issuer import check, receipts
from issuer.ledger import Ledger
from issuer.people import Person
from issuer.records import Batch, Item
from issuer.roster import Candidate, Roster
from issuer.submit import Registry
from keys.signer import Signer

_NAME: Final = re.compile("[0-9A-Za-z-]{1,60}")
_SUFFIX: Final = {
    "examination": "",
    "direct_recognition": "-D",
    "exceptional_promotion": "-E",
    "competition": "-C",
}


def prepare(
    ledger: Ledger,
    roster: Roster,
    accepted: Sequence[tuple[Candidate, Person]],
    *,
    desk: check.Desk,
    key: Signer,
    name: str,
    at: int,
    random: Callable[[int], bytes],
) -> list[Batch]:
    """Sign and store the batches of a roster; nothing is sent yet.

    Args:
        ledger: Where they are kept.
        roster: As read.
        accepted: The results that are filed, and whom they are about.
        desk: The body's filing.
        key: Of role `statement`.
        name: Identifier of the batch; other routes than examination get a letter behind it.
        at: Now, seconds since 1970.
        random: Gives random bytes.

    Raises:
        MalformedError: `batch.name`.
        ConflictError: `batch.known`, when the ledger has that batch for another roster.
    """
    if _NAME.fullmatch(name) is None:
        raise MalformedError("batch.name", "a batch is named with 1 to 60 letters, digits and -")
    digest = ledger.roster(roster.content)
    prepared = []
    candidates = [candidate for candidate, _ in accepted]
    for route, said in check.batches(candidates, roster.kind, desk.region).items():
        named = name + _SUFFIX[route]
        if ledger.batch_named(named) is not None:
            message = f"the ledger has a batch {named} already, of another roster: choose a name"
            raise ConflictError("batch.known", message)
        results = [pair for pair in accepted if pair[0].route == route]
        commitment = Commitment.of(
            random(SALT_BYTES), [(each.name, whom.tag) for each, whom in results]
        )
        whole = replace(said, roster=commitment.root, papers=desk.papers)
        payload = _statement(desk.filing, named, whole, at, random(16))
        batch = Batch(
            batch=named,
            roster=digest,
            route=route,
            payload=payload,
            signature=envelope.sign(key, envelope.STATEMENT, payload),
            attachment=json.dumps(commitment.to_members(), separators=(",", ":")),
        )
        items = [
            Item(
                batch=named,
                line=each.row,
                person=whom.person,
                kind=roster.kind,
                occupation=each.occupation,
                level=each.level or "",
            )
            for each, whom in results
        ]
        prepared.append((batch, items))
    ledger.prepare(prepared)
    return [batch for batch, _ in prepared]


def _statement(filing: FilingFile, name: str, said: Said, at: int, jti: bytes) -> bytes:
    body: dict[str, object] = {
        "kind": said.kind,
        "route": said.route,
        "occupations": [
            {"code": plan.code, "levels": list(plan.levels)} for plan in said.occupations
        ],
        "region": said.region,
        "from": said.first_day,
        "to": said.last_day,
        "headcount": said.headcount,
        "roster": base64url.encode(said.roster),
    }
    if said.papers is not None:
        body["papers"] = said.papers.to_members()
    return Statement(
        iss=filing.body.id,
        aud=f"https://{filing.hosts[0]}",
        jti=base64url.encode(jti),
        iat=at,
        type="batch",
        subject=batch_subject(filing.body.id, name),
        after=None,
        body=body,
    ).to_bytes()


def file(ledger: Ledger, registry: Registry, filing: FilingFile, batch: Batch) -> Batch:
    """Send a prepared batch, unless the registry has answered for it already.

    Returns:
        The batch with its receipt.

    Raises:
        ConflictError: The registry's code; the batch is forgotten.
        UnavailableError: `registry.unreachable`, `registry.answer`, `ledger.full`: run again.
        UntrustedError: `receipt.…`.
    """
    if batch.receipt is not None:
        return batch
    request = {"signatures": [batch.signature], "attachment": json.loads(batch.attachment)}
    body = json.dumps(request, separators=(",", ":")).encode()
    try:
        answer = registry.ask("/statements", body, dict)
    except ConflictError:
        # A crash before this line leaves it prepared, and the next run is refused again.
        ledger.forget(batch.batch)
        raise
    token, salt = answer.get("receipt"), answer.get("salt")
    receipts.check(token, statement.digest(batch.payload), filing)
    if not isinstance(token, str) or not isinstance(salt, str):
        raise UntrustedError("receipt.invalid", "the registry gave no salt with its receipt")
    ledger.filed(batch.batch, token, salt)
    return replace(batch, receipt=token, leaf_salt=salt)
