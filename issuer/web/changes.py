# SPDX-License-Identifier: Apache-2.0
"""Changes of status as the pages see and make them: ordered, agreed to, sent.

ordered(…)   a task of the clerk: decided again, signed, stored, sent as far as one person may
sent(…)      a task that sends what waits, or sends it again
view(…)      one change with what became of each certificate
"""

import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes
from typing import Final, NamedTuple

from console import payload
from console.forms import Form
from console.payload import LaidOut
from credential.certificate import NUMBER
from credential.errors import ConflictError, MalformedError
from credential.said_readers import MAX_BULK
from issuer import act_post, consent, given, number_list, status_change
from issuer.act import Change
from issuer.ledger import Ledger
from issuer.status_change import READY, REFUSED, WAITING, Decision, Maker
from issuer.submit import Registry
from issuer.web import key_secrets
from issuer.web.clerk import Act as Task
from issuer.web.clerk import Work
from issuer.web.fields import secrets
from issuer.web.site import Site
from keys.signer import Signer

TYPES: Final = ("suspend", "reinstate", "revoke")
MAX_SHOWN: Final = 500  # certificates on a page; all of them are counted
_CHARACTERS: Final = 40  # of a certificate number
_BETWEEN: Final = re.compile(r"[\s,，;；、]+")


class Fate(NamedTuple):
    """What became of one certificate of a change."""

    number: str
    kind: str
    name: str
    outcome: str
    """`done`, `refused` or `waiting`."""
    code: str | None


@dataclass(frozen=True, slots=True)
class Seen:
    """One change."""

    change: Change
    fates: list[Fate]
    """The first of them, refused ones first."""
    counts: dict[str, int]
    """By outcome; of all."""
    to_sign: tuple[str, bytes] | None
    """Type and payload that a second person signs; None where none is awaited."""

    @property
    def waits(self) -> bool:
        """Whether something is to be sent."""
        return self.to_sign is None and self.counts["waiting"] > 0

    def words(self) -> dict[str, str]:
        """Give what the script of the page sends to the agent."""
        return payload.words(*self.to_sign) if self.to_sign else {}

    def laid_out(self) -> LaidOut | None:
        """Lay out what is to be signed."""
        return payload.lay_out(self.to_sign[1]) if self.to_sign else None


def numbers_of(site: Site, form: Form) -> list[str]:
    """Read which certificates a form names: pasted, out of a file, or all of a batch.

    Raises:
        MalformedError: `number.malformed`, `list.…`, `roster.…`.
        ConflictError: `batch.unknown`, `act.nothing`, `act.too_many`.
    """
    most = MAX_BULK * (_CHARACTERS + 2)
    pasted = [each for each in _BETWEEN.split(form.text("numbers", most=most)) if each]
    if not all(map(NUMBER.fullmatch, pasted)):
        raise MalformedError("number.malformed", "one of them is no certificate number: one a line")
    found = dict.fromkeys(pasted)
    upload, batch = form.files.get("list"), form.text("batch")
    if upload is not None:
        with tempfile.TemporaryDirectory(dir=site.settings.folder) as folder:
            path = Path(folder) / "list"
            with path.open("wb") as file:
                shutil.copyfileobj(upload.file, file)
            found |= dict.fromkeys(number_list.read(path))
    if batch:
        items = site.clerk.ask(lambda ledger: ledger.items(batch))
        registered = [each.number for each in items if each.number and each.receipt]
        if not registered:
            raise ConflictError("batch.unknown", "no certificate of such a batch is registered")
        found |= dict.fromkeys(registered)
    status_change.demand_few(list(found))
    return list(found)


def look(
    ledger: Ledger, type_: str, numbers: Sequence[str], kind: str | None
) -> tuple[list[Decision], bool]:
    """Look what would become of each certificate, and whether a second person is needed."""
    decisions = status_change.decide(ledger, type_, numbers, kind)
    return decisions, status_change.needs_second(ledger, decisions)


