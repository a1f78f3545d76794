# SPDX-License-Identifier: Apache-2.0
"""Closing a batch with its results: nothing of it is admitted afterwards (docs/format.md §7.6).

    everything registered → {"passed":120,"failed":0,"absent":0} → POST /statements

What the batch says is its head-count; who failed or did not come is told when it is closed. Closing
twice is refused by the registry, so a run that was killed after sending is told that it is done.
"""

from collections.abc import Callable

from credential import base64url, envelope, statement, statement_bodies
from credential.errors import ConflictError, MalformedError
from credential.filing_file import FilingFile
from credential.said import Batch as Filed
from credential.said_examination import BatchClose
from credential.statement import Statement
from issuer import receipts
from issuer.ledger import Ledger
from issuer.submit import Registry
from keys.signer import Signer


def results(ledger: Ledger, name: str, failed: int, absent: int) -> BatchClose:
    """Add up the results of a batch.

    Raises:
        ConflictError: `batch.unknown`, `batch.not_filed`, `close.waiting`.
        MalformedError: `close.results`.
    """
    batch = ledger.batch_named(name)
    if batch is None:
        raise ConflictError("batch.unknown", f"the ledger has no batch {name}")
    if batch.receipt is None:
        raise ConflictError("batch.not_filed", f"the batch {name} is not filed yet")
    items = ledger.items(name)
    waiting = sum(bool(item.token and not item.receipt and not item.problem) for item in items)
    if waiting:
        message = f"{waiting} certificates are signed and not registered: hand them in first"
        raise ConflictError("close.waiting", message)
    said = statement_bodies.read(Statement.from_bytes(batch.payload)).said
    headcount = said.headcount if isinstance(said, Filed) else 0
    registered = sum(item.receipt is not None for item in items)
    passed = headcount - failed - absent
    if min(failed, absent) < 0 or passed < registered:
        message = (
            f"{registered} of {headcount} have a certificate: the others failed or were absent"
        )
        raise MalformedError("close.results", message)
    return BatchClose(passed, failed, absent)


def close(
    ledger: Ledger,
    registry: Registry,
    filing: FilingFile,
    key: Signer,
    name: str,
    said: BatchClose,
    *,
    at: int,
    random: Callable[[int], bytes],
) -> str:
    """State the results.

    Args:
        ledger: Of the body.
        registry: Where to.
        filing: Of the body.
        key: Of role `statement`.
        name: Of the batch.
        said: From `results`.
        at: Now, seconds since 1970.
        random: Gives random bytes.

    Returns:
        The receipt.

    Raises:
        ConflictError: `batch.closed`, or another code of the registry.
        UnavailableError: `registry.unreachable`, `registry.answer`.
        UntrustedError: `receipt.…`.
    """
    batch = ledger.batch_named(name)
    if batch is None:
        raise ConflictError("batch.unknown", f"the ledger has no batch {name}")
    payload = Statement(
        iss=filing.body.id,
        aud=f"https://{filing.hosts[0]}",
        jti=base64url.encode(random(16)),
        iat=at,
        type="batch_close",
        subject=statement_bodies.batch_subject(filing.body.id, name),
        after=base64url.encode(statement.digest(batch.payload)),
        body={"passed": said.passed, "failed": said.failed, "absent": said.absent},
    ).to_bytes()
    token = envelope.sign(key, envelope.STATEMENT, payload)
    try:
        answer = registry.ask("/statements", f'{{"signatures":["{token}"]}}'.encode(), dict)
    except ConflictError as error:
        if error.code == "statement.after":  # only its closing can have come after a batch
            raise ConflictError("batch.closed", "the batch has been closed already") from None
        raise
    receipt = answer.get("receipt")
    receipts.check(receipt, statement.digest(payload), filing)
    return str(receipt)
