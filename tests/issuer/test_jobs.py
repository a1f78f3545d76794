# SPDX-License-Identifier: Apache-2.0
"""A batch as a job: its state is read off the ledger, and so is what to do next."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from issuer import jobs
from issuer.jobs import Job
from issuer.ledger import Ledger
from issuer.ledger_jobs import Print
from issuer.records import Batch, Item
from tests.issuer import world

FILING = world.filing()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "l.sqlite", world.BODY, bytes) as opened:
        yield opened


def item(line: int, token: str | None = None) -> Item:
    """Make a certificate of B1 on its way."""
    place = {"number": f"N{line}", "list": "1", "index": line, "payload": b"p"}
    about = (line.to_bytes(2), "skill_level", "lyg2020:39", "3")
    return Item("B1", line, *about, **place, token=token)  # type: ignore[arg-type]  # as it has them


def prepared(ledger: Ledger, name: str = "B1", roster: bytes = b"roster") -> None:
    """Store a batch of two."""
    batch = Batch(name, roster, "examination", b"{}", "signature", "{}")
    ledger.prepare([(batch, [item(2), item(3)])])


def filed(ledger: Ledger) -> None:
    ledger.filed("B1", "receipt", "salt")


def drawn(ledger: Ledger) -> None:
    with ledger.transaction():
        ledger.intend([item(2), item(3)])


def signed(ledger: Ledger) -> None:
    ledger.keep_tokens([item(2, "t2"), item(3, "t3")])


def sent(ledger: Ledger) -> None:
    ledger.sending([item(2), item(3)], world.AT)


def registered(ledger: Ledger) -> None:
    for line in (2, 3):
        answer(ledger, line, receipt=f"r{line}")


def printed(ledger: Ledger) -> None:
    ledger.printed([Print("B1", line, "a4", world.AT, bytes(32)) for line in (2, 3)])


def answer(ledger: Ledger, line: int, receipt: str | None = None, code: str = "") -> None:
    problem = f'{{"code":"{code}"}}' if code else None
    told = {"receipt": receipt, "leaf_salt": "s", "problem": problem}
    ledger.keep_answers([Item("B1", line, b"", "", "", "", **told)])  # type: ignore[arg-type]  # as it has


STEPS = (prepared, filed, drawn, signed, sent, registered, printed)


def after(ledger: Ledger, *steps: Callable[[Ledger], None]) -> Job:
    for step in steps:
        step(ledger)
    (job,) = jobs.of(ledger, FILING, world.AT)
    return job


@pytest.mark.parametrize(
    ("steps", "state", "to_do"),
    [
        (1, "prepared", "file"),
        (2, "prepared", "issue"),
        (3, "prepared", "issue"),
        (4, "signed", "submit"),
        (5, "submitted", "submit"),
        (6, "registered", "print"),
        (7, "printed", "nothing"),
    ],
)
def test_every_state_and_what_to_do_next(
    ledger: Ledger, steps: int, state: str, to_do: str
) -> None:
    job = after(ledger, *STEPS[:steps])
    assert (job.state, job.next, job.rows) == (state, to_do, 2)
    assert job.state in jobs.STATES
    assert job.next in jobs.NEXT
    counts = (job.drawn, job.signed, job.submitted, job.registered, job.printed)
    assert counts == tuple(2 * (steps > done) for done in (2, 3, 4, 5, 6))
    assert job.to_members() == asdict(job)


def test_a_job_is_as_far_as_the_last_of_its_certificates(ledger: Ledger) -> None:
    after(ledger, *STEPS[:5])
    answer(ledger, 2, receipt="r2")
    job = after(ledger)
    assert (job.state, job.next, job.registered, job.waiting) == ("submitted", "submit", 1, 1)
    ledger.printed([Print("B1", 2, "a4", world.AT, bytes(32))])
    answer(ledger, 3, code="scope.level")
    job = after(ledger)
    assert (job.state, job.next, job.refused, job.waiting) == ("printed", "nothing", 1, 0)


def test_what_may_be_admitted_when_drawn_again_is_issued_again(ledger: Ledger) -> None:
    after(ledger, *STEPS[:5])
    answer(ledger, 2, receipt="r2")
    answer(ledger, 3, code="status.taken")
    job = after(ledger)
    assert (job.state, job.next, job.refused) == ("registered", "issue", 1)
    with ledger.transaction():
        ledger.intend([item(3)])
    job = after(ledger)
    assert (job.state, job.next, job.refused, job.signed) == ("prepared", "issue", 0, 1)


def test_a_batch_that_was_refused_whole_is_to_be_corrected(ledger: Ledger) -> None:
    after(ledger, *STEPS[:5])
    for line in (2, 3):
        answer(ledger, line, code="scope.level")
    job = after(ledger)
    assert (job.state, job.next, job.refused) == ("submitted", "correct", 2)


def test_prints_are_recorded_first_and_again(ledger: Ledger) -> None:
    after(ledger, *STEPS[:6])
    first, second = Print("B1", 2, "a4", 100, b"1" * 32), Print("B1", 2, "a4", 200, b"2" * 32)
    card = Print("B1", 2, "card", 300, b"3" * 32)
    ledger.printed([first])
    ledger.printed([second, card])
    assert [each.again for each in ledger.prints("B1", 2)] == [False, True, False]
    assert [each.file for each in ledger.prints("B1")] == [b"1" * 32, b"2" * 32, b"3" * 32]
    assert ledger.prints("B1", 3) == []
    assert ledger.prints("B2") == []


def test_a_file_that_was_found_is_recorded_once(ledger: Ledger) -> None:
    after(ledger, *STEPS[:6])
    kept = Print("B1", 2, "a4", 100, b"1" * 32)
    for _ in range(2):
        ledger.printed([kept], found=True)
    assert ledger.prints("B1") == [kept]
    ledger.printed([kept])  # printed anew, which gave the same bytes
    assert [each.again for each in ledger.prints("B1")] == [False, True]


def test_several_batches_in_the_order_of_their_making(ledger: Ledger) -> None:
    batch = Batch("A9", b"other", "examination", b"{}", "signature", "{}")
    prepared(ledger)
    ledger.prepare([(batch, [])])
    found = jobs.of(ledger, FILING, world.AT)
    assert [each.batch for each in found] == ["B1", "A9"]
    assert (found[1].rows, found[1].kind, found[1].state) == (0, None, "submitted")
    assert jobs.named(found, "A9") == found[1]
    assert jobs.named(found, "A8") is None