def demand_ready(decisions: Sequence[Decision]) -> None:
    """Return if all of them can be done: what was looked at may have moved.

    Raises:
        ConflictError: `status.…`, `act.waiting`, `certificate.…`, `record.unsigned`.
    """
    for each in decisions:
        if each.outcome != READY:
            code = each.code or "act.waiting"
            raise ConflictError(code, f"{each.number}: {each.message or 'it is under way already'}")


def keys_for(site: Site, form: Form, *, bulk: bool) -> dict[str, Signer]:
    """Open the keys of a change; for one that two people sign also the one to ask with.

    Raises:
        SealError: `key.…`, `token.…`, `passphrase.…`.
    """
    roles = ["statement", "submit"] if bulk else ["statement"]
    return key_secrets.open_keys(site.settings.keys, roles, secrets(form))


def ordered(
    site: Site,
    name: str,
    type_: str,
    chosen: Sequence[Decision],
    said: str,
    keys: dict[str, Signer],
) -> Task:
    """Make the task of a change that was looked at before.

    It is decided again: what has moved meanwhile stops it, and nothing is signed.
    """

    def task(work: Work) -> None:
        filing, at = site.acts.filing(), site.clock()
        for key in keys.values():
            given.demand_key(filing, key, at)
        decisions: list[Decision] = []
        for each in chosen:
            work.step("sign", 0, len(chosen))  # pages are answered meanwhile
            decisions += status_change.decide(work.ledger, type_, [each.number], each.kind)
        demand_ready(decisions)
        registry = Registry.at(site.settings.registry, work.pause)
        desk = act_post.Desk(
            *(work.ledger, filing, registry, keys["statement"], at, token_bytes),
            submit=keys.get("submit"),
            step=work.step,
        )
        unreachable = desk.carry_out(type_, decisions, said, name)
        if unreachable is not None:
            raise unreachable

    return task


def sent(site: Site, name: str, key: Signer | None) -> Task:
    """Make the task that sends what waits of a change.

    Args:
        site: The desk.
        name: Of the change.
        key: Of role `statement`, to make again what somebody else was faster with; may be absent.
    """

    def task(work: Work) -> None:
        filing, at, ledger = site.acts.filing(), site.clock(), work.ledger
        change, acts = ledger.change_named(name), ledger.acts_of_change(name)
        if change is None or not any(each.is_open for each in acts):
            raise ConflictError("act.nothing", "nothing waits to be sent")
        maker = None
        if key is not None:
            given.demand_key(filing, key, at)
            maker = Maker(ledger, filing, key, at, token_bytes)
        registry = Registry.at(site.settings.registry, work.pause)
        act_post.send(ledger, filing, registry, change, acts, maker, at, work.step)

    return task


def view(site: Site, ledger: Ledger, name: str) -> Seen:
    """Look at one change.

    Raises:
        ConflictError: `act.unknown`.
    """
    change, acts = ledger.change_named(name), ledger.acts_of_change(name)
    if change is None or not acts:
        raise ConflictError("act.unknown", "the ledger has no such change")
    counts = {"done": 0, REFUSED: 0, WAITING: 0}
    found = []
    for act in acts:
        outcome = "done" if act.receipt else REFUSED if act.problem else WAITING
        counts[outcome] += len(act.certificates)
        found += [(outcome, act.code, *each) for each in act.certificates]
    found.sort(key=lambda one: one[0] != REFUSED)
    fates = [
        Fate(number, kind, _name(ledger, kind, number), outcome, code)
        for outcome, code, kind, number in found[:MAX_SHOWN]
    ]
    awaited = consent.is_awaited(change, acts)
    to_sign = consent.sought(site.acts.filing(), change, acts) if awaited else None
    return Seen(change, fates, counts, to_sign)


def _name(ledger: Ledger, kind: str, number: str) -> str:
    items = [each for each in ledger.numbered_all(number) if each.kind == kind and each.token]
    return status_change.name_of(items[0]) if items else ""


def about(name: str) -> str:
    """Name a change to the clerk."""
    return f"change {name}"
