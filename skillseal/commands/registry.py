# SPDX-License-Identifier: Apache-2.0
"""`skillseal registry`: serve, publish and audit a registry; make its authorities' statements.

    serve                       the HTTP server; it holds receipt keys and no others
    sign-lists, publish         the two steps of a publication, each with keys of its own
    snapshot                    check what is published and copy it, for a USB stick
    file-body, suspend-body, revoke, state
                                make, sign and hand in a statement
    prove, filing-file          what a body and its registry give each other
    import-peer                 take in a peer's snapshot, to publish it beside ours
    fsck, evidence              check everything; prove what happened to one certificate

Exit codes: 0 done, 1 something does not agree (fsck) or is not proven (evidence --check), 2 usage
or something that cannot be read, reached or done.
"""

import argparse
import json
import secrets
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from credential import base64url, statement_bodies
from credential.errors import MalformedError, SealError, UnavailableError, UntrustedError
from keys.signer import Signer
from skillseal.commands.registry_options import add_parser
from skillseal.keyring import Keyring

if TYPE_CHECKING:
    from registry.office import Made, Office
    from registry.service import Registry
    from registry.settings import Settings

__all__ = ["add_parser", "run"]

DONE, DISAGREES = 0, 1


def run(options: argparse.Namespace) -> int:
    """Do one of them."""
    return _ACTIONS[options.action](options)


# The registry itself ------------------------------------------------------------------------------


def _settings(file: Path) -> "Settings":
    from registry import settings

    return settings.load(file)


def _open(options: argparse.Namespace, keys: Sequence[Signer] = ()) -> "Registry":
    from registry.service import open_registry

    return open_registry(_settings(options.settings), keys)


def _serve(options: argparse.Namespace) -> int:
    from registry import app, serve

    pages = None
    if options.demo:
        options.settings = options.demo / "registry.toml"
        options.receipt_key = sorted((options.demo / "receipt-keys").iterdir())
        options.passphrase_file = options.demo / "passphrase"
        built = Path(__file__).parents[2] / "verifier" / "web" / "dist"
        pages = built if built.is_dir() else None
    if not options.receipt_key:
        raise MalformedError("key.absent", "name the receipt key with --receipt-key FILE")
    opened = Keyring(options)
    keys = [opened.load(file, "receipt") for file in options.receipt_key]
    application = app.create(
        _settings(options.settings), keys, anchor=bool(options.demo), pages=pages
    )
    serve.serve(application, options.host, options.port)
    return DONE


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

    settings = _settings(options.settings)
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
    """Make and hand in statements, each after the one before it about the same subject."""
    hand_in, head, aud = _way(options)
    office = _office(options, aud)
    after = {subject: head(subject) for _, subject, _ in wanted}
    for type_, subject, body in wanted:
        made = office.make(type_, subject, body, after[subject])
        after[subject] = hand_in(made)
        print(f"{type_}  {subject}  {after[subject]}")
    return DONE


def _office(options: argparse.Namespace, aud: str) -> "Office":
    from registry.office import Office

    opened = Keyring(options)
    files = [file for file in (options.statement_key, options.second_key) if file]
    keys = tuple(opened.load(file, "statement") for file in files)
    return Office(options.iss or aud, aud, keys, lambda: int(time.time()), secrets.token_bytes)


def _way(
    options: argparse.Namespace,
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

    registry = _open(options)
    return (
        lambda made: base64url.encode(statements.record(registry, made.signatures)),
        office.heads(registry),
        registry.settings.url,
    )


def _file_body(options: argparse.Namespace) -> int:
    from registry import office

    return _hand_in(options, office.body_statements(_read(options.file)))


def _suspend_body(options: argparse.Namespace) -> int:
    start = int(time.time()) if options.start is None else options.start
    body = {"from": start, "state": options.state, "document": options.document}
    return _hand_in(options, [("standing", options.body, body)])


def _revoke(options: argparse.Namespace) -> int:
    host = (options.aud or options.registry or _settings(options.settings).url).partition("//")[2]
    subject = statement_bodies.certificate_subject(host, options.kind, options.number)
    body: dict[str, object] = {"reason": options.reason}
    if options.event == "supersede":
        if not options.by:
            raise MalformedError("statement.subject", "name the successor with --by NUMBER")
        body = {"by": options.by, **body}
    return _hand_in(options, [(options.event, subject, body)])


def _state(options: argparse.Namespace) -> int:
    try:
        body = json.loads(_read(options.file))
    except ValueError:
        body = None
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

    made = office.filing_file(_open(options), options.body, options.tags)
    files.replace(options.out, made.to_bytes())
    return DONE


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UnavailableError("file.unreadable", f"cannot read {file}: {error.strerror}") from None


_ACTIONS: Final = {
    "serve": _serve,
    "sign-lists": _sign_lists,
    "publish": _publish,
    "snapshot": _snapshot,
    "file-body": _file_body,
    "suspend-body": _suspend_body,
    "revoke": _revoke,
    "state": _state,
    "prove": _prove,
    "filing-file": _filing_file,
    "import-peer": _import_peer,
    "fsck": _fsck,
    "evidence": _evidence_of,
}
