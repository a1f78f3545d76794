# SPDX-License-Identifier: Apache-2.0
"""`skillseal registry`: serve, publish and audit a registry; make its authorities' statements.

    serve                       the HTTP server; it holds receipt keys and no others
    console                     the web application of officials and the public
    sign-lists, publish         the two steps of a publication, each with keys of its own
    snapshot                    check what is published and copy it, for a USB stick
    holders, rotate-holder-key  document numbers beside certificates
    file-body, suspend-body, revoke, erase, state
                                make, sign and hand in a statement
    prove, filing-file          what a body and its registry give each other
    import-peer                 take in a peer's snapshot, to publish it beside ours
    directory, applications     what the registry knew at any time, and what is due
    backup, restore, refeed     copies of the database, and what is put back after one was restored
    move                        the whole registry to another database
    fsck, evidence              check everything; prove what happened to one certificate

Exit codes: 0 done, 1 something does not agree (fsck) or is not proven (evidence --check), 2 usage
or something that cannot be read, reached or done.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from credential import base64url, canonical, pass_mark, statement_bodies
from credential.arranged import arranged
from credential.errors import MalformedError, SealError, UnavailableError, UntrustedError
from credential.pass_mark import PassMark
from keys.signer import Signer
from skillseal.commands import (
    registry_console,
    registry_copies,
    registry_directory,
    registry_holders,
    registry_serve,
    registry_statements,
)
from skillseal.commands.registry_options import add_parser
from skillseal.keyring import Keyring

if TYPE_CHECKING:
    from registry.service import Registry
    from registry.settings import Settings

__all__ = ["add_parser", "run"]

DONE, DISAGREES = 0, 1


def run(options: argparse.Namespace) -> int:
    """Do one of them."""
    return _ACTIONS[options.action](options)


# The registry itself ------------------------------------------------------------------------------


def _settings(options: argparse.Namespace) -> "Settings":
    from registry import settings

    return settings.load(options.settings, database=getattr(options, "database", None))


def _open(options: argparse.Namespace, keys: Sequence[Signer] = ()) -> "Registry":
    from registry.service import open_registry

    return open_registry(_settings(options), keys)


def _sign_lists(options: argparse.Namespace) -> int:
    from registry import lists

    opened = Keyring(options)
    list_key = opened.load(options.list_key, "list")
    status_key = opened.load(options.status_key, "status")
    for one in lists.sign_lists(_open(options), list_key, status_key):
        print(f"{one.name}  version {one.version}  {len(one.token):,} bytes")
    return DONE


def _publish(options: argparse.Namespace) -> int:
    from registry import publish

    opened = Keyring(options)
    publish_key = opened.load(options.publish_key, "publish")
    log_key = opened.load(options.log_key, "log")
    published = publish.publish(_open(options), publish_key, log_key)
    print(f"publication {published.sequence}, {published.size:,} leaves")
    for region, code in published.rejected_peers:
        print(f"peer {region} left out [{code}]", file=sys.stderr)
    return DONE


def _snapshot(options: argparse.Namespace) -> int:
    from credential.snapshot import Snapshot
    from registry import files

    settings = _settings(options)
    data = _read(settings.published / "snapshot.json")
    read = Snapshot.from_bytes(data, settings.anchor)
    files.replace(options.out, data)
    print(f"publication {read.home.manifest.sequence}, {len(data):,} bytes, {settings.anchor}")
    return DONE


def _import_peer(options: argparse.Namespace) -> int:
    from registry import peers

    bag = peers.import_peer(_open(options), _read(options.file))
    print(f"peer {bag.region}, publication {bag.manifest.sequence}")
    return DONE


def _fsck(options: argparse.Namespace) -> int:
    from registry import fsck

    try:
        report = fsck.fsck(_open(options))
    except UntrustedError as error:
        print(f"{error} [{error.code}]", file=sys.stderr)
        return DISAGREES
    print(
        f"{report.leaves:,} leaves: {report.certificates:,} certificates and"
        f" {report.statements:,} statements agree; {report.unsigned:,} receipts to be signed,"
        f" {report.erased:,} salts erased; root {base64url.encode(report.root)}"
    )
    return DONE


def _evidence_of(options: argparse.Namespace) -> int:
    from registry import evidence, evidence_check, files

    if options.check:
        if not options.anchor:
            raise MalformedError("snapshot.anchor", "name the anchor with --anchor REGION:HEX")
        try:
            proven = evidence_check.check(_read(options.check), options.anchor)
        except SealError as error:
            print(f"{error} [{error.code}]", file=sys.stderr)
            return DISAGREES
        print(json.dumps(asdict(proven), ensure_ascii=False))
        return DONE
    if not (options.number and options.settings and options.out):
        raise MalformedError("evidence.usage", "name NUMBER, --settings FILE and --out FILE")
    files.replace(options.out, evidence.collect(_open(options), options.number))
    return DONE


# Statements ---------------------------------------------------------------------------------------


def _hand_in(
    options: argparse.Namespace, wanted: Sequence[tuple[str, str, dict[str, object]]]
) -> int:
    return registry_statements.hand_in(options, wanted, lambda: _open(options))


def _file_body(options: argparse.Namespace) -> int:
    from registry import office

    return _hand_in(options, office.body_statements(_read(options.file)))


def _suspend_body(options: argparse.Namespace) -> int:
    start = int(time.time()) if options.start is None else options.start
    body = {"from": start, "state": options.state, "document": options.document}
    return _hand_in(options, [("standing", options.body, body)])


def _revoke(options: argparse.Namespace) -> int:
    host = (options.aud or options.registry or _settings(options).url).partition("//")[2]
    subject = statement_bodies.certificate_subject(host, options.kind, options.number)
    body: dict[str, object] = {"reason": options.reason}
    if options.event == "supersede":
        if not options.by:
            raise MalformedError("statement.subject", "name the successor with --by NUMBER")
        body = {"by": options.by, **body}
    return _hand_in(options, [(options.event, subject, body)])


def _erase(options: argparse.Namespace) -> int:
    from registry import erasure

    host = (options.aud or options.registry or _settings(options).url).partition("//")[2]
    place = (options.list, options.index)
    if options.settings:
        place = erasure.place(_open(options), host, options.kind, options.number)
    if None in place:
        raise MalformedError("erase.place", "name the status index with --list and --index")
    body = {"list": place[0], "index": place[1], "document": options.document}
    subject = statement_bodies.certificate_subject(host, options.kind, options.number)
    return _hand_in(options, [("erase", subject, body)])


def _state(options: argparse.Namespace) -> int:
    body = canonical.parse(_read(options.file), canonical=False)
    if not isinstance(body, dict):
        raise MalformedError("malformed.token", f"{options.file} is not a JSON object")
    return _hand_in(options, [(options.type, options.subject, body)])


def _prove(options: argparse.Namespace) -> int:
    key = Keyring(options).load(options.key, options.role)
    proof = key.sign(statement_bodies.possession(options.owner, options.role, key.public))
    entry = {"jwk": key.public.members, "role": key.role, "proof": base64url.encode(proof)}
    print(json.dumps(entry))
    return DONE


def _filing_file(options: argparse.Namespace) -> int:
    from registry import files, office

    marks: tuple[PassMark, ...] = ()
    if options.marks:
        written = canonical.parse(_read(options.marks), canonical=False)
        marks = arranged(written, lambda: pass_mark.read(written))
    made = office.filing_file(_open(options), options.body, options.tags)
    files.replace(options.out, replace(made, marks=marks).to_bytes())
    return DONE


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UnavailableError("file.unreadable", f"cannot read {file}: {error.strerror}") from None


_ACTIONS: Final = {
    "serve": registry_serve.serve,
    "console": registry_console.run,
    "sign-lists": _sign_lists,
    "publish": _publish,
    "snapshot": _snapshot,
    "file-body": _file_body,
    "suspend-body": _suspend_body,
    "revoke": _revoke,
    "erase": _erase,
    "holders": registry_holders.holders,
    "rotate-holder-key": registry_holders.rotate,
    "state": _state,
    "prove": _prove,
    "filing-file": _filing_file,
    "import-peer": _import_peer,
    "directory": registry_directory.directory,
    "applications": registry_directory.applications,
    **registry_copies.ACTIONS,
    "fsck": _fsck,
    "evidence": _evidence_of,
}
