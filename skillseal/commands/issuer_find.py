# SPDX-License-Identifier: Apache-2.0
"""`skillseal issuer find`: what the desk knows about a certificate.

    skillseal issuer find NUMBER --filing FILE
    skillseal issuer find 欧阳青禾 --filing FILE
    skillseal issuer find --batch B1 --filing FILE --json
    skillseal issuer find --id-number - --filing FILE        reads [<type>:]<number> from a prompt

Exit codes: 0 something was found, 1 nothing.
"""

import argparse
import json
import secrets
import sys
from pathlib import Path
from typing import Final

from credential import identity_number, levels
from credential.identity_number import IdentityNumber
from issuer import given
from skillseal import inputs

_STAGES: Final = {
    "registered": "已登记 registered",
    "signed": "已签名，待登记 signed, not registered",
    "drawn": "已编号，未签名 drawn, not signed",
    "record": "历史记录（未签名） a record of before this system, not signed",
}
_STATES: Final = {
    "valid": "有效 valid",
    "suspended": "暂扣 suspended",
    "revoked": "已撤销 revoked",
    "superseded": "已被替代 superseded",
    "unknown": "状态待核实 unknown: somebody else has acted",
}


def add_parser(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the arguments."""
    parser = actions.add_parser("find", help="look up a certificate, by number, name or person")
    add = parser.add_argument
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("text", nargs="?", metavar="NUMBER|NAME", help="of the certificate or holder")
    what.add_argument("--batch", metavar="ID", help="everything of a batch")
    what.add_argument(
        "--id-number", choices=["-"], help="ask for a document number, or read it from input"
    )
    add("--filing", type=Path, metavar="FILE", required=True, help="what the registry gave")
    add("--ledger", type=Path, metavar="FILE", help="default: ledger.sqlite beside the filing file")
    add("--json", action="store_true", help="one object a line")


def run(options: argparse.Namespace) -> int:
    """Look up.

    Raises:
        SealError: `ledger.…`, `filing.…`, `holder.malformed`.
    """
    from issuer import find
    from issuer.ledger import Ledger

    filing = given.read_filing(options.filing)
    path = options.ledger or options.filing.with_name("ledger.sqlite")
    document = _document() if options.id_number else None
    with Ledger.open(path, filing.body.id, secrets.token_bytes) as ledger:
        if document is not None:
            found = find.by_document(ledger, document)
        elif options.batch:
            found = find.by_batch(ledger, options.batch)
        else:
            found = find.by_text(ledger, options.text)
    for each in found:
        if options.json:
            print(json.dumps(each.to_members(), ensure_ascii=False))
        else:
            _print(each.to_members())
    if not found and not options.json:
        print("nothing found. 没有找到。", file=sys.stderr)
    return 0 if found else 1


def _document() -> IdentityNumber:
    kind, written = inputs.holder()
    return IdentityNumber(kind, identity_number.normalise(kind, written))


def _print(said: dict[str, object]) -> None:
    level = levels.describe(str(said["level"])).chinese if said["level"] else "--"
    line = [said["number"], said["name"], said["occupation"], level]
    print("  ".join(str(each) for each in line))
    stage = _STAGES[str(said["stage"])]
    state = f", {_STATES[str(said['state'])]}" if said["state"] else ""
    print(f"    {stage}{state}")
    if said["batch"]:
        print(f"    批次 batch {said['batch']}, row {said['row']}, {said['issued_on']}")
    for word, name in (("前证 follows", "predecessor"), ("新证 followed by", "successor")):
        if said[name]:
            print(f"    {word} {said[name]}")
    acts, prints = said["acts"], said["prints"]
    if isinstance(acts, list):
        for act in acts:
            code = f" [{act['code']}]" if act["code"] else ""
            print(f"    {act['type']} ({act['reason']}): {act['outcome']}{code}, {act['change']}")
    if isinstance(prints, list) and prints:
        forms = ", ".join(str(each["form"]) for each in prints)
        print(f"    打印 printed {len(prints)} ×: {forms}")
