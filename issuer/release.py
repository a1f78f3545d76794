# SPDX-License-Identifier: Apache-2.0
"""Two people for a large roster: the second releases exactly what the first is about to sign.

    draw → claims stored → a second person's statement key over them → sign

    a compact JWS with the header {"alg":"ES256","kid":"…","typ":"release+jwt"} and the payload
    {"iss":"https://HOST/bodies/CODE","batch":"B1","iat":1790000000,"count":120,
     "certificates":{"lyg2020:39/3":120},"digest":"…"}

- `digest` is SHA-256 over the SHA-256 of each certificate's claims, in the order of the sheet; the
  single hashes are kept beside the release, so that it is known which claims it covers;
- a certificate is signed only if a release covers its very claims: what is drawn again afterwards,
  with another number or index, needs another release;
- the key is one of the body's statement keys in force, and not the one that filed the batch;
- it is a matter of the desk: no registry takes it, and its `typ` is none that a registry reads.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature

from credential import base64url, canonical, envelope
from credential.certificate import Claims
from credential.errors import ConflictError, MalformedError, UntrustedError
from credential.filing_file import FilingFile
from credential.key_record import KeyRecord
from credential.members import Members, refuse
from issuer.ledger import Ledger
from issuer.records import Batch, Item
from keys.signer import Signer

TYP: Final = "release+jwt"
ROLE: Final = "statement"
HASH_BYTES: Final = 32
MAX_COUNT: Final = 1_000_000

_BODY: Final = re.compile(r"https://[a-z0-9.:-]{1,100}/bodies/[0-9A-HJ-NPQRTUWXY]{18}")
_BATCH: Final = re.compile("[0-9A-Za-z-]{1,62}")


@dataclass(frozen=True, slots=True)
class Release:
    """What a second person puts a signature to."""

    iss: str
    """The body."""
    batch: str
    iat: int
    """Seconds since 1970."""
    count: int
    """How many certificates."""
    certificates: dict[str, int]
    """Occupation and level to how many of them, for whoever reads it."""
    digest: bytes
    """Over the hashes of the claims, 32 bytes."""

    def to_bytes(self) -> bytes:
        """Write the canonical payload."""
        return canonical.encode(
            {
                "iss": self.iss,
                "batch": self.batch,
                "iat": self.iat,
                "count": self.count,
                "certificates": self.certificates,
                "digest": base64url.encode(self.digest),
            }
        )

    @classmethod
    def from_bytes(cls, payload: bytes) -> "Release":
        """Read a payload.

        Raises:
            MalformedError: `malformed.token` or `malformed.profile`.
        """
        names = "iss batch iat count certificates digest"
        members = Members.of(canonical.parse(payload), "release", names)
        certificates, count = members.raw("certificates"), members.raw("count")
        if not isinstance(certificates, dict) or not all(map(_is_count, certificates.values())):
            refuse(members.at("certificates"), "not numbers of certificates")
        if not _is_count(count) or sum(certificates.values()) != count:
            refuse(members.at("count"), "not the number of the certificates")
        return cls(
            iss=members.match("iss", _BODY),
            batch=members.match("batch", _BATCH),
            iat=members.time("iat"),
            count=sum(certificates.values()),
            certificates=certificates,
            digest=base64url.decode(members.digest("digest")),
        )


@dataclass(frozen=True, slots=True)
class Proposed:
    """What is to be released, before anybody signed it."""

    release: Release
    payload: bytes
    covered: bytes
    """The hashes of the claims, one after the other."""


def is_needed(ledger: Ledger, batches: Iterable[Batch]) -> bool:
    """Tell whether a roster's certificates, of all its batches, need a second person."""
    above = ledger.release_above
    return above is not None and sum(ledger.count(each.batch) for each in batches) > above


def propose(ledger: Ledger, filing: FilingFile, name: str, at: int) -> Proposed:
    """Put together what a batch still needs released.

    Raises:
        ConflictError: `release.nothing`.
    """
    batch = ledger.batch_named(name)
    hashes: list[bytes] = []
    kinds: Counter[str] = Counter()
    for item in () if batch is None else _open(ledger, filing, batch, at):
        said = Claims.from_bytes(item.payload or b"")
        kinds[f"{said.occupation_code}/{said.level or ''}"] += 1
        hashes.append(_hash(item))
    if not hashes:
        message = f"nothing of a batch {name} is drawn and waits for a release"
        raise ConflictError("release.nothing", message)
    covered = b"".join(hashes)
    release = Release(
        iss=filing.body.id,
        batch=name,
        iat=at,
        count=len(hashes),
        certificates=dict(sorted(kinds.items())),
        digest=hashlib.sha256(covered).digest(),
    )
    return Proposed(release, release.to_bytes(), covered)


