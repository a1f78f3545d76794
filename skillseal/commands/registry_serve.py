# SPDX-License-Identifier: Apache-2.0
"""`skillseal registry serve`: the HTTP server, in one process or several."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from credential.errors import MalformedError
from keys.key_reference import TokenObject
from keys.signer import Signer
from skillseal.keyring import Keyring

if TYPE_CHECKING:
    from registry.service import Registry

MAX_WORKERS = 64


def serve(options: argparse.Namespace) -> int:
    """Serve until told to stop."""
    from registry import serve, settings
    from registry.serve import Site
    from registry.service import open_registry

    pages = None
    if options.demo:
        options.settings = options.demo / "registry.toml"
        options.receipt_key = sorted((options.demo / "receipt-keys").iterdir())
        options.passphrase_file = options.demo / "passphrase"
        built = Path(__file__).parents[2] / "verifier" / "web" / "dist"
        pages = built if built.is_dir() else None
    if not options.receipt_key:
        raise MalformedError("key.absent", "name the receipt key with --receipt-key FILE")
    if not 1 <= options.workers <= MAX_WORKERS:
        raise MalformedError("registry.settings", f"--workers is 1 to {MAX_WORKERS}")
    read = settings.load(options.settings, database=options.database)

    where = (options.host, options.port, bool(options.demo), pages)
    site = Site(*where, metrics=options.metrics)

    def make(keys: Sequence[Signer]) -> "Registry":
        return open_registry(read, keys)

    if options.workers == 1:
        serve.serve(make(_keys(options)), site)
        return 0
    # A token's session does not survive a fork: then each worker logs in by itself.
    in_token = any(isinstance(one, TokenObject) for one in options.receipt_key)
    keys = None if in_token else _keys(options)
    serve.serve_many(
        read,
        lambda: make(_keys(options) if keys is None else keys),
        site,
        options.workers,
    )
    return 0


def _keys(options: argparse.Namespace) -> list[Signer]:
    opened = Keyring(options)
    return [opened.load(file, "receipt") for file in options.receipt_key]
