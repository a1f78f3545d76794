# SPDX-License-Identifier: Apache-2.0
"""`skillseal keys new`: make a key in an encrypted file, and print what the registry needs of it.

The file is created with mode 0600 and never overwritten. The passphrase comes from a prompt, from
--passphrase-file or from the file that SKILLSEAL_PASSPHRASE_FILE names; never from the command
line.
"""

import argparse
import getpass
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from keys import key_file, passphrase
from keys.algorithms import ALGORITHMS, ES256
from keys.passphrase import Passphrase
from keys.roles import ROLES
from keys.signing_key import MAX_EPOCH, SigningKey


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the arguments."""
    parser = subparsers.add_parser("keys", help="make keys in encrypted files")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    new = actions.add_parser(
        "new",
        help="make a key",
        description="Make a key in a new encrypted file and print its kid and public key as JSON.",
    )
    add = new.add_argument
    add("--role", required=True, choices=ROLES, help="what it will sign; a key has one role")
    add("--out", required=True, type=Path, metavar="FILE", help="a file that does not exist yet")
    add("--alg", choices=ALGORITHMS, default=ES256, help="default: %(default)s")
    add(
        "--epoch",
        type=int,
        metavar="N",
        help=f"only for role receipt: the epoch that it goes by, 1 to {MAX_EPOCH}",
    )
    add_passphrase(new)


def add_passphrase(parser: argparse.ArgumentParser) -> None:
    """Describe where a passphrase may come from."""
    parser.add_argument(
        "--passphrase-file",
        type=Path,
        metavar="FILE",
        help=f"default: what {passphrase.VARIABLE} names, else a prompt",
    )


def ask(file: Path | None, *, twice: bool = False) -> Passphrase:
    """Find the passphrase for one command.

    Raises:
        KeyMaterialError: `passphrase.…`.
    """
    prompt: Callable[[str], str] | None = getpass.getpass if sys.stdin.isatty() else None
    return passphrase.obtain(file, os.environ, prompt, twice=twice)


def run(options: argparse.Namespace) -> int:
    """Make the key."""
    key = SigningKey.generate(options.role, options.alg, epoch=options.epoch)
    key_file.create(options.out, key, ask(options.passphrase_file, twice=True))
    print(json.dumps({"kid": key.kid, "jwk": key.public.members}))
    return 0
