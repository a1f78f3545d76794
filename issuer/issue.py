# SPDX-License-Identifier: Apache-2.0
"""Issuing a filed batch: draw, sign, submit; each step finishes what an earlier run left.

    draw    number, status index, time and claims of each row: one transaction, before any signature
    sign    the token, kept before it is sent
    submit  at most 1,000 to a request; receipts and refusals as they come

A run may end anywhere: what is drawn is signed by the next, what is signed is submitted, and what
the registry has admitted already comes back with the receipt that it got the first time. Without
a network the signed certificates wait.

An index that the registry finds taken is spent and another drawn, a drawn number that is taken
likewise; the certificate is signed again before anybody has seen it. What was signed too long ago
to be admitted is signed again as of now.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from credential.admission import Dictionaries
from credential.certificate_number import year_of
from credential.errors import UntrustedError
from credential.filing_file import FilingFile
from credential.roster_commitment import Commitment, entry
from issuer import chunks, hand_in, sign
from issuer.hand_in import Window
from issuer.indexes import Indexes
from issuer.ledger import Ledger
from issuer.numbers import Numbers
from issuer.people import Person
from issuer.progress import Step, quiet
from issuer.records import Batch, Item
from issuer.roster import Candidate
from issuer.sign import Mark
from issuer.submit import MAX_ITEMS, Registry
from keys.signer import Signer

CHUNK: Final = 1_000  # certificates in a transaction
ROUNDS: Final = 8  # times that a certificate is drawn again before the run gives up on it

_ANOTHER_INDEX: Final = frozenset({"status.taken", "status.not_yours"})
_ANOTHER_NUMBER: Final = frozenset({"number.taken", "number.reserved"})
_ANOTHER_TIME: Final = frozenset({"dates.backdated"})

_NUMBER_USED: Final = '{"code":"number.used","detail":"another certificate has this number"}'


def _always(_: Item) -> bool:
    """Ask nobody else."""
    return True


@dataclass(frozen=True, slots=True)
class Job:
    """One filed batch to be issued."""

    ledger: Ledger
    batch: Batch
    kind: str
    region: str
    """Where the evaluation took place, as filed."""
    filing: FilingFile
    dictionaries: Dictionaries
    candidates: Mapping[int, Candidate]
    """Row to result, of those that may be issued now."""
    people: Mapping[int, Person]
    """Row to person."""
    key: Signer
    """Of role `certificate`."""
    indexes: Indexes
    at: Callable[[], int]
    """The clock, seconds since 1970."""
    may_sign: Callable[[Item], bool] = _always
    """Tells whether what is drawn may be signed: a second person may have to release it."""
    step: Step = quiet
    """Told after each transaction: `draw`, `sign` or `submit`, how many, of how many."""


def draw(job: Job) -> None:
    """Give every row of the batch that has none its number, index and claims.

    Raises:
        ConflictError: `indexes.exhausted`, before anything is drawn; `number.…`.
        UntrustedError: `roster.mismatch`, when a row is not what was filed.
        UnavailableError: `ledger.full`.
    """
    lines = [
        item.line
        for item in job.ledger.each(job.batch.batch)
        if item.payload is None and item.line in job.candidates
    ]
    _demand_filed(job, lines)
    lines = _without_used_numbers(job, lines)
    job.indexes.demand(len(lines))
    numbers = _numbers(job)
    for done, items in _in_chunks(job, lines, CHUNK):
        with job.ledger.transaction():
            job.ledger.intend([_drawn(job, numbers, item) for item in items])
        # A crash after this line: the next run signs these very claims.
        job.step("draw", done, len(lines))


def sign_all(job: Job) -> None:
    """Sign what is drawn.

    Raises:
        UnavailableError: `ledger.full`.
    """
    lines = [
        item.line
        for item in job.ledger.each(job.batch.batch)
        if item.payload is not None and item.token is None and job.may_sign(item)
    ]
    for done, items in _in_chunks(job, lines, CHUNK):
        # A crash before the next line loses signatures that nobody has seen; they are made again.
        job.ledger.keep_tokens([_signed(job, item) for item in items])
        job.step("sign", done, len(lines))


def submit(job: Job, registry: Registry, key: Signer, random: Callable[[int], bytes]) -> None:
    """Hand in what is signed and has no receipt, and draw again what the registry asks to.

    Args:
        job: The batch.
        registry: Where to.
        key: Of role `submit`.
        random: Gives random bytes.

    Raises:
        UnavailableError: `registry.unreachable`, `registry.answer`, `ledger.full`: run again.
        ConflictError: The registry's code, when it refuses a request as a whole.
        UntrustedError: `receipt.…`.
    """
    window = Window(job.ledger, job.filing, registry, key, job.at, random)
    waiting = hand_in.waiting(job.ledger, job.batch)
    total = len(waiting)
    for _ in range(ROUNDS):
        again: list[int] = []
        for done, items in _in_chunks(job, waiting, MAX_ITEMS):
            again += [item.line for item in window.send(items) if _is_curable(job, item)]
            job.step("submit", total - len(waiting) + done, total)
        if not again:
            return
        waiting = _draw_again(job, again)


def _in_chunks(job: Job, lines: Sequence[int], size: int) -> Iterator[tuple[int, list[Item]]]:
    """Read rows of the ledger as they are needed: a whole roster's tokens are not held at once."""
    for done, some in chunks.of(lines, size):
        yield done, job.ledger.some(job.batch.batch, some)


