# SPDX-License-Identifier: Apache-2.0
"""Correcting: a new certificate takes the place of one that says something wrong.

    file    the rows as a batch of their own, with the route as before
    draw    the new certificate's number, index and claims, judged by the registry's own rules
    state   the old one is superseded by that number, which is reserved for it (§7.2)
    sign    the new one, and hand it in

The registry supersedes first and admits afterwards: so long as the old one stands, the person would
hold the same certificate twice. So all that could refuse the new one is done before, and nothing is
sent about the old one while the new one cannot follow. A run may be killed anywhere: until the
statement is accepted the old one stands; afterwards the same command hands in the very certificate
that the old one points to. A new certificate is signed only when its predecessor is superseded.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from credential.errors import UnavailableError
from issuer import act_post, batch, desk, issue, release, status_change
from issuer.act import SUPERSEDED, Change, State
from issuer.correct_look import Pair, looked
from issuer.ledger import Ledger
from issuer.order import Means, Order
from issuer.people import Person
from issuer.records import Batch, Item
from issuer.status_change import Maker
from issuer.submit import Registry
from keys.signer import Signer

ROUNDS: Final = 4  # times that another number is drawn, where another desk was faster

DONE: Final = "done"
WAITING: Final = "waiting"
REFUSED: Final = "refused"


@dataclass(frozen=True, slots=True)
class Keys:
    """What signs."""

    statement: Signer
    certificate: Signer
    submit: Signer


@dataclass(frozen=True, slots=True)
class Corrected:
    """What became of one."""

    old: str
    new: str | None
    """Number of the certificate that follows; None until it is drawn."""
    row: int
    outcome: str
    """`done`, `waiting` or `refused`."""
    code: str | None
    item: Item | None
    """The new certificate, where it is registered."""


def correct(
    olds: Sequence[str],
    order: Order,
    ledger: Ledger,
    registry: Registry,
    keys: Keys,
    reason: str,
    means: Means,
) -> tuple[list[Corrected], UnavailableError | None]:
    """Correct certificates, or go on with it.

    Args:
        olds: Their numbers, one for each row of the roster, in the order of the rows.
        order: The roster with what is right.
        ledger: Of the body.
        registry: Where to.
        keys: Of the body.
        reason: From `credential.reason.text`.
        means: Of the machine.

    Returns:
        What became of each, and why the registry could not be asked, if so.

    Raises:
        ConflictError: `correct.…`, `certificate.unknown`, `status.…`: nothing was changed; or the
            registry's code for the batch.
        SealError: As `desk.look`, `batch.file`, `issue.draw`.
    """
    roster, judged, pairs, whom, batches = looked(olds, order, ledger, means)
    if not batches:
        at = means.at()
        batches = batch.prepare(
            ledger,
            roster,
            [(each.candidate, whom[each.candidate.row]) for each in pairs],
            desk=judged,
            key=keys.statement,
            name=desk.batch_name(at, means.random),
            at=at,
            random=means.random,
        )
    run = _Run(order, ledger, registry, keys, reason, means, pairs, whom, batches[0].batch)
    unreachable = None
    try:
        run.finish(batches[0])
    except UnavailableError as error:
        if not error.code.startswith("registry."):
            raise
        unreachable = error
    return run.outcomes(), unreachable


@dataclass(frozen=True, slots=True)
class _Run:
    """One run over one roster."""

    order: Order
    ledger: Ledger
    registry: Registry
    keys: Keys
    reason: str
    means: Means
    pairs: Sequence[Pair]
    whom: dict[int, Person]
    batch: str

    def finish(self, prepared: Batch) -> None:
        """Do what is left to do."""
        ledger, filing = self.ledger, self.order.filing
        filed = batch.file(ledger, self.registry, filing, prepared)
        candidates = [each.candidate for each in self.pairs]
        job = desk.job_of(
            self.order, ledger, filed, candidates, self.whom, self.keys.certificate, self.means
        )
        needs_release = release.is_needed(ledger, [filed])
        for _ in range(ROUNDS):
            issue.draw(job)
            if needs_release and release.unreleased(ledger, filing, filed, self.means.at()):
                return
            taken = [item for item in map(self._superseded, self.pairs) if item is not None]
            if not taken:
                break
            with ledger.transaction():
                ledger.intend([replace(each, number=None, payload=None) for each in taken])
        items = {item.line: item for item in ledger.items(self.batch)}
        follow = {each.candidate.row for each in self.pairs if self._may_follow(each, items)}
        # The number is the one that the old certificate points to: it is not drawn again.
        fixed = {each.row: replace(each, number=items[each.row].number) for each in candidates}
        job = replace(job, candidates=fixed, may_sign=lambda item: item.line in follow)
        issue.sign_all(job)
        issue.submit(job, self.registry, self.keys.submit, self.means.random)

    def _superseded(self, pair: Pair) -> Item | None:
        """State that one is superseded; gives its item where the drawn number was taken."""
        item = self._item(pair)
        number = pair.claims.certificate_number
        state = State.of(self.ledger.acts_about((pair.old.kind, number)))
        if item.payload is None or item.number is None or state.name == SUPERSEDED:
            return None
        at = self.means.at()
        filing, random = self.order.filing, self.means.random
        maker = Maker(self.ledger, filing, self.keys.statement, at, random)
        if state.waiting is None:
            name = status_change.name(at, random)
            said: dict[str, object] = {"by": item.number, "reason": self.reason}
            act = maker.single(name, "supersede", (pair.old.kind, number), said)
            change = Change(name, "supersede", self.reason, needs_second=False)
            # A crash after this line: the next run sends this very statement.
            acts = self.ledger.order(change, [act])
        else:
            waiting = self.ledger.change_named(state.waiting.change)
            acts = self.ledger.acts_of_change(state.waiting.change)
            change = waiting or Change(
                state.waiting.change, "supersede", self.reason, needs_second=False
            )
        (sent,) = act_post.send(self.ledger, filing, self.registry, change, acts, maker, at)
        is_taken = sent.code in ("number.taken", "number.reserved")
        return item if is_taken and pair.candidate.number is None else None

    def _may_follow(self, pair: Pair, items: dict[int, Item]) -> bool:
        state = State.of(self.ledger.acts_about((pair.old.kind, pair.claims.certificate_number)))
        item = items[pair.candidate.row]
        return state.name == SUPERSEDED and state.successor == item.number

    def _item(self, pair: Pair) -> Item:
        row = pair.candidate.row
        return next(each for each in self.ledger.items(self.batch) if each.line == row)

    def outcomes(self) -> list[Corrected]:
        """Tell what became of each."""
        return [self._outcome(each) for each in self.pairs]

    def _outcome(self, pair: Pair) -> Corrected:
        number, row = pair.claims.certificate_number, pair.candidate.row
        item = self._item(pair)
        said = (number, item.number, row)
        if item.receipt is not None:
            return Corrected(*said, DONE, None, item)
        code = issue.code_of(item)
        if code is not None:
            return Corrected(*said, REFUSED, code, None)
        last = next(reversed(self.ledger.acts_about((pair.old.kind, number))), None)
        if last is not None and last.problem is not None:
            return Corrected(*said, REFUSED, last.code, None)
        held = item.payload is not None and last is None
        filed = self.ledger.batch_named(self.batch)
        waits = held and filed is not None and release.is_needed(self.ledger, [filed])
        return Corrected(*said, WAITING, "release.missing" if waits else None, None)
