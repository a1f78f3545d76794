# SPDX-License-Identifier: Apache-2.0
"""Sending statements about certificates, until each has its receipt or the registry's refusal.

What is sent was stored before, so a run may be killed anywhere: the next one sends the identical
statement and gets the same receipt. Without a network it waits in the ledger.

The registry refuses a statement that does not name the last one about its subject in `after`
(docs/format.md §7.1) and says which that is: somebody else has acted. A revocation or suspension
only tightens, so it is made again after that one; the registry still decides whether it fits the
status. A reinstatement or correction is not made again by itself: a person looks first, and a new
run goes on from what the desk has learnt. A statement with two signatures goes back to both people;
so that it need not, the registry is asked for the body's last statement before they sign.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from credential import statement
from credential.errors import (
    AfterError,
    ConflictError,
    MalformedError,
    UnavailableError,
    UntrustedError,
)
from credential.filing_file import FilingFile
from credential.statement_bodies import certificate_subject
from issuer import consent, heads, receipts, status_change
from issuer.act import Act, Change
from issuer.consent import BULK
from issuer.ledger import Ledger
from issuer.progress import Step, quiet
from issuer.status_change import READY, REFUSED, WAITING, Decision, Maker
from issuer.submit import Registry
from keys.signer import Signer

DONE: Final = "done"
ROUNDS: Final = 4  # times that one statement is made again in a run
_TIGHTENS: Final = frozenset({"revoke", "suspend", BULK})


def send(
    ledger: Ledger,
    filing: FilingFile,
    registry: Registry,
    change: Change,
    acts: Sequence[Act],
    maker: Maker | None,
    at: int,
    step: Step = quiet,
) -> list[Act]:
    """Send what is open of a change.

    Args:
        ledger: Keeps the answers.
        filing: Of the body.
        registry: Where to.
        change: With its consent, if it needs one.
        acts: Of the change.
        maker: Makes statements again; None where no key is at hand.
        at: Now, seconds since 1970.
        step: Told how many statements are sent.

    Returns:
        The acts as they stand afterwards.

    Raises:
        ConflictError: `consent.missing`; nothing was sent.
        UnavailableError: `registry.…`, `ledger.full`: run again.
        UntrustedError: `receipt.…`.
    """
    consent.demand(filing, change, acts, at)
    sent = []
    for done, each in enumerate(acts):
        step("statements", done, len(acts))
        sent.append(_send(ledger, filing, registry, each, maker) if each.is_open else each)
    return sent


def _send(
    ledger: Ledger, filing: FilingFile, registry: Registry, act: Act, maker: Maker | None
) -> Act:
    for _ in range(ROUNDS):
        body = json.dumps({"signatures": act.signatures}, separators=(",", ":")).encode("ascii")
        try:
            answer = registry.ask("/statements", body, dict)
        except ConflictError as error:
            last = error.head if isinstance(error, AfterError) else None
            if last is not None:
                ledger.learn_head(act.subject, last)
                if act.type in _TIGHTENS and maker is not None:
                    act = maker.again(act)
                    # A crash before the next line: the old one is refused again.
                    ledger.sign_again(act)
                    if act.type == BULK:
                        return act
                    continue
            ledger.refuse_act(act, _problem(error))
            break
        _accept(ledger, filing, act, answer)
        break
    return ledger.act_at(act.act)


def _accept(ledger: Ledger, filing: FilingFile, act: Act, answer: dict[str, object]) -> None:
    token, salt = answer.get("receipt"), answer.get("salt")
    receipts.check(token, statement.digest(act.payload), filing)
    if not isinstance(token, str) or not isinstance(salt, str):
        raise UntrustedError("receipt.invalid", "the registry gave no salt with its receipt")
    named = (certificate_subject(filing.host, *each) for each in act.certificates)
    # A crash before the next line: the same statement gets the same receipt.
    ledger.accept_act(act, token, salt, dict.fromkeys((act.subject, *named)))


def _problem(error: ConflictError) -> str:
    return json.dumps({"code": error.code, "detail": str(error)}, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Desk:
    """What carrying out a change takes."""

    ledger: Ledger
    filing: FilingFile
    registry: Registry | None
    """None: what is signed waits in the ledger."""
    key: Signer | None
    """Of role `statement`; None: only what is signed already is sent."""
    at: int
    random: Callable[[int], bytes]
    submit: Signer | None = None
    """Of role `submit`, to ask the registry with; None: a bulk revocation may be signed twice."""
    step: Step = quiet

    def carry_out(
        self, type_: str, decisions: Sequence[Decision], reason: str, called: str | None = None
    ) -> UnavailableError | None:
        """Order what is ready, and send it with what waited before.

        Args:
            type_: As it was decided.
            decisions: From `status_change.decide`.
            reason: From `credential.reason.text`.
            called: The change's name; None to draw one.

        Returns:
            Why the registry could not be asked, if so; then everything is kept.

        Raises:
            MalformedError: `act.key`, no key for what is to be signed.
            SealError: As `status_change.order` and `send`, but for `registry.…`.
        """
        names = {each.act.change: None for each in decisions if each.act is not None}
        maker = None
        if self.key is not None:
            maker = Maker(self.ledger, self.filing, self.key, self.at, self.random)
        if any(each.outcome == READY for each in decisions):
            if self.key is None:
                raise MalformedError("act.key", "name the key to sign with: --statement-key")
            if type_ == "revoke" and status_change.needs_second(self.ledger, decisions):
                self._ask_head()
            change, _ = status_change.order(
                Maker(self.ledger, self.filing, self.key, self.at, self.random, self.step),
                type_,
                decisions,
                reason,
                called,
            )
            names[change.change] = None
        if self.registry is None:
            return None
        try:
            for name in names:
                ordered, acts = self.ledger.change_named(name), self.ledger.acts_of_change(name)
                if ordered is None or consent.is_awaited(ordered, acts):
                    continue
                with_what = (maker, self.at, self.step)
                send(self.ledger, self.filing, self.registry, ordered, acts, *with_what)
        except UnavailableError as error:
            if not error.code.startswith("registry."):
                raise
            return error
        return None

    def _ask_head(self) -> None:
        """Learn the body's last statement before two people sign what comes after it."""
        if self.registry is None or self.submit is None:
            return
        body = self.filing.body.id
        how = (self.registry, self.filing, self.submit, [body], self.at, self.random)
        try:
            found = heads.ask(*how)
        except UnavailableError:
            return  # what is signed waits, and the registry will say it then
        except ConflictError as error:
            if error.code != "request.not_found":
                raise
            return  # a registry that has no such route yet
        if body in found:
            self.ledger.learn_head(body, found[body])

    def outcomes(
        self, decisions: Iterable[Decision]
    ) -> list[tuple[Decision, str, str | None, str | None]]:
        """Tell what became of each number: the decision, outcome, code and change."""
        awaited: dict[str, bool] = {}
        told: list[tuple[Decision, str, str | None, str | None]] = []
        for each in decisions:
            if each.outcome == REFUSED:
                told.append((each, REFUSED, each.code, None))
                continue
            last = self.ledger.acts_about(each.certificate)[-1]
            if last.receipt is not None:
                told.append((each, DONE, None, last.change))
            elif last.problem is not None:
                told.append((each, REFUSED, last.code, last.change))
            else:
                if last.change not in awaited:
                    awaited[last.change] = self._is_awaited(last.change)
                code = "consent.missing" if awaited[last.change] else None
                told.append((each, WAITING, code, last.change))
        return told

    def _is_awaited(self, name: str) -> bool:
        change = self.ledger.change_named(name)
        return change is not None and consent.is_awaited(change, self.ledger.acts_of_change(name))