def _demand_filed(job: Job, lines: Iterable[int]) -> None:
    filed = Commitment.from_members(json.loads(job.batch.attachment))
    entries = set(filed.entries)
    for line in lines:
        candidate, person = job.candidates[line], job.people[line]
        if entry(filed.salt, candidate.name, person.tag) not in entries:
            message = f"row {line} is not what the batch {job.batch.batch} was filed with"
            raise UntrustedError("roster.mismatch", message)


def _drawn(job: Job, numbers: Numbers, item: Item) -> Item:
    """Give an item a number, an index and claims; what it already has of them stays its own."""
    candidate = job.candidates[item.line]
    iat = job.at()
    number = item.number or candidate.number or numbers.draw(year_of(iat), candidate.level)
    if item.list is None or item.index is None:
        listed, index = job.indexes.draw()
    else:
        listed, index = item.list, item.index
    claims = sign.claims(
        candidate,
        job.people[item.line].tag,
        Mark(number, listed, index, iat),
        filing=job.filing,
        kind=item.kind,
        region=job.region,
        batch=item.batch,
    )
    drawn = replace(item, number=number, list=listed, index=index, payload=claims.to_bytes())
    return replace(drawn, token=None, problem=None)


def _without_used_numbers(job: Job, lines: list[int]) -> list[int]:
    """Leave out rows whose allotted number another certificate got since the batch was filed."""
    used = {
        line
        for line in lines
        if (number := job.candidates[line].number) is not None
        and job.ledger.has_number(job.kind, number)
    }
    refused = job.ledger.some(job.batch.batch, sorted(used))
    job.ledger.keep_answers([replace(item, problem=_NUMBER_USED) for item in refused])
    return [line for line in lines if line not in used]


def _numbers(job: Job) -> Numbers:
    allotted = {each.number for each in job.candidates.values() if each.number is not None}
    prefix = job.filing.body.prefix
    return Numbers(job.ledger, job.dictionaries.rules, job.kind, prefix, allotted)


def _signed(job: Job, item: Item) -> Item:
    return replace(item, token=sign.token(job.key, item.payload or b""))


def code_of(item: Item) -> str | None:
    """Give the code of the registry's last refusal; None where there is none."""
    if item.problem is None:
        return None
    problem = json.loads(item.problem)
    code = problem.get("code") if isinstance(problem, dict) else None
    return code if isinstance(code, str) else "registry.answer"


def _is_curable(job: Job, item: Item) -> bool:
    """Tell whether drawing again can help; only for rows that may be issued now."""
    code = code_of(item)
    candidate = job.candidates.get(item.line)
    if candidate is None:
        return False
    if code in _ANOTHER_NUMBER:
        return candidate.number is None
    return code in _ANOTHER_INDEX or code in _ANOTHER_TIME


def _draw_again(job: Job, lines: Sequence[int]) -> list[int]:
    drawn: list[int] = []
    numbers = _numbers(job)
    for _, items in _in_chunks(job, lines, CHUNK):
        with job.ledger.transaction():
            freed = [_without_what_is_taken(job, item) for item in items]
            renewed = [_drawn(job, numbers, item) for item in freed]
            job.ledger.intend(renewed)
        # What a second person must release stays unsigned until the next run.
        signed = [_signed(job, item) for item in renewed if job.may_sign(item)]
        job.ledger.keep_tokens(signed)
        drawn += [item.line for item in signed]
    return drawn


def _without_what_is_taken(job: Job, item: Item) -> Item:
    code = code_of(item)
    if code in _ANOTHER_INDEX and item.list is not None and item.index is not None:
        job.ledger.spend(item.list, item.index)
        return replace(item, list=None, index=None)
    if code in _ANOTHER_NUMBER:
        return replace(item, number=None)
    if code in _ANOTHER_TIME and job.candidates[item.line].number is None:
        # The number carries the year: keep it only while that is the same.
        return item if _same_year(job, item) else replace(item, number=None)
    return item


def _same_year(job: Job, item: Item) -> bool:
    iat = json.loads(item.payload or b"{}").get("iat", 0)
    return year_of(int(iat)) == year_of(job.at())
