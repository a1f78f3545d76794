# SPDX-License-Identifier: Apache-2.0
"""Judge a pack of evidence: bytes and whom to believe in, what is proven out, and nothing else.

1. the file has its one form; its parts are those of the manifest, which a statement key of the body
   signed;
2. the batch's statement is signed by the body, and the registry's receipt is for it;
3. the roster's entries give the root and the head-count that the statement names;
4. every certificate is signed by the body with a key in force then, was registered after the batch,
   is of its kind, route, region, occupations, levels and days, and its person stands in the roster,
   each place taken once;
5. every result that has a certificate agrees with it and was passed; there are as many results as
   people in the statement;
6. every later statement is signed by the body, registered, and about certificates of the pack.

Keys and receipt keys come from a snapshot. Those in the pack itself only show that the pack agrees
with itself: whoever could forge it whole could forge them too. docs/format.md §11.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from credential import (
    base64url,
    canonical,
    certificate,
    leaf,
    receipt,
    statement,
    statement_bodies,
)
from credential.body import Body
from credential.certificate import Claims
from credential.errors import MalformedError
from credential.filing_file import FilingFile
from credential.key_record import KeyRecord
from credential.members import Members
from credential.pass_mark import PassMark
from credential.receipt import Receipt
from credential.roster_commitment import Commitment, entry
from credential.said import Batch, RevokeBulk
from issuer import desk_token, evidence_results, evidence_zip
from issuer.evidence_lines import lines, one, refuse, text
from issuer.evidence_pack import FORMAT, MANIFEST, NAMES

_LOGGED: Final = "receipt salt"


@dataclass(frozen=True, slots=True)
class Known:
    """Whom to believe in."""

    body: Body
    hosts: tuple[str, ...]
    """Of the registry."""
    receipts: tuple[KeyRecord, ...]
    """Of role `receipt`."""
    marks: tuple[PassMark, ...] = ()
    """What passes, by the body's filing."""


@dataclass(frozen=True, slots=True)
class Proven:
    """What a pack proves."""

    body: str
    batch: str
    route: str
    filed: int
    """The receipt's time of the batch."""
    headcount: int
    results: int
    passed: int
    certificates: tuple[tuple[str, str, int, int], ...]
    """Certificate and receipt as compact JWS, time and log index, in the order of the sheet."""
    later: dict[str, int]
    """Type of statement to how many."""
    assessors: int
    """Results that name whoever assessed them."""


def body_of(data: bytes) -> tuple[str, Known]:
    """Read whose pack it is, and what the pack itself says about keys; nothing is believed yet.

    Returns:
        The body's identifier, and what is in `filing.json`.

    Raises:
        MalformedError: `evidence.…`, `malformed.…`.
    """
    filing = FilingFile.from_bytes(_parts(data)["filing.json"])
    return filing.body.id, Known(filing.body, filing.hosts, filing.receipts, filing.marks)


