# SPDX-License-Identifier: Apache-2.0
"""Short ways to ask, and to write down what came out."""

from typing import Any

from credential import carrier, deflate, digits
from credential.certificate import read
from credential.receipt import read as read_receipt
from credential.snapshot import Snapshot
from keys import base64url
from tests.verifier.world import NOW, Issued, Region, clock
from verifier import Verdict, verify

HERE = "310115"


def ask(known: Region | Snapshot, text: str | Issued, **asked: Any) -> Verdict:
    """Ask at the usual time and place, unless said otherwise."""
    snapshot = known.snapshot() if isinstance(known, Region) else known
    code = text.code if isinstance(text, Issued) else text
    at = clock(asked.pop("at", NOW))
    return verify(code, snapshot, at=at, region=asked.pop("region", HERE), **asked)


def marks(verdict: Verdict) -> str:
    """Write the fourteen outcomes as letters: pass, fail, unknown, not asked, skipped."""
    return "".join(check.outcome[0].upper() for check in verdict.checks)


def reasons(verdict: Verdict) -> list[str]:
    """Return the reasons of all checks that have one."""
    return [check.reason for check in verdict.checks if check.reason]


def printed_for(issued: Issued, page: str, inside: str = "") -> str:
    """Write a code for another page or host inside, as `carrier.encode` never does."""
    unverified, _ = read(issued.certificate)
    counter, stamp = read_receipt(issued.receipt)
    header = base64url.decode(issued.certificate.partition(".")[0])
    head = bytes((1, len(inside))) + inside.encode() if inside else bytes(1)
    data = (
        bytes((carrier.VERSION,))
        + head
        + deflate.compress(header + unverified.payload, inside or page)
        + unverified.signature
        + stamp.t.to_bytes(4)
        + stamp.log_index.to_bytes(5)
        + bytes((stamp.epoch,))
        + counter.signature
    )
    return f"https://{page}/v#{digits.encode(data)}"
