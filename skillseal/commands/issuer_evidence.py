# SPDX-License-Identifier: Apache-2.0
"""`skillseal issuer evidence` and `evidence-check`: a batch's evidence in one file, and its check.

    skillseal issuer evidence B1 --roster ROSTER --filing FILE --statement-key KEY --out B1.zip
    skillseal issuer evidence-check B1.zip [--snapshot FILE] [--anchor REGION:HEX]

The check opens no socket. With a snapshot that chains to the anchor it believes the body's keys and
the registry's, and every certificate is verified besides; without one it only finds out whether the
pack agrees with itself.

Exit codes of the check: 0 all holds, 1 something does not, 2 a file that cannot be read, 3 all
holds and no snapshot vouches for the keys.
"""

import argparse
import json
import secrets
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from credential.errors import MalformedError, SealError, UntrustedError
from issuer import given
from keys import key_reference
from skillseal import home, keyring
from skillseal.commands.issuer_status import ledger_path
from skillseal.keyring import Keyring

if TYPE_CHECKING:
    from credential.snapshot import Snapshot
    from issuer.evidence_check import Known, Proven

OK, FAILED, UNVOUCHED = 0, 1, 3
# What a certificate may have become since; everything else is a fault of the batch.
_LATER: Final = ("ok", "freshness.stale", "status.revoked", "status.suspended", "status.superseded")