def sign(key: Signer, payload: bytes) -> str:
    """Sign a release.

    Raises:
        RuntimeError: The key has another role: a fault of the program, never of its input.
    """
    if key.role != ROLE:
        raise RuntimeError(f"a {key.role} key does not sign {TYP}")
    signing_input = f"{_header(key.alg, key.kid)}.{base64url.encode(payload)}"
    return f"{signing_input}.{base64url.encode(key.sign(signing_input.encode()))}"


def accept(ledger: Ledger, filing: FilingFile, proposed: Proposed, token: str, at: int) -> None:
    """Store a release after checking it.

    Raises:
        MalformedError: `malformed.token` or `malformed.profile`.
        UntrustedError: `release.signature`, `release.mismatch`.
        ConflictError: `key.not_registered`, `release.same_person`.
    """
    batch = ledger.batch_named(proposed.release.batch)
    if batch is None:
        raise ConflictError("release.nothing", f"no batch {proposed.release.batch} is known")
    if _check(filing, batch, token, proposed.covered, at) != proposed.release:
        raise UntrustedError("release.mismatch", "the release is for something else")
    # A crash before this line: the second person is asked again.
    ledger.keep_release(batch.batch, token, proposed.covered)


class Released:
    """The claims of a batch that a second person has released."""

    def __init__(self, hashes: Iterable[bytes]) -> None:
        self._hashes = frozenset(hashes)

    def __contains__(self, item: object) -> bool:
        return isinstance(item, Item) and _hash(item) in self._hashes


def released(ledger: Ledger, filing: FilingFile, batch: Batch, at: int) -> Released:
    """Find what is released of a batch, checking every release again.

    Raises:
        SealError: As `accept`, for a ledger that was changed or a key that has lost its standing.
    """
    hashes: list[bytes] = []
    for token, covered in ledger.releases(batch.batch):
        _check(filing, batch, token, covered, at)
        hashes += (covered[i : i + HASH_BYTES] for i in range(0, len(covered), HASH_BYTES))
    return Released(hashes)


def unreleased(ledger: Ledger, filing: FilingFile, batch: Batch, at: int) -> int:
    """Count what is drawn, not signed and not released."""
    return sum(1 for _ in _open(ledger, filing, batch, at))


def _open(ledger: Ledger, filing: FilingFile, batch: Batch, at: int) -> Iterator[Item]:
    done = released(ledger, filing, batch, at)
    for item in ledger.each(batch.batch):
        if item.payload and not item.token and not item.receipt and item not in done:
            yield item


def _check(filing: FilingFile, batch: Batch, token: str, covered: bytes, at: int) -> Release:
    """Return what a release says, if it holds for these claims of this batch."""
    header, _, rest = token.partition(".")
    encoded, _, signature = rest.partition(".")
    record = _record(filing.body.keys, header)
    if record is None or not record.holds(at):
        message = "the release is not signed by a statement key of this body that is in force"
        raise ConflictError("key.not_registered", message)
    if record.kid == envelope.read(batch.signature, envelope.STATEMENT).kid:
        message = f"whoever filed the batch {batch.batch} cannot release it: ask a second person"
        raise ConflictError("release.same_person", message)
    try:
        record.key.verify(base64url.decode(signature), f"{header}.{encoded}".encode())
        release = Release.from_bytes(base64url.decode(encoded))
    except (InvalidSignature, MalformedError, ValueError):
        raise UntrustedError("release.signature", "the signature of a release fails") from None
    if (release.iss, release.batch, release.count, release.digest) != (
        filing.body.id,
        batch.batch,
        len(covered) // HASH_BYTES,
        hashlib.sha256(covered).digest(),
    ):
        raise UntrustedError("release.mismatch", "the release is for something else")
    return release


def _record(records: Sequence[KeyRecord], header: str) -> KeyRecord | None:
    """Find the key that a header names, in the one form that a header has."""
    for record in records:
        if record.role == ROLE and _header(record.key.alg, record.kid) == header:
            return record
    return None


def _header(alg: str, kid: str) -> str:
    return base64url.encode(f'{{"alg":"{alg}","kid":"{kid}","typ":"{TYP}"}}'.encode())


def _hash(item: Item) -> bytes:
    return hashlib.sha256(item.payload or b"").digest()


def _is_count(value: object) -> bool:
    return type(value) is int and 0 < value <= MAX_COUNT
