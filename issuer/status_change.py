# SPDX-License-Identifier: Apache-2.0
"""Revoking, suspending and reinstating: what would happen, and the statements that make it happen.

    decide   each number: possible, under way, or why not; nothing is signed
    order    the statements, signed and stored with the change that they belong to
    (`issuer.act_post` sends them)

Above the ledger's threshold a revocation is one `revoke_bulk` statement with two signatures, and a
suspension or reinstatement waits for a second person's consent to the exact list.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from credential import base64url, certificate, envelope, statement_bodies
from credential.admission import civil_date
from credential.errors import ConflictError
from credential.filing_file import FilingFile
from credential.said_readers import MAX_BULK
from credential.statement import Statement
from issuer.act import Act, Certificate, Change, State
from issuer.consent import BULK
from issuer.ledger import Ledger
from issuer.progress import Step, quiet
from issuer.records import Item
from keys.signer import Signer

READY: Final = "ready"
WAITING: Final = "waiting"
REFUSED: Final = "refused"

_WORDS: Final = {
    "status.final": "it is revoked, which is final",
    "status.move": "its status does not allow this",
    "certificate.unknown": "the ledger has no certificate of this number",
    "certificate.unregistered": "it is not registered yet: issue it first, or leave it",
    "certificate.which": "certificates of several kinds have this number: say which with --kind",
    "record.unsigned": "it was issued before this system and has no status here",
    "act.waiting": "another change of it has not been answered: send that first",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What would become of one number."""

    number: str
    kind: str | None
    name: str | None
    """The holder's."""
    state: str | None
    """As the desk knows it."""
    outcome: str
    """`ready`, `waiting` or `refused`."""
    code: str | None = None
    act: Act | None = None
    """That waits."""

    @property
    def message(self) -> str:
        """Say why not."""
        return _WORDS.get(self.code or "", "")

    @property
    def certificate(self) -> Certificate:
        """Give kind and number."""
        return self.kind or "", self.number


def decide(
    ledger: Ledger, type_: str, numbers: Iterable[str], kind: str | None = None
) -> list[Decision]:
    """Look what an act would do to each certificate; nothing is changed.

    Args:
        ledger: Knows them.
        type_: `revoke`, `suspend` or `reinstate`.
        numbers: Certificate numbers; one that stands twice counts once.
        kind: Of certificate, where a number is used by several.
    """
    return [_decide(ledger, type_, number, kind) for number in dict.fromkeys(numbers)]


def _decide(ledger: Ledger, type_: str, number: str, kind: str | None) -> Decision:
    found = [each for each in ledger.numbered_all(number) if kind in (None, each.kind)]
    if not found:
        recorded = [each for each in ledger.recorded(number) if kind in (None, each.kind)]
        code = "record.unsigned" if recorded else "certificate.unknown"
        return Decision(number, kind, None, None, REFUSED, code)
    if len(found) > 1:
        return Decision(number, None, None, None, REFUSED, "certificate.which")
    item = found[0]
    if item.token is None or item.receipt is None:
        return Decision(number, item.kind, None, None, REFUSED, "certificate.unregistered")
    state = State.of(ledger.acts_about((item.kind, number)))
    shown = (number, item.kind, name_of(item), state.name)
    if state.waiting is not None:
        waits = ledger.change_named(state.waiting.change)
        if waits is not None and waits.type == type_:
            return Decision(*shown, WAITING, act=state.waiting)
        return Decision(*shown, REFUSED, "act.waiting")
    refusal = state.refusal_of(type_)
    return Decision(*shown, REFUSED if refusal else READY, refusal)


def name_of(item: Item) -> str:
    """Read the holder's name out of a signed certificate."""
    _, claims = certificate.read(item.token or "")
    return claims.name


def needs_second(ledger: Ledger, decisions: Sequence[Decision]) -> bool:
    """Tell whether what would be ordered now needs a second person."""
    return sum(each.outcome == READY for each in decisions) > ledger.second_above


def order(
    maker: "Maker",
    type_: str,
    decisions: Sequence[Decision],
    reason: str,
    called: str | None = None,
) -> tuple[Change, list[Act]]:
    """Sign and store the statements for what is ready; nothing is sent.

    Args:
        maker: With the ledger that keeps them, and a key of role `statement`.
        type_: As it was decided.
        decisions: Those that are ready are acted on.
        reason: From `credential.reason.text`.
        called: The change's name; None to draw one.

    Raises:
        ConflictError: `act.nothing`, `act.too_many`.
    """
    ready = [each.certificate for each in decisions if each.outcome == READY]
    demand_few(ready)
    second = needs_second(maker.ledger, decisions)
    change = Change(called or name(maker.at, maker.random), type_, reason, second)
    if second and type_ == "revoke":
        acts = [maker.bulk(change.change, ready, reason)]
    else:
        acts = []
        for done, each in enumerate(ready):
            maker.step("sign", done, len(ready))
            acts.append(maker.single(change.change, type_, each, {"reason": reason}))
    return change, maker.ledger.order(change, acts)


def demand_few(numbers: Sequence[object]) -> None:
    """Return if so many certificates can be acted on in one go.

    Raises:
        ConflictError: `act.nothing`, `act.too_many`.
    """
    if not numbers:
        raise ConflictError("act.nothing", "there is nothing to do for any of these certificates")
    if len(numbers) > MAX_BULK:
        message = f"at most {MAX_BULK:,} certificates in one go: split the list"
        raise ConflictError("act.too_many", message)


def name(at: int, random: Callable[[int], bytes]) -> str:
    """Draw a name for a change."""
    return f"C{civil_date(at).replace('-', '')}-{random(4).hex()}"


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes statements about certificates."""

    ledger: Ledger
    filing: FilingFile
    key: Signer
    at: int
    random: Callable[[int], bytes]
    step: Step = quiet

    def single(self, change: str, type_: str, about: Certificate, body: dict[str, object]) -> Act:
        """Make a statement about one certificate."""
        subject = statement_bodies.certificate_subject(self.filing.host, *about)
        return self._made(change, type_, subject, (about,), body)

    def bulk(self, change: str, certificates: Sequence[Certificate], reason: str) -> Act:
        """Make one revocation of many, with the first of its two signatures."""
        listed = [{"kind": kind, "number": number} for kind, number in certificates]
        body: dict[str, object] = {"certificates": listed, "reason": reason}
        return self._made(change, BULK, self.filing.body.id, tuple(certificates), body)

    def again(self, act: Act) -> Act:
        """Make a statement once more, after the last one about its subject that is known now."""
        body = Statement.from_bytes(act.payload).body
        made = self._made(act.change, act.type, act.subject, act.certificates, body)
        return replace(made, act=act.act)

    def _made(
        self,
        change: str,
        type_: str,
        subject: str,
        certificates: tuple[Certificate, ...],
        body: dict[str, object],
    ) -> Act:
        payload = Statement(
            iss=self.filing.body.id,
            aud=f"https://{self.filing.hosts[0]}",
            jti=base64url.encode(self.random(16)),
            iat=self.at,
            type=type_,
            subject=subject,
            after=self.ledger.head(subject),
            body=body,
        ).to_bytes()
        token = envelope.sign(self.key, envelope.STATEMENT, payload)
        return Act(0, change, type_, subject, payload, (token,), certificates)
