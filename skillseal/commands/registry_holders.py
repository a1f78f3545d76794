# SPDX-License-Identifier: Apache-2.0
"""`skillseal registry holders` and `rotate-holder-key`: document numbers beside certificates.

    holders new-key --out FILE     make the key under which they are kept
    holders check                  compare them with the certificates' tags; 1 if one differs
    holders find                   the certificates of one person; the number is asked for
    rotate-holder-key              encrypt them anew under the key of the settings

A number is typed at a prompt or comes on standard input, never on the command line.
"""

import argparse
import getpass
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from credential import identity_number
from credential.errors import MalformedError
from credential.identity_number import IdentityNumber

if TYPE_CHECKING:
    from registry.service import Registry

DONE, DISAGREES = 0, 1
_LONGEST: Final = 100  # characters of a line on standard input


def add_parsers(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the arguments."""
    parser = actions.add_parser("holders", help="document numbers beside certificates")
    add = parser.add_argument
    add("what", choices=("new-key", "check", "find"))
    add("--settings", type=Path, metavar="FILE")
    add("--out", type=Path, metavar="FILE", help="where the new key goes")
    add("--type", type=int, default=1, choices=(1, 2, 3, 4), help="of document; default: 1, a card")
    add("--old-key", type=Path, metavar="FILE", help="for find, while a rotation is not finished")
    rotate = actions.add_parser("rotate-holder-key", help="encrypt document numbers anew")
    rotate.add_argument("--settings", required=True, type=Path, metavar="FILE")
    rotate.add_argument("--old-key", required=True, type=Path, metavar="FILE")


def holders(options: argparse.Namespace) -> int:
    """Do one of them.

    Raises:
        SealError: `holder.…`, `registry.…`.
    """
    from registry import holder_keys
    from registry import holders as kept

    if options.what == "new-key":
        if options.out is None:
            raise MalformedError("holder.usage", "name the new file with --out FILE")
        print(f"key {holder_keys.create(options.out, secrets.token_bytes).id}")
        return DONE
    if options.settings is None:
        raise MalformedError("holder.usage", "name the settings with --settings FILE")
    registry = _open(options.settings)
    if options.what == "find":
        old = [holder_keys.load(options.old_key)] if options.old_key else []
        keys = [*([registry.holder_key] if registry.holder_key else []), *old]
        for number in kept.find(registry, keys, _ask(options.type)):
            print(number)
        return DONE
    checked = kept.check(registry)
    print(
        f"{checked.agree:,} agree, {checked.untagged:,} have no tag, {len(checked.differ):,} differ"
    )
    for index, number in checked.differ:
        print(f"log index {index}: {number} [holder.mismatch]", file=sys.stderr)
    return DISAGREES if checked.differ else DONE


def rotate(options: argparse.Namespace) -> int:
    """Encrypt every number that is under the old key anew.

    Raises:
        SealError: `holder.…`, `registry.…`.
    """
    from registry import holder_keys
    from registry import holders as kept

    count = kept.rotate(_open(options.settings), holder_keys.load(options.old_key))
    print(f"{count:,} numbers are under the new key; the old one is needed no more")
    return DONE


def _open(file: Path) -> "Registry":
    from registry import holder_keys, settings
    from registry.service import open_registry

    read = settings.load(file)
    registry = open_registry(read, ())
    if read.holder_key is not None:
        registry.holder_key = holder_keys.load(read.holder_key)
    return registry


def _ask(document_type: int) -> IdentityNumber:
    terminal = sys.stdin.isatty()
    text = getpass.getpass("Document number: ") if terminal else sys.stdin.readline(_LONGEST)
    return IdentityNumber(document_type, identity_number.normalise(document_type, text.strip()))
