# SPDX-License-Identifier: Apache-2.0
"""`skillseal issuer revoke|suspend|reinstate` and `consent`: the status of what was issued.

    skillseal issuer revoke NUMBER… --reason fraud --filing FILE --dry-run
    skillseal issuer suspend --list LIST.xlsx --reason inquiry --filing FILE \
        --statement-key KEY --registry URL
    skillseal issuer consent C20261120-1f2e3d4c --filing FILE --agent http://127.0.0.1:PORT

Exit codes: 0 done (or possible, in a dry run), 1 some were refused, 2 usage or something that
cannot be read, 3 something waits for the registry or for a second person.
"""

import argparse
import json
import secrets
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from credential import reason
from credential.certificate import KINDS
from credential.errors import ConflictError
from credential.filing_file import FilingFile
from issuer import given
from keys import key_reference
from skillseal import keyring
from skillseal.keyring import Keyring

if TYPE_CHECKING:
    from issuer.ledger import Ledger
    from issuer.status_change import Decision

OK, REFUSED, WAITING = 0, 1, 3

ACTS: Final = {
    "revoke": "revoke certificates, which is final",
    "suspend": "suspend certificates",
    "reinstate": "lift a suspension of this body's own",
}


def add_parsers(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the arguments."""
    for name, words in ACTS.items():
        listed = "; ".join(
            f"{each.code} {each.chinese}" for each in reason.REASONS if name in each.acts
        )
        parser = actions.add_parser(name, help=words, epilog=f"reasons: {listed}")
        add = parser.add_argument
        add("numbers", nargs="*", metavar="NUMBER", help="certificate numbers")
        add("--list", type=Path, metavar="FILE", help="a file with a column 证书编号")
        add("--kind", choices=KINDS, help="where several kinds use the number")
        add("--reason", required=True, choices=reason.codes(name), help="why")
        add("--remark", default="", metavar="TEXT", help="what else is to be said; public")
        add("--dry-run", action="store_true", help="only say what would happen")
        add(
            "--second-above",
            type=int,
            metavar="N",
            help="more than N at once need a second person, from now on; never raised",
        )
        add_common(parser)
        add(
            "--submit-key",
            type=key_reference.parse,
            metavar="KEY",
            help="role submit, to ask the registry for the last statement before two people sign",
        )
    consent = actions.add_parser("consent", help="agree to a change of many, as a second person")
    add = consent.add_argument
    add("change", metavar="CHANGE", help="its name")
    add("--filing", type=Path, metavar="FILE", required=True, help="what the registry gave")
    add("--ledger", type=Path, metavar="FILE", help="default: ledger.sqlite beside the filing file")
    by = consent.add_mutually_exclusive_group(required=True)
    by.add_argument("--key", type=key_reference.parse, metavar="KEY", help="role statement")
    by.add_argument("--agent", metavar="URL", help="of `skillseal sign-agent`")
    by.add_argument("--withdraw", action="store_true", help="drop the change instead")
    add("--agent-secret-file", type=Path, metavar="FILE", help="default: a prompt")
    add("--yes", action="store_true", help="do not ask, with --key")
    add("--json", action="store_true", help="one object for the result")
    add("--at", type=int, metavar="SECONDS", help=argparse.SUPPRESS)
    keyring.add_arguments(consent)


def add_common(parser: argparse.ArgumentParser) -> None:
    """Describe what every command takes that makes statements."""
    add = parser.add_argument
    add("--filing", type=Path, metavar="FILE", required=True, help="what the registry gave")
    add("--ledger", type=Path, metavar="FILE", help="default: ledger.sqlite beside the filing file")
    add("--statement-key", type=key_reference.parse, metavar="KEY", help="role statement")
    add("--registry", metavar="URL", help="without it the statements wait in the ledger")
    add("--json", action="store_true", help="one object a line")
    add("--at", type=int, metavar="SECONDS", help=argparse.SUPPRESS)
    keyring.add_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Change the status of certificates.

    Raises:
        SealError: `reason.…`, `list.…`, `key.…`, `ledger.…`, `receipt.…`.
    """
    from issuer import number_list, status_change
    from issuer.ledger import Ledger

    said = reason.text(options.action, options.reason, options.remark)
    filing = given.read_filing(options.filing)
    numbers = [each.replace(" ", "") for each in options.numbers]
    if options.list:
        numbers += number_list.read(options.list)
    if not numbers:
        raise ConflictError("act.nothing", "name certificate numbers, or a file with --list")
    with Ledger.open(ledger_path(options), filing.body.id, secrets.token_bytes) as ledger:
        if options.second_above is not None and not options.dry_run:
            ledger.lower_second(options.second_above)
        decisions = status_change.decide(ledger, options.action, numbers, options.kind)
        if options.dry_run:
            show_all(options, decisions)
            if status_change.needs_second(ledger, decisions):
                print("this needs a second person. 须第二人同意。", file=sys.stderr)
            return REFUSED if any(each.outcome == "refused" for each in decisions) else OK
        return _change(options, ledger, filing, decisions, said)


def _change(
    options: argparse.Namespace,
    ledger: "Ledger",
    filing: FilingFile,
    decisions: "list[Decision]",
    said: str,
) -> int:
    from issuer import act_post
    from issuer.submit import Registry

    at = options.at or int(time.time())
    key = None
    if options.statement_key:
        key = Keyring(options).load(options.statement_key, "statement")
        given.demand_key(filing, key, at)
    submit = None
    if options.submit_key:
        submit = Keyring(options).load(options.submit_key, "submit")
        given.demand_key(filing, submit, at)
    registry = Registry.at(options.registry, time.sleep) if options.registry else None
    desk = act_post.Desk(ledger, filing, registry, key, at, secrets.token_bytes, submit)
    unreachable = desk.carry_out(options.action, decisions, said)
    refused, waits = 0, set()
    for each, outcome, code, change in desk.outcomes(decisions):
        refused += outcome == "refused"
        if outcome == "waiting":
            waits.add((change, code))
        _show(options, each, outcome, code, change)
    for change, code in sorted(waits, key=str):
        if code == "consent.missing":
            message = f"a second person runs `skillseal issuer consent {change}`, then this again"
            print(f"skillseal: {message} [consent.missing]", file=sys.stderr)
    if unreachable is not None:
        print(f"skillseal: {unreachable} [{unreachable.code}]", file=sys.stderr)
    if waits:
        return WAITING
    return REFUSED if refused else OK


def consent(options: argparse.Namespace) -> int:
    """Agree to a change, or withdraw it.

    Raises:
        SealError: `consent.…`, `agent.…`, `key.…`, `ledger.…`.
    """
    from issuer import consent as consents
    from issuer import desk_token
    from issuer.ledger import Ledger
    from skillseal.commands import issuer_release

    filing = given.read_filing(options.filing)
    at = options.at or int(time.time())
    with Ledger.open(ledger_path(options), filing.body.id, secrets.token_bytes) as ledger:
        change, acts = consents.find(ledger, options.change)
        if options.withdraw:
            ledger.withdraw(change.change)
            told = "withdrawn"
        else:
            typ, payload = consents.sought(filing, change, acts)
            if options.agent:
                token = issuer_release.ask_agent(options, typ, payload)
            else:
                key = Keyring(options).load(options.key, "statement")
                issuer_release.confirm(options, payload)
                token = desk_token.sign(key, typ, payload)
            consents.accept(ledger, filing, change, acts, token, at)
            told = "agreed"
    count = sum(len(each.certificates) for each in acts)
    if options.json:
        print(json.dumps({"change": change.change, "outcome": told, "certificates": count}))
    else:
        print(
            f"{change.change}: {told}, {count} certificates; the command that ordered it goes on."
        )
    return OK


def ledger_path(options: argparse.Namespace) -> Path:
    """Give the ledger's path."""
    beside: Path = options.filing.with_name("ledger.sqlite")
    return options.ledger or beside


def show_all(options: argparse.Namespace, decisions: "Sequence[Decision]") -> None:
    """Print what would happen to each."""
    for each in decisions:
        _show(options, each, each.outcome, each.code, each.act.change if each.act else None)


def _show(
    options: argparse.Namespace,
    decision: "Decision",
    outcome: str,
    code: str | None,
    change: str | None,
) -> None:
    if options.json:
        said = {
            "number": decision.number,
            "kind": decision.kind,
            "name": decision.name,
            "state": decision.state,
            "outcome": outcome,
            "code": code,
            "change": change,
        }
        print(json.dumps(said, ensure_ascii=False))
        return
    shown = [decision.number, decision.name or "", _OUTCOMES[outcome]]
    if code:
        shown.append(f"{decision.message or ''} [{code}]".strip())
    print("  ".join(each for each in shown if each))


_OUTCOMES: Final = {
    "ready": "可以办理 possible",
    "waiting": "等待 waiting",
    "refused": "不能办理 refused",
    "done": "已办理 done",
}