def check(data: bytes, known: Known) -> Proven:
    """Judge a pack.

    Raises:
        MalformedError: `evidence.zip`, `evidence.parts`, `malformed.…`.
        UntrustedError: `evidence.…`, `signature.invalid`, `key.…`.
        ConflictError: `key.not_registered`.
    """
    parts = _parts(data)
    name = _manifest(parts, known)
    said, filed = _batch(parts["batch.json"], name, known)
    commitment = Commitment.from_members(canonical.parse(parts["roster.json"][:-1]))
    if commitment.root != said.roster or len(commitment.entries) != said.headcount:
        refuse("evidence.roster", "the roster is not the one that the batch names")
    shown = dict(_certificates(parts["certificates.jsonl"], name, said, filed, commitment, known))
    claims = {row: each.claims for row, each in shown.items()}
    results, passed, assessed = evidence_results.check(
        parts["results.jsonl"], said.kind, claims, known.marks
    )
    if results != said.headcount:
        refuse("evidence.results", "there are not as many results as people in the batch")
    later = _statements(parts["statements.jsonl"], shown, known)
    return Proven(
        body=known.body.id,
        batch=name,
        route=said.route,
        filed=filed.t,
        headcount=said.headcount,
        results=results,
        passed=passed,
        certificates=tuple(
            (each.token, each.receipt, each.stamp.t, each.stamp.log_index)
            for each in shown.values()
        ),
        later=later,
        assessors=assessed,
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    claims: Claims
    token: str
    receipt: str
    stamp: Receipt


def _parts(data: bytes) -> dict[str, bytes]:
    parts = evidence_zip.unpack(data)
    if [name for name, _ in parts] != [MANIFEST, *NAMES]:
        raise MalformedError("evidence.parts", "the parts are not those of a pack of evidence")
    return dict(parts)


def _manifest(parts: dict[str, bytes], known: Known) -> str:
    """Compare the parts with what the body signed; give the batch."""
    token = parts[MANIFEST].decode("ascii", "replace")
    record, payload = desk_token.read(token, desk_token.EVIDENCE, known.body.keys)
    members = Members.of(canonical.parse(payload), "manifest", "format iss batch iat parts")
    if members.integer("format", 1, 2**31) != FORMAT:
        refuse("evidence.format", "a pack of a later format: update")
    if members.raw("iss") != known.body.id:
        refuse("evidence.body", "signed for another body")
    if not _in_force(record, members.time("iat")):
        refuse("key.not_valid_then", "the manifest's key was not in force then")
    listed = [
        {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "length": len(content)}
        for name, content in parts.items()
        if name != MANIFEST
    ]
    if members.raw("parts") != listed:
        refuse("evidence.parts", "a part is not the one that the body signed")
    return members.text("batch", 64)


def _batch(content: bytes, name: str, known: Known) -> tuple[Batch, Receipt]:
    shown = Members.of(one(content), "batch", f"statement {_LOGGED}")
    signed = statement.read([text(shown, "statement")])
    stamp = _stamped(shown, signed.digest, known)
    read = statement_bodies.read(signed.statement)
    _by_body(signed, stamp, known)
    subject = statement_bodies.batch_subject(known.body.id, name)
    if not isinstance(read.said, Batch) or signed.statement.subject != subject:
        refuse("evidence.batch", "the statement is not about this batch")
    return read.said, stamp


def _certificates(
    content: bytes,
    name: str,
    said: Batch,
    filed: Receipt,
    commitment: Commitment,
    known: Known,
) -> Iterator[tuple[int, _Shown]]:
    places = Counter(commitment.entries)
    plans = {plan.code: plan.levels for plan in said.occupations}
    seen: set[object] = set()
    last = 0
    for value in lines(content):
        line = Members.of(value, "certificate", f"row certificate {_LOGGED}")
        row = line.integer("row", last + 1, 2**31)
        last = row
        token = text(line, "certificate").removesuffix("~")
        unverified, claims = certificate.read(token)
        stamp = _stamped(line, unverified.digest, known, leaf.CERTIFICATE)
        record = known.body.key(unverified.kid, "certificate")
        if record is None or not _in_force(record, stamp.t):
            refuse("key.not_valid_then", f"row {row}: its key was not in force then")
        unverified.verify(record.key)
        agrees = (
            claims.iss == known.body.id
            and claims.batch == name
            and (claims.kind, claims.route, claims.region) == (said.kind, said.route, said.region)
            and (claims.level in plans.get(claims.occupation_code, ()) or not claims.level)
            and claims.occupation_code in plans
            and said.first_day <= claims.evaluated_on <= said.last_day
            and stamp.log_index > filed.log_index
        )
        if not agrees:
            refuse("evidence.certificate", f"row {row}: not what the batch was filed for")
        place = entry(commitment.salt, claims.name, claims.holder_tag)
        if not places[place]:
            refuse("evidence.roster", f"row {row}: this person is not in the batch's roster")
        places[place] -= 1
        marks = {
            claims.certificate_number,
            stamp.log_index,
            (claims.status_uri, claims.status_index),
        }
        if len(marks) != 3 or marks & seen:
            refuse("evidence.certificate", f"row {row}: a number or place that another has")
        seen |= marks
        yield row, _Shown(claims, token, text(line, "receipt"), stamp)


def _statements(content: bytes, shown: dict[int, _Shown], known: Known) -> dict[str, int]:
    ours = {(each.claims.kind, each.claims.certificate_number) for each in shown.values()}
    host = known.body.host
    subjects = {statement_bodies.certificate_subject(host, *each) for each in ours}
    later: Counter[str] = Counter()
    for n, value in enumerate(lines(content)):
        line = Members.of(value, "statement", f"signatures {_LOGGED}")
        signed = statement.read([str(each) for each in line.items("signatures", 1, 2)])
        stamp = _stamped(line, signed.digest, known)
        read = statement_bodies.read(signed.statement)
        _by_body(signed, stamp, known)
        bulk = isinstance(read.said, RevokeBulk) and ours & set(read.said.certificates)
        if not bulk and signed.statement.subject not in subjects:
            refuse("evidence.statement", f"statement {n}: about no certificate of the pack")
        if len(signed.signatures) < read.profile.keys(read.said):
            refuse("evidence.statement", f"statement {n}: a signature is missing")
        later[signed.statement.type] += 1
    return dict(later)


def _by_body(signed: statement.Signed, stamp: Receipt, known: Known) -> None:
    if signed.statement.iss != known.body.id:
        refuse("evidence.body", "a statement of somebody else")
    for signature in signed.signatures:
        record = known.body.key(signature.kid, "statement")
        if record is None or not _in_force(record, stamp.t):
            refuse("key.not_valid_then", "a statement's key was not in force then")
        signature.verify(record.key)


def _stamped(shown: Members, digest: bytes, known: Known, kind: int = leaf.STATEMENT) -> Receipt:
    """Verify a receipt, and that there is a salt for its leaf."""
    unverified, stamp = receipt.read(text(shown, "receipt"))
    record = next((each for each in known.receipts if each.kid == unverified.kid), None)
    if record is None or record.distrusted or not record.holds(stamp.t):
        refuse("evidence.receipt", "a receipt is by no receipt key that was in force then")
    unverified.verify(record.key)
    if stamp.digest != digest or stamp.host not in known.hosts:
        refuse("evidence.receipt", "a receipt is for something else")
    salt = base64url.decode(text(shown, "salt"))
    if len(salt) != leaf.SALT_BYTES:
        refuse("evidence.receipt", "a leaf has no salt")
    leaf.entry(kind, stamp.t, leaf.commitment(salt, unverified.payload))
    return stamp


def _in_force(record: KeyRecord, t: int) -> bool:
    distrusted = record.distrusted_after is not None and t >= record.distrusted_after
    return record.holds(t) and not distrusted