def add_parsers(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the arguments."""
    pack = actions.add_parser("evidence", help="a batch's evidence in one file, for an auditor")
    add = pack.add_argument
    add("batch", metavar="BATCH", help="its name")
    add("--roster", type=Path, metavar="ROSTER", required=True, help="with the scores")
    add("--sheet", metavar="NAME", help="of the workbook; default: the one whose headings fit")
    add("--filing", type=Path, metavar="FILE", required=True, help="what the registry gave")
    add("--ledger", type=Path, metavar="FILE", help="default: ledger.sqlite beside the filing file")
    add(
        "--statement-key",
        required=True,
        type=key_reference.parse,
        metavar="KEY",
        help="role statement: the body answers for the pack",
    )
    add("--out", required=True, type=Path, metavar="FILE", help=".zip; names people")
    add("--at", type=int, metavar="SECONDS", help=argparse.SUPPRESS)
    keyring.add_arguments(pack)

    check = actions.add_parser("evidence-check", help="check such a file, offline")
    add = check.add_argument
    add("pack", type=Path, metavar="FILE")
    add("--snapshot", type=Path, metavar="FILE", help="default: what `skillseal fetch` left")
    add("--anchor", metavar="REGION:HEX", help="default: that of this machine")
    add("--alone", action="store_true", help="without a snapshot: does it agree with itself?")
    add("--json", action="store_true", help="one object")
    add("--at", type=int, metavar="SECONDS", help=argparse.SUPPRESS)


def pack(options: argparse.Namespace) -> int:
    """Write a pack.

    Raises:
        SealError: `batch.…`, `evidence.…`, `roster.…`, `key.…`, `output.unwritable`.
    """
    from issuer import evidence_pack, results
    from issuer.ledger import Ledger

    filing = given.read_filing(options.filing)
    key = Keyring(options).load(options.statement_key, "statement")
    at = options.at or int(time.time())
    given.demand_key(filing, key, at)
    with Ledger.open(ledger_path(options), filing.body.id, secrets.token_bytes) as ledger:
        data = evidence_pack.collect(
            ledger, filing, options.batch, options.roster, key, at=at, page=options.sheet
        )
    results.write(options.out, data)
    print(f"{options.out.name}: {len(data):,} bytes. It names people: hand it to auditors only.")
    return OK


def check(options: argparse.Namespace) -> int:
    """Check a pack.

    Raises:
        SealError: A file cannot be read.
    """
    from issuer import evidence_check, evidence_zip

    data = home.read_bounded(options.pack, evidence_zip.MAX_BYTES)
    snapshot = None if options.alone else _snapshot(options)
    try:
        body, own = evidence_check.body_of(data)
        known = own if snapshot is None else _known(snapshot, body, own)
        proven = evidence_check.check(data, known)
        log = None if snapshot is None else _logged(snapshot, proven)
    except SealError as error:
        _tell(options, {"outcome": "failed", "code": error.code, "detail": str(error)})
        return FAILED
    at = datetime.fromtimestamp(options.at or time.time(), UTC)
    verdicts = {} if snapshot is None else _verdicts(snapshot, proven, at)
    faults = sorted(verdicts.keys() - set(_LATER))
    said: dict[str, object] = {
        "outcome": "failed" if faults else "holds" if snapshot else "agrees with itself",
        "code": faults[0] if faults else None,
        "body": proven.body,
        "batch": proven.batch,
        "route": proven.route,
        "headcount": proven.headcount,
        "results": proven.results,
        "passed": proven.passed,
        "with_assessors": proven.assessors,
        "certificates": len(proven.certificates),
        "later": proven.later,
        "verdicts": verdicts,
        "log": log,
    }
    _tell(options, said)
    if faults:
        return FAILED
    return OK if snapshot is not None else UNVOUCHED


def _snapshot(options: argparse.Namespace) -> "Snapshot":
    from skillseal.commands.verify import load

    return load(options.snapshot or home.snapshot_file(), options.anchor)


def _known(snapshot: "Snapshot", body: str, own: "Known") -> "Known":
    """Take keys from the snapshot alone; of the pack only what the body itself decides."""
    from issuer.evidence_check import Known

    host, _, code = body.removeprefix("https://").partition("/bodies/")
    bag = snapshot.bag_of_host(host) if snapshot.anchored else None
    entry = None if bag is None else bag.trust_list.body(code)
    if bag is None or entry is None:
        raise UntrustedError("evidence.body", "no registry of the snapshot knows this body")
    return Known(entry, bag.root.hosts, bag.root.keys_of("receipt"), own.marks)


def _verdicts(snapshot: "Snapshot", proven: "Proven", at: datetime) -> dict[str, int]:
    from credential import carrier
    from verifier import verify

    texts = (carrier.text_form(token, receipt) for token, receipt, _, _ in proven.certificates)
    region = snapshot.region
    return dict(Counter(verify(text, snapshot, at=at, region=region).reason for text in texts))


def _logged(snapshot: "Snapshot", proven: "Proven") -> dict[str, int]:
    """Hold log indexes against the checkpoint: what it is old enough for, it must have room for.

    Raises:
        UntrustedError: `evidence.log`.
    """
    host = proven.body.removeprefix("https://").partition("/")[0]
    bag = snapshot.bag_of_host(host)
    if bag is None:
        raise MalformedError("evidence.body", "no registry of the snapshot knows this body")
    checkpoint = bag.checkpoint
    covered = sum(index < checkpoint.size for _, _, _, index in proven.certificates)
    if any(
        t < checkpoint.iat and index >= checkpoint.size for _, _, t, index in proven.certificates
    ):
        raise UntrustedError("evidence.log", "a receipt names a place that the log did not have")
    return {"size": checkpoint.size, "covered": covered}


def _tell(options: argparse.Namespace, said: dict[str, object]) -> None:
    if options.json:
        print(json.dumps(said, ensure_ascii=False))
        return
    if "detail" in said:
        print(f"evidence-check: {said['detail']} [{said['code']}]", file=sys.stderr)
        return
    print(f"batch {said['batch']} of {said['body']}: {said['outcome']}")
    for name in ("route", "headcount", "results", "passed", "with_assessors", "certificates"):
        print(f"    {name}: {said[name]}")
    for name in ("later", "verdicts", "log"):
        if said[name]:
            print(f"    {name}: {said[name]}")
    if said["outcome"] == "agrees with itself":
        print("    no snapshot vouches for the keys: name one with --snapshot and --anchor")
