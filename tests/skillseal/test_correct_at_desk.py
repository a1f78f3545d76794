# SPDX-License-Identifier: Apache-2.0
"""Correcting from the desk, against a real registry, cut off at every step."""

import itertools
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from credential import certificate
from issuer import correct, find, release
from issuer.correct import Corrected, Keys
from issuer.ledger import Ledger
from issuer.records import Item
from issuer.submit import Answer, Registry
from registry import database, store_certificates
from tests.issuer.afterwards import Bureau, evaluated, issued, reopened
from tests.issuer.refusals import code_of
from tests.issuer.sheets import HEADINGS, Value, csv_file, number
from tests.registry.world import PEOPLE

ROWS = 3
SAID = "data_error 证书信息有误"


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A registry and a ledger in which three certificates were issued; copied for each test."""
    folder = tmp_path_factory.mktemp("issued")
    return folder, issued(folder, ROWS)


@pytest.fixture
def numbers(before: tuple[Path, list[str]]) -> list[str]:
    return before[1]


@pytest.fixture
def bureau(tmp_path: Path, before: tuple[Path, list[str]]) -> Iterator[Bureau]:
    with reopened(tmp_path, before[0]) as made:
        yield made


def run(bureau: Bureau, olds: list[str], table: list[list[Value]]) -> list[Corrected]:
    roster = csv_file(bureau.folder / "right.csv", table)
    first = bureau.world.first
    keys = Keys(first.statement, first.certificate, first.submit)
    with bureau.ledger() as ledger:
        told, bureau.error = correct.correct(
            olds, bureau.order(roster), ledger, bureau.address, keys, SAID, bureau.means()
        )
    return told


def misspelt(serial: int) -> list[Value]:
    return evaluated(serial, 姓名="欧阳青禾")


def test_a_name_is_corrected(bureau: Bureau, numbers: list[str]) -> None:
    (told,) = run(bureau, numbers[:1], [misspelt(0)])
    assert (told.outcome, told.code, told.old) == ("done", None, numbers[0])
    assert told.item is not None
    assert told.item.token is not None
    _, claims = certificate.read(told.item.token)
    assert (claims.name, claims.route) == ("欧阳青禾", "examination")
    assert (bureau.status(numbers[0]), bureau.status(str(told.new))) == (3, 0)
    with bureau.ledger() as ledger:
        (old,), (new,) = find.by_text(ledger, numbers[0]), find.by_text(ledger, "欧阳青禾")
    assert (old.state, old.successor) == ("superseded", told.new)
    assert (new.number, new.state, new.predecessor) == (told.new, "valid", numbers[0])
    # The same command again changes nothing and tells the same.
    before = len(bureau.sent)
    assert run(bureau, numbers[:1], [misspelt(0)]) == [told]
    assert len(bureau.sent) == before


def test_what_is_wrong_is_not_the_name(bureau: Bureau, numbers: list[str]) -> None:
    # The person holds this very certificate: the registry takes the new one afterwards only.
    told = run(
        bureau, numbers[:2], [evaluated(0, 考核日期="2026-09-10"), evaluated(1, 技能等级="四级")]
    )
    assert [each.outcome for each in told] == ["done", "done"]
    assert [bureau.status(each) for each in numbers] == [3, 3, 0]
    # What was superseded is no earlier certificate of the person.
    with bureau.ledger() as ledger:
        item = numbered(ledger, numbers[1])
        held = ledger.held([item.person])
    assert {level for _, _, _, level in held} == {"4"}


def numbered(ledger: Ledger, number_: str) -> Item:
    found = ledger.numbered(number_)
    assert found is not None
    return found


def test_a_document_number_is_corrected(bureau: Bureau, numbers: list[str]) -> None:
    (told,) = run(bureau, numbers[:1], [evaluated(0, 证件号码=number(77))])
    assert told.outcome == "done"


@pytest.mark.parametrize(
    ("olds", "table", "code"),
    [
        ([0, 1], [misspelt(0)], "correct.rows"),
        ([0, 0], [misspelt(0), misspelt(1)], "correct.rows"),
        ([0], [evaluated(0, 技能等级="一级")], "correct.refused"),
        ([0], [evaluated(1)], "correct.other_person"),
        ([9], [misspelt(0)], "certificate.unknown"),
    ],
)
def test_what_is_refused_changes_nothing(
    bureau: Bureau, numbers: list[str], olds: list[int], table: list[list[Value]], code: str
) -> None:
    named = [numbers[n] if n < ROWS else "Y1" for n in olds]
    assert code_of(run, bureau, named, table) == code
    assert bureau.sent == []


def test_another_route_is_no_correction(bureau: Bureau, numbers: list[str]) -> None:
    path = csv_file(bureau.folder / "r2.csv", [[*misspelt(0), "直接认定"]], [*HEADINGS, "评价方式"])
    first = bureau.world.first
    keys = Keys(first.statement, first.certificate, first.submit)
    with bureau.ledger() as ledger:
        given = (numbers[:1], bureau.order(path), ledger, bureau.address, keys, SAID)
        assert code_of(correct.correct, *given, bureau.means()) == "correct.route"


def test_what_no_longer_stands_is_not_corrected(bureau: Bureau, numbers: list[str]) -> None:
    bureau.change("revoke", numbers[:1])
    assert code_of(run, bureau, numbers[:1], [misspelt(0)]) == "status.final"
    bureau.change("suspend", numbers[1:2])
    assert code_of(run, bureau, numbers[1:2], [misspelt(1)]) == "status.move"
    bureau.change("suspend", numbers[2:], online=False)
    assert code_of(run, bureau, numbers[2:], [misspelt(2)]) == "act.waiting"


def test_an_authority_was_faster(bureau: Bureau, numbers: list[str]) -> None:
    subject = f"https://{bureau.filing.host}/certificates/skill_level/{numbers[0]}"
    bureau.world.state("revoke", subject, {"reason": "核查"})
    (told,) = run(bureau, numbers[:1], [misspelt(0)])
    assert (told.outcome, told.code) == ("refused", "statement.after")
    (told,) = run(bureau, numbers[:1], [misspelt(0)])
    assert (told.outcome, told.code) == ("refused", "status.final")
    assert admitted(bureau) == ROWS
    assert bureau.status(numbers[0]) == 1


def test_another_desk_has_the_number(bureau: Bureau, numbers: list[str]) -> None:
    first = bureau.world.first
    for _ in range(ROWS):
        next(first.serial)  # those that are issued
    taken = first.prefix + "263" + f"{ROWS + 1:06}"
    people = PEOPLE[:1]
    first.file_batch("B77", people)
    (outcome,) = first.submit_all([first.issue(people[0], "B77", certificate_number=taken)])
    assert not isinstance(outcome, Exception)
    (told,) = run(bureau, numbers[:1], [misspelt(0)])
    assert (told.outcome, told.new) == ("done", first.prefix + "263" + f"{ROWS + 2:06}")


def test_a_roster_that_was_issued_by_itself(bureau: Bureau, numbers: list[str]) -> None:
    table = [evaluated(0, 技能等级="四级")]
    bureau.issue_file(csv_file(bureau.folder / "right.csv", table), "B12")
    assert code_of(run, bureau, numbers[:1], table) == "correct.issued"


def test_a_second_person_releases_it_first(bureau: Bureau, numbers: list[str]) -> None:
    with bureau.ledger() as ledger:
        ledger.lower_release(0)
    for _ in range(2):
        (told,) = run(bureau, numbers[:1], [misspelt(0)])
        assert (told.outcome, told.code) == ("waiting", "release.missing")
        assert bureau.status(numbers[0]) == 0
    with bureau.ledger() as ledger:
        batch = numbered(ledger, str(told.new)).batch
        proposed = release.propose(ledger, bureau.filing, batch, bureau.at)
        token = release.sign(bureau.world.first.second, proposed.payload)
        release.accept(ledger, bureau.filing, proposed, token, bureau.at)
    (told,) = run(bureau, numbers[:1], [misspelt(0)])
    assert told.outcome == "done"


def admitted(bureau: Bureau) -> int:
    """Count the certificates that the registry has."""
    with database.read(bureau.world.registry.engine) as connection:
        return sum(1 for _ in store_certificates.walk(connection))


class CutError(BaseException):
    """The process ends here, as far as the desk can tell."""


@contextmanager
def cut_at(step: int, bureau: Bureau, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """End the run before or after the n-th transaction or request."""
    steps = itertools.count()
    whole, post = Ledger.transaction, bureau.post

    def tick() -> None:
        if next(steps) == step:
            raise CutError

    @contextmanager
    def transaction(self: Ledger) -> Iterator[None]:
        tick()
        with whole(self):
            yield
        tick()

    def watched(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        tick()
        answer = post(url, body, headers)
        tick()
        return answer

    with patch.context() as inner:
        inner.setattr(Ledger, "transaction", transaction)
        inner.setattr(bureau, "address", Registry("https://x", lambda _: None, watched))
        yield


def test_cut_anywhere_the_old_one_stands_or_the_new_one_follows(
    tmp_path: Path, before: tuple[Path, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, numbers = before
    table = [evaluated(0, 考核日期="2026-09-10"), misspelt(1)]
    ended = 0
    for step in itertools.count():
        with reopened(tmp_path / f"{step}-{os.urandom(2).hex()}", folder) as bureau:
            with cut_at(step, bureau, monkeypatch):
                try:
                    run(bureau, numbers[:2], table)
                except CutError:
                    ended += 1
                else:
                    break
            told = run(bureau, numbers[:2], table)
            assert [each.outcome for each in told] == ["done", "done"]
            assert [bureau.status(each) for each in numbers] == [3, 3, 0]
            assert [bureau.status(str(each.new)) for each in told] == [0, 0]
            assert admitted(bureau) == ROWS + 2
    assert ended > 15
