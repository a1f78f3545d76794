# SPDX-License-Identifier: Apache-2.0
"""Two people: above a set size nothing is signed before a second person's key released it."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from credential import base64url
from credential.certificate import Claims
from credential.filing_file import FilingFile
from credential.key_record import KeyRecord
from issuer import jobs, release
from issuer.outcomes import Outcome
from issuer.refusal import Refusal
from issuer.release import Proposed, Release
from keys.signing_key import SigningKey
from tests.issuer import world
from tests.issuer.refusals import code_of
from tests.issuer.sheets import HEADINGS, Value, csv_file, row, rows
from tests.issuer.test_desk import Desk

SECOND = SigningKey.from_seed("statement", b"second person")
STRANGER = SigningKey.from_seed("statement", b"stranger")


def records(*more: KeyRecord) -> tuple[KeyRecord, ...]:
    ours = (world.CERTIFICATE_KEY, world.STATEMENT_KEY, world.SUBMIT_KEY)
    return (*map(world.record, ours), *more)


@pytest.fixture
def at_desk(tmp_path: Path) -> Desk:
    return desk_with(tmp_path, above=3)


def desk_with(folder: Path, above: int, table: list[list[Value]] | None = None) -> Desk:
    roster = csv_file(folder / "r.csv", table or rows(4))
    made = Desk(folder, roster, keys=records(world.record(SECOND)))
    with made.ledger() as ledger:
        ledger.lower_release(above)
    made.file()
    return made


def propose(at_desk: Desk, batch: str = "B1") -> Proposed:
    with at_desk.ledger() as ledger:
        return release.propose(ledger, at_desk.filing, batch, at_desk.at)


def accept(at_desk: Desk, proposed: Proposed, token: str) -> None:
    with at_desk.ledger() as ledger:
        release.accept(ledger, at_desk.filing, proposed, token, at_desk.at)


def let_go(at_desk: Desk, batch: str = "B1") -> Proposed:
    proposed = propose(at_desk, batch)
    accept(at_desk, proposed, release.sign(SECOND, proposed.payload))
    return proposed


def counts(outcome: Outcome) -> tuple[int, int, int]:
    return len(outcome.registered), len(outcome.unreleased), outcome.refused


def test_nothing_is_signed_before_the_release(at_desk: Desk) -> None:
    for _ in range(2):
        outcome = at_desk.issue()
        assert counts(outcome) == (0, 4, 0)
        assert [item.token for item in at_desk.items()] == [None] * 4
        assert "/certificates" not in at_desk.fake.requests
        table = (at_desk.out / "results.csv").read_text("utf-8-sig")
        assert table.count("待放行") == 4
    drawn = [item.payload for item in at_desk.items()]
    let_go(at_desk)
    assert counts(at_desk.issue()) == (4, 0, 0)
    assert [item.payload for item in at_desk.items()] == drawn
    assert code_of(lambda: propose(at_desk)) == "release.nothing"


def test_the_job_says_who_must_act(at_desk: Desk) -> None:
    def job(filing: FilingFile) -> tuple[str, str, int]:
        with at_desk.ledger() as ledger:
            (found,) = jobs.of(ledger, filing, at_desk.at)
        return found.state, found.next, found.released

    assert job(at_desk.filing) == ("prepared", "issue", 0)
    at_desk.issue()
    assert job(at_desk.filing) == ("prepared", "release", 0)
    let_go(at_desk)
    assert job(at_desk.filing) == ("released", "issue", 4)
    # A release by somebody whom the body no longer names releases nothing.
    assert job(world.filing()) == ("prepared", "release", 0)
    at_desk.issue()
    assert job(at_desk.filing) == ("registered", "print", 4)


def test_up_to_the_set_size_one_person_is_enough(tmp_path: Path) -> None:
    assert counts(desk_with(tmp_path, above=4).issue()) == (4, 0, 0)


def test_a_roster_is_not_made_small_by_its_routes(tmp_path: Path) -> None:
    table = [[*row(0), "考核"], [*row(1), "考核"], [*row(2), "直接认定"]]
    roster = csv_file(tmp_path / "r.csv", table, [*HEADINGS, "评价方式"])
    made = Desk(tmp_path, roster, keys=records(world.record(SECOND)))
    with made.ledger() as ledger:
        ledger.lower_release(2)
    made.file()
    assert counts(made.issue()) == (0, 3, 0)
    let_go(made, "B1-D")
    assert counts(made.issue()) == (1, 2, 0)
    let_go(made)
    assert counts(made.issue()) == (3, 0, 0)


def test_the_release_says_what_is_signed(at_desk: Desk) -> None:
    at_desk.issue()
    proposed = propose(at_desk)
    payloads = [item.payload or b"" for item in at_desk.items()]
    covered = b"".join(hashlib.sha256(payload).digest() for payload in payloads)
    said = json.loads(proposed.payload)
    assert list(said) == ["iss", "batch", "iat", "count", "certificates", "digest"]
    assert (said["iss"], said["batch"], said["count"]) == (world.BODY, "B1", 4)
    claims = Claims.from_bytes(payloads[0])
    assert said["certificates"] == {f"{claims.occupation_code}/{claims.level}": 4}
    assert base64url.decode(said["digest"]) == hashlib.sha256(covered).digest()
    assert Release.from_bytes(proposed.payload) == proposed.release


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (world.STATEMENT_KEY, "release.same_person"),
        (STRANGER, "key.not_registered"),
    ],
)
def test_who_cannot_release(at_desk: Desk, key: SigningKey, code: str) -> None:
    at_desk.issue()
    proposed = propose(at_desk)
    token = release.sign(key, proposed.payload)
    assert code_of(lambda: accept(at_desk, proposed, token)) == code
    assert counts(at_desk.issue()) == (0, 4, 0)


def test_a_key_of_another_role_cannot_release(at_desk: Desk) -> None:
    at_desk.issue()
    with pytest.raises(RuntimeError, match="does not sign"):
        release.sign(world.CERTIFICATE_KEY, propose(at_desk).payload)


def test_a_key_out_of_force_cannot_release(at_desk: Desk) -> None:
    at_desk.issue()
    proposed = propose(at_desk)
    token = release.sign(SECOND, proposed.payload)
    ended = KeyRecord(SECOND.kid, SECOND.public, "statement", 0, world.AT - 1)
    at_desk.filing = world.filing(keys=records(ended))
    assert code_of(lambda: accept(at_desk, proposed, token)) == "key.not_registered"


def test_a_release_that_was_changed(at_desk: Desk) -> None:
    at_desk.issue()
    proposed = propose(at_desk)
    token = release.sign(SECOND, proposed.payload)
    header, payload, signature = token.split(".")
    more = replace(proposed.release, iat=proposed.release.iat + 1).to_bytes()
    for wrong, code in (
        (f"{header}.{base64url.encode(more)}.{signature}", "release.signature"),
        (f"{header}.{payload}.{signature[:-4]}", "release.signature"),
        (f"{header}.{payload}", "release.signature"),
        (f"{header}.!.{signature}", "release.signature"),
        (f"x{token}", "key.not_registered"),
        ("", "key.not_registered"),
        (release.sign(SECOND, b"{}"), "release.signature"),
        (release.sign(SECOND, more), "release.mismatch"),
        (
            release.sign(SECOND, replace(proposed.release, batch="B2").to_bytes()),
            "release.mismatch",
        ),
        (
            release.sign(SECOND, replace(proposed.release, digest=bytes(32)).to_bytes()),
            "release.mismatch",
        ),
    ):
        assert code_of(lambda: accept(at_desk, proposed, wrong)) == code  # noqa: B023  # called at once
    assert counts(at_desk.issue()) == (0, 4, 0)
    accept(at_desk, proposed, token)
    assert counts(at_desk.issue()) == (4, 0, 0)


@pytest.mark.parametrize(
    "change",
    [
        lambda covered: covered[32:],
        lambda covered: bytes(32) + covered[32:],
        lambda covered: covered + bytes(31),
    ],
)
def test_a_ledger_that_was_changed_after_the_release(
    at_desk: Desk, change: Callable[[bytes], bytes]
) -> None:
    at_desk.issue()
    let_go(at_desk)
    with at_desk.ledger() as ledger:
        ((token, covered),) = ledger.releases("B1")
        ledger.keep_release("B1", token, change(covered))
    assert code_of(at_desk.issue) == "release.mismatch"
    assert [item.token for item in at_desk.items()] == [None] * 4


def test_a_release_that_counts_otherwise_than_it_covers(at_desk: Desk) -> None:
    at_desk.issue()
    proposed = propose(at_desk)
    said = proposed.release
    fewer = replace(said, count=1, certificates={"lyg2020:39/3": 1})
    with at_desk.ledger() as ledger:
        token = release.sign(SECOND, fewer.to_bytes())
        ledger.keep_release("B1", token, proposed.covered)
    assert code_of(at_desk.issue) == "release.mismatch"
    assert [item.token for item in at_desk.items()] == [None] * 4


def test_claims_that_were_changed_after_the_release_are_not_signed(at_desk: Desk) -> None:
    at_desk.issue()
    let_go(at_desk)
    with at_desk.ledger() as ledger:
        first = ledger.items("B1")[0]
        said = Claims.from_bytes(first.payload or b"")
        with ledger.transaction():
            ledger.intend([replace(first, payload=said._replace(name="别人").to_bytes())])
    assert counts(at_desk.issue()) == (0, 4, 0)
    assert [item.token for item in at_desk.items()] == [None] * 4


def test_what_is_drawn_again_is_released_again(at_desk: Desk) -> None:
    at_desk.issue()
    let_go(at_desk)
    taken: list[int] = []

    def judge(claims: Claims) -> str | None:
        if not taken or claims.status_index in taken:
            taken.append(claims.status_index)
            return "status.taken"
        return None

    at_desk.fake.judge = judge
    assert counts(at_desk.issue()) == (3, 1, 0)
    again = propose(at_desk)
    assert again.release.count == 1
    assert counts(at_desk.issue()) == (3, 1, 0)
    let_go(at_desk)
    assert counts(at_desk.issue()) == (4, 0, 0)


def test_the_size_is_lowered_and_never_raised(at_desk: Desk) -> None:
    with at_desk.ledger() as ledger:
        ledger.lower_release(3)
        ledger.lower_release(2)
        assert ledger.release_above == 2
        assert code_of(lambda: ledger.lower_release(3)) == "release.threshold"


def test_a_release_of_nothing(at_desk: Desk) -> None:
    assert code_of(lambda: propose(at_desk)) == "release.nothing"
    assert code_of(lambda: propose(at_desk, "B9")) == "release.nothing"


@pytest.mark.parametrize(
    "change",
    [
        {"count": 0},
        {"count": True},
        {"count": 5},
        {"certificates": {}},
        {"certificates": {"lyg2020:39/3": "4"}},
        {"certificates": []},
        {"iss": "https://x"},
        {"batch": "a b"},
        {"digest": "AAAA"},
        {"iat": -1},
        {"more": 1},
    ],
)
def test_no_other_release_is_read(at_desk: Desk, change: dict[str, object]) -> None:
    at_desk.issue()
    said = json.loads(propose(at_desk).payload) | change
    changed = json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode()
    assert code_of(lambda: Release.from_bytes(changed)) == "malformed.profile"


def test_refused_rows_stay_refused(tmp_path: Path) -> None:
    at_desk = desk_with(tmp_path, 1, [row(0), row(1), row(2, 姓名=None)])
    outcome = at_desk.issue()
    assert counts(outcome) == (0, 2, 1)
    refusal: Refusal = outcome.refusals[0]
    assert refusal.code == "cell.missing"
