# SPDX-License-Identifier: Apache-2.0
"""`skillseal keys new`: make a key in an encrypted file or a token; print what the registry needs.

The file is created with mode 0600 and never overwritten; a key in a token never leaves it.
Passphrase and PIN come from a prompt, from --passphrase-file and --pin-file, or from the files that
SKILLSEAL_PASSPHRASE_FILE and SKILLSEAL_PIN_FILE name; never from the command line.
"""

import argparse
import json
from pathlib import Path

from keys import key_file, key_reference
from keys.algorithms import ALGORITHMS, ES256
from keys.errors import KeyMaterialError
from keys.key_reference import TokenObject
from keys.roles import ROLES
from keys.signing_key import MAX_EPOCH, SigningKey
from keys.verifying_key import VerifyingKey
from skillseal import keyring
from skillseal.keyring import Keyring


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the arguments."""
    parser = subparsers.add_parser("keys", help="make keys in encrypted files or tokens")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    new = actions.add_parser(
        "new",
        help="make a key",
        description="Make a key in a new encrypted file, or in a token, and print its kid and"
        " public key as JSON.",
    )
    add = new.add_argument
    add("--role", required=True, choices=ROLES, help="what it will sign; a key has one role")
    where = new.add_mutually_exclusive_group(required=True)
    where.add_argument("--out", type=Path, metavar="FILE", help="a file that does not exist yet")
    where.add_argument(
        "--token",
        type=key_reference.of_token,
        metavar="URI",
        help="pkcs11:token=LABEL;object=LABEL, which the token does not have yet",
    )
    add("--alg", choices=ALGORITHMS, default=ES256, help="default: %(default)s")
    add(
        "--epoch",
        type=int,
        metavar="N",
        help=f"only for role receipt: the epoch that it goes by, 1 to {MAX_EPOCH}",
    )
    keyring.add_arguments(new)


def run(options: argparse.Namespace) -> int:
    """Make the key."""
    keys = Keyring(options)
    kid, public = _in_token(options, keys) if options.token else _in_file(options, keys)
    print(json.dumps({"kid": kid, "jwk": public.members}))
    return 0


def _in_file(options: argparse.Namespace, keys: Keyring) -> tuple[str, VerifyingKey]:
    key = SigningKey.generate(options.role, options.alg, epoch=options.epoch)
    key_file.create(options.out, key, keys.choose(twice=True))
    return key.kid, key.public


def _in_token(options: argparse.Namespace, keys: Keyring) -> tuple[str, VerifyingKey]:
    if options.alg != ES256:
        raise KeyMaterialError("key.algorithm", f"a key in a token is {ES256}")
    where: TokenObject = options.token
    token = keys.token(where, write=True)
    key = token.generate(where.object, options.role, epoch=options.epoch)
    return key.kid, key.public
